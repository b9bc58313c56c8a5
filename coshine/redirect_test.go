package coshine_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// TestRedirectOnTheSameHostIsFollowed re-sends the very request: body, tranId
// and timestamp, in both ways to authenticate.
func TestRedirectOnTheSameHostIsFollowed(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]coshinetest.Config{"static token": {}, "OAuth": {OAuth: true}} {
		for _, hops := range []int{1, 3} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				server, client := full(t, cfg)
				card := activeCard(t, client, "C1")
				path := "/tranmgr/loadFund"
				locations := []string{server.MovedURL() + path, "/card-api" + path, "/moved/card-api" + path}
				redirect(t, server, "Cards.Deposit", locations[:hops]...)
				var info issuing.CallInfo
				_, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "10.00"), issuing.WithCallInfo(&info))
				if err != nil {
					t.Fatal(err)
				}
				log := server.Received("Cards.Deposit")
				if len(log) != hops+1 || info.Attempts != hops+1 {
					t.Fatalf("%d requests, %d attempts for %d hops", len(log), info.Attempts, hops)
				}
				for _, r := range log[1:] {
					want := log[0]
					want.Path = r.Path
					if diff := cmp.Diff(want, r, cmp.Comparer(issuing.Secret.Equal)); diff != "" {
						t.Errorf("the request changed on its way:\n%s", diff)
					}
				}
				if log[0].Path == log[1].Path {
					t.Error("the redirect went nowhere")
				}
				if n := server.Booked(info.Key); n != 1 || server.Balance(card.CardToken).String() != "10.00" {
					t.Errorf("booked %d times, balance %s", n, server.Balance(card.CardToken))
				}
			})
		}
	}
}

// TestLostAnswerAfterARedirectIsOpen: the re-sent request may have been carried
// out, and the error counts both attempts.
func TestLostAnswerAfterARedirectIsOpen(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	card := activeCard(t, client, "C1")
	redirect(t, server, "Cards.Deposit", "/moved/card-api/tranmgr/loadFund")
	inject(t, server, "Cards.Deposit", issuingtest.Fault{}, issuingtest.DropAfter())
	_, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "10.00"))
	var e *issuing.Error
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &e) || e.Attempts != 2 || server.Booked(e.Key) != 1 {
		t.Errorf("got %v", err)
	}
	checkWayOut(t, e.Key, err)
}

// stranger is a server that nobody must send a token to.
func stranger(t *testing.T, tls bool) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, `{"responseCode":"00"}`)
	})
	server := httptest.NewUnstartedServer(handler)
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, &asked
}

// TestDangerousRedirectsAreRefused: another host, plain http, a fourth hop and
// unusable addresses end the call. Nothing is sent there, and no error shows a
// token or an address.
func TestDangerousRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	other, asked := stranger(t, false)
	secure, askedSecure := stranger(t, true)
	path := "/tranmgr/loadFund"
	for name, locations := range map[string][]string{
		"another host":            {other.URL + "/card-api" + path},
		"another host with https": {secure.URL + "/card-api" + path},
		"host without scheme":     {"//" + strings.TrimPrefix(other.URL, "http://") + path},
		"user in the address":     {"http://user@" + strings.TrimPrefix(other.URL, "http://") + path},
		"another scheme":          {"ftp://127.0.0.1" + path},
		"no address":              {""},
		"broken address":          {"http://[::1" + path},
		"very long address":       {"/" + strings.Repeat("a", 5000)},
		"after a good hop":        {"/moved/card-api" + path, other.URL + path},
		"fourth hop": {
			"/moved/card-api" + path, "/card-api" + path, "/moved/card-api" + path, "/card-api" + path,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := full(t, coshinetest.Config{})
			card := activeCard(t, client, "C1")
			redirect(t, server, "Cards.Deposit", locations...)
			_, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "10.00"))
			if !errors.Is(err, issuing.ErrRedirected) || !errors.Is(err, issuing.ErrOutcomeUnknown) {
				t.Errorf("got %v", err)
			}
			if n := server.Requests("Cards.Deposit"); n != len(locations) {
				t.Errorf("%d requests for %d redirects", n, len(locations))
			}
			text := err.Error()
			for _, leak := range []string{server.Token().Reveal(), "127.0.0.1", "http"} {
				if strings.Contains(strings.ReplaceAll(text, "http 307", ""), leak) {
					t.Errorf("the error shows %q: %s", leak, text)
				}
			}
			if server.Balance(card.CardToken).Sign() != 0 {
				t.Error("money moved")
			}

			// A read says so plainly: nothing is open.
			for _, location := range locations {
				redirect(t, server, "Cards.Balance", strings.ReplaceAll(location, path, "/tranmgr/balanceInquiry"))
			}
			_, err = client.Cards.Balance(t.Context(), coshine.TransactionRequest{CardRef: coshine.ByToken(card.CardToken)})
			if !errors.Is(err, issuing.ErrBadResponse) || !errors.Is(err, issuing.ErrRedirected) {
				t.Errorf("a read: %v", err)
			}
		})
	}
	t.Cleanup(func() {
		if n := asked.Load() + askedSecure.Load(); n != 0 {
			t.Errorf("%d requests reached another host", n)
		}
	})
}

// TestRedirectFromHTTPS keeps to https, and leaves the host only where the
// configuration names the other one.
func TestRedirectFromHTTPS(t *testing.T) {
	t.Parallel()
	plain, asked := stranger(t, false)
	second := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(append(body[:len(body)-1], `,"responseCode":"00"}`...))
	}))
	t.Cleanup(second.Close)
	var location atomic.Value
	first := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", location.Load().(string))
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	t.Cleanup(first.Close)
	host := strings.TrimPrefix(second.URL, "https://")
	for name, c := range map[string]struct {
		location string
		hosts    []string
		ok       bool
	}{
		"plain http on loopback": {plain.URL, nil, false},
		"plain http, host named": {plain.URL, []string{strings.TrimPrefix(plain.URL, "http://")}, false},
		"host not named":         {second.URL, nil, false},
		"host without its port":  {second.URL, []string{"127.0.0.1"}, false},
		"host named":             {second.URL, []string{strings.ToUpper(host)}, true},
	} {
		location.Store(c.location)
		client, err := coshine.New(coshine.Config{
			BaseURL: first.URL, ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t"), RedirectHosts: c.hosts,
		}, issuing.WithHTTPClient(first.Client()), issuing.WithMaxAttempts(1))
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Cards.Card(t.Context(), coshine.CardRequest{CardToken: "T"})
		if (err == nil) != c.ok || (!c.ok && !errors.Is(err, issuing.ErrRedirected)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if asked.Load() != 0 {
		t.Error("a token went over plain http")
	}
}

// TestRedirectsThatOnlyLookLikeTheHost: spellings of another host or port are
// refused, spellings of the same one are followed. Nothing is dialled but the
// first server.
func TestRedirectsThatOnlyLookLikeTheHost(t *testing.T) {
	t.Parallel()
	for location, followed := range map[string]bool{
		"https://{host}/x":                true,
		"HTTPS://{HOST}/x":                true,
		"//{host}/x":                      true,
		"../x":                            true,
		"?again":                          true,
		`/\evil.example/x`:                true, // a path of the same host
		"/%2f%2fevil.example":             true,
		"https:///x":                      false,
		"https:{host}/x":                  false,
		"https://user@{host}/x":           false,
		"https://user:pass@{host}/x":      false,
		"https://@{host}/x":               false,
		"https://{host}.evil.example/x":   false,
		"https://{host}@evil.example/x":   false,
		`https://{host}\@evil.example/x`:  false,
		"https://evil.example#@{host}/":   false,
		"https://evil.example?@{host}/":   false,
		"//evil.example/x":                false,
		"///evil.example/x":               true, // a path of the same host, as Go reads it
		"https://127.0.0.1/x":             false,
		"https://127.0.0.1:/x":            false,
		"https://127.0.0.1:0{port}/x":     false,
		"https://127.0.0.1.:{port}/x":     false,
		"https://127.1:{port}/x":          false,
		"https://2130706433:{port}/x":     false,
		"https://localhost:{port}/x":      false,
		"https://[::1]:{port}/x":          false,
		"https://[::ffff:7f00:1]:{port}":  false,
		"https://127.0.0.1%2eevil:{port}": false,
		"http://{host}/x":                 false,
		"javascript:alert(1)":             false,
	} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if asked.Add(1) > 1 {
					_, _ = w.Write(append(body[:len(body)-1], `,"responseCode":"00"}`...))
					return
				}
				host := r.Host
				_, port, _ := strings.Cut(host, ":")
				w.Header()["Location"] = []string{strings.NewReplacer("{host}", host, "{HOST}", strings.ToUpper(host), "{port}", port).Replace(location)}
				w.WriteHeader(http.StatusTemporaryRedirect)
			}))
			t.Cleanup(server.Close)
			dialled := &recordHosts{base: server.Client().Transport}
			client, err := coshine.New(coshine.Config{BaseURL: server.URL + "/card-api", ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("the-token")},
				issuing.WithHTTPClient(&http.Client{Transport: dialled}))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Cards.Reissue(t.Context(), someCard)
			if followed != (err == nil) || (!followed && (!errors.Is(err, issuing.ErrRedirected) || asked.Load() != 1)) {
				t.Errorf("%d requests, %v", asked.Load(), err)
			}
			if dialled.strange.Load() != 0 {
				t.Error("a request left for another host")
			}
			if err != nil && (strings.Contains(err.Error(), "the-token") || strings.Contains(err.Error(), "evil")) {
				t.Errorf("the error shows too much: %v", err)
			}
		})
	}
}

// recordHosts counts requests to any host but the first one.
type recordHosts struct {
	base    http.RoundTripper
	first   atomic.Value
	strange atomic.Int64
}

func (h *recordHosts) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.first.CompareAndSwap(nil, r.URL.Host); !strings.EqualFold(r.URL.Host, h.first.Load().(string)) {
		h.strange.Add(1)
	}
	return h.base.RoundTrip(r)
}

// TestOtherRedirectsAreNotFollowed: 307 is the only one that is documented.
func TestOtherRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 308} {
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		client, err := coshine.New(coshine.Config{BaseURL: server.URL, ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Cards.Reissue(t.Context(), someCard)
		if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.Is(err, issuing.ErrRedirected) || asked.Load() != 1 {
			t.Errorf("%d: %d requests, %v", status, asked.Load(), err)
		}
		server.Close()
	}
}
