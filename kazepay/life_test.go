package kazepay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// profiles are those that whole lives are run with, so that nothing rests on the
// default.
var profiles = map[string]sign.Profile{
	"default": {},
	"other": {
		Cipher: sign.CipherAES256, Mode: sign.ModeCBCPrefixIV, Padding: sign.PaddingNone, Payload: sign.PayloadTextBase64,
		KeyText: sign.KeyTextHex, Wrap: sign.KeyWrapOAEPSHA256, Hash: sign.SignatureHashSHA256, Signed: sign.SignedBytesMessage,
	},
	"tolerant": {Mode: sign.ModeCBCZeroIV, KeyText: sign.KeyTextRaw, Signed: sign.SignedBytesCiphertextText, TolerantKey: true},
}

func TestVirtualLife(t *testing.T) {
	t.Parallel()
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, kazepaytest.Config{Profile: profile, NewCard: kazepay.CardStatusTBA})
			ctx := t.Context()
			a, err := client.Virtual.Apply(ctx, user(1).apply())
			if err != nil || a.Status != kazepay.CardStatusAuditing {
				t.Fatalf("%+v, %v", a, err)
			}
			early, err := client.Cards.Card(ctx, a.ID)
			if err != nil || early.CardNumber.Last4() != "" || !early.CVV.IsZero() {
				t.Errorf("while auditing: %+v, %v", early, err)
			}
			server.Clock().Advance(delay)
			if a, err = client.Virtual.Await(ctx, a.ID); err != nil || a.Status != kazepay.CardStatusTBA {
				t.Fatalf("%+v, %v", a, err)
			}
			d := deposit(t, server, client, a.ID, issuing.NewAmount(5000_00, 2))
			if d.Status != kazepay.TransactionStatusPending || d.SendAmount.String() != "5000.00" || d.CardID != a.ID {
				t.Errorf("%+v", d)
			}
			card, err := client.Cards.Card(ctx, a.ID)
			if err != nil || card.Status != kazepay.CardStatusActive || card.CVV.Len() != 3 || card.CardNumber.Last4() == "" {
				t.Fatalf("%+v, %v", card, err)
			}
			if year, month, ok := card.Expiry(); year != 2030 || month != time.April || !ok {
				t.Errorf("expires %d-%d, %t", year, month, ok)
			}
			id, err := client.Cards.CardID(ctx, card.CardNumber)
			if err != nil || id.CardID != a.ID || !id.CardNumber.Equal(card.CardNumber) {
				t.Errorf("%+v, %v", id, err)
			}
			spend(t, server, client, a.ID)
			freezeAndClose(t, server, client, a.ID)
		})
	}
}

// spend buys something in euros and looks at the books.
func spend(t *testing.T, server *kazepaytest.Server, client *kazepay.Client, cardID string) {
	t.Helper()
	ctx := t.Context()
	auth, err := server.PurchaseAt(cardID, kazepaytest.Price{
		Amount: issuing.NewAmount(13_09, 2), Fee: issuing.NewAmount(250_000, 6),
		ShopCurrency: issuing.CurrencyEUR, ShopAmount: issuing.NewAmount(11_90, 2),
	}, issuingtest.Merchant{Name: "MEITUAN FOOD BEIJING CHN"})
	if err != nil || !auth.Approved || auth.Reason != "" {
		t.Fatalf("%+v, %v", auth, err)
	}
	tx := auth.ID
	balance, err := client.Cards.Balance(ctx, cardID, "")
	want := kazepay.Balance{CardID: cardID, Currency: issuing.CurrencyUSD}
	want.Available, _ = issuing.ParseAmount("4986.660000")
	want.Frozen, _ = issuing.ParseAmount("13.340000")
	if err != nil || cmp.Diff(want, *balance) != "" {
		t.Errorf("%v: %s", err, cmp.Diff(want, *balance))
	}
	list, err := client.Cards.Transactions(ctx, kazepay.TransactionsRequest{CardID: cardID, TransactionID: tx})
	if err != nil || len(list.List) != 1 || list.Page != 1 || list.PageSize != 10 {
		t.Fatalf("%+v, %v", list, err)
	}
	wantTx := kazepay.Transaction{
		CardID: cardID, ID: tx, Time: server.Clock().Now(), CardCurrency: issuing.CurrencyUSD, TransactionCurrency: issuing.CurrencyEUR,
		CardAmount: issuing.NewAmount(-13_09, 2), TransactionAmount: issuing.NewAmount(-11_90, 2),
		FeeCurrency: issuing.CurrencyUSD, Fee: issuing.NewAmount(-250_000, 6), Status: "Pending", Type: "Expenditure",
		MerchantName: "MEITUAN FOOD BEIJING CHN", RespCode: kazepay.RespCodeSuccess, RespDescription: "SUCCESS",
	}
	if diff := cmp.Diff(wantTx, list.List[0]); diff != "" {
		t.Error(diff)
	}
	if err := server.Settle(cardID, tx); err != nil {
		t.Fatal(err)
	}
	wantBalance(t, server, cardID, "4986.660000", "0.000000")
}

func freezeAndClose(t *testing.T, server *kazepaytest.Server, client *kazepay.Client, cardID string) {
	t.Helper()
	ctx := t.Context()
	if c, err := client.Cards.Freeze(ctx, cardID); err != nil || c.Status != kazepay.CardStatusInactive {
		t.Fatalf("%+v, %v", c, err)
	}
	auth, err := server.Purchase(cardID, issuing.NewAmount(1, 0), issuingtest.Merchant{})
	if err != nil || auth.Approved || auth.Reason != "card abnormal" || auth.ID == "" {
		t.Errorf("a frozen card spends: %+v, %v", auth, err)
	}
	if c, err := client.Cards.Unfreeze(ctx, cardID); err != nil || c.Status != kazepay.CardStatusActive {
		t.Fatalf("%+v, %v", c, err)
	}
	before := server.Reserve(issuing.CurrencyUSD)
	closed, err := client.Cards.Close(ctx, cardID)
	if err != nil || closed.Status != kazepay.CardStatusCloseProcessing || closed.TransactionID == "" || closed.Currency != issuing.CurrencyUSD {
		t.Fatalf("%+v, %v", closed, err)
	}
	server.Clock().Advance(delay)
	card, err := client.Cards.Card(ctx, cardID)
	if err != nil || !card.Status.Terminal() {
		t.Errorf("%+v, %v", card, err)
	}
	if got := server.Reserve(issuing.CurrencyUSD).Sub(before); got.Cmp(closed.RefundAmount) != 0 || got.Sign() == 0 {
		t.Errorf("the merchant got %s back, the answer said %s", got, closed.RefundAmount)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	_, err = client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: cardID, Amount: issuing.NewAmount(1, 0)})
	wantError(t, err, issuing.ErrDeclined)
}

func TestPhysicalLife(t *testing.T) {
	t.Parallel()
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, kazepaytest.Config{Profile: profile})
			ctx, h := t.Context(), user(2)
			number := issuing.NewSecret("4937240800070604")
			if _, err := client.KYC.Link(ctx, h.identity(kazepay.IdentificationTypeIDCard)); err != nil {
				t.Fatal(err)
			}
			card, err := client.Physical.Assign(ctx, kazepay.AssignRequest{Email: issuing.Personal(h.email), CardNumber: number})
			if err != nil {
				t.Fatal(err)
			}
			code := server.ActivationCode(card.CardID)
			_, err = client.Physical.Activate(ctx, card.CardID, code)
			wantError(t, err, issuing.ErrDeclined) // KYC is not passed
			passKYC(t, server, client, h)
			if r, err := client.KYC.Await(ctx, h.email); err != nil || r.Status != kazepay.KYCStatusPassed {
				t.Fatalf("%+v, %v", r, err)
			}
			_, err = client.Physical.Activate(ctx, card.CardID, issuing.NewSecret("00000000"))
			wantError(t, err, issuing.ErrDeclined)
			change, err := client.Physical.Activate(ctx, card.CardID, code)
			if err != nil || change.Status != kazepay.CardStatusActiveProcessing {
				t.Fatalf("%+v, %v", change, err)
			}
			pin := issuing.NewSecret("037542")
			wantError(t, client.Physical.SetPIN(ctx, card.CardID, pin), issuing.ErrDeclined) // not yet active
			server.Clock().Advance(delay)
			if err := client.Physical.SetPIN(ctx, card.CardID, pin); err != nil {
				t.Fatal(err)
			}
			if state, _ := server.Card(card.CardID); !state.PIN.Equal(pin) || !state.Physical {
				t.Error("the PIN did not arrive")
			}
			got, err := client.Cards.Card(ctx, card.CardID)
			if err != nil || !got.CVV.IsZero() || !got.CardNumber.Equal(number) || string(got.HolderEmail) != h.email {
				t.Errorf("%+v, %v", got, err)
			}
			deposit(t, server, client, card.CardID, issuing.NewAmount(5000_00, 2))
			spend(t, server, client, card.CardID)
			freezeAndClose(t, server, client, card.CardID)
		})
	}
}

func TestAutoActivation(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	h := user(3)
	if _, err := client.KYC.Upload(t.Context(), h.upload(picture(10))); err != nil {
		t.Fatal(err)
	}
	card, err := client.Physical.Assign(t.Context(), kazepay.AssignRequest{
		Email: issuing.Personal(h.email), CardNumber: server.PrintCard(), AutoActivate: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Physical.Activate(t.Context(), card.CardID, issuing.NewSecret("12345678"))
	wantError(t, err, issuing.ErrDeclined)
	passKYC(t, server, client, h)
	server.Clock().Advance(delay)
	if got, err := client.Cards.Card(t.Context(), card.CardID); err != nil || got.Status != kazepay.CardStatusActive {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRejectedAndSubmittedAgain(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	ctx, h := t.Context(), user(4)
	image, err := kazepay.InlineImage(picture(100))
	if err != nil {
		t.Fatal(err)
	}
	req := kazepay.SubmitInlineRequest{
		Identity: h.identity(kazepay.IdentificationTypeIDCard), FrontImage: image, BackImage: image, HandheldImage: image,
	}
	for _, verdict := range []kazepay.KYCStatus{kazepay.KYCStatusRejected, kazepay.KYCStatusPassed} {
		if r, err := client.KYC.SubmitInline(ctx, req); err != nil || r.Status != kazepay.KYCStatusWaiting {
			t.Fatalf("%+v, %v", r, err)
		}
		decide := server.ApproveKYC
		if verdict == kazepay.KYCStatusRejected {
			decide = func(email string) error { return server.RejectKYC(email, "", issuingtest.KYCRetryAllowed) }
		}
		if err := decide(h.email); err != nil {
			t.Fatal(err)
		}
		if r, err := client.KYC.Status(ctx, h.email); err != nil || r.Status != verdict {
			t.Errorf("%+v, %v", r, err)
		}
	}
	_, err = client.KYC.Status(ctx, "nobody@kazepay.io")
	wantError(t, err, issuing.ErrDeclined)
}

func TestWebhookURL(t *testing.T) {
	t.Parallel()
	_, client := start(t, kazepaytest.Config{})
	if u, err := client.Webhooks.URL(t.Context()); err != nil || u.URL != "" {
		t.Errorf("%+v, %v", u, err)
	}
	const address = "https://notify.receive/api?a=1&b=<2>"
	for range 2 {
		if u, err := client.Webhooks.SetURL(t.Context(), address); err != nil || u.URL != address {
			t.Errorf("%+v, %v", u, err)
		}
	}
	if u, err := client.Webhooks.URL(t.Context()); err != nil || u.URL != address {
		t.Errorf("%+v, %v", u, err)
	}
}
