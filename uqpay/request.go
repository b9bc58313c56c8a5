package uqpay

import (
	"maps"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Headers of the API, in net/http's spelling.
const (
	headerToken    = "X-Auth-Token"
	headerKey      = "X-Idempotency-Key"
	headerOnBehalf = "X-On-Behalf-Of"
	headerClientID = "X-Client-Id"
	headerAPIKey   = "X-Api-Key"
)

// Header values that all calls share. The transport clones all headers, so they
// are never written to.
var jsonType, anyType = []string{"application/json"}, []string{"application/octet-stream"}

// maxKey bounds a caller's idempotency key.
const maxKey = 64

// request is an input that can be checked before it is sent.
type request interface{ validate(p *check.Problems) }

// none is the input of an operation without one.
type none struct{}

func (none) validate(*check.Problems) {}

// headers makes what all attempts of a call share, and its idempotency key. It
// runs after body.
func (x *exchange) headers(cs issuing.CallSettings) (key string, err error) {
	var p check.Problems
	header := make(http.Header, 8)
	x.header = header
	header["Accept"] = jsonType
	if x.report != nil {
		header["Accept"] = anyType
	}
	// The account center refuses calls without it; UQPAY's own tools send it always.
	header[headerClientID] = x.c.clientID
	onBehalf := x.c.cfg.OnBehalfOf
	for name, value := range cs.Header {
		if name == headerOnBehalf {
			onBehalf = value
			continue
		}
		header.Set(name, value)
	}
	if x.payload != nil {
		header["Content-Type"] = jsonType
	}
	if onBehalf != "" && !x.o.has(master) {
		headerText(&p, "OnBehalfOf", onBehalf)
		header[headerOnBehalf] = []string{onBehalf}
	}
	if x.o.method != http.MethodGet {
		key = cs.IdempotencyKey
		if key == "" || x.o.has(fresh) {
			key = uuid.NewString()
		}
		if len(key) > maxKey {
			p.Add("idempotency key", "has %d characters, at most %d are allowed", len(key), maxKey)
		}
		headerText(&p, "idempotency key", key)
		header[headerKey] = []string{key}
	}
	if p.Any() {
		return "", p.Refusal()
	}
	return key, nil
}

// body makes the payload, or the query of a GET from the same struct tags.
func (x *exchange) body() (query url.Values, err error) {
	in := x.in
	switch special := in.(type) {
	case *upload:
		x.file = special
		return x.file.open()
	case *errorGuard:
		x.report, in = special, nil
	case none:
		in = nil
	}
	if in == nil {
		return nil, nil
	}
	text, err := codec.Marshal(in)
	if err == nil && x.o.method == http.MethodGet {
		return x.query(text), nil
	}
	x.payload = text
	return nil, err
}

// query turns the members of a JSON object into a query.
func (x *exchange) query(object []byte) url.Values {
	query := url.Values{}
	if x.o.has(list) {
		query = url.Values{"page_number": {"1"}, "page_size": {"10"}}
	}
	for name, value := range wire.Members(object) {
		plain, ok := wire.Unquote(value)
		if !ok {
			plain = string(value)
		}
		query.Set(name, plain)
	}
	return query
}

// OnBehalfOf has one call act for a connected account: the account id from
// [AccountService.List]. It wins over Config.OnBehalfOf. An empty id has the
// master account act. It is ignored by the calls on accounts.
func OnBehalfOf(accountID string) issuing.CallOption {
	return issuing.CallOptionFunc(func(s *issuing.CallSettings) {
		header := map[string]string{}
		maps.Copy(header, s.Header)
		header[headerOnBehalf] = accountID
		s.Header = header
	})
}
