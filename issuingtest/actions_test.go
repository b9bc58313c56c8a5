package issuingtest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// notLevers are the methods of all platforms that no action stands for, and why.
var notLevers = map[string]string{
	"URL": "address", "Close": "ends the platform", "Choose": "takes a function; inject stands for it",
	"Requests": "reads", "Deliveries": "reads", "Faults": "reads", "Operations": "reads", "Actions": "the table", "State": "reads",
	"Observe": "takes a function", "String": "prints", "Format": "prints", "LogValue": "prints",
	"ClientConfig": "credentials", "SignCallback": "a sample for a handler's test",
	"Reserve": "in the state", "Balance": "in the state",
}

// platformUnderTest is one platform: how to start it, in a state in which every row
// can run, and what more of its methods is no lever.
type platformUnderTest struct {
	name    string
	readers map[string]string
	start   func(t *testing.T, clock *issuingtest.Clock, hook string) (server any, p issuingtest.Platform)
}

func must[T any](t *testing.T) func(value T, err error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

var (
	hundred = issuing.NewAmount(100_00, 2)
	dozen   = issuing.NewAmount(12_00, 2)
	shop    = issuingtest.Merchant{Name: "Corner Books"}
)

func platformsUnderTest(t *testing.T) []platformUnderTest {
	worldcardKeys := must[worldcardtest.Keys](t)(worldcardtest.NewKeys())
	kazepayKeys := must[kazepaytest.Keys](t)(kazepaytest.NewKeys())
	coshineKeys := must[coshinetest.Keys](t)(coshinetest.NewKeys())
	unionpayKeys := must[*unionpaytest.Keys](t)(unionpaytest.NewKeys())
	return []platformUnderTest{
		{"worldcard", map[string]string{
			"AppID": "credentials", "MerchantPrivateKey": "credentials", "AESKeyText": "credentials", "AESKey": "credentials", "PlatformKey": "credentials",
			"Cards": "in the state", "Deposits": "in the state",
		}, func(t *testing.T, clock *issuingtest.Clock, hook string) (any, issuingtest.Platform) {
			s := must[*worldcardtest.Server](t)(worldcardtest.NewServer(worldcardtest.Config{Keys: worldcardKeys, Clock: clock, WebhookURL: hook}))
			must[string](t)(s.IssueCard(worldcard.CardTypePhysicalG, ""))
			card := must[string](t)(s.IssueCard(worldcard.CardTypeVirtualG, hundred))
			must[issuingtest.Authorization](t)(s.Purchase(card, dozen, shop))
			return s, s.Platform
		}},
		{"legacy", map[string]string{
			"AppKey": "credentials", "AppSecretText": "credentials", "AppSecret": "credentials",
			"Applications": "in the state", "Deposits": "in the state", "Transfers": "in the state", "PIN": "reads a secret",
		}, func(t *testing.T, clock *issuingtest.Clock, hook string) (any, issuingtest.Platform) {
			s := must[*legacytest.Server](t)(legacytest.NewServer(legacytest.Config{Clock: clock, WebhookURL: hook}))
			card := s.IssueCard(legacytest.ProductVirtualP)
			if err := s.LoadCard(card, hundred); err != nil {
				t.Fatal(err)
			}
			must[issuingtest.Authorization](t)(s.Purchase(card, dozen, shop))
			return s, s.Platform
		}},
		{"kazepay", map[string]string{
			"SysID": "credentials", "MerchantPrivateKey": "credentials", "PlatformKey": "credentials",
			"Cards": "in the state", "Deposits": "in the state",
		}, func(t *testing.T, clock *issuingtest.Clock, hook string) (any, issuingtest.Platform) {
			s := must[*kazepaytest.Server](t)(kazepaytest.NewServer(kazepaytest.Config{Keys: kazepayKeys, Clock: clock, WebhookURL: hook}))
			card := must[string](t)(s.IssueCard("first@example.com", hundred))
			client := must[*kazepay.Client](t)(kazepay.New(s.ClientConfig(), issuing.WithClock(clock.Now)))
			must[*kazepay.Assignment](t)(client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: "first@example.com", CardNumber: s.PrintCard()}))
			must[issuingtest.Authorization](t)(s.Purchase(card, dozen, shop))
			return s, s.Platform
		}},
		{"uqpay", map[string]string{
			"ClientID": "credentials", "APIKey": "credentials", "WebhookSecret": "credentials",
			"SetWebhookURL": "a callback's address that comes over HTTP would forge requests; -webhook sets it",
			"Mints":         "reads", "AccountBalance": "in the state", "Orders": "in the state",
			"CheckPIN": "reads a secret",
		}, func(t *testing.T, clock *issuingtest.Clock, hook string) (any, issuingtest.Platform) {
			s := must[*uqpaytest.Server](t)(uqpaytest.NewServer(uqpaytest.Config{Clock: clock, WebhookURL: hook}))
			card := must[string](t)(s.IssueCard(uqpaytest.ProductSingle, hundred))
			first := must[issuingtest.Authorization](t)(s.Purchase(card, dozen, shop))
			if err := s.Settle(first.ID, dozen); err != nil {
				t.Fatal(err)
			}
			must[issuingtest.Authorization](t)(s.Purchase(card, dozen, shop))
			return s, s.Platform
		}},
		{"coshine", map[string]string{
			"Token": "credentials", "ParticipantID": "credentials", "TranBranch": "credentials", "IssuerToken": "credentials", "InboundJWE": "credentials",
			"MovedURL": "address", "Booked": "reads", "Bookings": "reads", "Received": "reads credentials",
		}, func(t *testing.T, clock *issuingtest.Clock, hook string) (any, issuingtest.Platform) {
			s := must[*coshinetest.Server](t)(coshinetest.NewServer(coshinetest.Config{
				Keys: coshineKeys, Clock: clock, Issuer: func(coshine.API) string { return hook },
			}))
			card := must[coshine.CardToken](t)(s.IssueCard("CIF0", hundred))
			must[issuing.Secret](t)(s.IssueToken(card))
			if err := s.Notify(coshine.APIAuthorizationNotification, nil); err != nil {
				t.Fatal(err)
			}
			return s, s.Platform
		}},
		{"unionpay", map[string]string{
			"CreationNotices": "reads", "PushAnswers": "reads", "Keys": "credentials", "AppID": "credentials",
			"MatchedMode": "reads", "Feedback": "reads", "Tokens": "in the state", "AddRequestor": "takes a key of another requestor's",
		}, func(t *testing.T, clock *issuingtest.Clock, hook string) (any, issuingtest.Platform) {
			s := must[*unionpaytest.Server](t)(unionpaytest.NewServer(unionpaytest.Config{Keys: unionpayKeys, Clock: clock, WebhookURL: hook}))
			client := must[*unionpay.Client](t)(unionpay.New(s.ClientConfig(), issuing.WithClock(clock.Now)))
			for range 2 {
				requestToken(t, s, client)
			}
			if err := s.Suspend(s.Tokens()[0].RefID); err != nil {
				t.Fatal(err)
			}
			return s, s.Platform
		}},
	}
}

// requestToken has the requestor take a card that the issuer pushed.
func requestToken(t *testing.T, s *unionpaytest.Server, client *unionpay.Client) {
	t.Helper()
	push := must[*unionpaytest.Push](t)(s.Push(unionpaytest.PushRequest{}))
	if _, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{
		AuthorizationData: push.AuthData, DeviceID: "device-" + push.PushID, IssuerID: unionpaytest.DefaultIssuerID,
	}); err != nil {
		t.Fatal(err)
	}
}

var actionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Every exported method of every server is a row's lever, or stands with a reason in
// a list of what is none; neither has an entry that is no method.
func TestEveryLeverIsAnAction(t *testing.T) {
	t.Parallel()
	for _, tt := range platformsUnderTest(t) {
		server, p := tt.start(t, issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)), "")
		defer p.Close()
		levers, names := map[string]bool{}, map[string]bool{}
		for _, a := range p.Actions() {
			levers[a.Lever] = true
			if names[a.Name] || !actionName.MatchString(a.Name) || a.Doc == "" || a.Group == "" || !strings.HasSuffix(a.Doc, ".") {
				t.Errorf("%s: the row %q stands twice, or lacks a name, a group or a sentence", tt.name, a.Name)
			}
			names[a.Name] = true
			for _, param := range a.Params {
				if param.Name == "" || param.Doc == "" || param.Example == "" || (param.Type == issuingtest.ParamTypeEnum) != (param.Choices != nil) {
					t.Errorf("%s: %s: parameter %+v is not described", tt.name, a.Name, param.Name)
				}
			}
		}
		methods := map[string]bool{}
		for i, typ := 0, reflect.TypeOf(server); i < typ.NumMethod(); i++ {
			name := typ.Method(i).Name
			methods[name] = true
			reader := notLevers[name] != "" || tt.readers[name] != ""
			if levers[name] == reader {
				t.Errorf("%s: %s: a lever %t, a reader %t; want one of them", tt.name, name, levers[name], reader)
			}
		}
		for name := range levers {
			if !methods[name] {
				t.Errorf("%s: the lever %s is no method", tt.name, name)
			}
		}
		for name := range tt.readers {
			if !methods[name] || notLevers[name] != "" {
				t.Errorf("%s: the entry %s is stale", tt.name, name)
			}
		}
	}
}

// acknowledge answers callbacks as all six take it.
func acknowledge(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, `{"responseCode":"00","returnCode":"00"}`)
}

// Every row runs once from its own examples, on a platform that holds what they name;
// what a parameter can name now stands before its example.
func TestEveryActionRunsFromItsExamples(t *testing.T) {
	t.Parallel()
	hook := httptest.NewServer(http.HandlerFunc(acknowledge))
	t.Cleanup(hook.Close)
	for _, tt := range platformsUnderTest(t) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
			_, p := tt.start(t, clock, hook.URL)
			names := p.Actions()
			p.Close()
			for _, row := range names {
				clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
				_, p := tt.start(t, clock, hook.URL)
				clock.Advance(time.Second)
				runFromExamples(t, p, row.Name)
				p.Close()
			}
		})
	}
}

func runFromExamples(t *testing.T, p issuingtest.Platform, name string) {
	t.Helper()
	i := slices.IndexFunc(p.Actions(), func(a issuingtest.Action) bool { return a.Name == name })
	a, args := p.Actions()[i], map[string]string{}
	for _, param := range a.Params {
		args[param.Name] = param.Example
		if param.Live == nil {
			continue
		}
		switch live := param.Live(); {
		case param.Name == "operation":
			if !slices.Contains(live, param.Example) {
				t.Errorf("%s: the example %q is none of %v", name, param.Example, live)
			}
		case len(live) > 0:
			args[param.Name] = live[0]
		}
	}
	result, err := a.Run(t.Context(), args)
	if err != nil {
		t.Errorf("%s from %v: %v", name, args, err)
		return
	}
	text, err := json.Marshal(result)
	if err != nil || len(text) < 2 || text[0] != '{' {
		t.Errorf("%s answers %s, %v", name, text, err)
	}
	if a.Group != "faults" {
		if err := p.Check(); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

// Wrong arguments are all told of at once, and nothing has happened.
func TestActionsRefuseWrongArguments(t *testing.T) {
	t.Parallel()
	s := must[*worldcardtest.Server](t)(worldcardtest.NewServer(worldcardtest.Config{}))
	defer s.Close()
	card := must[string](t)(s.IssueCard(worldcard.CardTypeVirtualG, hundred))
	run := func(name string, args map[string]string) error {
		i := slices.IndexFunc(s.Actions(), func(a issuingtest.Action) bool { return a.Name == name })
		_, err := s.Actions()[i].Run(t.Context(), args)
		return err
	}
	for _, tt := range []struct {
		action string
		args   map[string]string
		want   string
	}{
		{"purchase", nil, `card is missing; an example is "1000000001"; amount is missing; an example is "12.50"`},
		{"purchase", map[string]string{"card": card, "amount": "twelve", "mcd": "1"}, `amount is no amount, such as "12.50"; mcd is no parameter, did you mean "mcc"?`},
		{"purchase", map[string]string{"card": card, "amount": "1\x00"}, "amount is no text in UTF-8"},
		{"purchase", map[string]string{"card": strings.Repeat("1", 17<<10), "amount": "1"}, "card is longer than 16384 bytes"},
		{"fund", map[string]string{"currency": "usd", "amount": "1"}, `currency is no currency, such as "USD"`},
		{"advance", map[string]string{"by": "tomorrow"}, `by is no duration, such as "1h30m" or "24h"`},
		{"advance", map[string]string{"by": "-1h"}, `by is no duration, such as "1h30m" or "24h"`},
		{"resend", map[string]string{"callback": "x"}, "callback is no integer from 1 to 2147483647"},
		{"set-callbacks", map[string]string{"hold": "yes"}, "hold is neither true nor false"},
		{"inject", map[string]string{"operation": "any", "fault": "drop-aftr"}, "fault is none of drop-after, drop-before, bad-gateway-before, bad-gateway-after, rate-limited, delay-before, delay-after, truncate, replace, refuse, did you mean \"drop-after\"?"},
	} {
		err := run(tt.action, tt.args)
		wrong, ok := errors.AsType[*issuingtest.ArgumentError](err)
		if !ok || wrong.Action != tt.action || err.Error() != "issuingtest: "+tt.action+": "+tt.want {
			t.Errorf("%s %v:\n%v\nwant %s", tt.action, tt.args, err, tt.want)
		}
	}
	if err := run("inject", map[string]string{"operation": "Card.Deposit", "fault": "drop-after"}); err == nil || !strings.Contains(err.Error(), `did you mean "Cards.Deposit"?`) {
		t.Errorf("%v", err)
	}
	if len(s.Faults()) != 0 || s.Balance(card).Cmp(hundred) != 0 {
		t.Errorf("something happened: %v, %s", s.Faults(), s.Balance(card))
	}
}
