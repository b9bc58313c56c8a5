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
	PageSize int // items per page, as it was asked for; fewer in List end the list
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

// errSamePage is the error of a page that came before.
var errSamePage = errors.New("the page has nothing but rows of earlier pages")

// AllTransactions iterates over a card's transactions, from the request's page
// on. It asks on until a page is empty, because KazePay may give fewer rows than were
// asked for; after page 10, which is as far as KazePay goes, [ErrListCut] says that
// there may be more, unless that page had fewer rows than one before. Pages are read
// one by one: a row that comes or goes meanwhile moves the others. A row that comes
// again as it was is left out, and a page of nothing else is an error; one may be
// missed, which To keeps from happening if it lies in the past.
func (s *CardService) AllTransactions(
	ctx context.Context, req TransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*Transaction, error] {
	if req.PageSize == 0 {
		req.PageSize = maxPageSize
	}
	return func(yield func(*Transaction, error) bool) {
		walk := &walk{seen: map[Transaction]bool{}}
		pages.Numbered(req.Page, func(page int) (pages.Page[Transaction], error) {
			if page > maxPage {
				return pages.Page[Transaction]{}, listError(issuing.ErrInvalid, ErrListCut)
			}
			req := req
			req.Page = page
			p, err := s.Transactions(ctx, req, opts...)
			if err != nil {
				return pages.Page[Transaction]{}, err
			}
			return walk.page(page, p.List)
		})(yield)
	}
}

// walk is an iteration over a list that says neither how long it is nor which page
// was answered.
type walk struct {
	seen map[Transaction]bool
	most int // rows on a page
}

// page takes the rows of a page that did not come before.
func (w *walk) page(page int, rows []Transaction) (pages.Page[Transaction], error) {
	n := len(rows)
	rows = slices.DeleteFunc(rows, func(t Transaction) bool {
		repeated := w.seen[t]
		w.seen[t] = true
		return repeated
	})
	if n > 0 && len(rows) == 0 {
		return pages.Page[Transaction]{}, listError(issuing.ErrBadResponse, errSamePage)
	}
	ends := n == 0 || page == maxPage && n < w.most
	w.most = max(w.most, n)
	return pages.Page[Transaction]{Items: rows, Size: 1, Total: untilPage(page, ends)}, nil
}

// untilPage is a total of pages with one item each after which the list ends.
func untilPage(page int, ends bool) int {
	if ends {
		return page
	}
	return page + 1
}

// listError is the error of an iterator that goes no further.
func listError(kind, cause error) error {
	return &issuing.Error{Provider: providerName, Op: opTransactions.name, Kind: kind, Err: cause}
}
