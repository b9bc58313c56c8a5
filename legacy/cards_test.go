package legacy_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

var (
	firstDay = issuing.NewDate(2026, 3, 1)
	lastDay  = issuing.NewDate(2026, 4, 30)
)

// topUp puts money on a card.
func topUp(t *testing.T, server *legacytest.Server, client *legacy.Client, card issuing.Secret, text string) {
	t.Helper()
	req := depositRequest("top-up-"+text+fmt.Sprint(len(server.Deposits())), card)
	req.Amount = amount(text)
	if _, err := client.Cards.Deposit(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
}

func TestMasterE(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	card := server.IssueCard(legacytest.ProductMasterE)
	topUp(t, server, client, card, "500")
	for i := range 6 {
		if _, err := server.Purchase(card, amount(fmt.Sprint(i+1)), issuingtest.Merchant{Name: "Corner Books"}); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Minute)
	}
	c, err := client.MasterE.Card(t.Context(), card)
	if err != nil {
		t.Fatal(err)
	}
	if !c.CardNumber.Equal(card) || c.Status != legacy.MasterECardStatusActivated || c.Balance.Cmp(amount("479")) != 0 {
		t.Errorf("card %+v", c)
	}
	if month, year, ok := c.Expiry(); !ok || month != 4 || year != 2030 {
		t.Errorf("expiry %v %d %t", month, year, ok)
	}
	frozen, err := client.MasterE.Freeze(t.Context(), card)
	if err != nil || frozen.MasterE.Status != legacy.MasterECardStatusLost {
		t.Errorf("freeze %+v, %v", frozen, err)
	}
	active, err := client.MasterE.Unfreeze(t.Context(), card)
	if err != nil || active.MasterE.Status != legacy.MasterECardStatusActivated {
		t.Errorf("unfreeze %+v, %v", active, err)
	}
	if err := client.MasterE.SetPIN(t.Context(), card, issuing.NewSecret("135790")); err != nil {
		t.Error(err)
	}
	if !server.PIN(card).Equal(issuing.NewSecret("135790")) {
		t.Error("the PIN did not arrive as it was set")
	}
	limits, err := client.MasterE.SetDailyLimits(t.Context(), legacy.DailyLimitsRequest{CardNumber: card, DailyPurchaseLimit: 300, DailyATMLimit: 0})
	if err != nil || limits.DailyPurchaseLimit.Cmp(amount("300")) != 0 || limits.DailyATMLimit.Cmp(amount("0")) != 0 {
		t.Errorf("limits %+v, %v", limits, err)
	}

	req := legacy.MasterETransactionsRequest{CardNumber: card, PageSize: 3, From: firstDay, To: lastDay}
	latest, err := client.MasterE.LatestTransactions(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	three := latest.List
	if len(three) != 3 || three[0].Amount.Cmp(amount("6")) != 0 {
		t.Errorf("transactions %+v", three)
	}
	if m, ok := three[0].MerchantInfo(); !ok || m.Name != "Corner Books" {
		t.Errorf("merchant %+v, %t", m, ok)
	}
	if !three[0].CreatedAt.Equal(server.Clock().Now().Add(-time.Minute)) {
		t.Errorf("created at %v", three[0].CreatedAt)
	}
	var amounts []string
	for tx, err := range client.MasterE.AllTransactions(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		amounts = append(amounts, tx.Amount.String())
	}
	if diff := cmp.Diff([]string{"6", "5", "4", "3", "2", "1", "500.00"}, amounts); diff != "" {
		t.Errorf("all transactions (-want +got):\n%s", diff)
	}
	page, err := client.MasterE.Transactions(t.Context(), req)
	if err != nil || page.NextPageToken == "" || page.PrevPageToken != "" {
		t.Fatalf("page %+v, %v", page, err)
	}
	req.PageToken, req.PageSize = page.NextPageToken, 4
	if _, err := client.MasterE.Transactions(t.Context(), req); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a token under another page size: %v", err)
	}
	req.PageToken, req.To = "", issuing.NewDate(2026, 3, 31)
	if none, err := client.MasterE.LatestTransactions(t.Context(), req); err != nil || len(none.List) != 0 {
		t.Errorf("before the purchases: %+v, %v", none, err)
	}
}

func TestVisaH(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	card := server.IssueCard(legacytest.ProductVisaH)
	topUp(t, server, client, card, "200")
	bought, err := server.Purchase(card, amount("31.81"), issuingtest.Merchant{Name: "Amazon"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.VisaH.Card(t.Context(), card)
	if err != nil {
		t.Fatal(err)
	}
	if c.Status != legacy.VisaHCardStatusActivated || c.PANLast4 != card.Last4() || len(c.CVV.Reveal()) != 3 ||
		c.TotalBalance.Cmp(amount("168.19")) != 0 || c.CurrentBillingEndDate.Before(start) {
		t.Errorf("card %+v", c)
	}
	if month, year, ok := c.Expiry(); !ok || month != 4 || year != 2030 {
		t.Errorf("expiry %v %d %t", month, year, ok)
	}
	if err := just(client.VisaH.Freeze(t.Context(), card)); err != nil {
		t.Error(err)
	}
	if c, err := client.VisaH.Card(t.Context(), card); err != nil || c.Status == legacy.VisaHCardStatusActivated {
		t.Errorf("frozen: %+v, %v", c, err)
	}
	if err := just(client.VisaH.Unfreeze(t.Context(), card)); err != nil {
		t.Error(err)
	}
	if err := client.VisaH.SetPIN(t.Context(), card, issuing.NewSecret("024680")); err != nil || !server.PIN(card).Equal(issuing.NewSecret("024680")) {
		t.Errorf("PIN: %v", err)
	}
	req := legacy.VisaHTransactionsRequest{CardNumber: card, PageSize: 1, From: firstDay, To: lastDay}
	types := func(req legacy.VisaHTransactionsRequest) (out []legacy.VisaHTransactionType) {
		for tx, err := range client.VisaH.AllTransactions(t.Context(), req) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, tx.Type)
		}
		return out
	}
	both := []legacy.VisaHTransactionType{legacy.VisaHTransactionTypePurchase, legacy.VisaHTransactionTypeAccountFunding}
	if diff := cmp.Diff(both, types(req)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	unsettled := req
	unsettled.Settled = new(bool)
	page, err := client.VisaH.Transactions(t.Context(), unsettled)
	if err != nil {
		t.Fatal(err)
	}
	list := page.List
	if len(list) != 1 || !list[0].IsAuthorization || list[0].Amount.Sign() != 0 ||
		list[0].AcquirerAmount.Cmp(amount("31.81")) != 0 || list[0].Source != legacy.VisaHTransactionSourceOnline || list[0].ID != bought.ID {
		t.Errorf("unsettled %+v", list)
	}
	if err := server.Settle(card, bought.ID); err != nil {
		t.Fatal(err)
	}
	if got := types(unsettled); len(got) != 0 {
		t.Errorf("unsettled after settlement: %v", got)
	}
	settled := req
	yes := true
	settled.Settled = &yes
	if diff := cmp.Diff(both, types(settled)); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
}

func TestVirtualL(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	english, err := client.VirtualL.BINs(t.Context(), legacy.LanguageEnglish)
	if err != nil {
		t.Fatal(err)
	}
	chinese, err := client.VirtualL.BINs(t.Context(), legacy.LanguageChinese)
	if err != nil {
		t.Fatal(err)
	}
	if len(english) != 4 || english[0].Scene != "e-commerce" || english[0].Area != "United States" || len(chinese) != 4 ||
		chinese[1].Network != "万事达" || !slices.Equal(chinese[2].BINs, []string{"493193", "438357"}) || english[3].Scene != "ChatGPT" {
		t.Errorf("BINs %+v, %+v", english, chinese)
	}
	card := server.IssueCard(legacytest.ProductVirtualL)
	topUp(t, server, client, card, "100")
	c, err := client.VirtualL.Card(t.Context(), card)
	if err != nil {
		t.Fatal(err)
	}
	if c.Status != legacy.VirtualLCardStatusActive || len(c.CVV.Reveal()) != 3 || c.Balance.String() != "100.00" ||
		c.User.BirthDate != issuing.NewDate(1992, 9, 20) || !c.CardNumber.Equal(card) {
		t.Errorf("card %+v", c)
	}
	if month, year, ok := c.Expiry(); !ok || month != 4 || year != 2030 {
		t.Errorf("expiry %v %d %t", month, year, ok)
	}
	if err := just(client.VirtualL.Freeze(t.Context(), card)); err != nil {
		t.Error(err)
	}
	if c, err := client.VirtualL.Card(t.Context(), card); err != nil || c.Status != legacy.VirtualLCardStatusFrozen {
		t.Errorf("frozen: %+v, %v", c, err)
	}
	if err := just(client.VirtualL.Unfreeze(t.Context(), card)); err != nil {
		t.Error(err)
	}
	for range 4 {
		if err := client.VirtualL.SimulateTransaction(t.Context(), card); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.VirtualL.SimulateOTP(t.Context(), card); err != nil {
		t.Error(err)
	}
	n := 0
	req := legacy.VirtualTransactionsRequest{CardNumber: card, PageSize: 2, From: firstDay, To: lastDay}
	for tx, err := range client.VirtualL.AllTransactions(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n < 5 && (tx.Type != legacy.VirtualLTransactionTypeAuth || tx.LocalAmount.String() != "1.00" || !tx.Status.Known()) {
			t.Errorf("transaction %d %+v", n, tx)
		}
	}
	if n != 5 {
		t.Errorf("%d transactions, want 5", n)
	}
	before := server.Reserve(issuing.CurrencyUSD)
	if err := just(client.VirtualL.Close(t.Context(), card)); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	if c, err := client.VirtualL.Card(t.Context(), card); err != nil || !c.Status.Terminal() {
		t.Errorf("closed: %+v, %v", c, err)
	}
	if back := server.Reserve(issuing.CurrencyUSD).Sub(before); back.String() != "96.00" {
		t.Errorf("the closure gave %s back", back)
	}
	if err := just(client.VirtualL.Close(t.Context(), card)); !errors.Is(err, issuing.ErrDeclined) {
		t.Errorf("closing again: %v", err)
	}
}

func TestVirtualP(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	bins, err := client.VirtualP.BINs(t.Context())
	if err != nil || len(bins) != 3 || bins[0].BIN != "537100" || bins[0].Platforms[1].SuccessRate != "0.98" {
		t.Errorf("BINs %+v, %v", bins, err)
	}
	card := server.IssueCard(legacytest.ProductVirtualP)
	topUp(t, server, client, card, "20")
	c, err := client.VirtualP.Card(t.Context(), card)
	if err != nil {
		t.Fatal(err)
	}
	if c.CardInfo.CardNumber.Last4() != c.Last4 || c.CardInfo.CardNumber.Equal(card) || len(c.CardInfo.CVV.Reveal()) != 3 ||
		c.Balance.Available.String() != "20.00" || c.Status != legacy.VirtualPCardStatusActive || c.BillingAddress.City != "San Francisco" {
		t.Errorf("card %+v", c)
	}
	if month, year, ok := c.Expiry(); !ok || month != 4 || year != 2030 {
		t.Errorf("expiry %v %d %t", month, year, ok)
	}
	if err := just(client.VirtualP.Freeze(t.Context(), card)); err != nil {
		t.Error(err)
	}
	if err := just(client.VirtualP.Unfreeze(t.Context(), card)); err != nil {
		t.Error(err)
	}
	document := legacy.DocumentRequest{CardNumber: card, IDType: legacy.DocumentTypePassport, FaceImage: issuing.NewSecret("\xff\xd8 page")}
	if err := client.VirtualP.UploadDocument(t.Context(), document); err != nil {
		t.Error(err)
	}
	document.CardNumber = server.IssueForeignCard()
	if err := client.VirtualP.UploadDocument(t.Context(), document); !errors.Is(err, legacy.CodeDocumentOwner) || !errors.Is(err, issuing.ErrUnauthorized) {
		t.Errorf("foreign card: %v", err)
	}
	document.CardNumber = issuing.NewSecret("9999")
	if err := client.VirtualP.UploadDocument(t.Context(), document); !errors.Is(err, legacy.CodeDocumentOrder) {
		t.Errorf("no card: %v", err)
	}
	req := legacy.VirtualTransactionsRequest{CardNumber: card, PageSize: 10, From: firstDay, To: lastDay}
	first, err := client.VirtualP.Transactions(t.Context(), req)
	if err != nil || first.TotalRecords != 1 || first.CurrentPage != 1 || first.List[0].Type != legacy.VirtualPTransactionTypeTopUp {
		t.Errorf("transactions %+v, %v", first, err)
	}
	for tx, err := range client.VirtualP.AllTransactions(t.Context(), req) {
		if err != nil || !tx.CardNumber.Equal(card) || !tx.Status.Terminal() {
			t.Errorf("transaction %+v, %v", tx, err)
		}
	}
	if err := just(client.VirtualP.Close(t.Context(), card)); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	if c, err := client.VirtualP.Card(t.Context(), card); err != nil || !c.Status.Terminal() {
		t.Errorf("closed: %+v, %v", c, err)
	}
}
