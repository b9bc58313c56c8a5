package legacy_test

import (
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// TestRows: rows, settlers and the page say the same.
func TestRows(t *testing.T) {
	t.Parallel()
	pendingtest.Rows(t, legacy.Operations(), distant(t).Disagreements(), 56)
}

// distant is a client with the credentials of clientFor, on a clock that stands, that
// reaches nobody.
func distant(t testing.TB, opts ...issuing.Option) *legacy.Client {
	t.Helper()
	secret, err := sign.NewAppSecret(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	client, err := legacy.New(legacy.Config{BaseURL: "https://api.example.com", AppKey: "key1", AppSecret: secret}, append(opts,
		pendingtest.Away(), issuing.WithMaxAttempts(1), issuing.WithClock(func() time.Time { return start }))...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// The cards of the golden files.
const (
	cardE, cardH = "5300000000000004", "4700000000000011"
	cardL, cardP = "4242424242424242", "VP-0123456789abcdef"
)

// shows is what a platform shows of a write: where it has been done, where it has not, and
// where nobody can tell.
type shows struct {
	path, done, absent, open string // data of the answer; absent of an order is a refusal
	failed                   string
	reference                string // what the row wants
	again                    any    // what sends it again, where asking tells nothing
}

func shown() map[string]shows {
	order := func(path, no, rest string) shows {
		data := func(status string) string {
			return `{"merOrderNo":"` + no + `","orderNo":"9","status":` + status + rest + `}`
		}
		return shows{path: path, done: data("2"), failed: data("3"), open: `{"merOrderNo":"d-9","orderNo":"9","status":2}`}
	}
	card := func(path, reference, name, done, absent, open string) shows {
		status := func(value string) string {
			if value == "" {
				return ""
			}
			return `{"` + name + `":` + value + `}`
		}
		return shows{path: path, reference: reference, done: status(done), absent: status(absent), open: status(open)}
	}
	const applications, e, h = "/api/card/kyc/query", "/op/card/E/info", "/op/card/H/balance"
	const l, p = "/op/card/L/info", "/op/card/P/info/v2"
	limits := func(purchase, atm string) string {
		return `{"status":3,"dailyPurchaseLimit":` + purchase + `,"dailyAtmLimit":` + atm + `}`
	}
	return map[string]shows{
		"Cards.Deposit":                order("/api/card/top/up/query", "d-1", `,"amount":"20.5","cardNumber":"4242********4242"`),
		"Transfers.Create":             order("/api/v1/legacy/tf/v4/order/query", "t-1", `,"sourceCurrency":"USD","sendAmount":"1000"`),
		"Applications.ApplyMasterE":    order(applications, "e-1", ""),
		"Applications.ApplyVisaH":      order(applications, "h-1", ""),
		"Applications.ApplyVirtualL":   order(applications, "l-1", ""),
		"Applications.ApplyVirtualP":   order(applications, "p-1", ""),
		"MasterE.Freeze":               card(e, cardE, "status", "5", "3", "4"),
		"MasterE.Unfreeze":             card(e, cardE, "status", "3", "5", "4"),
		"MasterE.SetDailyLimits":       {path: e, reference: cardE, done: limits("5", "6"), absent: limits("5", "7"), open: `{"status":3}`},
		"MasterE.SetPIN":               {},
		"VisaH.Freeze":                 card(h, cardH, "status", "", `"activated"`, `"Locked"`),
		"VisaH.Unfreeze":               card(h, cardH, "status", `"activated"`, "", `"Locked"`),
		"VisaH.SetPIN":                 {},
		"VisaH.ReplyOOB":               {},
		"VisaH.SimulateOOB":            {},
		"VirtualL.Freeze":              card(l, cardL, "cardStatus", `"0"`, `"1"`, `"2"`),
		"VirtualL.Unfreeze":            card(l, cardL, "cardStatus", `"1"`, `"0"`, `"2"`),
		"VirtualL.Close":               card(l, cardL, "cardStatus", `"2"`, "", `"1"`),
		"VirtualL.SimulateOTP":         {},
		"VirtualL.SimulateTransaction": {},
		"VirtualP.Freeze":              card(p, cardP, "status", `"Frozen"`, `"Active"`, `"Inactive"`),
		"VirtualP.Unfreeze":            card(p, cardP, "status", `"Active"`, `"Frozen"`, `"Inactive"`),
		"VirtualP.Close":               card(p, cardP, "status", `"Inactive"`, "", `"Active"`),
		"VirtualP.UploadDocument": {path: "/op/card/P/document", done: "true", again: legacy.DocumentRequest{
			CardNumber: issuing.NewSecret(cardP), IDType: legacy.DocumentTypePassport, FaceImage: issuing.NewSecret("x"),
		}},
	}
}

// options are what Settle wants for a write.
func (s shows) options() (opts []issuing.SettleOption) {
	if s.reference != "" {
		opts = append(opts, issuing.WithReference(issuing.NewSecret(s.reference)))
	}
	if s.again != nil {
		opts = append(opts, issuing.WithResend(s.again))
	}
	return opts
}

// TestPendings: what every write records and leaves open is the golden file of its
// operation, holds no secret of the request, and is settled as the platform shows it.
func TestPendings(t *testing.T) {
	t.Parallel()
	j := &pendingtest.Journal{Rows: legacy.Operations(), Secrets: []string{
		cardE, cardH, cardL, cardP, "123456\"", "E12345678", "310101199001011234", "x@example.com", "13800000000", "Nanjing",
		"passport", "Santos", "Queen", testSecret,
	}}
	client := distant(t, j.Option())
	secret := issuing.NewSecret
	all := shown()
	for _, c := range everyCall(client, secret(cardE), secret(cardH), secret(cardL), secret(cardP)) {
		p, isWrite := j.Left(t, c.run(t.Context()))
		if !isWrite {
			continue
		}
		s := all[p.Op]
		j.Nobody(t, distant(t), p, s.options()...)
		if s.reference != "" {
			pendingtest.With(t, distant(t)).Settle(p, issuing.VerdictOpen, "WithReference")
		}
		shown := map[issuing.Verdict]string{issuing.VerdictOpen: success(s.open)}
		for verdict, data := range map[issuing.Verdict]string{
			issuing.VerdictDone: s.done, issuing.VerdictAbsent: s.absent, issuing.VerdictRefused: s.failed,
		} {
			if data != "" {
				shown[verdict] = success(data)
			}
		}
		if s.failed != "" { // an order, which may not be known
			shown[issuing.VerdictAbsent] = refusedAs("5201")
		}
		for want, body := range shown {
			_, platform := scripted(t, map[string][]reply{s.path: {{http.StatusOK, body}}})
			got := pendingtest.With(t, platform).Settle(p, want, "", s.options()...)
			if has := want == issuing.VerdictDone || want == issuing.VerdictRefused; (got.Result != nil) != has {
				t.Errorf("%s: %+v", p.Op, got)
			}
			if got.ResendSameKey != (want == issuing.VerdictAbsent && j.Row(p.Op).Resend) {
				t.Errorf("%s: the same key again: %t", p.Op, got.ResendSameKey)
			}
		}
		delete(all, p.Op)
	}
	j.Complete(t)
	if len(all) > 0 {
		t.Errorf("not called: %v", all)
	}
}
