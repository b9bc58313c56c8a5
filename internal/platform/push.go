package platform

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Bounds of a merchant's answer to a callback: what is read, and what the log
// keeps.
const (
	maxAnswer       = 64 << 10
	maxLoggedAnswer = 4 << 10
)

// callbackTimeout bounds one delivery of a callback.
const callbackTimeout = 10 * time.Second

// maxKept is how many callbacks can be sent again.
const maxKept = 1000

// maxDeliveries bounds the log of deliveries; older ones are forgotten.
const maxDeliveries = 10_000

// Callback is one notification to the merchant.
type Callback struct {
	Type string // the provider's type, for the log
	Card string // id of the card that it is about, as in the state; "" is none or several
	URL  string // where to; "" drops the callback
	// Make builds headers and body of one attempt, so that a retry can be
	// signed afresh. Attempts count from 1. An attempt that cannot be made is
	// logged with the error as its answer.
	Make func(attempt int) (http.Header, []byte, error)
	// Retries are the waits before the second and later attempts.
	Retries []time.Duration
	// Accepted says whether an answer acknowledges the callback; nil accepts
	// status 200 with the body "ok".
	Accepted func(status int, body []byte) bool
	// Verify, when set, decides instead of Accepted. It sees the headers and the
	// body up to 64 kB, for protocols whose merchants sign their answers.
	Verify func(attempt int, status int, header http.Header, body []byte) bool

	id uint64
}

// pusher delivers callbacks on the platform's clock. No function of the provider's
// or the test's runs with its lock held.
type pusher struct {
	clock  *issuingtest.Clock
	client *http.Client
	seen   func(issuingtest.Event)

	mu            sync.Mutex
	callbackFault issuingtest.CallbackFault
	held          []Callback
	deliveries    []issuingtest.Delivery
	last          uint64     // id of the latest callback
	kept          []Callback // the latest, by id modulo maxKept
	attempts      [maxKept]int
}

func newPusher(clock *issuingtest.Clock, seen func(issuingtest.Event)) *pusher {
	return &pusher{clock: clock, seen: seen, client: &http.Client{
		Timeout:       callbackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
	}}
}

// SetCallbackFault changes how later callbacks are delivered.
func (p *pusher) SetCallbackFault(f issuingtest.CallbackFault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.callbackFault = f
}

// ReleaseCallbacks sends what Hold kept back, the latest first.
func (p *pusher) ReleaseCallbacks() {
	p.mu.Lock()
	held := p.held
	p.held = nil
	p.mu.Unlock()
	for _, cb := range slices.Backward(held) {
		p.schedule(cb, 1, 0)
	}
}

// Deliveries returns the log of delivery attempts, oldest first.
func (p *pusher) Deliveries() []issuingtest.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.deliveries)
}

// Push sends a callback as soon as the clock runs its jobs.
func (p *pusher) Push(cb Callback) {
	if cb.URL == "" {
		return
	}
	copies := 1
	p.mu.Lock()
	cb = p.keep(cb)
	if p.callbackFault.Duplicate {
		copies = 2
	}
	if p.callbackFault.Hold {
		copies, p.held = 0, append(p.held, cb)
	}
	p.mu.Unlock()
	for range copies {
		p.schedule(cb, 1, 0)
	}
}

// keep gives a callback its id and keeps it to be sent again. The lock is held.
func (p *pusher) keep(cb Callback) Callback {
	p.last++
	cb.id = p.last
	at := int(cb.id % maxKept)
	if len(p.kept) <= at {
		p.kept = append(p.kept, make([]Callback, at+1-len(p.kept))...)
	}
	p.kept[at], p.attempts[at] = cb, 0
	return cb
}

// callbackIDs lists the callbacks that can be sent again, the latest first.
func (p *pusher) callbackIDs() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for id := p.last; id > 0 && p.last-id < maxKept; id-- {
		ids = append(ids, strconv.FormatUint(id, 10))
	}
	return ids
}

// Resend delivers a callback once more, behind its last attempt.
func (p *pusher) Resend(id uint64) error {
	p.mu.Lock()
	at := int(id % maxKept)
	if id == 0 || id > p.last || p.kept[at].id != id {
		p.mu.Unlock()
		return errNoCallback
	}
	cb, attempt := p.kept[at], p.attempts[at]+1
	p.mu.Unlock()
	cb.Retries = nil
	p.schedule(cb, attempt, 0)
	return nil
}

// attempted notes that a callback has been tried.
func (p *pusher) attempted(id uint64, attempt int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := int(id % maxKept); p.kept[at].id == id {
		p.attempts[at] = max(p.attempts[at], attempt)
	}
}

func (p *pusher) schedule(cb Callback, attempt int, wait time.Duration) {
	p.clock.After(wait, func() {
		d := p.deliver(cb, attempt)
		p.attempted(cb.id, attempt)
		p.record(d)
		p.seen(issuingtest.Event{Delivery: &d})
		if !d.Accepted && attempt <= len(cb.Retries) {
			p.schedule(cb, attempt+1, cb.Retries[attempt-1])
		}
	})
}

// record keeps a delivery in the log.
func (p *pusher) record(d issuingtest.Delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.deliveries) >= maxDeliveries {
		p.deliveries = slices.Clone(p.deliveries[maxDeliveries/2:])
	}
	p.deliveries = append(p.deliveries, d)
}

// deliver makes one attempt.
func (p *pusher) deliver(cb Callback, attempt int) issuingtest.Delivery {
	d := issuingtest.Delivery{ID: cb.id, Type: cb.Type, Card: cb.Card, URL: cb.URL, Attempt: attempt, At: p.clock.Now()}
	header, body, err := cb.Make(attempt)
	if err != nil {
		d.Answer = err.Error()
		return d
	}
	if forge := p.forge(); forge != nil {
		header, body = forge(header.Clone(), bytes.Clone(body))
	}
	if header == nil {
		header = http.Header{}
	}
	d.Header, d.Body = header, body
	status, answerHeader, answer, err := p.post(cb.URL, header, body)
	d.Status, d.Answer = status, string(answer[:min(len(answer), maxLoggedAnswer)])
	switch {
	case cb.Verify != nil:
		d.Accepted = cb.Verify(attempt, status, answerHeader, answer)
	case cb.Accepted != nil:
		d.Accepted = cb.Accepted(status, []byte(d.Answer))
	default:
		d.Accepted = status == http.StatusOK && strings.TrimSpace(d.Answer) == "ok"
	}
	if err != nil {
		d.Answer = noAnswer(err)
	}
	return d
}

func (p *pusher) forge() func(http.Header, []byte) (http.Header, []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.callbackFault.Forge
}

// noAnswer says why there was none, without the address, which the log has.
func noAnswer(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	text := "no answer: " + err.Error()
	return text[:min(len(text), maxLoggedAnswer)]
}

func (p *pusher) post(
	url string, header http.Header, body []byte,
) (status int, answerHeader http.Header, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), callbackTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header = header.Clone()
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, resp.Header, text, nil
}
