package unionpaytest

import (
	"maps"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

func (s *Server) cardIDs() []string {
	return platform.ItemIDs(s.state().Cards, func(issuingtest.Item) bool { return true })
}

func (s *Server) liveTokens() []string { return s.tokensIn(unionpay.TokenStateActive) }

func (s *Server) suspendedTokens() []string { return s.tokensIn(unionpay.TokenStateSuspended) }

func (s *Server) tokensIn(state unionpay.TokenState) []string {
	return platform.ItemIDs(s.state().Tokens, func(i issuingtest.Item) bool { return i.Status == string(state) })
}

// state lists what the gateway and its issuer hold.
func (s *Server) state() issuingtest.State {
	var out issuingtest.State
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.cards)) {
		c := s.cards[id]
		item := issuingtest.Item{ID: c.id, Of: c.issuerID, Number: platform.Mask(c.pan.Reveal())}
		for word, status := range cardWords {
			if status == c.status {
				item.Status = word
			}
		}
		out.Cards = append(out.Cards, item)
	}
	for _, t := range s.tokens {
		out.Tokens = append(out.Tokens, issuingtest.Item{
			ID: t.RefID, Key: t.MsgID, Of: t.CardID, Number: platform.Mask(t.Token.Reveal()),
			Status: string(t.state()), Name: t.AppID,
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
		if c := s.cards[text]; c != nil {
			return c.id
		}
		for _, t := range s.tokens {
			if t.RefID == text || t.Token.Reveal() == text {
				return t.CardID
			}
		}
		return ""
	}, values...)
}
