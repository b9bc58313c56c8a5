package control_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// A turn of the clock over HTTP does not wait behind one that a slow receiver of
// callbacks holds up, nor behind itself, where the receiver asks for it; and a turn
// that goes on behind is told of when it has ended.
func TestAdvanceNeverBlocksBehindAReceiver(t *testing.T) {
	t.Parallel()
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	var address string
	advance := func() (int, string) {
		resp, err := http.Post(address+"/v1/clock", "application/json", strings.NewReader(`{"advance":"1h"}`))
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer func() { _ = resp.Body.Close() }()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
	arrived, leave := make(chan struct{}), make(chan struct{})
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if status, text := advance(); status != http.StatusAccepted || !strings.Contains(text, `"turning":true`) {
			t.Errorf("from the receiver: %d %s", status, text)
		}
		close(arrived)
		<-leave
		_, _ = io.WriteString(w, "ok")
	}))
	defer hook.Close()
	platform, err := worldcardtest.NewServer(worldcardtest.Config{Clock: clock, WebhookURL: hook.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	handler, err := control.New(control.Config{Platforms: []control.Platform{{Name: "worldcard", Platform: platform.Platform}}})
	if err != nil {
		t.Fatal(err)
	}
	defer handler.Close()
	server := httptest.NewServer(handler)
	defer server.Close()
	address = server.URL
	card, err := platform.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	if err != nil {
		t.Fatal(err)
	}
	if err := platform.SendOTP(card, issuingtest.Challenge{Amount: "5.00", Code: issuing.NewSecret("1")}); err != nil {
		t.Fatal(err)
	}

	first := make(chan int, 1)
	go func() {
		status, _ := advance() // runs the delivery
		first <- status
	}()
	<-arrived
	if status, text := advance(); status != http.StatusAccepted || !strings.Contains(text, `"turning":true`) {
		t.Errorf("behind a slow receiver: %d %s", status, text)
	}
	resp, err := http.Get(address + "/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if strings.Contains(string(text), `"kind":"clock"`) {
		t.Errorf("a turn has ended while the receiver holds it up: %s", text)
	}
	close(leave)
	if status := <-first; status != http.StatusOK && status != http.StatusAccepted { // by how long the test took
		t.Errorf("%d", status)
	}
	s := &stage{server: server}
	seen := 0
	for seen < 3 {
		_, list := s.ask(t, http.MethodGet, "/v1/events", "")
		seen = strings.Count(list, `"kind":"clock"`)
	}
	if d := platform.Deliveries(); len(d) != 1 || !d[0].Accepted || !clock.Now().After(time.Date(2026, 4, 1, 2, 59, 0, 0, time.UTC)) {
		t.Errorf("%v at %v", d, clock.Now())
	}
}
