package uqpay

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name   string // service and method
	method string
	path   string // below the base URL, at most one placeholder
	safety transport.Safety
	traits trait
	settle provider.Settle
	offers capability
	id     string // for the path's placeholder; see at
}

// op makes a row.
func op(name, method, path string, safety transport.Safety, traits trait, settle provider.Settle) operation {
	return operation{name: name, method: method, path: path, safety: safety, traits: traits, settle: settle}
}

// at returns the operation on one card, cardholder or other thing.
func (o operation) at(id string) operation {
	o.id = id
	return o
}

func (o operation) has(t trait) bool { return o.traits&t != 0 }

// The safeties of rows; see [transport.Safety].
const read, keyed, once = transport.Read, transport.Keyed, transport.Once

// errAstray ends the connection of an answer that is to another request.
var errAstray = provider.ErrAstray

// op is the part of the row that the core knows.
func (o operation) op() provider.Op {
	return provider.Op{Name: o.name, Safety: o.safety, Settle: o.settle}
}

// inFlightPatience bounds how long an operation that the platform still works on
// is waited for. It is the time that one attempt has by default, so a request
// that is still under way there has either ended or is lost.
const inFlightPatience = 30 * time.Second

// exchange is one call of the API.
type exchange struct {
	c  *Client
	o  operation
	in any // nil and none: no body

	header  http.Header // of every attempt
	payload []byte
	file    *upload       // makes the body instead of payload
	report  *errorGuard   // receives the body of the answer
	used    Token         // of the last attempt
	renewal tokenUse      // of used
	waited  time.Duration // for an operation in flight
	wait    time.Duration // the last such wait
}

// Encode makes address, headers and payload, and draws the idempotency key. One
// call has one key: the platform recognises a repeat by it.
func (x *exchange) Encode(cs issuing.CallSettings) (provider.Plan, error) {
	base, err := x.c.cfg.base(x.o)
	if err != nil {
		return provider.Plan{}, err
	}
	path := x.o.path
	if !x.o.has(literal) && strings.Contains(path, "{") {
		if path, err = transport.Expand(path, x.o.id); err != nil {
			return provider.Plan{}, err
		}
	}
	query, err := x.body()
	if err != nil {
		return provider.Plan{}, err
	}
	key, err := x.headers(cs)
	if err != nil {
		return provider.Plan{}, err
	}
	plan := provider.Plan{
		Method: x.o.method, URL: transport.JoinURL(base, path), Template: x.o.path, Key: key, Once: x.file.once(),
	}
	if len(query) > 0 {
		plan.URL += "?" + query.Encode()
	}
	if x.report != nil {
		plan.Sink, plan.MaxResponse = x.report, MaxReport
	}
	return plan, nil
}

// Seal makes one attempt: the same headers, key and payload with the token of
// the moment. The transport clones the headers before it sends them.
func (x *exchange) Seal(ctx context.Context, _ int) (transport.Sealed, error) {
	token, header, err := x.c.tokens.get(ctx)
	if err != nil {
		return transport.Sealed{}, tokenError(err)
	}
	x.used = token
	x.header[headerToken] = header
	sealed := transport.Sealed{Body: x.payload}
	if x.file != nil {
		if sealed, err = x.file.attempt(x.header); err != nil {
			return transport.Sealed{}, err
		}
	}
	sealed.Header = x.header
	return sealed, nil
}

// Judge replaces a rejected token once and waits for an operation that is under way
// under the same key. What cannot be sent again ends with its first answer.
func (x *exchange) Judge(_ context.Context, r *transport.Response) provider.Verdict {
	v := judge(r)
	if r.OK() && x.o.has(opaque) {
		v.Judgement = transport.Final
	}
	env, _ := r.Parsed.(*envelope)
	switch how := env.rejection(r.Status); {
	case how != accepted:
		if x.c.tokens.rejected(x.used, how, x.renewal) {
			x.renewal = replaced
			v.Again = &provider.Again{}
		}
	case env == nil:
	case env.inFlight(r.Status):
		// An attempt with this key, ours or another caller's, is under way.
		v.Maybe = true
		if x.waited < inFlightPatience {
			v.Again = &provider.Again{Wait: x.pause()}
		}
	}
	if x.file.once() {
		v.Again = nil
	}
	return v
}

// pause returns the next wait for an operation in flight.
func (x *exchange) pause() time.Duration {
	settings := x.c.core.Settings()
	x.wait = min(max(2*x.wait, settings.MinRetryWait), settings.MaxRetryWait)
	x.waited += x.wait
	return x.wait
}

// judge reads the body of a failure and says what an answer means for the
// operation. A success that is not JSON is none.
func judge(r *transport.Response) provider.Verdict {
	r.RequestID = requestID(r.Header)
	if r.OK() && !json.Valid(wire.TrimBOM(r.Body)) {
		return provider.Verdict{Judgement: transport.Unclear}
	}
	if !r.OK() {
		if env := readEnvelope(r.Body); env != nil {
			r.Parsed = env
		}
	}
	return provider.Verdict{Judgement: transport.JudgeStatus(r)}
}

// Open splits an answer into data or refusal.
func (x *exchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	answer := provider.Answer{Raw: r.Body, Data: r.Body}
	env, failed := r.Parsed.(*envelope)
	switch {
	case failed:
		refusal := refuse(r.Status, env)
		refusal.Final = x.o.safety == keyed && !x.file.once() && env.settles(r.Status)
		return answer, refusal
	case !r.OK():
		return answer, provider.StatusRefusal(r)
	}
	if x.report != nil {
		held, err := x.report.finish()
		if held != nil {
			return answer, refuse(r.Status, readEnvelope(held))
		}
		return answer, err
	}
	return answer, nil
}

// refuse makes the refusal of an error body. Statuses of a busy or broken
// platform say more than it does.
func refuse(status int, env *envelope) *provider.Refusal {
	e := env.failure()
	switch {
	case status == http.StatusTooManyRequests, status >= 500, e.Kind == nil && status >= 300:
		e.Kind = transport.KindOfStatus(status)
	case e.Kind == nil:
		e.Kind = issuing.ErrDeclined
	}
	return &provider.Refusal{Err: e}
}

// decode reads an answer's data, which may be an error under status 200. One of
// the platform's own making, or one about a request that is still under way, says
// nothing about what became of a write.
func decode(_ context.Context, data []byte, out any) error { return decodeIn(zone, data, out) }

// decodeIn is decode with the zone of times that have none.
func decodeIn(zone *time.Location, data []byte, out any) error {
	codec := codec
	codec.Zone = zone
	if _, nothing := out.(*struct{}); nothing {
		return nil // whatever stands there, nobody reads it
	}
	if err := codec.Unmarshal(data, out); err != nil {
		return err
	}
	i, ok := out.(incomplete)
	lacking := ok && i.incomplete()
	v, ok := out.(vague)
	if !lacking && !(ok && v.vague()) {
		return nil
	}
	if env := readEnvelope(data); env != nil && env.code() != "" && env.Message != "" {
		refusal := refuse(http.StatusOK, env)
		refusal.Maybe = env.code() == CodeAPIError || env.Type == ErrorTypeAPI || env.processing() || !env.known()
		return refusal
	}
	if lacking {
		return provider.ErrIncomplete
	}
	return nil
}
