package uqpaytest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// retries are the waits before a callback is sent again. UQPAY publishes none.
var retries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}

// later runs a job with the server's lock held when the delay has passed.
func (s *Server) later(job func()) { s.host.Later(&s.mu, s.cfg.Delay, job) }

// Emit sends a callback of any type with any data, for events that nothing on
// this platform brings about, such as a one-time password.
func (s *Server) Emit(eventType, sourceID string, data map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.push(eventType, sourceID, data)
}

// push sends a signed callback. Amounts in it are strings.
func (s *Server) push(eventType, sourceID string, data map[string]any) {
	body, err := wire.Codec{Zone: zone}.Marshal(map[string]any{
		"version": "V1.6.0", "event_name": "ISSUING", "event_type": eventType,
		"event_id": newID(), "source_id": sourceID, "data": data,
	})
	if err != nil {
		return
	}
	s.host.Push(platform.Callback{
		Type: eventType, URL: s.cfg.WebhookURL, Retries: retries,
		Accepted: func(status int, _ []byte) bool { return status == http.StatusOK },
		Make:     func(int) (http.Header, []byte, error) { return s.sign(body), body, nil },
	})
}

// sign makes the headers of one delivery.
func (s *Server) sign(body []byte) http.Header {
	now := s.now()
	timestamp := strconv.FormatInt(now.Unix(), 10)
	if s.cfg.Milliseconds {
		timestamp = strconv.FormatInt(now.UnixMilli(), 10)
	}
	header := http.Header{"Content-Type": {"application/json"}, "X-Wk-Timestamp": {timestamp}}
	signature, err := sign.SignHMAC512(s.hmac, body, timestamp)
	if err == nil {
		header.Set("x-wk-signature", signature)
	}
	return header
}

// SignCallback returns the headers with which the platform would send a body
// now, for tests of a merchant's endpoint.
func (s *Server) SignCallback(body []byte) http.Header { return s.sign(body) }
