package ledger

import (
	"errors"
	"fmt"
	"sync"

	issuing "github.com/issuing-sdk/issuing-go"
)

// ErrInsufficient is returned by a transfer that its source does not cover.
var ErrInsufficient = errors.New("ledger: insufficient balance")

// Account names one account of a book.
type Account struct {
	Kind     string // "reserve", "card", "hold", …
	Owner    string // card id, merchant; "" for the platform's own
	Currency issuing.Currency
}

// world is the kind of the account that money comes from and goes to outside
// the platform. It alone may be negative.
const world = "world"

// World returns the outside world's account in a currency.
func World(currency issuing.Currency) Account { return Account{Kind: world, Currency: currency} }

// Entry is one booked transfer.
type Entry struct {
	From, To Account
	Amount   issuing.Amount
	Memo     string // what it was for, such as a transaction id
}

// Book keeps balances by double entry: money only moves between accounts, so
// the sum over all accounts of a currency is always zero. It is safe for
// concurrent use.
type Book struct {
	mu       sync.Mutex
	balances map[Account]issuing.Amount
	entries  []Entry
}

// NewBook returns an empty book.
func NewBook() *Book { return &Book{balances: map[Account]issuing.Amount{}} }

// Transfer moves a positive amount between two accounts of the same currency.
// It fails with ErrInsufficient, and books nothing, when from does not hold it.
func (b *Book) Transfer(from, to Account, amount issuing.Amount, memo string) error {
	if amount.Sign() <= 0 || from.Currency != to.Currency || from == to {
		return fmt.Errorf("ledger: cannot book this transfer (%s to %s)", from.Kind, to.Kind)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if from.Kind != world && b.balanceLocked(from).Cmp(amount) < 0 {
		return ErrInsufficient
	}
	b.balances[from] = b.balanceLocked(from).Sub(amount)
	b.balances[to] = b.balanceLocked(to).Add(amount)
	b.entries = append(b.entries, Entry{From: from, To: to, Amount: amount, Memo: memo})
	return nil
}

// Balance returns what an account holds, with at least two decimals.
func (b *Book) Balance(a Account) issuing.Amount {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.balanceLocked(a)
}

func (b *Book) balanceLocked(a Account) issuing.Amount {
	if v, ok := b.balances[a]; ok {
		return v
	}
	return issuing.NewAmount(0, 2)
}

// Entries returns a copy of all booked transfers in their order.
func (b *Book) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Entry(nil), b.entries...)
}

// Check recomputes every balance from the entries and reports a difference, a
// negative account, or a currency whose accounts do not sum to zero.
func (b *Book) Check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	again := map[Account]issuing.Amount{}
	for _, e := range b.entries {
		again[e.From] = again[e.From].Sub(e.Amount)
		again[e.To] = again[e.To].Add(e.Amount)
	}
	sums := map[issuing.Currency]issuing.Amount{}
	for account, balance := range b.balances {
		if balance.Cmp(again[account]) != 0 {
			return fmt.Errorf("ledger: account %v holds %s, its entries give %s", account, balance, again[account])
		}
		if account.Kind != world && balance.Sign() < 0 {
			return fmt.Errorf("ledger: account %v is negative: %s", account, balance)
		}
		sums[account.Currency] = sums[account.Currency].Add(balance)
	}
	for currency, sum := range sums {
		if sum.Sign() != 0 {
			return fmt.Errorf("ledger: accounts in %s sum to %s", currency, sum)
		}
	}
	return nil
}
