package legacy

import (
	"context"
	"encoding/json"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// VirtualLBIN is one entry of the BIN list: the BINs of a network in an area for
// a scene. Pass the three names unchanged to an application of the same
// [Language].
type VirtualLBIN struct {
	Scene   string   // what the card is for: businessScene of the application
	Area    string   // where it is issued: cardArea of the application
	Network string   // the card scheme: cardType of the application
	BINs    []string // cardHeader of the application; leave it out for a random one
}

// BINs returns what VIRTUAL-L cards can be applied for, in the platform's order,
// which is how it is to be shown to customers.
//
// Safety: read.
func (s *VirtualLService) BINs(
	ctx context.Context, language Language, opts ...issuing.CallOption,
) ([]VirtualLBIN, error) {
	o := opVirtualLBINs
	if language == LanguageEnglish {
		o = opVirtualLBINsEnglish
	}
	out, err := call[virtualLBINs](ctx, s.c, o, binsRequest{language}, opts)
	if err != nil {
		return nil, err
	}
	return out.list, nil
}

// binsRequest selects the edition by the path and sends nothing.
type binsRequest struct{ language Language }

func (r binsRequest) validate(p *check.Problems) { checkLanguage(p, r.language) }

func (binsRequest) wire(sign.AppSecret) (any, error) { return noRequest{}, nil }

func checkLanguage(p *check.Problems, language Language) {
	if !language.Known() {
		p.Add("Language", "must be Chinese or English")
	}
}

// virtualLBINs reads the list, whose names are the keys of nested objects: scene,
// area and network, each level an array of objects.
type virtualLBINs struct {
	raw  []json.RawMessage
	list []VirtualLBIN
}

// errBINs is an answer whose levels are not as the page shows them.
var errBINs = errors.New("the BIN list is not nested as documented")

// UnmarshalJSON keeps the elements of the array as they stand, because their
// order counts.
func (b *virtualLBINs) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &b.raw) }

func (b *virtualLBINs) open(sign.AppSecret) error {
	return eachName(b.raw, func(scene string, areas []json.RawMessage) error {
		return eachName(areas, func(area string, networks []json.RawMessage) error {
			return eachName(networks, func(network string, bins []json.RawMessage) error {
				entry := VirtualLBIN{Scene: scene, Area: area, Network: network}
				for _, bin := range bins {
					var text string
					if err := codec.Unmarshal(bin, &text); err != nil {
						return errBINs
					}
					entry.BINs = append(entry.BINs, text)
				}
				b.list = append(b.list, entry)
				return nil
			})
		})
	})
}

// eachName calls f with every member of every object of a level, in order.
func eachName(level []json.RawMessage, f func(name string, next []json.RawMessage) error) error {
	for _, object := range level {
		if len(object) == 0 || object[0] != '{' {
			return errBINs
		}
		for name, value := range wire.Members(object) {
			var next []json.RawMessage
			if err := json.Unmarshal(value, &next); err != nil {
				return errBINs
			}
			if err := f(name, next); err != nil {
				return err
			}
		}
	}
	return nil
}
