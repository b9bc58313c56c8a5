package worldcard_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// scripted is a client of a server that answers each path with a fixed body, or
// breaks the connection where the body is empty.
func scripted(t *testing.T, answers map[string]string, opts ...issuing.Option) (*worldcard.Client, func() []string) {
	t.Helper()
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path) // one request at a time
		if answers[r.URL.Path] == "" {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, answers[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	return (&wireServer{Server: server}).client(t, opts...), func() []string { return paths }
}

// TestUnknownCodeIsNoRefusal: a code that no page lists, under a status of success, leaves
// a write open until the look-up finds it.
func TestUnknownCodeIsNoRefusal(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	deposit := worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}
	inject(t, server, opDeposit, worldcardtest.Refuse(10012, "no"))
	_, err := client.Cards.Deposit(t.Context(), deposit)
	wantError(t, err, issuing.ErrOutcomeUnknown)
	if errors.Is(err, issuing.ErrDeclined) {
		t.Errorf("reads as a definite failure: %v", err)
	}
	if _, err := client.Cards.Deposit(t.Context(), deposit); err != nil {
		t.Fatal(err)
	}
	inject(t, server, opDeposit, worldcardtest.Refuse(10012, "no"))
	var info issuing.CallInfo
	if _, err := client.Cards.Deposit(t.Context(), deposit, issuing.WithCallInfo(&info)); err != nil || !info.Settled {
		t.Errorf("%v, settled %t: the look-up shows it", err, info.Settled)
	}
	inject(t, server, "Cards.Freeze", worldcardtest.Refuse(10012, "no"), worldcardtest.Refuse(10012, "no"), worldcardtest.Refuse(10012, "no"))
	_, err = client.Cards.Freeze(t.Context(), ref)
	wantError(t, err, issuing.ErrOutcomeUnknown)
}

// TestLearntCodeIsARefusal: what the merchant has learnt of a code counts as what the pages
// say of one, for writes of every safety and for reads, and the map stays the merchant's.
func TestLearntCodeIsARefusal(t *testing.T) {
	t.Parallel()
	const code worldcard.Code = 10012
	server, _, ref := issued(t)
	for _, kind := range []error{issuing.ErrDuplicate, issuing.ErrUnavailable, issuing.ErrDeclined} {
		cfg := server.ClientConfig()
		cfg.Codes = map[worldcard.Code]error{code: kind}
		client, err := worldcard.New(cfg, issuing.WithClock(server.Clock().Now))
		if err != nil {
			t.Fatal(err)
		}
		cfg.Codes[code] = nil
		for op, call := range map[string]func() error{
			opDeposit: func() error {
				return second(client.Cards.Deposit(t.Context(), worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}))
			},
			opFreeze:       func() error { return second(client.Cards.Freeze(t.Context(), ref)) },
			"Virtual.Card": func() error { return second(client.Virtual.Card(t.Context(), ref)) },
		} {
			before := server.Requests("")
			inject(t, server, op, worldcardtest.Refuse(code, "no"))
			err := call()
			if e := wantError(t, err, kind); !errors.Is(err, code) || e.Attempts != 1 || server.Requests("") != before+1 {
				t.Errorf("%s: %+v", op, e)
			}
		}
	}
	// After an attempt that may have arrived it proves nothing, as any refusal.
	cfg := server.ClientConfig()
	cfg.Codes = map[worldcard.Code]error{code: issuing.ErrDeclined}
	client, err := worldcard.New(cfg, issuing.WithClock(server.Clock().Now), issuing.WithRetryWait(time.Millisecond, time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	inject(t, server, opDeposit, issuingtest.DropBefore(), worldcardtest.Refuse(code, "no"))
	_, err = client.Cards.Deposit(t.Context(), worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)})
	wantError(t, err, issuing.ErrOutcomeUnknown)
}

func TestAmbiguousRefusalIsLookedUp(t *testing.T) {
	t.Parallel()
	for _, code := range []worldcard.Code{worldcard.CodeConflict, worldcard.CodeInvalidOperation} {
		server, client, ref := issued(t)
		deposit := worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}
		refuse := func(op string) { inject(t, server, op, worldcardtest.Refuse(code, "no")) }

		// Nothing is there: what the platform says stands.
		refuse(opDeposit)
		_, err := client.Cards.Deposit(t.Context(), deposit)
		wantError(t, err, code)
		if errors.Is(err, issuing.ErrOutcomeUnknown) || errors.Is(err, issuing.ErrDuplicate) {
			t.Errorf("%d: nothing is there, yet: %v", int(code), err)
		}
		// The key was used before, which only a lookup can tell.
		if _, err := client.Cards.Deposit(t.Context(), deposit); err != nil {
			t.Fatal(err)
		}
		refuse(opDeposit)
		_, err = client.Cards.Deposit(t.Context(), deposit)
		wantError(t, err, issuing.ErrDuplicate)
		wantError(t, err, code)
		refuse(opApply)
		_, err = client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(100, 0)))
		wantError(t, err, issuing.ErrDuplicate)
		// The platform cannot be asked: neither a failure nor a duplicate.
		refuse(opDeposit)
		server.Choose(func(op string) issuingtest.Fault {
			if op == opDeposit {
				return issuingtest.Fault{}
			}
			return issuingtest.DropBefore()
		})
		_, err = client.Cards.Deposit(t.Context(), deposit)
		wantError(t, err, issuing.ErrOutcomeUnknown)
	}
}

func TestTimeoutBehindTheAnswerIsOpen(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"code":504,"message":"Gateway Timeout"}`, `{"code":502}`, `{"code":408}`} {
		client, _ := scripted(t, map[string]string{
			pathDeposit: body, pathVirtual: body,
			"/api/v1/card/deposit/list": `{"code":0,"data":{"total":0,"page":1,"page_size":100,"list":[]}}`,
		})
		_, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
			CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(10, 0),
		})
		wantError(t, err, issuing.ErrOutcomeUnknown)
		_, err = client.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
		wantError(t, err, issuing.ErrUnavailable)
	}
}

func TestSuccessUnderAStatusOfFailureIsOpen(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusBadRequest, `{"code":0,"message":"success","data":{"status":6}}`)
	_, err := server.client(t).Cards.Freeze(t.Context(), worldcard.ByCardID("1"))
	wantError(t, err, issuing.ErrOutcomeUnknown)
}

func TestMessageWithoutCodeIsKept(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusUnauthorized, `{"message":"Request expired"}`)
	_, err := server.client(t).Virtual.Card(t.Context(), worldcard.ByCardID("1"))
	if e := wantError(t, err, issuing.ErrUnauthorized); e.Message != "Request expired" {
		t.Errorf("message %q", e.Message)
	}
}

func TestAnswerAboutAnotherKeyIsNoSuccess(t *testing.T) {
	t.Parallel()
	mine := `{"transaction_id":"7","merchant_transaction_id":"tx","card_id":"1","amount":"10.00","currency":"USD","status":1}`
	client, _ := scripted(t, map[string]string{
		pathDeposit:                 `{"code":0,"data":` + strings.ReplaceAll(strings.Replace(mine, `"7"`, `"6"`, 1), `"tx"`, `"tx-other"`) + `}`,
		"/api/v1/card/deposit/list": `{"code":0,"data":{"total":1,"page":1,"page_size":100,"list":[` + mine + `]}}`,
	})
	d, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
		CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(10, 0),
	})
	if err != nil || d.ID != "7" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestSparseLookupSettles(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, map[string]string{
		"/api/v1/card/deposit/list": `{"code":0,"data":{"list":[{"transaction_id":"7","merchant_transaction_id":"tx","status":2}]}}`,
		pathVirtual:                 `{"code":0,"data":{"card_id":"8","merchant_card_id":"mc","status":1}}`,
	})
	d, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
		CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(10, 0), Currency: issuing.CurrencyUSD,
	})
	if err != nil || d.ID != "7" || d.Status != worldcard.DepositStatusSuccess {
		t.Errorf("%+v, %v", d, err)
	}
	card, err := client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(10, 0)))
	if err != nil || card.ID != "8" {
		t.Errorf("%+v, %v", card, err)
	}
}

func TestAssignIsSettledByThePhysicalPage(t *testing.T) {
	t.Parallel()
	// The virtual page knows the card, but shows no number before it is active.
	client, paths := scripted(t, map[string]string{
		pathVirtual:  `{"code":0,"data":{"card_id":"1","card_type":"PHYSICAL-G","status":8,"card_number":""}}`,
		pathPhysical: `{"code":0,"data":{"card_id":"1","card_type":"PHYSICAL-G","status":8,"card_number":"4000123412341234"}}`,
	})
	change, err := client.Physical.Assign(t.Context(), worldcard.AssignRequest{
		CardRef: worldcard.ByCardID("1"), CardNumber: issuing.NewSecret("4000123412341234"),
	})
	if err != nil || change.Status != worldcard.CardStatusPendingActivation || len(paths()) != 3 {
		t.Errorf("%+v, %v after %v", change, err, paths())
	}
}

func TestSetPINReadsNoData(t *testing.T) {
	t.Parallel()
	for _, data := range []string{`true`, `"ok"`, `null`, `{}`, `""`, `[1]`} {
		client, _ := scripted(t, map[string]string{pathPIN: `{"code":0,"message":"success","data":` + data + `}`})
		err := client.Physical.SetPIN(t.Context(), worldcard.SetPINRequest{
			CardRef: worldcard.ByCardID("1"), PIN: issuing.NewSecret("135790"),
		})
		if err != nil {
			t.Errorf("data %s: %v", data, err)
		}
	}
}

func TestDoChecksWhatItDecodesIntoBeforeItSends(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusOK, `{"code":0,"data":{"a":1}}`)
	client := server.client(t)
	for _, out := range []any{struct{}{}, 7, (*struct{})(nil), map[string]any{}} {
		wantError(t, client.Do(t.Context(), "/api/v1/x", nil, out), issuing.ErrInvalid)
	}
	if len(server.nonces) != 0 {
		t.Error("it was sent")
	}
	var out map[string]any
	if err := client.Do(t.Context(), "/api/v1/x", nil, &out); err != nil || len(out) != 1 || server.payload != "{}" {
		t.Errorf("%v, %v, payload %s", out, err, server.payload)
	}
}

func TestMaskedNumbersAreKept(t *testing.T) {
	t.Parallel()
	for _, masked := range []string{"493724******3841", "493724XXXXXX3841", "493724xxxxxx3841", "•••• 3841"} {
		client, _ := scripted(t, map[string]string{pathPhysical: `{"code":0,"data":{"card_id":"1","card_number":"` + masked + `"}}`})
		card, err := client.Physical.Card(t.Context(), worldcard.ByCardID("1"))
		if err != nil || card.CardNumber.Reveal() != masked {
			t.Errorf("%s: %v", masked, err)
		}
	}
}

func TestAnEmptyCodeIsNoSuccess(t *testing.T) {
	t.Parallel()
	for _, code := range []string{`""`, `" "`, `null`, `false`, `[]`, `{}`, `"0x0"`, `-0.5`} {
		client, _ := scripted(t, map[string]string{
			pathFreeze: `{"code":` + code + `,"data":{"card_id":"1","status":6}}`, pathVirtual: `{"code":` + code + `,"data":{"card_id":"1"}}`,
		})
		_, err := client.Cards.Freeze(t.Context(), worldcard.ByCardID("1"))
		wantError(t, err, issuing.ErrOutcomeUnknown)
		_, err = client.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
		wantError(t, err, issuing.ErrBadResponse)
	}
	client, _ := scripted(t, map[string]string{pathFreeze: `{"code":"0","data":{"card_id":"1","status":6}}`})
	if _, err := client.Cards.Freeze(t.Context(), worldcard.ByCardID("1")); err != nil {
		t.Errorf("a zero in quotes: %v", err)
	}
}

func TestKYCStatusWithoutStatusIsNotNotStarted(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/card/physical/kyc/status"
	for _, data := range []string{`null`, `{}`, `{"retry_allowed":false}`, `{"status":null}`} {
		client, _ := scripted(t, map[string]string{path: `{"code":0,"data":` + data + `}`})
		review, err := client.KYC.Status(t.Context(), "pc")
		if !errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("%s: %+v, %v", data, review, err)
		}
	}
	client, _ := scripted(t, map[string]string{path: `{"code":0,"data":{"status":0}}`})
	if review, err := client.KYC.Status(t.Context(), "pc"); err != nil || review.Status != worldcard.KYCStatusNotStarted {
		t.Errorf("%+v, %v", review, err)
	}
}

func TestAnotherCardSettlesNothing(t *testing.T) {
	t.Parallel()
	for _, answers := range []map[string]string{
		{pathVirtual: `{"code":0,"data":{"card_id":"2","status":6}}`},
		{pathVirtual: `{"code":10001}`, pathPhysical: `{"code":0,"data":{"card_id":"2","status":6}}`},
	} {
		client, _ := scripted(t, answers)
		_, err := client.Cards.Freeze(t.Context(), worldcard.ByCardID("1"))
		wantError(t, err, issuing.ErrOutcomeUnknown)
	}
}

// A direct answer about another card settles nothing, of a write or a read.
func TestAnswersAboutAnotherCard(t *testing.T) {
	t.Parallel()
	other := `{"code":0,"data":{"card_id":"2","status":6}}`
	client, _ := scripted(t, map[string]string{
		pathVirtual: other, pathPhysical: other, "/api/v1/card/freeze": other, "/api/v1/card/close": other,
		"/api/v1/card/deposit": `{"code":0,"data":{"card_id":"2","transaction_id":"7","merchant_transaction_id":"tx"}}`,
	})
	ref := worldcard.ByCardID("1")
	_, err := client.Virtual.Card(t.Context(), ref)
	wantError(t, err, issuing.ErrBadResponse)
	_, err = client.Physical.Card(t.Context(), ref)
	wantError(t, err, issuing.ErrBadResponse)
	_, err = client.Cards.Freeze(t.Context(), ref)
	wantError(t, err, issuing.ErrOutcomeUnknown)
	_, err = client.Cards.Close(t.Context(), ref)
	wantError(t, err, issuing.ErrOutcomeUnknown)
	_, err = client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
		CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(10, 0),
	})
	wantError(t, err, issuing.ErrOutcomeUnknown)
}

// An application that nothing gives a card's id of, neither its answer nor the look-up, is
// open: a card without an id is nobody's.
func TestApplicationWithoutAnID(t *testing.T) {
	t.Parallel()
	for lookUp, want := range map[string]string{`{"code":0,"data":{"merchant_card_id":"mc","status":2}}`: "", `{"code":0,"data":{"card_id":"9","merchant_card_id":"mc","status":2}}`: "9"} {
		client, _ := scripted(t, map[string]string{
			"/api/v1/card/virtual/apply": `{"code":0,"data":{"merchant_card_id":"mc","status":1}}`, pathVirtual: lookUp,
		})
		card, err := client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(100, 0)))
		if want == "" {
			wantError(t, err, issuing.ErrOutcomeUnknown)
			continue
		}
		if err != nil || card.ID != want {
			t.Errorf("%+v, %v", card, err)
		}
	}
}
