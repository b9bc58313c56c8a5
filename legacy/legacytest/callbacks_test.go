package legacytest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

var start = time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)

// merchant is a callback server that answers what it is told and keeps bodies.
type merchant struct {
	mu     sync.Mutex
	answer string
	bodies []map[string]any
	url    string
}

func (m *merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bodies = append(m.bodies, body)
	_, _ = io.WriteString(w, m.answer)
}

func (m *merchant) received() []map[string]any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.bodies)
}

func newMerchant(t *testing.T, answer string) *merchant {
	t.Helper()
	m := &merchant{answer: answer}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

// setup starts a platform on a turned clock with a client for it.
func setup(t *testing.T, cfg legacytest.Config) (*legacytest.Server, *legacy.Client) {
	t.Helper()
	cfg.Clock = issuingtest.NewClock(start)
	server, err := legacytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if err := server.Check(); err != nil {
			t.Error(err)
		}
	})
	client, err := legacy.New(server.ClientConfig(), issuing.WithClock(cfg.Clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// waits returns the waits between the attempts to deliver one type.
func waits(server *legacytest.Server, typ string) []time.Duration {
	out := []time.Duration{}
	var last time.Time
	for _, d := range server.Deliveries() {
		if d.Type != typ {
			continue
		}
		if !last.IsZero() {
			out = append(out, d.At.Sub(last))
		}
		last = d.At
	}
	return out
}

func minutes(ns ...int) []time.Duration {
	out := make([]time.Duration, len(ns))
	for i, n := range ns {
		out[i] = time.Duration(n) * time.Minute
	}
	return out
}

// TestRetrySchedules lets every callback fail and compares the waits with the
// schedule of its page.
func TestRetrySchedules(t *testing.T) {
	t.Parallel()
	virtualL := []time.Duration{}
	for batch := range 10 {
		gap := 10
		if batch == 0 {
			gap = 1
		}
		virtualL = append(virtualL, minutes(gap, 1, 1, 1, 1)...)
	}
	zero := issuing.NewAmount(0, 0)
	for _, tc := range []struct {
		typ  string
		want []time.Duration
		run  func(context.Context, *legacytest.Server, *legacy.Client, string) error
	}{
		{legacy.EventCardDeposited, minutes(1, 1, 1, 1, 1, 10), func(ctx context.Context, s *legacytest.Server, c *legacy.Client, url string) error {
			_, err := c.Cards.Deposit(ctx, legacy.DepositRequest{
				MerOrderNo: "d", CardNumber: s.IssueCard(legacytest.ProductVisaH), Amount: issuing.NewAmount(200, 0), NotifyURL: url,
			})
			return err
		}},
		{legacy.EventApplicationCompleted, minutes(1, 2, 4, 8, 16, 10), func(ctx context.Context, _ *legacytest.Server, c *legacy.Client, url string) error {
			_, err := c.Applications.ApplyVirtualP(ctx, legacy.VirtualPApplication{
				MerOrderNo: "k", CardBIN: "537100", FirstRecharge: zero, Email: "x@example.com", NotifyURL: url,
			})
			return err
		}},
		{legacy.EventTransferCompleted, minutes(1, 2, 4, 8, 16, 10), func(ctx context.Context, _ *legacytest.Server, c *legacy.Client, url string) error {
			req := wireTransfer("t")
			req.NotifyURL = url
			_, err := c.Transfers.Create(ctx, req)
			return err
		}},
		{legacy.EventVirtualLBilled, virtualL, func(ctx context.Context, s *legacytest.Server, c *legacy.Client, _ string) error {
			return c.VirtualL.SimulateTransaction(ctx, s.IssueCard(legacytest.ProductVirtualL))
		}},
		{legacy.EventVirtualLClosed, virtualL, func(ctx context.Context, s *legacytest.Server, c *legacy.Client, _ string) error {
			return just(c.VirtualL.Close(ctx, s.IssueCard(legacytest.ProductVirtualL)))
		}},
		{legacy.EventVirtualLChallenged, minutes(), func(ctx context.Context, s *legacytest.Server, c *legacy.Client, _ string) error {
			return c.VirtualL.SimulateOTP(ctx, s.IssueCard(legacytest.ProductVirtualL))
		}},
		{legacy.EventOOBRequested, minutes(), func(ctx context.Context, s *legacytest.Server, c *legacy.Client, _ string) error {
			return c.VisaH.SimulateOOB(ctx, s.IssueCard(legacytest.ProductVisaH))
		}},
		{legacy.EventVirtualP, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second},
			func(ctx context.Context, s *legacytest.Server, c *legacy.Client, _ string) error {
				return just(c.VirtualP.Freeze(ctx, s.IssueCard(legacytest.ProductVirtualP)))
			}},
	} {
		t.Run(tc.typ, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, "no")
			server, client := setup(t, legacytest.Config{WebhookURL: m.url})
			if err := tc.run(t.Context(), server, client, m.url+"/own"); err != nil {
				t.Fatal(err)
			}
			server.Clock().Advance(24 * time.Hour)
			if diff := cmp.Diff(tc.want, waits(server, tc.typ)); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
			if got := len(m.received()); got != len(tc.want)+1 {
				t.Errorf("%d attempts arrived", got)
			}
		})
	}
}

func wireTransfer(merOrderNo string) legacy.TransferRequest {
	return legacy.TransferRequest{
		MerOrderNo: merOrderNo, SourceCurrency: issuing.CurrencyUSD, SendAmount: issuing.NewAmount(1000, 0), Country: "USA",
		Business: legacy.BusinessB2B, Type: legacy.ChannelWire, Currency: issuing.CurrencyUSD, AccountNumber: issuing.NewSecret("543435"),
		SWIFTCode: "CHASUS33",
		Recipient: legacy.Recipient{TargetAddressLine: "1 Wall Street", TargetAddressCity: "New York", TargetCompanyName: "Books Inc"},
		Sender: legacy.Sender{
			SourceCountry: "HKG", SourceAddressLine: "1 Queen's Road", SourceAddressCity: "Hong Kong", SourceAddressCountry: "HKG",
			SourceCompanyName: "Paper Ltd", SourceCompanyTradingName: "Paper",
		},
		RemittancePurpose: "001-01", SourceOfFunds: "01", Relationship: "01",
	}
}

func TestAcknowledgedCallbacksStop(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, "ok")
	server, client := setup(t, legacytest.Config{WebhookURL: m.url})
	if err := client.VirtualL.SimulateTransaction(t.Context(), server.IssueCard(legacytest.ProductVirtualL)); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(24 * time.Hour)
	if got := m.received(); len(got) != 1 || got[0]["transStatus"] != "DECLINED" || got[0]["transType"] != "AUTH" {
		t.Errorf("received %v", got)
	}
}

func TestLooseTypes(t *testing.T) {
	t.Parallel()
	for loose, want := range map[bool]any{false: "2", true: float64(2)} {
		m := newMerchant(t, "ok")
		server, client := setup(t, legacytest.Config{LooseTypes: loose})
		req := wireTransfer("t")
		req.NotifyURL = m.url
		if _, err := client.Transfers.Create(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Minute)
		got := m.received()
		if len(got) != 1 || got[0]["status"] != want {
			t.Fatalf("loose %t: %v", loose, got)
		}
		if _, object := got[0]["ext"].(map[string]any); object != loose {
			t.Errorf("loose %t: ext is %T", loose, got[0]["ext"])
		}
	}
}

// What a request names is asked of nobody but this machine and the configured hosts.
func TestNotifyURLBeyond(t *testing.T) {
	t.Parallel()
	server, client := setup(t, legacytest.Config{WebhookURL: "http://0.0.0.0:1/callbacks"})
	card := server.IssueCard(legacytest.ProductVirtualP)
	for i, address := range []string{"http://192.0.2.1/latest", "http://0.0.0.0:22/", "http://0.0.0.0:1/deposit"} {
		req := legacy.DepositRequest{MerOrderNo: fmt.Sprint("d-", i), CardNumber: card, Amount: issuing.NewAmount(20, 0), NotifyURL: address}
		if _, err := client.Cards.Deposit(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	server.Clock().Advance(30 * time.Second)
	told := map[string]string{}
	for _, d := range server.Deliveries() {
		if d.Type == legacy.EventCardDeposited {
			told[d.URL] = d.Answer
		}
		if d.Type == legacy.EventCardDeposited && d.Body != nil && d.URL != "http://0.0.0.0:1/deposit" {
			t.Errorf("sent to %s", d.URL)
		}
	}
	if len(told) != 3 || !strings.Contains(told["http://192.0.2.1/latest"], "loopback") ||
		!strings.Contains(told["http://0.0.0.0:22/"], "loopback") || strings.Contains(told["http://0.0.0.0:1/deposit"], "loopback") {
		t.Errorf("%v", told)
	}
}

func TestWithoutAddresses(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, "ok")
	server, client := setup(t, legacytest.Config{Webhooks: map[string]string{legacy.EventVirtualLChallenged: m.url}})
	card := server.IssueCard(legacytest.ProductVirtualL)
	if err := client.VirtualL.SimulateTransaction(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	if err := client.VirtualL.SimulateOTP(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Cards.Deposit(t.Context(), legacy.DepositRequest{MerOrderNo: "d", CardNumber: card, Amount: issuing.NewAmount(20, 0)}); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Hour)
	if got := m.received(); len(got) != 1 || got[0]["otp"] == nil || got[0]["transactionCurrency"] != "USD" {
		t.Errorf("received %v", got)
	}
}

func TestThreeDSOfVirtualP(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, "ok")
	server, _ := setup(t, legacytest.Config{WebhookURL: m.url})
	card := server.IssueCard(legacytest.ProductVirtualP)
	if err := server.SendOTP(card, issuingtest.Challenge{Amount: issuing.NewAmount(9, 0), Code: issuing.NewSecret("1234321"), Detail: "shop"}); err != nil {
		t.Error(err)
	}
	if err := server.Forward3DS(card, issuingtest.Challenge{Amount: issuing.NewAmount(9, 0), URL: "https://example.com/3ds", Detail: "shop"}); err != nil {
		t.Error(err)
	}
	if err := server.SendOTP(server.IssueCard(legacytest.ProductVirtualL), issuingtest.Challenge{Amount: issuing.NewAmount(9, 0), Code: issuing.NewSecret("1"), Detail: ""}); err == nil {
		t.Error("a card of another product got a VIRTUAL-P password")
	}
	server.Clock().Advance(0)
	got := m.received()
	if len(got) != 2 || got[0]["type"] != "Card3dsOtp" || got[1]["type"] != "ThreeDomainSecureForwarding" {
		t.Errorf("received %v", got)
	}
}

func TestCallbackFaults(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, "ok")
	server, client := setup(t, legacytest.Config{WebhookURL: m.url})
	card := server.IssueCard(legacytest.ProductVirtualP)
	server.SetCallbackFault(issuingtest.CallbackFault{Hold: true})
	for _, f := range []func(context.Context, issuing.Secret, ...issuing.CallOption) (*legacy.CardChange, error){client.VirtualP.Freeze, client.VirtualP.Unfreeze} {
		if _, err := f(t.Context(), card); err != nil {
			t.Fatal(err)
		}
	}
	server.SetCallbackFault(issuingtest.CallbackFault{})
	server.ReleaseCallbacks()
	server.Clock().Advance(0)
	if got := m.received(); len(got) != 2 {
		t.Errorf("received %v", got)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{Forge: legacytest.ForgeContent, Duplicate: true})
	failNext(t, server, "Cards.Deposit", "no")
	if _, err := client.Cards.Deposit(t.Context(), legacy.DepositRequest{MerOrderNo: "d", CardNumber: card, Amount: issuing.NewAmount(20, 0), NotifyURL: m.url}); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	if got := m.received(); len(got) != 4 || got[2]["status"] != "2" || got[2]["failReason"] != "no" {
		t.Errorf("received %v", got)
	}
}
