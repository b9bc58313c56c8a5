package uqpaytest

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

func anyItem(issuingtest.Item) bool { return true }

func (s *Server) cardIDs() []string { return platform.ItemIDs(s.present().Cards, anyItem) }

func (s *Server) holderIDs() []string { return platform.ItemIDs(s.present().Holders, anyItem) }

func (s *Server) openTransactions() []string { return platform.OpenOf(s.present()) }

func (s *Server) settledTransactions() []string {
	return platform.ItemIDs(s.present().Transactions, func(i issuingtest.Item) bool { return i.Status == settledStatus })
}

// settledStatus is what the state calls an authorization that has settled.
const settledStatus = string(uqpay.SettlementStatusSettled)

// present lists what the platform holds.
func (s *Server) present() issuingtest.State {
	var out issuingtest.State
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.cards.list {
		out.Cards = append(out.Cards, issuingtest.Item{
			ID: n.ID, Kind: string(n.Mode), Of: n.holder.ID, Name: name(n.holder), Number: platform.Mask(n.pan.Reveal()),
			Status: string(n.Status), Amount: s.book.Balance(n.money()), Currency: n.Currency,
		})
	}
	for _, h := range s.holders.list {
		out.Holders = append(out.Holders, issuingtest.Item{
			ID: h.ID, Kind: "cardholder", Name: name(h), Status: string(h.Status), At: h.CreateTime,
		})
	}
	for _, o := range s.orders.list {
		out.Orders = append(out.Orders, issuingtest.Item{
			ID: o.ID, Kind: string(o.Type), Of: o.CardID, Status: string(o.Status), Amount: o.Amount, Currency: o.Currency,
			Reason: o.FailureCode, At: o.CreateTime,
		})
	}
	for _, t := range s.transactions.list {
		item := issuingtest.Item{
			ID: t.ID, Of: t.CardID, Kind: string(t.Type), Name: t.Merchant.Name, Status: string(t.Status),
			Amount: t.TransactionAmount, Currency: t.TransactionCurrency, At: t.Time,
			Open: t.SettlementStatus == uqpay.SettlementStatusUnsettled,
		}
		switch {
		case t.Status == uqpay.TransactionStatusDeclined:
			item.Reason = t.Description
		case t.SettlementStatus == uqpay.SettlementStatusSettled:
			item.Status = settledStatus
		}
		out.Transactions = append(out.Transactions, item)
	}
	for _, account := range []string{MasterAccount, SubAccount} {
		for _, currency := range []issuing.Currency{issuing.CurrencyUSD, issuing.CurrencySGD} {
			out.Balances = append(out.Balances, issuingtest.Item{
				ID: account + "-" + string(currency), Kind: "issuing balance", Of: account,
				Amount: s.AccountBalance(account, currency), Currency: currency,
			})
		}
	}
	return out
}

func name(h *holder) string { return string(h.FirstName) + " " + string(h.LastName) }

// about returns the id of the card that values of a message speak of. The server's
// lock is held.
func (s *Server) about(values ...any) string {
	return platform.About(func(text string) string {
		if n, _ := s.cards.find(MasterAccount, text); n != nil {
			return n.ID
		}
		return ""
	}, values...)
}
