package worldcardtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// retries is the documented schedule: 1 minute, doubled up to 4.3 hours, and 24
// hours before the tenth retry.
var retries = []time.Duration{
	1 * time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute,
	64 * time.Minute, 128 * time.Minute, 256 * time.Minute, 24 * time.Hour,
}

// SignCallback encrypts and signs a callback as the platform does, at the clock's
// time: a sample for a test of one's own handler. The event is anything that encodes
// to the JSON of a callback, notify_type included. [NewCallback] takes the typed event.
func (s *Server) SignCallback(event any) *http.Request {
	header, body, err := s.signed(event)
	return platform.SampleRequest(callbackPath, header, body, err)
}

// callbackPath is where samples go.
const callbackPath = "/callbacks/worldcard"

// eventCodec writes events, their secrets included.
var eventCodec wire.Codec

func (s *Server) signed(payload any) (http.Header, []byte, error) {
	plaintext, err := eventCodec.Marshal(payload)
	if err != nil { // such as a number of a test's own, which is a float64
		plaintext, err = json.Marshal(payload)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("worldcardtest: %w", err)
	}
	header, body, err := seal(s.aes, delivery{s.appID, uuid.NewString(), s.now()}, plaintext, s.signPSS)
	if err != nil {
		return nil, nil, fmt.Errorf("worldcardtest: %w", err)
	}
	return header, body, nil
}

// signPSS signs with the platform's key, and nothing of the client's.
func (s *Server) signPSS(body []byte, timestamp, nonce string) (string, error) {
	digest := sha256.Sum256(append(append(append([]byte(nil), body...), timestamp...), nonce...))
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	if s.cfg.LongSalt {
		options = nil
	}
	signature, err := rsa.SignPSS(rand.Reader, s.platformKey(), crypto.SHA256, digest[:], options)
	return base64.StdEncoding.EncodeToString(signature), err
}

// delivery is what one delivery of a callback is told by.
type delivery struct {
	appID, nonce string
	at           time.Time
}

// seal encrypts and signs a callback.
func seal(
	key sign.AESKey, d delivery, plaintext []byte, signer func(body []byte, timestamp, nonce string) (string, error),
) (http.Header, []byte, error) {
	body, err := key.SealBody(plaintext)
	if err != nil {
		return nil, nil, err
	}
	timestamp := strconv.FormatInt(d.at.UnixMilli(), 10)
	signature, err := signer(body, timestamp, d.nonce)
	if err != nil {
		return nil, nil, err
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	if d.appID != "" {
		header.Set("X-App-Id", d.appID)
	}
	header.Set("X-Signature", signature)
	header.Set("X-Timestamp", timestamp)
	header.Set("X-Nonce", d.nonce)
	return header, body, nil
}

// Emit sends a callback of a type with any content, for what nothing on this platform
// brings about: a type that is new, a member that is missing.
func (s *Server) Emit(typ string, content map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.push(typ, maps.Clone(content))
}

// push sends a callback. It is called with the server's lock held; signing and
// sending happen later, on the clock, without it.
func (s *Server) push(typ string, payload map[string]any) {
	if !s.cfg.NoNotifyType {
		payload["notify_type"] = typ
	}
	url := s.cfg.WebhookURL
	if own, ok := s.cfg.Webhooks[typ]; ok {
		url = own
	}
	s.host.Push(platform.Callback{
		Type: typ, Card: s.about(payload), URL: url, Retries: retries,
		Make: func(int) (http.Header, []byte, error) { return s.signed(payload) },
	})
}

func (s *Server) pushCardOpen(c *card, failure string) {
	payload := map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_number": c.number.Reveal(),
		"status": int(worldcard.OpenEventStatusSuccess), "amount": c.first.String(), "currency": currency,
		"create_time": s.stamp(c.created), "complete_time": s.stamp(s.now()),
	}
	if failure != "" {
		payload["status"], payload["failure_reason"] = int(worldcard.OpenEventStatusFailed), failure
	}
	s.push(worldcard.EventCardOpened, payload)
}

func (s *Server) pushDeposit(d *deposit) {
	payload := map[string]any{
		"transaction_id": d.id, "merchant_transaction_id": d.key, "card_id": d.card.id,
		"amount": d.amount.String(), "settle_amount": d.amount.String(), "currency": currency,
		"status":      int(worldcard.DepositEventStatusSuccess),
		"create_time": s.stamp(d.created), "complete_time": s.stamp(d.ended),
		"failure_reason": d.reason,
	}
	if d.reason != "" {
		payload["status"], payload["settle_amount"] = int(worldcard.DepositEventStatusFailed), "0.00"
	}
	s.push(worldcard.EventCardDeposited, payload)
}

func (s *Server) pushCardClose(c *card, left issuing.Amount) {
	s.push(worldcard.EventCardClosed, map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_number": c.number.Reveal(),
		"card_status": worldcard.CardStateCancelled, "amount": left.String(), "currency": currency,
		"complete_time": s.stamp(s.now()),
	})
}

func (s *Server) pushStatusChange(c *card) {
	state := worldcard.CardStateActivated
	switch {
	case c.status == worldcard.CardStatusClosed:
		state = worldcard.CardStateCancelled
	case c.status == worldcard.CardStatusFrozen && s.cfg.BlockedWord:
		state = worldcard.CardStateBlocked
	case c.status == worldcard.CardStatusFrozen:
		state = worldcard.CardStateFrozen
	}
	s.push(worldcard.EventCardStateChanged, map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_number": c.number.Reveal(),
		"card_status": state, "change_time": s.exactly(s.now()),
	})
}

func (s *Server) pushBilling(c *card, t *transaction) {
	result := "00"
	if t.status == worldcard.TransactionStatusDeclined {
		result = "51"
	}
	s.push(worldcard.EventCardBilled, map[string]any{
		"transaction_id": t.id, "card_id": c.id, "card_type_id": 1, "transaction_time": s.stamp(t.at),
		"transaction_type": t.typ, "transaction_status": t.status, "result_code": result, "fail_reason": t.reason,
		"transaction_amount": t.amount.String(), "transaction_currency": currency,
		"billing_amount": t.amount.String(), "billing_currency": currency, "auth_code": t.id[len(t.id)-6:],
		"merchant_name": t.shop.Name, "merchant_country": t.shop.Country, "merchant_city": t.shop.City,
		"mcc": t.shop.MCC, "description": string(t.typ) + " at " + t.shop.Name,
	})
}

func (s *Server) pushKYC(c *card) {
	s.push(worldcard.EventKYCReviewed, map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_type": c.typ, "status": int(c.kyc.status),
		"retry_allowed": c.kyc.retry, "reason": c.kyc.reason, "reviewed_at": s.stamp(c.kyc.reviewed),
	})
}

// SendOTP pushes a one-time password for a purchase (card_3ds), valid for five
// minutes: the challenge's code, amount in USD and detail.
func (s *Server) SendOTP(cardID string, c issuingtest.Challenge) error {
	return s.push3DS(cardID, map[string]any{
		"amount": c.Amount.String(), "otp": c.Code.Reveal(), "detail": c.Detail, "business_type": "Card3ds",
	})
}

// Forward3DS pushes the address of a 3-D Secure page (card_3ds): the challenge's URL,
// amount in USD and detail.
func (s *Server) Forward3DS(cardID string, c issuingtest.Challenge) error {
	return s.push3DS(cardID, map[string]any{
		"amount": c.Amount.String(), "url": c.URL, "detail": c.Detail, "business_type": worldcard.ThreeDSForwarding,
	})
}

func (s *Server) push3DS(cardID string, payload map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cards[cardID] == nil {
		return errNoCard
	}
	payload["card_id"], payload["currency"] = cardID, currency
	payload["expires_at"] = s.stamp(s.now().Add(5 * time.Minute))
	s.push(worldcard.EventHolderChallenged, payload)
	return nil
}
