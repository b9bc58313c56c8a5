// Package acmetest is Acme in memory. Package issuingtest has what all platforms do.
package acmetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Config describes a platform.
type Config struct {
	Secret     issuing.Secret     // authorizes requests, and signs callbacks; required
	Clock      *issuingtest.Clock // nil follows real time
	WebhookURL string             // where callbacks go; empty sends none
}

// Server is the platform. It prints its address alone.
type Server struct {
	issuingtest.Platform
	cfg      Config
	key      sign.HMACKey
	host     *platform.Server
	book     *ledger.Book
	mu       sync.Mutex
	frozen   map[string]bool              // by card
	deposits map[string]map[string]string // by order number, as answers and callbacks show them
}

// operations have the names of the client's rows: faults and counts go by them.
var operations = []string{"Cards.Card", "Cards.Freeze", "Cards.SetPIN", "Cards.Deposit", "Cards.DepositByKey"}

// NewServer starts a platform.
func NewServer(cfg Config) (*Server, error) {
	key, err := sign.NewHMACKey(cfg.Secret)
	if err != nil {
		return nil, err
	}
	book := ledger.NewBook()
	host, err := platform.New(platform.Config{Clock: cfg.Clock, Operations: operations, Check: book.Check})
	if err != nil {
		return nil, err
	}
	s := &Server{
		Platform: issuingtest.NewPlatform(host), cfg: cfg, key: key, host: host, book: book,
		frozen: map[string]bool{}, deposits: map[string]map[string]string{},
	}
	host.Serve(s.route)
	return s, nil
}

// Issue issues a card, for which Acme has no operation, and returns its id.
func (s *Server) Issue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprint("card-", len(s.frozen)+1)
	s.frozen[id] = false
	return id
}

func refuse(status int) platform.Reply {
	return platform.JSONReply(status, map[string]string{"message": http.StatusText(status)})
}

func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	if name := strings.TrimPrefix(r.URL.Path, "/"); slices.Contains(operations, name) {
		op = name
	}
	return op, func() platform.Reply { return s.carryOut(op, r.Header.Get("Authorization"), body) }
}

var bank = ledger.World(issuing.CurrencyUSD) // all money comes from it

func account(card string) ledger.Account {
	return ledger.Account{Kind: "card", Owner: card, Currency: issuing.CurrencyUSD}
}

// carryOut answers a request, if it is authorized, follows the rules and names what exists.
func (s *Server) carryOut(op, authorization string, body []byte) platform.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := platform.ReadFields(body)
	card, orderNo, pin := f.Text("card_id"), f.Text("order_no"), f.Text("pin")
	_, issued := s.frozen[card]
	switch {
	case authorization != "Bearer "+s.cfg.Secret.Reveal():
		return refuse(http.StatusUnauthorized)
	case err != nil, op == "Cards.SetPIN" && (len(pin) < 4 || len(pin) > 6 || strings.Trim(pin, "0123456789") != ""):
		return refuse(http.StatusBadRequest)
	case op == "Cards.DepositByKey" && s.deposits[orderNo] != nil:
		return platform.JSONReply(http.StatusOK, s.deposits[orderNo])
	case op == "Cards.DepositByKey", op == "", !issued:
		return refuse(http.StatusNotFound)
	case op == "Cards.Deposit":
		return s.deposit(card, orderNo, f.Text("amount"))
	case op == "Cards.Freeze":
		s.frozen[card] = true
	}
	return platform.JSONReply(http.StatusOK, map[string]any{
		"card_id": card, "frozen": s.frozen[card], "balance": s.book.Balance(account(card)).String(),
	})
}

// deposit books money, and tells the merchant until he answers "ok", signed afresh each time.
func (s *Server) deposit(card, orderNo, text string) platform.Reply {
	amount, err := issuing.ParseAmount(text)
	switch {
	case orderNo == "", len(orderNo) > 32, err != nil, amount.Sign() <= 0, amount.Scale() > 2:
		return refuse(http.StatusBadRequest)
	case s.deposits[orderNo] != nil, s.frozen[card], s.book.Transfer(bank, account(card), amount, orderNo) != nil:
		return refuse(http.StatusConflict)
	}
	d := map[string]string{"type": "card_deposit", "card_id": card, "order_no": orderNo, "amount": amount.String()}
	s.deposits[orderNo] = d
	s.host.Push(platform.Callback{
		Type: d["type"], URL: s.cfg.WebhookURL, Retries: []time.Duration{time.Minute, time.Hour},
		Make: func(int) (http.Header, []byte, error) {
			body, stamp := platform.JSON(d), fmt.Sprint(s.Clock().Now().Unix())
			signature, err := sign.SignHMAC512(s.key, body, stamp)
			return http.Header{"X-Stamp": {stamp}, "X-Signature": {signature}}, body, err
		},
	})
	return platform.JSONReply(http.StatusOK, d)
}
