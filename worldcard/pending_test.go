package worldcard_test

import (
	"net/http/httptest"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// TestRows: rows, settlers and the page say the same.
func TestRows(t *testing.T) {
	t.Parallel()
	pendingtest.Rows(t, worldcard.Operations(), distant(t).Disagreements(), 18)
}

// distant is a client with the credentials of the wire tests, on a clock that stands, that
// reaches nobody.
func distant(t testing.TB, opts ...issuing.Option) *worldcard.Client {
	t.Helper()
	return (&wireServer{Server: &httptest.Server{URL: "https://api.example.com"}}).client(t, append(alone(opts...), pendingtest.Away())...)
}

// alone are options of one attempt, on a clock that stands still.
func alone(opts ...issuing.Option) []issuing.Option {
	return append(opts, issuing.WithMaxAttempts(1), issuing.WithClock(issuingtest.NewClock(epoch).Now))
}

// shows is what a platform shows of a write: where it has been done, where it has not, and
// where nobody can tell.
type shows struct {
	path, done, absent, open string // data of the answer
	again                    any    // what sends it again, where asking tells nothing
}

func shown() map[string]shows {
	const card = `{"card_id":"1234567890123456","merchant_card_id":"mc_001","status":`
	const physical = `{"card_id":"1234567890123456789","merchant_card_id":"mc_pcard_001","status":`
	const deposit = `{"total":1,"list":[{"transaction_id":"1","card_id":"1234567890123456","merchant_transaction_id":"tx_001","currency":"USD","amount":`
	ref := worldcard.CardRef{CardID: "1234567890123456789", MerchantCardID: "mc_pcard_001"}
	return map[string]shows{
		"Virtual.Apply":  {path: pathVirtual, done: card + `1,"first_recharge_amount":"100.00"}`, open: card + `1,"first_recharge_amount":"10.00"}`},
		"Cards.Deposit":  {path: "/api/v1/card/deposit/list", done: deposit + `"100.00"}]}`, absent: `{"total":0,"list":[]}`, open: deposit + `"60.00"}]}`},
		"Cards.Freeze":   {path: pathVirtual, done: card + `6}`, absent: card + `2}`, open: card + `5}`},
		"Cards.Unfreeze": {path: pathVirtual, done: card + `2}`, absent: card + `6}`, open: card + `5}`},
		"Cards.Close":    {path: pathVirtual, done: card + `4}`, absent: card + `6}`, open: card + `1}`},
		"Physical.Apply": {path: pathPhysical, done: physical + `9}`, open: physical + `9,"card_type":"PHYSICAL-X"}`},
		"Physical.Assign": {
			path: pathPhysical, done: physical + `8,"card_number":"4000123412341234"}`, absent: physical + `7}`,
			open: physical + `8,"card_number":"4000123412341242"}`,
		},
		"Physical.Activate": {path: pathPhysical, done: physical + `2}`, absent: physical + `8}`, open: physical + `3}`},
		"Physical.SetPIN":   {path: pathPIN, done: `{}`, again: worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("246801")}},
		"KYC.Cancel":        {path: "/api/v1/card/physical/kyc/cancel", done: `{"status":3}`, again: "mc_pcard_001"},
	}
}

// TestPendings: what every write records and leaves open is the golden file of its
// operation, holds no secret of the request, and is settled as the platform shows it.
func TestPendings(t *testing.T) {
	t.Parallel()
	j := &pendingtest.Journal{Rows: worldcard.Operations(), Secrets: []string{
		"4000123412341234", "135790", "246801", "john@example.com", "sanzhang@example.com", "123 Main St", "13800138000", "1990",
	}}
	client := distant(t, j.Option())
	all := shown()
	for _, c := range append(virtualCases(t), physicalCases(t)...) {
		caller := client
		if c.waits != "" { // the card is read before, and the write itself reaches nobody
			caller, _ = scripted(t, map[string]string{pathPhysical: `{"code":0,"data":` + c.waits + `}`}, alone(j.Option())...)
		}
		_, err := c.call(t.Context(), caller)
		p, isWrite := j.Left(t, err)
		if !isWrite {
			continue
		}
		j.Nobody(t, distant(t), p)
		s := all[p.Op]
		var opts []issuing.SettleOption
		if s.again != nil {
			opts = append(opts, issuing.WithResend(s.again))
		}
		for want, data := range map[issuing.Verdict]string{
			issuing.VerdictDone: s.done, issuing.VerdictAbsent: s.absent, issuing.VerdictOpen: s.open,
		} {
			if data == "" {
				continue
			}
			platform, _ := scripted(t, map[string]string{s.path: `{"code":0,"data":` + data + `}`})
			got := pendingtest.With(t, platform).Settle(p, want, "", opts...)
			if (got.Result != nil) != (want == issuing.VerdictDone) || (want == issuing.VerdictAbsent && !got.ResendSameKey) {
				t.Errorf("%s: %+v", p.Op, got)
			}
		}
		delete(all, p.Op)
	}
	j.Complete(t)
	if len(all) > 0 {
		t.Errorf("not called: %v", all)
	}
}
