//go:build unix

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Who ends the service while a call is under way finds the call's outcome stored: what has
// begun ends, and nothing new is taken.
func TestShutdownStoresWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	address := t.TempDir() + "/merchant.db"
	s := newService(t, address, nil)
	card := s.card("worldcard")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready := make(chan struct{})
	ended := make(chan error, 1)
	cfg := s.cfg
	cfg.End = 10 * time.Millisecond
	go func() {
		ended <- serve(ctx, cfg, s.box.getenv, listener, func() error {
			close(ready)
			return nil
		})
	}()
	<-ready
	ok(t, s.box.worldcard.Inject("Cards.Deposit", issuingtest.DelayAfter(700*time.Millisecond)))
	o := s.deposit("worldcard", card, "k")
	eventually(t, "the call", func() bool { return s.at(o.ID).State == stateSending })
	// A request that does not end takes nothing of the jobs' time.
	endless, upload := io.Pipe()
	defer func() { _ = upload.Close() }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+listener.Addr().String()+
		"/v1/files/coshine/"+today()+"?layout=capture", endless)
	ok(t, err)
	go func() {
		if resp, err := http.DefaultClient.Do(r); err == nil {
			_ = resp.Body.Close()
		}
	}()
	_, err = upload.Write([]byte("HCAPTURED"))
	ok(t, err)
	cancel()
	select {
	case err := <-ended:
		ok(t, err)
	case <-time.After(15 * time.Second):
		t.Fatal("it does not end")
	}
	got := s.at(o.ID)
	if got.State != stateAccepted && got.State != stateDone || got.PlatformID == "" {
		t.Errorf("%s: %s", got.State, got.Note)
	}
	if resp, err := http.Get("http://" + listener.Addr().String() + "/readyz"); err == nil {
		_ = resp.Body.Close()
		t.Error("it still answers")
	}
}
