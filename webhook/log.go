package webhook

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// How much a handler without an observer logs: a flood must neither fill the disk
// nor hide what comes with it.
const (
	logBurst  = 10          // lines of one kind
	logWindow = time.Minute // in which they come; what is left out is counted at its end
)

// journal is the observer of handlers without one: the commonest fault of callbacks
// is that nobody sees them being refused. What is not authentic, which anybody can
// send, is limited apart from what is.
type journal struct {
	refused, failed quota
}

// quota limits the lines of one kind.
type quota struct {
	mu    sync.Mutex
	begun time.Time
	lines int
	left  int // out, in this window
}

// observe logs what was not acknowledged, or not answered as it deserves.
func (j *journal) observe(ctx context.Context, r Report) {
	if r.Err == nil || aborted(r.Err) {
		return
	}
	q := &j.failed
	if r.Outcome == OutcomeRefused || errors.Is(r.Err, ErrUnknownKey) {
		q = &j.refused
	}
	if !q.allows(time.Now(), r.Provider, r.Outcome) {
		return
	}
	attrs := []any{
		"provider", r.Provider, "type", r.Type, "id", r.ID, "outcome", string(r.Outcome), "status", r.Status, "reason", r.Err,
	}
	if r.Credential != "" {
		attrs = append(attrs, "credential", r.Credential)
	}
	if hint := r.Hint(); hint != "" {
		attrs = append(attrs, "hint", hint)
	}
	slog.WarnContext(ctx, "webhook: not acknowledged", attrs...)
}

// allows reports whether a line may be written now. The first that may not begins a
// count, which is logged when the window ends.
func (q *quota) allows(now time.Time, provider string, outcome Outcome) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Sub(q.begun) >= logWindow && q.left == 0 {
		q.begun, q.lines = now, 0
	}
	if q.lines < logBurst {
		q.lines++
		return true
	}
	if q.left++; q.left == 1 {
		time.AfterFunc(max(0, q.begun.Add(logWindow).Sub(now)), func() { q.sum(provider, outcome) })
	}
	return false
}

// sum ends a window with the count of what it left out.
func (q *quota) sum(provider string, outcome Outcome) {
	q.mu.Lock()
	left := q.left
	q.begun, q.lines, q.left = time.Time{}, 0, 0
	q.mu.Unlock()
	slog.Warn("webhook: more were not acknowledged", //nolint:noctx // many requests' line
		"provider", provider, "outcome", string(outcome), "count", left, "within", logWindow)
}

// hints are the commonest causes of what a handler refuses. The first that fits
// counts.
var hints = []struct {
	err  error
	hint string
}{
	{ErrMethod, "callbacks are POSTs: is this a browser or a health check?"},
	{ErrTooLarge, "no documented callback is as large; MaxBody of the provider's CallbackConfig sets the limit"},
	{errUsed, "something read the body before the handler: let it have the request first, or put the bytes back"},
	{ErrBody, "the sender's connection broke or was too slow"},
	{ErrTimestamp, "compare this clock with the platform's; a test on a platform in memory sets Now to that clock"},
	{ErrUnknownKey, "is it another merchant's or environment's? compare the id or token with the configuration's, " +
		"or with what its Lookup finds"},
	{errMissing, "is it the platform's at all? a proxy may have dropped the headers; " +
		"their names count in any case when a Source or Handler reads them"},
	{ErrSignature, "commonest causes: the body was read, decoded or re-encoded before it came here; " +
		"the key is the other environment's, the merchant's own or an old one"},
	{ErrUnrecognized, "is it a callback at all? the providers of this address are those given to NewHandlers"},
	{ErrReplay, "the platform repeats under a new id; a copy does not"},
	{ErrPayload, "commonest causes: one address for callbacks of several types, " +
		"which need one each, by {type} or ForType; the decryption key is another's"},
	{ErrPanic, "the function panicked: its own log says with what"},
	{ErrLate, "the function must answer within the source's deadline: do the work afterwards"},
	{issuing.ErrUnavailable, "the platform is asked to send it again"},
}

// Hint names the commonest causes of a refusal or failure, for whoever reads the log;
// "" when there is nothing to add to Err.
func (r Report) Hint() string {
	for _, h := range hints {
		if errors.Is(r.Err, h.err) {
			return h.hint
		}
	}
	return ""
}
