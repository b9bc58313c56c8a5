package legacytest

import (
	"cmp"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

func anyCard(issuingtest.Item) bool { return true }

func isVirtualP(i issuingtest.Item) bool { return i.Kind == string(ProductVirtualP) }

func (s *Server) cardIDs(fits func(issuingtest.Item) bool) func() []string {
	return func() []string { return platform.ItemIDs(s.state().Cards, fits) }
}

func (s *Server) openRecords() []string { return platform.OpenOf(s.state()) }

// stateWords are what a card's state is called here, whatever its product says.
var stateWords = map[state]string{active: "active", frozen: "frozen", closing: "closing", closed: "closed"}

// recordWords are what a record is called here.
var recordWords = map[kind]string{
	recordTopUp: "deposit", recordPurchase: "purchase", recordClose: "closure",
	recordFrozen: "freeze", recordUnfrozen: "unfreeze",
}

// state lists what the platform holds.
func (s *Server) state() issuingtest.State {
	var out issuingtest.State
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.inOrder() {
		out.Cards = append(out.Cards, issuingtest.Item{
			ID: c.account.Owner, Kind: string(c.product), Name: c.holder.name(), Number: platform.Mask(c.number.Reveal()),
			Status: stateWords[c.state], Amount: s.book.Balance(c.account), Currency: c.currency, At: c.created,
		})
		for _, r := range c.records {
			item := issuingtest.Item{
				ID: r.id, Of: c.account.Owner, Kind: recordWords[r.kind], Name: r.shop.Name, Status: "approved",
				Amount: r.amount, Currency: r.currency, At: r.at, Open: r.kind == recordPurchase && !r.declined && !r.settled,
			}
			if r.declined {
				item.Status = "declined"
			}
			out.Transactions = append(out.Transactions, item)
		}
	}
	for _, o := range s.all {
		out.Orders = append(out.Orders, issuingtest.Item{
			ID: o.orderNo, Key: o.merOrderNo, Kind: s.kindOf(o), Status: o.status.String(), Amount: o.charge,
			Currency: o.currency, Reason: o.reason, At: o.created,
		})
	}
	for _, currency := range []issuing.Currency{issuing.CurrencyUSD, issuing.CurrencyHKD} {
		out.Balances = append(out.Balances, issuingtest.Item{
			ID: "reserve-" + string(currency), Kind: "reserve", Amount: s.Reserve(currency), Currency: currency,
		})
	}
	return out
}

// inOrder are the cards, oldest first.
func (s *Server) inOrder() []*card {
	out := make([]*card, 0, len(s.cards))
	for _, c := range s.cards {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *card) int {
		return cmp.Or(cmp.Compare(len(a.account.Owner), len(b.account.Owner)), cmp.Compare(a.account.Owner, b.account.Owner))
	})
	return out
}

// kindOf says what an order is for.
func (s *Server) kindOf(o *order) string {
	if _, ok := s.applications.byNo[o.orderNo]; ok {
		return "application"
	}
	if _, ok := s.transfers.byNo[o.orderNo]; ok {
		return "transfer"
	}
	return "deposit"
}

// refused notes why a request was refused.
func refused(reply platform.Reply, p *problem) platform.Reply {
	reply.Check, reply.Expected = fmt.Sprintf("code %d", int(p.code)), p.message
	if p.check != "" {
		reply.Check, reply.Expected = p.check, p.expected
	}
	return reply
}

// about returns the id of the card that values of a message speak of. The server's
// lock is held.
func (s *Server) about(values ...any) string {
	return platform.About(func(text string) string {
		if c := s.card(text); c != nil {
			return c.account.Owner
		}
		return ""
	}, values...)
}
