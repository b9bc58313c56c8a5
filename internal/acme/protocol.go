package acme

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// The safeties of rows; see [transport.Safety].
const read, keyed, checked, once = transport.Read, transport.Keyed, transport.Checked, transport.Once

// op is a row of the operation table.
func op(name string, safety transport.Safety, settle provider.Settle) provider.Op {
	return provider.Op{Name: name, Safety: safety, Settle: settle}
}

// by says which operations show what became of an open outcome, byNote what else does.
var by, byNote = provider.By, provider.ByNote

// request is checked before it is sent. Its key is the order or card that it is
// about; a result has the same.
type request interface {
	validate(p *check.Problems)
	key() string
}

// codec reads and writes Acme's JSON.
var codec wire.Codec

// exchange is one call.
type exchange struct {
	c       *Client
	path    string
	in      any
	payload []byte
}

// Encode marshals the request once.
func (x *exchange) Encode(issuing.CallSettings) (plan provider.Plan, err error) {
	x.payload, err = codec.Marshal(x.in)
	return provider.Plan{URL: transport.JoinURL(x.c.cfg.BaseURL, x.path), Template: x.path}, err
}

// Seal makes one attempt: a fresh stamp of time and nonce over the same payload. The
// path is signed with them, so that a request cannot be sent to another operation.
func (x *exchange) Seal(context.Context, int) (transport.Sealed, error) {
	nonce := uuid.NewString()
	stamp := fmt.Sprintf("%d %s %s", x.c.core.Now().Unix(), nonce, x.path)
	signature, err := sign.SignHMAC512(x.c.cfg.Secret, x.payload, stamp)
	header := http.Header{"Content-Type": {"application/json"}, "X-Stamp": {stamp}, "X-Signature": {signature}}
	return transport.Sealed{Header: header, Body: x.payload, RequestID: nonce}, err
}

// Judge goes by the status alone, which says enough at Acme.
func (x *exchange) Judge(r *transport.Response) provider.Verdict {
	return provider.Verdict{Judgement: transport.JudgeStatus(r)}
}

// Open splits an answer into result or refusal.
func (x *exchange) Open(r *transport.Response) (provider.Answer, error) {
	answer := provider.Answer{Raw: r.Body, Data: r.Body}
	if r.OK() {
		return answer, nil
	}
	refusal, code := provider.StatusRefusal(r), Code(wire.Text(string(r.Body), "code"))
	refusal.Err.Message = wire.Text(string(r.Body), "message")
	if code != "" {
		refusal.Err.Code = code
	}
	switch code {
	case CodeOrderExists: // perhaps by an earlier attempt of this call
		refusal.Err.Kind, refusal.Ambiguous = issuing.ErrDuplicate, true
	case CodeReplayed: // a nonce is one attempt's own: a copy of it came before
		refusal.Maybe = true
	}
	return answer, refusal
}

// decode reads a result, and refuses one that is not about what was asked.
func (x *exchange) decode(data []byte, out any) error {
	err := codec.Unmarshal(data, out)
	asked, ok := x.in.(request)
	if result, about := out.(request); err == nil && ok && about && result.key() != asked.key() {
		return provider.ErrIncomplete
	}
	return err
}
