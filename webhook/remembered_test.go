package webhook

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// toyAnswers remember what the toy's questions were answered.
type toyAnswers struct{}

func (toyAnswers) Key(event *Event) string { return strings.TrimSuffix(event.ID, "live") }

func (toyAnswers) Keep(event *Event) ([]byte, error) {
	q, _ := event.Data.(*toyQuestion)
	if q.Answer == "unkept" {
		return nil, errStore
	}
	return []byte(q.Answer), nil
}

func (toyAnswers) Give(event *Event, answer []byte) error {
	if len(answer) == 0 {
		return errStore
	}
	q, _ := event.Data.(*toyQuestion)
	q.Answer = string(answer)
	return nil
}

// A source that remembers answers asks once, whichever handler is asked, and gives
// every repeat the first answer.
func TestRememberedAnswers(t *testing.T) {
	t.Parallel()
	store := NewMemoryDeduper(0, 0)
	var rec recorder
	asked, next := 0, ""
	fn := func(_ context.Context, event *Event) error {
		q, _ := event.Data.(*toyQuestion)
		asked++
		q.Answer = next
		return nil
	}
	send := func(nonce, body string) string {
		_, src := newToy(WithAnswers(toyAnswers{}), WithDeduper(store)) // of another process
		return deliver(t, NewHandler(src, fn, WithObserver(rec.observe)), nonce, body)
	}
	for _, step := range []struct{ next, nonce, body, want string }{
		{"unkept", "1", "SEALED ask 1", answerRetry}, // nothing was answered
		{"yes", "1", "SEALED ask 1", "200|text/plain; charset=utf-8|yes"},
		{"no", "1", "SEALED ask 1", "200|text/plain; charset=utf-8|yes"},
		{"no", "2", "SEALED ask 1", "200|text/plain; charset=utf-8|yes"},
		{"no", "2", "SEALED ask 2", "200|text/plain; charset=utf-8|no"},
		{"", "3", "SEALED ask 3", "200|text/plain; charset=utf-8|"},
		{"", "3", "SEALED ask 3", answerRetry}, // what was kept is of no use
		{"one", "4", "SEALED ask live", "200|text/plain; charset=utf-8|one"},
		{"two", "4", "SEALED ask live", "200|text/plain; charset=utf-8|two"}, // asked for anew
	} {
		next = step.next
		if got := send(step.nonce, step.body); got != step.want {
			t.Errorf("%s, %s: %s, want %s", step.nonce, step.body, got, step.want)
		}
	}
	if want := "failed handled duplicate duplicate handled handled failed handled handled"; rec.outcomes() != want || asked != 6 {
		t.Errorf("asked %d times, %s", asked, rec.outcomes())
	}
}

// A repeat that comes while its question is being answered waits for the answer, as
// long as its own deadline allows.
func TestQuestionMeanwhile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		takes time.Duration
		want  string
	}{{500 * time.Millisecond, "handled duplicate"}, {2 * time.Second, "late late overtime"}} {
		synctest.Test(t, func(t *testing.T) {
			_, src := newToy(WithDeadline(time.Second), WithAnswers(toyAnswers{}))
			var rec recorder
			asked := 0
			h := NewHandler(src, func(ctx context.Context, event *Event) error {
				asked++
				return slow(c.takes, nil)(ctx, event)
			}, WithObserver(rec.observe))
			go h.Handle(t.Context(), &Request{Header: toyHeader("1"), Body: []byte("SEALED ask 1")})
			time.Sleep(100 * time.Millisecond)
			h.Handle(t.Context(), &Request{Header: toyHeader("2"), Body: []byte("SEALED ask 1")})
			time.Sleep(time.Minute)
			if rec.outcomes() != c.want || asked != 1 {
				t.Errorf("%v: asked %d times, %s", c.takes, asked, rec.outcomes())
			}
			for _, r := range rec.all() {
				if (r.Err == nil) != (r.Outcome != OutcomeLate) {
					t.Errorf("%v: reported %+v", c.takes, r)
				}
			}
		})
	}
}

// keyless is a store that says what it lacks, and how long its claims hold.
type keyless struct {
	Deduper
	lease time.Duration
	keeps bool
}

func (k keyless) Lease() time.Duration { return k.lease }
func (k keyless) KeepsAnswers() bool   { return k.keeps }

// What a store cannot do for a source is said when the source is made.
func TestStoreAndSource(t *testing.T) {
	t.Parallel()
	const schedule = 31 * time.Second
	for name, c := range map[string]struct {
		store keyless
		opts  []SourceOption
		want  string
	}{
		"fits":            {keyless{lease: schedule - 1}, []SourceOption{WithSchedule(schedule)}, ""},
		"no schedule":     {keyless{lease: time.Hour}, []SourceOption{WithSchedule(0)}, ""},
		"outlasts":        {keyless{lease: schedule}, []SourceOption{WithSchedule(schedule)}, "lease of 31s is too long"},
		"no questions":    {keyless{}, nil, ""},
		"keeps answers":   {keyless{keeps: true}, []SourceOption{WithAnswers(toyAnswers{})}, ""},
		"keeps no answer": {keyless{}, []SourceOption{WithAnswers(toyAnswers{})}, "no keys to seal"},
	} {
		_, err := NewSource("toy", &toy{}, append(c.opts, WithDeduper(c.store))...)
		if (c.want == "") != (err == nil) || err != nil && (!errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	// A handler's own store is looked at as well.
	_, src := newToy(WithAnswers(toyAnswers{}))
	var rec recorder
	h := NewHandler(src, nothing, WithClaims(keyless{}), WithObserver(rec.observe))
	if got := deliver(t, h, "1", "SEALED ask 1"); !strings.HasPrefix(got, "503") || !strings.Contains(rec.all()[0].Err.Error(), "no keys") {
		t.Errorf("%s, %+v", got, rec.all())
	}
}

// A store that claims nothing and calls nothing acknowledges nothing.
func TestDeduperThatForgetsTheFunction(t *testing.T) {
	t.Parallel()
	_, src := newToy(WithDeduper(idle{}))
	var rec recorder
	if got := deliver(t, NewHandler(src, nothing, WithObserver(rec.observe)), "1", "SEALED a 1"); got != answerRetry || rec.outcomes() != "failed" {
		t.Errorf("%s, %s", got, rec.outcomes())
	}
}

type idle struct{}

func (idle) Do(context.Context, Claims, func(context.Context) ([]byte, error)) (Claim, []byte, error) {
	return ClaimNew, nil, nil
}
