package authdecision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Caller is UQPAY's side, for tests and platforms in memory: it encrypts a
// request, calls an endpoint and opens the answer. It is safe for concurrent
// use.
type Caller struct {
	URL         string        // of the merchant's endpoint
	Key         PrivateKey    // the platform's
	MerchantKey PublicKey     // the merchant's
	Window      time.Duration // how long an answer may take; 0 is two seconds
	Client      *http.Client  // nil is http.DefaultClient
}

// ErrNoAnswer is the cause of a call without a valid answer: the platform's
// default decides.
var ErrNoAnswer = errors.New("authdecision: no valid answer")

// Call asks for a decision. request is a [Request], a map, or anything else that
// encodes as a JSON object. The answer has been checked for its transaction id,
// as far as the request has one in a map.
func (c *Caller) Call(ctx context.Context, request any) (*Answer, error) {
	text, err := (wire.Codec{TimeLayout: time.DateTime}).Marshal(request)
	if err != nil {
		return nil, err
	}
	body, err := seal(c.MerchantKey, text, time.Now())
	if err != nil {
		return nil, err
	}
	window := c.Window
	if window <= 0 {
		window = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, window)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: the address is not valid", ErrNoAnswer)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("x-request-id", uuid.NewString())
	client := c.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: the connection failed", ErrNoAnswer)
	}
	defer func() { _ = resp.Body.Close() }()
	sealed, err := io.ReadAll(io.LimitReader(resp.Body, MaxMessage+1))
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", ErrNoAnswer, resp.StatusCode)
	}
	plaintext, err := open(c.Key, sealed, time.Now())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	out := new(Answer)
	if err := (wire.Codec{}).Unmarshal(plaintext, out); err != nil || out.Code == "" {
		return nil, fmt.Errorf("%w: not an answer", ErrNoAnswer)
	}
	var asked struct {
		ID string `json:"transaction_id"`
	}
	if err := (wire.Codec{}).Unmarshal(text, &asked); err != nil || asked.ID != out.TransactionID {
		return nil, fmt.Errorf("%w: another transaction's", ErrNoAnswer)
	}
	return out, nil
}
