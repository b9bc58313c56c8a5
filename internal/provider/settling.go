package provider

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// grace is how long after a call has ended its request may still be on its way, in a
// proxy's queue or the platform's. No provider publishes a bound: one minute is twice
// what an attempt may take.
const grace = time.Minute

// Settle finds out what became of a write, with the settler of its operation. Its error
// means that the pending cannot be read, or that an option does not fit it; a platform
// that cannot be asked leaves it open.
func (c *Core) Settle(ctx context.Context, settlers map[string]Settler, p issuing.Pending,
	opts []issuing.SettleOption,
) (issuing.Settlement, error) {
	s := settling{core: c, p: p, settings: issuing.NewSettleSettings(opts...)}
	problem := s.read(settlers)
	if problem == "" && s.row.needs && !s.settings.Reference.IsZero() {
		var err error
		if problem, err = s.checkReference(ctx); err != nil {
			return s.open(err), nil
		}
	}
	if problem != "" {
		return s.open(nil), &issuing.Error{
			Provider: c.name, Op: "Settle", Kind: issuing.ErrInvalid, Key: p.Key,
			Fields: []issuing.FieldError{{Field: "pending", Problem: problem}},
		}
	}
	return s.settle(ctx)
}

// settling is a Settle on its way.
type settling struct {
	core     *Core
	p        issuing.Pending
	settings issuing.SettleSettings
	row      Settler
}

// read finds the pending's row, and says what is wrong with it.
func (s *settling) read(settlers map[string]Settler) (problem string) {
	p, known := s.p, false
	s.row, known = settlers[p.Op]
	switch {
	case p.Version < 1:
		return "has no version: it is not what WithRecord or PendingOf gave"
	case p.Version > issuing.PendingVersion:
		return fmt.Sprintf("has version %d, of which this release knows nothing", p.Version)
	case p.Provider != s.core.name:
		return fmt.Sprintf("is of %q: give it to that provider's client", p.Provider)
	case p.Op == "Do" || strings.HasPrefix(p.Op, "Do "):
		s.row = Settler{op: Op{Name: p.Op, Settle: ByNobody("nothing is known about the operation")}}
	case !known:
		return fmt.Sprintf("names %q, which is no write of this release", p.Op)
	case p.SentAt.IsZero():
		return "does not say when it was sent"
	}
	if p.Key == "" && s.row.op.Settle.By == issuing.SettledByKey {
		return "has no key, by which it is looked up"
	}
	return ""
}

// checkReference refuses a reference that is not the pending's.
func (s *settling) checkReference(ctx context.Context) (problem string, _ error) {
	digest, err := s.core.digests(ctx)
	switch want := s.p.Secrets[reference]; {
	case err != nil:
		return "", err
	case s.p.Credentials != digest.credentials():
		return "was made under other credentials, so that its reference cannot be compared", nil
	case !hmac.Equal([]byte(want), []byte(digest.of(reference, s.settings.Reference.Reveal()))):
		return "has another reference", nil
	}
	return "", nil
}

func (s *settling) settle(ctx context.Context) (issuing.Settlement, error) {
	found := s.look(ctx)
	again := found.Verdict == issuing.VerdictAbsent || (found.Verdict == issuing.VerdictOpen && s.untold(found))
	if s.settings.Resend == nil || !again {
		return found, nil
	}
	if err := s.repeatable(); err != nil {
		if found.Verdict == issuing.VerdictOpen {
			found.Unsettled.Err = err
		}
		return found, nil
	}
	return s.resend(ctx)
}

// untold reports whether asking can tell nothing, rather than that it failed.
func (s *settling) untold(found issuing.Settlement) bool {
	return s.row.look == nil || errors.Is(found.Unsettled, ErrUntold)
}

// look asks what became of the write.
func (s *settling) look(ctx context.Context) issuing.Settlement {
	if s.row.look == nil {
		return s.open(nil)
	}
	if s.row.needs && s.settings.Reference.IsZero() {
		return s.open(errNoReference)
	}
	sought := Sought{Pending: s.p, Reference: s.settings.Reference, Others: s.settings.Others}
	if len(s.p.Secrets) > 0 {
		digest, err := s.core.digests(ctx)
		if err != nil {
			return s.open(err)
		}
		switch {
		case s.p.Credentials == digest.credentials():
			sought.digests = digest
		case s.row.op.Settle.By == issuing.SettledByKey:
			sought.Secrets = nil // the key identifies it, whose digests cannot be compared
		default:
			return s.open(errOtherCredentials) // every secret would look like another one
		}
	}
	result, err := s.row.look(ctx, sought)
	switch {
	case err != nil:
		return s.open(err)
	case result != nil:
		return s.found(result)
	case s.row.op.Settle.By == issuing.SettledByHistory:
		return s.open(errNotListed)
	}
	return issuing.Settlement{
		Verdict: issuing.VerdictAbsent, AbsentSince: s.absentSince(), ResendSameKey: s.repeatable() == nil,
	}
}

// ErrUntold is a look's verdict: what it sees does not tell. A provider that recognises a
// repeat may be sent one.
var ErrUntold = errors.New("what the platform shows does not tell")

var (
	errNoReference = errors.New("what it was about is a secret, which the pending does not hold: " +
		"give it with issuing.WithReference")
	errOtherCredentials = errors.New("it was made under other credentials, so that its secrets cannot be compared")
	errNotListed        = errors.New("it is not listed, which proves nothing: it may be listed later")
	errOtherType        = errors.New("the request is not of the type that the operation's method takes")
	errNoRepeat         = errors.New("it was not sent again: the provider does not say that it recognises a repeat")
	errFailed           = errors.New("the platform accepted it, and it failed")
)

// found is the settlement of a write that the platform knows.
func (s *settling) found(result any) issuing.Settlement {
	if s.row.failed != nil && s.row.failed(result) {
		return issuing.Settlement{Verdict: issuing.VerdictRefused, Result: result, Refusal: &issuing.Error{
			Provider: s.core.name, Op: s.p.Op, Kind: issuing.ErrDeclined, Key: s.p.Key, Err: errFailed,
		}}
	}
	return issuing.Settlement{Verdict: issuing.VerdictDone, Result: result}
}

// open is the settlement of a write of which nothing more can be told, because of err.
func (s *settling) open(err error) issuing.Settlement {
	u := s.row.op.Settle.unsettled(s.p.Key)
	u.Pending, u.Err = s.p, err
	return issuing.Settlement{Verdict: issuing.VerdictOpen, Unsettled: u}
}

// longest is how long a call of this client may take.
func (s *settling) longest() time.Duration {
	settings := s.core.Settings()
	return time.Duration(settings.MaxAttempts) * (settings.Timeout + settings.MaxRetryWait)
}

// absentSince is when the write would be known, had it been carried out. The end of a
// call that only recorded its beginning is not known: it may be under way.
func (s *settling) absentSince() time.Time {
	ended := s.p.EndedAt
	if ended.IsZero() {
		ended = s.p.SentAt.Add(s.longest())
	}
	return ended.Add(grace)
}

// repeatable says why the write may not be sent again.
func (s *settling) repeatable() error {
	rule := s.row.op.Settle
	if !rule.Resend || s.row.resend == nil {
		return errNoRepeat
	}
	if rule.Window > 0 && s.core.Now().Add(s.longest()).After(s.p.SentAt.Add(rule.Window)) {
		return fmt.Errorf("it was not sent again: the provider recognises a repeat for %v, which are over", rule.Window)
	}
	return nil
}

// resend sends the write again.
func (s *settling) resend(ctx context.Context) (issuing.Settlement, error) {
	before := s.p
	result, err := s.row.resend(ctx, before, s.settings.Resend, []issuing.CallOption{
		issuing.CallOptionFunc(func(cs *issuing.CallSettings) { cs.IdempotencyKey, cs.Resend = before.Key, &before }),
	})
	var e *issuing.Error
	switch {
	case err == nil:
		return s.found(result), nil
	case errors.Is(err, errOtherType):
		return s.open(nil), &issuing.Error{
			Provider: s.core.name, Op: "Settle", Kind: issuing.ErrInvalid, Key: s.p.Key,
			Fields: []issuing.FieldError{{Field: "request", Problem: "is not of the type that the operation's method takes"}},
		}
	case !errors.As(err, &e):
		return s.open(err), nil
	case errors.Is(err, issuing.ErrOutcomeUnknown):
		return s.unsettled(ctx, e), nil
	case e.Attempts == 0 && (errors.Is(err, issuing.ErrInvalid) || errors.Is(err, issuing.ErrNotConfigured)):
		return s.open(err), err
	case e.Attempts == 0:
		return s.open(err), nil
	}
	return issuing.Settlement{Verdict: issuing.VerdictRefused, Refusal: err}, nil
}

// unsettled is the settlement after a repeat that left it open: a refused one is absent
// when the platform still knows nothing of it.
func (s *settling) unsettled(ctx context.Context, e *issuing.Error) issuing.Settlement {
	var u *issuing.Unsettled
	why := *e
	if errors.As(e, &u) {
		s.p, why.Err = u.Pending, u.Err // what to ask is said once
	}
	found := s.look(ctx)
	switch {
	case found.Verdict == issuing.VerdictOpen:
		found = s.open(&why)
	case found.Verdict == issuing.VerdictAbsent:
		found.Refusal = e
	}
	return found
}
