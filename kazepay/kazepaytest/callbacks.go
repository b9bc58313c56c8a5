package kazepaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// retries is the documented schedule, read as six deliveries.
var retries = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute}

func (s *Server) setWebhookURL(m *message) (any, *problem) {
	u, err := url.Parse(m.Text("url"))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, badField("url is required and must be an address")
	}
	s.webhookURL = m.Text("url")
	return s.getWebhookURL(m)
}

func (s *Server) getWebhookURL(*message) (any, *problem) {
	return map[string]any{"url": s.webhookURL}, nil
}

// acknowledged accepts status 200 with the word, the code in JSON, nothing, or a
// message that the merchant sealed.
func (s *Server) acknowledged(_, status int, _ http.Header, body []byte) bool {
	trimmed := bytes.TrimSpace(body)
	if status != http.StatusOK {
		return false
	}
	if len(trimmed) == 0 || strings.EqualFold(string(trimmed), "SUCCESS") {
		return true
	}
	var answer struct {
		Code string `json:"code"`
	}
	if e, err := sign.ParseEnvelope(trimmed); err == nil {
		if _, err := s.cfg.Profile.Open(s.own, s.merchant.Public(), e); err != nil {
			return false
		}
		trimmed = e.Head
	}
	return json.Unmarshal(trimmed, &answer) == nil && answer.Code == "SUCCESS"
}

// Callback is a callback for [Server.SignCallback].
type Callback struct {
	Type    string // one of kazepay's Event constants, or any other name
	Content any    // encodes to the JSON object that the envelope holds
}

// SignCallback is a callback as the platform sends it, with a requestNo of its own: a
// sample for a test of one's own handler. The event is a [Callback]; anything else is
// the content of one without a name, whose fields have to tell what it is.
// [NewCallback] takes the typed event.
func (s *Server) SignCallback(event any) *http.Request {
	callback, ok := event.(Callback)
	if !ok {
		callback = Callback{Type: unnamed, Content: event}
	}
	content, err := object(callback.Content)
	if err != nil {
		return platform.SampleRequest(callbackPath, nil, nil, err)
	}
	header, body, err := s.sealCallback(callback.Type, s.freshNo(), content)
	return platform.SampleRequest(callbackPath, header, body, err)
}

// Of samples and callbacks.
const (
	callbackPath = "/callbacks/kazepay" // where samples go
	version      = "1.0"                // of heads
	unnamed      = "notify"             // the apiCode of a head that names no kind
)

// object encodes a content and reads it member by member; a nil one has none.
func object(content any) (map[string]any, error) {
	members := map[string]any{}
	if content == nil {
		return members, nil
	}
	fields, err := platform.ReadFields(platform.JSON(content))
	if err != nil {
		return nil, errors.New("kazepaytest: the content does not encode to a JSON object")
	}
	for name, value := range fields {
		members[name] = value
	}
	return members, nil
}

func (s *Server) sealCallback(kind, requestNo string, content map[string]any) (http.Header, []byte, error) {
	h := head{APICode: kind, SysID: s.cfg.SysID, RequestNo: requestNo, Version: version}
	if s.cfg.Quirks.CallbackNames != CallbackNameInHead {
		h.APICode = unnamed
	}
	sent, _ := s.shaped(content).(map[string]any) // a copy
	if s.cfg.Quirks.CallbackNames == CallbackNameInContent {
		sent["type"] = kind
	}
	payload := platform.JSON(sent)
	if len(payload) == 0 {
		return nil, nil, errors.New("kazepaytest: the content cannot be encoded as JSON")
	}
	e, err := s.wrap(platform.JSON(h), payload)
	if err != nil {
		return nil, nil, fmt.Errorf("kazepaytest: %w", err)
	}
	return callbackHeader(), e.JSON(), nil
}

func callbackHeader() http.Header {
	return http.Header{"Content-Type": {"application/json; charset=UTF-8"}}
}

// Emit sends a callback of a type with any content, for what nothing on this platform
// brings about: a type that is new, a member that is missing.
func (s *Server) Emit(typ string, content map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.push(typ, maps.Clone(content))
}

// wrap gives a callback its form.
func (s *Server) wrap(head, payload []byte) (*sign.Envelope, error) {
	switch s.cfg.Callbacks {
	case kazepay.CallbackFormSigned:
		return s.cfg.Profile.SignPlain(s.own, head, payload)
	case kazepay.CallbackFormPlain:
		return &sign.Envelope{Head: head, Body: payload}, nil
	}
	return s.seal(head, payload)
}

// push sends a callback. It is called with the server's lock held; sealing and
// sending happen later, on the clock, without it. Retries keep the requestNo and
// the content and are sealed anew.
func (s *Server) push(kind string, content map[string]any) {
	if s.webhookURL != s.cfg.WebhookURL && !platform.Reaches(s.webhookURL) {
		return
	}
	requestNo := s.freshNo()
	callback := platform.Callback{
		Type: kind, Card: s.about(content), URL: s.webhookURL, Retries: retries, Accepted: s.cfg.Accepted,
		Make: func(int) (http.Header, []byte, error) { return s.sealCallback(kind, requestNo, content) },
	}
	if s.cfg.Quirks.FiveDeliveries {
		callback.Retries = retries[:4]
	}
	if s.cfg.Accepted == nil {
		callback.Verify = s.acknowledged
	}
	s.host.Push(callback)
}

// pushCard sends a callback about a card: the content, and the fields that all of
// them share, in upstream's spelling: a numeric id and a time in milliseconds.
func (s *Server) pushCard(kind string, c *card, content map[string]any) {
	content["userBankcardId"], content["createAt"] = json.Number(c.id), s.now().UnixMilli()
	if content["reason"] == nil { // a failure comes without the number
		content["cardNo"] = c.number.Reveal()
	}
	s.push(kind, content)
}

func (s *Server) pushStatus(c *card, reason string) {
	content := map[string]any{"status": c.status}
	if reason != "" {
		content["reason"] = reason
	}
	s.pushCard(kazepay.EventCardStateChanged, c, content)
}

func (s *Server) pushActivationCode(c *card) {
	s.pushCard(kazepay.EventActivationCodeSent, c, map[string]any{
		"activationCode": c.code.Reveal(), "email": c.user.email,
	})
}

func (s *Server) pushKYC(u *user, reason string) {
	content := map[string]any{"email": u.email, "status": u.kyc, "createAt": s.stamp(s.now())}
	if reason != "" {
		content["reason"] = reason
	}
	s.push(kazepay.EventKYCReviewed, content)
}

func (s *Server) pushTopUp(t *topUp) {
	content := map[string]any{
		"amount": number(t.amount), "currency": currency, "status": t.status, "transactionId": t.id,
	}
	if t.status == kazepay.TransactionStatusSuccess {
		content["receiveAmount"] = number(t.amount)
	}
	s.pushCard(kazepay.EventCardDeposited, t.card, content)
}

func (s *Server) pushClosed(c *card, refund issuing.Amount, txn string) {
	s.pushCard(kazepay.EventCardClosed, c, map[string]any{
		"status": c.status, "refundAmt": text(refund), "currency": currency, "txnId": txn,
	})
}

func (s *Server) pushTransaction(c *card, t *transaction) {
	s.pushCard(kazepay.EventTransactionCreated, c, map[string]any{"currency": currency, "transaction": map[string]any{
		"id": t.id[:8], "recordNo": t.id, "receiptNo": "", "authType": "PURCHASE",
		"localCurrency": currency, "localCurrencyAmt": signed(t.amount),
		"transCurrency": t.shopCurrency, "transCurrencyAmt": signed(t.shopAmount),
		"merchantName": t.merchantName, "transStatus": t.status, "transType": t.typ,
		"respCode": t.respCode, "respCodeDesc": describe(t.respCode), "occurTime": t.at.UnixMilli(),
	}})
}

// SendOTP pushes the challenge's one-time code for the holder of a card
// (TRANSACTION_VERIFICATION_CODE), which has room for nothing else.
func (s *Server) SendOTP(cardID string, challenge issuingtest.Challenge) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return errNoCard
	}
	s.pushCard(kazepay.EventHolderChallenged, c, map[string]any{"code": challenge.Code.Reveal()})
	return nil
}

// signed writes an amount with its sign, as upstream does.
func signed(a issuing.Amount) string {
	if a.Sign() > 0 {
		return "+" + a.String()
	}
	return a.String()
}
