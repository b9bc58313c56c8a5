package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

func none(string) string { return "" }

func TestTour(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out strings.Builder
	if err := run(ctx, nil, none, start.Terminal{Reader: strings.NewReader(""), Writer: &out}); err != nil {
		t.Fatalf("%v after\n%s", err, out.String())
	}
	for _, want := range []string{
		"1. the issuer's app opens", "3. UnionPay has issued a token: [redacted], last four ", "625094******",
		"4. UnionPay has told the issuer's backend: 1 notice", "5. the issuer suspends the token, and the page shows SUSPENDED",
		"6. the issuer resumes the token, and the page shows ACTIVE", "7. the page lists 5 steps",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func open(t *testing.T) *site {
	t.Helper()
	s, err := connect("127.0.0.1:0", none)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// TestPageRefuses: forged and repeated links and confirmations.
func TestPageRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	link, err := s.push()
	if err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{
		"no parameters": s.url + "/link", "twice": link + "&pushID=1", "another callback": strings.Replace(link, "issuerapp00010156", "evil", 1),
		"script": strings.Replace(link, "issuerID=", "issuerID=%3C%2Fscript%3E", 1),
	} {
		if _, err := s.get(t.Context(), address); err == nil || !strings.Contains(err.Error(), "400") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.post(t.Context(), s.url+"/confirm", url.Values{"confirm": {"00"}}); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("a confirmation of nothing: %v", err)
	}
	var secrets []string
	for range 2 {
		page, err := s.get(t.Context(), link)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, confirmToken.FindStringSubmatch(page)[1])
	}
	if _, err := s.post(t.Context(), s.url+"/confirm", url.Values{"confirm": {secrets[0]}}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if _, err := s.post(t.Context(), s.url+"/confirm", url.Values{"confirm": {secret}}); err == nil {
			t.Error("a push was taken twice")
		}
	}
	if n := len(s.gateway.Tokens()); n != 1 {
		t.Errorf("%d tokens", n)
	}
}

// TestPageInBrowser looks at the page as a browser builds it.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		if os.Getuid() == 0 {
			t.Fatal("no Chromium is installed, which root could have done")
		}
		t.Skip("SKIPPED: no Chromium is installed")
	}
	s := open(t)
	dom := func(address string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu",
			"--user-data-dir="+t.TempDir(), "--virtual-time-budget=3000", "--dump-dom", address).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	link, err := s.push()
	if err != nil {
		t.Fatal(err)
	}
	question := dom(link)
	confirm := confirmToken.FindStringSubmatch(question)
	if confirm == nil || !strings.Contains(question, "Add a card?") {
		t.Fatalf("the question is\n%s", question)
	}
	if _, err := s.post(t.Context(), s.url+"/confirm", url.Values{"confirm": {confirm[1]}}); err != nil {
		t.Fatal(err)
	}
	if err := s.gateway.Suspend(s.gateway.Tokens()[0].RefID); err != nil {
		t.Fatal(err)
	}
	if err := s.wallet.wait(t.Context(), unionpay.TokenStateSuspended); err != nil {
		t.Fatal(err)
	}
	page := dom(s.url + "/cards")
	for _, want := range []string{
		`<span id="state">SUSPENDED</span>`, "live: 4 steps", "UnionPay issued the token (625094******", "The issuer made the token SUSPENDED",
		"issuerapp00010156://return?pushID=",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}

// TestEnvironment: credentials of UnionPay make a page without a gateway in
// memory; bad ones are refused.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	memory := open(t)
	upi, err := memory.gateway.Keys().UPISign().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"UNIONPAY_BASE_URL": memory.gateway.URL(), "UNIONPAY_APP_ID": "00520446", "UNIONPAY_SIGN_KEY_ID": "1",
		"UNIONPAY_SIGN_KEY": memory.gateway.Keys().SignPEM().Reveal(), "UNIONPAY_UPI_SIGN_KEY": string(upi),
		"UNIONPAY_UPI_SIGN_KEY_ID": "2", "UNIONPAY_ISSUER_ID": "00010156", "UNIONPAY_ISSUER_CALLBACK": "https://issuer.example/",
		"UNIONPAY_PATH_TOKEN_REQUEST": "/cams/x",
	}
	s, err := connect("127.0.0.1:0", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if s.gateway != nil {
		t.Error("a gateway in memory beside UnionPay")
	}
	resp, err := http.Get(s.url + "/cards")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	delete(env, "UNIONPAY_SIGN_KEY")
	if _, err := connect("127.0.0.1:0", func(name string) string { return env[name] }); err == nil {
		t.Error("no signing key was needed")
	}
}
