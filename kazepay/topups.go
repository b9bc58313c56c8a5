package kazepay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// aDay is how far from a top-up its line may be dated: KazePay's times carry no zone, and
// clocks differ.
const aDay = 24 * time.Hour

// maxNamed bounds how many lines an error names.
const maxNamed = 10

// unclearLines are lines of a list that fit an open top-up and prove nothing.
type unclearLines struct {
	ids  []string
	says string // why they prove nothing
}

// Error names the lines.
func (u *unclearLines) Error() string {
	named := u.ids[:min(len(u.ids), maxNamed)]
	return fmt.Sprintf("%d lines of the card's transactions fit (%s): %s", len(u.ids), strings.Join(named, ", "), u.says)
}

// deposited looks for a top-up among its card's transactions. Nothing in a line names the
// request, so one that fits in card, amount and day may be another top-up; it is this one
// where the caller knows all others and exactly one line is left, which says that it is a
// top-up. That none fits proves nothing: upstream does not list top-ups at all.
func (s *CardService) deposited(ctx context.Context, w sought) (*Deposit, error) {
	from, to := w.SentAt.Add(-aDay), w.SentAt.Add(aDay)
	if w.EndedAt.After(w.SentAt) {
		to = w.EndedAt.Add(aDay)
	}
	var fitting []*Transaction
	var ids []string
	for line, err := range s.AllTransactions(ctx, TransactionsRequest{CardID: w.Card, From: from, To: to}) {
		if err != nil {
			return nil, err
		}
		inTime := line.Time.IsZero() || !line.Time.Before(from) && !line.Time.After(to)
		if inTime && line.fits(w) && !slices.Contains(w.Others, line.ID) && !slices.Contains(ids, line.ID) {
			fitting, ids = append(fitting, line), append(ids, line.ID)
		}
	}
	switch {
	case len(fitting) == 0:
		return nil, nil
	case w.Others == nil:
		return nil, &unclearLines{ids, "each may be another top-up, unless issuing.WithOthers says which those are"}
	case len(fitting) > 1:
		return nil, &unclearLines{ids, "the others are not all known"}
	}
	line := fitting[0]
	if line.Type.Normal() != TransactionTypeTopUp || line.ID == "" {
		return nil, &unclearLines{ids, "nothing says that it is a top-up"}
	}
	return &Deposit{
		ID: line.ID, CardID: w.Card, Currency: cmp.Or(line.CardCurrency, w.Currency), Status: line.Status.Normal(),
		SendAmount: line.CardAmount,
	}, nil
}

// fits reports whether a line may be that of a top-up. A type that is known to be another
// one cannot.
func (t *Transaction) fits(w sought) bool {
	return t.CardAmount.Equal(w.Amount) &&
		(t.CardCurrency == "" || strings.EqualFold(string(t.CardCurrency), string(w.Currency))) &&
		(t.Type.Normal() == TransactionTypeTopUp || !t.Type.Known())
}

// failed reports whether a top-up of this status has come to nothing, for good.
func (s TransactionStatus) failed() bool {
	return slices.Contains([]TransactionStatus{
		TransactionStatusFailed, TransactionStatusDeclined, TransactionStatusVoid,
	}, s.Normal())
}
