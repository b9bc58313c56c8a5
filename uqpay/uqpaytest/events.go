package uqpaytest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// retries are the waits before a callback is sent again. UQPAY publishes none.
var retries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}

// eventCodec writes events.
var eventCodec = wire.Codec{Zone: zone}

// later runs a job with the server's lock held when the delay has passed.
func (s *Server) later(job func()) { s.host.Later(&s.mu, s.cfg.Delay, job) }

// Emit sends a callback of any type with any data, for events that nothing on
// this platform brings about, such as a one-time password.
func (s *Server) Emit(eventType, sourceID string, data map[string]any) {
	s.locked(func() { s.push(eventType, sourceID, data) })
}

// push sends a signed callback. Amounts in it are strings. It is called with the
// server's lock held; what the data refer to may change once it has returned.
func (s *Server) push(eventType, sourceID string, data map[string]any) {
	body, err := eventCodec.Marshal(s.cfg.Variants.envelope(
		uqpay.EventBase{EventType: eventType, EventID: s.ids.UUID(), SourceID: sourceID}, data))
	s.host.Push(platform.Callback{
		Type: eventType, Card: s.about(sourceID, data), URL: s.cfg.WebhookURL, Retries: retries,
		Accepted: func(status int, _ []byte) bool { return status == http.StatusOK },
		Make:     func(int) (http.Header, []byte, error) { return s.signed(body, err) },
	})
}

// envelope is what stands around an event's data.
func envelope(base uqpay.EventBase, data any) map[string]any {
	return map[string]any{
		"version": "V1.6.0", "event_name": "ISSUING", "event_type": base.EventType,
		"event_id": base.EventID, "source_id": base.SourceID, "data": data,
	}
}

// SignCallback encodes and signs a callback as the platform does, at the clock's
// time: a sample for a test of one's own handler. The event is the whole envelope,
// with version, event_name, event_type, event_id, source_id and data; a
// json.RawMessage is sent as it stands. [NewCallback] takes the typed event.
func (s *Server) SignCallback(event any) *http.Request {
	header, body, err := s.signed(eventCodec.Marshal(event))
	return platform.SampleRequest(callbackPath, header, body, err)
}

// SendOTP sends a one-time password for an online payment with a card (card.3ds.otp):
// the challenge's code, amount in the card's currency, and detail as the shop's name.
func (s *Server) SendOTP(cardID string, c issuingtest.Challenge) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.cards.byID[cardID]
	if !ok {
		return fmt.Errorf("uqpaytest: no card %q", cardID)
	}
	s.push(uqpay.EventHolderChallenged, n.ID, map[string]any{
		"card_id": n.ID, "card_number": maskedEvent(n.pan), "otp": c.Code, "reference_code": "AB12",
		"transaction_amount": c.Amount.String(), "transaction_currency": n.Currency, "merchant_name": c.Detail,
	})
	return nil
}

// signed is an encoded callback with its headers.
func (s *Server) signed(body []byte, err error) (http.Header, []byte, error) {
	now := s.now()
	timestamp := strconv.FormatInt(now.Unix(), 10)
	if s.cfg.Milliseconds {
		timestamp = strconv.FormatInt(now.UnixMilli(), 10)
	}
	var header http.Header
	if err == nil {
		header, err = signedHeader(s.hmac, body, timestamp)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("uqpaytest: %w", err)
	}
	return header, body, nil
}

// callbackPath is where samples go.
const callbackPath = "/callbacks/uqpay"

// signedHeader are the headers of a callback.
func signedHeader(key sign.HMACKey, body []byte, timestamp string) (http.Header, error) {
	signature, err := sign.SignHMAC512(key, body, timestamp)
	if err != nil {
		return nil, err
	}
	return http.Header{
		"Content-Type": {"application/json"}, "X-Wk-Timestamp": {timestamp}, "X-Wk-Signature": {signature},
	}, nil
}
