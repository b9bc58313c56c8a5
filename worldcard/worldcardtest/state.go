package worldcardtest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func anyItem(issuingtest.Item) bool { return true }

func (s *Server) cardIDs() []string { return platform.ItemIDs(s.state().Cards, anyItem) }

func (s *Server) openTransactions() []string { return platform.OpenOf(s.state()) }

// waiting lists the cards whose holders are being reviewed.
func (s *Server) waiting() []string {
	return platform.ItemIDs(s.state().Cards, func(i issuingtest.Item) bool {
		return i.Status == worldcard.CardStatusPendingKYC.String()
	})
}

// sorted are the cards in the order in which they were made: the last digits of an id
// count.
func (s *Server) sorted() []*card {
	out := make([]*card, 0, len(s.cards))
	for _, c := range s.cards {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *card) int {
		return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id[len(a.id)-15:], b.id[len(b.id)-15:]))
	})
	return out
}

// state lists what the platform holds.
func (s *Server) state() issuingtest.State {
	var out issuingtest.State
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sorted() {
		out.Cards = append(out.Cards, issuingtest.Item{
			ID: c.id, Key: c.key, Kind: string(c.typ), Name: c.holder["first_name"] + " " + c.holder["last_name"],
			Number: platform.Mask(c.number.Reveal()), Status: c.status.String(), Amount: s.book.Balance(c.available()),
			Held: s.book.Balance(c.held()), Currency: currency, At: c.created,
		})
		if c.physical() {
			out.Holders = append(out.Holders, issuingtest.Item{
				ID: c.id, Of: c.id, Kind: "KYC", Name: c.holder["first_name"] + " " + c.holder["last_name"],
				Status: c.kyc.status.String(), Reason: c.kyc.reason, At: c.kyc.reviewed,
			})
		}
		for _, t := range c.txs {
			out.Transactions = append(out.Transactions, issuingtest.Item{
				ID: t.id, Of: c.id, Kind: string(t.typ), Name: t.shop.Name, Status: string(t.status),
				Amount: t.amount, Currency: currency, Reason: t.reason, At: t.at, Open: t.open,
			})
		}
	}
	for _, d := range s.ordered {
		out.Orders = append(out.Orders, issuingtest.Item{
			ID: d.id, Key: d.key, Kind: "deposit", Of: d.card.id, Status: d.status.String(), Amount: d.amount,
			Currency: currency, Reason: d.reason, At: d.created,
		})
	}
	out.Balances = []issuingtest.Item{
		{ID: "reserve", Kind: "reserve", Amount: s.book.Balance(reserve), Currency: currency},
	}
	return out
}

// about returns the id of the card that values of a message speak of. The server's
// lock is held.
func (s *Server) about(values ...any) string {
	return platform.About(func(text string) string {
		for _, c := range []*card{s.cards[text], s.byKey[text]} {
			if c != nil {
				return c.id
			}
		}
		return s.numbers[platform.KeyOf(text)]
	}, values...)
}
