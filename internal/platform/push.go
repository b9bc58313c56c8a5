package platform

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/ledger"
)

// Bounds of a merchant's answer to a callback: what is read, and what the log
// keeps.
const (
	maxAnswer       = 64 << 10
	maxLoggedAnswer = 200
)

// callbackTimeout bounds one delivery of a callback.
const callbackTimeout = 10 * time.Second

// maxDeliveries bounds the log of deliveries; older ones are forgotten.
const maxDeliveries = 10_000

// Callback is one notification to the merchant.
type Callback struct {
	Type string // the provider's type, for the log
	URL  string // where to; "" drops the callback
	// Make builds headers and body of one attempt, so that a retry can be
	// signed afresh. Attempts count from 1.
	Make func(attempt int) (http.Header, []byte)
	// Retries are the waits before the second and later attempts.
	Retries []time.Duration
	// Accepted says whether an answer acknowledges the callback; nil accepts
	// status 200 with the body "ok".
	Accepted func(status int, body []byte) bool
	// Verify, when set, decides instead of Accepted. It sees the headers and the
	// body up to 64 kB, for protocols whose merchants sign their answers.
	Verify func(attempt int, status int, header http.Header, body []byte) bool
}

// Delivery is one attempt to deliver a callback.
type Delivery struct {
	Type     string
	URL      string
	Attempt  int       // from 1
	At       time.Time // on the platform's clock
	Header   http.Header
	Body     []byte
	Status   int    // of the merchant's answer, 0 when there was none
	Answer   string // the first 200 bytes of it
	Accepted bool
}

// String tells of the delivery without its header and body, which can hold
// credentials and card data.
func (d Delivery) String() string {
	return fmt.Sprintf("%s attempt %d at %s: status %d, accepted %t", d.Type, d.Attempt, d.At.UTC().Format(time.RFC3339), d.Status, d.Accepted)
}

// Format prints what String returns for every verb.
func (d Delivery) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue logs what String returns.
func (d Delivery) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText encodes what String returns.
func (d Delivery) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// CallbackFault changes how callbacks are delivered.
type CallbackFault struct {
	Duplicate bool // every callback is sent twice
	Hold      bool // callbacks are kept back until Release, which reverses their order
	Forge     func(header http.Header, body []byte) (http.Header, []byte)
}

// pusher delivers callbacks on the platform's clock.
type pusher struct {
	clock  *ledger.Clock
	client *http.Client

	pushMu     sync.Mutex
	fault      CallbackFault
	held       []Callback
	deliveries []Delivery
}

func (p *pusher) init(clock *ledger.Clock) {
	p.clock = clock
	p.client = &http.Client{
		Timeout:       callbackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
	}
}

func (p *pusher) close() { p.client.CloseIdleConnections() }

// SetCallbackFault changes how later callbacks are delivered.
func (p *pusher) SetCallbackFault(f CallbackFault) {
	p.pushMu.Lock()
	defer p.pushMu.Unlock()
	p.fault = f
}

// ReleaseCallbacks sends what Hold kept back, the latest first.
func (p *pusher) ReleaseCallbacks() {
	p.pushMu.Lock()
	held := p.held
	p.held = nil
	p.pushMu.Unlock()
	for i := len(held) - 1; i >= 0; i-- {
		p.schedule(held[i], 1, 0)
	}
}

// Deliveries returns the log of delivery attempts, oldest first.
func (p *pusher) Deliveries() []Delivery {
	p.pushMu.Lock()
	defer p.pushMu.Unlock()
	return append([]Delivery(nil), p.deliveries...)
}

// Push sends a callback as soon as the clock runs its jobs.
func (p *pusher) Push(cb Callback) {
	if cb.URL == "" {
		return
	}
	p.pushMu.Lock()
	fault := p.fault
	if fault.Hold {
		p.held = append(p.held, cb)
		p.pushMu.Unlock()
		return
	}
	p.pushMu.Unlock()
	p.schedule(cb, 1, 0)
	if fault.Duplicate {
		p.schedule(cb, 1, 0)
	}
}

func (p *pusher) schedule(cb Callback, attempt int, wait time.Duration) {
	p.clock.After(wait, func() {
		if p.deliver(cb, attempt) || attempt > len(cb.Retries) {
			return
		}
		p.schedule(cb, attempt+1, cb.Retries[attempt-1])
	})
}

// deliver makes one attempt and logs it.
func (p *pusher) deliver(cb Callback, attempt int) bool {
	header, body := cb.Make(attempt)
	p.pushMu.Lock()
	forge := p.fault.Forge
	p.pushMu.Unlock()
	if forge != nil {
		header, body = forge(header.Clone(), bytes.Clone(body))
	}
	d := Delivery{Type: cb.Type, URL: cb.URL, Attempt: attempt, At: p.clock.Now(), Header: header, Body: body}
	status, answerHeader, answer := p.post(cb.URL, header, body)
	d.Status, d.Answer = status, string(answer[:min(len(answer), maxLoggedAnswer)])
	switch {
	case cb.Verify != nil:
		d.Accepted = cb.Verify(attempt, status, answerHeader, answer)
	case cb.Accepted != nil:
		d.Accepted = cb.Accepted(status, []byte(d.Answer))
	default:
		d.Accepted = status == http.StatusOK && strings.TrimSpace(d.Answer) == "ok"
	}
	p.pushMu.Lock()
	defer p.pushMu.Unlock()
	if len(p.deliveries) >= maxDeliveries {
		p.deliveries = append([]Delivery(nil), p.deliveries[maxDeliveries/2:]...)
	}
	p.deliveries = append(p.deliveries, d)
	return d.Accepted
}

func (p *pusher) post(url string, header http.Header, body []byte) (status int, answerHeader http.Header, answer []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), callbackTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil
	}
	req.Header = header.Clone()
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return 0, nil, nil
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, resp.Header, text
}
