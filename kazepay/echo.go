package kazepay

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// What of an answer is held against its request. A hop that delivers an answer twice on a
// kept connection leaves every later one a request late; whoever believes them takes
// another card's top-up for its own. The pages give nothing that binds: head.requestNo is
// the request's in three of their samples and the platform's own in the others. So it
// cannot be required, but it can betray: an answer that carries the number of another
// message of this client is the answer to that one. Beside it stands what the payload
// repeats of the request.

// errOtherNumber is an answer to another message of this client, and errOtherContent one
// whose payload names something else than the request does.
var (
	errOtherNumber  = fmt.Errorf("%w: it carries the requestNo of another message", errAstray)
	errOtherContent = fmt.Errorf("%w: it is about something else", errAstray)
)

// maxRemembered is how many message numbers a client remembers: all that a pool of
// connections can owe answers for.
const maxRemembered = 4096

// sentNumbers are the last message numbers that were sent. It is safe for concurrent use.
type sentNumbers struct {
	mu    sync.Mutex
	known map[string]int // how often, among order
	order []string       // a ring
	next  int
}

// add remembers a number, in place of the oldest one.
func (s *sentNumbers) add(no string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]int{}
	}
	s.known[no]++
	if len(s.order) < maxRemembered {
		s.order = append(s.order, no)
		return
	}
	oldest := s.order[s.next]
	if s.known[oldest]--; s.known[oldest] == 0 {
		delete(s.known, oldest)
	}
	s.order[s.next] = no
	s.next = (s.next + 1) % maxRemembered
}

// ofAnother reports whether an answer to the message own carries the number of another
// one that was sent.
func (s *sentNumbers) ofAnother(own, answered string) bool {
	if own == answered {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[answered] > 0
}

// astray reports whether an answer is that to another message of this client.
func (x *exchange) astray(m *message) bool { return x.c.sent.ofAnother(x.requestNo, m.head.RequestNo) }

// carded is a request or result that names a card.
type carded interface{ card() string }

// answering is a result that repeats more of its request than the card. What the answer
// leaves out contradicts nothing.
type answering interface{ answers(in any) bool }

// compare holds a result against the request.
func (x *exchange) compare(ctx context.Context, out any) error {
	asked, _ := x.in.(carded)
	if got, ok := out.(carded); ok && asked != nil && !sameText(asked.card(), got.card()) {
		if x.c.cfg.Warn != nil {
			x.c.cfg.Warn(ctx, Warning{Op: x.o.name, RequestNo: x.requestNo, Field: "cardID"})
		}
		return errOtherContent
	}
	if a, ok := out.(answering); ok && !a.answers(x.in) {
		return errOtherContent
	}
	return nil
}

// sameText compares what a request and an answer say of the same thing.
func sameText[T ~string](asked, got T) bool {
	return got == "" || strings.EqualFold(string(asked), string(got))
}

func (b *Balance) answers(in any) bool {
	r, ok := in.(currencyRequest)
	return !ok || sameText(r.Currency, b.Currency)
}

// answers leaves the amount alone: how it relates to fees is not documented.
func (d *Deposit) answers(in any) bool {
	r, ok := in.(DepositRequest)
	return !ok || sameText(r.Currency, d.Currency)
}

// answers leaves the ids of transactions alone: the page's sample lists another one than
// it asks for.
func (l *transactionList) answers(in any) bool {
	r, ok := in.(TransactionsRequest)
	return !ok || !slices.ContainsFunc(*l, func(t Transaction) bool { return !sameText(r.CardID, t.CardID) })
}

// answers leaves a number that is masked alone.
func (c *CardNumberID) answers(in any) bool {
	r, ok := in.(numberRequest)
	got := c.CardNumber.Reveal()
	return !ok || strings.Trim(got, "0123456789") != "" || sameText(r.CardNumber.Reveal(), got)
}

// answers refuses the state that the card was in before, such as ACTIVE of a card that was
// to be frozen: reading the card tells.
func (c *CardChange) answers(in any) bool {
	return !slices.Contains(transitionOf(in).from, c.Status.Normal())
}

func (u *WebhookURL) answers(in any) bool {
	r, ok := in.(urlRequest)
	return !ok || u.URL == "" || plainAddress(r.URL) == plainAddress(u.URL)
}

// plainAddress is an address as it is compared with one that was stored, which may be
// written in another way.
func plainAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u.String()
}
