package legacy

import (
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
	"github.com/issuing-sdk/issuing-go/sign"
)

// VisaHService manages VISA-H cards.
type VisaHService struct{ c *Client }

// VisaHCardStatus is the status of a VISA-H card. The page lists none, so it is an
// open set.
type VisaHCardStatus string

// VisaHCardStatusActivated is the status of the page's example: usable.
const VisaHCardStatusActivated VisaHCardStatus = "activated"

// Known reports whether the example of the VISA-H card page shows s: it has no list.
func (s VisaHCardStatus) Known() bool { return s == VisaHCardStatusActivated }

// Terminal reports whether the card can leave this status no more. No such status
// is documented.
func (s VisaHCardStatus) Terminal() bool { return false }

// VisaHCard is a VISA-H card.
type VisaHCard struct {
	PANFirst6             string          `json:"panFirst6"`             // first six digits of the PAN
	PANLast4              string          `json:"panLast4"`              // last four digits of the PAN
	Status                VisaHCardStatus `json:"status"`                // open set; activated is usable
	CVV                   issuing.Secret  `json:"cvv"`                   // three digits, decrypted
	ExpiryText            issuing.Secret  `json:"expiry"`                // yyyyMM as sent; see Expiry
	AvailableCredit       issuing.Amount  `json:"availableCredit"`       // OverallCreditLimit plus TotalBalance
	OverallCreditLimit    issuing.Amount  `json:"overallCreditLimit"`    // a top-up of today shows here first
	TotalBalance          issuing.Amount  `json:"totalBalance"`          // a top-up shows here on the next day
	CurrentBillingEndDate time.Time       `json:"currentBillingEndDate"` // end of the billing period
}

func (c *VisaHCard) incomplete() bool { return c.Status == "" && c.PANLast4 == "" }

func (c *VisaHCard) open(secret sign.AppSecret) error { return openField(secret, "cvv", &c.CVV) }

// Expiry returns month and year of expiry.
func (c *VisaHCard) Expiry() (month time.Month, year int, ok bool) {
	return ParseExpiry(c.ExpiryText.Reveal())
}

// Card reads a card with its balance (balance). Cards are named by their number, the
// PAN.
//
// Safety: read.
func (s *VisaHService) Card(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*VisaHCard, error) {
	return call[VisaHCard](ctx, s.c, opVisaHCard, cardNumberRequest{cardNumber}, opts)
}

// Freeze locks a card ("Lock", suspend).
//
// Safety: checked. After an attempt that may have arrived the card is read; only one
// that is still activated is locked again. The status of a locked card is not
// documented: unless [Config].VisaHFrozenStatus has it, any other status leaves the outcome
// unknown. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle] with
// issuing.WithReference(cardNumber): it proves that the card is not locked, and no more.
func (s *VisaHService) Freeze(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[visaHState](ctx, s.c, s.c.cfg.visaHFreeze(), opVisaHCard, cardNumber, opts)
}

// Unfreeze makes a locked card usable again ("Unlock", unsuspend).
//
// Safety: checked, as [VisaHService.Freeze]: a card that is activated afterwards
// is the result, any other status leaves the outcome unknown but the configured one.
func (s *VisaHService) Unfreeze(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[visaHState](ctx, s.c, s.c.cfg.visaHUnfreeze(), opVisaHCard, cardNumber, opts)
}

// SetPIN (change/pin/secure) sets the PIN for cash machines, six digits, which go
// encrypted to the secure path. The deprecated path that takes a PIN in clear is not supported.
//
// Safety: once. A PIN cannot be read back, so that no program settles
// issuing.ErrOutcomeUnknown: set it again when the holder asks for it.
func (s *VisaHService) SetPIN(ctx context.Context, cardNumber, pin issuing.Secret, opts ...issuing.CallOption) error {
	return perform(ctx, s.c, opVisaHPIN, pinRequest{cardNumber, pin}, opts)
}

// VisaHTransactionsRequest selects transactions of a card.
type VisaHTransactionsRequest struct {
	CardNumber issuing.Secret // PAN; required
	Offset     int            // records to skip, from 0
	PageSize   int            // records to return at the most; required
	From       issuing.Date   // first day; required
	To         issuing.Date   // last day; required
	// Settled selects settled (true) or unsettled (false) transactions
	// (isAuthorization 1 or 0); nil selects none of the two. The answer's
	// IsAuthorization means the opposite: an authorization that is not settled.
	Settled *bool
}

func (r VisaHTransactionsRequest) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	if r.Offset < 0 {
		p.Add("offset", "must not be negative")
	}
	checkPageSize(p, r.PageSize)
	dateRange{names: "creationTime", from: r.From, to: r.To, must: needed}.check(p)
}

func (r VisaHTransactionsRequest) key() string { return r.CardNumber.Last4() }

// visaHPage is the wire form of a list request, whose numbers are strings but
// one.
type visaHPage struct {
	CardNumber      issuing.Secret `json:"cardNumber"`
	Offset          string         `json:"offset"`
	PageSize        string         `json:"pageSize"`
	IsAuthorization *int           `json:"isAuthorization,omitempty"`
	From            issuing.Date   `json:"creationTimeFrom"`
	To              issuing.Date   `json:"creationTimeTo"`
}

func (r VisaHTransactionsRequest) wire(sign.AppSecret) (any, error) {
	out := visaHPage{
		CardNumber: r.CardNumber, Offset: number(r.Offset), PageSize: number(r.PageSize), From: r.From, To: r.To,
	}
	if r.Settled != nil {
		flag := 0
		if *r.Settled {
			flag = 1
		}
		out.IsAuthorization = &flag
	}
	return out, nil
}

// VisaHTransaction is a transaction of a VISA-H card.
type VisaHTransaction struct {
	ID                string                 `json:"transactionId"`     // the platform's id, a number on the wire
	Amount            issuing.Amount         `json:"amount"`            // in Currency; 0 until an authorization is settled
	Currency          issuing.Currency       `json:"currency"`          // the card's currency
	AcquirerAmount    issuing.Amount         `json:"acquirerAmount"`    // what the shop asked for
	AcquirerCurrency  issuing.Currency       `json:"acquirerCurrency"`  // the shop's currency; may be empty
	Type              VisaHTransactionType   `json:"transactionType"`   // what it is
	Source            VisaHTransactionSource `json:"transactionSource"` // where it came from
	DebitOrCreditFlag Direction              `json:"debitOrCreditFlag"` // D decreases, C increases; may be empty
	CreationTime      time.Time              `json:"creationTime"`      // when it was made
	SettlementDate    time.Time              `json:"settlementDate"`    // when it was settled
	CardAcceptorName  string                 `json:"cardAcceptorName"`  // the shop
	Memo              string                 `json:"memo"`              // for people
	IsATM             bool                   `json:"isATM"`             // cash withdrawal
	IsAuthorization   bool                   `json:"isAuthorization"`   // authorized and not settled: Amount is 0
	IsInCountry       bool                   `json:"isInCountry"`       // in the card's country
	IsOnline          bool                   `json:"isOnline"`          // online purchase
	IsPOS             bool                   `json:"isPos"`             // purchase at a terminal
	Reversal          bool                   `json:"reversal"`          // reversal; undocumented
	TxCompleted       bool                   `json:"txCompleted"`       // completed: Amount is the settled one
}

// Transactions returns one page of transactions, from an offset on. The platform
// tells neither totals nor whether more follow. A top-up made before
// midnight is listed from 7:00 of the next day on.
//
// Safety: read.
func (s *VisaHService) Transactions(
	ctx context.Context, req VisaHTransactionsRequest, opts ...issuing.CallOption,
) (*Page[VisaHTransaction], error) {
	return listed[VisaHTransaction](ctx, s.c, opVisaHTransactions, req, opts)
}

// AllTransactions iterates over transactions from the request's offset on, until an
// answer is empty: the platform may give fewer than PageSize. Answers that bring nothing
// but what was there end it with an error after a few. The order of the list is not
// documented: where the latest come first, one that is booked meanwhile is missing. One
// that is listed again as it was is left out; one with another type or amount comes again.
func (s *VisaHService) AllTransactions(
	ctx context.Context, req VisaHTransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*VisaHTransaction, error] {
	return func(yield func(*VisaHTransaction, error) bool) {
		req := req // the sequence may be ranged over again
		pages.Complete(1, rowOf[VisaHTransaction], func(int) (pages.Listed[VisaHTransaction], error) {
			page, err := s.Transactions(ctx, req, opts...)
			if err != nil {
				return pages.Listed[VisaHTransaction]{}, err
			}
			req.Offset += len(page.List)
			return pages.Listed[VisaHTransaction]{Items: page.List}, nil
		})(yield)
	}
}

// oobReply is the wire form of a reply.
type oobReply struct {
	CardNumber       issuing.Secret `json:"cardNumber"`
	ACSTransactionID string         `json:"acsTransactionId"`
	Reply            OOBReply       `json:"reply"`
}

func (r oobReply) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	p.Text("acsTransactionId", r.ACSTransactionID, noLimit)
	if !r.Reply.Known() {
		p.Add("reply", "must be 2 (accept) or 3 (decline)")
	}
}

func (r oobReply) key() string { return r.ACSTransactionID }

// OOBConfirmation is the answer to a reply.
type OOBConfirmation struct {
	Status OOBStatus `json:"confirmationStatus"` // where the confirmation stands now
}

func (c *OOBConfirmation) incomplete() bool { return c.Status == 0 }

// ReplyOOB passes on the holder's answer to an out-of-band confirmation
// ([OOBRequested]). The answer's status tells whether it came in time.
//
// Safety: once. It confirms or declines a purchase, and nothing tells what became of it
// when the answer is lost: no program settles issuing.ErrOutcomeUnknown, but the card's
// transactions may show it.
func (s *VisaHService) ReplyOOB(
	ctx context.Context, cardNumber issuing.Secret, acsTransactionID string, reply OOBReply, opts ...issuing.CallOption,
) (*OOBConfirmation, error) {
	return call[OOBConfirmation](ctx, s.c, opVisaHReply, oobReply{cardNumber, acsTransactionID, reply}, opts)
}

// SimulateOOB has the platform send an out-of-band notification for a card.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: wait for the
// notification.
func (s *VisaHService) SimulateOOB(ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption) error {
	return perform(ctx, s.c, opVisaHSimulate, cardNumberRequest{cardNumber}, opts)
}
