package provider

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// network is an http.RoundTripper that plays answers, one for each request; the
// last one is repeated. A status of 0 breaks the connection.
type network struct {
	answers []reply
	sent    []sent
}

type reply struct {
	status int
	body   string
}

type sent struct{ url, body string }

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n.sent = append(n.sent, sent{r.URL.String(), string(body)})
	a := n.answers[min(len(n.sent), len(n.answers))-1]
	if a.status == 0 {
		return nil, errors.New("connection reset")
	}
	return &http.Response{
		StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(a.body))),
		ContentLength: int64(len(a.body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// toy is an exchange whose answers are words: "ok VALUE", "refused WORD…",
// "again", "moved URL", "wait", "strange".
type toy struct {
	id      string // what request ids begin with; "" is r-
	keys    bool   // each attempt has a key of its own
	encode  error
	refusal Refusal // what a refusal has beside its error
	seals   int
	waits   int
}

func (x *toy) Encode(cs issuing.CallSettings) (Plan, error) {
	return Plan{URL: "https://acme.example/cards", Template: "/cards", Key: cs.IdempotencyKey}, x.encode
}

func (x *toy) Seal(_ context.Context, attempt int) (transport.Sealed, error) {
	x.seals++
	id := cmp.Or(x.id, "r-") + string(rune('0'+attempt))
	sealed := transport.Sealed{Body: []byte(id), RequestID: id}
	if x.keys {
		sealed.Key = "k" + id
	}
	return sealed, nil
}

func (x *toy) Judge(_ context.Context, r *transport.Response) Verdict {
	word, rest, _ := strings.Cut(string(r.Body), " ")
	switch word {
	case "again":
		return Verdict{Again: &Again{}}
	case "moved":
		return Verdict{Again: &Again{URL: rest, Same: true}}
	case "wait":
		if x.waits++; x.waits < 3 {
			return Verdict{Maybe: true, Again: &Again{Wait: time.Second}}
		}
		return Verdict{Maybe: true}
	case "ok", "refused", "strange":
		return Verdict{}
	}
	return Verdict{Judgement: transport.JudgeStatus(r)}
}

func (x *toy) Open(_ context.Context, r *transport.Response) (Answer, error) {
	word, rest, _ := strings.Cut(string(r.Body), " ")
	switch word {
	case "ok":
		return Answer{Raw: r.Body, Data: []byte(rest)}, nil
	case "strange":
		return Answer{}, errors.New("an answer that cannot be believed")
	}
	refusal := x.refusal
	refusal.Err = &issuing.Error{Kind: issuing.ErrDeclined, Message: rest}
	if word != "refused" {
		refusal.Err = transport.StatusError(r)
	}
	return Answer{Raw: r.Body}, &refusal
}

// result is what a toy call returns.
type result struct{ Value string }

func decodeToy(_ context.Context, data []byte, out any) error {
	if len(data) == 0 {
		return ErrIncomplete
	}
	out.(*result).Value = string(data)
	return nil
}

// request is what a toy call sends.
type request struct {
	Name string
	PIN  issuing.Secret
}

func (r request) validate(p *check.Problems) { p.Text("name", r.Name, 20) }

// print is the fingerprint of made-up credentials.
func print(data []byte) (string, error) { return "under a key: " + string(data), nil }

func core(t testing.TB, n *network, opts ...issuing.Option) *Core {
	t.Helper()
	c, err := New("acme", func(*check.Problems) {}, print, append([]issuing.Option{issuing.WithHTTPClient(&http.Client{Transport: n})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newCall is a call of an operation of the given safety.
func newCall(safety transport.Safety, x *toy, opts ...issuing.CallOption) Call {
	in := request{Name: "n", PIN: issuing.NewSecret("493815")}
	return Call{
		Op:  Op{Name: "Cards.Deposit", Safety: safety, Settle: Settle{Inquiry: []string{"Cards.DepositByKey"}}},
		Key: "order-1", In: in, Check: in.validate, Exchange: x, Decode: decodeToy, Options: opts,
	}
}

// wantKind fails unless err is an error of the given kind.
func wantKind(t testing.TB, err error, kind error) *issuing.Error {
	t.Helper()
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(e.Kind, kind) {
		t.Fatalf("%v, want kind %v", err, kind)
	}
	return e
}
