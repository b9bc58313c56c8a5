package uqpay

import (
	"bytes"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// FuzzAnswer feeds answers of a platform to what judges and reads them.
func FuzzAnswer(f *testing.F) {
	f.Add(400, []byte(`{"type":"card_error","code":"card_not_found","message":"m","missing_fields":[{"fields":[{}]}]}`))
	f.Add(400, []byte(`{"code":200,"message":"Request is processing, please try again later"}`))
	f.Add(401, []byte(`{"error":"jwt expired"}`))
	f.Add(200, []byte(`{"card_order_id":"o","amount":"1.25","complete_time":""}`))
	f.Add(502, []byte(`<html>`))
	c, err := New(Config{BaseURL: SandboxURL, ClientID: "client-1", APIKey: issuing.NewSecret("api-key-secret")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		resp := &transport.Response{Status: status, Body: body}
		x := &exchange{c: c, o: opCardDeposit}
		x.Judge(t.Context(), resp)
		out := new(Order)
		answer, err := x.Open(t.Context(), resp)
		if err == nil {
			err = decode(t.Context(), answer.Data, out)
		}
		if err == nil && (!resp.OK() || out.ID == "") {
			t.Errorf("status %d and order %q are taken for success", status, out.ID)
		}
		if err != nil && len(err.Error()) > 2000 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	})
}

// FuzzErrorGuard compares what the guard passes on with what it was given.
func FuzzErrorGuard(f *testing.F) {
	f.Add([]byte("a,b\n1,2"), 3)
	f.Add([]byte(`{"code":"x","message":"m"}`), 1)
	f.Add(bytes.Repeat([]byte("{"), maxErrorBody+1), 1000)
	f.Fuzz(func(t *testing.T, file []byte, step int) {
		var out bytes.Buffer
		g := &errorGuard{w: &out}
		for rest := file; len(rest) > 0; {
			n := min(len(rest), max(step, 1))
			if written, err := g.Write(rest[:n]); err != nil || written != n {
				t.Fatal(written, err)
			}
			rest = rest[n:]
		}
		held, err := g.finish()
		if err != nil {
			t.Fatal(err)
		}
		if held == nil && !bytes.Equal(out.Bytes(), file) || held != nil && out.Len() != 0 {
			t.Errorf("%d bytes in, %d held, %d out", len(file), len(held), out.Len())
		}
	})
}
