package platform_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/platform"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	f := platform.NewFailures("Cards.Deposit", "Virtual.Apply")
	if err := f.Add("Cards.Card", "no"); err == nil || !strings.Contains(err.Error(), `"Cards.Card"`) || !strings.Contains(err.Error(), "Virtual.Apply") {
		t.Errorf("an operation without a failure: %v", err)
	}
	for _, reason := range []string{"first", ""} {
		if err := f.Add("Cards.Deposit", reason); err != nil {
			t.Fatal(err)
		}
	}
	if _, fails := f.Take("Virtual.Apply"); fails {
		t.Error("another operation fails")
	}
	if err := f.Check(); err == nil || !strings.Contains(err.Error(), "2 of Cards.Deposit") {
		t.Errorf("left over: %v", err)
	}
	for _, want := range []string{"first", "failed"} {
		if got, fails := f.Take("Cards.Deposit"); !fails || got != want {
			t.Errorf("fails %t with %q, want %q", fails, got, want)
		}
	}
	if _, fails := f.Take("Cards.Deposit"); fails {
		t.Error("a failure happens twice")
	}
	if err := f.Check(); err != nil {
		t.Error(err)
	}
}

func TestSampleRequest(t *testing.T) {
	t.Parallel()
	r := platform.SampleRequest("/callbacks", http.Header{"X-Signature": {"s"}}, []byte("body"), nil)
	body := make([]byte, 4)
	if n, _ := r.Body.Read(body); n != 4 || string(body) != "body" || r.Header.Get("X-Signature") != "s" || r.Method != http.MethodPost {
		t.Errorf("%v %q", r, body)
	}
	unsigned := platform.SampleRequest("/callbacks", nil, nil, http.ErrNotSupported)
	if _, err := unsigned.Body.Read(body); err == nil || !strings.Contains(err.Error(), http.ErrNotSupported.Error()) {
		t.Errorf("reading an event that could not be signed: %v", err)
	}
}
