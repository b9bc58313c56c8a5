package worldcardtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// merchant is a callback server that opens what it gets with the shared key.
type merchant struct {
	*httptest.Server
	mu     sync.Mutex
	answer string
}

func newMerchant(t *testing.T) *merchant {
	t.Helper()
	m := &merchant{answer: "ok"}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m.mu.Lock()
		defer m.mu.Unlock()
		_, _ = io.WriteString(w, m.answer)
	}))
	t.Cleanup(m.Close)
	return m
}

// read opens the platform's log of deliveries.
func (m *merchant) read(t *testing.T, server *worldcardtest.Server) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, d := range server.Deliveries() {
		plain, err := server.AESKey().OpenBody(d.Body)
		if err != nil {
			t.Fatal(err)
		}
		var event map[string]any
		if err := json.Unmarshal(plain, &event); err != nil {
			t.Fatal(err)
		}
		out = append(out, event)
	}
	return out
}

func clientFor(t *testing.T, server *worldcardtest.Server) *worldcard.Client {
	t.Helper()
	client, err := worldcard.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestMoneyOfAVirtualCard(t *testing.T) {
	t.Parallel()
	m := newMerchant(t)
	server := start(t, worldcardtest.Config{WebhookURL: m.URL, Reserve: issuing.NewAmount(1000, 0)})
	client := clientFor(t, server)
	reserve := func(want string) {
		t.Helper()
		if got := server.Reserve(issuing.CurrencyUSD).String(); got != want {
			t.Errorf("the reserve holds %s, want %s", got, want)
		}
	}
	settled := func(want string) {
		t.Helper()
		reserve(want)
		if err := server.Check(); err != nil {
			t.Error(err)
		}
	}
	req := worldcard.ApplyRequest{
		MerchantCardID: "mc", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "a@example.com",
	}
	failNext(t, server, "Virtual.Apply", "no luck")
	failing := req
	failing.MerchantCardID = "mc-0"
	must(client.Virtual.Apply(t.Context(), failing))
	reserve("900.00") // frozen
	server.Clock().Advance(time.Minute)
	settled("1000.00") // given back

	card := must(client.Virtual.Apply(t.Context(), req))
	server.Clock().Advance(time.Minute)
	ref := worldcard.ByCardID(card.ID)
	failNext(t, server, "Cards.Deposit", "channel down")
	for _, key := range []string{"tx-1", "tx-2"} {
		must(client.Cards.Deposit(t.Context(), worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: key, Amount: issuing.NewAmount(50, 0)}))
	}
	reserve("800.00")
	server.Clock().Advance(time.Minute)
	settled("850.00") // the failed one came back
	if d := must(client.Cards.DepositByKey(t.Context(), ref, "tx-1")); d.Status != worldcard.DepositStatusFailed {
		t.Errorf("tx-1 is %v", d.Status)
	}

	shop := issuingtest.Merchant{Name: "SHOP", MCC: "5411", Country: "US", City: "SEATTLE"}
	auth := must(server.Purchase(card.ID, issuing.NewAmount(30, 0), shop))
	reversed := must(server.Purchase(card.ID, issuing.NewAmount(20, 0), shop))
	if a := must(server.Purchase(card.ID, issuing.NewAmount(500, 0), shop)); a.Approved || a.Reason != "insufficient balance" || a.ID == "" {
		t.Errorf("a purchase over the balance: %+v", a)
	}
	if !auth.Approved || auth.Reason != "" {
		t.Errorf("a purchase within the balance: %+v", auth)
	}
	must(server.Settle(card.ID, auth.ID))
	must(server.Reverse(card.ID, reversed.ID))
	if _, err := server.Settle(card.ID, reversed.ID); err == nil {
		t.Error("a reversed authorization was settled")
	}
	must(server.Refund(card.ID, issuing.NewAmount(5, 0), shop))
	info := must(client.Virtual.Card(t.Context(), ref))
	if info.AvailableBalance.String() != "125.00" || info.FrozenBalance.String() != "0.00" {
		t.Errorf("balance %s, frozen %s", info.AvailableBalance, info.FrozenBalance)
	}
	var types []worldcard.TransactionType
	for tx, err := range client.Cards.AllTransactions(t.Context(), ref) {
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, tx.Type)
	}
	want := []worldcard.TransactionType{"Refund", "Reversal", "Settlement", "Authorization", "Authorization", "Authorization"}
	if !slices.Equal(types, want) {
		t.Errorf("transactions %v, want %v", types, want)
	}
	must(client.Cards.Close(t.Context(), ref))
	server.Clock().Advance(time.Minute)
	settled("975.00")
	events := m.read(t, server)
	var closed map[string]any
	for _, e := range events {
		if e["notify_type"] == worldcard.EventCardClosed {
			closed = e
		}
	}
	if closed == nil || closed["amount"] != "125.00" || closed["card_status"] != "cancelled" {
		t.Errorf("card_close: %v", closed)
	}
}

func TestPhysicalCardStates(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{KYCTimeout: time.Hour, Quota: 3})
	client := clientFor(t, server)
	apply := func(key string) {
		t.Helper()
		must(client.Physical.Apply(t.Context(), worldcard.PhysicalApplyRequest{
			MerchantCardID: key, CardBINID: "12", FirstName: "SAN", LastName: "ZHANG",
			TelephoneCountryCode: "86", Phone: "1", BirthDate: issuing.NewDate(1990, time.January, 15),
		}))
	}
	status := func(key string, want worldcard.CardStatus) {
		t.Helper()
		if card, _ := server.Card(key); card.Status != want {
			t.Errorf("%s is %v, want %v", key, card.Status, want)
		}
	}
	for _, key := range []string{"timeout", "cancelled", "rejected"} {
		apply(key)
	}
	if err := server.ApproveKYC("timeout"); err == nil {
		t.Error("a verification that was never started was approved")
	}
	if got := must(client.KYC.Cancel(t.Context(), "cancelled")); got != worldcard.CardStatusFailed {
		t.Errorf("cancel: %v", got)
	}
	must(client.KYC.Cancel(t.Context(), "cancelled")) // idempotent, gives nothing back twice
	must(client.KYC.Init(t.Context(), "rejected"))
	if err := server.RejectKYC("rejected", "forged document", issuingtest.KYCRetryForbidden); err != nil {
		t.Error(err)
	}
	status("rejected", worldcard.CardStatusFailed)
	server.Clock().Advance(2 * time.Hour)
	status("timeout", worldcard.CardStatusFailed)
	for _, key := range []string{"a", "b", "c"} { // the whole quota is back
		apply(key)
	}

	must(client.KYC.Init(t.Context(), "a"))
	if err := server.RejectKYC("a", "blurred", issuingtest.KYCRetryAllowed); err != nil {
		t.Error(err)
	}
	status("a", worldcard.CardStatusPendingKYC)
	if err := server.ApproveKYC("a"); err != nil { // a manual review overrides
		t.Error(err)
	}
	status("a", worldcard.CardStatusPendingAssignment)
	ref, number := worldcard.ByMerchantCardID("a"), issuing.NewSecret("4000123412341234")
	must(client.Physical.Assign(t.Context(), worldcard.AssignRequest{CardRef: ref, CardNumber: number}))
	must(client.Physical.Assign(t.Context(), worldcard.AssignRequest{CardRef: ref, CardNumber: number})) // idempotent
	pin := issuing.NewSecret("135790")
	failNext(t, server, "Physical.Activate", "")
	must(client.Physical.Activate(t.Context(), worldcard.ActivateRequest{CardRef: ref, PIN: pin}))
	server.Clock().Advance(time.Minute)
	status("a", worldcard.CardStatusPendingActivation)
	must(client.Physical.Activate(t.Context(), worldcard.ActivateRequest{CardRef: ref, PIN: pin}))
	server.Clock().Advance(time.Minute)
	status("a", worldcard.CardStatusActive)
	if err := client.Physical.SetPIN(t.Context(), worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("246801")}); err != nil {
		t.Error(err)
	}
	if card, _ := server.Card("a"); card.PIN.Reveal() != "246801" {
		t.Error("the PIN was not changed")
	}
}

func TestCallbacksAreRetriedOnTheDocumentedSchedule(t *testing.T) {
	t.Parallel()
	m := newMerchant(t)
	m.answer = "OK, thank you" // status 200, but not the plain text ok
	server := start(t, worldcardtest.Config{WebhookURL: m.URL})
	client := clientFor(t, server)
	must(client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{
		MerchantCardID: "mc", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "a@example.com",
	}))
	server.Clock().Advance(72 * time.Hour)
	log := server.Deliveries()
	want := []time.Duration{
		time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute,
		64 * time.Minute, 128 * time.Minute, 256 * time.Minute, 24 * time.Hour,
	}
	var got []time.Duration
	for i := 1; i < len(log); i++ {
		got = append(got, log[i].At.Sub(log[i-1].At))
	}
	if !slices.Equal(got, want) {
		t.Errorf("waits %v, want %v", got, want)
	}
	nonces := map[string]bool{}
	for _, d := range log {
		if d.Accepted || len(d.Header.Get("X-Timestamp")) != 13 || nonces[d.Header.Get("X-Nonce")] {
			t.Errorf("delivery %d: %v, timestamp %s", d.Attempt, d.Accepted, d.Header.Get("X-Timestamp"))
		}
		nonces[d.Header.Get("X-Nonce")] = true
	}
}
