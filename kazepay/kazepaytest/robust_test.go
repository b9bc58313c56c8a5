package kazepaytest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

const application = `{` + userA + `,"cardBin":"222929"}`

// apart runs f on a goroutine of its own and outlives its panic or its end.
func apart(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	<-done
}

// A function of the test that does not return costs its own request or delivery,
// and leaves the platform usable.
func TestFunctionsThatDoNotReturn(t *testing.T) {
	t.Parallel()
	merchant := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(merchant.Close)
	for name, leave := range map[string]func(){"panic": func() { panic(http.ErrAbortHandler) }, "Goexit": runtime.Goexit} {
		var ended atomic.Int32
		end := func() { ended.Add(1); leave() }
		for place, c := range map[string]struct {
			accepted func(int, []byte) bool
			forge    func(http.Header, []byte) (http.Header, []byte)
			choose   func(string) issuingtest.Fault
		}{
			"Accepted": {accepted: func(int, []byte) bool { end(); return true }},
			"Forge":    {forge: func(http.Header, []byte) (http.Header, []byte) { end(); return nil, nil }},
			"Choose": {choose: func(op string) issuingtest.Fault {
				if op == "Cards.Close" {
					end()
				}
				return issuingtest.Fault{}
			}},
		} {
			ended.Store(0)
			server := start(t, kazepaytest.Config{WebhookURL: merchant.URL, Accepted: c.accepted})
			server.SetCallbackFault(issuingtest.CallbackFault{Forge: c.forge})
			server.Choose(c.choose)
			call(t, server, "createCard", application)
			deliver := func() { server.Clock().Advance(time.Second) }
			apart(deliver)
			apart(deliver) // what stood behind the job that did not return
			apart(func() { request(server, "closeCard", `{"cardID":"10001"}`).send(broken{t}, server) })
			code, state := call(t, server, "queryCard", `{"cardID":"10001"}`)
			want := "CLOSE_PROCESSING"
			if c.choose != nil {
				want = "ACTIVE"
			}
			if code != "SUCCESS" || state["userBankCardStatus"] != want || ended.Load() == 0 {
				t.Errorf("%s in %s: ended %d times, then %s %v", name, place, ended.Load(), code, state)
			}
			if err := server.Check(); err != nil {
				t.Errorf("%s in %s: %v", name, place, err)
			}
		}
	}
}

// broken is a test in which a connection may break: the request ends there.
type broken struct{ testing.TB }

func (broken) Fatal(...any) { runtime.Goexit() }

// Requests have the names of the client's operations, also those that share an
// apiCode and those that are refused.
func TestNamesOfRequests(t *testing.T) {
	t.Parallel()
	forged := func(e *sign.Envelope) { e.Sign = strings.Repeat("0", 512) }
	for name, c := range map[string]struct {
		apiCode, payload string
		spoil            func(*sign.Envelope)
		want             string
	}{
		"freeze":            {"updCardStatus", `{"status":"INACTIVE"}`, nil, "Cards.Freeze"},
		"unfreeze":          {"updCardStatus", `{"status":"ACTIVE"}`, nil, "Cards.Unfreeze"},
		"neither":           {"updCardStatus", `{"status":"CLOSE"}`, nil, "Cards.Freeze"},
		"unfreeze, forged":  {"updCardStatus", `{"status":"ACTIVE"}`, forged, "Cards.Freeze"},
		"no object":         {"updCardStatus", `[]`, nil, "Cards.Freeze"},
		"files":             {"setUcardKyc", `{"frontImgFileId":"x"}`, nil, "KYC.Submit"},
		"inline":            {"setUcardKyc", `{"frontImgBase64":"x"}`, nil, "KYC.SubmitInline"},
		"of another form":   {"fileUpload", `{}`, nil, "KYC.Upload"},
		"no operation":      {"nothing", `{}`, nil, ""},
		"the client's name": {"Cards.Freeze", `{}`, nil, ""},
	} {
		server := start(t, kazepaytest.Config{})
		var named []string
		server.Choose(func(op string) issuingtest.Fault { named = append(named, op); return issuingtest.Fault{} })
		r := request(server, c.apiCode, c.payload)
		r.spoil = c.spoil
		r.send(t, server)
		if len(named) != 1 || named[0] != c.want {
			t.Errorf("%s: named %q, want %q", name, named, c.want)
		}
		if err := server.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A form in which a part stands twice is refused, as a member that does.
func TestFormNamesEachPartOnce(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{})
	for again, want := range map[string]string{"": "SUCCESS", "more": "SUCCESS", "head": "FAKE_FORMAT_ERROR", "file": "FAKE_FORMAT_ERROR"} {
		r := request(server, "fileUpload", `{`+userA+`}`)
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		r.header = w.FormDataContentType()
		r.body = func(message []byte) []byte {
			var parts struct{ Head, Body json.RawMessage }
			if err := json.Unmarshal(message, &parts); err != nil {
				t.Error(err)
			}
			_ = w.WriteField("head", string(parts.Head))
			_ = w.WriteField("body", string(parts.Body))
			file, _ := w.CreateFormFile("file", "p.jpg")
			_, _ = file.Write([]byte("\xff\xd8\xff\xe0"))
			if again != "" {
				_ = w.WriteField(again, string(parts.Head))
			}
			_ = w.Close()
			return form.Bytes()
		}
		if head, _ := r.send(t, server); head["code"] != want {
			t.Errorf("%q again: %v, want %s", again, head, want)
		}
	}
	if n := server.Requests("KYC.Upload"); n != 2 {
		t.Errorf("%d uploads counted, want the two that could be read", n)
	}
}

func TestSamplesThatCannotBeMade(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{})
	for name, event := range map[string]any{
		"a channel": kazepaytest.Callback{Type: kazepay.EventCardClosed, Content: map[string]any{"amount": make(chan int)}},
		"a list":    kazepaytest.Callback{Type: kazepay.EventCardClosed, Content: []int{1}},
		"a number":  1,
	} {
		if body, err := io.ReadAll(server.SignCallback(event).Body); err == nil {
			t.Errorf("%s was sealed: %s", name, body)
		}
	}
	named := start(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{CallbackNames: kazepaytest.CallbackNameInContent}})
	if _, err := io.ReadAll(named.SignCallback(kazepaytest.Callback{Type: kazepay.EventCardClosed}).Body); err != nil {
		t.Errorf("no content: %v", err)
	}
	for _, body := range []string{"", `{"sign":"`, `{"sign":"0`, `{"head":{}}`, `{"sign":""}`} {
		if _, forged := kazepaytest.ForgeSignature(http.Header{}, []byte(body)); string(forged) != body {
			t.Errorf("%s became %s", body, forged)
		}
	}
}

func TestAnEmptyReserveRefusesDeposits(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{Reserve: issuing.NewAmount(0, 2)})
	call(t, server, "createCard", application)
	server.Clock().Advance(time.Second)
	if code, answer := call(t, server, "cardRecharge", `{"cardID":"10001","currency":"USD","amount":0.01}`); code != "FAKE_BALANCE_ERROR" {
		t.Errorf("%s %v", code, answer)
	}
}
