package platform

import (
	"cmp"
	"net/http"
	"slices"
	"sync"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// observers are told of what happens. They are called without a lock.
type observers struct {
	mu       sync.Mutex
	list     []func(issuingtest.Event)
	requests Sequence
}

// Observe adds an observer.
func (o *observers) Observe(see func(issuingtest.Event)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if see != nil {
		o.list = append(slices.Clone(o.list), see)
	}
}

func (o *observers) tell(e issuingtest.Event) {
	o.mu.Lock()
	list := o.list
	o.mu.Unlock()
	for _, see := range list {
		see(e)
	}
}

// note tells of a request. Its texts may come from a client.
func (o *observers) note(r issuingtest.Request) {
	r.ID = o.requests.Next()
	r.Method, r.Path = Redact(r.Method), Redact(r.Path)
	r.Check, r.Expected = Redact(r.Check), Redact(r.Expected)
	o.tell(issuingtest.Event{Request: &r})
}

// answerWriter remembers the status of an answer.
type answerWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader writes the status.
func (w *answerWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the writer below, for [http.ResponseController].
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// judge gives a request the verdict of its reply. A fault's verdict stays.
func judge(seen *issuingtest.Request, reply Reply) {
	seen.Check, seen.Expected, seen.Card = reply.Check, reply.Expected, reply.Card
	if seen.Verdict == issuingtest.VerdictFault {
		return
	}
	switch {
	case reply.Status >= http.StatusInternalServerError:
		seen.Verdict = issuingtest.VerdictBroken
	case reply.Check != "" || reply.Status >= http.StatusBadRequest:
		seen.Verdict = issuingtest.VerdictRefused
		seen.Check = cmp.Or(seen.Check, http.StatusText(reply.Status))
	default:
		seen.Verdict = issuingtest.VerdictOK
	}
}
