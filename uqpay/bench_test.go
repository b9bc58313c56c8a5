package uqpay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

const benchOrder = `{"card_id":"card-1","card_order_id":"recharge-order-1","order_type":"CARD_RECHARGE","create_time":"2026-09-17T00:00:00Z","update_time":"2026-09-17T01:00:00Z","complete_time":"2026-09-17T02:00:00Z","order_status":"SUCCESS","amount":"1.25","card_currency":"USD"}`

// benchRT answers without a network.
var benchRT = roundTrip(func(r *http.Request) (*http.Response, error) {
	if isMint(r) {
		return answerTo(r, 200, tokenBody), nil
	}
	_, _ = io.Copy(io.Discard, r.Body)
	return answerTo(r, 200, benchOrder), nil
})

// BenchmarkCall is a warm call through an in-process round tripper.
func BenchmarkCall(b *testing.B) {
	c := stubClient(b, benchRT)
	req := uqpay.AmountRequest{Amount: amount(b, "1.25")}
	ctx := context.Background()
	if _, err := c.Cards.Deposit(ctx, "card-1", req); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Cards.Deposit(ctx, "card-1", req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCallByHand is the same call written on net/http.
func BenchmarkCallByHand(b *testing.B) {
	client := &http.Client{Transport: benchRT}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		body, err := json.Marshal(struct {
			Amount json.Number `json:"amount"`
		}{"1.25"})
		if err != nil {
			b.Fatal(err)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, uqpay.SandboxURL+"/v1/issuing/cards/card-1/recharge", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		req.Header.Set("x-auth-token", "Bearer eyJ.t")
		req.Header.Set("x-idempotency-key", uuid.NewString())
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != 200 {
			b.Fatal(resp.StatusCode, err)
		}
		out := new(uqpay.Order)
		var plain struct {
			CardID       string `json:"card_id"`
			ID           string `json:"card_order_id"`
			Type         string `json:"order_type"`
			Amount       string `json:"amount"`
			Currency     string `json:"card_currency"`
			CreateTime   string `json:"create_time"`
			UpdateTime   string `json:"update_time"`
			CompleteTime string `json:"complete_time"`
			Status       string `json:"order_status"`
		}
		if err := json.Unmarshal(text, &plain); err != nil {
			b.Fatal(err)
		}
		out.ID = plain.ID
		if out.ID == "" {
			b.Fatal("no id")
		}
	}
}

// TestCallAllocations holds the benchmark's bound in the tests.
func TestCallAllocations(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("counts allocations of an optimised build")
	}
	c := stubClient(t, benchRT)
	req := uqpay.AmountRequest{Amount: issuing.NewAmount(125, 2)}
	call := func() {
		if _, err := c.Cards.Deposit(context.Background(), "card-1", req); err != nil {
			t.Fatal(err)
		}
	}
	call()
	// What the round tripper and net/http need, about 43, is part of the count, and the
	// User-Agent is one.
	if n := testing.AllocsPerRun(200, call); n > 62 {
		t.Errorf("%v allocations per call", n)
	}
}
