package legacy

import (
	"context"
	"errors"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
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
}](c *Client, query operation, compare func(*T, sought) error) func(context.Context, sought) (*T, error) {
	return func(ctx context.Context, w sought) (*T, error) {
		placed, err := call[T](ctx, c, query, merOrderQuery{w.Key}, nil)
		switch {
		case errors.Is(err, CodeOrderNotFound), errors.Is(err, CodeRemittanceNotFound):
			return nil, nil
		case err != nil:
			return nil, err
		case P(placed).key() != w.Key:
			return nil, errOtherNumber
		}
		return placed, compare(placed, w)
	}
}

// An account is told to a record by a digest and its last four characters, with which
// what a query shows, in full or masked, is compared.

// tellAccount tells an account under the name of its field.
func tellAccount(f *facts, name string, account issuing.Secret) {
	plain := issuing.NewSecret(plainAccount(account))
	f.Secret(name, plain)
	f.Detail(name+"_last4", plain.Last4())
}

// showsAccount reports whether what a query shows can be one of the accounts that a write
// was about. A platform that shows none or masks it is taken at what it shows.
func showsAccount(w sought, shown issuing.Secret, names ...string) bool {
	got := plainAccount(shown)
	none := true
	for _, name := range names {
		asked, known := w.Secret(name)
		if !known && w.Secrets[name] == "" && w.Details[name+"_last4"] == "" {
			continue
		}
		none = false
		if (known && fitsAccount(got, plainAccount(asked))) || (!known && recalls(w, name, got)) {
			return true
		}
	}
	return none || got == ""
}

// compare refuses an answer about another order, card or account than was asked for.
func (x *exchange) compare(out any) error {
	if a, ok := out.(about); ok && x.o.creates && a.key() != x.key {
		return errors.New("the answer names another order")
	}
	if showsAnother(x.in, out) {
		return errors.New("the answer is about another card or account")
	}
	return nil
}

// accounted is a request that names cards or accounts, or a result that shows one.
type accounted interface{ accounts() []issuing.Secret }

// showsAnother reports whether an answer shows an account, in full or masked, that is none
// of its request's. One that shows none is taken as it is.
func showsAnother(request, result any) bool {
	asked, ok := request.(accounted)
	shown, shows := result.(accounted)
	if !ok || !shows {
		return false
	}
	got, named := plainAccount(shown.accounts()[0]), false
	for _, account := range asked.accounts() {
		if !account.IsZero() {
			named = true
			if fitsAccount(got, plainAccount(account)) {
				return false
			}
		}
	}
	return named && got != ""
}

func (r DepositRequest) accounts() []issuing.Secret     { return []issuing.Secret{r.CardNumber} }
func (d *Deposit) accounts() []issuing.Secret           { return []issuing.Secret{d.CardNumber} }
func (r cardNumberRequest) accounts() []issuing.Secret  { return []issuing.Secret{r.CardNumber} }
func (r DailyLimitsRequest) accounts() []issuing.Secret { return []issuing.Secret{r.CardNumber} }
func (c *MasterECard) accounts() []issuing.Secret       { return []issuing.Secret{c.CardNumber} }
func (c *VirtualLCard) accounts() []issuing.Secret      { return []issuing.Secret{c.CardNumber} }
func (t *Transfer) accounts() []issuing.Secret          { return []issuing.Secret{t.Account} }
func (r TransferRequest) accounts() []issuing.Secret {
	return []issuing.Secret{r.AccountNumber, r.IBAN, r.EWalletID}
}

// recalls is fitsAccount with what a pending holds of the account: where its digest is
// under former credentials, the last four characters alone.
func recalls(w sought, name, shown string) bool {
	last4, tail := w.Details[name+"_last4"], shown[strings.LastIndex(shown, "*")+1:]
	if strings.Contains(shown, "*") || w.Secrets[name] == "" {
		return strings.HasSuffix(last4, tail) || strings.HasSuffix(tail, last4)
	}
	return w.Same(name, issuing.NewSecret(shown))
}

// fitsAccount reports whether an account is shown, in full or masked.
func fitsAccount(shown, account string) bool {
	head, rest, masked := strings.Cut(shown, "*")
	tail := strings.TrimLeft(rest, "*")
	return shown == account || (masked && len(head)+len(tail) <= len(account) &&
		strings.HasPrefix(account, head) && strings.HasSuffix(account, tail))
}

// plainAccount is an account as it is compared.
func plainAccount(account issuing.Secret) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(account.Reveal()))
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

func (q orderQuery) validate(p *check.Problems) { p.Text("orderNo", q.OrderNo, noLimit) }
func (q orderQuery) key() string                { return q.OrderNo }
