package legacytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// The retry schedules of the pages: the waits before the second and later
// attempts. One-time passwords and out-of-band confirmations have none.
var (
	// topUpRetries: every minute, five times, then once more after ten minutes.
	topUpRetries = append(every(time.Minute, 5), 10*time.Minute)
	// kycRetries: after 1, 2, 4, 8 and 16 minutes, then once more after ten.
	kycRetries = append(doubling(time.Minute, 5), 10*time.Minute)
	// transferRetries: the same.
	transferRetries = append(doubling(time.Minute, 5), 10*time.Minute)
	// virtualLRetries: ten batches of five, a minute apart, ten minutes between
	// batches.
	virtualLRetries = batches(10, 5, time.Minute, 10*time.Minute)
	// virtualPRetries: after 1, 2, 4, 8 and 16 seconds.
	virtualPRetries = doubling(time.Second, 5)
)

func every(wait time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = wait
	}
	return out
}

func doubling(wait time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = wait << i
	}
	return out
}

// batches returns n batches of size retries; a later batch begins after gap.
func batches(n, size int, wait, gap time.Duration) []time.Duration {
	out := every(wait, n*size)
	for i := size; i < len(out); i += size {
		out[i] = gap
	}
	return out
}

// SignCallback signs a callback as the platform does and returns its body: a sample
// for a test of one's own handler. Values are strings, numbers, booleans, or
// anything that encodes to JSON.
func (s *Server) SignCallback(content map[string]any) ([]byte, error) {
	signed := map[string]json.RawMessage{}
	for name, value := range content {
		raw, err := encode(value)
		if err != nil {
			return nil, fmt.Errorf("legacytest: %w", err)
		}
		signed[name] = raw
	}
	signed["appKey"], _ = encode(s.appKey)
	signed["sign"], _ = encode(s.signature(signed, nil))
	return encode(signed)
}

// encode writes JSON without escaping characters that JSON does not ask for.
func encode(value any) (json.RawMessage, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(buf.Bytes()), err
}

// push sends a callback to the order's notifyUrl, or to the address of its type
// when the type has one in the portal. It is called with the server's lock held;
// sending happens later, on the clock, without it.
func (s *Server) push(typ, notifyURL string, retries []time.Duration, content map[string]any) {
	url := notifyURL
	if url == "" && typ != legacy.NotifyDeposit && typ != legacy.NotifyKYC && typ != legacy.NotifyTransfer {
		url = s.cfg.WebhookURL
		if own, ok := s.cfg.Webhooks[typ]; ok {
			url = own
		}
	}
	if !s.cfg.LooseTypes {
		for name, value := range content {
			content[name] = plainText(value)
		}
	}
	body, err := s.SignCallback(content)
	if err != nil {
		return
	}
	s.http.Push(platform.Callback{
		Type: typ, URL: url, Retries: retries,
		Make: func(int) (http.Header, []byte, error) {
			return http.Header{"Content-Type": {"application/json"}}, body, nil
		},
	})
}

// plainText is a value as a string.
func plainText(value any) any {
	switch v := value.(type) {
	case string:
		return v
	case json.RawMessage:
		return string(v)
	case int, int64:
		return fmt.Sprint(v)
	}
	return value
}

// pushNested sends a callback whose data is JSON in a string, or an object.
func (s *Server) pushNested(address, typ string, retries []time.Duration, data map[string]any) {
	raw, err := encode(data)
	if err != nil {
		return
	}
	content := map[string]any{"data": raw}
	if typ != "" {
		// VIRTUAL-P's data is always a string; VISA-H's example is an object.
		content["type"], content["data"] = typ, string(raw)
	}
	s.push(address, "", retries, content)
}

// announce pushes the callback for a record of a virtual card.
func (s *Server) announce(c *card, r *record) {
	switch {
	case c.product == VirtualL && r.kind == recordClose:
		s.push(legacy.NotifyVirtualLClose, "", virtualLRetries, map[string]any{
			"cardNumber": c.id, "recordNo": r.id, "occurTime": stamp(r.at), "localCurrency": string(r.currency),
			"localCurrencyAmt": r.amount.String(),
		})
	case c.product == VirtualL:
		content := virtualLRecord(c, r)
		delete(content, "cardId")
		content["cardNumber"], content["occurTime"] = c.id, stamp(r.at)
		for name, value := range content {
			content[name] = fmt.Sprint(value)
		}
		s.push(legacy.NotifyVirtualLBill, "", virtualLRetries, content)
	case c.product == VirtualP:
		data := virtualPRecord(c, r)
		delete(data, "debitOrCreditFlag")
		delete(data, "cardNumber")
		data["cardNo"] = c.id
		s.pushNested(legacy.NotifyVirtualP, legacy.NotifyVirtualPTransaction, virtualPRetries, data)
		if r.kind == recordClose {
			s.pushNested(legacy.NotifyVirtualP, legacy.NotifyVirtualPDelete, virtualPRetries, map[string]any{
				"cardNo": c.id, "currency": c.currency, "status": legacy.VirtualPCardStatusInactive,
				"userName": c.holder.first + " " + c.holder.last, "cardNoLastFour": c.number.Last4(),
				"createTime": c.created.UTC().Format("2006-01-02T15:04:05.000Z"),
			})
		}
	}
}

// SendOTP pushes a 3-D Secure one-time password for a VIRTUAL-P card.
func (s *Server) SendOTP(cardID issuing.Secret, amount issuing.Amount, otp issuing.Secret, detail string) error {
	return s.send3DS(cardID, legacy.NotifyVirtualPOTP, amount, detail, map[string]any{"otp": otp.Reveal()})
}

// Forward3DS pushes the address of a 3-D Secure page for a VIRTUAL-P card.
func (s *Server) Forward3DS(cardID issuing.Secret, amount issuing.Amount, url, detail string) error {
	now := s.now()
	return s.send3DS(cardID, legacy.NotifyVirtualPForward, amount, detail, map[string]any{
		"url": url, "timestamp": now.UnixMilli(), "expirationTime": now.Add(5 * time.Minute).UnixMilli(),
	})
}

func (s *Server) send3DS(cardID issuing.Secret, typ string, amount issuing.Amount, detail string, data map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID.Reveal()]
	if c == nil || c.product != VirtualP {
		return errNoCard
	}
	data["cardNo"], data["currency"], data["amount"], data["detail"] = c.id, c.currency, amount.String(), detail
	s.pushNested(legacy.NotifyVirtualP, typ, virtualPRetries, data)
	return nil
}
