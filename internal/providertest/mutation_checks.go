package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// mutator is a hop between client and platform that changes answers, while it is on.
type mutator struct {
	mu     sync.Mutex
	random *rand.Rand
	on     bool
	made   []string // of the call under way
}

// RoundTrip implements [http.RoundTripper].
func (m *mutator) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	// The answer to the write always changes, one in two of those that follow.
	if err != nil || !m.on || (len(m.made) > 0 && m.random.IntN(2) == 0) {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	changed, what := m.mutate(body)
	m.made = append(m.made, what)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(changed)), int64(len(changed))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// odd are values that no page lists for any member, of every type.
var odd = []string{
	"null", "true", "false", "[]", "{}", `""`, `" "`, `"null"`, `"-"`, "-1", "-0", "0.5", "1e3", "987654321",
	`"987654321"`,
	`"SUCCESS"`, `"ok"`, "200", `"200"`, `[null]`, `[[]]`, `{"code":{"code":[]}}`, `"\u0000"`, `"\ud83d\ude00"`,
	"1e400", `"` + string(bytes.Repeat([]byte("9"), 400)) + `"`, string(bytes.Repeat([]byte("["), 200)),
}

// mutate changes an answer: a member, at any depth, or the bytes.
func (m *mutator) mutate(body []byte) (changed []byte, what string) {
	var members []span
	findMembers(body, 0, &members)
	kind := m.random.IntN(10)
	if len(members) == 0 {
		kind = 9
	}
	pick := func() (span, string) {
		at, value := members[m.random.IntN(len(members))], odd[m.random.IntN(len(odd))]
		if at.name == "data" && value == "false" {
			value = "null" // legacy's documented word for what it did not do
		}
		return at, value
	}
	switch {
	case kind < 5:
		at, value := pick()
		return splice(body, at.from, at.to, value), at.name + " is " + clip(value)
	case kind < 6: // twice, the second one odd
		at, value := pick()
		return splice(body, at.to, at.to, fmt.Sprintf(",%q:%s", at.name, value)), at.name + " comes again as " + clip(value)
	case kind < 7: // under another name
		at := members[m.random.IntN(len(members))]
		return splice(body, at.key+1, at.key+1, "x"), at.name + " has another name"
	case kind < 8:
		at := m.random.IntN(len(body) + 1)
		return body[:at], fmt.Sprintf("cut at %d of %d", at, len(body))
	}
	changed = bytes.Clone(body)
	for range 1 + m.random.IntN(3) {
		if len(changed) > 0 {
			changed[m.random.IntN(len(changed))] ^= byte(1 << m.random.IntN(8))
		}
	}
	return changed, "bits flipped"
}

// span is a member of a JSON object: where its name and its value stand.
type span struct {
	name          string
	key, from, to int
}

// findMembers lists the members of all objects in a JSON text.
func findMembers(text []byte, base int, all *[]span) {
	d := json.NewDecoder(bytes.NewReader(text))
	open, err := d.Token()
	if err != nil {
		return
	}
	switch open {
	case json.Delim('['):
		for d.More() {
			var value json.RawMessage
			if d.Decode(&value) != nil {
				return
			}
			findMembers(value, base+int(d.InputOffset())-len(value), all)
		}
	case json.Delim('{'):
		for d.More() {
			name, err := d.Token()
			key := int(d.InputOffset())
			var value json.RawMessage
			if err != nil || d.Decode(&value) != nil {
				return
			}
			text, _ := name.(string)
			to := base + int(d.InputOffset())
			*all = append(*all, span{text, base + key - len(text) - 2, to - len(value), to})
			findMembers(value, to-len(value), all)
		}
	}
}

func splice(body []byte, from, to int, value string) []byte {
	return append(append(bytes.Clone(body[:from]), value...), body[to:]...)
}

func clip(text string) string { return text[:min(len(text), 24)] }

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
	m := &mutator{random: rand.New(rand.NewPCG(11, uint64(len(name))))}
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
		m.on, m.made = true, nil
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
				t.Errorf("%s, %q: a success, and carried out %d times", op.Name, made, done)
			}
		case errors.Is(err, issuing.ErrOutcomeUnknown):
			counts["open"]++
		case !errors.As(err, &e):
			t.Errorf("%s, %q: %v", op.Name, made, err)
		default:
			counts["failed"]++
			if done != 0 {
				t.Errorf("%s, %q: told as failed, and carried out: %v", op.Name, made, err)
			}
		}
		if done > 1 {
			t.Errorf("%s, %q: carried out %d times", op.Name, made, done)
		}
	}
	t.Logf("%-9s %d mutated answers: %d successes, %d open, %d failed",
		name, mutations, counts["success"], counts["open"], counts["failed"])
}
