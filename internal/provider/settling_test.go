package provider

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// deed is a toy call with facts.
type deed struct {
	*toy
	facts func(*Facts)
}

func (d deed) Facts(f *Facts) { d.facts(f) }

// bench settles one operation of toy calls.
type bench struct {
	t       testing.TB
	network *network
	core    *Core
	safety  transport.Safety
	rule    Settle
	look    Look[result]
	facts   func(*Facts)
	refusal Refusal
	needs   bool
	now     time.Time
}

// opened is a bench on which a write has ended without an answer.
func opened(t testing.TB, rule Settle, look Look[result], answers ...reply) *bench {
	t.Helper()
	b := &bench{
		t: t, network: &network{answers: append([]reply{{}}, answers...)}, safety: transport.Keyed, rule: rule, look: look,
		facts: func(f *Facts) { f.Payload = []byte("what is sent") }, now: time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC),
	}
	b.core = b.under(print)
	return b
}

// under is a core with a fingerprint.
func (b *bench) under(print Fingerprint) *Core {
	b.t.Helper()
	c, err := New("acme", func(*check.Problems) {}, print, issuing.WithHTTPClient(&http.Client{Transport: b.network}),
		issuing.WithMaxAttempts(1), issuing.WithClock(func() time.Time { return b.now }))
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) op() Op { return Op{Name: "Cards.Deposit", Safety: b.safety, Settle: b.rule} }

// send makes the write, as a method does.
func (b *bench) send(ctx context.Context, c *Core, req request, opts ...issuing.CallOption) (*result, error) {
	call := newCall(b.safety, &toy{refusal: b.refusal}, opts...)
	call.Op, call.In, call.Check = b.op(), req, req.validate
	call.Exchange = deed{&toy{refusal: b.refusal}, b.facts}
	return Do[result](ctx, c, call, nil)
}

// pending is what the write leaves.
func (b *bench) pending() issuing.Pending {
	b.t.Helper()
	_, err := b.send(b.t.Context(), b.core, request{Name: "n"})
	p, ok := issuing.PendingOf(err)
	if !ok {
		b.t.Fatalf("not open: %v", err)
	}
	return p
}

// settle settles a pending with a core, and compares the verdict.
func (b *bench) settle(c *Core, p issuing.Pending, want issuing.Verdict, opts ...issuing.SettleOption) issuing.Settlement {
	b.t.Helper()
	s := NewSettler(b.op(), b.look)
	if b.rule.Resend {
		s = Resend(s, func(ctx context.Context, r request, opts ...issuing.CallOption) (*result, error) {
			return b.send(ctx, c, r, opts...)
		})
	}
	if b.needs {
		s = s.WithReference()
	}
	got, err := c.Settle(b.t.Context(), Settlers([]Op{b.op()}, s), p, opts)
	if err != nil || got.Verdict != want {
		b.t.Fatalf("%v, want %v: %+v, %v", got.Verdict, want, got.Unsettled, err)
	}
	return got
}

// looks is a look that gives its answers one after the other, and counts.
type looks struct {
	answers []error // nil is that it happened, errNothing that nothing is there
	asked   []Sought
}

var errNothing = errors.New("nothing is there")

func (l *looks) look(_ context.Context, s Sought) (*result, error) {
	l.asked = append(l.asked, s)
	switch err := l.answers[min(len(l.asked), len(l.answers))-1]; err {
	case nil:
		return &result{"found"}, nil
	case errNothing:
		return nil, nil
	default:
		return nil, err
	}
}

var again = issuing.WithResend(request{Name: "n"})

// others is the fingerprint of other credentials, and keyless that of a key which gives none.
func others([]byte) (string, error)  { return "another key", nil }
func keyless([]byte) (string, error) { return "", errKeyless }

var errKeyless = errors.New("the key is away")

// TestSecretsUnderOtherCredentials: a pending's secrets are compared under its own
// credentials only; under others it stays open, unasked.
func TestSecretsUnderOtherCredentials(t *testing.T) {
	t.Parallel()
	number := issuing.NewSecret("4000123412341234")
	l := &looks{answers: []error{nil}}
	b := opened(t, ByState("Cards.Card"), l.look)
	b.facts = func(f *Facts) { f.Secret("card_number", number); f.Secret("pin", issuing.Secret{}) }
	p := b.pending()
	if len(p.Secrets) != 1 || strings.Contains(p.Secrets["card_number"], "4000") {
		t.Errorf("%v", p.Secrets)
	}
	for name, c := range map[string]struct {
		print Fingerprint
		why   error
	}{"others": {others, errOtherCredentials}, "none": {keyless, errKeyless}} {
		if got := b.settle(b.under(c.print), p, issuing.VerdictOpen); !errors.Is(got.Unsettled, c.why) || len(l.asked) != 0 {
			t.Errorf("%s: %v, asked %d times", name, got.Unsettled, len(l.asked))
		}
	}
	b.settle(b.under(print), p, issuing.VerdictDone)
	s := l.asked[0]
	if !s.Same("card_number", number) || s.Same("card_number", issuing.NewSecret("4000123412341242")) || s.Same("pin", issuing.Secret{}) {
		t.Error("the secret is not compared")
	}
	if _, known := s.Secret("card_number"); known {
		t.Error("another process knows the secret")
	}
}

// TestReference: the reference must be the pending's.
func TestReference(t *testing.T) {
	t.Parallel()
	number := issuing.NewSecret("4000123412341234")
	l := &looks{answers: []error{nil}}
	b := opened(t, ByState("Cards.Card"), l.look)
	b.needs, b.facts = true, func(f *Facts) { f.Reference = number }
	p := b.pending()
	if got := b.settle(b.core, p, issuing.VerdictOpen); !errors.Is(got.Unsettled, errNoReference) {
		t.Errorf("%v", got.Unsettled)
	}
	if got := b.settle(b.under(keyless), p, issuing.VerdictOpen, issuing.WithReference(number)); !errors.Is(got.Unsettled, errKeyless) {
		t.Errorf("%v", got.Unsettled)
	}
	b.settle(b.core, p, issuing.VerdictDone, issuing.WithReference(number))
	if len(l.asked) != 1 || !l.asked[0].Reference.Equal(number) {
		t.Errorf("asked %+v", l.asked)
	}
	settlers := Settlers([]Op{b.op()}, NewSettler(b.op(), b.look).WithReference())
	for says, c := range map[string]struct {
		core      *Core
		reference string
	}{"another reference": {b.core, "4000123412341242"}, "other credentials": {b.under(others), number.Reveal()}} {
		_, err := c.core.Settle(t.Context(), settlers, p, []issuing.SettleOption{issuing.WithReference(issuing.NewSecret(c.reference))})
		if e := wantKind(t, err, issuing.ErrInvalid); !strings.Contains(e.Error(), says) || strings.Contains(e.Error(), "4000") {
			t.Errorf("%v", e)
		}
	}
}

// TestUntoldLetsARepeatGo: where asking tells nothing a repeat may go, where it failed
// none may, and none when the provider has forgotten the key.
func TestUntoldLetsARepeatGo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule  Settle
		found error
		later time.Duration
		want  issuing.Verdict
		sent  int // beside the first
		says  string
	}{
		"untold":              {rule: ByRepeat(""), found: ErrUntold, want: issuing.VerdictDone, sent: 1},
		"absent":              {rule: ByKey("X"), found: errNothing, want: issuing.VerdictDone, sent: 1},
		"found":               {rule: ByKey("X"), want: issuing.VerdictDone},
		"the look failed":     {rule: ByKey("X"), found: issuing.ErrUnavailable, want: issuing.VerdictOpen, says: "unavailable"},
		"another's":           {rule: ByKey("X"), found: ErrOther, want: issuing.VerdictOpen, says: "other contents"},
		"untold, not known":   {rule: ByHistory("X"), found: ErrUntold, want: issuing.VerdictOpen, says: "not sent again"},
		"not listed":          {rule: ByHistory("X"), found: errNothing, want: issuing.VerdictOpen, says: "not listed"},
		"untold, in time":     {rule: ByRepeat("").Within(24 * time.Hour), found: ErrUntold, later: 23 * time.Hour, want: issuing.VerdictDone, sent: 1},
		"untold, too late":    {rule: ByRepeat("").Within(24 * time.Hour), found: ErrUntold, later: 24 * time.Hour, want: issuing.VerdictOpen, says: "which are over"},
		"untold, nearly late": {rule: ByRepeat("").Within(24 * time.Hour), found: ErrUntold, later: 24*time.Hour - time.Second, want: issuing.VerdictOpen, says: "which are over"},
	} {
		l := &looks{answers: []error{c.found}}
		b := opened(t, c.rule, l.look, reply{200, "ok sent"})
		p := b.pending()
		b.now = b.now.Add(c.later)
		got := b.settle(b.core, p, c.want, again)
		if n := len(b.network.sent) - 1; n != c.sent || len(l.asked) != 1 {
			t.Errorf("%s: sent %d times more, asked %d times", name, n, len(l.asked))
		}
		if c.want == issuing.VerdictOpen && !strings.Contains(got.Unsettled.Error(), c.says) {
			t.Errorf("%s: %v", name, got.Unsettled)
		}
		if found, _ := issuing.ResultOf[result](got); (found != nil) != (c.want == issuing.VerdictDone) {
			t.Errorf("%s: %+v", name, got.Result)
		}
	}
}

// TestRefusedRepeat: the refusal of a repeat says nothing of the first attempt, so that it
// is looked up again: absent comes with the refusal, and open with its reason.
func TestRefusedRepeat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  string
		refusal Refusal
		then    error // what the second look finds
		want    issuing.Verdict
	}{
		"not there":      {answer: "refused no funds", then: errNothing, want: issuing.VerdictAbsent},
		"there":          {answer: "refused no funds", want: issuing.VerdictDone},
		"look fails":     {answer: "refused no funds", then: issuing.ErrUnavailable, want: issuing.VerdictOpen},
		"lost once more": {answer: "strange", then: errNothing, want: issuing.VerdictAbsent},
		"a final one":    {answer: "refused no funds", refusal: Refusal{Final: true}, want: issuing.VerdictRefused},
	} {
		l := &looks{answers: []error{errNothing, c.then}}
		b := opened(t, ByKey("Cards.DepositByKey"), l.look, reply{200, c.answer})
		p := b.pending()
		b.refusal = c.refusal
		b.now = b.now.Add(time.Hour)
		got := b.settle(b.core, p, c.want, again)
		looked := 2
		if c.refusal.Final {
			looked = 1
		}
		if len(l.asked) != looked || len(b.network.sent) != 2 {
			t.Errorf("%s: asked %d times, sent %d", name, len(l.asked), len(b.network.sent))
		}
		switch c.want {
		case issuing.VerdictAbsent:
			e := wantKind(t, got.Refusal, issuing.ErrOutcomeUnknown)
			if left, ok := issuing.PendingOf(e); !ok || left.Attempts != 2 || !left.SentAt.Equal(p.SentAt) || !left.EndedAt.Equal(b.now) {
				t.Errorf("%s: %+v", name, left)
			}
			if !got.AbsentSince.Equal(b.now.Add(grace)) || !got.ResendSameKey {
				t.Errorf("%s: %+v", name, got)
			}
		case issuing.VerdictRefused:
			wantKind(t, got.Refusal, issuing.ErrDeclined)
		case issuing.VerdictOpen:
			text := got.Unsettled.Error()
			if !strings.Contains(text, "no funds") || strings.Count(text, "look it up") != 1 || got.Unsettled.Pending.Attempts != 2 {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// TestWithoutAFingerprint: a key that gives none is no reason not to record and to settle,
// but nothing can be compared, so that nothing is sent again.
func TestWithoutAFingerprint(t *testing.T) {
	t.Parallel()
	l := &looks{answers: []error{errNothing}}
	b := opened(t, ByKey("Cards.DepositByKey"), l.look)
	b.facts = func(f *Facts) {
		f.Payload, f.Reference = []byte("what is sent"), issuing.NewSecret("4000123412341234")
		f.Secret("pin", issuing.NewSecret("493815"))
	}
	b.core = b.under(keyless)
	var record issuing.Pending
	_, err := b.send(t.Context(), b.core, request{Name: "n"}, issuing.WithRecord(
		func(_ context.Context, p issuing.Pending) error { record = p; return nil }))
	wantKind(t, err, issuing.ErrOutcomeUnknown)
	if record.Key != "order-1" || record.Credentials != "" || record.Payload != "" || record.Secrets != nil {
		t.Errorf("%+v", record)
	}
	if got := b.settle(b.core, record, issuing.VerdictAbsent); !got.ResendSameKey {
		t.Errorf("%+v", got)
	}
	if l.asked[0].Same("pin", issuing.NewSecret("493815")) {
		t.Error("what cannot be compared is the same")
	}
	got := b.settle(b.core, record, issuing.VerdictOpen, again)
	if !errors.Is(got.Unsettled, errKeyless) || len(b.network.sent) != 1 {
		t.Errorf("%v, %d sent", got.Unsettled, len(b.network.sent))
	}
	// With the key again, what was recorded without it is still not sent.
	healthy := b.under(print)
	settlers := Settlers([]Op{b.op()}, Resend(NewSettler(b.op(), b.look), func(ctx context.Context, r request, opts ...issuing.CallOption) (*result, error) {
		return b.send(ctx, healthy, r, opts...)
	}))
	_, err = healthy.Settle(t.Context(), settlers, record, []issuing.SettleOption{again})
	wantKind(t, err, issuing.ErrInvalid)
	if len(b.network.sent) != 1 {
		t.Errorf("%d sent", len(b.network.sent))
	}
}

// TestOthers: a look gets the ids that the caller knows of, and knows none from nothing
// said.
func TestOthers(t *testing.T) {
	t.Parallel()
	l := &looks{answers: []error{nil}}
	b := opened(t, ByHistory("Cards.Transactions"), l.look)
	p := b.pending()
	b.settle(b.core, p, issuing.VerdictDone)
	b.settle(b.core, p, issuing.VerdictDone, issuing.WithOthers())
	b.settle(b.core, p, issuing.VerdictDone, issuing.WithOthers("1", "2"))
	if l.asked[0].Others != nil || l.asked[1].Others == nil || len(l.asked[1].Others) != 0 || !slices.Equal(l.asked[2].Others, []string{"1", "2"}) {
		t.Errorf("%v, %v, %v", l.asked[0].Others, l.asked[1].Others, l.asked[2].Others)
	}
}

// TestSettleDo: of an operation that the package does not know nothing is known, and it is
// never sent again.
func TestSettleDo(t *testing.T) {
	t.Parallel()
	b := opened(t, Nothing(), nil, reply{200, "ok sent"})
	for _, name := range []string{"Do", "Do /cards"} {
		p := b.pending()
		p.Op = name
		got, err := b.core.Settle(t.Context(), nil, p, []issuing.SettleOption{again})
		if err != nil || got.Verdict != issuing.VerdictOpen || !strings.Contains(got.Unsettled.Error(), "nothing is known") ||
			!errors.Is(got.Unsettled, errNoRepeat) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		b.network.sent = nil
	}
	p := b.pending()
	p.Op = "Done"
	_, err := b.core.Settle(t.Context(), nil, p, nil)
	wantKind(t, err, issuing.ErrInvalid)
}

// TestDisagreements: a row and a settler that contradict each other are told.
func TestDisagreements(t *testing.T) {
	t.Parallel()
	look := (&looks{}).look
	method := func(context.Context, request, ...issuing.CallOption) (*result, error) { return nil, nil }
	row := func(s Settle) Op { return Op{Name: "Cards.Deposit", Safety: transport.Keyed, Settle: s} }
	for name, c := range map[string]struct {
		settler Settler
		says    string
	}{
		"agrees":         {Resend(NewSettler(row(ByKey("X")), look), method), ""},
		"no rule":        {NewSettler[result](row(Nothing()), nil), "does not say"},
		"no look":        {Resend(NewSettler[result](row(ByKey("X")), nil), method), "a look is there or missing"},
		"a look":         {NewSettler(row(ByNobody("")), look), "a look is there or missing"},
		"no repeat":      {NewSettler(row(ByKey("X")), look), "sending it again"},
		"a repeat":       {Resend(NewSettler(row(ByKey("X").Once()), look), method), "sending it again"},
		"repeat, looked": {Resend(NewSettler(row(ByRepeat("")), look), method), ""},
	} {
		got := strings.Join(Disagreements(Settlers([]Op{c.settler.op}, c.settler)), "\n")
		if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestReadsOfARepeat: the options of a call that is sent again reach the reads that its
// method makes on its way, which are none of it.
func TestReadsOfARepeat(t *testing.T) {
	t.Parallel()
	n := &network{answers: []reply{{200, "ok value"}}}
	again := issuing.CallOptionFunc(func(cs *issuing.CallSettings) { cs.Resend = &issuing.Pending{Version: 1, Op: "Cards.Other"} })
	if _, err := Result[result](t.Context(), core(t, n), newCall(transport.Read, &toy{}, again)); err != nil || len(n.sent) != 1 {
		t.Errorf("%v, %d sent", err, len(n.sent))
	}
}
