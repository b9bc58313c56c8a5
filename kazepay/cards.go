package kazepay

import (
	"cmp"
	"context"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// cardRequest names a card and nothing else.
type cardRequest struct {
	CardID string `json:"cardID"`
}

func (r cardRequest) validate(p *check.Problems) { p.Text("cardID", r.CardID, maxID) }

func (r cardRequest) card() string { return r.CardID }

func (r cardRequest) facts(f *facts) { f.Card = r.CardID }

// CardService holds the operations that every card has: details, balance,
// top-up, transactions, freeze, close.
type CardService struct{ c *Client }

// Card is a card in full. Before an application is approved the number may be
// masked and most fields empty.
type Card struct {
	ID                 string           `json:"cardID"`                 // KazePay's card id
	CardNumber         issuing.Secret   `json:"cardNo"`                 // PAN; masked or empty before approval
	CVV                issuing.Secret   `json:"cardCvv"`                // three digits; virtual cards only
	ExpiryDate         issuing.Secret   `json:"expiryDate"`             // YYMM, or YYYYMM as upstream has it; see Expiry
	Currency           issuing.Currency `json:"currency"`               // ISO 4217
	Status             CardStatus       `json:"userBankCardStatus"`     // life cycle
	HolderEmail        issuing.Personal `json:"cardHolderEmail"`        // the user's
	HolderMobileNumber issuing.Personal `json:"cardHolderMobileNumber"` // the user's
	HolderMobilePrefix string           `json:"cardHolderMobilePrefix"` // dialling code without +
	BillingCountry     string           `json:"countryCode"`            // a code or a name, such as HONG KONG
	BillingState       string           `json:"billingState"`           // free text
	BillingCity        issuing.Personal `json:"billingCity"`            // free text
	BillingAddress     issuing.Personal `json:"billingAddress"`         // free text
	BillingZipCode     issuing.Personal `json:"billingZipCode"`         // free text
}

func (c *Card) incomplete() bool { return c.ID == "" && c.Status == "" || !sound(c.ID) }

func (c *Card) card() string { return c.ID }

// Expiry returns the year and month in which the card expires; ok is false when
// the text is of neither form.
func (c *Card) Expiry() (year int, month time.Month, ok bool) {
	text := c.ExpiryDate.Reveal()
	layout := map[int]string{4: "0601", 6: "200601"}[len(text)]
	t, err := time.Parse(layout, text)
	if err != nil || layout == "" {
		return 0, 0, false
	}
	return t.Year(), t.Month(), true
}

// Card (queryCard) reads a card.
//
// Safety: read.
func (s *CardService) Card(ctx context.Context, cardID string, opts ...issuing.CallOption) (*Card, error) {
	return call[Card](ctx, s.c, opCard, cardRequest{cardID}, opts)
}

// currencyRequest names a card and a currency.
type currencyRequest struct {
	cardRequest
	Currency issuing.Currency `json:"currency"`
}

func (r currencyRequest) validate(p *check.Problems) {
	r.cardRequest.validate(p)
	checkCurrency(p, r.Currency)
}

func checkCurrency(p *check.Problems, currency issuing.Currency) {
	if !currency.Valid() {
		p.Add("currency", "is not an ISO 4217 code such as USD")
	}
}

// orUSD is the documented default, which is sent rather than left to KazePay
// because the field is marked required.
func orUSD(currency issuing.Currency) issuing.Currency { return cmp.Or(currency, issuing.CurrencyUSD) }

// Balance is what a card holds.
type Balance struct {
	CardID    string           `json:"cardID"`       // KazePay's card id
	Currency  issuing.Currency `json:"currency"`     // ISO 4217
	Available issuing.Amount   `json:"avaBalance"`   // may be spent
	Frozen    issuing.Amount   `json:"blockBalance"` // held
}

func (b *Balance) incomplete() bool { return b.Available.IsZero() || !sound(b.CardID) }

func (b *Balance) card() string { return b.CardID }

// Balance (cardBalance) reads a card's balance. An empty currency is USD.
//
// Safety: read.
func (s *CardService) Balance(
	ctx context.Context, cardID string, currency issuing.Currency, opts ...issuing.CallOption,
) (*Balance, error) {
	return call[Balance](ctx, s.c, opBalance, currencyRequest{cardRequest{cardID}, orUSD(currency)}, opts)
}

// DepositRequest tops up a card.
type DepositRequest struct {
	// CardID is KazePay's card id, at most 128 characters. Required.
	CardID string `json:"cardID"`
	// Currency is ISO 4217; empty is USD.
	Currency issuing.Currency `json:"currency"`
	// Amount in the currency's base unit, "5000.00" is five thousand dollars; at
	// most six decimals and 15 digits, because KazePay reads it as a Double.
	// Required.
	Amount issuing.Amount `json:"amount"`
}

// Limits of an amount that passes through a Double unchanged.
const (
	maxDecimals      = 6
	maxAmountNumbers = 15
)

func (r DepositRequest) validate(p *check.Problems) {
	p.Text("cardID", r.CardID, maxID)
	checkCurrency(p, r.Currency)
	p.Amount("amount", r.Amount, maxDecimals)
	if len(strings.ReplaceAll(r.Amount.String(), ".", "")) > maxAmountNumbers {
		p.Add("amount", "has more than %d digits", maxAmountNumbers)
	}
}

func (r DepositRequest) card() string { return r.CardID }

func (r DepositRequest) facts(f *facts) {
	f.Card, f.Amount, f.Currency = r.CardID, r.Amount, r.Currency
}

// Deposit is a top-up.
type Deposit struct {
	ID         string            `json:"transactionId"`     // KazePay's id of the top-up
	CardID     string            `json:"cardID"`            // KazePay's card id
	Currency   issuing.Currency  `json:"currency"`          // ISO 4217
	Status     TransactionStatus `json:"transactionStatus"` // PENDING: received, not final
	SendAmount issuing.Amount    `json:"sendAmount"`        // as answered; how it relates to fees is not documented
}

func (d *Deposit) incomplete() bool { return d.ID == "" || !sound(d.ID, d.CardID) }

func (d *Deposit) card() string { return d.CardID }

// Deposit (cardRecharge) tops up a card from the merchant's balance. The
// answer's status is PENDING, or already final, FAILED included, which is no
// error; [CardDeposited] tells how it ended. Whether Amount is what leaves the
// merchant or what reaches the card is not documented.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. There is no field for an id
// of the merchant's own, and what a repeated requestNo does is not documented: send it
// once. KazePay's code for a repeat is not published, so such a refusal looks like that of
// a top-up although the first one may have been carried out.
//
// On issuing.ErrOutcomeUnknown give the pending to [Client.Settle]. It reads the card's
// transactions, in which nothing names the request, so it can only name the lines that
// fit, unless issuing.WithOthers gives it the ids of the card's other top-ups: then the one
// line that is left is this top-up, done or failed. A top-up that is not listed stays open;
// it is never told as absent. Top up a card once at a time, and keep the ids of its
// top-ups, and every outcome that is listed can be told. A failure answer is not signed:
// look before topping up again, or set [Config.SignedFailures].
func (s *CardService) Deposit(ctx context.Context, req DepositRequest, opts ...issuing.CallOption) (*Deposit, error) {
	req.Currency = orUSD(req.Currency)
	return call[Deposit](ctx, s.c, opDeposit, req, opts)
}

// CardChange is the answer to an operation that moves a card to another state.
type CardChange struct {
	ID     string     `json:"cardID"` // KazePay's card id
	Status CardStatus `json:"status"` // after the operation, as far as it has got

	// What goes back to the merchant, of Close alone.
	RefundAmount  issuing.Amount   `json:"refundAmt"` // may still change
	Currency      issuing.Currency `json:"currency"`  // ISO 4217
	TransactionID string           `json:"txnId"`     // KazePay's id of the refund
}

func (c *CardChange) incomplete() bool { return c.Status == "" || !sound(c.ID, c.TransactionID) }

func (c *CardChange) card() string { return c.ID }

// statusRequest moves a card to a status.
type statusRequest struct {
	cardRequest
	Status CardStatus `json:"status"`
}

// Freeze (updCardStatus with INACTIVE) freezes an active card. The answer may
// show a state on the way; [CardService.Card] confirms it.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. After an unclear attempt the card
// is read: one that is frozen is the result. On issuing.ErrOutcomeUnknown give the pending
// to [Client.Settle], which reads it again: it proves what the card's state is, not who
// brought it about. Freezing a frozen card again changes nothing.
func (s *CardService) Freeze(ctx context.Context, cardID string, opts ...issuing.CallOption) (*CardChange, error) {
	in := statusRequest{cardRequest{cardID}, CardStatusInactive}
	return looked(ctx, s.c, opFreeze, in, toFrozen.look(s.c), opts)
}

// Unfreeze (updCardStatus with ACTIVE) makes a frozen card usable again.
//
// Safety: once, as [CardService.Freeze].
func (s *CardService) Unfreeze(ctx context.Context, cardID string, opts ...issuing.CallOption) (*CardChange, error) {
	in := statusRequest{cardRequest{cardID}, CardStatusActive}
	return looked(ctx, s.c, opUnfreeze, in, toActive.look(s.c), opts)
}

// Close (closeCard) closes a card for good and returns what it holds to the
// merchant's balance. The answer's status is CLOSE_PROCESSING; [CardClosed] brings
// the amount that was returned.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. After an unclear attempt the card
// is read: one that is closing or closed is the result, which does not say then what is
// returned. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which reads
// it again.
func (s *CardService) Close(ctx context.Context, cardID string, opts ...issuing.CallOption) (*CardChange, error) {
	return looked(ctx, s.c, opClose, cardRequest{cardID}, toClosed.look(s.c), opts)
}

// numberRequest names a card by its number.
type numberRequest struct {
	CardNumber issuing.Secret `json:"cardNo"`
}

func (r numberRequest) validate(p *check.Problems) {
	p.Digits("cardNo", r.CardNumber, minPANDigits, maxPANDigits)
}

// CardNumberID ties a card number to KazePay's card id.
type CardNumberID struct {
	CardID     string         `json:"cardID"` // KazePay's card id
	CardNumber issuing.Secret `json:"cardNo"` // PAN, as asked for
}

func (c *CardNumberID) incomplete() bool { return c.CardID == "" || !sound(c.CardID) }

// CardID (getCardId) looks up KazePay's card id by the full card number.
//
// Safety: read.
func (s *CardService) CardID(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardNumberID, error) {
	return call[CardNumberID](ctx, s.c, opCardID, numberRequest{cardNumber}, opts)
}
