package legacy

import (
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// VirtualLService manages VIRTUAL-L cards.
type VirtualLService struct{ c *Client }

// VirtualLCard is a VIRTUAL-L card.
type VirtualLCard struct {
	CardNumber      issuing.Secret     `json:"cardNo"`          // PAN
	CVV             issuing.Secret     `json:"cvv"`             // three digits, decrypted
	ExpiryText      issuing.Secret     `json:"cardExpiryDate"`  // 08/2026 or 09/23 as sent; see Expiry
	Balance         issuing.Amount     `json:"balance"`         // in LocalCurrency
	LocalCurrency   issuing.Currency   `json:"localCurrency"`   // the card's currency
	Status          VirtualLCardStatus `json:"cardStatus"`      // frozen, active, cancelled
	StatusText      string             `json:"cardStatusDesc"`  // for people; undocumented
	StartActiveDate string             `json:"startActiveDate"` // 2024-08-10 or 02/23 as sent; ParseExpiry reads both
	User            VirtualLUser       `json:"cardUserInfo"`    // whom the card is registered to
}

// VirtualLUser is whom a VIRTUAL-L card is registered to.
type VirtualLUser struct {
	BirthDate issuing.Date     `json:"birthDate"` // date of birth
	Email     issuing.Personal `json:"email"`     // registered e-mail address
	FirstName issuing.Personal `json:"firstName"` // first name
	LastName  issuing.Personal `json:"lastName"`  // last name
	Mobile    issuing.Personal `json:"mobile"`    // registered phone number
}

func (c *VirtualLCard) incomplete() bool { return c.Status == "" && c.CardNumber.IsZero() }

func (c *VirtualLCard) open(secret sign.AppSecret) error { return openField(secret, "cvv", &c.CVV) }

// Expiry returns month and year of expiry.
func (c *VirtualLCard) Expiry() (month time.Month, year int, ok bool) {
	return ParseExpiry(c.ExpiryText.Reveal())
}

// Card reads a card (info). Cards are named by their number, the PAN.
//
// Safety: read.
func (s *VirtualLService) Card(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*VirtualLCard, error) {
	return call[VirtualLCard](ctx, s.c, opVirtualLCard, cardNumberRequest{cardNumber}, opts)
}

// Freeze freezes a card ("Lock").
//
// Safety: checked. After an attempt that may have arrived the card is read; only one
// that is still active is frozen again. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithReference(cardNumber), which reads the card again.
func (s *VirtualLService) Freeze(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[virtualLState](ctx, s.c, toVirtualLFrozen, opVirtualLCard, cardNumber, opts)
}

// Unfreeze makes a frozen card usable again ("Unlock").
//
// Safety: checked, as [VirtualLService.Freeze].
func (s *VirtualLService) Unfreeze(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[virtualLState](ctx, s.c, toVirtualLActive, opVirtualLCard, cardNumber, opts)
}

// Close closes a card for good. It says that the request was accepted;
// [VirtualLClosed] brings the amount that went back to the reserve and is to be
// refunded to the customer. The page documents VIRTUAL-P's path for it.
//
// Safety: checked, never repeated: a card that is not cancelled may have a closure under
// way. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle] with
// issuing.WithReference(cardNumber) until it is done or the merchant decides to close
// the card again.
func (s *VirtualLService) Close(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[virtualLState](ctx, s.c, toVirtualLClosed, opVirtualLCard, cardNumber, opts)
}

// VirtualLTransaction is a transaction of a VIRTUAL-L card.
type VirtualLTransaction struct {
	RecordNo      string           `json:"recordNo"`         // the platform's number of the record
	CardID        string           `json:"cardId"`           // undocumented
	OccurTime     time.Time        `json:"occurTime"`        // when it happened
	TransCurrency issuing.Currency `json:"transCurrency"`    // the shop's currency
	TransAmount   issuing.Amount   `json:"transCurrencyAmt"` // what the shop asked for
	LocalCurrency issuing.Currency `json:"localCurrency"`    // the card's currency
	// what the card is charged; unset where the platform sends ""
	LocalAmount          issuing.Amount            `json:"localCurrencyAmt"`
	RespCode             string                    `json:"respCode"`             // 000000 is success
	RespCodeDesc         string                    `json:"respCodeDesc"`         // for people
	CrossBorderType      CrossBorderType           `json:"crossBoardType"`       // domestic or international
	Type                 VirtualLTransactionType   `json:"transType"`            // what it is
	Status               VirtualLTransactionStatus `json:"transStatus"`          // approved or declined
	PlatformType         string                    `json:"platformType"`         // description, for people
	MerchantName         string                    `json:"merchantName"`         // the shop; may be empty
	MerchantCategoryCode string                    `json:"merchantCategoryCode"` // MCC, four digits; may be empty
	ApprovalCode         string                    `json:"approvalCode"`         // may be empty
}

// Transactions returns one page of a card's transactions of at most three months.
//
// Safety: read.
func (s *VirtualLService) Transactions(
	ctx context.Context, req VirtualTransactionsRequest, opts ...issuing.CallOption,
) (*Page[VirtualLTransaction], error) {
	if req.PageToken == "" {
		req.PageToken = "1"
	}
	return call[Page[VirtualLTransaction]](ctx, s.c, opVirtualLTransactions, numberedRequest{req}, opts)
}

// AllTransactions iterates over a card's transactions of at most three months,
// from the request's page on, until a page brings nothing new, whatever total the answers
// tell. The order of the list is not documented: where the latest come first, one that is
// booked meanwhile is missing. One that is listed again as it was is left out; one with
// another type or status comes again.
func (s *VirtualLService) AllTransactions(
	ctx context.Context, req VirtualTransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*VirtualLTransaction, error] {
	return numbered(req, func(req VirtualTransactionsRequest) (*Page[VirtualLTransaction], error) {
		return s.Transactions(ctx, req, opts...)
	})
}

// SimulateOTP has the platform send a one-time password ([VirtualLChallenged]) for a
// card. Test environment only.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: wait for the
// notification.
func (s *VirtualLService) SimulateOTP(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) error {
	return perform(ctx, s.c, opVirtualLSimulateOTP, cardNumberRequest{cardNumber}, opts)
}

// SimulateTransaction has the platform make a purchase with a card and send its
// bill ([VirtualLBilled]). Test environment only.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: look at the card's
// transactions.
func (s *VirtualLService) SimulateTransaction(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) error {
	return perform(ctx, s.c, opVirtualLSimulate, cardNumberRequest{cardNumber}, opts)
}
