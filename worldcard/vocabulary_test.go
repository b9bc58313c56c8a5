package worldcard_test

import (
	"errors"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// The tables of code.md, and the codes that only the physical card pages have.
var codeTable = map[worldcard.Code]string{
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Resource Not Found", 409: "Resource Conflict",
	429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
	1001: "Request parameter validation failed", 1004: "Operation too frequent", 1006: "Invalid operation",
	1075: "Date parsing failed", 1076: "Invalid date format", 1101: "Required field missing", 1102: "Invalid field value",
	1103: "Invalid pagination parameter", 1104: "Invalid page size parameter", 1105: "Invalid date range", 1133: "Owner mismatch",
	10001: "Card does not exist", 10002: "Card has been disabled", 10005: "Card type does not exist",
	10007: "Insufficient card quota", 10008: "Card BIN does not exist", 10009: "Card BIN has been disabled",
	10010: "Card order does not exist", 10011: "Duplicate card order", 10013: "Invalid card amount",
	10016: "Card transaction record does not exist", 10017: "Unsupported card type", 10018: "Invalid card parameter",
	10019: "Card user mismatch", 10021: "Card issuance failed", 10024: "Card cancellation failed", 10025: "Card freeze failed",
	10026: "Card unfreeze failed", 10028: "KYC not completed", 10031: "Insufficient card reserve balance",
	10033: "KYC service unavailable", 10044: "Card status does not allow initiating KYC",
	16001: "Remittance order does not exist", 16002: "Remittance order already exists", 16003: "Remittance order creation failed",
	16004: "Remittance order update failed", 16005: "Remittance order deletion failed", 16006: "Remittance order query failed",
	16021: "Remittance order missing required fields", 16501: "Order notification does not exist", 16708: "Invalid quote exchange rate",
}

func TestCodeTable(t *testing.T) {
	t.Parallel()
	for code, meaning := range codeTable {
		if code.Meaning() != meaning || !code.Known() || code.Kind() == nil {
			t.Errorf("%d: meaning %q, known %t, kind %v", int(code), code.Meaning(), code.Known(), code.Kind())
		}
	}
	for code := range worldcard.Code(20_000) {
		if _, documented := codeTable[code]; code.Known() != (documented || code == 0) {
			t.Errorf("%d: known %t", int(code), code.Known())
		}
		if want := code == 429 || code == 500 || code == 503 || code == 10033; code.Retryable() != want {
			t.Errorf("%d: retryable %t", int(code), code.Retryable())
		}
	}
	if worldcard.Code(19999).Kind() != nil || worldcard.Code(19999).Error() != "code 19999" {
		t.Error("an unknown code has a kind or a meaning")
	}
}

func TestCardStates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state          worldcard.CardState
		normal         worldcard.CardState
		status         worldcard.CardStatus // 0 is none
		known, endless bool
	}{
		{"activated", "activated", worldcard.CardStatusActive, true, false},
		{"frozen", "frozen", worldcard.CardStatusFrozen, true, false},
		{"blocked", "frozen", worldcard.CardStatusFrozen, true, false},
		{"BLOCKED", "frozen", worldcard.CardStatusFrozen, true, false},
		{" Cancelled ", "cancelled", worldcard.CardStatusClosed, true, true},
		{"inactive", "inactive", 0, true, false},
		{"suspended", "suspended", 0, false, false},
		{"", "", 0, false, false},
	} {
		status, ok := c.state.CardStatus()
		if c.state.Normal() != c.normal || status != c.status || ok != (c.status != 0) ||
			c.state.Known() != c.known || c.state.Terminal() != c.endless {
			t.Errorf("%q: normal %q, status %v %t, known %t, terminal %t", c.state, c.state.Normal(), status, ok, c.state.Known(), c.state.Terminal())
		}
	}
}

func TestDepositHintNeverTurnsFailureIntoSuccess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status worldcard.DepositEventStatus
		reason string
		want   worldcard.DepositStatus // 0 is uncertain
	}{
		{1, "", worldcard.DepositStatusSuccess},
		{1, "channel down", worldcard.DepositStatusFailed},
		{2, "", 0},
		{2, "channel down", worldcard.DepositStatusFailed},
		{3, "", worldcard.DepositStatusFailed},
		{0, "", 0},
		{4, "", 0},
	} {
		event := worldcard.CardDeposited{Status: c.status, FailureReason: c.reason}
		if got, ok := event.Hint(); got != c.want || ok != (c.want != 0) {
			t.Errorf("status %d, reason %q: %v, %t", c.status, c.reason, got, ok)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for s := range worldcard.CardStatus(12) {
		known, final := s >= 1 && s <= 9, s == 3 || s == 5
		if s.Known() != known || s.Terminal() != final || s.String() == "" {
			t.Errorf("card status %d: known %t, terminal %t, %q", int(s), s.Known(), s.Terminal(), s)
		}
	}
	for s := range worldcard.DepositStatus(5) {
		if s.Known() != (s >= 1 && s <= 3) || s.Terminal() != (s == 2 || s == 3) {
			t.Errorf("deposit status %d: known %t, terminal %t", int(s), s.Known(), s.Terminal())
		}
	}
	for s := range worldcard.KYCStatus(5) {
		if s.Known() != (s <= 3) || s.Terminal() != (s == 2 || s == 3) {
			t.Errorf("KYC status %d: known %t, terminal %t", int(s), s.Known(), s.Terminal())
		}
	}
}

func TestIteratorsReadEveryPageOnce(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	const n = 23
	for i := range n {
		if _, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
			CardRef: ref, MerchantTransactionID: "tx-" + string(rune('a'+i)), Amount: issuing.NewAmount(10, 0),
		}); err != nil {
			t.Fatal(err)
		}
	}
	const op = "Cards.Deposits"
	count := func(req worldcard.DepositsRequest) (keys map[string]bool, requests int) {
		t.Helper()
		before := server.Requests(op)
		keys = map[string]bool{}
		for d, err := range client.Cards.AllDeposits(t.Context(), req) {
			if err != nil {
				t.Fatal(err)
			}
			if keys[d.MerchantTransactionID] {
				t.Errorf("%s came twice", d.MerchantTransactionID)
			}
			keys[d.MerchantTransactionID] = true
		}
		return keys, server.Requests(op) - before
	}
	if keys, requests := count(worldcard.DepositsRequest{CardRef: ref}); len(keys) != n || requests != 4 {
		t.Errorf("%d top-ups in %d requests", len(keys), requests)
	}
	if keys, requests := count(worldcard.DepositsRequest{CardRef: ref, Page: 3, PageSize: 10}); len(keys) != 3 || requests != 2 {
		t.Errorf("from page 3: %d top-ups in %d requests", len(keys), requests)
	}
	// A loop that ends early asks for no more; an error ends the loop.
	before := server.Requests(op)
	for range client.Cards.AllDeposits(t.Context(), worldcard.DepositsRequest{CardRef: ref}) {
		break
	}
	if got := server.Requests(op) - before; got != 1 {
		t.Errorf("%d requests for one item", got)
	}
	inject(t, server, op, issuingtest.Fault{}, worldcardtest.Refuse(worldcard.CodePagination, ""))
	items, failures := 0, 0
	for _, err := range client.Cards.AllDeposits(t.Context(), worldcard.DepositsRequest{CardRef: ref}) {
		if err != nil {
			failures++
			if !errors.Is(err, worldcard.CodePagination) {
				t.Error(err)
			}
			continue
		}
		items++
	}
	if items != 10 || failures != 1 {
		t.Errorf("%d items and %d errors", items, failures)
	}
}

func TestRetriedKYCService(t *testing.T) {
	t.Parallel()
	server, client := turned(t, worldcardtest.Config{})
	if _, err := client.Physical.Apply(t.Context(), physicalG("pc")); err != nil {
		t.Fatal(err)
	}
	const op = "KYC.Init"
	inject(t, server, op, worldcardtest.Refuse(worldcard.CodeKYCUnavailable, ""))
	if _, err := client.KYC.Init(t.Context(), "pc"); err != nil || server.Requests(op) != 2 {
		t.Errorf("%v after %d requests", err, server.Requests(op))
	}
	// "Operation too frequent" is reported, not repeated.
	inject(t, server, op, worldcardtest.Refuse(worldcard.CodeTooFrequent, ""))
	_, err := client.KYC.Init(t.Context(), "pc")
	wantError(t, err, issuing.ErrRateLimited)
	if server.Requests(op) != 3 {
		t.Errorf("%d requests", server.Requests(op))
	}
}
