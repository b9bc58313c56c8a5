package nearest

import (
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	t.Parallel()
	words := []string{"purchase", "settle", "reverse", "refund", "Cards.Deposit", "Cards.Deposits"}
	for word, want := range map[string]string{
		"purchase": "purchase", "purchsae": "purchase", "prchase": "purchase", "PURCHASE": "purchase", "refnud": "refund",
		"cards.deposit": "Cards.Deposit", "Deposit": "Cards.Deposit", "purch": "purchase", "Cards.Depositz": "Cards.Deposit",
		"": "", "x": "", "zebra": "", "se": "", "withdrawal": "", strings.Repeat("purchase", 100): "",
	} {
		if got := Word(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Hint("settel", words); got != `, did you mean "settle"?` {
		t.Errorf("hint %q", got)
	}
	if got := Hint("zebra", words); got != "" {
		t.Errorf("hint %q", got)
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "axc", 1}, {"abc", "bc", 1}, {"kitten", "sitting", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q to %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
