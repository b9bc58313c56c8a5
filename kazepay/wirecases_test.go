package kazepay_test

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// wireCase is one call with the payloads of the published samples.
type wireCase struct {
	name, apiCode   string
	request, answer string
	call            func(context.Context, *kazepay.Client, issuing.CallOption) (any, error)
	want            any
}

// value returns what a result points to.
func value[T any](p *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return *p, nil
}

func amount(text string) issuing.Amount {
	a, _ := issuing.ParseAmount(text)
	return a
}

var sampleUser = holder{"kyc@kazepay.io", "15659874544", "60"}

const identityJSON = `"email":"kyc@kazepay.io","mobileNumber":"15659874544","mobilePrefix":"60","mobilePrefixCountry":"MY",` +
	`"firstName":"Trump","lastName":"Donald","dateOfBirth":"1958-04-25","addressLine":"Nashville TN 37011","city":"Paris",` +
	`"countryCode":"FR","postCode":"223456","state":"dizhi","identificationType":"PASSPORT",` +
	`"identificationNumber":"A563F186","identificationExpiryDate":"2099-12-31"`

const fileID = "004a0d62-c901-459d-b32b-1f992a451ba1"

func wireCases() []wireCase {
	return append(kycCases(), append(physicalCases(), cardCases()...)...)
}

func kycCases() []wireCase {
	image := issuing.NewSecret("data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAA")
	return []wireCase{
		{
			"Virtual.Apply", "createCard",
			`{"email":"kazepay@kazepay.io","mobileNumber":"108248888","mobilePrefix":"60","cardBin":"222929","cardLevel":"01"}`,
			`{"cardID":"19181","status":"AUDITING"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Virtual.Apply(ctx, kazepay.ApplyRequest{
					Email: "kazepay@kazepay.io", MobileNumber: "108248888", MobilePrefix: "60", CardBIN: "222929",
					CardLevel: "01",
				}, opt))
			},
			kazepay.Application{ID: "19181", Status: kazepay.CardStatusAuditing},
		},
		{
			"Virtual.Application", "createCardQuery", `{"cardID":"19181"}`, `{"cardID":19181,"status":"TBA","more":[1]}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Virtual.Application(ctx, "19181", opt))
			},
			kazepay.Application{ID: "19181", Status: kazepay.CardStatusTBA},
		},
		{
			"KYC.Submit", "setUcardKyc",
			`{` + identityJSON + `,"frontImgFileId":"` + fileID + `","handheldImgFileId":"` + fileID + `"}`,
			`{"encrypt":"SUCCESS","status":"WAITING_KYC"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.KYC.Submit(ctx, kazepay.SubmitRequest{
					Identity: sampleUser.identity(kazepay.IdentificationTypePassport), FrontFileID: fileID, HandheldFileID: fileID,
				}, opt))
			},
			kazepay.Review{Status: kazepay.KYCStatusWaiting},
		},
		{
			"KYC.SubmitInline", "setUcardKyc",
			`{` + identityJSON + `,"frontImgBase64":"` + image.Reveal() + `","handheldImgBase64":"` + image.Reveal() + `"}`,
			`{"encrypt":"SUCCESS","status":"REJECTED"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.KYC.SubmitInline(ctx, kazepay.SubmitInlineRequest{
					Identity: sampleUser.identity(kazepay.IdentificationTypePassport), FrontImage: image, HandheldImage: image,
				}, opt))
			},
			kazepay.Review{Status: kazepay.KYCStatusRejected},
		},
		{
			"KYC.Link", "setUserKyc", `{` + identityJSON + `}`, `{"encrypt":"SUCCESS","kycUrl":"https://"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.KYC.Link(ctx, sampleUser.identity(kazepay.IdentificationTypePassport), opt))
			},
			kazepay.Link{URL: issuing.NewSecret("https://")},
		},
		{
			"KYC.Status", "queryUcardKycStatus", `{"email":"kyc@kazepay.io"}`, `{"encrypt":"SUCCESS","status":"PASSED"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.KYC.Status(ctx, "kyc@kazepay.io", opt))
			},
			kazepay.Review{Status: kazepay.KYCStatusPassed},
		},
		{
			"Webhooks.SetURL", "setWebhookUrl", `{"url":"https://notify.receive/api"}`,
			`{"encrypt":"SUCCESS","url":"https://notify.receive/api"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Webhooks.SetURL(ctx, "https://notify.receive/api", opt))
			},
			kazepay.WebhookURL{URL: "https://notify.receive/api"},
		},
		{
			"Webhooks.URL", "getWebhookUrl", `{}`, `{"url":"https://notify.receive/api"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Webhooks.URL(ctx, opt))
			},
			kazepay.WebhookURL{URL: "https://notify.receive/api"},
		},
	}
}

func physicalCases() []wireCase {
	assign := func(auto bool) func(context.Context, *kazepay.Client, issuing.CallOption) (any, error) {
		return func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
			return value(c.Physical.Assign(ctx, kazepay.AssignRequest{
				Email: "kyc@kazepay.io", CardNumber: issuing.NewSecret("4937240800070604"), AutoActivate: auto,
			}, opt))
		}
	}
	return []wireCase{
		{
			"Physical.Assign", "ucardAssign", `{"email":"kyc@kazepay.io","cardNumber":"4937240800070604","autoActive":true}`,
			`{"encrypt":"SUCCESS","cardID":"3377"}`, assign(true), kazepay.Assignment{CardID: "3377"},
		},
		{
			"Physical.Assign", "ucardAssign", `{"email":"kyc@kazepay.io","cardNumber":"4937240800070604","autoActive":false}`,
			`{"encrypt":"SUCCESS","cardID":3377}`, assign(false), kazepay.Assignment{CardID: "3377"},
		},
		{
			"Physical.Activate", "ucardActive", `{"cardID":"3377","activationCode":"70795665"}`,
			`{"encrypt":"SUCCESS","cardID":"3377","status":"ACTIVE_PROCESSING"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Physical.Activate(ctx, "3377", issuing.NewSecret("70795665"), opt))
			},
			kazepay.CardChange{ID: "3377", Status: kazepay.CardStatusActiveProcessing},
		},
		{
			"Physical.SetPIN", "cardSetPin", `{"cardID":"3295","pin":"075426"}`, `{"encrypt":"SUCCESS"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return nil, c.Physical.SetPIN(ctx, "3295", issuing.NewSecret("075426"), opt)
			},
			nil,
		},
	}
}

func cardCases() []wireCase {
	const card = `{"cardID":"19181","cardNo":"2229298088662389","cardCvv":"195","expiryDate":"2707","currency":"USD",` +
		`"userBankCardStatus":"ACTIVE","cardHolderEmail":"kazepay@kazepay.io","cardHolderMobileNumber":"108248888",` +
		`"cardHolderMobilePrefix":"60","countryCode":"HONG KONG","billingState":"HONG KONG","billingCity":"HONG KONG",` +
		`"billingAddress":"17/F FWD FINANCIAL CTR 308 DES VOEUX RD CENTRAL HK","billingZipCode":"000000"}`
	const row = `{"cardID":"19181","transactionId":"57724528-78b6-4ae2-919f-1efff348f460","transactionTime":"2024-02-08 13:17:02",` +
		`"cardCurrency":"USD","cardCurrencyAmt":-13.09,"transCurrency":"EUR","transCurrencyAmt":-11.90,"feeCurrency":"USD",` +
		`"fee":-0.250000,"transStatus":"Pending","transType":"Expenditure","merchantName":"MEITUAN FOOD BEIJING CHN",` +
		`"respCode":"000000","respCodeDesc":"SUCCESS"}`
	transaction := kazepay.Transaction{
		CardID: "19181", ID: "57724528-78b6-4ae2-919f-1efff348f460", Time: time.Date(2024, 2, 8, 13, 17, 2, 0, time.UTC),
		CardCurrency: "USD", CardAmount: amount("-13.09"), TransactionCurrency: "EUR", TransactionAmount: amount("-11.90"),
		FeeCurrency: "USD", Fee: amount("-0.250000"), Status: "Pending", Type: "Expenditure",
		MerchantName: "MEITUAN FOOD BEIJING CHN", RespCode: "000000", RespDescription: "SUCCESS",
	}
	list := func(req kazepay.TransactionsRequest) func(context.Context, *kazepay.Client, issuing.CallOption) (any, error) {
		return func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
			page, err := c.Cards.Transactions(ctx, req, opt)
			if err != nil {
				return nil, err
			}
			return page.List, nil
		}
	}
	full := kazepay.TransactionsRequest{
		CardID: "19181", PageSize: 100, Page: 10, From: epoch, To: epoch.Add(time.Hour),
	}
	change := func(f func(*kazepay.CardService, context.Context, string, ...issuing.CallOption) (*kazepay.CardChange, error)) func(context.Context, *kazepay.Client, issuing.CallOption) (any, error) {
		return func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
			return value(f(c.Cards, ctx, "19181", opt))
		}
	}
	none := []kazepay.Transaction(nil)
	return []wireCase{
		{
			"Cards.Card", "queryCard", `{"cardID":"19181"}`, card,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Cards.Card(ctx, "19181", opt))
			},
			kazepay.Card{
				ID: "19181", CardNumber: issuing.NewSecret("2229298088662389"), CVV: issuing.NewSecret("195"),
				ExpiryDate: issuing.NewSecret("2707"), Currency: "USD", Status: kazepay.CardStatusActive,
				HolderEmail: "kazepay@kazepay.io", HolderMobileNumber: "108248888", HolderMobilePrefix: "60",
				BillingCountry: "HONG KONG", BillingState: "HONG KONG", BillingCity: "HONG KONG",
				BillingAddress: "17/F FWD FINANCIAL CTR 308 DES VOEUX RD CENTRAL HK", BillingZipCode: "000000",
			},
		},
		{
			"Cards.Balance", "cardBalance", `{"cardID":"19181","currency":"USD"}`,
			`{"cardID":"19181","currency":"USD","avaBalance":18506.25,"blockBalance":"2020.00"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Cards.Balance(ctx, "19181", "", opt))
			},
			kazepay.Balance{CardID: "19181", Currency: "USD", Available: amount("18506.25"), Frozen: amount("2020.00")},
		},
		{
			"Cards.Deposit", "cardRecharge", `{"cardID":"19181","currency":"USD","amount":5000.00}`,
			`{"cardID":"19181","currency":"USD","transactionId":"LM2312151602393234580","transactionStatus":"PENDING","sendAmount":"5000.00"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: "19181", Amount: amount("5000.00")}, opt))
			},
			kazepay.Deposit{
				ID: "LM2312151602393234580", CardID: "19181", Currency: "USD", Status: kazepay.TransactionStatusPending,
				SendAmount: amount("5000.00"),
			},
		},
		{
			"Cards.Transactions", "queryTransactions", `{"cardID":"19181","transactionId":"LM2312151602393234580"}`, `[` + row + `]`,
			list(kazepay.TransactionsRequest{CardID: "19181", TransactionID: "LM2312151602393234580"}),
			[]kazepay.Transaction{transaction},
		},
		{
			"Cards.Transactions", "queryTransactions",
			`{"cardID":"19181","pageSize":100,"pageNum":10,"transactionStartTime":"2026-04-01 02:00:00","transactionEndTime":"2026-04-01 03:00:00"}`,
			row, list(full), []kazepay.Transaction{transaction},
		},
		{"Cards.Transactions", "queryTransactions", `{"cardID":"1"}`, `null`, list(kazepay.TransactionsRequest{CardID: "1"}), none},
		{"Cards.Transactions", "queryTransactions", `{"cardID":"1"}`, `""`, list(kazepay.TransactionsRequest{CardID: "1"}), none},
		{"Cards.Transactions", "queryTransactions", `{"cardID":"1"}`, ``, list(kazepay.TransactionsRequest{CardID: "1"}), none},
		{"Cards.Transactions", "queryTransactions", `{"cardID":"1"}`, `{}`, list(kazepay.TransactionsRequest{CardID: "1"}), none},
		{
			"Cards.Freeze", "updCardStatus", `{"cardID":"19181","status":"INACTIVE"}`, `{"cardID":"19181","status":"INACTIVE"}`,
			change((*kazepay.CardService).Freeze), kazepay.CardChange{ID: "19181", Status: kazepay.CardStatusInactive},
		},
		{
			"Cards.Unfreeze", "updCardStatus", `{"cardID":"19181","status":"ACTIVE"}`, `{"cardID":"19181","status":"ACTIVE"}`,
			change((*kazepay.CardService).Unfreeze), kazepay.CardChange{ID: "19181", Status: kazepay.CardStatusActive},
		},
		{
			"Cards.Close", "closeCard", `{"cardID":"19181"}`,
			`{"cardID":"19181","status":"CLOSE_PROCESSING","refundAmt":"65.22","currency":"USD","txnId":"2412111444075320115"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Cards.Close(ctx, "19181", opt))
			},
			kazepay.CardChange{
				ID: "19181", Status: kazepay.CardStatusCloseProcessing, RefundAmount: amount("65.22"), Currency: "USD",
				TransactionID: "2412111444075320115",
			},
		},
		{
			"Cards.CardID", "getCardId", `{"cardNo":"123456123456"}`, `{"cardID":"19181","cardNo":"123456123456"}`,
			func(ctx context.Context, c *kazepay.Client, opt issuing.CallOption) (any, error) {
				return value(c.Cards.CardID(ctx, issuing.NewSecret("123456123456"), opt))
			},
			kazepay.CardNumberID{CardID: "19181", CardNumber: issuing.NewSecret("123456123456")},
		},
	}
}
