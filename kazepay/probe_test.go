package kazepay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// hurried is a probe that does not wait.
var hurried = kazepay.ProbeConfig{Interval: time.Nanosecond}

// probed are the profiles of which one has to be found: wrap and MGF1, key text,
// signature hash and mode.
func probed() (all []sign.Profile) {
	for _, wrap := range []sign.Profile{
		{}, {Wrap: sign.KeyWrapOAEPSHA1}, {Wrap: sign.KeyWrapOAEPSHA256}, {Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1},
	} {
		for _, text := range []sign.KeyText{sign.KeyTextBase64, sign.KeyTextRaw, sign.KeyTextHex, sign.KeyTextASCII} {
			for _, hash := range []sign.SignatureHash{sign.SignatureHashSHA1, sign.SignatureHashSHA256, sign.SignatureHashSHA512} {
				for _, mode := range []sign.Mode{sign.ModeECB, sign.ModeCBCZeroIV} {
					p := wrap
					p.KeyText, p.Hash, p.Mode = text, hash, mode
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// place is where the order has the candidate that stands for a profile, from 1.
func place(p sign.Profile) int {
	if p.KeyText == sign.KeyTextRaw {
		p.KeyText = sign.KeyTextASCII
	}
	if p.Mode == sign.ModeCBCZeroIV {
		p.Mode = sign.ModeECB
	}
	return slices.Index(kazepay.ProbeCandidates(), p) + 1
}

// probeAt probes a platform of a profile and holds that nothing but reads arrived.
func probeAt(t *testing.T, cfg kazepaytest.Config, probe kazepay.ProbeConfig) (*kazepay.ProbeResult, error) {
	t.Helper()
	server := startServer(t, cfg)
	defer server.Close()
	client := server.ClientConfig()
	client.Profile = sign.Profile{Wrap: sign.KeyWrapOAEPSHA1, Mode: sign.ModeCBCPrefixIV} // not looked at
	others := 0
	server.Choose(func(op string) issuingtest.Fault {
		if op != "Webhooks.URL" {
			others++
		}
		return issuingtest.Fault{}
	})
	result, err := kazepay.Probe(t.Context(), client, probe)
	if others != 0 || server.Requests("Webhooks.URL") != len(result.Attempts) {
		t.Errorf("%v: %d requests but the read, %d reads in %d attempts", cfg.Profile, others, server.Requests("Webhooks.URL"), len(result.Attempts))
	}
	return result, err
}

func TestProbeFindsEveryProfile(t *testing.T) {
	t.Parallel()
	all := probed()
	if len(all) != 96 {
		t.Fatalf("%d profiles", len(all))
	}
	// The same answer to everything that does not open; the stages told apart; failures
	// that are sealed.
	for name, quirks := range map[string]kazepaytest.Quirks{
		"silent": {}, "telling": {TellFailures: true}, "sealing": {Errors: kazepaytest.ErrorFormSealed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			most, sum, tried := 0, 0, 0
			for i, p := range all {
				if i%probeEvery != 0 || name == "sealing" && i%5 != 0 {
					continue // a sealed word tells each of them
				}
				tried++
				bound := place(p) + 1 // one more confirms what the answer told
				switch name {
				case "telling":
					bound = 20
				case "sealing":
					bound = 3
				}
				result, err := probeAt(t, kazepaytest.Config{Profile: p, Quirks: quirks, WebhookURL: "http://127.0.0.1:1/callbacks"}, hurried)
				if err != nil || !result.Found || result.Profile != p || len(result.Others) != 0 {
					t.Fatalf("%v: %v, %v", p, result, err)
				}
				if place(p) == 0 || len(result.Attempts) > bound {
					t.Errorf("%v: found with request %d, its place is %d, want %d at most", p, len(result.Attempts), place(p), bound)
				}
				if want := fmt.Sprintf("Profile: %#v // found with request %d", p, len(result.Attempts)); result.String() != want {
					t.Errorf("%s, want %s", result, want)
				}
				most, sum = max(most, len(result.Attempts)), sum+len(result.Attempts)
			}
			t.Logf("%d profiles found with %d requests at most, %d on average", tried, most, sum/tried)
		})
	}
}

// Beyond the grid: what is one choice away from it is in the order as well.
func TestProbeFindsFurtherChoices(t *testing.T) {
	t.Parallel()
	hooks := &sign.ProfileHooks{SignedBytes: func(p sign.SignedParts) []byte { return append([]byte("salt"), p.Payload...) }}
	for _, tt := range []struct {
		profile    sign.Profile
		candidates []sign.Profile
		bound      int
	}{
		{sign.Profile{Signed: sign.SignedBytesSorted}, nil, 20},
		{sign.Profile{Signed: sign.SignedBytesMessage, Hash: sign.SignatureHashSHA256}, nil, 20},
		{sign.Profile{Scheme: sign.SignatureSchemePSS, Hash: sign.SignatureHashSHA256, Wrap: sign.KeyWrapOAEPSHA256}, nil, 40},
		{sign.Profile{Cipher: sign.CipherAES256}, nil, 120}, {sign.Profile{Mode: sign.ModeCBCKeyIV}, nil, 120},
		{sign.Profile{Hash: sign.SignatureHashMD5}, nil, 120},
		{sign.Profile{Hooks: hooks}, []sign.Profile{{}, {Hooks: hooks}}, 2},
	} {
		probe := hurried
		probe.Candidates = tt.candidates
		result, err := probeAt(t, kazepaytest.Config{Profile: tt.profile, Quirks: kazepaytest.Quirks{TellFailures: true}}, probe)
		if err != nil || result.Profile != tt.profile || len(result.Attempts) > tt.bound {
			t.Errorf("%v: %d requests, %v, %v", tt.profile, len(result.Attempts), result.Profile, err)
		}
	}
}

func TestProbeGivesUpWithAList(t *testing.T) {
	t.Parallel()
	// Two choices away from every candidate.
	odd := sign.Profile{Cipher: sign.CipherAES192, Payload: sign.PayloadTextBase64, Signed: sign.SignedBytesSorted}
	for _, tell := range []bool{false, true} {
		var reported []kazepay.ProbeAttempt
		probe := hurried
		probe.Progress = func(a kazepay.ProbeAttempt) { reported = append(reported, a) }
		result, err := probeAt(t, kazepaytest.Config{Profile: odd, Quirks: kazepaytest.Quirks{TellFailures: tell}}, probe)
		e := wantError(t, err, issuing.ErrNotFound)
		if !errors.Is(err, kazepay.ErrNoProfile) || e.Op != "Probe" || result.Found || len(result.Attempts) != 120 || len(reported) != 120 {
			t.Errorf("%v, %d attempts, %d reported", err, len(result.Attempts), len(reported))
		}
		tried := map[sign.Profile]bool{}
		for i, a := range result.Attempts {
			if a.Number != i+1 || tried[a.Profile] || a.Code == "" || a.Detail == "" || a.Status != http.StatusOK {
				t.Errorf("attempt %d: %v", i+1, a)
			}
			tried[a.Profile] = true
		}
		if lines := strings.Split(result.String(), "\n"); len(lines) != 121 || !strings.Contains(lines[4], "sign.KeyWrapOAEPSHA256}") || !strings.Contains(lines[5], "FAKE_") {
			t.Errorf("%s", result)
		}
		for _, p := range probed() {
			if i := place(p); !tell && !tried[kazepay.ProbeCandidates()[i-1]] {
				t.Errorf("%v was not tried", p)
			}
		}
	}
}

// network is a platform in memory over which nothing travels.
type network func(*http.Request) (int, string)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	status, body := n(r)
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// probeOver probes what a network answers, with the pace of the configuration.
func probeOver(t *testing.T, n network, probe kazepay.ProbeConfig) (*kazepay.ProbeResult, error) {
	t.Helper()
	merchant, platform := privateKeys(t)
	return kazepay.Probe(t.Context(), kazepay.Config{
		BaseURL: "https://kazepay.example", SysID: sysID, PrivateKey: merchant, PlatformKey: platform.Public(),
	}, probe, issuing.WithHTTPClient(&http.Client{Transport: n}))
}

func privateKeys(t testing.TB) (merchant, platform sign.PrivateKey) {
	t.Helper()
	merchant, err := sign.NewPrivateKey(keys().merchant)
	if err == nil {
		platform, err = sign.NewPrivateKey(keys().platform)
	}
	if err != nil {
		t.Fatal(err)
	}
	return merchant, platform
}

func TestProbeKeepsItsPace(t *testing.T) {
	t.Parallel()
	const refusal = `{"head":{"code":"E1","detail":"no"},"body":{}}`
	for _, tt := range []struct {
		probe kazepay.ProbeConfig
		sent  int
		took  time.Duration
	}{
		{kazepay.ProbeConfig{}, 120, 119 * time.Second},
		{kazepay.ProbeConfig{Interval: time.Minute, Limit: 7}, 7, 6 * time.Minute},
		{kazepay.ProbeConfig{Candidates: kazepay.ProbeCandidates()[:3]}, 3, 3 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			begun, sent := time.Now(), 0
			result, err := probeOver(t, func(*http.Request) (int, string) { sent++; return http.StatusOK, refusal }, tt.probe)
			wantError(t, err, issuing.ErrNotFound)
			if took := time.Since(begun); sent != tt.sent || len(result.Attempts) != tt.sent || took != tt.took {
				t.Errorf("%d requests in %v, want %d in %v", sent, took, tt.sent, tt.took)
			}
		})
	}
}

// A platform that is busy or away is asked again under the same candidate, three times
// at most.
func TestProbeWithoutAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(n int) (int, string)
		sent   int
		kind   error
	}{
		"away":           {func(int) (int, string) { return 0, "" }, 3, issuing.ErrUnavailable},
		"busy":           {func(int) (int, string) { return http.StatusTooManyRequests, "" }, 3, issuing.ErrRateLimited},
		"away at first":  {func(n int) (int, string) { return 500 * min(n/3, 1), "{}" }, 12, issuing.ErrNotFound},
		"a proxy's page": {func(int) (int, string) { return http.StatusBadGateway, "<html>\x00" + strings.Repeat("é", 1000) }, 10, issuing.ErrNotFound},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			result, err := probeOver(t, func(*http.Request) (int, string) { n++; return c.answer(n) }, kazepay.ProbeConfig{Candidates: kazepay.ProbeCandidates()[:10]})
			wantError(t, err, c.kind)
			if len(result.Attempts) != c.sent || result.Attempts[0].Profile != (sign.Profile{}) {
				t.Errorf("%s: %s", name, result)
			}
			if again := result.Attempts[1].Profile == (sign.Profile{}); again != (name != "a proxy's page") {
				t.Errorf("%s: the second request is under %v", name, result.Attempts[1].Profile)
			}
			for _, a := range result.Attempts {
				if len(a.Detail) > 500 || strings.Contains(a.Detail, "\x00") {
					t.Errorf("%s: %q", name, a.Detail)
				}
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		merchant, platform := privateKeys(t)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		result, err := kazepay.Probe(ctx, kazepay.Config{
			BaseURL: "https://kazepay.example", SysID: sysID, PrivateKey: merchant, PlatformKey: platform.Public(),
		}, kazepay.ProbeConfig{}, issuing.WithHTTPClient(&http.Client{Transport: network(func(*http.Request) (int, string) { return http.StatusOK, "{}" })}))
		if e := wantError(t, err, issuing.ErrCanceled); e.Op != "Probe" || len(result.Attempts) != 91 && len(result.Attempts) != 90 {
			t.Errorf("%v after %d attempts", err, len(result.Attempts))
		}
	})
}

// Words that change with every answer tell nothing, and cost nothing but the order.
func TestProbeAmongMisleadingWords(t *testing.T) {
	t.Parallel()
	merchant, platform := privateKeys(t)
	want := sign.Profile{Wrap: sign.KeyWrapOAEPSHA256, KeyText: sign.KeyTextHex, Hash: sign.SignatureHashSHA512}
	for name, words := range map[string]func(n int) string{
		"another word each time": func(n int) string { return strings.Repeat("x", n) },
		"two words at random":    func(n int) string { return []string{"one", "two"}[(n*7/3)%2] },
		"ids in the words":       func(n int) string { return fmt.Sprintf("failed, trace %d-%s", n, strings.Repeat("a", 20+n)) },
	} {
		n := 0
		answer := func(r *http.Request, body []byte) (int, string) {
			n++
			e, err := sign.ParseEnvelope(body)
			if err == nil {
				if _, err = want.Open(platform, merchant.Public(), e); err == nil {
					e, err = want.Seal(platform, merchant.Public(), []byte(`{"code":"SUCCESS"}`), []byte(`{"encrypt":"SUCCESS","url":""}`))
				}
			}
			if err != nil {
				return http.StatusOK, `{"head":{"code":"E","detail":"` + words(n) + `"},"body":{}}`
			}
			return http.StatusOK, string(e.JSON())
		}
		result, err := kazepay.Probe(t.Context(), kazepay.Config{
			BaseURL: "https://kazepay.example", SysID: sysID, PrivateKey: merchant, PlatformKey: platform.Public(),
		}, hurried, issuing.WithHTTPClient(&http.Client{Transport: reading(answer)}))
		if err != nil || result.Profile != want {
			t.Errorf("%s: %v, %v", name, result, err)
		}
	}
}

// reading is a network whose platform reads the request.
type reading func(*http.Request, []byte) (int, string)

func (f reading) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return network(func(r *http.Request) (int, string) { return f(r, body) }).RoundTrip(r)
}

func TestProbeRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	cfg := server.ClientConfig()
	result, err := kazepay.Probe(t.Context(), cfg, kazepay.ProbeConfig{Interval: -1, Limit: -1, Candidates: []sign.Profile{{}, {Mode: 9}}})
	if e := wantError(t, err, issuing.ErrInvalid); len(e.Fields) != 3 || e.Fields[2].Field != "Candidates[1]" || result != nil {
		t.Errorf("%v, %v", err, result)
	}
	cfg.SysID = ""
	if result, err := kazepay.Probe(t.Context(), cfg, hurried); result != nil {
		t.Errorf("%v, %v", result, err)
	} else {
		wantError(t, err, issuing.ErrInvalid)
	}
}

// A candidate that cannot be sealed here, as in FIPS 140-only mode, is listed, not sent,
// and does not count.
func TestProbePassesOverWhatCannotBeSealed(t *testing.T) {
	t.Parallel()
	broken := errors.New("forbidden here")
	fails := func(_, _ []byte) ([]byte, error) { return nil, broken }
	probe := hurried
	for range 5 {
		probe.Candidates = append(probe.Candidates, sign.Profile{Hooks: &sign.ProfileHooks{Encrypt: fails, Decrypt: fails}})
	}
	probe.Candidates = append(probe.Candidates, sign.Profile{Hash: sign.SignatureHashSHA256})
	probe.Limit = 1
	server := startServer(t, kazepaytest.Config{Profile: sign.Profile{Hash: sign.SignatureHashSHA256}, WebhookURL: "http://127.0.0.1:1/callbacks"})
	result, err := kazepay.Probe(t.Context(), server.ClientConfig(), probe)
	if err != nil || !result.Found || len(result.Attempts) != 6 || server.Requests("Webhooks.URL") != 1 {
		t.Errorf("%v, %v", result, err)
	}
	for _, a := range result.Attempts[:5] {
		if !errors.Is(a.Err, broken) || a.Status != 0 || !strings.Contains(a.String(), "forbidden here") {
			t.Errorf("%v", a)
		}
	}
}

// The order has no profile twice, and begins as documented.
func TestProbeCandidates(t *testing.T) {
	t.Parallel()
	seen := map[sign.Profile]bool{}
	for i, p := range kazepay.ProbeCandidates() {
		if err := p.Validate(); err != nil || seen[p] {
			t.Errorf("%d: %v comes twice, or: %v", i+1, p, err)
		}
		seen[p] = true
	}
	var first bytes.Buffer
	for _, p := range kazepay.ProbeCandidates()[:6] {
		fmt.Fprintf(&first, "%#v\n", p)
	}
	if want := `sign.Profile{}
sign.Profile{Wrap: sign.KeyWrapOAEPSHA1}
sign.Profile{Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1}
sign.Profile{Wrap: sign.KeyWrapOAEPSHA256}
sign.Profile{Hash: sign.SignatureHashSHA256}
sign.Profile{KeyText: sign.KeyTextASCII}
`; first.String() != want {
		t.Errorf("the order begins with\n%s", first.String())
	}
}
