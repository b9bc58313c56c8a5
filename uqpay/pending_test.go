package uqpay_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// TestRows: rows, settlers and the page say the same.
func TestRows(t *testing.T) {
	t.Parallel()
	pendingtest.Rows(t, uqpay.Operations(), distant(t).Disagreements(), 44)
}

// shown is a platform on which only tokens are minted and these paths answered.
func shown(answers map[string]string) issuing.Option {
	return pendingtest.AwayBut(func(r *http.Request) *http.Response {
		for path, body := range answers {
			if strings.HasSuffix(r.URL.Path, path) {
				return answerTo(r, http.StatusOK, body)
			}
		}
		if isMint(r) {
			return answerTo(r, http.StatusOK, tokenBody)
		}
		return nil
	})
}

// distant is a client on a clock that stands, that reaches nobody but for a token.
func distant(t testing.TB, opts ...issuing.Option) *uqpay.Client {
	t.Helper()
	return stubClient(t, nil, append([]issuing.Option{
		shown(nil), issuing.WithMaxAttempts(1), issuing.WithClock(issuingtest.NewClock(start).Now)}, opts...)...)
}

// TestPendings: what every write records and leaves open is the golden file of its
// operation, holds no secret of the request, and is settled as the platform shows it. It
// draws keys that are no chance, so that it does not run beside others.
func TestPendings(t *testing.T) {
	uuid.SetRand(zeros{})
	defer uuid.SetRand(nil)
	j := &pendingtest.Journal{Rows: uqpay.Operations(), Secrets: []string{
		"4937241000000012", "012345", "543210", `"0123"`, "57609685", "api-key-secret", "eyJ.t", "alex.chen@example.com", "91234567",
		"1990", "aW1hZ2U=", "secret content",
	}}
	written := distant(t, j.Option())
	calls := wireCalls(t)
	calls["upload"] = func(ctx context.Context, c client) error {
		return ignore(c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: bytes.NewReader([]byte("secret content"))}))
	}
	for _, line := range slices.Sorted(maps.Keys(calls)) {
		if strings.Contains(line, "/v1/new/") {
			continue // Do, which has no row
		}
		p, isWrite := j.Left(t, calls[line](t.Context(), written))
		if !isWrite {
			continue
		}
		j.Nobody(t, distant(t), p)
		settleShown(t, p)
	}
	j.Complete(t)
}

// settleShown settles the writes whose effect a platform shows.
func settleShown(t *testing.T, p issuing.Pending) {
	t.Helper()
	show := func(want issuing.Verdict, path, body string) {
		t.Helper()
		pendingtest.With(t, distant(t, shown(map[string]string{path: body}))).Settle(p, want, "")
	}
	const done, open = issuing.VerdictDone, issuing.VerdictOpen
	switch p.Op {
	case "Cards.Deposit", "Cards.Withdraw":
		p.Details = map[string]string{"card_order_id": "o-1"}
		order := func(amount, status string) string {
			return `{"card_id":"c-1","card_order_id":"o-1","amount":` + amount + `,"order_status":"` + status + `"}`
		}
		show(done, "/cards/o-1/order", order("5.1", "PENDING"))
		show(done, "/cards/o-1/order", order("-5.10", "SUCCESS"))
		show(issuing.VerdictRefused, "/cards/o-1/order", order("5.1", "FAILED"))
		show(open, "/cards/o-1/order", order("5.2", "SUCCESS"))
		show(open, "/cards/o-1/order", `{"card_id":"c-2","card_order_id":"o-1","amount":5.1,"order_status":"SUCCESS"}`)
		show(open, "/cards/o-1/order", `{"card_id":"c-1","card_order_id":"o-2","amount":5.1,"order_status":"SUCCESS"}`)
	case "Cards.SetStatus":
		show(done, "/cards/c-1", `{"card_id":"c-1","card_status":"FROZEN"}`)
		show(open, "/cards/c-1", `{"card_id":"c-1","card_status":"ACTIVE"}`)
		show(open, "/cards/c-1", `{"card_id":"c-2","card_status":"FROZEN"}`)
	case "Cards.Activate":
		show(done, "/cards/c", `{"card_id":"c","card_status":"ACTIVE"}`)
		show(open, "/cards/c", `{"card_id":"c","card_status":"PENDING"}`)
	case "Arts.SetDefault":
		show(done, "/cards/arts", `{"default_card_art_id":"art","data":[]}`)
		show(open, "/cards/arts", `{"default_card_art_id":"another","data":[]}`)
	}
}
