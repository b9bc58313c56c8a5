package legacy_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// documented returns the paths of the legacy pages, less the two that take a PIN in
// clear.
func documented(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/paths.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// call is one method of the client under the name that errors and events have.
type call struct {
	op  string
	run func(context.Context) error
}

// just drops a method's result.
func just[T any](_ T, err error) error { return err }

// everyCall lists every method of the client, ready to be called.
func everyCall(c *legacy.Client, e, h, l, p issuing.Secret) []call {
	pin := issuing.NewSecret("123456")
	eList := legacy.MasterETransactionsRequest{CardNumber: e, PageSize: 5}
	hList := legacy.VisaHTransactionsRequest{CardNumber: h, PageSize: 5, From: firstDay, To: lastDay}
	lList := legacy.VirtualTransactionsRequest{CardNumber: l, PageSize: 5, From: firstDay, To: lastDay}
	pList := legacy.VirtualTransactionsRequest{CardNumber: p, PageSize: 5, From: firstDay, To: lastDay}
	limits := legacy.DailyLimitsRequest{CardNumber: e, DailyPurchaseLimit: 5, DailyATMLimit: 6}
	document := legacy.DocumentRequest{CardNumber: p, IDType: legacy.DocumentTypePassport, FaceImage: issuing.NewSecret("x")}
	quote := legacy.QuoteRequest{SourceCurrency: "USD", Country: "CHN", Business: "C2C", Type: "wire", TargetCurrency: "CNY"}
	purposes := legacy.RemittancePurposesRequest{Country: "CHN", Business: "C2C", Type: "wire", Currency: "CNY"}
	chinese := virtualLApplication("l-2")
	chinese.Language, chinese.CardType, chinese.BusinessScene, chinese.CardArea = legacy.LanguageChinese, "VISA", "电商消费", "中国香港"
	return []call{
		{"Applications.ApplyMasterE", func(ctx context.Context) error {
			return just(c.Applications.ApplyMasterE(ctx, masterEApplication("e-1")))
		}},
		{"Applications.ApplyVisaH", func(ctx context.Context) error { return just(c.Applications.ApplyVisaH(ctx, visaHApplication("h-1"))) }},
		{"Applications.ApplyVirtualL", func(ctx context.Context) error {
			return just(c.Applications.ApplyVirtualL(ctx, virtualLApplication("l-1")))
		}},
		{"Applications.ApplyVirtualL", func(ctx context.Context) error { return just(c.Applications.ApplyVirtualL(ctx, chinese)) }},
		{"Applications.ApplyVirtualP", func(ctx context.Context) error {
			return just(c.Applications.ApplyVirtualP(ctx, virtualPApplication("p-1")))
		}},
		{"Applications.ApplicationByKey", func(ctx context.Context) error { return just(c.Applications.ApplicationByKey(ctx, "p-1")) }},
		{"Cards.Deposit", func(ctx context.Context) error { return just(c.Cards.Deposit(ctx, depositRequest("d-1", l))) }},
		{"Cards.DepositByKey", func(ctx context.Context) error { return just(c.Cards.DepositByKey(ctx, "d-1")) }},
		{"MasterE.Card", func(ctx context.Context) error { return just(c.MasterE.Card(ctx, e)) }},
		{"MasterE.Freeze", func(ctx context.Context) error { return just(c.MasterE.Freeze(ctx, e)) }},
		{"MasterE.Unfreeze", func(ctx context.Context) error { return just(c.MasterE.Unfreeze(ctx, e)) }},
		{"MasterE.SetPIN", func(ctx context.Context) error { return c.MasterE.SetPIN(ctx, e, pin) }},
		{"MasterE.SetDailyLimits", func(ctx context.Context) error { return just(c.MasterE.SetDailyLimits(ctx, limits)) }},
		{"MasterE.LatestTransactions", func(ctx context.Context) error { return just(c.MasterE.LatestTransactions(ctx, eList)) }},
		{"MasterE.Transactions", func(ctx context.Context) error { return just(c.MasterE.Transactions(ctx, eList)) }},
		{"VisaH.Card", func(ctx context.Context) error { return just(c.VisaH.Card(ctx, h)) }},
		{"VisaH.Freeze", func(ctx context.Context) error { return just(c.VisaH.Freeze(ctx, h)) }},
		{"VisaH.Unfreeze", func(ctx context.Context) error { return just(c.VisaH.Unfreeze(ctx, h)) }},
		{"VisaH.SetPIN", func(ctx context.Context) error { return c.VisaH.SetPIN(ctx, h, pin) }},
		{"VisaH.Transactions", func(ctx context.Context) error { return just(c.VisaH.Transactions(ctx, hList)) }},
		{"VisaH.SimulateOOB", func(ctx context.Context) error { return c.VisaH.SimulateOOB(ctx, h) }},
		{"VirtualL.BINs", func(ctx context.Context) error { return just(c.VirtualL.BINs(ctx, legacy.LanguageChinese)) }},
		{"VirtualL.BINs", func(ctx context.Context) error { return just(c.VirtualL.BINs(ctx, legacy.LanguageEnglish)) }},
		{"VirtualL.Card", func(ctx context.Context) error { return just(c.VirtualL.Card(ctx, l)) }},
		{"VirtualL.Freeze", func(ctx context.Context) error { return just(c.VirtualL.Freeze(ctx, l)) }},
		{"VirtualL.Unfreeze", func(ctx context.Context) error { return just(c.VirtualL.Unfreeze(ctx, l)) }},
		{"VirtualL.Transactions", func(ctx context.Context) error { return just(c.VirtualL.Transactions(ctx, lList)) }},
		{"VirtualL.SimulateOTP", func(ctx context.Context) error { return c.VirtualL.SimulateOTP(ctx, l) }},
		{"VirtualL.SimulateTransaction", func(ctx context.Context) error { return c.VirtualL.SimulateTransaction(ctx, l) }},
		{"VirtualL.Close", func(ctx context.Context) error { return just(c.VirtualL.Close(ctx, l)) }},
		{"VirtualP.BINs", func(ctx context.Context) error { return just(c.VirtualP.BINs(ctx)) }},
		{"VirtualP.Card", func(ctx context.Context) error { return just(c.VirtualP.Card(ctx, p)) }},
		{"VirtualP.Freeze", func(ctx context.Context) error { return just(c.VirtualP.Freeze(ctx, p)) }},
		{"VirtualP.Unfreeze", func(ctx context.Context) error { return just(c.VirtualP.Unfreeze(ctx, p)) }},
		{"VirtualP.UploadDocument", func(ctx context.Context) error { return c.VirtualP.UploadDocument(ctx, document) }},
		{"VirtualP.Transactions", func(ctx context.Context) error { return just(c.VirtualP.Transactions(ctx, pList)) }},
		{"VirtualP.Close", func(ctx context.Context) error { return just(c.VirtualP.Close(ctx, p)) }},
		{"Transfers.Quote", func(ctx context.Context) error { return just(c.Transfers.Quote(ctx, quote)) }},
		{"Transfers.Create", func(ctx context.Context) error { return just(c.Transfers.Create(ctx, transferRequest("t-1"))) }},
		{"Transfers.TransferByKey", func(ctx context.Context) error { return just(c.Transfers.TransferByKey(ctx, "t-1")) }},
		{"Reference.BusinessModes", func(ctx context.Context) error { return just(c.Reference.BusinessModes(ctx, "CHN", "wire")) }},
		{"Reference.SourceCountries", func(ctx context.Context) error { return just(c.Reference.SourceCountries(ctx)) }},
		{"Reference.TargetCountries", func(ctx context.Context) error { return just(c.Reference.TargetCountries(ctx)) }},
		{"Reference.Channels", func(ctx context.Context) error { return just(c.Reference.Channels(ctx, "HKG")) }},
		{"Reference.ChannelCountries", func(ctx context.Context) error { return just(c.Reference.ChannelCountries(ctx, "wire")) }},
		{"Reference.Currencies", func(ctx context.Context) error { return just(c.Reference.Currencies(ctx, "IDN", "ewallet")) }},
		{"Reference.Banks", func(ctx context.Context) error { return just(c.Reference.Banks(ctx, "CHN")) }},
		{"Reference.Branches", func(ctx context.Context) error { return just(c.Reference.Branches(ctx, "BGD", "127 000")) }},
		{"Reference.States", func(ctx context.Context) error { return just(c.Reference.States(ctx, "IDN")) }},
		{"Reference.Cities", func(ctx context.Context) error { return just(c.Reference.Cities(ctx, "IDN", "01")) }},
		{"Reference.Relationships", func(ctx context.Context) error { return just(c.Reference.Relationships(ctx)) }},
		{"Reference.RemittancePurposes", func(ctx context.Context) error { return just(c.Reference.RemittancePurposes(ctx, purposes)) }},
		{"Reference.SourcesOfFunds", func(ctx context.Context) error { return just(c.Reference.SourcesOfFunds(ctx, "CHN", "C2C")) }},
		{"Reference.Occupations", func(ctx context.Context) error { return just(c.Reference.Occupations(ctx)) }},
		{"VisaH.ReplyOOB", func(ctx context.Context) error {
			return just(c.VisaH.ReplyOOB(ctx, h, "41ce7a7d-9d57-4d87-b6e4-310acfa4b276", legacy.OOBReplyAccept))
		}},
	}
}

func TestEveryDocumentedPath(t *testing.T) {
	t.Parallel()
	paths := documented(t)
	var mu sync.Mutex
	seen := map[string]string{}
	server, client := platform(t, legacytest.Config{}, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
		mu.Lock()
		defer mu.Unlock()
		seen[event.Template] = event.Op
	}))
	calls := everyCall(client, server.IssueCard(legacytest.ProductMasterE), server.IssueCard(legacytest.ProductVisaH),
		server.IssueCard(legacytest.ProductVirtualL), server.IssueCard(legacytest.ProductVirtualP))
	for _, c := range calls {
		err := c.run(t.Context())
		// No notification was received, so there is nothing to reply to.
		if err != nil && c.op != "VisaH.ReplyOOB" {
			t.Errorf("%s: %v", c.op, err)
		}
	}
	var called []string
	for path := range seen {
		called = append(called, path)
	}
	slices.Sort(called)
	if diff := cmp.Diff(paths, called); diff != "" {
		t.Errorf("paths that no method calls (-want +got):\n%s", diff)
	}
}

func TestReferenceData(t *testing.T) {
	t.Parallel()
	_, client := platform(t, legacytest.Config{})
	branches, err := client.Reference.Branches(t.Context(), "BGD", "127")
	if err != nil || branches[0].Code != "127 000" {
		t.Errorf("branches %+v, %v: a code keeps its space", branches, err)
	}
	options, err := client.Reference.Currencies(t.Context(), "IDN", legacy.ChannelEWallet)
	if err != nil || len(options) != 2 || options[1].Partner != "partner_ovo" || options[1].Currency != "IDR" || options[0].Country != "IDN" {
		t.Errorf("currencies %+v, %v", options, err)
	}
	countries, err := client.Reference.SourceCountries(t.Context())
	if err != nil || countries[0] != (legacy.Country{Code: "CHN", Name: "China", ShortCode: "CN"}) {
		t.Errorf("countries %+v, %v", countries, err)
	}
	relations, err := client.Reference.Relationships(t.Context())
	if err != nil || relations[0].Name != "父母" {
		t.Errorf("relationships %+v, %v", relations, err)
	}
	modes, err := client.Reference.BusinessModes(t.Context(), "CHN", legacy.ChannelWire)
	if err != nil || modes[0].Business != legacy.BusinessC2C {
		t.Errorf("modes %+v, %v", modes, err)
	}
}
