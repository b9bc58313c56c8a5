package platform

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// TestCallbackVerify: Verify sees the headers and the whole answer, and the log
// keeps its beginning.
func TestCallbackVerify(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Signed", r.Header.Get("X-Attempt"))
		_, _ = w.Write([]byte(long))
	}))
	defer target.Close()
	clock := issuingtest.NewClock(start)
	s, _ := newServer(t, Config{Clock: clock})
	cb := callback(target.URL, "event")
	cb.Accepted = func(int, []byte) bool { t.Error("Accepted was asked beside Verify"); return true }
	var seen []string
	cb.Verify = func(attempt, status int, header http.Header, body []byte) bool {
		if status != http.StatusOK || string(body) != long {
			t.Errorf("attempt %d: status %d, %d bytes", attempt, status, len(body))
		}
		seen = append(seen, header.Get("X-Signed"))
		return attempt == 2
	}
	s.Push(cb)
	clock.Advance(24 * time.Hour)
	d := s.Deliveries()
	if len(d) != 2 || d[0].Accepted || !d[1].Accepted || len(d[0].Answer) != maxLoggedAnswer || strings.Join(seen, ",") != "1,2" {
		t.Errorf("%d deliveries, seen %v", len(d), seen)
	}
}
