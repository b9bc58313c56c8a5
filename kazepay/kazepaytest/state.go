package kazepaytest

import (
	"maps"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

func (s *Server) openTransactions() []string { return platform.OpenOf(s.state()) }

// waiting lists the users whose review waits.
func (s *Server) waiting() []string {
	return platform.ItemIDs(s.state().Holders, func(i issuingtest.Item) bool {
		return i.Status == string(kazepay.KYCStatusWaiting)
	})
}

// plasticIDs lists the printed cards that were assigned.
func (s *Server) plasticIDs() []string {
	return platform.ItemIDs(s.state().Cards, func(i issuingtest.Item) bool { return i.Kind == "physical" })
}

// state lists what the platform holds.
func (s *Server) state() issuingtest.State {
	var out issuingtest.State
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.cards)) {
		c := s.cards[id]
		kind := "virtual"
		if c.physical {
			kind = "physical"
		}
		out.Cards = append(out.Cards, issuingtest.Item{
			ID: c.id, Kind: kind, Of: c.user.email, Name: c.user.email, Number: platform.Mask(c.number.Reveal()),
			Status: string(c.status), Amount: s.book.Balance(c.available()), Held: s.book.Balance(c.held()), Currency: currency,
		})
		for _, t := range c.transactions {
			out.Transactions = append(out.Transactions, issuingtest.Item{
				ID: t.id, Of: c.id, Kind: string(t.typ), Name: t.merchantName, Status: string(t.status),
				Amount: t.amount, Currency: currency, Reason: declined(t), At: t.at, Open: t.hold.Sign() > 0,
			})
		}
	}
	for _, email := range slices.Sorted(maps.Keys(s.users)) {
		out.Holders = append(out.Holders, issuingtest.Item{ID: email, Kind: "user", Name: email,
			Status: string(s.users[email].kyc)})
	}
	for _, t := range s.topUps {
		out.Orders = append(out.Orders, issuingtest.Item{
			ID: t.id, Key: t.requestNo, Kind: "deposit", Of: t.card.id,
			Status: string(t.status), Amount: t.amount, Currency: currency,
		})
	}
	out.Balances = []issuingtest.Item{
		{ID: "reserve", Kind: "reserve", Amount: s.book.Balance(merchant), Currency: currency},
	}
	return out
}

// declined says why a transaction was declined.
func declined(t *transaction) string {
	if t.respCode == kazepay.RespCodeSuccess {
		return ""
	}
	return describe(t.respCode)
}

// about returns the id of the card that values of a message speak of. The server's
// lock is held.
func (s *Server) about(values ...any) string {
	return platform.About(func(text string) string {
		if c := s.cards[text]; c != nil {
			return c.id
		}
		if c := s.numbers[platform.KeyOf(text)]; c != nil {
			return c.id
		}
		return ""
	}, values...)
}
