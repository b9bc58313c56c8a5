package coshine_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
)

// calls has one call per outbound interface. It is keyed by the catalogue's
// names, so it shows that every one of them is a method.
var calls = map[coshine.API]func(context.Context, *coshine.Client, ...issuing.CallOption) error{
	"CardApplication": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Apply(ctx, application("C1"), o...))
	},
	"CorporateCardApplication": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.ApplyCorporate(ctx, coshine.OpenRequest{}, o...))
	},
	"CustomerCardInfoInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Customers.Cards(ctx, coshine.CustomerRequest{CustomerID: "C1"}, o...))
	},
	"CustomerAccountInfoInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Customers.Accounts(ctx, coshine.CustomerRequest{CustomerID: "C1"}, o...))
	},
	"CustomerInfoUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Customers.Update(ctx, coshine.UpdateCustomerRequest{CustomerID: "C1", CustEmail: "a@example.com"}, o...))
	},
	"CustomerLinkage": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Customers.Link(ctx, coshine.OpenRequest{}, o...))
	},
	"AccountLinkage": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Accounts.Link(ctx, someCard, o...))
	},
	"AccountStatusUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Accounts.SetStatus(ctx, coshine.OpenRequest{}, o...))
	},
	"CardInfoInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Card(ctx, someCard, o...))
	},
	"CardActivation": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Activate(ctx, coshine.ActivateRequest{
			CardToken: "T1", ExpiryDate: "2904", CVV2: issuing.NewSecret("123"), CustomerID: "C1", CustIDType: "P", CustIDNo: issuing.NewSecret("E1"),
		}, o...))
	},
	"CardReissue": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Reissue(ctx, someCard, o...))
	},
	"CardReplacement": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Replace(ctx, coshine.ReplaceRequest{CardToken: "T1", ReasonCode: coshine.ReplReasonLost}, o...))
	},
	"CardCancellation": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Close(ctx, coshine.CloseRequest{CardToken: "T1", ReasonCode: "01"}, o...))
	},
	"CardStatusUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.SetStatus(ctx, coshine.SetStatusRequest{CardToken: "T1", CardOptFlag: coshine.CardOptFlagLockPIN}, o...))
	},
	"CardLimitSetting": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.SetLimits(ctx, someCard, o...))
	},
	"CardCVV2Inquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Secrets(ctx, someCard, o...))
	},
	"CardCVV2Verify": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.VerifyCVV2(ctx, coshine.VerifyCVV2Request{CardToken: "T1", CVV2: issuing.NewSecret("123")}, o...))
	},
	"GenerateDCVV": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.GenerateDCVV(ctx, someCard, o...))
	},
	"CardExpiryDateUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.SetExpiry(ctx, coshine.SetExpiryRequest{CardToken: "T1", ExpiryDate: "3001"}, o...))
	},
	"CardSecureRegist": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Register3DS(ctx, coshine.Register3DSRequest{CardToken: "T1", CustMobile: "+6591234567"}, o...))
	},
	"BlacklistUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.UpdateBlacklist(ctx, coshine.OpenRequest{}, o...))
	},
	"CardPlasticUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.UpdatePlastic(ctx, someCard, o...))
	},
	"CardNumberInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Number(ctx, someCard, o...))
	},
	"BusinessFlagUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.SetBusinessFlag(ctx, someCard, o...))
	},
	"BusinessFlagInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.BusinessFlag(ctx, someCard, o...))
	},
	"BusinessOnOff": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.SwitchBusiness(ctx, someCard, o...))
	},
	"CardFaceInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Face(ctx, coshine.OpenRequest{}, o...))
	},
	"CardInfoUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Update(ctx, someCard, o...))
	},
	"CardNoBlock": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.BlockNumber(ctx, coshine.OpenRequest{}, o...))
	},
	"ConvertPrepaidToDebit": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.ConvertToDebit(ctx, someCard, o...))
	},
	"PINReset": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.PINs.Reset(ctx, coshine.PINResetRequest{CardRef: coshine.ByToken("T1"), PINKeyID: "1", NewCardPIN: issuing.NewSecret("x")}, o...))
	},
	"PINChange": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.PINs.Change(ctx, coshine.PINChangeRequest{
			CardRef: coshine.ByToken("T1"), PINKeyID: "1", CardPIN: issuing.NewSecret("x"), NewCardPIN: issuing.NewSecret("y"),
		}, o...))
	},
	"PINVerify": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.PINs.Verify(ctx, coshine.PINVerifyRequest{CardRef: coshine.ByToken("T1"), PINKeyID: "1", CardPIN: issuing.NewSecret("x")}, o...))
	},
	"GeneratePublicPinKey": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.PINs.Key(ctx, o...))
	},
	"BalanceInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Balance(ctx, move, o...))
	},
	"LoadFund": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Deposit(ctx, move, o...))
	},
	"Withdraw": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Withdraw(ctx, move, o...))
	},
	"TransferFund": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Transactions.Transfer(ctx, coshine.TransferRequest{Extra: coshine.Extra{"from": "T1", "to": "T2"}}, o...))
	},
	"Purchase":         transact((*coshine.TransactionService).Purchase),
	"Refund":           transact((*coshine.TransactionService).Refund),
	"Reversal":         transact((*coshine.TransactionService).Reverse),
	"BlockFund":        transact((*coshine.TransactionService).Block),
	"UnblockFund":      transact((*coshine.TransactionService).Unblock),
	"ServiceCharge":    transact((*coshine.TransactionService).Charge),
	"Verification":     transact((*coshine.TransactionService).Verify),
	"DebitAdjustment":  transact((*coshine.TransactionService).AdjustDebit),
	"CreditAdjustment": transact((*coshine.TransactionService).AdjustCredit),
	"TransactionHistory": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Transactions(ctx, someCard, o...))
	},
	"AuthorizationHistory": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Cards.Authorizations(ctx, someCard, o...))
	},
	"Tran8583": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Transactions.ISO8583(ctx, coshine.OpenRequest{}, o...))
	},
	"FileDownload": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Transactions.DownloadFile(ctx, coshine.OpenRequest{}, o...))
	},
	"TokenInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Tokens.List(ctx, coshine.TokensRequest{CardToken: "T1"}, o...))
	},
	"TokenRequest": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Tokens.Request(ctx, coshine.TokenRequest{
			CardToken: "T1", ExpiryDate: "2904", CVV2: issuing.NewSecret("123"),
			UseCases: []coshine.UseCase{coshine.UseCaseHCE}, CVM: []coshine.CVM{coshine.CVMExpiryDate, coshine.CVMCVN2},
		}, o...))
	},
	"TokenStateUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Tokens.UpdateState(ctx, coshine.OpenRequest{}, o...))
	},
	"TokenMetadataUpdate": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Tokens.UpdateMetadata(ctx, coshine.TokenMetadataRequest{Number: issuing.NewSecret("6292")}, o...))
	},
	"ReplenishTokenLUK": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Tokens.ReplenishLUK(ctx, coshine.OpenRequest{}, o...))
	},
	"DropDownListInquiry": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Parameters.DropDownList(ctx, coshine.DropDownListRequest{Name: coshine.DropDownNameCardStatus}, o...))
	},
	"InquiryCardProduct": func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(c.Parameters.CardProducts(ctx, coshine.CardProductsRequest{}, o...))
	},
}

var someCard = coshine.CardRequest{CardToken: "T1"}

func drop[T any](_ T, err error) error { return err }

// move is a request of an operation that moves a card's money.
var move = money("T1", "5.00", "currency", issuing.CurrencyUSD)

func transact(method func(*coshine.TransactionService, context.Context, coshine.TransactionRequest, ...issuing.CallOption) (*coshine.Transaction, error)) func(context.Context, *coshine.Client, ...issuing.CallOption) error {
	return func(ctx context.Context, c *coshine.Client, o ...issuing.CallOption) error {
		return drop(method(c.Transactions, ctx, move, o...))
	}
}

// wanted is the catalogue, as the page prints it: number, module, name, prepaid,
// debit. Row 9 is blank there; row 17 has a single NA.
var wanted = []struct {
	no             int
	module         coshine.Module
	api            coshine.API
	prepaid, debit coshine.Availability
	path           string // published; "" for none
}{
	{1, "Application", "CardApplication", "M", "M", "/cardmgr/cardApply"},
	{2, "Customer", "CustomerCardInfoInquiry", "M", "M", "/custmgr/inquiryCardListByCIF"},
	{3, "Customer", "CustomerAccountInfoInquiry", "O", "NA", "/custmgr/inquiryAcctListByCIF"},
	{4, "Customer", "CustomerInfoUpdate", "O", "O", "/custmgr/updateCustInfo"},
	{5, "Account", "AccountLinkage", "O", "O", "/acctmgr/acctLinkage"},
	{6, "Account", "AccountStatusUpdate", "O", "NA", ""},
	{7, "Card", "CardInfoInquiry", "O", "O", "/cardmgr/inquiryCardInfoByToken"},
	{8, "Card", "CardActivation", "O", "O", "/cardmgr/cardActivate"},
	{9, "Card", "CardReissue", "", "", "/cardmgr/cardReissue"},
	{10, "Card", "CardReplacement", "O", "O", "/cardmgr/cardReplace"},
	{11, "Card", "CardCancellation", "O", "O", "/cardmgr/cardClose"},
	{12, "Card", "CardStatusUpdate", "C", "C", "/cardmgr/cardStatusUpdate"},
	{13, "Card", "CardLimitSetting", "O", "O", "/cardmgr/cardLimitSetting"},
	{14, "Card", "CardCVV2Inquiry", "O", "NA", "/cardmgr/inquiryCVV2ByToken"},
	{15, "Card", "CardCVV2Verify", "O", "NA", "/cardmgr/verifyCVV2"},
	{16, "Card", "GenerateDCVV", "O", "O", ""},
	{17, "Card", "CardExpiryDateUpdate", "NA", "", ""},
	{18, "Card", "CardSecureRegist", "O", "O", ""},
	{19, "Card", "BlacklistUpdate", "NA", "NA", ""},
	{20, "PIN", "PINReset", "O", "M", "/cardmgr/pinReset"},
	{21, "PIN", "PINChange", "O", "M", "/cardmgr/pinChange"},
	{22, "PIN", "PINVerify", "O", "O", "/cardmgr/pinVerify"},
	{23, "Transaction", "BalanceInquiry", "O", "NA", ""},
	{24, "Transaction", "LoadFund", "O", "NA", ""},
	{25, "Transaction", "Withdraw", "C", "NA", ""},
	{26, "Transaction", "TransferFund", "O", "NA", ""},
	{27, "Transaction", "Purchase", "C", "NA", ""},
	{28, "Transaction", "Refund", "C", "NA", ""},
	{29, "Transaction", "Reversal", "M", "NA", ""},
	{30, "Transaction", "BlockFund", "C", "NA", ""},
	{31, "Transaction", "UnblockFund", "C", "NA", ""},
	{32, "Transaction", "ServiceCharge", "O", "NA", ""},
	{33, "Transaction", "Verification", "O", "NA", ""},
	{34, "Transaction", "DebitAdjustment", "O", "NA", ""},
	{35, "Transaction", "CreditAdjustment", "O", "NA", ""},
	{36, "Transaction", "TransactionHistory", "M", "NA", ""},
	{37, "Transaction", "AuthorizationHistory", "O", "NA", ""},
	{38, "Token", "TokenInquiry", "", "", ""},
	{39, "Token", "TokenRequest", "", "", ""},
	{40, "Token", "TokenStateUpdate", "", "", ""},
	{41, "Token", "TokenStateNotification", "", "", "inbound"},
	{42, "Token", "TokenMetadataUpdate", "", "", ""},
	{43, "Token", "ReplenishTokenLUK", "", "", ""},
	{44, "Authentication", "SendOTP", "", "", "inbound"},
	{45, "Authentication", "VerifyOTP", "", "", "inbound"},
	{46, "Authentication", "StartOOBAuthen", "", "", "inbound"},
	{47, "Authentication", "OOBResultInquiry", "", "", "inbound"},
	{48, "Parameter", "DropDownListInquiry", "", "", ""},
}

// TestCatalogueIsComplete finds for each of the 48 rows a method or an inbound
// handler, a published path or ErrNotConfigured, and its availability.
func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	if len(wanted) != 48 {
		t.Fatalf("%d rows", len(wanted))
	}
	server := startServer(t, coshinetest.Config{})
	op := "" // of the last request
	client := newClient(t, server, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { op = e.Op }))
	for i, want := range wanted {
		row, ok := client.Row(want.api)
		if !ok || i+1 != want.no || row.No != want.no || row.Module != want.module || row.API != want.api || !row.Module.Known() || !row.Evidence.Known() {
			t.Errorf("row %d: got %+v", want.no, row)
		}
		prepaid, debit, ok := client.Availability(want.api)
		if !ok || prepaid != want.prepaid || debit != want.debit || !prepaid.Known() || !debit.Known() {
			t.Errorf("row %d: availability %q, %q", want.no, prepaid, debit)
		}
		if want.path == "inbound" {
			if !row.Inbound || row.Path != "" {
				t.Errorf("row %d: not inbound", want.no)
			}
			checkInbound(t, want.api)
			continue
		}
		if row.Path != want.path {
			t.Errorf("row %d: path %q, want %q", want.no, row.Path, want.path)
		}
		call := calls[want.api]
		if call == nil {
			t.Fatalf("row %d: no method", want.no)
		}
		op = ""
		err := call(t.Context(), client)
		arrived := 0
		for _, r := range server.Received("") {
			if r.Op == op && strings.HasSuffix(r.Path, want.path) {
				arrived++
			}
		}
		switch {
		case want.path != "" && (arrived != 1 || errors.Is(err, issuing.ErrNotConfigured)):
			t.Errorf("row %d: %d requests, %v", want.no, arrived, err)
		case want.path == "" && (arrived != 0 || !errors.Is(err, issuing.ErrNotConfigured)):
			t.Errorf("row %d: %d requests, %v", want.no, arrived, err)
		case want.path == "" && !strings.Contains(err.Error(), `Config.Paths["`+string(want.api)+`"]`):
			t.Errorf("row %d: the error does not name operation and setting: %v", want.no, err)
		}
	}
	if n := server.Requests(""); n != 17 {
		t.Errorf("%d requests for 17 published paths", n)
	}
	if err := calls["BlacklistUpdate"](t.Context(), client); !errors.Is(err, coshine.ErrRetired) {
		t.Errorf("row 19: %v", err)
	}
}

// TestEveryConfiguredInterfaceIsCalled supplies every path and sees every method
// arrive at its own.
func TestEveryConfiguredInterfaceIsCalled(t *testing.T) {
	t.Parallel()
	op := "" // of the last request
	server, client := full(t, coshinetest.Config{}, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { op = e.Op }))
	rows := 0
	for _, row := range coshine.Catalogue() {
		if row.Inbound {
			continue
		}
		rows++
		call := calls[row.API]
		if call == nil {
			t.Errorf("%s: no method", row.API)
			continue
		}
		if err := call(t.Context(), client); errors.Is(err, issuing.ErrNotConfigured) {
			t.Errorf("%s: %v", row.API, err)
		}
		if n := server.Requests(op); n != 1 {
			t.Errorf("%s: %d requests of %s", row.API, n, op)
		}
		configured, _ := client.Row(row.API)
		if log := server.Received(op); len(log) != 1 || !strings.HasSuffix(log[0].Path, configured.Path) {
			t.Errorf("%s: not at %s", row.API, configured.Path)
		}
		for _, alias := range row.Aliases {
			if same, ok := client.Row(coshine.API(alias)); !ok || same.API != row.API {
				t.Errorf("alias %s does not name %s", alias, row.API)
			}
		}
	}
	if len(calls) != rows {
		t.Errorf("%d calls for %d interfaces", len(calls), rows)
	}
}

// checkInbound sends an unauthenticated request to the handler of an inbound
// interface: one that exists asks for a credential.
func checkInbound(t *testing.T, api coshine.API) {
	t.Helper()
	handler := handlerOf(t, coshine.CallbackConfig{}, coshine.Functions{})
	w := httptest.NewRecorder()
	at(api, handler).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("%s: status %d, so it has no handler", api, w.Code)
	}
}

// TestInferredPathsAreNeverDefaults compares the guesses with the rows whose
// path is inferred.
func TestInferredPathsAreNeverDefaults(t *testing.T) {
	t.Parallel()
	guesses := coshine.InferredPaths()
	inferred := 0
	for _, row := range coshine.Catalogue() {
		guess := guesses[row.API]
		if row.Evidence == coshine.EvidenceInferred {
			inferred++
			if guess == "" || row.Path != "" {
				t.Errorf("%s: guess %q, path %q", row.API, guess, row.Path)
			}
		} else if guess != "" {
			t.Errorf("%s: a guess for evidence %s", row.API, row.Evidence)
		}
	}
	if inferred != 22 || len(guesses) != 22 {
		t.Errorf("%d rows, %d guesses; 21 of the catalogue and InquiryCardProduct", inferred, len(guesses))
	}
}
