package legacy_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// drain counts items until the end or an error.
func drain[T any](seq func(func(*T, error) bool)) (n int, err error) {
	for _, err := range seq {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func TestListsThatStandStill(t *testing.T) {
	t.Parallel()
	card := issuing.NewSecret("4242424242424242")
	hPage := success(`[{"transactionId":1},{"transactionId":2}]`)
	lPage := success(`{"currentPage":1,"pageSize":2,"totalRecords":9,"transactions":[{"recordNo":"1"},{"recordNo":"2"}]}`)
	ePage := success(`{"nextPageToken":"again","transactions":[{"id":"1"}]}`)
	_, client := scripted(t, map[string][]reply{
		"/op/card/H/transactions":     {{http.StatusOK, hPage}},
		"/op/card/L/transaction":      {{http.StatusOK, lPage}},
		"/op/card/P/transaction":      {{http.StatusOK, lPage}},
		"/op/card/E/transaction/page": {{http.StatusOK, ePage}},
	})
	hReq := legacy.VisaHTransactionsRequest{CardNumber: card, PageSize: 2, From: firstDay, To: lastDay}
	lReq := legacy.VirtualTransactionsRequest{CardNumber: card, PageSize: 2, From: firstDay, To: lastDay}
	eReq := legacy.MasterETransactionsRequest{CardNumber: card, PageSize: 1}
	for name, run := range map[string]func() (int, error){
		"VISA-H offset":   func() (int, error) { return drain(client.VisaH.AllTransactions(t.Context(), hReq)) },
		"VIRTUAL-L page":  func() (int, error) { return drain(client.VirtualL.AllTransactions(t.Context(), lReq)) },
		"VIRTUAL-P page":  func() (int, error) { return drain(client.VirtualP.AllTransactions(t.Context(), lReq)) },
		"MASTER-E cursor": func() (int, error) { return drain(client.MasterE.AllTransactions(t.Context(), eReq)) },
	} {
		n, err := run()
		if !errors.Is(err, issuing.ErrBadResponse) || n == 0 || n > 2 {
			t.Errorf("%s: %d records, %v", name, n, err)
		}
	}
}

func TestListsEnd(t *testing.T) {
	t.Parallel()
	card := issuing.NewSecret("4242424242424242")
	s, client := scripted(t, map[string][]reply{
		"/op/card/H/transactions": {
			{http.StatusOK, success(`[{"transactionId":1},{"transactionId":2}]`)},
			{http.StatusOK, success(`[]`)},
		},
	})
	req := legacy.VisaHTransactionsRequest{CardNumber: card, PageSize: 2, From: firstDay, To: lastDay}
	if n, err := drain(client.VisaH.AllTransactions(t.Context(), req)); n != 2 || err != nil || s.count("/op/card/H/transactions") != 2 {
		t.Errorf("%d records in %d pages, %v", n, s.count("/op/card/H/transactions"), err)
	}

	s, client = scripted(t, map[string][]reply{
		"/op/card/H/transactions": {{http.StatusOK, success(`[{"transactionId":1},{"transactionId":2}]`)}, {http.StatusOK, refusedAs("5001")}},
	})
	n, err := drain(client.VisaH.AllTransactions(t.Context(), req))
	if n != 2 || !errors.Is(err, legacy.CodeInvalidParameters) {
		t.Errorf("an error in the middle: %d records, %v", n, err)
	}
	for range client.VisaH.AllTransactions(t.Context(), req) {
		break
	}
	if got := s.count("/op/card/H/transactions"); got != 3 {
		t.Errorf("%d requests: breaking out must fetch no more", got)
	}
}

func TestMasksOfOTPs(t *testing.T) {
	t.Parallel()
	pan := issuing.NewSecret("4931931234561091")
	for mask, fits := range map[string]bool{
		"493193**1091": true, "4931931234561091": true, "493193******1091": true, "*1091": true, "493193*": true,
		"493193**1092": false, "493194**1091": false, "": false, "*": false, "**": false,
		"49319312345610914931931234561091": false, "4931931234561091*": false, "493193123456*561091": false,
	} {
		otp := legacy.VirtualLChallenged{CardMask: mask}
		if otp.Matches(pan) != fits {
			t.Errorf("%q: matches %t", mask, !fits)
		}
	}
}

func TestEncryptedFieldsThatDoNotOpen(t *testing.T) {
	t.Parallel()
	for cvv, fails := range map[string]bool{
		"": false, "123": false, "***": false, "WBM3cgTCXY2Yt6ARQ82IVQ==": true, "2532hd2ubdebdebdebd": true, "AAAA": true,
	} {
		_, client := scripted(t, map[string][]reply{
			"/op/card/H/balance": {{http.StatusOK, success(fmt.Sprintf(`{"cvv":%q,"status":"activated"}`, cvv))}},
		})
		card, err := client.VisaH.Card(t.Context(), issuing.NewSecret("4242424242424242"))
		if fails != errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("cvv %q: %v", cvv, err)
		}
		if !fails && card.CVV.Reveal() != cvv {
			t.Errorf("cvv %q became another", cvv)
		}
	}
}
