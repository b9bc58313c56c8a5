// Command unionpay shows a token requestor's side of CAMS: an issuer's app opens a
// small web page with a card (App-to-Web), the user confirms, the page asks UnionPay
// for the token, the issuer suspends and resumes it, and the page shows each step.
//
//	go run ./examples/unionpay         # plays the issuer and the user, on a gateway in memory
//	go run ./examples/unionpay -stay   # leaves the page open for a browser
//
// With -live and UNIONPAY_BASE_URL in the environment it uses UnionPay, after a
// confirmation: see connect.go for the other variables. The page then waits for a
// real issuer's push.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/issuing-sdk/issuing-go/examples/internal/start"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, start.Terminal{Reader: os.Stdin, Writer: os.Stdout})
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "unionpay:", err)
		os.Exit(1)
	}
}

// onPlatform is what the program does at UnionPay.
var onPlatform = start.Live{
	Address: "UNIONPAY_BASE_URL", Account: "UNIONPAY_APP_ID",
	Moves: "asks for a token for every card that an issuer pushes and a user confirms",
}

func run(ctx context.Context, args []string, environment func(string) string, out io.ReadWriter) error {
	flags := flag.NewFlagSet("unionpay", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address of the wallet's page")
	stay := flags.Bool("stay", false, "leave the page open for a browser")
	getenv, err := onPlatform.Environment(flags, args, out, environment)
	if err != nil {
		return err
	}
	site, err := connect(*listen, getenv)
	if err != nil {
		return err
	}
	defer site.close()
	fmt.Fprintf(out, "the wallet's page is at %s\n", site.url)
	if site.gateway == nil {
		fmt.Fprintln(out, "waiting for an issuer's push")
		<-ctx.Done()
		return nil
	}
	if *stay {
		push, err := site.push()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "the issuer's app opens\n  %s\nand suspends and resumes what is added, every five seconds\n", push)
		return site.keepMoving(ctx)
	}
	return site.tour(ctx, out)
}

// push has the issuer's app push a new card and returns what it opens: its app
// scheme first, and as no wallet app is on this device, the page.
func (s *site) push() (string, error) {
	push, err := s.gateway.Push(unionpaytest.PushRequest{
		Origin: unionpaytest.OriginIOS, CallbackURI: "issuerapp00010156://return",
		Addresses: unionpay.Addresses{IOS: "tr00520446wallet://link", Web: s.url + "/link"},
	})
	if err != nil {
		return "", err
	}
	for _, route := range push.Routes {
		if route.Scenario == unionpaytest.ScenarioAppToWeb {
			return route.URI.Reveal(), nil
		}
	}
	return "", fmt.Errorf("the issuer has no address of the page")
}

// confirmToken is the hidden field of the confirmation page.
var confirmToken = regexp.MustCompile(`name="confirm" value="([0-9a-f]+)"`)

// tour plays the user and the issuer.
func (s *site) tour(ctx context.Context, out io.Writer) error {
	link, err := s.push()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "1. the issuer's app opens the wallet's page with a card")
	page, err := s.get(ctx, link)
	if err != nil {
		return err
	}
	confirm := confirmToken.FindStringSubmatch(page)
	if confirm == nil {
		return fmt.Errorf("the page does not ask for a confirmation")
	}
	fmt.Fprintln(out, "2. the user reads what is asked, and confirms")
	form := url.Values{"confirm": {confirm[1]}}
	if _, err := s.post(ctx, s.url+"/confirm", form); err != nil {
		return err
	}
	tokens := s.gateway.Tokens()
	if len(tokens) != 1 {
		return fmt.Errorf("the gateway issued %d tokens", len(tokens))
	}
	fmt.Fprintf(out, "3. UnionPay has issued a token: %v, last four %s, for the card %s\n",
		tokens[0].Token, tokens[0].Token.Last4(), s.wallet.steps()[len(s.wallet.steps())-1].Card)
	fmt.Fprintf(out, "4. UnionPay has told the issuer's backend: %d notice\n", len(s.gateway.CreationNotices()))
	for i, act := range []struct {
		name string
		do   func(string) error
		want unionpay.TokenState
	}{
		{"suspends", s.gateway.Suspend, unionpay.TokenStateSuspended},
		{"resumes", s.gateway.Resume, unionpay.TokenStateActive},
	} {
		if err := act.do(tokens[0].RefID); err != nil {
			return err
		}
		if err := s.wallet.wait(ctx, act.want); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d. the issuer %s the token, and the page shows %s\n", 5+i, act.name, act.want)
	}
	if page, err = s.get(ctx, s.url+"/cards"); err != nil {
		return err
	}
	fmt.Fprintf(out, "7. the page lists %d steps and leads back to the issuer\n", strings.Count(page, "<li"))
	return s.gateway.Check()
}

// keepMoving suspends and resumes the latest token until the context ends.
func (s *site) keepMoving(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for _, t := range s.gateway.Tokens() {
			act := s.gateway.Suspend
			if t.States[len(t.States)-1] == unionpay.TokenStateSuspended {
				act = s.gateway.Resume
			}
			if err := act(t.RefID); err != nil {
				return err
			}
		}
	}
}

func (s *site) get(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	return s.fetch(req)
}

func (s *site) post(ctx context.Context, address string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.fetch(req)
}

func (s *site) fetch(req *http.Request) (string, error) {
	resp, err := s.browser.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", req.URL.Path, resp.Status)
	}
	return string(text), err
}
