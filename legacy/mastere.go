package legacy

import (
	"context"
	"iter"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
	"github.com/issuing-sdk/issuing-go/sign"
)

// MasterEService manages MASTER-E cards. The product is marked as discontinued.
type MasterEService struct{ c *Client }

// MasterECardStatus is the life cycle of a MASTER-E card.
type MasterECardStatus int

// Card statuses of the MASTER-E pages.
const (
	MasterECardStatusNew       MasterECardStatus = 1 // new
	MasterECardStatusAssigned  MasterECardStatus = 2 // assigned to a holder
	MasterECardStatusActivated MasterECardStatus = 3 // usable
	MasterECardStatusExpired   MasterECardStatus = 4 // expired or cancelled; final
	MasterECardStatusLost      MasterECardStatus = 5 // reported lost, which is how this product locks a card
)

var masterECardStatusNames = map[MasterECardStatus]string{
	MasterECardStatusNew: "new", MasterECardStatusAssigned: "assigned", MasterECardStatusActivated: "activated",
	MasterECardStatusExpired: "expired or cancelled", MasterECardStatusLost: "reported lost",
}

// Known reports whether status of the MASTER-E card page lists s.
func (s MasterECardStatus) Known() bool { return masterECardStatusNames[s] != "" }

// Terminal reports whether the card can leave this status no more.
func (s MasterECardStatus) Terminal() bool { return s == MasterECardStatusExpired }

// String returns the status in words.
func (s MasterECardStatus) String() string { return named(masterECardStatusNames[s], int(s)) }

// MasterECard is a MASTER-E card. Amounts are in the card's currency; the
// platform sends them as numbers or strings. Freeze, Unfreeze and SetDailyLimits
// answer with fewer fields than Card.
type MasterECard struct {
	CardNumber         issuing.Secret    `json:"cardNo"`             // PAN, 16 digits
	EmbossedName       issuing.Personal  `json:"embossedName"`       // the name on the card
	Status             MasterECardStatus `json:"status"`             // 0 where the answer has none
	ExpiryMonth        issuing.Secret    `json:"expiryMonth"`        // two digits
	ExpiryYear         issuing.Secret    `json:"expiryYear"`         // as sent, two or four digits
	CardLimit          issuing.Amount    `json:"cardLimit"`          // total limit
	DailyATMLimit      issuing.Amount    `json:"dailyAtmLimit"`      // cash per day
	DailyPurchaseLimit issuing.Amount    `json:"dailyPurchaseLimit"` // purchases per day
	AvailableLimit     issuing.Amount    `json:"availableLimit"`     // what is left of the limit
	Balance            issuing.Amount    `json:"balance"`            // Card only
	Available          issuing.Amount    `json:"available"`          // available balance; Card only
}

func (c *MasterECard) incomplete() bool { return c.Status == 0 && c.CardLimit.IsZero() }

// Expiry returns month and year of expiry, the year with four digits.
func (c *MasterECard) Expiry() (month time.Month, year int, ok bool) {
	return ParseExpiry(c.ExpiryMonth.Reveal() + "/" + c.ExpiryYear.Reveal())
}

// Card reads a card with its balance ("Card Information"). Cards are named by their
// number, the PAN of 16 digits.
//
// Safety: read.
func (s *MasterEService) Card(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*MasterECard, error) {
	return call[MasterECard](ctx, s.c, opMasterECard, cardNumberRequest{cardNumber}, opts)
}

// Freeze locks a card ("Lock"): it is reported lost until [MasterEService.Unfreeze].
//
// Safety: checked. After an attempt that may have arrived the card is read; only one
// that is still activated is locked again. On issuing.ErrOutcomeUnknown give the pending
// to [Client.Settle] with issuing.WithReference(cardNumber), which reads the card again.
func (s *MasterEService) Freeze(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return s.change(ctx, toMasterEFrozen, cardNumber, opts)
}

// Unfreeze makes a locked card usable again ("Unlock").
//
// Safety: checked, as [MasterEService.Freeze].
func (s *MasterEService) Unfreeze(
	ctx context.Context, cardNumber issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return s.change(ctx, toMasterEActive, cardNumber, opts)
}

func (s *MasterEService) change(ctx context.Context, t transition[MasterECardStatus], cardNumber issuing.Secret,
	opts []issuing.CallOption,
) (*CardChange, error) {
	card, err := looked(ctx, s.c, t.op, cardNumberRequest{cardNumber}, s.moved(t), opts)
	if err != nil {
		return nil, err
	}
	return &CardChange{CardNumber: cardNumber, MasterE: card}, nil
}

// moved looks a card up that was to move.
func (s *MasterEService) moved(t transition[MasterECardStatus]) func(context.Context, sought) (*MasterECard, error) {
	return func(ctx context.Context, w sought) (*MasterECard, error) {
		card, err := s.Card(ctx, w.Reference)
		if err != nil {
			return nil, err
		}
		return tell(t, card.Status, card)
	}
}

// SetPIN (change/pin/secure) sets the PIN for cash machines, six digits, which go
// encrypted to the secure path. The path that takes a PIN in clear is not supported.
//
// Safety: once. A PIN cannot be read back, so that no program settles
// issuing.ErrOutcomeUnknown: set it again when the holder asks for it.
func (s *MasterEService) SetPIN(ctx context.Context, cardNumber, pin issuing.Secret, opts ...issuing.CallOption) error {
	return perform(ctx, s.c, opMasterEPIN, pinRequest{cardNumber, pin}, opts)
}

// DailyLimitsRequest sets both daily limits of a card.
type DailyLimitsRequest struct {
	CardNumber issuing.Secret `json:"cardNumber"` // PAN; required
	// whole units of the card's currency, 0 or more; required
	DailyPurchaseLimit int64 `json:"dailyPurchaseLimit"`
	// whole units of the card's currency, 0 or more; required
	DailyATMLimit int64 `json:"dailyAtmLimit"`
}

func (r DailyLimitsRequest) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	if r.DailyPurchaseLimit < 0 {
		p.Add("dailyPurchaseLimit", "must not be negative")
	}
	if r.DailyATMLimit < 0 {
		p.Add("dailyAtmLimit", "must not be negative")
	}
}

func (r DailyLimitsRequest) key() string { return r.CardNumber.Last4() }

func (r DailyLimitsRequest) facts(f *facts) {
	f.Reference = r.CardNumber
	f.Detail("dailyPurchaseLimit", strconv.FormatInt(r.DailyPurchaseLimit, 10))
	f.Detail("dailyAtmLimit", strconv.FormatInt(r.DailyATMLimit, 10))
}

// SetDailyLimits sets the daily limits of purchases and of cash.
//
// Safety: checked. After an attempt that may have arrived the card's limits are read
// and, where they differ, set again. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithReference(req.CardNumber), which reads them again.
func (s *MasterEService) SetDailyLimits(
	ctx context.Context, req DailyLimitsRequest, opts ...issuing.CallOption,
) (*MasterECard, error) {
	return looked(ctx, s.c, opMasterELimits, req, s.limited, opts)
}

// limited looks a card up whose limits were to be set.
func (s *MasterEService) limited(ctx context.Context, w sought) (*MasterECard, error) {
	card, err := s.Card(ctx, w.Reference)
	switch {
	case err != nil:
		return nil, err
	case !card.DailyPurchaseLimit.IsSet() || !card.DailyATMLimit.IsSet():
		return nil, errMoved
	case card.DailyPurchaseLimit.Equal(issuing.Amount(w.Details["dailyPurchaseLimit"])) &&
		card.DailyATMLimit.Equal(issuing.Amount(w.Details["dailyAtmLimit"])):
		return card, nil
	}
	return nil, nil
}

// MasterETransactionsRequest selects transactions of a card.
type MasterETransactionsRequest struct {
	CardNumber issuing.Secret // PAN; required
	PageSize   int            // records to return at the most; required, and the same for all pages
	PageToken  string         // from the answer before; empty for the first page; LatestTransactions ignores it
	From       issuing.Date   // first day; optional
	To         issuing.Date   // last day; optional
}

func (r MasterETransactionsRequest) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	checkPageSize(p, r.PageSize)
	p.OptionalText("pageToken", r.PageToken, noLimit)
	dateRange{names: "dateRange", from: r.From, to: r.To, must: optional}.check(p)
}

func (r MasterETransactionsRequest) key() string { return r.CardNumber.Last4() }

// MasterETransaction is a transaction of a MASTER-E card.
type MasterETransaction struct {
	ID               string                   `json:"id"`                   // the platform's id
	Amount           issuing.Amount           `json:"amount"`               // without a sign; do not take one from EntryType
	Currency         issuing.Currency         `json:"currency"`             // the card's currency
	EntryType        EntryType                `json:"entryType"`            // a top-up is shown as DEBIT
	Intent           MasterEIntent            `json:"intent"`               // what it was for
	Status           MasterETransactionStatus `json:"status"`               // pending, posted, declined, void
	Description      string                   `json:"description"`          // for people
	CreatedAt        time.Time                `json:"createdAt"`            // the two lists write it differently
	CardAccountID    string                   `json:"cardAccountId"`        // the platform's id of the account
	CardID           string                   `json:"cardId"`               // the platform's id of the card; may be empty
	CardEmbossedName issuing.Personal         `json:"cardEmbossedName"`     // may be empty
	CardLast4        string                   `json:"cardLast4"`            // last four digits of the PAN; may be empty
	Merchant         string                   `json:"merchant" wire:"json"` // JSON in a string, undocumented; see MerchantInfo
	RefID            string                   `json:"refId"`                // undocumented
	XID              string                   `json:"xid"`                  // undocumented; the paged list only
}

// MasterEMerchant is what Merchant holds in the pages' examples.
type MasterEMerchant struct {
	Name     string `json:"name"`     // the shop
	Country  string `json:"country"`  // the shop's country
	MCC      string `json:"mcc"`      // merchant category code
	Category string `json:"category"` // the category in words
}

// MerchantInfo reads Merchant; ok is false when it is not what the examples show.
func (t *MasterETransaction) MerchantInfo() (m MasterEMerchant, ok bool) {
	return m, t.Merchant != "" && codec.Unmarshal([]byte(t.Merchant), &m) == nil
}

// masterEPage is the wire form of a list request, whose numbers are strings.
type masterEPage struct {
	CardNumber issuing.Secret `json:"cardNumber"`
	PageToken  string         `json:"pageToken,omitzero"`
	PageSize   string         `json:"pageSize"`
	From       issuing.Date   `json:"dateRangeFrom,omitzero"`
	To         issuing.Date   `json:"dateRangeTo,omitzero"`
}

func (r MasterETransactionsRequest) wire(sign.AppSecret) (any, error) {
	return masterEPage{r.CardNumber, r.PageToken, number(r.PageSize), r.From, r.To}, nil
}

// LatestTransactions returns the latest transactions, at most PageSize, without paging
// and from a list of its own. PageToken is ignored.
//
// Safety: read.
func (s *MasterEService) LatestTransactions(
	ctx context.Context, req MasterETransactionsRequest, opts ...issuing.CallOption,
) (*Page[MasterETransaction], error) {
	req.PageToken = ""
	return listed[MasterETransaction](ctx, s.c, opMasterELatest, req, opts)
}

// Transactions returns one page of transactions. The token holds the page size: keep
// it the same between pages.
//
// Safety: read.
func (s *MasterEService) Transactions(
	ctx context.Context, req MasterETransactionsRequest, opts ...issuing.CallOption,
) (*Page[MasterETransaction], error) {
	return call[Page[MasterETransaction]](ctx, s.c, opMasterETransactions, req, opts)
}

// AllTransactions iterates over a card's transactions, page by page, from the
// first page on; PageToken is ignored. Whether the platform's tokens keep their place
// when a transaction is booked meanwhile is not documented:
// new ones may be missing. One that is listed again as it was is left out; one with
// another intent or status comes again.
func (s *MasterEService) AllTransactions(
	ctx context.Context, req MasterETransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*MasterETransaction, error] {
	return pages.Cursor(rowOf[MasterETransaction], func(cursor string) ([]MasterETransaction, string, error) {
		req.PageToken = cursor
		page, err := s.Transactions(ctx, req, opts...)
		if err != nil {
			return nil, "", err
		}
		return page.List, page.NextPageToken, nil
	})
}
