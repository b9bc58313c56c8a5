package providertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// mutator is a hop between client and platform that changes answers, while it is on.
type mutator struct {
	mu    sync.Mutex
	seed  uint64 // of the latest mutation
	on    bool
	asked int      // requests of the call under way
	made  []uint64 // seeds of its mutations
}

// RoundTrip implements [http.RoundTripper].
func (m *mutator) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	// The answer to the write always changes, one in two of those that follow.
	if m.asked++; err != nil || !m.on || m.asked > 1 && (m.asked+int(m.seed))%2 == 0 {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	changed := m.change(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(changed)), int64(len(changed))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// change mutates an answer, under the next seed that does not make it a refusal in a
// platform's documented words: that would be no fault of the client's.
func (m *mutator) change(body []byte) []byte {
	for {
		m.seed++
		changed := conform.Mutate(m.seed, body)
		if !slices.ContainsFunc(refusals, func(word string) bool {
			return bytes.Contains(changed, []byte(word)) && !bytes.Contains(body, []byte(word))
		}) {
			m.made = append(m.made, m.seed)
			return changed
		}
	}
}

// refusals are documented words, among those that mutations write, for what was not done.
var refusals = []string{`"data":false`, `"FAILED"`}

// mutated: whatever an answer to a write is turned into on its way, a write that was
// carried out is never told as failed, and nothing is carried out twice. What is sealed is
// changed from outside alone, so that a provider with answers in clear is tried by them, too.
func mutated(ctx context.Context, t testing.TB, p Provider) {
	mutateAll(ctx, t, p.Name, p.Open)
	if p.Clear != nil {
		mutateAll(ctx, t, p.Name+", in clear", p.Clear)
	}
}

// mutateAll tries the writes of one way of a provider's.
func mutateAll(ctx context.Context, t testing.TB, name string,
	open func(testing.TB, ...issuing.Option) *Bench,
) {
	m := &mutator{}
	b := open(t, issuing.WithHTTPClient(&http.Client{Transport: m}))
	counts := map[string]int{}
	var ops []Op
	for _, op := range b.Ops {
		if op.Safety != transport.Read && op.Done != nil {
			ops = append(ops, op)
		}
	}
	for n := range mutations {
		op := ops[n%len(ops)]
		before, call := op.Done(), op.Ready()
		m.mu.Lock()
		m.on, m.asked, m.made = true, 0, nil
		m.mu.Unlock()
		err := call(ctx)
		m.mu.Lock()
		m.on = false
		made := m.made
		m.mu.Unlock()
		done := op.Done() - before
		var e *issuing.Error
		switch {
		case err == nil:
			counts["success"]++
			if done != 1 {
				t.Errorf("%s, seeds %d: a success, and carried out %d times", op.Name, made, done)
			}
		case errors.Is(err, issuing.ErrOutcomeUnknown):
			counts["open"]++
		case !errors.As(err, &e):
			t.Errorf("%s, seeds %d: %v", op.Name, made, err)
		default:
			counts["failed"]++
			if done != 0 {
				t.Errorf("%s, seeds %d: told as failed, and carried out: %v", op.Name, made, err)
			}
		}
		if done > 1 {
			t.Errorf("%s, seeds %d: carried out %d times", op.Name, made, done)
		}
	}
	t.Logf("%-9s %d mutated answers: %d successes, %d open, %d failed",
		name, mutations, counts["success"], counts["open"], counts["failed"])
}
