package authdecision

import (
	"bytes"
	"cmp"
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
	URL         string         // of the merchant's endpoint
	Key         PrivateKey     // the platform's
	MerchantKey PublicKey      // the merchant's
	Window      time.Duration  // how long an answer may take; 0 is two seconds
	Client      *http.Client   // nil is http.DefaultClient
	Zone        *time.Location // of a Request's Time, as CallbackConfig.Zone; nil is UTC+8
}

// ErrNoAnswer is the cause of a call without a valid answer: the platform's
// default decides.
var ErrNoAnswer = errors.New("authdecision: no valid answer")

// NewCallback makes the request that asks for a decision, encrypted as UQPAY does, for
// tests of a merchant's own handler: give it to one, with
// [net/http/httptest.ResponseRecorder], and the answer to ReadAnswer. request is a
// [Request], a map, or anything else that encodes as a JSON object; what a Request
// leaves unset is left out. An id of the request's own is its RequestID, or a fresh
// one. URL may be empty. Its body is read once: make a new request for a repeat.
func (c *Caller) NewCallback(request any) (*http.Request, error) {
	req, _, err := c.request(request)
	return req, err
}

// Call asks for a decision, with what [Caller.NewCallback] takes. The answer has been
// checked for its transaction id.
func (c *Caller) Call(ctx context.Context, request any) (*Answer, error) {
	req, asked, err := c.request(request)
	if err != nil {
		return nil, err
	}
	window := c.Window
	if window <= 0 {
		window = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, window)
	defer cancel()
	client := c.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("%w: the connection failed", ErrNoAnswer)
	}
	out, err := c.ReadAnswer(resp)
	if err == nil && asked != out.TransactionID {
		return nil, fmt.Errorf("%w: another transaction's", ErrNoAnswer)
	}
	return out, err
}

// request returns the request, and the id of the transaction that it is about.
func (c *Caller) request(request any) (req *http.Request, asked string, err error) {
	codec, id := wire.Codec{TimeLayout: time.DateTime, Zone: cmp.Or(c.Zone, defaultZone)}, ""
	if value, ok := request.(Request); ok {
		request = &value
	}
	if typed, ok := request.(*Request); ok {
		if typed == nil || typed.TransactionID == "" {
			return nil, "", fmt.Errorf("%w: it has no TransactionID", ErrRequest)
		}
		id, codec.Sparse = typed.RequestID, true
	}
	text, err := codec.Marshal(request)
	if err != nil {
		return nil, "", err
	}
	body, err := seal(c.MerchantKey, text, time.Now())
	if err != nil {
		return nil, "", err
	}
	req, err = http.NewRequest(http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, "", fmt.Errorf("%w: the address is not valid", ErrNoAnswer)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("x-request-id", cmp.Or(id, uuid.NewString()))
	for name, value := range wire.Texts(text) {
		if name == "transaction_id" {
			asked = value
		}
	}
	return req, asked, nil
}

// ReadAnswer opens the answer to a request. It closes the body.
func (c *Caller) ReadAnswer(resp *http.Response) (*Answer, error) {
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
	return out, nil
}
