package legacy_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

const (
	pathDeposit = "/api/card/top/up"
	pathQuery   = "/api/card/top/up/query"
	pathApplyP  = "/api/card/kyc/apply/virtual/P"
	pathKYC     = "/api/card/kyc/query"
	pathCreate  = "/api/v1/legacy/tf/v4/order/create"
	pathOrder   = "/api/v1/legacy/tf/v4/order/query"
)

// reply is one scripted answer.
type reply struct {
	status int
	body   string
}

// script answers each path with its replies in order, the last one for ever, and
// counts requests.
type script struct {
	mu      sync.Mutex
	replies map[string][]reply
	counts  map[string]int
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[r.URL.Path]++
	queue := s.replies[r.URL.Path]
	if len(queue) == 0 {
		http.NotFound(w, r)
		return
	}
	if len(queue) > 1 {
		s.replies[r.URL.Path] = queue[1:]
	}
	if queue[0].status == 0 {
		panic(http.ErrAbortHandler)
	}
	if queue[0].status == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(queue[0].status)
	_, _ = w.Write([]byte(queue[0].body))
}

func (s *script) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[path]
}

// scripted starts a scripted platform with a client for it.
func scripted(t *testing.T, replies map[string][]reply) (*script, *legacy.Client) {
	t.Helper()
	s := &script{replies: replies, counts: map[string]int{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, clientFor(t, server.URL)
}

const acceptedDeposit = `{"merOrderNo":"d-1","orderNo":"9","status":1,"cardNumber":"4242424242424242","settleAmount":"20.50"}`

func TestDepositOutcomes(t *testing.T) {
	t.Parallel()
	ok := func(body string) reply { return reply{http.StatusOK, body} }
	notThere := []reply{ok(refusedAs("5201"))}
	there := []reply{ok(success(`{"merOrderNo":"d-1","orderNo":"9","status":2,"amount":"20.5","cardNumber":"4242424242424242"}`))}
	broken := []reply{{}}
	other := []reply{ok(success(`{"merOrderNo":"d-1","orderNo":"9","status":2,"amount":"99"}`))}
	stranger := []reply{ok(success(`{"merOrderNo":"d-2","orderNo":"9","status":2,"amount":"20.5"}`))}
	for _, tc := range []struct {
		name    string
		create  []reply
		query   []reply
		kind    error // nil is success
		creates int
		queries int
	}{
		{"accepted", []reply{ok(success(acceptedDeposit))}, nil, nil, 1, 0},
		{"5102 refuses", []reply{ok(refusedAs("5102"))}, nil, issuing.ErrInsufficientFunds, 1, 0},
		{"5101 is a duplicate", []reply{ok(refusedAs("5101"))}, nil, issuing.ErrDuplicate, 1, 0},
		{"500, not there, repeated", []reply{ok(refusedAs("500"))}, notThere, issuing.ErrOutcomeUnknown, 3, 3},
		{"5000, there", []reply{ok(refusedAs("5000"))}, there, nil, 1, 1},
		{"500, then accepted", []reply{ok(refusedAs("500")), ok(success(acceptedDeposit))}, notThere, nil, 2, 1},
		{"500, then a duplicate that is there", []reply{ok(refusedAs("500")), ok(refusedAs("5101"))},
			append(notThere, there...), nil, 2, 2},
		{"500, then 5102", []reply{ok(refusedAs("500")), ok(refusedAs("5102"))}, notThere, issuing.ErrOutcomeUnknown, 2, 2},
		{"5001 that left no order", []reply{ok(refusedAs("5001"))}, notThere, issuing.ErrInvalid, 1, 1},
		{"16021 of the newer envelope that left no order", []reply{ok(`{"code":16021,"message":"missing"}`)}, notThere, issuing.ErrInvalid, 1, 1},
		{"HTTP 400 that left no order", []reply{{http.StatusBadRequest, refusedAs("400")}}, notThere, issuing.ErrInvalid, 1, 1},
		{"5001, query fails", []reply{ok(refusedAs("5001"))}, []reply{ok(refusedAs("500"))}, issuing.ErrOutcomeUnknown, 1, 3},
		{"500, then 5001", []reply{ok(refusedAs("500")), ok(refusedAs("5001"))}, notThere, issuing.ErrOutcomeUnknown, 2, 2},
		{"an unknown code", []reply{ok(refusedAs("7777"))}, notThere, issuing.ErrOutcomeUnknown, 1, 1},
		{"5001, there", []reply{ok(refusedAs("5001"))}, there, nil, 1, 1},
		{"HTTP 500", []reply{{http.StatusInternalServerError, "oops"}}, there, nil, 1, 1},
		{"HTTP 401", []reply{{http.StatusUnauthorized, refusedAs("401")}}, []reply{{http.StatusUnauthorized, refusedAs("401")}}, issuing.ErrUnauthorized, 1, 0},
		{"HTTP 401 of somebody else's", []reply{{http.StatusUnauthorized, "<html>"}}, notThere, issuing.ErrOutcomeUnknown, 3, 3},
		{"401 under HTTP 200", []reply{ok(refusedAs("401"))}, notThere, issuing.ErrOutcomeUnknown, 1, 1},
		{"HTTP 403", []reply{{http.StatusForbidden, refusedAs("403")}}, nil, issuing.ErrUnauthorized, 1, 0},
		{"HTTP 400 with 5102 inside", []reply{{http.StatusBadRequest, refusedAs("5102")}}, notThere, issuing.ErrOutcomeUnknown, 1, 1},
		{"HTTP 429", []reply{{http.StatusTooManyRequests, ""}, ok(success(acceptedDeposit))}, notThere, nil, 2, 1},
		{"HTTP 429 with its code", []reply{{http.StatusTooManyRequests, refusedAs("429")}, ok(success(acceptedDeposit))}, nil, nil, 2, 0},
		{"HTML", []reply{ok("<html>")}, there, nil, 1, 1},
		{"redirect", []reply{{http.StatusFound, ""}}, there, nil, 1, 1},
		{"broken connection", broken, there, nil, 1, 1},
		{"broken connection, query fails", broken, []reply{ok(refusedAs("500"))}, issuing.ErrOutcomeUnknown, 1, 3},
		{"success without success", []reply{ok(`{"data":` + acceptedDeposit + `,"status":200,"success":false}`)}, there, nil, 1, 1},
		{"success that the other envelope contradicts", []reply{ok(`{"data":` + acceptedDeposit + `,"status":200,"success":true,"code":16003}`)}, notThere, issuing.ErrOutcomeUnknown, 3, 3},
		{"success in both envelopes", []reply{ok(`{"data":` + acceptedDeposit + `,"status":200,"success":true,"code":0}`)}, nil, nil, 1, 0},
		{"success without data", []reply{ok(success("null"))}, there, nil, 1, 1},
		{"success that cannot be read", []reply{ok(success(`{"merOrderNo":"d-1","orderNo":"9","status":"soon"}`))}, there, nil, 1, 1},
		{"success for another order, there", []reply{ok(success(`{"merOrderNo":"d-7","orderNo":"8","status":1}`))}, there, nil, 1, 1},
		{"success for another order, not there", []reply{ok(success(`{"merOrderNo":"d-7","orderNo":"8","status":1}`))}, notThere, issuing.ErrOutcomeUnknown, 3, 3},
		{"code 0 of the newer envelope", []reply{ok(`{"code":0,"message":"ok","data":` + acceptedDeposit + `}`)}, nil, nil, 1, 0},
		{"16002 of the newer envelope", []reply{ok(`{"code":16002,"message":"exists"}`)}, nil, issuing.ErrDuplicate, 1, 0},
		{"16003 is not final", []reply{ok(`{"code":16003,"message":"failed"}`)}, there, nil, 1, 1},
		{"other data under the number", broken, other, issuing.ErrOutcomeUnknown, 1, 1},
		{"another order's data", broken, stranger, issuing.ErrOutcomeUnknown, 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, client := scripted(t, map[string][]reply{pathDeposit: tc.create, pathQuery: tc.query})
			var info issuing.CallInfo
			d, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", issuing.NewSecret("4242424242424242")), issuing.WithCallInfo(&info))
			if tc.kind == nil {
				if err != nil || d.OrderNo != "9" || info.Settled != (tc.queries > 0 && d.Status == legacy.OrderStatusSuccess) {
					t.Errorf("got %+v, %v; settled %t", d, err, info.Settled)
				}
			} else {
				e := want(t, err, tc.kind)
				if e.Key != "d-1" || d != nil {
					t.Errorf("key %q, result %+v", e.Key, d)
				}
				if errors.Is(tc.kind, issuing.ErrOutcomeUnknown) {
					for _, kind := range []error{issuing.ErrInsufficientFunds, issuing.ErrDuplicate, issuing.ErrInvalid, issuing.ErrUnavailable, issuing.ErrUnauthorized, issuing.ErrDeclined} {
						if errors.Is(err, kind) {
							t.Errorf("an open outcome reads as %v too", kind)
						}
					}
				}
			}
			if s.count(pathDeposit) != tc.creates || s.count(pathQuery) != tc.queries {
				t.Errorf("%d creations and %d queries, want %d and %d", s.count(pathDeposit), s.count(pathQuery), tc.creates, tc.queries)
			}
		})
	}
}

func TestApplicationIsNeverRepeated(t *testing.T) {
	t.Parallel()
	s, client := scripted(t, map[string][]reply{
		pathApplyP: {{http.StatusOK, refusedAs("500")}}, pathKYC: {{http.StatusOK, refusedAs("5201")}},
	})
	_, err := client.Applications.ApplyVirtualP(t.Context(), virtualPApplication("p-1"))
	if e := want(t, err, issuing.ErrOutcomeUnknown); e.Key != "p-1" {
		t.Errorf("key %q", e.Key)
	}
	if s.count(pathApplyP) != 1 || s.count(pathKYC) != 1 {
		t.Errorf("%d applications, %d queries", s.count(pathApplyP), s.count(pathKYC))
	}
}

func TestTransferSettlesByLookup(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		kind   error
	}{
		"the same":             {`{"merOrderNo":"t-1","orderNo":"9","sendAmount":1000,"sourceCurrency":"USD","targetCurrency":"USD","status":1}`, nil},
		"without amounts":      {`{"merOrderNo":"t-1","orderNo":"9","sendAmount":0,"status":0}`, nil},
		"another send amount":  {`{"merOrderNo":"t-1","orderNo":"9","sendAmount":"1000.01","status":1}`, issuing.ErrOutcomeUnknown},
		"another payout":       {`{"merOrderNo":"t-1","orderNo":"9","targetCurrency":"CNY","status":1}`, issuing.ErrOutcomeUnknown},
		"another order's data": {`{"merOrderNo":"t-9","orderNo":"9","status":1}`, issuing.ErrOutcomeUnknown},
	} {
		s, client := scripted(t, map[string][]reply{
			pathCreate: {{http.StatusOK, refusedAs("5000")}}, pathOrder: {{http.StatusOK, success(tc.answer)}},
		})
		order, err := client.Transfers.Create(t.Context(), transferRequest("t-1"))
		if tc.kind == nil && (err != nil || order.OrderNo != "9" || order.Status.Terminal()) {
			t.Errorf("%s: %+v, %v", name, order, err)
		}
		if tc.kind != nil && !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
		if s.count(pathCreate) != 1 || s.count(pathOrder) != 1 {
			t.Errorf("%s: %d creations, %d queries", name, s.count(pathCreate), s.count(pathOrder))
		}
	}
}

func TestTransferLookupComparesTheAccount(t *testing.T) {
	t.Parallel()
	for shown, kind := range map[string]error{
		"":                      nil,
		"6244 8100-7000 0117":   nil,
		"6244****0117":          nil,
		"6244810070000118":      issuing.ErrOutcomeUnknown,
		"6244****0118":          issuing.ErrOutcomeUnknown,
		"62448100*810070000117": issuing.ErrOutcomeUnknown, // more digits than were asked for
	} {
		s, client := scripted(t, map[string][]reply{
			pathCreate: {{http.StatusOK, refusedAs("5000")}},
			pathOrder:  {{http.StatusOK, success(`{"merOrderNo":"t-1","orderNo":"9","sendAmount":1000,"status":1,"account":"` + shown + `"}`)}},
		})
		req := transferRequest("t-1")
		req.Type, req.EWalletID = legacy.ChannelEWallet, issuing.NewSecret("6244810070000117")
		_, err := client.Transfers.Create(t.Context(), req)
		if !errors.Is(err, kind) || errors.Is(err, issuing.ErrDuplicate) || s.count(pathCreate) != 1 {
			t.Errorf("account %q: %v, %d creations", shown, err, s.count(pathCreate))
		}
	}
}

func TestDepositLookupKnowsAMaskedCard(t *testing.T) {
	t.Parallel()
	for shown, kind := range map[string]error{
		"4242********4242": nil, "4242********4243": issuing.ErrOutcomeUnknown, "4242424242424243": issuing.ErrOutcomeUnknown,
	} {
		_, client := scripted(t, map[string][]reply{
			pathDeposit: {{}},
			pathQuery:   {{http.StatusOK, success(`{"merOrderNo":"d-1","orderNo":"9","status":2,"amount":"20.5","cardNumber":"` + shown + `"}`)}},
		})
		_, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", issuing.NewSecret("4242424242424242")))
		if !errors.Is(err, kind) {
			t.Errorf("card %s: %v, want %v", shown, err, kind)
		}
	}
}

func TestOrderEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		_, _ = w.Write([]byte(refusedAs("500")))
	}))
	t.Cleanup(server.Close)
	_, err := clientFor(t, server.URL).Cards.Deposit(ctx, depositRequest("d-1", issuing.NewSecret("4242424242424242")))
	want(t, err, issuing.ErrOutcomeUnknown)
}

// changes are the operations that read the card before they repeat.
func changes(client *legacy.Client, e, h, l, p issuing.Secret) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"MasterE.Freeze":   func(ctx context.Context) error { return just(client.MasterE.Freeze(ctx, e)) },
		"MasterE.Unfreeze": func(ctx context.Context) error { return just(client.MasterE.Unfreeze(ctx, e)) },
		"MasterE.SetDailyLimits": func(ctx context.Context) error {
			return just(client.MasterE.SetDailyLimits(ctx, legacy.DailyLimitsRequest{CardNumber: e, DailyPurchaseLimit: 7}))
		},
		"VirtualL.Freeze":   func(ctx context.Context) error { return just(client.VirtualL.Freeze(ctx, l)) },
		"VirtualL.Unfreeze": func(ctx context.Context) error { return just(client.VirtualL.Unfreeze(ctx, l)) },
		"VirtualP.Freeze":   func(ctx context.Context) error { return just(client.VirtualP.Freeze(ctx, p)) },
		"VirtualP.Unfreeze": func(ctx context.Context) error { return just(client.VirtualP.Unfreeze(ctx, p)) },
		"VisaH.Unfreeze":    func(ctx context.Context) error { return just(client.VisaH.Unfreeze(ctx, h)) },
	}
}

func TestCheckedChangesSettle(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{true, false} {
		server, client := platform(t, legacytest.Config{})
		e, h := server.IssueCard(legacytest.ProductMasterE), server.IssueCard(legacytest.ProductVisaH)
		l, p := server.IssueCard(legacytest.ProductVirtualL), server.IssueCard(legacytest.ProductVirtualP)
		ops := changes(client, e, h, l, p)
		for _, op := range []string{
			"MasterE.Freeze", "MasterE.Unfreeze", "MasterE.SetDailyLimits", "VirtualL.Freeze", "VirtualL.Unfreeze",
			"VirtualP.Freeze", "VirtualP.Unfreeze", "VisaH.Unfreeze",
		} {
			fault, requests := issuingtest.DropAfter(), 1
			if !after {
				fault, requests = issuingtest.DropBefore(), 2
			}
			if op == "VisaH.Unfreeze" {
				requests = 1 // an activated card is the goal, whoever got it there
			}
			inject(t, server, op, fault)
			if err := ops[op](t.Context()); err != nil {
				t.Errorf("%s, committed %t: %v", op, after, err)
			}
			if got := server.Requests(op); got != requests {
				t.Errorf("%s, committed %t: %d requests, want %d", op, after, got, requests)
			}
		}
	}
}

func TestVisaHFreezeCannotTell(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	h := server.IssueCard(legacytest.ProductVisaH)
	inject(t, server, "VisaH.Freeze", issuingtest.DropAfter())
	err := just(client.VisaH.Freeze(t.Context(), h))
	e := want(t, err, issuing.ErrOutcomeUnknown)
	if e.Key != h.Last4() || server.Requests("VisaH.Freeze") != 1 {
		t.Errorf("key %q, %d requests", e.Key, server.Requests("VisaH.Freeze"))
	}
}

func TestCloseIsNotRepeated(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	l, p := server.IssueCard(legacytest.ProductVirtualL), server.IssueCard(legacytest.ProductVirtualP)
	inject(t, server, "VirtualL.Close", issuingtest.DropBefore())
	inject(t, server, "VirtualP.Close", issuingtest.DropAfter())
	want(t, just(client.VirtualL.Close(t.Context(), l)), issuing.ErrOutcomeUnknown)
	want(t, just(client.VirtualP.Close(t.Context(), p)), issuing.ErrOutcomeUnknown)
	if ofL, ofP := server.Requests("VirtualL.Close"), server.Requests("VirtualP.Close"); ofL != 1 || ofP != 1 {
		t.Errorf("%d and %d requests", ofL, ofP)
	}
}

func TestOnceIsSentOnce(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	e := server.IssueCard(legacytest.ProductMasterE)
	inject(t, server, "MasterE.SetPIN", issuingtest.BadGatewayAfter())
	err := client.MasterE.SetPIN(t.Context(), e, issuing.NewSecret("123456"))
	want(t, err, issuing.ErrOutcomeUnknown)
	if got := server.Requests("MasterE.SetPIN"); got != 1 {
		t.Errorf("%d requests", got)
	}
}

func TestTrueAndFalse(t *testing.T) {
	t.Parallel()
	for data, kind := range map[string]error{
		"true": nil, `"true"`: nil, `"succeed"`: nil, "false": issuing.ErrDeclined, `"failed"`: issuing.ErrOutcomeUnknown,
		"null": issuing.ErrOutcomeUnknown, "{}": issuing.ErrOutcomeUnknown,
	} {
		_, client := scripted(t, map[string][]reply{"/op/card/H/change/pin/secure": {{http.StatusOK, success(data)}}})
		err := client.VisaH.SetPIN(t.Context(), issuing.NewSecret("4242424242424242"), issuing.NewSecret("123456"))
		if (kind == nil && err != nil) || (kind != nil && !errors.Is(err, kind)) {
			t.Errorf("data %s: %v, want %v", data, err, kind)
		}
	}
}

func TestReadsAreRepeated(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]reply{
		"500":            {http.StatusOK, refusedAs("500")},
		"5000":           {http.StatusOK, refusedAs("5000")},
		"429":            {http.StatusTooManyRequests, ""},
		"HTTP 502":       {http.StatusBadGateway, "<html>"},
		"broken":         {},
		"HTML in a 200":  {http.StatusOK, "<html>"},
		"without a code": {http.StatusOK, `{"data":{}}`},
	} {
		s, client := scripted(t, map[string][]reply{pathQuery: {first, {http.StatusOK, success(acceptedDeposit)}}})
		if _, err := client.Cards.DepositByKey(t.Context(), "d-1"); err != nil || s.count(pathQuery) != 2 {
			t.Errorf("%s: %v after %d requests", name, err, s.count(pathQuery))
		}
	}
}
