package acme

import (
	"context"
	"net/http"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// request is checked before it is sent. Its key is the order or card it is about; a result has the same.
type request interface {
	validate(p *check.Problems)
	key() string
}

// exchange is one call: it implements [provider.Exchange].
type exchange struct {
	cfg  Config
	op   string
	in   any
	body []byte
}

func (x *exchange) Encode(issuing.CallSettings) (plan provider.Plan, err error) {
	x.body, err = wire.Codec{}.Marshal(x.in)
	return provider.Plan{URL: transport.JoinURL(x.cfg.BaseURL, x.op), Template: "/" + x.op}, err
}

// Facts tells what a record of the call holds, and what its look-up needs.
func (x *exchange) Facts(f *provider.Facts) {
	f.Payload = x.body
	if in, ok := x.in.(interface{ facts(f *provider.Facts) }); ok {
		in.facts(f)
	}
}

// Seal makes one attempt. Where requests are signed, each gets its nonce, time and signature here.
func (x *exchange) Seal(context.Context, int) (transport.Sealed, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + x.cfg.Secret.Reveal()}}
	return transport.Sealed{Header: header, Body: x.body}, nil
}

// Judge goes by the status alone, which says enough at Acme.
func (x *exchange) Judge(_ context.Context, r *transport.Response) provider.Verdict {
	return provider.Verdict{Judgement: transport.JudgeStatus(r)}
}

// Open splits an answer into result or refusal. A conflict may be with an earlier attempt of the same call.
func (x *exchange) Open(_ context.Context, r *transport.Response) (provider.Answer, error) {
	answer := provider.Answer{Raw: r.Body, Data: r.Body}
	if r.OK() {
		return answer, nil
	}
	refusal := provider.StatusRefusal(r)
	refusal.Err.Message, refusal.Ambiguous = wire.Text(string(r.Body), "message"), r.Status == http.StatusConflict
	return answer, refusal
}

// decode reads a result, and refuses one that is not about what was asked.
func (x *exchange) decode(_ context.Context, data []byte, out any) error {
	err := wire.Codec{}.Unmarshal(data, out)
	asked, ok := x.in.(request)
	if result, about := out.(request); err == nil && ok && about && result.key() != asked.key() {
		return provider.ErrIncomplete
	}
	return err
}
