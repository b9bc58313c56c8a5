package legacy

import (
	"context"
	"errors"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// lookup reads the order that a creation would have made. found is false when
// the platform does not know the number; the error's kind is
// issuing.ErrDuplicate when the number belongs to another intent.
type lookup[T any] func(ctx context.Context) (order *T, found bool, err error)

// create sends the creation of an order and settles what stays open by its
// number. Success, a duplicate number and a missing balance end it; after
// everything else the order is looked up before anything is repeated, and it is
// repeated, with the same number, only when the platform does not know it, the
// operation is keyed, and the answer was none that a repeat would get again.
func create[T any, P interface {
	*T
	number() string
}](ctx context.Context, c *Client, o operation, merOrderNo string, in validator,
	find lookup[T], opts []issuing.CallOption,
) (*T, error) {
	if err := in.validate(o.name, c.now()); err != nil {
		return nil, err
	}
	cs := issuing.NewCallSettings(opts...)
	settings := c.transport.Settings()
	for attempt := 1; ; attempt++ {
		out := P(new(T))
		resp, err := c.exchange(ctx, &o, merOrderNo, in, out, cs)
		if err == nil && out.number() == merOrderNo {
			return out, nil
		}
		if err == nil {
			err = otherAnswer(o, merOrderNo, resp)
		}
		if attempt == 1 && !errors.Is(err, issuing.ErrOutcomeUnknown) {
			return nil, err
		}
		// From here on some attempt may have been carried out, and no refusal of
		// a later one says anything about it.
		order, found, findErr := find(ctx)
		switch {
		case errors.Is(findErr, issuing.ErrDuplicate):
			return nil, findErr
		case findErr == nil && found:
			if cs.Info != nil {
				cs.Info.Settled = true
			}
			return order, nil
		case findErr != nil, o.safety != transport.Keyed, attempt >= settings.MaxAttempts, !repeatable(resp):
			return nil, unknown(err)
		}
		if !pause(ctx, settings, attempt) {
			return nil, unknown(err)
		}
	}
}

// otherAnswer is the error of a success that names another order: what became of
// this one is not said.
func otherAnswer(o operation, merOrderNo string, resp *transport.Response) error {
	return transport.Unknown(&issuing.Error{
		Provider: provider, Op: o.name, Kind: issuing.ErrBadResponse, Key: merOrderNo, Status: resp.Status,
		RequestID: resp.RequestID, Attempts: resp.Attempts, Err: errors.New("the answer names another order"),
	})
}

// unknown turns a failure after an unclear attempt into one of unknown outcome.
func unknown(err error) error {
	var e *issuing.Error
	if errors.As(err, &e) {
		return transport.Unknown(e)
	}
	return err
}

// repeatable reports whether another attempt may get another answer: there was
// none, it carried no code, or one that passes.
func repeatable(resp *transport.Response) bool {
	if resp == nil {
		return true
	}
	env, ok := resp.Parsed.(*envelope)
	if !ok {
		return true
	}
	code, _ := env.code()
	return code == CodeSuccess || code.Retryable()
}

// pause waits before the attempt after the given one, unless the context ends
// first. The wait doubles with each attempt up to the longest.
func pause(ctx context.Context, settings issuing.Settings, attempt int) bool {
	wait := settings.MinRetryWait
	for range attempt - 1 {
		wait = min(2*wait, settings.MaxRetryWait)
	}
	return transport.Pause(ctx, wait)
}

// otherIntent is the error of a number that belongs to another order.
func otherIntent(o operation, merOrderNo string) error {
	return &issuing.Error{
		Provider: provider, Op: o.name, Kind: issuing.ErrDuplicate, Key: merOrderNo,
		Err: errors.New("the order number belongs to an order with other data"),
	}
}

// sameAccount reports whether an answer's account can be one of those that were
// asked for. A platform that shows none or masks it is taken at what it shows.
func sameAccount(shown issuing.Secret, asked ...issuing.Secret) bool {
	plain := func(s issuing.Secret) string {
		return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s.Reveal()))
	}
	got := plain(shown)
	head, rest, masked := strings.Cut(got, "*")
	tail := strings.TrimLeft(rest, "*")
	none := true
	for _, account := range asked {
		want := plain(account)
		if want == "" {
			continue
		}
		none = false
		if got == want || (masked && len(head)+len(tail) <= len(want) && strings.HasPrefix(want, head) && strings.HasSuffix(want, tail)) {
			return true
		}
	}
	return none || got == ""
}

// otherAccount is the error of an order that agrees with what was asked for in
// everything but the account. The pages do not say in which form they show it, so
// it may be the order that was meant: what became of that one stays open.
func otherAccount(o operation, merOrderNo string) error {
	return &issuing.Error{
		Provider: provider, Op: o.name, Kind: issuing.ErrBadResponse, Key: merOrderNo,
		Err: errors.New("the order under this number shows another account"),
	}
}

// orderQuery names an order by the platform's number or the merchant's. With
// both, the platform looks at its own only, so one of them is sent.
type orderQuery struct {
	OrderNo    string `json:"orderNo,omitzero"`
	MerOrderNo string `json:"merOrderNo,omitzero"`
}

func (q orderQuery) validate(op string, _ time.Time) error {
	var p check.Problems
	p.OneOf("orderNo, merOrderNo", q.OrderNo, q.MerOrderNo)
	p.OptionalText("orderNo", q.OrderNo, maxID)
	p.OptionalText("merOrderNo", q.MerOrderNo, maxID)
	return p.Err(provider, op)
}

// byMerOrderNo queries an order by the merchant's number.
func byMerOrderNo[T any](ctx context.Context, c *Client, o operation, merOrderNo string, opts []issuing.CallOption) (*T, error) {
	var p check.Problems
	p.Text("merOrderNo", merOrderNo, maxID)
	if err := p.Err(provider, o.name); err != nil {
		return nil, err
	}
	return call[T](ctx, c, o, merOrderNo, orderQuery{MerOrderNo: merOrderNo}, opts)
}

// byOrderNo queries an order by the platform's number.
func byOrderNo[T any](ctx context.Context, c *Client, o operation, name, orderNo string, opts []issuing.CallOption) (*T, error) {
	o.name = name
	var p check.Problems
	p.Text("orderNo", orderNo, maxID)
	if err := p.Err(provider, o.name); err != nil {
		return nil, err
	}
	return call[T](ctx, c, o, orderNo, orderQuery{OrderNo: orderNo}, opts)
}

// found makes a lookup of a query: an order that the platform does not know is
// no error, and one whose number or data is another's is a duplicate. The number
// is compared, so that a platform which ignored it would not settle a wrong
// order.
func found[T any](o operation, merOrderNo string, order *T, number string, same bool, err error) (*T, bool, error) {
	switch {
	case errors.Is(err, CodeOrderNotFound), errors.Is(err, CodeRemittanceNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case number != merOrderNo:
		return nil, false, &issuing.Error{
			Provider: provider, Op: o.name, Kind: issuing.ErrBadResponse, Key: merOrderNo,
			Err: errors.New("the query answered with another order"),
		}
	case !same:
		return nil, false, otherIntent(o, merOrderNo)
	}
	return order, true, nil
}
