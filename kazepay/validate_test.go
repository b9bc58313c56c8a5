package kazepay_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// wantFields fails unless err is ErrInvalid and names exactly the fields.
func wantFields(t testing.TB, err error, fields ...string) {
	t.Helper()
	if len(fields) == 0 {
		if err != nil {
			t.Errorf("got %v, want no error", err)
		}
		return
	}
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("got %v, want fields %v", err, fields)
		return
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field)
	}
	slices.Sort(got)
	slices.Sort(fields)
	if !slices.Equal(slices.Compact(got), fields) {
		t.Errorf("got fields %v, want %v", got, fields)
	}
}

var identityFields = []string{
	"email", "mobileNumber", "mobilePrefix", "mobilePrefixCountry", "firstName", "lastName", "dateOfBirth", "addressLine",
	"city", "countryCode", "postCode", "state", "identificationType", "identificationNumber", "identificationExpiryDate",
}

func TestEveryMissingFieldIsNamed(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, plain(200, ""))
	c := s.client(t)
	secret := issuing.Secret{}
	for name, call := range map[string]struct {
		run    func(ctx context.Context) error
		fields []string
	}{
		"Apply": {func(ctx context.Context) error { _, err := c.Virtual.Apply(ctx, kazepay.ApplyRequest{}); return err },
			[]string{"email", "mobileNumber", "mobilePrefix", "cardBin"}},
		"Application": {func(ctx context.Context) error { _, err := c.Virtual.Application(ctx, " "); return err }, []string{"cardID"}},
		"Await":       {func(ctx context.Context) error { _, err := c.Virtual.Await(ctx, ""); return err }, []string{"cardID"}},
		"Upload": {func(ctx context.Context) error { _, err := c.KYC.Upload(ctx, kazepay.UploadRequest{}); return err },
			[]string{"email", "mobileNumber", "mobilePrefix", "file"}},
		"Submit": {func(ctx context.Context) error { _, err := c.KYC.Submit(ctx, kazepay.SubmitRequest{}); return err },
			append([]string{"frontImgFileId", "handheldImgFileId"}, identityFields...)},
		"SubmitInline": {func(ctx context.Context) error {
			_, err := c.KYC.SubmitInline(ctx, kazepay.SubmitInlineRequest{})
			return err
		}, append([]string{"frontImgBase64", "handheldImgBase64"}, identityFields...)},
		"Link":   {func(ctx context.Context) error { _, err := c.KYC.Link(ctx, kazepay.Identity{}); return err }, slices.Clone(identityFields)},
		"Status": {func(ctx context.Context) error { _, err := c.KYC.Status(ctx, ""); return err }, []string{"email"}},
		"Assign": {func(ctx context.Context) error { _, err := c.Physical.Assign(ctx, kazepay.AssignRequest{}); return err },
			[]string{"email", "cardNumber"}},
		"Activate": {func(ctx context.Context) error { _, err := c.Physical.Activate(ctx, "", secret); return err },
			[]string{"cardID", "activationCode"}},
		"SetPIN":  {func(ctx context.Context) error { return c.Physical.SetPIN(ctx, "", secret) }, []string{"cardID", "pin"}},
		"Card":    {func(ctx context.Context) error { _, err := c.Cards.Card(ctx, ""); return err }, []string{"cardID"}},
		"Balance": {func(ctx context.Context) error { _, err := c.Cards.Balance(ctx, "", "usd"); return err }, []string{"cardID", "currency"}},
		"Deposit": {func(ctx context.Context) error { _, err := c.Cards.Deposit(ctx, kazepay.DepositRequest{}); return err },
			[]string{"cardID", "amount"}},
		"Transactions": {func(ctx context.Context) error {
			_, err := c.Cards.Transactions(ctx, kazepay.TransactionsRequest{})
			return err
		}, []string{"cardID"}},
		"Freeze":   {func(ctx context.Context) error { _, err := c.Cards.Freeze(ctx, ""); return err }, []string{"cardID"}},
		"Unfreeze": {func(ctx context.Context) error { _, err := c.Cards.Unfreeze(ctx, ""); return err }, []string{"cardID"}},
		"Close":    {func(ctx context.Context) error { _, err := c.Cards.Close(ctx, ""); return err }, []string{"cardID"}},
		"CardID":   {func(ctx context.Context) error { _, err := c.Cards.CardID(ctx, secret); return err }, []string{"cardNo"}},
		"SetURL":   {func(ctx context.Context) error { _, err := c.Webhooks.SetURL(ctx, ""); return err }, []string{"url"}},
	} {
		t.Run(name, func(t *testing.T) { wantFields(t, call.run(t.Context()), call.fields...) })
	}
	if messages, _ := s.requests(); len(messages) != 0 {
		t.Errorf("%d invalid requests were sent", len(messages))
	}
}

func TestIdentityRules(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, success(t, `{"status":"WAITING_KYC"}`))
	client := s.client(t)
	long := strings.Repeat("x", 141)
	for name, c := range map[string]struct {
		change func(*kazepay.SubmitRequest)
		fields []string
	}{
		"complete":             {func(*kazepay.SubmitRequest) {}, nil},
		"address of 140":       {func(r *kazepay.SubmitRequest) { r.AddressLine = issuing.Personal(long[:140]) }, nil},
		"address of 141":       {func(r *kazepay.SubmitRequest) { r.AddressLine = issuing.Personal(long) }, []string{"addressLine"}},
		"a name not English":   {func(r *kazepay.SubmitRequest) { r.FirstName = "唐纳德" }, []string{"firstName"}},
		"a name with a digit":  {func(r *kazepay.SubmitRequest) { r.LastName = "D0nald" }, []string{"lastName"}},
		"a name of many signs": {func(r *kazepay.SubmitRequest) { r.LastName = "O'Neil-Smith Jr." }, nil},
		"an address in French": {func(r *kazepay.SubmitRequest) { r.AddressLine = "Champs-Élysées" }, []string{"addressLine"}},
		"plus in the prefix":   {func(r *kazepay.SubmitRequest) { r.MobilePrefix = "+60" }, []string{"mobilePrefix"}},
		"spaces in the number": {func(r *kazepay.SubmitRequest) { r.MobileNumber = "156 598" }, []string{"mobileNumber"}},
		"three letters":        {func(r *kazepay.SubmitRequest) { r.CountryCode, r.MobilePrefixCountry = "FRA", "my" }, []string{"countryCode", "mobilePrefixCountry"}},
		"another document":     {func(r *kazepay.SubmitRequest) { r.IdentificationType = "DRIVER" }, []string{"identificationType"}},
		"id card, no back":     {func(r *kazepay.SubmitRequest) { r.IdentificationType = kazepay.IdentificationTypeIDCard }, []string{"backImgFileId"}},
		"id card and back": {func(r *kazepay.SubmitRequest) {
			r.IdentificationType, r.BackFileID = kazepay.IdentificationTypeIDCard, fileID
		}, nil},
		"no such day":        {func(r *kazepay.SubmitRequest) { r.DateOfBirth = issuing.NewDate(1990, 2, 30) }, []string{"dateOfBirth"}},
		"born tomorrow":      {func(r *kazepay.SubmitRequest) { r.DateOfBirth = issuing.NewDate(2026, 4, 3) }, []string{"dateOfBirth"}},
		"no mail address":    {func(r *kazepay.SubmitRequest) { r.Email = "kyc@" }, []string{"email"}},
		"control characters": {func(r *kazepay.SubmitRequest) { r.City = "Pa\nris" }, []string{"city"}},
		"several":            {func(r *kazepay.SubmitRequest) { r.City, r.State = "", "" }, []string{"city", "state"}},
	} {
		t.Run(name, func(t *testing.T) {
			req := kazepay.SubmitRequest{
				Identity: sampleUser.identity(kazepay.IdentificationTypePassport), FrontFileID: fileID, HandheldFileID: fileID,
			}
			c.change(&req)
			_, err := client.KYC.Submit(t.Context(), req)
			wantFields(t, err, c.fields...)
		})
	}
}

func TestOtherRules(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, success(t, `{"cardID":"1","transactionId":"LM1","status":"ACTIVE","url":"https://notify.receive/api?x=1"}`))
	c := s.client(t)
	ctx := t.Context()
	for text, ok := range map[string]bool{
		"0.01": true, "5000.00": true, "1.234567": true, "999999999999.999": true,
		"0": false, "0.00": false, "-5": false, "1.2345678": false, "1234567890123456": false,
	} {
		_, err := c.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: "1", Amount: amount(text)})
		if ok != (err == nil) {
			t.Errorf("amount %s: %v", text, err)
		}
	}
	for pin, ok := range map[string]bool{"000000": true, "37542": false, "3754266": false, "37542a": false, "37542\n": false} {
		if err := c.Physical.SetPIN(ctx, "1", issuing.NewSecret(pin)); ok != (err == nil) {
			t.Errorf("PIN: %v", err)
		}
	}
	for address, ok := range map[string]bool{
		"https://notify.receive/api?x=1": true, "http://notify.receive/api": false, "notify.receive": false,
		"https://user:pw@notify.receive": false, "https://": false, "https://a b": false, "javascript:alert(1)": false,
	} {
		if _, err := c.Webhooks.SetURL(ctx, address); ok != (err == nil) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for name, req := range map[string]kazepay.TransactionsRequest{
		"pageSize": {CardID: "1", PageSize: 101}, "pageNum": {CardID: "1", Page: 11},
		"transactionEndTime": {CardID: "1", From: epoch, To: epoch.Add(-time.Second)},
		"transactionId":      {CardID: "1", TransactionID: "a\x00b"},
	} {
		_, err := c.Cards.Transactions(ctx, req)
		wantFields(t, err, name)
	}
	_, err := c.Virtual.Apply(ctx, kazepay.ApplyRequest{Email: "a@b.c", MobileNumber: "1", MobilePrefix: "60", CardBIN: "2229 29"})
	wantFields(t, err, "cardBin")
}

func TestInlineImages(t *testing.T) {
	t.Parallel()
	got, err := kazepay.InlineImage([]byte("\xff\xd8\xff\xe0\x00\x10JFIF"))
	if err != nil || got.Reveal() != "data:image/jpeg;base64,/9j/4AAQSkZJRg==" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	got, err = kazepay.InlineImage([]byte("\x89PNG\r\n\x1a\n1"))
	if err != nil || got.Reveal() != "data:image/png;base64,iVBORw0KGgox" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	_, err = kazepay.InlineImage([]byte("GIF89a"))
	wantFields(t, err, "image")

	s := newWireServer(t, success(t, `{"status":"PASSED"}`))
	raw := issuing.NewSecret("/9j/4AAQSkZJRg==")
	req := kazepay.SubmitInlineRequest{
		Identity: sampleUser.identity(kazepay.IdentificationTypeIDCard), FrontImage: raw, HandheldImage: got,
	}
	_, err = s.client(t).KYC.SubmitInline(t.Context(), req)
	wantFields(t, err, "frontImgBase64", "backImgBase64")
}

// TestInlinePicturesGoOutInOneLine: what mail and openssl put into Base64 is not sent,
// and what holds no picture is refused.
func TestInlinePicturesGoOutInOneLine(t *testing.T) {
	t.Parallel()
	const png = "data:image/png;base64,iVBORw0KGgox"
	s := newWireServer(t, success(t, "\ufeff"+`{"encrypt":"SUCCESS","status":"WAITING_KYC"}`))
	client := s.client(t)
	submit := func(picture string) error {
		_, err := client.KYC.SubmitInline(t.Context(), kazepay.SubmitInlineRequest{
			Identity:   sampleUser.identity(kazepay.IdentificationTypePassport),
			FrontImage: issuing.NewSecret(picture), HandheldImage: issuing.NewSecret(png),
		})
		return err
	}
	for _, picture := range []string{
		png, "data:image/PNG;BASE64,iVBORw0KGgox", "data:image/png;base64,iVBOR\r\nw0KGg\r\nox\r\n", "data:image/png;base64,\niVBO Rw0K\tGgox\n",
	} {
		if err := submit(picture); err != nil {
			t.Errorf("%q: %v", picture, err)
			continue
		}
		_, payloads := s.requests()
		if last := payloads[len(payloads)-1]; !strings.Contains(last, `"frontImgBase64":"`+png+`"`) {
			t.Errorf("%q went out as %s", picture, last)
		}
	}
	for _, picture := range []string{
		"data:image/png;base64,", "data:image/png;base64,\r\n", "\r\n", "data:image/png,iVBO", "data:image/gif;base64,R0lG", "data:image/png;base64,iVB", "iVBO",
	} {
		var e *issuing.Error
		if err := submit(picture); !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) || e.Fields[0].Field != "frontImgBase64" {
			t.Errorf("%q: %v", picture, err)
		}
	}
}
