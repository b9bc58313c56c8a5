package coshine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// mutation is what of an answer or an inbound request is not as documented.
type mutation struct {
	op      uint16 // of mutableCalls, or beyond them an inbound request
	part    uint8  // 0 the members beside code and echo, 1 the message
	seed    uint64 // of the mutation
	members []byte // takes the members' place when it is not empty
}

// mutableAnswer has what results read.
const mutableAnswer = `{"cardApplyNo":"AP1","customerId":"C1","cardNumber":"4220000000000001","cardToken":"T1","expiryDate":"2904","CVV2":"123",` +
	`"cardStatus":"N","blockStatus":"N","recordNum":"1","recordList":[{"cardToken":"T1","cardNumber":"422000******0001","expiryDate":"2904",` +
	`"openDate":"20260420","cardTokenExpiryDate":"20301231235959","dropDownCode":"a","dropDownValue":"b","cardFaceValue":"1.50"}],"balance":"1.00"}`

// mutableCalls are the interfaces that a client calls, in one order. Those that ask for a
// PIN key first are not among them: it is what they would fail by.
func mutableCalls() []coshine.API {
	all := slices.Sorted(maps.Keys(calls))
	return slices.DeleteFunc(all, func(api coshine.API) bool {
		return strings.HasPrefix(string(api), "PIN") || api == coshine.APIGeneratePublicPinKey
	})
}

// mutableRequests are EastPay's, beside the public header.
var mutableRequests = []struct {
	api     coshine.API
	members string
}{
	{coshine.APISendOTP, `{"acsTransId":"a1","cardToken":"T1","amount":"12345","currency":"702","verifyCode":"123456","validTime":"300","mobile":"+6591234567"}`},
	{coshine.APIVerifyOTP, `{"acsTransId":"a1","cardToken":"T1","verifyCode":"123456"}`},
	{coshine.APIAuthorizationNotification, `{"transactionId":"x","amount":"1.00","status":"DONE"}`},
}

// TestMutatedMessages sends mutations of every valid answer and inbound request, and holds
// what must be true of them.
func TestMutatedMessages(t *testing.T) {
	ops, runs := len(mutableCalls())+len(mutableRequests), mutatedMessages
	if testing.Short() {
		runs /= 10
	}
	told := map[string]int{}
	for i := range runs {
		m := mutation{op: uint16(i % ops), seed: uint64(i)}
		if i%3 == 2 {
			m.part = 1
		}
		told[m.try(t)]++
	}
	t.Logf("%d mutated messages: %v", runs, told)
	for _, want := range []string{"success", "outcome unknown", "bad response", "inbound 200", "inbound 400"} {
		if told[want] == 0 {
			t.Errorf("the mutations reach no %s", want)
		}
	}
}

// FuzzHostile mutates valid answers and inbound requests by a seed, or takes the
// fuzzer's own members.
func FuzzHostile(f *testing.F) {
	ops := len(mutableCalls()) + len(mutableRequests)
	for i := range ops {
		f.Add(uint16(i), uint8(i%2), uint64(i), []byte(nil))
		f.Add(uint16(i), uint8(0), uint64(0), []byte(mutableAnswer))
	}
	f.Add(uint16(1), uint8(0), uint64(0), []byte(`{"responseCode":"99"}`))
	f.Add(uint16(1), uint8(0), uint64(0), []byte(`{"recordNum":-1,"recordList":[[]]}`))
	f.Fuzz(func(t *testing.T, op uint16, part uint8, seed uint64, members []byte) {
		mutation{op, part % 2, seed, members}.try(t)
	})
}

func (m mutation) String() string {
	return fmt.Sprintf("op %d, part %d, seed %d, members %.100q", m.op, m.part, m.seed, m.members)
}

// message joins a header and the members, one of them mutated.
func (m mutation) message(header, members string) string {
	switch {
	case m.part == 1:
		return string(conform.Mutate(m.seed, []byte("{"+header+","+members[1:])))
	case len(m.members) > 0:
		members = string(m.members)
	default:
		members = string(conform.Mutate(m.seed, []byte(members)))
	}
	if strings.TrimSpace(members) == "{}" {
		return "{" + header + "}"
	}
	return "{" + header + "," + strings.TrimPrefix(members, "{")
}

// try sends one and returns what is told of it.
func (m mutation) try(t testing.TB) string {
	t.Helper()
	apis := mutableCalls()
	n := int(m.op) % (len(apis) + len(mutableRequests))
	if n >= len(apis) {
		return m.inbound(t, n-len(apis))
	}
	answered := ""
	cfg := deskConfig()
	client, err := coshine.New(cfg, issuing.WithMaxAttempts(1), issuing.WithClock(issuingtest.NewClock(epoch).Now),
		issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			answered = m.message(`"tranId":"`+wire.Text(string(body), "tranId")+`","responseCode":"00"`, mutableAnswer)
			return answer(http.StatusOK, answered), nil
		})}))
	if err != nil {
		t.Fatal(err)
	}
	var info issuing.CallInfo
	conform.Unharmed(t, m.String(), func() { err = calls[apis[n]](t.Context(), client, issuing.WithCallInfo(&info)) })
	if err == nil {
		return "success"
	}
	var e *issuing.Error
	if !errors.As(err, &e) || e.Kind == nil {
		t.Fatalf("%v: %s: %v is no error of a call", m, apis[n], err)
	}
	read := !slices.ContainsFunc(coshine.Operations(), func(o issuing.Operation) bool { return o.Name == info.Op && o.Safety != "read" })
	open := errors.Is(err, issuing.ErrOutcomeUnknown)
	// Whatever else is wrong, a success in the answer is no refusal.
	switch {
	case open && read:
		t.Errorf("%v: %s: a read is open: %v", m, apis[n], err)
	case !open && !read && strings.Contains(answered, `"responseCode":"00"`):
		t.Errorf("%v: %s: carried out, and told as failed: %v\n%.300q", m, apis[n], err, answered)
	}
	return e.Kind.Error()
}

// inbound sends a request of EastPay's.
func (m mutation) inbound(t testing.TB, n int) string {
	t.Helper()
	handler := handlerOf(t, coshine.CallbackConfig{}, coshine.Functions{
		SendOTP: func(context.Context, *coshine.SendOTPRequest) (coshine.Answer, error) { return coshine.Approve(), nil },
		VerifyOTP: func(context.Context, *coshine.VerifyOTPRequest) (coshine.Answer, error) {
			return coshine.Approve(), nil
		},
	})
	request := mutableRequests[n]
	body := m.message(inboundHeader, request.members)
	status, answer := 0, []byte(nil)
	conform.Unharmed(t, m.String(), func() {
		w := post(handler, request.api, body)
		status, answer = w.Code, w.Body.Bytes()
	})
	// 404 is of an interface that the issuer does not serve.
	if !slices.Contains([]int{200, 400, 404, 413}, status) || status == 200 && !json.Valid(answer) {
		t.Errorf("%v: status %d, answered %.200q", m, status, answer)
	}
	return fmt.Sprintf("inbound %d", status)
}

// TestMutatedApplications: a result's handle is none of no form.
func TestMutatedApplications(t *testing.T) {
	for name, token := range map[string]string{"long": strings.Repeat("T", 129), "broken": `T\n1`, "blank": " ", "none": ""} {
		client, err := coshine.New(deskConfig(), issuing.WithMaxAttempts(1), issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return answer(http.StatusOK, `{"tranId":"TXN1","responseCode":"00","cardToken":"`+token+`"}`), nil
		})}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Cards.Apply(t.Context(), application("C1"), withID("TXN1")); !errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
