package legacytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// The retry schedules of the pages: the waits before the second and later
// attempts. One-time passwords and out-of-band confirmations have none.
var (
	// topUpRetries: every minute, five times, then once more after ten minutes.
	topUpRetries = append(every(time.Minute, 5), 10*time.Minute)
	// orderRetries, of applications and remittances: after 1, 2, 4, 8 and 16
	// minutes, then once more after ten.
	orderRetries = append(doubling(time.Minute, 5), 10*time.Minute)
	// virtualLRetries: ten batches of five, a minute apart, ten minutes between
	// batches.
	virtualLRetries = append(every(time.Minute, 5),
		slices.Repeat(append([]time.Duration{10 * time.Minute}, every(time.Minute, 4)...), 9)...)
	// virtualPRetries: after 1, 2, 4, 8 and 16 seconds.
	virtualPRetries = doubling(time.Second, 5)
)

func every(wait time.Duration, n int) []time.Duration { return slices.Repeat([]time.Duration{wait}, n) }

func doubling(wait time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = wait << i
	}
	return out
}

// signed returns the body of a callback, with appKey and signature.
func (s *Server) signed(event any) ([]byte, error) {
	text, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("legacytest: %w", err)
	}
	signed := fields{}
	if err := json.Unmarshal(text, (*map[string]json.RawMessage)(&signed)); err != nil || signed == nil {
		return nil, errors.New("legacytest: the event is no JSON object")
	}
	signed["appKey"] = platform.JSON(s.appKey)
	signed["sign"] = platform.JSON(s.signature(signed, nil))
	return platform.JSON(signed), nil
}

// ofOrders are the types whose address the order's request names, and nothing else.
var ofOrders = []string{legacy.EventCardDeposited, legacy.EventApplicationCompleted, legacy.EventTransferCompleted}

// Emit sends a callback of a type with any content, for what nothing on this platform
// brings about: a type that is new, a member that is missing.
// The type is one of [legacy.EventTypes] that the portal has an address for; those of
// orders go to their order's notifyUrl alone.
func (s *Server) Emit(typ string, content map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(legacy.EventTypes(), typ) || slices.Contains(ofOrders, typ) {
		return errNoEmit
	}
	s.push(typ, "", nil, maps.Clone(content))
	return nil
}

var errNoEmit = errors.New("legacytest: the portal has no address for this type")

// push sends a callback to the order's notifyUrl, or to the address of its type
// when the type has one in the portal. It is called with the server's lock held;
// signing and sending happen later, on the clock, without it.
func (s *Server) push(typ, notifyURL string, retries []time.Duration, content map[string]any) {
	url := notifyURL
	if url == "" && !slices.Contains(ofOrders, typ) {
		url = s.cfg.WebhookURL
		if own, ok := s.cfg.Webhooks[typ]; ok {
			url = own
		}
	}
	s.plain(content)
	callback := platform.Callback{
		Type: typ, Card: s.about(content), URL: url, Retries: retries,
		Make: func(int) (http.Header, []byte, error) {
			body, err := s.signed(content)
			return http.Header{"Content-Type": {"application/json"}}, body, err
		},
	}
	if notifyURL != "" && !platform.Reaches(notifyURL, s.addresses()...) {
		callback.Retries = nil
		callback.Make = func(int) (http.Header, []byte, error) { return nil, nil, errBeyond }
	}
	s.host.Push(callback)
}

// errBeyond is why a callback is logged and not sent.
var errBeyond = errors.New("legacytest: notifyUrl is neither on loopback nor on the host of a configured address")

// addresses are those that whoever runs the platform has configured.
func (s *Server) addresses() []string {
	return append(slices.Collect(maps.Values(s.cfg.Webhooks)), s.cfg.WebhookURL)
}

// plain makes every value a string, unless the types are loose.
func (s *Server) plain(content map[string]any) {
	if !s.cfg.LooseTypes {
		plainContent(content)
	}
}

// plainContent makes every value a string.
func plainContent(content map[string]any) {
	for name, value := range content {
		content[name] = plainText(value)
	}
}

// plainText is a value as a string.
func plainText(value any) any {
	switch v := value.(type) {
	case json.RawMessage:
		if len(v) > 0 && v[0] == '"' {
			return v
		}
		return string(v)
	case int, int64:
		return fmt.Sprint(v)
	}
	return value
}

// pushNested sends a callback whose data is JSON in a string, or an object.
func (s *Server) pushNested(address, typ string, retries []time.Duration, data map[string]any) {
	raw := json.RawMessage(platform.JSON(data))
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
	case c.product == ProductVirtualL && r.kind == recordClose:
		s.push(legacy.EventVirtualLClosed, "", virtualLRetries, map[string]any{
			"cardNumber": c.id, "recordNo": r.id, "occurTime": stamp(r.at), "localCurrency": string(r.currency),
			"localCurrencyAmt": r.amount.String(),
		})
	case c.product == ProductVirtualL:
		content := virtualLRecord(c, r)
		delete(content, "cardId")
		content["cardNumber"], content["occurTime"] = c.id, stamp(r.at)
		for name, value := range content {
			content[name] = fmt.Sprint(value)
		}
		s.push(legacy.EventVirtualLBilled, "", virtualLRetries, content)
	case c.product == ProductVirtualP:
		data := virtualPRecord(c, r)
		delete(data, "debitOrCreditFlag")
		delete(data, "cardNumber")
		data["cardNo"] = c.id
		s.pushNested(legacy.EventVirtualP, legacy.EventVirtualPBilled, virtualPRetries, data)
		if r.kind == recordClose {
			s.pushNested(legacy.EventVirtualP, legacy.EventVirtualPClosed, virtualPRetries, map[string]any{
				"cardNo": c.id, "currency": c.currency, "status": legacy.VirtualPCardStatusInactive,
				"userName": c.holder.name(), "cardNoLastFour": c.number.Last4(),
				"createTime": stampUTC(c.created),
			})
		}
	}
}

// SendOTP pushes a 3-D Secure one-time password for a VIRTUAL-P card.
func (s *Server) SendOTP(cardID issuing.Secret, c issuingtest.Challenge) error {
	return s.send3DS(cardID, legacy.EventVirtualPChallenged, c, map[string]any{"otp": c.Code.Reveal()})
}

// Forward3DS pushes the address of a 3-D Secure page for a VIRTUAL-P card.
func (s *Server) Forward3DS(cardID issuing.Secret, c issuingtest.Challenge) error {
	now := s.now()
	return s.send3DS(cardID, legacy.EventVirtualPForwarded, c, map[string]any{
		"url": c.URL, "timestamp": now.UnixMilli(), "expirationTime": now.Add(5 * time.Minute).UnixMilli(),
	})
}

func (s *Server) send3DS(
	cardID issuing.Secret, typ string, challenge issuingtest.Challenge, data map[string]any,
) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.card(cardID.Reveal())
	if c == nil || c.product != ProductVirtualP {
		return errNoCard
	}
	data["cardNo"], data["currency"] = c.id, c.currency
	data["amount"], data["detail"] = challenge.Amount.String(), challenge.Detail
	s.pushNested(legacy.EventVirtualP, typ, virtualPRetries, data)
	return nil
}
