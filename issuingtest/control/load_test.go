package control

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// loaded is a platform under control, with a client and a card.
type loaded struct {
	platform *worldcardtest.Server
	handler  *Handler
	client   *worldcard.Client
	card     string
}

func newLoaded(t testing.TB, cfg worldcardtest.Config) loaded {
	t.Helper()
	platform, err := worldcardtest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	handler, err := New(Config{Platforms: []Platform{{Name: "worldcard", Platform: platform.Platform}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(handler.Close)
	client, err := worldcard.New(platform.ClientConfig(), issuing.WithClock(platform.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	card, err := platform.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	if err != nil {
		t.Fatal(err)
	}
	return loaded{platform, handler, client, card}
}

// page asks for a page of the control's.
func (l loaded) page(t testing.TB, path string) string {
	w := httptest.NewRecorder()
	l.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	if w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	return w.Body.String()
}

// request sends a request that the platform answers.
func (l loaded) request(t testing.TB) {
	if _, err := l.client.Virtual.Card(t.Context(), worldcard.ByCardID(l.card)); err != nil {
		t.Error(err)
	}
}

// unsigned sends a request that the platform refuses, which costs it little.
func (l loaded) unsigned(t testing.TB) {
	resp, err := http.Post(l.platform.URL()+"/api/v1/card/deposit", "application/json", nil)
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// Real requests and callbacks, of clients and to a service, leave a control that holds
// no more than it says.
func TestUnderLoad(t *testing.T) {
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	}))
	defer hook.Close()
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	l := newLoaded(t, worldcardtest.Config{Clock: clock, WebhookURL: hook.URL})
	begun := time.Now()
	held := grown(func() {
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				for i := range loadRequests / 4 {
					if i%10 == 0 {
						l.request(t)
					} else {
						l.unsigned(t)
					}
				}
			})
		}
		for i := range loadCallbacks {
			if err := l.platform.SendOTP(l.card, issuingtest.Challenge{Amount: "5.00", Code: issuing.NewSecret("1")}); err != nil {
				t.Fatal(err)
			}
			if i%100 == 99 {
				clock.Advance(0)
			}
		}
		workers.Wait()
	})
	t.Logf("%d requests and %d callbacks in %v: the process holds %.1f MB more", loadRequests, loadCallbacks,
		time.Since(begun).Round(time.Millisecond), float64(held)/1e6)
	if most := int64(usualMemory + platformMemory); held > most {
		t.Errorf("the process holds %d bytes more, more than %d", held, most)
	}
	for path, want := range map[string]string{
		"/v1/requests?limit=1":  fmt.Sprintf(`"dropped":%d,`, max(loadRequests-MaxRequests, 0)),
		"/v1/callbacks?limit=1": fmt.Sprintf(`"dropped":%d,`, max(loadCallbacks-MaxCallbacks, 0)),
	} {
		if got := l.page(t, path); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// platformMemory is what the platform's own records may take beside the control's: its
// log of 10,000 deliveries, and the nonces of ten minutes.
const platformMemory = 64 << 20

// BenchmarkPage is a list page over a full log; requests whose traces it shows stand
// beside it: one that a client signs and the platform answers, and the cheapest that
// there is.
func BenchmarkPage(b *testing.B) {
	l := newLoaded(b, worldcardtest.Config{})
	fill(l.handler.log, 100_000, 50_000)
	for _, tt := range []struct{ name, path string }{
		{"list page", "/v1/requests"}, {"list page, no match", "/v1/requests?operation=none"}, {"callbacks page", "/v1/callbacks"},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.page(b, tt.path)
			}
		})
	}
	b.Run("request, by the client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.request(b)
		}
	})
	b.Run("request, refused unsigned", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.unsigned(b)
		}
	})
}
