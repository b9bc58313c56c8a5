package kazepaytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// retries is the documented schedule, read as six deliveries.
var retries = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute}

func (s *Server) setWebhookURL(f fields, _ *message) (any, *problem) {
	if failed := f.need("url"); failed != nil {
		return nil, failed
	}
	if u, err := url.Parse(f.text("url")); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, badField("url is not an address")
	}
	s.webhookURL = f.text("url")
	return map[string]any{"url": s.webhookURL}, nil
}

func (s *Server) getWebhookURL(fields, *message) (any, *problem) {
	return map[string]any{"url": s.webhookURL}, nil
}

// acknowledged accepts status 200 with the word, the code in JSON, nothing, or a
// message that the merchant sealed.
func (s *Server) acknowledged(status int, body []byte) bool {
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
		if _, err := s.cfg.Profile.Open(s.own, s.merchant, e); err != nil {
			return false
		}
		trimmed = e.Head
	}
	return json.Unmarshal(trimmed, &answer) == nil && answer.Code == "SUCCESS"
}

// SealCallback makes a callback as the platform does, with a requestNo of its
// own: a sample for a test of one's own handler. Kind is one of kazepay's Notify
// constants, or any other name.
func (s *Server) SealCallback(kind string, content map[string]any) (http.Header, []byte, error) {
	return s.sealCallback(kind, s.freshNo(), content)
}

func (s *Server) sealCallback(kind, requestNo string, content map[string]any) (http.Header, []byte, error) {
	apiCode := kind
	if s.cfg.Quirks.CallbackNames != NameInHead {
		apiCode = "notify"
	}
	if s.cfg.Quirks.CallbackNames == NameInContent {
		content = maps.Clone(content)
		content["type"] = kind
	}
	head := compact(map[string]string{
		"apiCode": apiCode, "sysId": s.cfg.SysID, "requestNo": requestNo, "version": "1.0",
	})
	e, err := s.seal(head, compact(s.shaped(content)))
	if err != nil {
		return nil, nil, fmt.Errorf("kazepaytest: %w", err)
	}
	return http.Header{"Content-Type": {"application/json; charset=UTF-8"}}, e.JSON(), nil
}

// push sends a callback. It is called with the server's lock held; sealing and
// sending happen later, on the clock, without it. Retries keep the requestNo and
// the content and are sealed anew.
func (s *Server) push(kind string, content map[string]any) {
	address := s.webhookURL
	if !onLoopback(address) {
		return
	}
	s.seq++
	requestNo := fmt.Sprintf("%s%08d", s.now().In(s.cfg.Location).Format("20060102150405"), s.seq%100_000_000)
	schedule := retries
	if s.cfg.Quirks.FiveDeliveries {
		schedule = retries[:4]
	}
	verify := func(_, status int, _ http.Header, body []byte) bool { return s.acknowledged(status, body) }
	if s.cfg.Accepted != nil {
		verify = nil
	}
	s.http.Push(platform.Callback{
		Type: kind, URL: address, Retries: schedule, Accepted: s.cfg.Accepted, Verify: verify,
		Make: func(int) (http.Header, []byte, error) { return s.sealCallback(kind, requestNo, content) },
	})
}

// onLoopback keeps callbacks on this machine, whatever address a client set.
func onLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

// about returns the fields that callbacks about a card share, in upstream's
// spelling: a numeric id and a time in milliseconds.
func (s *Server) about(c *card) map[string]any {
	return map[string]any{
		"userBankcardId": json.Number(c.id), "cardNo": c.number.Reveal(), "createAt": s.now().UnixMilli(),
	}
}

func (s *Server) pushStatus(c *card, reason string) {
	content := s.about(c)
	content["status"] = string(c.status)
	if reason != "" {
		content["reason"] = reason
		delete(content, "cardNo")
	}
	s.push(kazepay.NotifyCardStatusChange, content)
}

func (s *Server) pushActivationCode(c *card) {
	content := s.about(c)
	content["activationCode"], content["email"] = c.code.Reveal(), c.user.email
	s.push(kazepay.NotifyActivationCode, content)
}

func (s *Server) pushKYC(u *user, reason string) {
	content := map[string]any{"email": u.email, "status": string(u.kyc), "createAt": s.stamp(s.now())}
	if reason != "" {
		content["reason"] = reason
	}
	s.push(kazepay.NotifyKYCResult, content)
}

func (s *Server) pushTopUp(t *topUp) {
	content := s.about(t.card)
	content["amount"], content["currency"], content["status"] = number(t.amount), string(currency), string(t.status)
	content["transactionId"] = t.id
	if t.status == kazepay.TransactionStatusSuccess {
		content["receiveAmount"] = number(t.amount)
	}
	s.push(kazepay.NotifyCardDeposit, content)
}

func (s *Server) pushClosed(c *card, refund issuing.Amount, txn string) {
	content := s.about(c)
	content["status"], content["refundAmt"] = string(c.status), text(refund)
	content["currency"], content["txnId"] = string(currency), txn
	s.push(kazepay.NotifyCardClose, content)
}

func (s *Server) pushTransaction(c *card, t *transaction) {
	content := s.about(c)
	content["currency"] = string(currency)
	content["transaction"] = map[string]any{
		"id": t.id[:8], "recordNo": t.id, "receiptNo": "", "authType": "PURCHASE",
		"localCurrency": string(currency), "localCurrencyAmt": signed(t.amount),
		"transCurrency": string(t.shopCurrency), "transCurrencyAmt": signed(t.shopAmount),
		"merchantName": t.merchantName, "transStatus": string(t.status), "transType": string(t.typ),
		"respCode": string(t.respCode), "respCodeDesc": describe(t.respCode), "occurTime": t.at.UnixMilli(),
	}
	s.push(kazepay.NotifyTransaction, content)
}

// SendVerificationCode sends a one-time code for the holder of a card.
func (s *Server) SendVerificationCode(cardID string, code issuing.Secret) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return fmt.Errorf("kazepaytest: no such card")
	}
	content := s.about(c)
	content["code"] = code.Reveal()
	s.push(kazepay.NotifyVerificationCode, content)
	return nil
}

// signed writes an amount with its sign, as upstream does.
func signed(a issuing.Amount) string {
	if a.Sign() > 0 {
		return "+" + a.String()
	}
	return a.String()
}
