package control

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Bounds of what is kept.
const (
	MaxRequests  = 10_000 // requests
	MaxCallbacks = 10_000 // callbacks, each with its last attempts
	MaxEvents    = 10_000 // events of the stream
	MaxBodies    = 500    // bodies of deliveries

	maxAttempts  = 10       // of one callback
	maxAnswer    = 200      // bytes of an attempt's answer
	maxBodyKept  = 16 << 10 // of one delivery
	maxPageItems = 1000     // of a list's page
)

// record is a request, as lists show it.
type record struct {
	ID       uint64    `json:"id"`
	Provider string    `json:"provider"`
	Real     time.Time `json:"real_time"`
	issuingtest.Request
}

// callback is a callback with its attempts.
type callback struct {
	ID       uint64    `json:"id"`
	Provider string    `json:"provider"`
	Number   uint64    `json:"callback"` // on its platform
	Type     string    `json:"type"`
	Card     string    `json:"card,omitempty"` // that it is about
	URL      string    `json:"url"`
	Accepted bool      `json:"accepted"` // the last attempt
	Tried    int       `json:"tried"`
	Attempts []attempt `json:"attempts"` // the last ones
}

// attempt is one delivery, without its body.
type attempt struct {
	Attempt  int       `json:"attempt"`
	At       time.Time `json:"at"`
	Status   int       `json:"status"`
	Accepted bool      `json:"accepted"`
	Answer   string    `json:"answer"`
}

// delivered is what one delivery sent.
type delivered struct {
	Callback  uint64      `json:"id"`
	Attempt   int         `json:"attempt"`
	Header    http.Header `json:"header"`
	Body      string      `json:"body"`
	Truncated bool        `json:"truncated"`
	Status    int         `json:"status"`
	Answer    string      `json:"answer"` // in full, as far as the platform read it
}

// event is one line of the stream: it says what has changed, not how.
type event struct {
	ID       uint64    `json:"id"`
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"` // request, callback, action, clock
	Provider string    `json:"provider"`
	Ref      uint64    `json:"ref,omitempty"` // id of the request or callback
	Text     string    `json:"text"`
}

// place names a callback by its platform and its number there.
type place struct {
	provider string
	number   uint64
}

// log keeps what platforms tell. It takes no part in what they do.
type log struct {
	requests  *ring[record]
	callbacks *ring[callback]
	events    *ring[event]
	bodies    *ring[delivered]

	mu    sync.Mutex
	known map[place]uint64 // ids of kept callbacks
	wake  chan struct{}    // closed when an event comes
}

func newLog() *log {
	return &log{
		requests: newRing[record](MaxRequests), callbacks: newRing[callback](MaxCallbacks),
		events: newRing[event](MaxEvents), bodies: newRing[delivered](MaxBodies),
		known: map[place]uint64{}, wake: make(chan struct{}),
	}
}

// see notes what a platform tells.
func (l *log) see(provider string, e issuingtest.Event) {
	if e.Request != nil {
		r := l.requests.add(func(id uint64) record {
			return record{ID: id, Provider: provider, Real: time.Now(), Request: *e.Request}
		})
		l.tell("request", provider, r.ID, requestText(r))
	}
	if !e.Turned.IsZero() {
		l.tell("clock", provider, 0, "turned to "+e.Turned.UTC().Format(time.RFC3339))
	}
	if e.Delivery != nil {
		id := l.keep(provider, *e.Delivery)
		text := e.Delivery.Type + " accepted"
		if !e.Delivery.Accepted {
			text = e.Delivery.Type + " not accepted"
		}
		l.tell("callback", provider, id, text)
	}
}

func requestText(r record) string {
	text := r.Operation
	if text == "" {
		text = r.Method + " " + r.Path
	}
	text += " " + string(r.Verdict)
	switch {
	case r.Fault != "":
		text += ": " + r.Fault
	case r.Check != "":
		text += ": " + r.Check
	}
	return text
}

// keep notes a delivery under its callback and returns the callback's id.
func (l *log) keep(provider string, d issuingtest.Delivery) uint64 {
	made := attempt{Attempt: d.Attempt, At: d.At, Status: d.Status, Accepted: d.Accepted, Answer: shorten(d.Answer)}
	id := l.idOf(place{provider, d.ID}, d)
	l.callbacks.change(id, func(c callback) callback {
		c.Accepted, c.Tried = d.Accepted, c.Tried+1
		c.Attempts = tail(append(slices.Clone(c.Attempts), made), maxAttempts)
		return c
	})
	l.bodies.add(func(uint64) delivered {
		body := d.Body[:min(len(d.Body), maxBodyKept)]
		return delivered{
			Callback: id, Attempt: d.Attempt, Header: d.Header.Clone(), Body: string(body), Truncated: len(body) < len(d.Body),
			Status: d.Status, Answer: d.Answer,
		}
	})
	return id
}

// shorten cuts an answer for the lists, and lets go of the rest.
func shorten(answer string) string {
	if len(answer) <= maxAnswer {
		return answer
	}
	return strings.ToValidUTF8(answer[:maxAnswer], "") + "…"
}

// idOf returns the id of a callback, a new one where it is not kept.
func (l *log) idOf(at place, d issuingtest.Delivery) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id, ok := l.known[at]; ok {
		return id
	}
	if last, _ := l.callbacks.counts(); last >= MaxCallbacks { // the new one takes the oldest one's place
		if old, ok := l.callbacks.get(last - MaxCallbacks + 1); ok {
			delete(l.known, place{old.Provider, old.Number})
		}
	}
	made := l.callbacks.add(func(id uint64) callback {
		return callback{
			ID: id, Provider: at.provider, Number: at.number, Type: d.Type, Card: d.Card, URL: d.URL,
			Attempts: []attempt{},
		}
	})
	l.known[at] = made.ID
	return made.ID
}

// tell adds an event and wakes the streams.
func (l *log) tell(kind, provider string, ref uint64, text string) {
	l.events.add(func(id uint64) event {
		return event{ID: id, At: time.Now(), Kind: kind, Provider: provider, Ref: ref, Text: text}
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.wake)
	l.wake = make(chan struct{})
}

// waker returns the channel that the next event closes.
func (l *log) waker() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wake
}
