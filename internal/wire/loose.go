package wire

import (
	"encoding/json"
	"reflect"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Loose is how a struct is read whose members' names and shapes are not published, so
// that one odd member loses no message: names count whatever their case, and what has
// no field, or has a shape that its field cannot hold, is kept in Extra. Which members
// must be there is for the struct's owner to check.
//
// It applies to the outermost object alone; what its fields hold is read as ever, which
// with [Codec.Note] is member by member.
type Loose struct {
	// Spellings are other names of members, in lower case, to those of the fields
	// that they belong to, in lower case.
	Spellings map[string]string
	// Open turns a member's value, as JSON, into what its field holds, such as the
	// plaintext of a ciphertext; nil takes it as it is. After an error the value is
	// kept in Extra.
	Open func(name string, value []byte) ([]byte, error)
}

// Bounds of Extra, the field with the tag wire:"extra": a map of strings to
// [issuing.Secret] with the raw JSON of members.
const (
	maxExtra     = 256 // members
	maxExtraName = 64  // bytes of a name
)

// decodeLoose reads an object's members into a struct. Of two members for one field
// the first that fits is taken.
func (d *decoder) decodeLoose(data string, v reflect.Value, p *plan) {
	loose := d.loose
	d.loose = nil
	taken, extra := make([]bool, len(p.fields)), map[string]issuing.Secret{}
	eachMember(data, func(quoted, value string) bool {
		name := unquote(quoted)
		key := strings.ToLower(name)
		if own, ok := loose.Spellings[key]; ok {
			key = own
		}
		if i, ok := p.folded[key]; ok && !taken[i] {
			field := p.fields[i].of(v)
			if d.open(loose, name, value, field, &p.fields[i]) {
				taken[i] = p.fields[i].also == "" || !field.IsZero() // else its other name may follow
				return true
			}
			field.SetZero()
		}
		if len(extra) < maxExtra {
			if len(name) > maxExtraName {
				name = strings.ToValidUTF8(name[:maxExtraName], "")
			}
			extra[strings.Clone(name)] = issuing.NewSecret(strings.Clone(value))
		}
		return true
	})
	if p.extra != nil && len(extra) > 0 {
		at := v.FieldByIndex(p.extra)
		at.Set(reflect.ValueOf(extra).Convert(at.Type()))
	}
}

// open reads one member into its field and reports whether it fits.
func (d *decoder) open(loose *Loose, name, value string, v reflect.Value, f *field) bool {
	inner := decoder{zone: d.zone, share: d.share, depth: d.depth, odd: d.odd}
	if loose.Open != nil {
		opened, err := loose.Open(name, []byte(value))
		if err != nil || !json.Valid(opened) {
			if d.odd != nil {
				d.odd.tell(step{name: f.name}, errSealed)
			}
			return false
		}
		value, inner.share = trim(string(opened)), len(opened) <= shareLimit
	}
	if d.odd == nil {
		return inner.decode(value, v, f.plan, f.name) == nil
	}
	told := d.odd.told
	return inner.tolerate(step{name: f.name}, value, v, f.plan) && (d.odd.told == told || !v.IsZero())
}
