// Package acmetest is Acme in memory. Package issuingtest has what all platforms do.
package acmetest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Config describes a platform.
type Config struct {
	Secret     issuing.Secret     // signs requests and callbacks; required
	Clock      *issuingtest.Clock // nil follows real time
	WebhookURL string             // where callbacks go; empty sends none
}

// Server is the platform. It prints its address alone.
type Server struct {
	issuingtest.Platform

	webhook string
	secret  sign.HMACKey
	host    *platform.Server
	book    *ledger.Book
	nonces  *platform.Memory
	pushed  platform.Sequence

	mu       sync.Mutex
	cards    map[string]acme.CardStatus
	deposits []map[string]string // as answers and callbacks show them
}

// NewServer starts a platform.
func NewServer(cfg Config) (*Server, error) {
	secret, err := sign.NewHMACKey(cfg.Secret)
	if err != nil {
		return nil, err
	}
	book, names := ledger.NewBook(), slices.Collect(maps.Keys(operations))
	host, err := platform.New(platform.Config{Clock: cfg.Clock, Operations: names, Check: book.Check})
	if err != nil {
		return nil, err
	}
	s := &Server{
		Platform: issuingtest.NewPlatform(host), webhook: cfg.WebhookURL, secret: secret, host: host, book: book,
		nonces: platform.NewMemory(2 * window), cards: map[string]acme.CardStatus{},
	}
	host.Serve(s.route)
	return s, nil
}

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() acme.Config { return acme.Config{BaseURL: s.URL(), Secret: s.secret} }

// Issue issues an active card, for which Acme has no operation, and returns its id.
func (s *Server) Issue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprint("card-", len(s.cards)+1)
	s.cards[id] = acme.CardStatusActive
	return id
}

// operations carry out requests about a card, with the server's lock held. Their
// names are those of the client's table: faults and counts go by them.
var operations = map[string]func(s *Server, card string, f platform.Fields) platform.Reply{
	"Cards.Card":     (*Server).card,
	"Cards.Freeze":   (*Server).freeze,
	"Cards.SetPIN":   (*Server).setPIN,
	"Cards.Deposit":  (*Server).deposit,
	"Cards.Deposits": (*Server).list,
}

// route names a request and carries it out.
func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	operation, ok := operations[name]
	if !ok {
		return "", func() platform.Reply { return refuse(http.StatusNotFound, "") }
	}
	return name, func() platform.Reply {
		if code := s.verify(r.URL.Path, r.Header, body); code != "" {
			return refuse(http.StatusUnauthorized, code)
		}
		f, err := platform.ReadFields(body)
		s.mu.Lock()
		defer s.mu.Unlock()
		card := f.Text("card_id")
		switch {
		case err != nil:
			return refuse(http.StatusBadRequest, "")
		case s.cards[card] == "":
			return refuse(http.StatusNotFound, "")
		}
		return operation(s, card, f)
	}
}

// window is how far a request's time may be off.
const window = 5 * time.Minute

// verify returns the code of what is wrong with a request's signature, time or nonce.
func (s *Server) verify(path string, header http.Header, body []byte) acme.Code {
	var seconds int64
	var nonce, signed string
	stamp, now := header.Get("X-Stamp"), s.Clock().Now()
	_, err := fmt.Sscanf(stamp, "%d %s %s", &seconds, &nonce, &signed)
	switch {
	case err != nil, signed != path, sign.VerifyHMAC512(s.secret, header.Get("X-Signature"), body, stamp) != nil,
		now.Sub(time.Unix(seconds, 0)).Abs() >= window:
		return acme.CodeSignature
	case !s.nonces.First(nonce, now):
		return acme.CodeReplayed
	}
	return ""
}

func refuse(status int, code acme.Code) platform.Reply {
	return platform.JSONReply(status, map[string]any{"code": code, "message": http.StatusText(status)})
}

func answer(v any) platform.Reply { return platform.JSONReply(http.StatusOK, v) }

// account is a card's. Its money comes from the merchant's bank, the world's account.
func account(card string) ledger.Account {
	return ledger.Account{Kind: "card", Owner: card, Currency: issuing.CurrencyUSD}
}

func (s *Server) card(card string, _ platform.Fields) platform.Reply {
	return answer(map[string]any{"card_id": card, "status": s.cards[card],
		"balance": s.book.Balance(account(card)).String()})
}

func (s *Server) freeze(card string, f platform.Fields) platform.Reply {
	s.cards[card] = acme.CardStatusFrozen
	return s.card(card, f)
}

func (s *Server) setPIN(card string, f platform.Fields) platform.Reply {
	if pin := f.Text("pin"); len(pin) < 4 || len(pin) > 6 || strings.Trim(pin, "0123456789") != "" {
		return refuse(http.StatusBadRequest, "")
	}
	return s.card(card, f)
}

func (s *Server) deposit(card string, f platform.Fields) platform.Reply {
	orderNo := f.Text("order_no")
	amount, err := issuing.ParseAmount(f.Text("amount"))
	switch {
	case orderNo == "", len(orderNo) > 32, err != nil, amount.Sign() <= 0, amount.Scale() > 2:
		return refuse(http.StatusBadRequest, "")
	case slices.ContainsFunc(s.deposits, func(d map[string]string) bool { return d["order_no"] == orderNo }):
		return refuse(http.StatusConflict, acme.CodeOrderExists)
	case s.cards[card] == acme.CardStatusFrozen:
		return refuse(http.StatusConflict, acme.CodeFrozen)
	case s.book.Transfer(ledger.World(issuing.CurrencyUSD), account(card), amount, orderNo) != nil:
		return refuse(http.StatusInternalServerError, "")
	}
	d := map[string]string{"card_id": card, "order_no": orderNo, "amount": amount.String()}
	s.deposits = append(s.deposits, d)
	s.push(acme.NotifyDeposit, platform.JSON(d))
	return answer(d)
}

func (s *Server) list(card string, f platform.Fields) platform.Reply {
	const size = 10
	page, ok := f.Int("page")
	if !ok || page < 1 {
		return refuse(http.StatusBadRequest, "")
	}
	all := slices.DeleteFunc(slices.Clone(s.deposits), func(d map[string]string) bool { return d["card_id"] != card })
	return answer(map[string]any{"items": platform.Page(all, page, size), "page": page, "size": size, "total": len(all)})
}

// push sends a callback, stamped and signed afresh each time, until it is answered "ok".
func (s *Server) push(typ string, body []byte) {
	s.host.Push(platform.Callback{
		Type: typ, URL: s.webhook, Retries: []time.Duration{time.Minute, time.Hour},
		Make: func(int) (http.Header, []byte, error) {
			stamp := fmt.Sprintf("%d c-%d %s", s.Clock().Now().Unix(), s.pushed.Next(), typ)
			signature, err := sign.SignHMAC512(s.secret, body, stamp)
			return http.Header{"X-Stamp": {stamp}, "X-Signature": {signature}}, body, err
		},
	})
}
