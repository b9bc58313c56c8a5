package platform

import (
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Shop are the parameters of a shop, for the rows of purchases.
type Shop struct{ name, mcc, country Param[string] }

// NewShop makes the parameters.
func NewShop() Shop {
	return Shop{
		Text("shop", "Corner Books", "the shop's name").Optional(),
		Text("mcc", "5942", "the shop's merchant category code, four digits").Optional(),
		Text("country", "US", "the shop's country, ISO 3166-1 alpha-2").Optional(),
	}
}

// After returns the parameters of a row: some of its own, and the shop's.
func (s Shop) After(own ...parameter) []parameter { return append(own, s.name, s.mcc, s.country) }

// Get returns the shop.
func (s Shop) Get(in Args) issuingtest.Merchant {
	return issuingtest.Merchant{Name: s.name.Get(in), MCC: s.mcc.Get(in), Country: s.country.Get(in)}
}

// Challenge are the parameters of what a card's holder is asked to confirm.
type Challenge struct {
	amount Param[issuing.Amount]
	code   Param[issuing.Secret]
	url    Param[string]
	detail Param[string]
}

// NewChallenge makes the parameters.
func NewChallenge() Challenge {
	return Challenge{
		Money("amount", "12.50", "the purchase's amount, in the card's currency"),
		Hidden("code", "135790", "the one-time code"),
		Text("url", "https://acs.example/challenge/1", "the page that the holder has to open"),
		Text("detail", "Corner Books", "shown to the holder, such as the shop's name").Optional(),
	}
}

// Code returns the parameters of a one-time code after some of a row's own.
func (c Challenge) Code(own ...parameter) []parameter { return append(own, c.code, c.amount, c.detail) }

// Page returns the parameters of a page to open after some of a row's own.
func (c Challenge) Page(own ...parameter) []parameter { return append(own, c.url, c.amount, c.detail) }

// Get returns the challenge.
func (c Challenge) Get(in Args) issuingtest.Challenge {
	return issuingtest.Challenge{
		Amount: c.amount.Get(in), Code: c.code.Get(in), URL: c.url.Get(in), Detail: c.detail.Get(in),
	}
}

// Retry is the parameter of a refused review: whether the holder may try again.
func Retry() Param[string] {
	return OneOf("retry", "whether the holder may try again", retryAllowed, retryForbidden).Optional()
}

const (
	retryAllowed   = "allowed"
	retryForbidden = "forbidden"
)

// RetryOf reads the argument of [Retry]; one that is not given allows.
func RetryOf(text string) issuingtest.KYCRetry { return text != retryForbidden }

func failNextParam(ops []string) Param[string] {
	example := ""
	if len(ops) > 0 {
		example = ops[0]
	}
	return Text("operation", example, "an operation that can fail by itself").Of(func() []string { return ops })
}

// FailNextRow is the row of a platform's FailNext.
func FailNextRow(ops []string, reasonExample, reasonDoc string, do func(op, reason string) error) Row {
	op, reason := failNextParam(ops), Text("reason", reasonExample, reasonDoc).Optional()
	return Row{Name: "fail-next", Group: "faults", Lever: "FailNext",
		Doc:    "Lets the next request of an operation through and has it fail by itself.",
		Params: Params(op, reason),
		Run:    Does(func(in Args) error { return do(op.Get(in), reason.Get(in)) })}
}

// EmitRow is the row of a platform's Emit.
func EmitRow(typeExample, contentExample string, do func(typ string, content map[string]any) error) Row {
	typ := Text("type", typeExample, "the callback's type")
	content := Object("content", contentExample, "what it says")
	return Row{Name: "emit", Group: "callbacks", Lever: "Emit",
		Doc:    "Sends a callback of any type with any content, which nothing on the platform stands behind.",
		Params: Params(typ, content),
		Run:    Does(func(in Args) error { return do(typ.Get(in), content.Get(in)) })}
}

// FundRow is the row of a platform's Fund.
func FundRow(do func(issuing.Currency, issuing.Amount) error) Row {
	currency := Currency("currency", "USD", "the reserve's currency")
	amount := Money("amount", "1000.00", "how much")
	return Row{Name: "fund", Group: "money", Lever: "Fund", Doc: "Pays money into the merchant's reserve.",
		Params: Params(currency, amount),
		Run:    Does(func(in Args) error { return do(currency.Get(in), amount.Get(in)) })}
}

// PurchaseRows are the rows of a platform's Purchase: one that asks for an amount,
// and one that asks for a dollar more than the card can spend.
func PurchaseRows(
	card Param[string], find func(card string) (issuing.Amount, error),
	do func(card string, amount issuing.Amount, shop issuingtest.Merchant) (issuingtest.Authorization, error),
) []Row {
	shop, amount := NewShop(), Money("amount", "12.50", "in the card's currency")
	return []Row{
		{Name: "purchase", Group: "money", Lever: "Purchase",
			Doc:    "Has a shop ask for a card's money; a card that is frozen or holds too little declines.",
			Params: shop.After(card, amount),
			Run: Authorizes(func(in Args) (issuingtest.Authorization, error) {
				return do(card.Get(in), amount.Get(in), shop.Get(in))
			})},
		{Name: "decline", Group: "money", Lever: "Purchase",
			Doc:    "Has a shop ask for more than the card can spend, which declines.",
			Params: shop.After(card),
			Run: Authorizes(func(in Args) (issuingtest.Authorization, error) {
				left, err := find(card.Get(in))
				if err != nil {
					return issuingtest.Authorization{}, err
				}
				return do(card.Get(in), left.Add(issuing.NewAmount(1, 0)), shop.Get(in))
			})},
	}
}

// OpenOf lists the transactions that can be settled or reversed, the latest first.
func OpenOf(state issuingtest.State) []string {
	return ItemIDs(state.Transactions, func(i issuingtest.Item) bool { return i.Open })
}

// ItemIDs lists the ids of the items that fit, the latest first.
func ItemIDs(items []issuingtest.Item, fits func(issuingtest.Item) bool) []string {
	var ids []string
	for _, item := range slices.Backward(items) {
		if fits(item) {
			ids = append(ids, item.ID)
		}
	}
	return ids
}
