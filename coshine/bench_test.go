package coshine_test

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// instant answers every request at once, inside the process.
type instant struct{ body []byte }

// RoundTrip implements http.RoundTripper.
func (i instant) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(bytes.NewReader(i.body)), ContentLength: int64(len(i.body)),
	}, nil
}

const benchReply = `{` + wireHeader + `,"responseCode":"00","responseDesc":"Success","cardToken":"9000000000000000001","cardStatus":"U","expiryDate":"2904"}`

// BenchmarkCall is a whole call without a network, beside the same call written
// by hand on net/http and encoding/json.
func BenchmarkCall(b *testing.B) {
	hc := &http.Client{Transport: instant{[]byte(benchReply)}}
	b.Run("ours", func(b *testing.B) {
		client, err := coshine.New(coshine.Config{BaseURL: "https://api.example.com", ParticipantID: "P1", TranBranch: "B1", Token: issuing.NewSecret("t")},
			issuing.WithHTTPClient(hc))
		if err != nil {
			b.Fatal(err)
		}
		id := withID("TXN1")
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Cards.Card(b.Context(), coshine.CardRequest{CardToken: "9000000000000000001"}, id); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			body, err := json.Marshal(map[string]string{
				"participantId": "P1", "tranBranch": "B1", "tranChnl": "07", "tranDate": "20260420", "tranTime": "143052", "tranId": "TXN1",
				"cardToken": "9000000000000000001",
			})
			if err != nil {
				b.Fatal(err)
			}
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "https://api.example.com/cardmgr/inquiryCardInfoByToken", bytes.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer t")
			req.Header.Set("timestamp", "1776666652")
			resp, err := hc.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			var out map[string]any
			if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkInbound is an authorization from the socket's bytes to the answer's,
// beside a handler that only checks the token, decodes and encodes.
func BenchmarkInbound(b *testing.B) {
	body := "{" + inboundHeader + `,"amount":"10.00"}`
	serve := func(b *testing.B, h http.Handler) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer inbound-token")
			r.Header.Set("timestamp", "1776666652")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	}
	b.Run("ours", func(b *testing.B) {
		handler := handlerOf(b, coshine.CallbackConfig{}, decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }))
		serve(b, at(coshine.APIAuthorization, handler))
	})
	b.Run("bare", func(b *testing.B) {
		serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in map[string]any
			given := []byte(r.Header.Get("Authorization"))
			if subtle.ConstantTimeCompare(given, []byte("Bearer inbound-token")) == 1 && json.NewDecoder(r.Body).Decode(&in) == nil {
				in["responseCode"] = "00"
				_ = json.NewEncoder(w).Encode(in)
			}
		}))
	})
}

// FuzzInbound never panics, always answers, and approves only what was decoded.
func FuzzInbound(f *testing.F) {
	f.Add("{" + inboundHeader + "}")
	f.Add(`{"acsTransId":"a","verifyCode":"1","validTime":{}}`)
	f.Add(`{"participantId":["100000"],"tranId":1,"tranDate":2,"tranTime":3}`)
	f.Add("")
	handler := handlerOf(f, coshine.CallbackConfig{}, coshine.Functions{
		SendOTP: func(context.Context, *coshine.SendOTPRequest) (coshine.Answer, error) { return coshine.Approve(), nil },
	})
	f.Fuzz(func(t *testing.T, body string) {
		w := post(handler, coshine.APISendOTP, body)
		switch {
		case w.Code != 200 && w.Code != 400 && w.Code != 413:
			t.Errorf("status %d for %q", w.Code, body)
		case w.Code == 200 && !json.Valid(w.Body.Bytes()):
			t.Errorf("the answer to %q is no JSON: %q", body, w.Body)
		}
	})
}
