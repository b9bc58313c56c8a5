package kazepay

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Bounds of a list of transactions: at most 1000 rows in all.
const (
	maxPageSize = 100
	maxPage     = 10
	defaultSize = 10
)

// TransactionsRequest selects a page of a card's transactions. Upstream counts
// From in and To out.
type TransactionsRequest struct {
	CardID        string    `json:"cardID"`                        // KazePay's card id, at most 128 characters; required
	TransactionID string    `json:"transactionId,omitzero"`        // exact match; optional
	PageSize      int       `json:"pageSize,omitzero"`             // 1 to 100; 0 is 10
	Page          int       `json:"pageNum,omitzero"`              // 1 to 10; 0 is 1
	From          time.Time `json:"transactionStartTime,omitzero"` // to the second, in Config.Zone; optional
	To            time.Time `json:"transactionEndTime,omitzero"`   // to the second, in Config.Zone; optional
}

func (r TransactionsRequest) validate(p *check.Problems) {
	p.Text("cardID", r.CardID, maxID)
	p.OptionalText("transactionId", r.TransactionID, maxID)
	if r.PageSize < 0 || r.PageSize > maxPageSize {
		p.Add("pageSize", "must lie between 1 and %d, or be 0 for the default of %d", maxPageSize, defaultSize)
	}
	if r.Page < 0 || r.Page > maxPage {
		p.Add("pageNum", "must lie between 1 and %d, or be 0 for the first", maxPage)
	}
	if !r.From.IsZero() && !r.To.IsZero() && r.To.Before(r.From) {
		p.Add("transactionEndTime", "lies before transactionStartTime")
	}
}

// Transaction is a card transaction, as listed. Amounts are in their currency's
// base unit and signed: spending and fees are negative.
type Transaction struct {
	CardID              string            `json:"cardID"`           // KazePay's card id
	ID                  string            `json:"transactionId"`    // KazePay's id
	Time                time.Time         `json:"transactionTime"`  // read in Config.Zone; zero when unreadable
	CardCurrency        issuing.Currency  `json:"cardCurrency"`     // ISO 4217
	CardAmount          issuing.Amount    `json:"cardCurrencyAmt"`  // what the card is charged
	TransactionCurrency issuing.Currency  `json:"transCurrency"`    // the shop's, ISO 4217
	TransactionAmount   issuing.Amount    `json:"transCurrencyAmt"` // what the shop asked for
	FeeCurrency         issuing.Currency  `json:"feeCurrency"`      // ISO 4217
	Fee                 issuing.Amount    `json:"fee"`              // of this transaction
	Status              TransactionStatus `json:"transStatus"`      // compare with Normal
	Type                TransactionType   `json:"transType"`        // compare with Normal
	MerchantName        string            `json:"merchantName"`     // the shop
	RespCode            RespCode          `json:"respCode"`         // 000000 is success
	RespDescription     string            `json:"respCodeDesc"`     // its text
}

// transactionList is the bare array of the answer.
type transactionList []Transaction

// decode reads the array, and what an empty or lonely one might come as: null,
// nothing, an empty string, a single object.
func (l *transactionList) decode(codec wire.Codec, payload []byte) error {
	payload = bytes.TrimSpace(payload)
	if len(payload) == 0 {
		*l = nil
		return nil
	}
	lonely := payload[0] == '{' && !bytes.Equal(payload, []byte("{}"))
	if lonely {
		payload = append(append([]byte("["), payload...), ']')
	}
	if err := codec.Unmarshal(payload, (*[]Transaction)(l)); err != nil {
		return err
	}
	if slices.ContainsFunc(*l, func(t Transaction) bool { return !sound(t.ID, t.CardID) }) {
		return errors.New("the id of a row is none")
	}
	if lonely && (len(*l) != 1 || (*l)[0].ID == "") {
		// Such as a page object around the list, which must not read as one row.
		return errors.New("the answer is an object that is no transaction")
	}
	return nil
}

// Page is one page of a list. KazePay answers with the items alone: neither how many
// there are in all nor which page it is.
type Page[T any] struct {
	List     []T // the items of this page
	Page     int // this page, as it was asked for, from 1
	PageSize int // items per page, as it was asked for; fewer in List do not end the list
}

// Transactions (queryTransactions) returns one page of a card's transactions.
// The order is not documented. Upstream lists no top-ups here while KazePay's sample
// asks for one, so a top-up that is missing is not a failed one.
//
// Safety: read.
func (s *CardService) Transactions(
	ctx context.Context, req TransactionsRequest, opts ...issuing.CallOption,
) (*Page[Transaction], error) {
	list, err := call[transactionList](ctx, s.c, opTransactions, req, opts)
	if err != nil {
		return nil, err
	}
	return &Page[Transaction]{
		List: *list, Page: cmp.Or(req.Page, 1), PageSize: cmp.Or(req.PageSize, defaultSize),
	}, nil
}

// ErrListCut is behind the error of an iterator, of kind issuing.ErrInvalid, at the
// end of KazePay's tenth page when there may be more: narrow the time.
var ErrListCut = errors.New("the list is cut after page 10, which is as far as KazePay goes")

// row tells a row from others: an id is not known to stand in one row alone.
func (t *Transaction) row() string {
	return pages.Row(t.ID, string(t.Type), string(t.Status), t.CardAmount.String())
}

// AllTransactions iterates over a card's transactions, from the request's page on, each
// row once. It asks on until a page is empty, because KazePay may give fewer rows than
// were asked for and says nowhere how many there are; after page 10, which is as far as
// KazePay goes, [ErrListCut] says that there may be more, unless that page had fewer rows
// than one before. Pages that go on repeating what was there end it with an error of kind
// issuing.ErrBadResponse. Pages are read one by one: a row that comes meanwhile moves the
// others, and one that goes may hide another, which To keeps from happening if it lies in
// the past.
func (s *CardService) AllTransactions(
	ctx context.Context, req TransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*Transaction, error] {
	if req.PageSize == 0 {
		req.PageSize = maxPageSize
	}
	return func(yield func(*Transaction, error) bool) {
		most := 0 // rows on a page
		pages.Complete(req.Page, (*Transaction).row, func(page int) (pages.Listed[Transaction], error) {
			if page > maxPage {
				return pages.Listed[Transaction]{}, nil // there is none
			}
			req := req
			req.Page = page
			p, err := s.Transactions(ctx, req, opts...)
			if err != nil {
				return pages.Listed[Transaction]{}, err
			}
			listed := pages.Listed[Transaction]{Items: p.List}
			if most = max(most, len(p.List)); page == maxPage && len(p.List) == most {
				listed.Cut = &issuing.Error{
					Provider: providerName, Op: opTransactions.name, Kind: issuing.ErrInvalid, Err: ErrListCut,
				}
			}
			return listed, nil
		})(yield)
	}
}
