package legacy_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// callbackMerchant serves every callback type at an address of its own and keeps the
// events.
type callbackMerchant struct {
	url    string
	mu     sync.Mutex
	source *webhook.Source
	events []*webhook.Event
}

// start serves the merchant's callbacks; the source is known later, because it
// needs the platform's secret and the platform needs the addresses.
func (m *callbackMerchant) start(t *testing.T) {
	mux := http.NewServeMux()
	for _, typ := range legacy.EventTypes() {
		mux.HandleFunc("POST /"+typ, func(w http.ResponseWriter, r *http.Request) {
			webhook.NewHandler(m.source.ForType(typ), m.receive,
				webhook.WithObserver(func(_ context.Context, report webhook.Report) {
					if report.Err != nil {
						t.Errorf("%s: %v", typ, report.Err)
					}
				})).ServeHTTP(w, r)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	m.url = server.URL
}

func (m *callbackMerchant) receive(_ context.Context, event *webhook.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, event)
	return nil
}

// take returns what came since the last call.
func (m *callbackMerchant) take() []*webhook.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.events
	m.events = nil
	return out
}

// TestCallbackLife lets the platform send every kind of callback, each of them twice,
// and checks that each is dispatched once, as its struct, with its content.
func TestCallbackLife(t *testing.T) {
	t.Parallel()
	for _, loose := range []bool{false, true} {
		m := &callbackMerchant{}
		m.start(t)
		webhooks := map[string]string{}
		for _, typ := range legacy.EventTypes() {
			webhooks[typ] = m.url + "/" + typ
		}
		server, source := callbackPlatform(t, legacytest.Config{Webhooks: webhooks, LooseTypes: loose})
		m.source = source
		server.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
		client, err := legacy.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
		if err != nil {
			t.Fatal(err)
		}
		callbackLife(t, server, client, m, webhooks)
	}
}

// callbackLife runs the operations and compares what came after each.
func callbackLife(t *testing.T, server *legacytest.Server, client *legacy.Client, m *callbackMerchant, urls map[string]string) {
	t.Helper()
	ctx := t.Context()
	l, p, h := server.IssueCard(legacytest.ProductVirtualL), server.IssueCard(legacytest.ProductVirtualP), server.IssueCard(legacytest.ProductVisaH)
	var oob *legacy.OOBRequested
	for _, step := range []struct {
		name string
		run  func() error
		want []string
	}{
		{"application", func() error {
			_, err := client.Applications.ApplyVirtualP(ctx, legacy.VirtualPApplication{
				MerOrderNo: "k", CardBIN: "537100", FirstRecharge: issuing.NewAmount(5, 0), Email: "x@example.com", NotifyURL: urls[legacy.EventApplicationCompleted],
			})
			return err
		}, []string{"CardTransaction TopUp 5.00", "kyc success"}},
		{"top-up of VIRTUAL-L", func() error {
			_, err := client.Cards.Deposit(ctx, legacy.DepositRequest{MerOrderNo: "d", CardNumber: l, Amount: issuing.NewAmount(20, 0), NotifyURL: urls[legacy.EventCardDeposited]})
			return err
		}, []string{"deposit success 20.00", "virtual_l_bill TOP UP 20.00"}},
		{"top-up that fails", func() error {
			failNext(t, server, "Cards.Deposit", "no")
			_, err := client.Cards.Deposit(ctx, legacy.DepositRequest{MerOrderNo: "d2", CardNumber: h, Amount: issuing.NewAmount(200, 0), NotifyURL: urls[legacy.EventCardDeposited]})
			return err
		}, []string{"deposit failed 200.00"}},
		{"purchase", func() error { return client.VirtualL.SimulateTransaction(ctx, l) }, []string{"virtual_l_bill AUTH 1.00"}},
		{"password", func() error { return client.VirtualL.SimulateOTP(ctx, l) }, []string{"virtual_l_otp true"}},
		{"closure of VIRTUAL-L", func() error { return just(client.VirtualL.Close(ctx, l)) }, []string{"virtual_l_close 19.00"}},
		{"freezing", func() error { return just(client.VirtualP.Freeze(ctx, p)) }, []string{"CardTransaction FrozenCard 0"}},
		{"3-D Secure", func() error {
			if err := server.SendOTP(p, issuingtest.Challenge{Amount: issuing.NewAmount(9, 0), Code: issuing.NewSecret("1234321"), Detail: "shop"}); err != nil {
				return err
			}
			return server.Forward3DS(p, issuingtest.Challenge{Amount: issuing.NewAmount(9, 0), URL: "https://example.com/3ds", Detail: "shop"})
		}, []string{"Card3dsOtp 9", "ThreeDomainSecureForwarding 5m0s"}},
		{"closure of VIRTUAL-P", func() error { return just(client.VirtualP.Close(ctx, p)) }, []string{"CardTransaction DeleteCard 0.00", "DeleteCard Inactive"}},
		{"remittance", func() error {
			_, err := client.Transfers.Create(ctx, legacy.TransferRequest{
				MerOrderNo: "t", NotifyURL: urls[legacy.EventTransferCompleted], SourceCurrency: issuing.CurrencyUSD, SendAmount: issuing.NewAmount(1000, 0),
				Country: "USA", Business: legacy.BusinessB2B, Type: legacy.ChannelWire, Currency: issuing.CurrencyUSD,
				AccountNumber: issuing.NewSecret("543435"), SWIFTCode: "CHASUS33",
				Recipient: legacy.Recipient{TargetAddressLine: "1", TargetAddressCity: "NY", TargetCompanyName: "Books"},
				Sender: legacy.Sender{
					SourceCountry: "HKG", SourceAddressLine: "1", SourceAddressCity: "HK", SourceAddressCountry: "HKG",
					SourceCompanyName: "Paper", SourceCompanyTradingName: "Paper",
				},
				RemittancePurpose: "001-01", SourceOfFunds: "01", Relationship: "01",
			})
			return err
		}, []string{"transfer success 1029.0000 0.021 true"}},
		{"confirmation", func() error { return client.VisaH.SimulateOOB(ctx, h) }, []string{"visa_h_oob in progress 31.81 1m40s"}},
	} {
		if err := step.run(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		server.Clock().Advance(time.Minute)
		var got []string
		for _, event := range m.take() {
			got = append(got, describeCallback(event, l))
			if n, ok := event.Data.(*legacy.OOBRequested); ok {
				oob = n
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	confirmation, err := client.VisaH.ReplyOOB(ctx, oob.CardNumber, oob.ACSTransactionID, legacy.OOBReplyAccept)
	if err != nil || confirmation.Status != legacy.OOBStatusAccepted {
		t.Errorf("reply: %+v, %v", confirmation, err)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// TestCallbackAtAnUnknownAddress posts a captured callback to an address for no
// documented type. It must leave the platform's own delivery alone.
func TestCallbackAtAnUnknownAddress(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	var got []string
	receive := func(_ context.Context, event *webhook.Event) error {
		got = append(got, fmt.Sprintf("%s %T", event.Type, event.Data))
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("POST /{type}", webhook.NewHandler(source, receive))
	mux.Handle("POST /fixed/other", webhook.NewHandler(source.ForType("other"), receive))
	deposit := callbackBody(t, server, depositNotice())
	own := callbackBody(t, server, map[string]any{"type": "NewKind", "data": `{"cardNo":"1"}`})
	for _, post := range []struct {
		path string
		body []byte
		code int
	}{
		{"/other", deposit, http.StatusUnprocessableEntity},
		{"/fixed/other", deposit, http.StatusUnprocessableEntity},
		{"/" + legacy.EventCardDeposited, deposit, http.StatusOK},
		{"/NewKind", own, http.StatusUnprocessableEntity},
		{"/" + legacy.EventVirtualP, own, http.StatusOK},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, post.path, bytes.NewReader(post.body)))
		if w.Code != post.code || (w.Code == http.StatusOK && w.Body.String() != "ok") {
			t.Errorf("%s: %d %q, want %d", post.path, w.Code, w.Body, post.code)
		}
	}
	want := []string{"deposit *legacy.CardDeposited", "NewKind *webhook.Unknown"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dispatched (-want +got):\n%s", diff)
	}
}

// describeCallback puts what identifies an event into words.
func describeCallback(event *webhook.Event, l issuing.Secret) string {
	switch n := event.Data.(type) {
	case *legacy.ApplicationCompleted:
		return fmt.Sprintf("%s %v", event.Type, n.Status)
	case *legacy.CardDeposited:
		return fmt.Sprintf("%s %v %s", event.Type, n.Status, n.SettleAmount)
	case *legacy.VirtualLBilled:
		return fmt.Sprintf("%s %s %s", event.Type, n.Type, n.LocalAmount)
	case *legacy.VirtualLChallenged:
		return fmt.Sprintf("%s %t", event.Type, n.Matches(l))
	case *legacy.VirtualLClosed:
		return fmt.Sprintf("%s %s", event.Type, n.LocalAmount)
	case *legacy.VirtualPBilled:
		return fmt.Sprintf("%s %s %s", event.Type, n.Type, n.Amount)
	case *legacy.VirtualPChallenged:
		return fmt.Sprintf("%s %s", event.Type, n.Amount)
	case *legacy.VirtualPForwarded:
		return fmt.Sprintf("%s %v", event.Type, n.ExpirationTime.Sub(n.Timestamp))
	case *legacy.VirtualPClosed:
		return fmt.Sprintf("%s %s", event.Type, n.Status)
	case *legacy.OOBRequested:
		return fmt.Sprintf("%s %v %s %v", event.Type, n.Status, n.Transactions[0].PurchaseAmount, n.ExpireDate.Sub(n.CreatedDate))
	case *legacy.TransferCompleted:
		ratio, ok := n.Ratio()
		return fmt.Sprintf("%s %v %s %s %t", event.Type, n.Status, n.SourceAmount, ratio, ok && n.Extra().UETR != "")
	}
	return fmt.Sprintf("%T", event.Data)
}
