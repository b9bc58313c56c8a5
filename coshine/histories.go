package coshine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// history is a method that lists the transactions of a card.
type history func(*CardService, context.Context, CardRequest, ...issuing.CallOption) (*History, error)

// histories are those methods, by the names that rows have for them.
var histories = map[string]history{
	opTransactions.name: (*CardService).Transactions, opAuths.name: (*CardService).Authorizations,
}

// errNoTranID is a write that the histories cannot show by its key.
var errNoTranID = errors.New("it has no tranId")

// listed looks for a transaction in the histories of its card. A line is the transaction
// when it holds its tranId, which is globally unique, and contradicts nothing that is
// known of it. Every other line may be another of the same amount, and no line proves
// nothing.
func (c *Client) listed(inquiries []string) func(context.Context, sought) (*Transaction, error) {
	return func(ctx context.Context, w sought) (*Transaction, error) {
		switch {
		case w.Card == "":
			return nil, errNoToken
		case w.Key == "":
			return nil, errNoTranID
		}
		var open []error
		for _, name := range inquiries {
			list, err := histories[name](c.Cards, ctx, CardRequest{CardToken: CardToken(w.Card)}, onBehalf(w))
			if err != nil {
				open = append(open, err)
				continue
			}
			found, err := c.among(list.Records, w, name)
			if found != nil {
				return found, nil
			}
			if errors.Is(err, errContradicts) {
				return nil, err
			}
			open = append(open, err)
		}
		return nil, errors.Join(open...)
	}
}

// errContradicts is a line with the tranId that is not as it was sent.
var errContradicts = errors.New("the line with its tranId contradicts it")

// among looks for the transaction among the lines of a history. Lines that may be it, and
// do not say whose they are, are the error.
func (c *Client) among(records []Record, w sought, name string) (*Transaction, error) {
	var found *Transaction
	var alike []string
	for i := range records {
		line := members(records[i].Raw)
		id := line[cmp.Or(c.cfg.HistoryTranID, "tranId")]
		agrees, compared := c.agree(line, w)
		switch {
		case id == "" && agrees && compared && c.inTime(line, w):
			alike = append(alike, fmt.Sprint(i+1))
		case id != w.Key || found != nil && agrees:
		case !agrees:
			return nil, fmt.Errorf("%w: line %d of %s has another amount or currency", errContradicts, i+1, name)
		default:
			t := new(Transaction)
			if _, err := readResult([]byte(records[i].Raw.Reveal()), t); err != nil {
				return nil, fmt.Errorf("%w: line %d of %s cannot be read: %w", errContradicts, i+1, name, err)
			}
			if t.ResponseCode.Open() || t.ResponseCode != "" && !t.ResponseCode.wellFormed() {
				return nil, fmt.Errorf("%w: line %d of %s has a code that leaves it open", errContradicts, i+1, name)
			}
			t.TranID, found = w.Key, t
		}
	}
	if found == nil && len(alike) > 0 {
		return nil, fmt.Errorf("nothing in a line tells it from others of the same amount: it may be line %s of %s",
			strings.Join(alike, ", "), name)
	}
	return found, nil
}

// members are the texts of a line by their names.
func members(raw issuing.Secret) map[string]string {
	texts := map[string]string{}
	for name, text := range wire.Texts([]byte(raw.Reveal())) {
		texts[name] = text
	}
	return texts
}

// agree compares a line with what was sent, where it shows amount and currency under the
// names of the request, and says whether it shows the amount. A debit may have a sign.
func (c *Client) agree(line map[string]string, w sought) (agrees, compared bool) {
	agrees = true
	if text := line[w.Details[currencyName]]; text != "" && w.Currency != "" {
		number, _ := w.Currency.Number()
		agrees = strings.EqualFold(text, string(w.Currency)) || text == number
	}
	text := line[w.Details[amountName]]
	if text == "" || w.Amount.IsZero() {
		return agrees, false
	}
	amount, err := c.cfg.amountOf(text, w.Currency)
	return agrees && err == nil && amount.Equal(w.Amount), true
}

// inTime reports whether a line may be as old as the write, as far as it says. A day more
// is for the zone that its date is in.
func (c *Client) inTime(line map[string]string, w sought) bool {
	day := w.SentAt.In(c.cfg.Zone).AddDate(0, 0, -1).Format("20060102")
	return len(line["tranDate"]) != len(day) || line["tranDate"] >= day
}
