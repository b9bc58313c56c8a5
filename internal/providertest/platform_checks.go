package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

const nowhere = "Cards.Nowhere"

func unknownOperation(_ context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	if err := b.Platform.Inject(nowhere, issuingtest.DropAfter()); err == nil {
		t.Error("a fault for an operation that does not exist is accepted")
	}
	if err := b.Platform.Check(); err != nil {
		t.Errorf("a refused fault was queued: %v", err)
	}
	if n := b.Platform.Requests(nowhere); n != -1 {
		t.Errorf("%d requests of an operation that does not exist", n)
	}
	if err := b.Platform.Check(); err == nil || !strings.Contains(err.Error(), nowhere) {
		t.Errorf("the question for an operation that does not exist is forgotten: %v", err)
	}
}

func unfiredFault(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	for _, op := range b.Ops {
		check(t, b.Platform.Inject(op.Name, issuingtest.Fault{}))
		if err := b.Platform.Check(); err == nil || !strings.Contains(err.Error(), op.Name) {
			t.Errorf("a fault that has not fired: %v", err)
		}
		check(t, op.Call(ctx))
		if err := b.Platform.Check(); err != nil {
			t.Errorf("all faults have fired: %v", err)
		}
	}
}

// chooseFreely: five calls are in Choose at once, and Choose may ask the platform.
func chooseFreely(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	op := b.op(transport.Read)
	const callers = 5
	before := b.Platform.Requests(op.Name)
	var inside sync.WaitGroup
	inside.Add(callers)
	b.Platform.Choose(func(name string) issuingtest.Fault {
		if name == op.Name && b.Platform.Requests(op.Name)-before <= callers {
			inside.Done()
			inside.Wait()
		}
		return issuingtest.Fault{}
	})
	err := within(t, "five calls in Choose", func() error {
		var all sync.WaitGroup
		errs := make([]error, callers)
		for i := range callers {
			all.Go(func() { errs[i] = op.Call(ctx) })
		}
		all.Wait()
		return errors.Join(errs...)
	})
	if err != nil {
		t.Error(err)
	}
}

// endings are how a function of the test can end the platform's goroutine:
// t.FailNow calls the second.
var endings = map[string]func(){
	"panic": func() { panic(http.ErrAbortHandler) }, "FailNow": runtime.Goexit,
}

// survives: whatever a function of the test does, the platform can still be used.
func survives(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	op := b.op(transport.Read)
	usable := func(after string) {
		t.Helper()
		err := within(t, after, func() error { return errors.Join(op.Call(ctx), b.Platform.Check()) })
		if err != nil {
			t.Errorf("after %s: %v", after, err)
		}
	}
	for name, end := range endings {
		b.Platform.Choose(func(string) issuingtest.Fault {
			end()
			return issuingtest.Fault{}
		})
		if err := op.Call(ctx); err == nil {
			t.Errorf("%s: no request met it", name)
		}
		b.Platform.Choose(nil)
		usable(name + " in Choose")
		b.Platform.SetCallbackFault(issuingtest.CallbackFault{Forge: func(header http.Header, body []byte) (http.Header, []byte) {
			end()
			return header, body
		}})
		check(t, b.Notify())
		turned := false
		_ = within(t, name+" in Forge", func() error {
			alone(func() {
				b.Platform.Clock().Advance(0)
				turned = true
			})
			return nil
		})
		if turned {
			t.Errorf("%s: no callback met it", name)
		}
		b.Platform.SetCallbackFault(issuingtest.CallbackFault{})
		b.Platform.Clock().Advance(0)
		usable(name + " in Forge")
	}
	if b.Trap != nil {
		if err := b.Trap(ctx); err == nil {
			t.Error("no request met the panic of the configuration's function")
		}
		usable("a panic in the configuration's function")
	}
}

// alone runs f on a goroutine of its own, whatever becomes of that.
func alone(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	<-done
}

// callbacks: they are duplicated, held back and forged as the test wants, and the
// log of deliveries prints none of what was sent.
func callbacks(_ context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	clock := b.Platform.Clock()
	clock.Advance(time.Second)
	// sent has the platform notify the merchant and returns the first attempts.
	sent := func(fault issuingtest.CallbackFault) []issuingtest.Delivery {
		t.Helper()
		old := len(b.Platform.Deliveries())
		b.Platform.SetCallbackFault(fault)
		check(t, b.Notify())
		clock.Advance(0)
		var first []issuingtest.Delivery
		for _, d := range b.Platform.Deliveries()[old:] {
			if d.Attempt == 1 {
				first = append(first, d)
			}
		}
		return first
	}
	plain := sent(issuingtest.CallbackFault{})
	if len(plain) == 0 {
		t.Fatal("nothing was delivered")
	}
	for _, d := range plain {
		if d.Type == "" || d.URL != nobody || len(d.Body) == 0 || d.Accepted || !d.At.Equal(clock.Now()) {
			t.Errorf("delivery %v to %s, %d bytes", d, d.URL, len(d.Body))
		}
		if text := fmt.Sprintf("%v %+v %#v %s", d, d, d, logged(d)); strings.Contains(text, string(d.Body)) {
			t.Errorf("the log prints a callback: %s", text)
		}
	}
	if twice := sent(issuingtest.CallbackFault{Duplicate: true}); len(twice) != 2*len(plain) {
		t.Errorf("duplicated: %d deliveries for %d", len(twice), len(plain))
	}
	forge := func(http.Header, []byte) (http.Header, []byte) { return http.Header{}, []byte("forged") }
	for _, d := range sent(issuingtest.CallbackFault{Forge: forge}) {
		if string(d.Body) != "forged" {
			t.Errorf("forged: %q", d.Body)
		}
	}
	if held := sent(issuingtest.CallbackFault{Hold: true}); len(held) != 0 {
		t.Errorf("held back: %d deliveries", len(held))
	}
	b.Platform.SetCallbackFault(issuingtest.CallbackFault{})
	old := len(b.Platform.Deliveries())
	b.Platform.ReleaseCallbacks()
	clock.Advance(0)
	if n := len(b.Platform.Deliveries()) - old; n != len(plain) {
		t.Errorf("released: %d deliveries for %d", n, len(plain))
	}
}
