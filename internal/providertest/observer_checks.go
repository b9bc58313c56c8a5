package providertest

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// spans counts what an observer is told, nested as a trace nests it.
type spans struct {
	open, started int
	ends          []issuing.CallEnd
	problems      []string
}

type spanKey struct{}

// observer begins a span of its own for each call and each attempt, and notes where
// the context of one does not reach the other.
func (s *spans) observer() issuing.Observer {
	within := func(ctx context.Context, what, op string) {
		if got, _ := ctx.Value(spanKey{}).(string); got != op {
			s.problems = append(s.problems, what+" of "+op+" has the context of "+got)
		}
	}
	return issuing.Observer{
		Start: func(ctx context.Context, call issuing.CallStart) context.Context {
			s.open++
			s.started++
			return context.WithValue(ctx, spanKey{}, call.Op)
		},
		End: func(ctx context.Context, call issuing.CallEnd) {
			s.open--
			within(ctx, "the end", call.Op)
			s.ends = append(s.ends, call)
		},
		StartAttempt: func(ctx context.Context, attempt issuing.AttemptStart) context.Context {
			within(ctx, "an attempt", attempt.Op)
			if attempt.Host == "" || attempt.Attempt < 1 || attempt.Template == "" {
				s.problems = append(s.problems, attempt.Op+": an attempt without host, number or path")
			}
			return context.WithValue(ctx, spanKey{}, "attempt of "+attempt.Op)
		},
		EndAttempt: func(ctx context.Context, attempt issuing.CallEvent) {
			within(ctx, "the end of an attempt", "attempt of "+attempt.Op)
		},
	}
}

// last is the end of an operation's last call, of which there is one.
func (s *spans) last(t testing.TB, op string) issuing.CallEnd {
	t.Helper()
	var found []issuing.CallEnd
	for _, end := range s.ends {
		if end.Op == op {
			found = append(found, end)
		}
	}
	if len(found) != 1 || s.open != 0 || s.started != len(s.ends) {
		t.Fatalf("%s: %d ends of it; %d calls began, %d ended", op, len(found), s.started, len(s.ends))
	}
	s.started, s.ends = 0, nil
	return found[0]
}

// observed: an observer is told of every call's end what the caller is told, whatever
// the end is, and a call's context reaches its attempts.
func observed(ctx context.Context, t testing.TB, p Provider) {
	s := &spans{}
	b := p.Open(t, issuing.WithObserver(s.observer()))
	for _, op := range b.Ops {
		for name, end := range map[string]struct {
			call    func() Call
			arrange func()
		}{
			"a success":        {op.Ready, func() {}},
			"refused unsent":   {func() Call { return op.Invalid }, func() {}},
			"refused":          {op.Ready, func() { b.Refuse(op.Name, "no") }},
			"a strange answer": {op.Ready, func() { check(t, b.Platform.Inject(op.Name, issuingtest.Refuse(http.StatusBadRequest, "{}"))) }},
			"lost answers": {op.Ready, func() {
				b.Platform.Choose(func(name string) issuingtest.Fault {
					if name == op.Name {
						return issuingtest.DropAfter()
					}
					return issuingtest.Fault{}
				})
			}},
		} {
			call := end.call()
			s.started, s.ends, s.problems = 0, nil, nil
			end.arrange()
			info := stale()
			err := call(ctx, issuing.WithCallInfo(&info))
			b.Platform.Choose(nil)
			got := s.last(t, op.Name)
			for _, problem := range s.problems {
				t.Errorf("%s, %s: %s", op.Name, name, problem)
			}
			want := issuing.CallEnd{
				Provider: p.Name, Op: op.Name, Safety: got.Safety, Key: info.Key, RequestID: info.RequestID,
				Status: info.Status, Attempts: info.Attempts, Settled: info.Settled, Duration: got.Duration, Err: err,
				Pending: got.Pending,
			}
			pending, open := issuing.PendingOf(err)
			if open != errors.Is(err, issuing.ErrOutcomeUnknown) || open != (got.Pending != nil) ||
				(open && !reflect.DeepEqual(*got.Pending, pending)) {
				t.Errorf("%s, %s: pending %+v, want %+v", op.Name, name, got.Pending, pending)
			}
			var e *issuing.Error
			if errors.As(err, &e) {
				want.Kind, want.Code = e.Kind, e.Code
			}
			if got != want || got.Duration < 0 || got.Safety == "" {
				t.Errorf("%s, %s: %+v, want %+v", op.Name, name, got, want)
			}
		}
	}
}

// panics: a call in which the merchant's code panics ends for the observer as well.
func panics(ctx context.Context, t testing.TB, p Provider) {
	s := &spans{}
	b := p.Open(t, issuing.WithObserver(s.observer()), issuing.WithLimiter(func(context.Context) error { panic("the limiter") }))
	op := b.op(transport.Read)
	func() {
		defer func() { _ = recover() }()
		_ = op.Call(ctx)
		t.Errorf("%s: the panic is swallowed", op.Name)
	}()
	if end := s.last(t, op.Name); !errors.Is(end.Err, issuing.ErrPanic) || issuing.KindName(end.Kind) != "panic" {
		t.Errorf("%s: %+v", op.Name, end)
	}
}

// callsLogged: [issuing.LogCalls] writes one line a call, with its kind, and neither
// the platform's words nor a secret.
func callsLogged(ctx context.Context, t testing.TB, p Provider) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := p.Open(t, issuing.WithObserver(issuing.LogCalls(logger)))
	for _, op := range b.Ops {
		call := op.Ready()
		b.Refuse(op.Name, "words of the platform: "+strings.Join(op.Secrets, " and "))
		log.Reset()
		err := call(ctx)
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		line := lines[len(lines)-1]
		for _, part := range []string{
			"provider=" + p.Name, "op=" + op.Name, "kind=" + issuing.KindName(err), "attempts=", "duration=",
		} {
			if !strings.Contains(line, part) {
				t.Errorf("%s: no %s in %s", op.Name, part, line)
			}
		}
		if strings.Contains(log.String(), "words of") {
			t.Errorf("%s: the platform's words are logged: %s", op.Name, log.String())
		}
		for _, secret := range op.Secrets {
			if stands(log.String(), secret) {
				t.Errorf("%s: a secret is logged: %s", op.Name, log.String())
			}
		}
	}
}
