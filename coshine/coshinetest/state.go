package coshinetest

import (
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

func anyItem(issuingtest.Item) bool { return true }

func (s *Server) cardIDs() []string { return platform.ItemIDs(s.state().Cards, anyItem) }

func (s *Server) payTokenIDs() []string { return platform.ItemIDs(s.state().Tokens, anyItem) }

// tokenNumber returns the number of the payment token that has this id in the state:
// their count from 1.
func (s *Server) tokenNumber(id string) issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, err := strconv.Atoi(id); err == nil && n >= 1 && n <= len(s.payTokens) {
		return s.payTokens[n-1].number
	}
	return issuing.Secret{}
}

// cardStates are what the states of a card are called.
var cardStates = map[coshine.CardState]string{
	coshine.CardStateInactive: "inactive", coshine.CardStateActive: "active",
	coshine.CardStateCancelled: "cancelled", coshine.CardStateLost: "lost",
}

// state lists what the platform holds.
func (s *Server) state() issuingtest.State {
	var out issuingtest.State
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.ordered {
		status := cardStates[c.state]
		if c.blocked {
			status += ", frozen"
		}
		out.Cards = append(out.Cards, issuingtest.Item{
			ID: string(c.token), Key: c.applyNo, Kind: c.prodCode, Of: c.customer, Number: platform.Mask(c.number.Reveal()),
			Status: status, Amount: s.book.Balance(s.account(c.token)), Currency: s.cfg.Currency,
		})
	}
	for _, t := range s.trans {
		out.Transactions = append(out.Transactions, issuingtest.Item{
			ID: t.tranID, Of: string(t.card), Kind: string(t.api), Name: t.memo, Status: t.status(), Amount: t.amount,
			Currency: s.cfg.Currency, At: t.at, Open: t.api == coshine.APIBlockFund && t.open().Sign() > 0,
		})
	}
	for i, t := range s.payTokens {
		out.Tokens = append(out.Tokens, issuingtest.Item{
			ID: strconv.Itoa(i + 1), Of: string(t.card), Number: platform.Mask(t.number.Reveal()),
			Status: string(t.state), Name: t.user,
		})
	}
	return out
}

// about returns the id of the card that values of a message speak of. It is
// called without the server's lock.
func (s *Server) about(values ...any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return platform.About(func(text string) string {
		if c := s.cards[coshine.CardToken(text)]; c != nil {
			return text
		}
		if c := s.byNumber[platform.KeyOf(text)]; c != nil {
			return string(c.token)
		}
		for _, t := range s.payTokens {
			if t.number.Reveal() == text {
				return string(t.card)
			}
		}
		return ""
	}, values...)
}
