package ledger

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func amount(text string) issuing.Amount {
	a, err := issuing.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return a
}

var (
	reserve = Account{"reserve", "m-1", issuing.CurrencyUSD}
	card    = Account{"card", "c-1", issuing.CurrencyUSD}
	euros   = Account{"card", "c-1", issuing.CurrencyEUR}
)

func TestTransfer(t *testing.T) {
	t.Parallel()
	b := NewBook()
	for i, tt := range []struct {
		from, to Account
		amount   string
		err      bool
		want     string // reserve, card, world
	}{
		{World(issuing.CurrencyUSD), reserve, "100", false, "100.00 0.00 -100.00"},
		{reserve, card, "30.005", false, "69.995 30.005 -100.00"},
		{reserve, card, "69.996", true, "69.995 30.005 -100.00"},
		{reserve, card, "69.995", false, "0.000 100.000 -100.00"},
		{reserve, card, "0.01", true, "0.000 100.000 -100.00"},
		{card, World(issuing.CurrencyUSD), "100", false, "0.000 0.000 0.00"},
		{World(issuing.CurrencyUSD), card, "0", true, "0.000 0.000 0.00"},
		{World(issuing.CurrencyUSD), card, "-5", true, "0.000 0.000 0.00"},
		{World(issuing.CurrencyUSD), euros, "5", true, "0.000 0.000 0.00"},
		{card, card, "1", true, "0.000 0.000 0.00"},
	} {
		err := b.Transfer(tt.from, tt.to, amount(tt.amount), "m")
		if (err != nil) != tt.err {
			t.Errorf("transfer %d: %v", i, err)
		}
		got := strings.Join([]string{b.Balance(reserve).String(), b.Balance(card).String(), b.Balance(World(issuing.CurrencyUSD)).String()}, " ")
		if got != tt.want {
			t.Errorf("after transfer %d: %s, want %s", i, got, tt.want)
		}
		if err := b.Check(); err != nil {
			t.Errorf("after transfer %d: %v", i, err)
		}
	}
	if err := b.Transfer(card, reserve, amount("1"), ""); !errors.Is(err, ErrInsufficient) {
		t.Errorf("an empty account pays: %v", err)
	}
	if err := b.Transfer(card, reserve, issuing.Amount(""), ""); err == nil || errors.Is(err, ErrInsufficient) {
		t.Errorf("an unset amount: %v", err)
	}
	entries := b.Entries()
	want := []Entry{
		{World(issuing.CurrencyUSD), reserve, amount("100"), "m"}, {reserve, card, amount("30.005"), "m"},
		{reserve, card, amount("69.995"), "m"}, {card, World(issuing.CurrencyUSD), amount("100"), "m"},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	entries[0].Amount = amount("7")
	if b.Check() != nil {
		t.Error("Entries gives out the book's own slice")
	}
}

// The check must find what a platform's bug could do to the books.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Book){
		"money from nothing":   func(b *Book) { b.balances[card] = amount("31") },
		"a lost entry":         func(b *Book) { b.entries = b.entries[:1] },
		"a doubled entry":      func(b *Book) { b.entries = append(b.entries, b.entries[1]) },
		"a changed entry":      func(b *Book) { b.entries[1].Amount = amount("31") },
		"an account forgotten": func(b *Book) { delete(b.balances, card) },
		"a negative account": func(b *Book) {
			b.balances[card] = b.balances[card].Add(amount("100"))
			b.balances[reserve] = b.balances[reserve].Sub(amount("100"))
			b.entries = append(b.entries, Entry{reserve, card, amount("100"), ""})
		},
	} {
		b := NewBook()
		if b.Transfer(World(issuing.CurrencyUSD), reserve, amount("100"), "") != nil || b.Transfer(reserve, card, amount("30"), "") != nil {
			t.Fatal("cannot fill the book")
		}
		if err := b.Check(); err != nil {
			t.Fatal(err)
		}
		spoil(b)
		if b.Check() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestBookConcurrently(t *testing.T) {
	t.Parallel()
	b := NewBook()
	if err := b.Transfer(World(issuing.CurrencyUSD), reserve, amount("50"), ""); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	booked := 0
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if b.Transfer(reserve, card, amount("1.00"), "") == nil {
				mu.Lock()
				defer mu.Unlock()
				booked++
			}
		})
	}
	wg.Wait()
	if err := b.Check(); err != nil || booked != 50 || !b.Balance(card).Equal(amount("50")) {
		t.Errorf("%d transfers, %s on the card, %v", booked, b.Balance(card), err)
	}
}

func TestCards(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"4242424242424242": true, "4929420573595709": true, "378282246310005": true, "4242424242424241": false, "4242 4242 4242 4242": false,
		"": false, "0": false, "42424242424": false, "000000000000": true, "00000000000000000000": false,
	} {
		if got := validPAN(number); got != want {
			t.Errorf("validPAN(%s) = %v", number, got)
		}
	}
	seen := map[string]bool{}
	for seq := range uint64(1000) {
		for _, length := range []int{15, 16, 19} {
			pan := PAN("493875", seq, length).Reveal()
			if !validPAN(pan) || len(pan) != length || !strings.HasPrefix(pan, "493875") || seen[pan] {
				t.Fatalf("PAN %d of %d digits is %s", seq, length, pan)
			}
			seen[pan] = true
		}
	}
	if !PAN("493875", 7, 16).Equal(PAN("493875", 7, 16)) || !validPAN(PAN("493875", 1<<63, 16).Reveal()) || !PAN("4938751234567890", 1, 16).IsZero() {
		t.Error("PAN is not stable, not valid for large numbers, or made without room")
	}
	a, b := CVV(PAN("493875", 1, 16)), CVV(PAN("493875", 2, 16))
	if a.Len() != 3 || b.Len() != 3 || strings.Trim(a.Reveal(), "0123456789") != "" || !a.Equal(CVV(PAN("493875", 1, 16))) {
		t.Error("a CVV is not three stable digits")
	}
}

// validPAN reports whether text has 12 to 19 digits that pass the Luhn check,
// summed here from the right over the whole number, unlike the code under test.
func validPAN(text string) bool {
	sum := 0
	for i := range len(text) {
		d := int(text[len(text)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return len(text) >= 12 && len(text) <= 19 && sum%10 == 0
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	if month, year := Expiry(time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)); month != "02" || year != "2028" {
		t.Errorf("expires %s/%s", month, year)
	}
}
