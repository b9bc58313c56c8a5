package uqpay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// mistyped sends one request whose field of an enumeration or a form is mistyped.
type mistyped struct {
	field string
	send  func(ctx context.Context, c client) error
}

// applying is a card's creation with one change.
func applying(change func(*uqpay.ApplyRequest)) func(context.Context, client) error {
	return func(ctx context.Context, c client) error {
		req := uqpay.ApplyRequest{Currency: "USD", ProductID: "p", CardholderID: "h"}
		change(&req)
		return ignore(c.Cards.Apply(ctx, req))
	}
}

// creating is a cardholder's creation with one change.
func creating(change func(*uqpay.CreateCardholderRequest)) func(context.Context, client) error {
	return func(ctx context.Context, c client) error {
		req := alex()
		change(&req)
		return ignore(c.Cardholders.Create(ctx, req))
	}
}

// typos are those that a string type lets through.
func typos(t *testing.T) []mistyped {
	t.Helper()
	one := amount(t, "1")
	return []mistyped{
		{"card_currency", applying(func(r *uqpay.ApplyRequest) { r.Currency = "EUR" })},
		{"usage_type", applying(func(r *uqpay.ApplyRequest) { r.UsageType = "ONETIME" })},
		{"auto_cancel_trigger", applying(func(r *uqpay.ApplyRequest) { r.AutoCancelTrigger = "ON AUTH" })},
		{"spending_controls.interval", applying(func(r *uqpay.ApplyRequest) {
			r.SpendingControls = []uqpay.SpendingControl{{Amount: one, Interval: "PER_TRANSACTIONS"}}
		})},
		{"risk_controls.enable_3ds", applying(func(r *uqpay.ApplyRequest) { r.RiskControls = &uqpay.RiskControls{Enable3DS: "y"} })},
		{"risk_controls.allow_3ds_transactions", applying(func(r *uqpay.ApplyRequest) { r.RiskControls = &uqpay.RiskControls{Allow3DS: "1"} })},
		{"risk_controls.allowed_mcc[1]", applying(func(r *uqpay.ApplyRequest) {
			r.RiskControls = &uqpay.RiskControls{AllowedMCC: []string{"5734", "573"}}
		})},
		{"cardholder_required_fields.gender", applying(func(r *uqpay.ApplyRequest) {
			r.CardholderFields = &uqpay.CardholderFields{Person: uqpay.Person{Gender: "F"}}
		})},
		{"cardholder_required_fields.country_code", applying(func(r *uqpay.ApplyRequest) {
			r.CardholderFields = &uqpay.CardholderFields{CountryCode: "Singapore"}
		})},
		{"cardholder_required_fields.first_name", applying(func(r *uqpay.ApplyRequest) {
			r.CardholderFields = &uqpay.CardholderFields{FirstName: "Ada "}
		})},
		{"country_code", creating(func(r *uqpay.CreateCardholderRequest) { r.CountryCode = "sg" })},
		{"gender", creating(func(r *uqpay.CreateCardholderRequest) { r.Gender = "FEMAIL" })},
		{"nationality", creating(func(r *uqpay.CreateCardholderRequest) { r.Nationality = "SGP" })},
		{"identity.type", creating(func(r *uqpay.CreateCardholderRequest) {
			r.Identity = &uqpay.Identity{Type: "PASPORT", Number: issuing.NewSecret("E1"), FrontFile: issuing.NewSecret("aW1n")}
		})},
		{"kyc_verification.method", creating(func(r *uqpay.CreateCardholderRequest) {
			r.KYCVerification = &uqpay.KYCVerification{Method: "THIRDPARTY"}
		})},
		{"kyc_verification.kyc_proof.provider", creating(func(r *uqpay.CreateCardholderRequest) {
			r.KYCVerification = &uqpay.KYCVerification{Method: uqpay.KYCMethodThirdParty,
				Proof: &uqpay.KYCProof{Provider: "SUMSUBS", ReferenceID: "0123456789"}}
		})},
		{"document_type", creating(func(r *uqpay.CreateCardholderRequest) {
			r.DocumentType, r.Document = "PDF", issuing.NewSecret("aW1n")
		})},
		{"cardholder_status", func(ctx context.Context, c client) error {
			return ignore(c.Cardholders.List(ctx, uqpay.CardholdersRequest{Status: "SUCESS"}))
		}},
		{"card_status", func(ctx context.Context, c client) error {
			return ignore(c.Cards.List(ctx, uqpay.CardsRequest{Status: "CANCELED"}))
		}},
		{"card_status", func(ctx context.Context, c client) error {
			return ignore(c.Cards.SetStatus(ctx, "c", uqpay.SetStatusRequest{Status: "FREEZE"}))
		}},
		{"card_mode", func(ctx context.Context, c client) error {
			return ignore(c.Cards.Assign(ctx, uqpay.AssignRequest{CardholderID: "h", CardNumber: issuing.NewSecret("4937241000000018"), Currency: "USD", Mode: "SINGEL"}))
		}},
		{"type", func(ctx context.Context, c client) error {
			return ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: issuing.NewSecret("493815"), Action: "CHANGE"}))
		}},
		{"type", func(ctx context.Context, c client) error {
			return ignore(c.Cards.ManagePIN(ctx, uqpay.ManagePINRequest{CardID: "c", PIN: issuing.NewSecret("4938"), Action: uqpay.PINActionUpdate}))
		}},
		{"action_code", func(ctx context.Context, c client) error { return ignore(c.Cards.Protect(ctx, "c", "40")) }},
		{"card_bin", func(ctx context.Context, c client) error {
			return ignore(c.Cards.Bulk(ctx, uqpay.BulkRequest{BIN: "4096360", Count: 1}))
		}},
		{"numbers", func(ctx context.Context, c client) error {
			return ignore(c.Cards.Bulk(ctx, uqpay.BulkRequest{BIN: "40963608", Count: uqpay.MaxBulk + 1}))
		}},
		{"transaction_type", func(ctx context.Context, c client) error {
			return ignore(c.Balances.Ledger(ctx, uqpay.LedgerRequest{Type: "FEES"}))
		}},
		{"transaction_status", func(ctx context.Context, c client) error {
			return ignore(c.Balances.Ledger(ctx, uqpay.LedgerRequest{Status: "DONE"}))
		}},
		{"currency", func(ctx context.Context, c client) error { return ignore(c.Balances.Balance(ctx, "usd")) }},
		{"report_type", func(ctx context.Context, c client) error {
			return ignore(c.Reports.Create(ctx, uqpay.ReportRequest{Type: "LEGDER", Start: time.Unix(0, 0), End: time.Unix(1, 0)}))
		}},
		{"business_code", func(ctx context.Context, c client) error { return ignore(c.Accounts.Account(ctx, "a", "ISSUE")) }},
		{"merchant_category_code", func(ctx context.Context, c client) error {
			return ignore(c.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{CardID: "c", Amount: one, Currency: "USD", MerchantName: "M", MCC: "57345"}))
		}},
		{"transaction_status", func(ctx context.Context, c client) error {
			return ignore(c.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{CardID: "c", Amount: one, Currency: "USD", MerchantName: "M", Status: "PENDING"}))
		}},
		{"sender_swift_code", func(ctx context.Context, c client) error {
			return ignore(c.Simulator.FundBalance(ctx, uqpay.FundBalanceRequest{AccountID: "a", Amount: one, Currency: "USD", SenderSWIFT: "welgbe22"}))
		}},
		{"sender_country", func(ctx context.Context, c client) error {
			return ignore(c.Simulator.FundBalance(ctx, uqpay.FundBalanceRequest{AccountID: "a", Amount: one, Currency: "USD", SenderSWIFT: "WELGBE22", SenderCountry: "BEL"}))
		}},
		{"file name", func(ctx context.Context, c client) error {
			return ignore(c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.exe", Content: strings.NewReader("x")}))
		}},
	}
}

// A typo in an enumeration or a form is refused by the name of its field, before
// anything is sent.
func TestTypos(t *testing.T) {
	t.Parallel()
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s", r.URL.Path)
		return nil, io.EOF
	}))
	for i, typo := range typos(t) {
		var e *issuing.Error
		err := typo.send(t.Context(), c)
		if !errors.As(err, &e) || !errors.Is(e.Kind, issuing.ErrInvalid) || len(e.Fields) != 1 || e.Fields[0].Field != typo.field {
			t.Errorf("%d: %v, want %s alone", i, err, typo.field)
		}
	}
}

// Texts whose length no page limits go out whatever their length.
func TestNoInventedLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1000)
	sent := 0
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		sent++
		return answerTo(r, 400, `{"type":"card_error","code":"card_error","message":"no"}`), nil
	}))
	for _, err := range []error{
		ignore(c.Transfers.Create(t.Context(), uqpay.TransferRequest{SourceAccountID: "a", DestinationAccountID: "b", Currency: "USD", Amount: amount(t, "1"), Remark: long})),
		ignore(c.Transactions.ReleaseRefund(t.Context(), uqpay.ReleaseRefundRequest{TransactionID: "t", Remark: long})),
		ignore(c.Brands.List(t.Context(), uqpay.BrandsRequest{DisplayName: long})),
	} {
		if errors.Is(err, issuing.ErrInvalid) {
			t.Error(err)
		}
	}
	if sent != 3 {
		t.Errorf("%d sent", sent)
	}
}
