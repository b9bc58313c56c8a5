package kazepay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Defaults of [ProbeConfig].
const (
	DefaultProbeInterval = time.Second
	DefaultProbeLimit    = 120
)

// maxSilence is how many requests in a row may stay without an answer.
const maxSilence = 3

// ProbeConfig says how a [Probe] asks. The zero ProbeConfig sends a request a second,
// 120 at most.
type ProbeConfig struct {
	Interval   time.Duration      // between two requests; 0 is DefaultProbeInterval
	Limit      int                // of requests; 0 is DefaultProbeLimit
	Candidates []sign.Profile     // in this order, hooks included; nil is ProbeCandidates
	Progress   func(ProbeAttempt) // is told of each request when it is answered; nil is nobody
}

func (c ProbeConfig) validate(p *check.Problems) {
	if c.Interval < 0 {
		p.Add("Interval", "must not be negative")
	}
	if c.Limit < 0 {
		p.Add("Limit", "must not be negative")
	}
	for i, candidate := range c.Candidates {
		p.Cause(fmt.Sprintf("Candidates[%d]", i), candidate.Validate())
	}
}

// ProbeAttempt is one request of a [Probe] and its answer.
type ProbeAttempt struct {
	Number  int            // from 1
	Profile sign.Profile   // the request was sealed under it
	Status  int            // of HTTP; 0 when there was no answer
	Code    Code           // head.code; "" when there was none
	Detail  string         // head.detail, or how an answer of another form begins; at most 200 characters
	Opened  []sign.Profile // under which the answer opens and verifies, the most likely first
	Err     error          // why no request was sent, or no answer came

	sent bool
}

// String says in one line what was tried and what came of it.
func (a ProbeAttempt) String() string {
	if a.Err != nil && a.Status == 0 {
		return fmt.Sprintf("%3d. %#v: %v", a.Number, a.Profile, a.Err)
	}
	text := fmt.Sprintf("%3d. %#v: status %d, code %.40q, ", a.Number, a.Profile, a.Status, string(a.Code))
	if len(a.Opened) > 0 {
		return text + fmt.Sprintf("opens under %#v", a.Opened[0])
	}
	return text + fmt.Sprintf("%q", a.Detail)
}

// ProbeResult is what a [Probe] found out.
type ProbeResult struct {
	Found    bool           // whether a profile was found
	Profile  sign.Profile   // for Config and CallbackConfig, when Found
	Others   []sign.Profile // that fit the last answer as well; usually none
	Attempts []ProbeAttempt // every request, in order
}

// String is the setting that was found, as it stands in a program, or the list of
// what was tried.
func (r *ProbeResult) String() string {
	if r.Found {
		text := fmt.Sprintf("Profile: %#v // found with request %d", r.Profile, len(r.Attempts))
		for _, other := range r.Others {
			text += fmt.Sprintf("\n// the answer fits as well: %#v", other)
		}
		return text
	}
	lines := []string{fmt.Sprintf("no profile found in %d requests:", len(r.Attempts))}
	for _, a := range r.Attempts {
		lines = append(lines, a.String())
	}
	return strings.Join(lines, "\n")
}

// ErrNoProfile is the error of a [Probe] that tried all it was allowed to.
var ErrNoProfile = errors.New("no candidate's request was answered by a message that opens")

// Probe finds [Config.Profile] where nobody says what it is. The platform does not
// open a request under another profile and answers it unsigned, which tells nothing;
// so a probe seals one harmless read (getWebhookUrl) after the other, each under the
// next candidate, until an answer opens. It sends nothing else, and cfg.Profile is not
// looked at.
//
// The order is that of [ProbeCandidates]. Where the platform's words tell what of a
// message it cannot open, the wrap and the key's text that got further are kept, and
// 20 requests are enough; an answer that opens names the profile, that of a failure
// included. A profile that was told by an answer is confirmed by a request of its own.
//
// Limit requests that open nothing are an error of kind issuing.ErrNotFound with
// [ErrNoProfile] behind it; three in a row without an answer are the last one's error.
// The result lists all of them in every case, and is nil only when the configuration
// is refused. Candidates that FIPS 140-only mode forbids are listed and not sent.
func Probe(ctx context.Context, cfg Config, probe ProbeConfig, opts ...issuing.Option) (*ProbeResult, error) {
	var p check.Problems
	if probe.validate(&p); p.Any() {
		return nil, p.Err(providerName, "Probe")
	}
	if probe.Limit == 0 {
		probe.Limit = DefaultProbeLimit
	}
	if probe.Interval == 0 {
		probe.Interval = DefaultProbeInterval
	}
	if probe.Candidates == nil {
		probe.Candidates = ProbeCandidates()
	}
	cfg.Profile = sign.Profile{}
	client, err := New(cfg, append(slices.Clone(opts), issuing.WithMaxAttempts(1))...)
	if err != nil {
		return nil, err
	}
	s := &search{client: client, probe: probe, left: slices.Clone(probe.Candidates), result: &ProbeResult{}}
	return s.result, s.run(ctx)
}

// search is a probe under way.
type search struct {
	client *Client
	probe  ProbeConfig
	left   []sign.Profile // candidates that were not tried
	first  []sign.Profile // those that an answer told, before all others
	seen   []told
	result *ProbeResult
}

func (s *search) run(ctx context.Context) error {
	silent := 0
	for sent := 0; sent < s.probe.Limit; {
		candidate, ok := s.next()
		if !ok {
			break
		}
		a := s.ask(ctx, candidate)
		a.Number = len(s.result.Attempts) + 1
		s.result.Attempts = append(s.result.Attempts, a)
		if s.probe.Progress != nil {
			s.probe.Progress(a)
		}
		switch {
		case s.concluded(a):
			return nil
		case ctx.Err() != nil:
			return probeError(issuing.ErrCanceled, ctx.Err())
		case !a.sent:
			continue
		case a.Status != 0 && a.Status != statusBusy:
			silent = 0
		default:
			if silent++; silent == maxSilence {
				return a.Err
			}
			s.first = append([]sign.Profile{candidate}, s.first...)
		}
		if sent++; sent < s.probe.Limit && !pause(ctx, s.probe.Interval) {
			return probeError(issuing.ErrCanceled, ctx.Err())
		}
	}
	return probeError(issuing.ErrNotFound, ErrNoProfile)
}

func probeError(kind, cause error) error {
	return &issuing.Error{Provider: providerName, Op: "Probe", Kind: kind, Err: cause}
}

// statusBusy asks for a request once more, later.
const statusBusy = http.StatusTooManyRequests

// ask sends the read under a candidate.
func (s *search) ask(ctx context.Context, candidate sign.Profile) ProbeAttempt {
	cfg := s.client.cfg
	cfg.Profile = candidate
	a := ProbeAttempt{Profile: candidate}
	x := &exchange{c: newClient(cfg, s.client.core, s.client.sent), o: opURL, in: noFields{}}
	x.o.name = "Probe"
	var body []byte
	x.heard = func(status int, head answerHead, answer []byte) {
		a.Status, a.Code, a.Detail = status, head.Code, head.Detail
		body = answer
	}
	err := x.c.core.Do(ctx, x.c.call(x, noFields{}.validate, nil))
	a.sent = !errors.As(err, new(unsealed))
	if a.Status == 0 || a.Status == statusBusy {
		a.Err = err
	}
	if a.Code == "" {
		a.Detail = string(body[:min(len(body), 4*maxDetail)])
	}
	a.Detail = clipText(a.Detail)
	a.Opened = opens(cfg, candidate, body)
	return a
}

// opens returns the profiles under which an answer opens: the candidate, if it is one
// of them, before the rest.
func opens(cfg Config, candidate sign.Profile, body []byte) []sign.Profile {
	e, err := sign.ParseEnvelope(wire.TrimBOM(body))
	if err != nil || e.Encrypt == "" {
		return nil
	}
	found, _ := sign.DetectKazePayProfile(cfg.PrivateKey, cfg.PlatformKey, wire.TrimBOM(body))
	if i := slices.Index(found, candidate); i > 0 {
		found = slices.Insert(slices.Delete(found, i, i+1), 0, candidate)
	}
	if _, err := candidate.Open(cfg.PrivateKey, cfg.PlatformKey, e); err == nil && len(found) == 0 {
		found = []sign.Profile{candidate} // by its hooks
	}
	return found
}

// maxDetail bounds the platform's words in a list.
const maxDetail = 200

// clipText bounds a platform's words and drops what no line of text has.
func clipText(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > maxDetail {
		return string(runes[:maxDetail]) + "…"
	}
	return text
}

// concluded takes an answer to account, and reports whether it ends the probe.
func (s *search) concluded(a ProbeAttempt) bool {
	if a.Status != 0 && a.Status != statusBusy {
		s.seen = append(s.seen, told{a.Profile, wordsOf(a)})
	}
	if len(a.Opened) == 0 {
		return false
	}
	// Under the platform's own profile even a refusal is no longer about the envelope.
	if a.Opened[0] == a.Profile {
		s.result.Found, s.result.Profile, s.result.Others = true, a.Profile, a.Opened[1:]
		return true
	}
	for _, p := range slices.Backward(a.Opened) {
		if !s.tried(p) {
			s.first = append([]sign.Profile{p}, s.first...)
		}
	}
	return false
}

func (s *search) tried(p sign.Profile) bool {
	return slices.ContainsFunc(s.seen, func(t told) bool { return t.profile == p })
}
