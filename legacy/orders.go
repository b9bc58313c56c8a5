package legacy

import (
	"context"
	"errors"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// What a look may find that leaves the outcome of an order open.
var (
	// errOtherNumber is an answer that must not settle anything: the platform
	// ignored the number.
	errOtherNumber = errors.New("the query answered with another order")
	// errOtherAccount is an order that agrees with what was asked for in
	// everything but the account. The pages do not say in which form they show
	// it, so it may be the order that was meant.
	errOtherAccount = errors.New("the order under this number shows another account")
)

// order is a request that creates an order, named by the merchant's number.
type order interface {
	request
	about
}

// lookup is the look of an order's creation: it queries the order by the
// merchant's number. An order that the platform does not know has not been
// created; any other failure of the query says nothing about it. compare returns
// errOther for an order that is not the one asked for.
func lookup[T any, P interface {
	*T
	about
}](c *Client, query operation, merOrderNo string, compare func(*T) error) provider.Look[T] {
	return func(ctx context.Context, _ provider.Sought) (*T, error) {
		placed, err := call[T](ctx, c, query, merOrderQuery{merOrderNo}, nil)
		switch {
		case errors.Is(err, CodeOrderNotFound), errors.Is(err, CodeRemittanceNotFound):
			return nil, nil
		case err != nil:
			return nil, err
		case P(placed).key() != merOrderNo:
			return nil, errOtherNumber
		}
		return placed, compare(placed)
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
		fits := masked && len(head)+len(tail) <= len(want) &&
			strings.HasPrefix(want, head) && strings.HasSuffix(want, tail)
		if got == want || fits {
			return true
		}
	}
	return none || got == ""
}

// merOrderQuery names an order by the merchant's number. A query may have both
// numbers, of which the platform looks at its own only, so one of them is sent.
type merOrderQuery struct {
	MerOrderNo string `json:"merOrderNo"`
}

func (q merOrderQuery) validate(p *check.Problems) { p.Text("merOrderNo", q.MerOrderNo, maxID) }
func (q merOrderQuery) key() string                { return q.MerOrderNo }

// orderQuery names an order by the platform's number.
type orderQuery struct {
	OrderNo string `json:"orderNo"`
}

func (q orderQuery) validate(p *check.Problems) { p.Text("orderNo", q.OrderNo, maxID) }
func (q orderQuery) key() string                { return q.OrderNo }
