package legacy_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// refusal is a request that must not be sent, and what its error has to name.
type refusal struct {
	name    string
	run     func(context.Context, *legacy.Client) error
	field   string
	problem string
}

func deposit(change func(*legacy.DepositRequest)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := depositRequest("d-1", issuing.NewSecret("4242424242424242"))
		change(&req)
		return just(c.Cards.Deposit(ctx, req))
	}
}

func masterE(change func(*legacy.MasterEApplication)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := masterEApplication("e-1")
		change(&req)
		return just(c.Applications.ApplyMasterE(ctx, req))
	}
}

func visaH(change func(*legacy.VisaHApplication)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := visaHApplication("h-1")
		change(&req)
		return just(c.Applications.ApplyVisaH(ctx, req))
	}
}

func virtualL(change func(*legacy.VirtualLApplication)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := virtualLApplication("l-1")
		change(&req)
		return just(c.Applications.ApplyVirtualL(ctx, req))
	}
}

func virtualP(change func(*legacy.VirtualPApplication)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := virtualPApplication("p-1")
		change(&req)
		return just(c.Applications.ApplyVirtualP(ctx, req))
	}
}

func transfer(change func(*legacy.TransferRequest)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := transferRequest("t-1")
		change(&req)
		return just(c.Transfers.Create(ctx, req))
	}
}

func document(change func(*legacy.DocumentRequest)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := legacy.DocumentRequest{CardNumber: issuing.NewSecret("9000000000000001"), IDType: legacy.DocumentTypePassport, FaceImage: issuing.NewSecret("x")}
		change(&req)
		return c.VirtualP.UploadDocument(ctx, req)
	}
}

func virtualList(change func(*legacy.VirtualTransactionsRequest)) func(context.Context, *legacy.Client) error {
	return func(ctx context.Context, c *legacy.Client) error {
		req := legacy.VirtualTransactionsRequest{CardNumber: issuing.NewSecret("4242424242424242"), PageSize: 10, From: firstDay, To: lastDay}
		change(&req)
		return errors.Join(just(c.VirtualL.Transactions(ctx, req)), just(c.VirtualP.Transactions(ctx, req)))
	}
}

// image returns an image of n bytes.
func image(n int) issuing.Secret { return issuing.NewSecret(strings.Repeat("\xff", n)) }

const megabyte = 1 << 20

var refusals = []refusal{
	{"no order number", deposit(func(r *legacy.DepositRequest) { r.MerOrderNo = "" }), "merOrderNo", "is required"},
	{"a long order number", deposit(func(r *legacy.DepositRequest) { r.MerOrderNo = strings.Repeat("x", 129) }), "merOrderNo", "at most 128"},
	{"control characters", deposit(func(r *legacy.DepositRequest) { r.MerOrderNo = "a\nb" }), "merOrderNo", "control characters"},
	{"no card", deposit(func(r *legacy.DepositRequest) { r.CardNumber = issuing.Secret{} }), "cardNumber", "is required"},
	{"no amount", deposit(func(r *legacy.DepositRequest) { r.Amount = issuing.Amount("") }), "amount", "is required"},
	{"nothing", deposit(func(r *legacy.DepositRequest) { r.Amount = amount("0") }), "amount", "greater than zero"},
	{"three decimals", deposit(func(r *legacy.DepositRequest) { r.Amount = amount("20.123") }), "amount", "more than 2 decimal places"},
	{"no address", deposit(func(r *legacy.DepositRequest) { r.NotifyURL = "example.com/cb" }), "notifyUrl", "absolute http or https"},
	{"an address of files", deposit(func(r *legacy.DepositRequest) { r.NotifyURL = "ftp://example.com/cb" }), "notifyUrl", "absolute http or https"},

	{"face over 1 MB", document(func(r *legacy.DocumentRequest) { r.FaceImage = image(megabyte + 1) }), "faceImage", "at most 1048576 (1 MB)"},
	{"back over 1 MB", document(func(r *legacy.DocumentRequest) { r.BackImage = image(megabyte + 1) }), "backImage", "at most 1048576 (1 MB)"},
	{"face as a data URI", document(func(r *legacy.DocumentRequest) { r.FaceImage = issuing.NewSecret("data:image/png;base64,") }), "faceImage", "is a data URI"},
	{"no face", document(func(r *legacy.DocumentRequest) { r.FaceImage = issuing.Secret{} }), "faceImage", "is required"},
	{"another document", document(func(r *legacy.DocumentRequest) { r.IDType = "ID" }), "idType", "must be one of"},

	{"no passport page", masterE(func(r *legacy.MasterEApplication) { r.PassImage = issuing.Secret{} }), "passImage", "is required"},
	{"no card pictures", masterE(func(r *legacy.MasterEApplication) { r.IDType = legacy.MasterEIDTypeCard }), "faceImage", "is required"},
	{"VISA-H's passport", masterE(func(r *legacy.MasterEApplication) { r.IDType = "1" }), "certType", "-1"},
	{"another occupation", masterE(func(r *legacy.MasterEApplication) { r.Occupation = "18" }), "occupation", "1 to 17"},
	{"another position", masterE(func(r *legacy.MasterEApplication) { r.Position = "0" }), "position", "1 to 3"},
	{"no income", masterE(func(r *legacy.MasterEApplication) { r.AnnualIncome = issuing.Amount("") }), "annualIncome", "is required"},
	{"no birthday", masterE(func(r *legacy.MasterEApplication) { r.Birthday = issuing.Date("") }), "birthday", "is required"},
	{"a day that is none", masterE(func(r *legacy.MasterEApplication) { r.Birthday = issuing.NewDate(1990, 2, 30) }), "birthday", "not a date"},
	{"no English name", masterE(func(r *legacy.MasterEApplication) { r.LastNameEn = " " }), "lastNameEN", "is required"},

	{"a calling code in letters", masterE(func(r *legacy.MasterEApplication) { r.CountryCode = "CN" }), "countryCode", "calling code"},
	{"a nationality in letters", masterE(func(r *legacy.MasterEApplication) { r.Country = "CHN" }), "country", "three digits"},
	{"an English name in Chinese", masterE(func(r *legacy.MasterEApplication) { r.FirstNameEn = "小明" }), "firstNameEn", "English characters"},
	{"a last name in Chinese", masterE(func(r *legacy.MasterEApplication) { r.LastNameEn = "王" }), "lastNameEN", "English characters"},

	{"a name in Chinese", visaH(func(r *legacy.VisaHApplication) { r.LastName = "王" }), "lastName", "English characters"},
	{"a residence in letters", visaH(func(r *legacy.VisaHApplication) { r.AddressCountry = "CN" }), "addressCountry", "three digits"},
	{"a delivery in letters", visaH(func(r *legacy.VisaHApplication) { r.DeliveryCountry = "China" }), "deliveryCountry", "three digits"},
	{"MASTER-E's passport", visaH(func(r *legacy.VisaHApplication) { r.IDType = "-1" }), "certType", "1 (passport)"},
	{"no district", visaH(func(r *legacy.VisaHApplication) { r.Line3 = "" }), "line3", "is required"},
	{"no issuance date", visaH(func(r *legacy.VisaHApplication) { r.IDIssuanceDate = issuing.Date("") }), "idIssuanceDate", "is required"},
	{"no mail address", visaH(func(r *legacy.VisaHApplication) { r.Email = "x" }), "email", "is not an e-mail address"},

	{"no first recharge", virtualL(func(r *legacy.VirtualLApplication) { r.FirstRecharge = issuing.Amount("") }), "firstRecharge", "is required"},
	{"a first recharge below 10", virtualL(func(r *legacy.VirtualLApplication) { r.FirstRecharge = amount("9") }), "firstRecharge", "at least 10"},
	{"a first recharge with decimals", virtualL(func(r *legacy.VirtualLApplication) { r.FirstRecharge = amount("10.5") }), "firstRecharge", "whole number"},
	{"a Chinese name", virtualL(func(r *legacy.VirtualLApplication) { r.FirstName = "小明" }), "firstName", "English characters"},
	{"another language", virtualL(func(r *legacy.VirtualLApplication) { r.Language = 2 }), "Language", "Chinese or English"},
	{"no area", virtualL(func(r *legacy.VirtualLApplication) { r.CardArea = "" }), "cardArea", "is required"},

	{"no first recharge of VIRTUAL-P", virtualP(func(r *legacy.VirtualPApplication) { r.FirstRecharge = issuing.Amount("") }), "firstRecharge", "is required"},
	{"a negative first recharge", virtualP(func(r *legacy.VirtualPApplication) { r.FirstRecharge = amount("-1") }), "firstRecharge", "not be negative"},
	{"three decimals of VIRTUAL-P", virtualP(func(r *legacy.VirtualPApplication) { r.FirstRecharge = amount("1.001") }), "firstRecharge", "more than 2 decimal places"},
	{"33 characters", virtualP(func(r *legacy.VirtualPApplication) {
		r.FirstName, r.LastName = issuing.Personal(strings.Repeat("a", 16)), issuing.Personal(strings.Repeat("b", 17))
	}), "firstName, lastName", "at most 32"},
	{"a country of three letters", virtualP(func(r *legacy.VirtualPApplication) { r.Country = "USA" }), "country", "alpha-2"},

	{"a state in full", virtualP(func(r *legacy.VirtualPApplication) { r.State = "Washington" }), "state", "two capital letters"},
	{"a phone number in groups", virtualP(func(r *legacy.VirtualPApplication) { r.Phone = "206-555-0100" }), "phone", "digits alone"},
	{"a phone number with its country", visaH(func(r *legacy.VisaHApplication) { r.Phone = "+8613800000000" }), "phone", "digits alone"},
	{"a phone number in words", masterE(func(r *legacy.MasterEApplication) { r.Phone = "none" }), "phone", "digits alone"},
	{"a recipient's phone number in groups", transfer(func(r *legacy.TransferRequest) { r.TargetMobileNumber = "+62 813" }), "targetMobileNumber", "of digits"},
	{"a sender's phone number in letters", transfer(func(r *legacy.TransferRequest) { r.SourceMobileNumber = "x" }), "sourceMobileNumber", "of digits"},
	{"a BIN in letters", virtualP(func(r *legacy.VirtualPApplication) { r.CardBIN = "Visa" }), "cardBin", "digits of a BIN"},
	{"a BIN in groups", virtualL(func(r *legacy.VirtualLApplication) { r.CardHeader = "4931 93" }), "cardHeader", "digits of a BIN"},
	{"born in the future", virtualL(func(r *legacy.VirtualLApplication) { r.Birthday = "2992-09-20" }), "birthday", "in the future"},
	{"a sender born in the future", transfer(func(r *legacy.TransferRequest) { r.SourceDateOfBirth = "2992-09-20" }), "sourceDateOfBirth", "in the future"},
	{"a sender's address of two letters", transfer(func(r *legacy.TransferRequest) { r.SourceAddressCountry = "HK" }), "sourceAddressCountry", "alpha-3"},
	{"a phone code in letters", virtualP(func(r *legacy.VirtualPApplication) { r.PhoneCode = "US" }), "phoneCode", "calling code"},

	{"a destination of two letters", transfer(func(r *legacy.TransferRequest) { r.Country = "PH" }), "country", "alpha-3"},
	{"an origin of two letters", transfer(func(r *legacy.TransferRequest) { r.SourceCountry = "HK" }), "sourceCountry", "alpha-3"},
	{"a nationality of two letters", transfer(func(r *legacy.TransferRequest) { r.TargetNationality = "ph" }), "targetNationality", "alpha-3"},
	{"a channel that is none", transfer(func(r *legacy.TransferRequest) { r.Type = "bank" }), "type", "bank_account"},
	{"a business that is none", transfer(func(r *legacy.TransferRequest) { r.Business = "c2c" }), "business", "C2C"},
	{"a SWIFT code of seven characters", transfer(func(r *legacy.TransferRequest) { r.SWIFTCode = "CHASUS3" }), "swiftCode", "8 or 11"},
	{"an intermediary in small letters", transfer(func(r *legacy.TransferRequest) { r.CorrSWIFTCode = "chasus33" }), "corrSwiftCode", "8 or 11"},
	{"a routing code of eight digits", transfer(func(r *legacy.TransferRequest) { r.RoutingCode = "12345678" }), "routingCode", "9 digits"},
	{"send amount with three decimals", transfer(func(r *legacy.TransferRequest) { r.SendAmount = amount("1.001") }), "sendAmount", "more than 2 decimal places"},
	{"a note of 65 characters", transfer(func(r *legacy.TransferRequest) { r.UnformattedNote = strings.Repeat("注", 65) }), "unformattedNote", "at most 64"},
	{"full pay", transfer(func(r *legacy.TransferRequest) { r.ChargeCode = legacy.ChargeCodeFP }), "chargeCode", "must be SHA"},
	{"at home", transfer(func(r *legacy.TransferRequest) { r.SourceCountry = r.Country }), "sourceCountry", "must differ"},
	{"account and IBAN", transfer(func(r *legacy.TransferRequest) {
		r.AccountNumber, r.IBAN = issuing.NewSecret("1"), issuing.NewSecret("2")
	}), "accountNumber, iban", "mutually exclusive"},
	{"a sort code of five digits", transfer(func(r *legacy.TransferRequest) { r.SortCode = "12-34-5" }), "sortCode", "6 digits"},
	{"an id without its kind", transfer(func(r *legacy.TransferRequest) { r.SourceIDNumber = issuing.NewSecret("A1") }), "sourceIdType", "is required"},
	{"another kind of id", transfer(func(r *legacy.TransferRequest) { r.TargetIDType = "card" }), "targetIdType", "national or passport"},
	{"another gender", transfer(func(r *legacy.TransferRequest) { r.SourceGender = "X" }), "sourceGender", "M or F"},
	{"no city", transfer(func(r *legacy.TransferRequest) { r.TargetAddressCity = "" }), "targetAddressCity", "is required"},
	{"no purpose", transfer(func(r *legacy.TransferRequest) { r.RemittancePurpose = "" }), "remittancePurpose", "is required"},
	{"a currency in small letters", transfer(func(r *legacy.TransferRequest) { r.Currency = "usd" }), "currency", "ISO 4217"},

	{"more than three months", virtualList(func(r *legacy.VirtualTransactionsRequest) { r.To = issuing.NewDate(2026, 6, 2) }), "creationTimeTo", "more than 3 months"},
	{"a range that ends before it begins", virtualList(func(r *legacy.VirtualTransactionsRequest) { r.To = issuing.NewDate(2026, 2, 28) }), "creationTimeTo", "lies before"},
	{"no first day", virtualList(func(r *legacy.VirtualTransactionsRequest) { r.From = issuing.Date("") }), "creationTimeFrom", "is required"},
	{"no page size", virtualList(func(r *legacy.VirtualTransactionsRequest) { r.PageSize = 0 }), "pageSize", "greater than zero"},
	{"a PIN of five digits", func(ctx context.Context, c *legacy.Client) error {
		return c.MasterE.SetPIN(ctx, issuing.NewSecret("4242424242424242"), issuing.NewSecret("12345"))
	}, "pin", "exactly 6 digits"},
	{"a PIN with a letter", func(ctx context.Context, c *legacy.Client) error {
		return c.VisaH.SetPIN(ctx, issuing.NewSecret("4242424242424242"), issuing.NewSecret("12345x"))
	}, "pin", "exactly 6 digits"},
	{"another reply", func(ctx context.Context, c *legacy.Client) error {
		return just(c.VisaH.ReplyOOB(ctx, issuing.NewSecret("4242424242424242"), "x", 1))
	}, "reply", "must be 2"},
	{"a negative limit", func(ctx context.Context, c *legacy.Client) error {
		return just(c.MasterE.SetDailyLimits(ctx, legacy.DailyLimitsRequest{CardNumber: issuing.NewSecret("4242424242424242"), DailyATMLimit: -1}))
	}, "dailyAtmLimit", "not be negative"},
	{"a negative offset", func(ctx context.Context, c *legacy.Client) error {
		return just(c.VisaH.Transactions(ctx, legacy.VisaHTransactionsRequest{CardNumber: issuing.NewSecret("4242424242424242"), Offset: -1, PageSize: 1, From: firstDay, To: lastDay}))
	}, "offset", "not be negative"},
	{"a query without a number", func(ctx context.Context, c *legacy.Client) error {
		return just(c.Transfers.TransferByKey(ctx, ""))
	}, "merOrderNo", "is required"},
	{"a query without the platform's number", func(ctx context.Context, c *legacy.Client) error {
		return just(c.Applications.ApplicationByOrderNo(ctx, ""))
	}, "orderNo", "is required"},
	{"a page that is no number", func(ctx context.Context, c *legacy.Client) error {
		return just(c.VirtualL.Transactions(ctx, legacy.VirtualTransactionsRequest{CardNumber: issuing.NewSecret("4242424242424242"), PageToken: "next", PageSize: 1, From: firstDay, To: lastDay}))
	}, "pageToken", "page number"},
	{"a channel of countries that is none", func(ctx context.Context, c *legacy.Client) error {
		return just(c.Reference.ChannelCountries(ctx, "pigeon"))
	}, "type", "wire"},
	{"funds of no business", func(ctx context.Context, c *legacy.Client) error {
		return just(c.Reference.SourcesOfFunds(ctx, "CHN", "P2P"))
	}, "business", "C2C"},
	{"banks of two letters", func(ctx context.Context, c *legacy.Client) error { return just(c.Reference.Banks(ctx, "CN")) }, "country", "alpha-3"},
	{"banks of nowhere", func(ctx context.Context, c *legacy.Client) error { return just(c.Reference.Banks(ctx, "")) }, "country", "is required"},
	{"cities of no state", func(ctx context.Context, c *legacy.Client) error { return just(c.Reference.Cities(ctx, "IDN", "")) }, "stateCode", "is required"},
	{"a quote without a channel", func(ctx context.Context, c *legacy.Client) error {
		return just(c.Transfers.Quote(ctx, legacy.QuoteRequest{SourceCurrency: "USD", TargetCurrency: "CNY", Country: "CHN", Business: "C2C"}))
	}, "type", "is required"},
}

func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	for _, tc := range refusals {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, client := record(t, success("null"))
			err := tc.run(t.Context(), client)
			e := want(t, err, issuing.ErrInvalid)
			if !slices.ContainsFunc(e.Fields, func(f issuing.FieldError) bool {
				return f.Field == tc.field && strings.Contains(f.Problem, tc.problem)
			}) {
				t.Errorf("fields %v, want %s %s", e.Fields, tc.field, tc.problem)
			}
			if n := len(r.all()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
			if strings.Contains(err.Error(), "4242424242424242") || strings.Contains(err.Error(), "12345") {
				t.Errorf("the error quotes a value: %v", err)
			}
		})
	}
}

func TestSizesCountTheOriginalBytes(t *testing.T) {
	t.Parallel()
	r, client := record(t, success("true"))
	err := document(func(d *legacy.DocumentRequest) { d.FaceImage, d.BackImage = image(megabyte), image(megabyte) })(t.Context(), client)
	if err != nil {
		t.Fatalf("two images of 1 MB: %v", err)
	}
	if n := len(r.all()[0].Raw); n < 2*megabyte*4/3 || n > 4*megabyte {
		t.Errorf("the body has %d bytes", n)
	}
}

// The pages limit the images of documents alone.
func TestImagesOfApplicationsHaveNoLimit(t *testing.T) {
	t.Parallel()
	large := image(5 * megabyte)
	for name, apply := range map[string]func(context.Context, *legacy.Client) error{
		"MASTER-E": masterE(func(r *legacy.MasterEApplication) { r.PassImage, r.SignImage = large, large }),
		"VISA-H":   visaH(func(r *legacy.VisaHApplication) { r.PassImage, r.BackImage = large, large }),
	} {
		r, client := record(t, success(`{"merOrderNo":"k-1","orderNo":"9","status":1}`))
		if err := apply(t.Context(), client); errors.Is(err, issuing.ErrInvalid) || len(r.all()) == 0 || len(r.all()[0].Raw) < 10*megabyte {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A whole number is one with decimals as well, and is sent as the page shows it.
func TestFirstRechargeIsAWholeNumber(t *testing.T) {
	t.Parallel()
	for _, whole := range []issuing.Amount{amount("20"), issuing.NewAmount(20_00, 2), amount("20.0000")} {
		r, client := record(t, success("null"))
		_ = virtualL(func(r *legacy.VirtualLApplication) { r.FirstRecharge = whole })(t.Context(), client)
		if sent := r.all(); len(sent) == 0 || !strings.Contains(string(sent[0].Raw), `"firstRecharge":"20"`) {
			t.Errorf("%s: not sent as 20", whole)
		}
	}
}

func TestSpanOfThreeMonths(t *testing.T) {
	t.Parallel()
	_, client := record(t, success("{}"))
	if err := virtualList(func(r *legacy.VirtualTransactionsRequest) { r.To = issuing.NewDate(2026, 6, 1) })(t.Context(), client); err != nil {
		t.Errorf("exactly three months: %v", err)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, client := record(t, success("null"))
	_, err := client.Transfers.Create(t.Context(), legacy.TransferRequest{})
	e := want(t, err, issuing.ErrInvalid)
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field)
	}
	for _, name := range []string{
		"merOrderNo", "sourceCurrency", "sendAmount", "country", "business", "type", "currency", "targetAddressLine",
		"targetAddressCity", "sourceCountry", "sourceAddressLine", "sourceAddressCity", "sourceAddressCountry",
		"remittancePurpose", "sourceOfFunds", "relationship",
	} {
		if !slices.Contains(fields, name) {
			t.Errorf("%s is not among %v", name, fields)
		}
	}
}

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	secret, err := sign.NewAppSecret(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]legacy.Config{
		"BaseURL":       {AppKey: "k", AppSecret: secret},
		"needs https":   {BaseURL: "http://example.com", AppKey: "k", AppSecret: secret},
		"user, query":   {BaseURL: "https://example.com/?a=b", AppKey: "k", AppSecret: secret},
		"AppKey":        {BaseURL: "https://example.com", AppSecret: secret},
		"AppSecret":     {BaseURL: "https://example.com", AppKey: "k"},
		"not an absolu": {BaseURL: "example.com", AppKey: "k", AppSecret: secret},
	} {
		if _, err := legacy.New(cfg); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = legacy.ParseConfig(legacy.ConfigTexts{BaseURL: "example.com", AppSecret: issuing.NewSecret("short")})
	var refused *issuing.Error
	if !errors.As(err, &refused) || len(refused.Fields) != 3 || strings.Contains(err.Error(), "short") {
		t.Errorf("all wrong: %v", err)
	}
	for i, field := range []string{"AppSecret", "BaseURL", "AppKey"} {
		if refused.Fields[i].Field != field {
			t.Errorf("problem %d is about %s, want %s", i, refused.Fields[i].Field, field)
		}
	}
	texts := legacy.ConfigTexts{BaseURL: "https://example.com", AppKey: "k", AppSecret: issuing.NewSecret(testSecret)}
	leaktest.Check(t, []string{testSecret}, texts)
	cfg, err := legacy.ParseConfig(texts)
	if err != nil {
		t.Fatal(err)
	}
	client, err := legacy.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Clone(issuing.WithMaxAttempts(1)); err != nil {
		t.Error(err)
	}
	if _, err := client.Clone(issuing.WithMaxAttempts(0)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a bad option: %v", err)
	}
	if _, err := legacy.New(cfg, issuing.WithTimeout(-1)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a bad option: %v", err)
	}
}
