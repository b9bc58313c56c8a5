package unionpaytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// PushAnswer is what the token requestor answered to one delivery.
type PushAnswer struct {
	MsgID    string
	Attempt  int
	Status   int
	Verified bool            // the signature fits and msgInfo is echoed
	Code     unionpay.Code   // responseCode of a verified answer
	TrxInfo  json.RawMessage // of a verified answer
}

// PushAnswers returns the answers to notifications, oldest first.
func (s *Server) PushAnswers() []PushAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]PushAnswer(nil), s.answers...)
}

// Notify sends a message of any type to the token requestor, with trxInfo as a
// JSON object.
func (s *Server) Notify(message unionpay.MessageType, trxInfo json.RawMessage) error {
	members, ok := object(trxInfo)
	if !ok {
		return fmt.Errorf("unionpaytest: trxInfo is not a JSON object")
	}
	f := fields{}
	for name := range wire.Members(trxInfo) {
		f = append(f, member{name, members[name]})
	}
	return s.notify(message, f)
}

// notify sends a message, signed afresh in each attempt and with the same msgID,
// until the token requestor answers 00.
func (s *Server) notify(message unionpay.MessageType, trxInfo fields) error {
	if s.cfg.WebhookURL == "" {
		return nil
	}
	target, err := url.Parse(s.cfg.WebhookURL)
	if err != nil {
		return fmt.Errorf("unionpaytest: the webhook address cannot be read")
	}
	path := target.Path
	if path == "" {
		path = "/"
	}
	s.mu.Lock()
	s.seq++
	now := s.clock.Now().In(zone)
	msgID := fmt.Sprintf("U%08s%s%06d", s.cfg.AppID, now.Format("20060102150405"), s.seq%1_000_000)
	s.mu.Unlock()
	top := fields{
		{"msgInfo", fields{
			{"versionNo", "1.0.0"}, {"msgID", msgID}, {"timeStamp", now.Format("20060102150405")},
			{"msgType", string(message)}, {"walletID", s.cfg.AppID},
		}},
		{"trxInfo", trxInfo},
	}
	uuids := map[int]string{}
	s.http.Push(platform.Callback{
		Type: string(message), URL: s.cfg.WebhookURL, Retries: s.cfg.Retries,
		Make: func(attempt int) (http.Header, []byte, error) {
			uuids[attempt] = hexUUID()
			header, body := s.signedPush(top, path, uuids[attempt])
			return header, body, nil
		},
		Verify: func(attempt, status int, header http.Header, body []byte) bool {
			a := s.checkAnswer(msgID, uuids[attempt], status, header, body)
			a.Attempt = attempt
			s.mu.Lock()
			s.answers = append(s.answers, a)
			s.mu.Unlock()
			return a.Verified && a.Code == unionpay.CodeApproved
		},
	})
	return nil
}

// signedPush is one attempt.
func (s *Server) signedPush(top fields, path, uuid string) (http.Header, []byte) {
	header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	if s.cfg.PushProfile == unionpay.ProfileU {
		reply := s.signedU(top, Behaviour{})
		return reply.Header, reply.Body
	}
	body := top.append(nil, false)
	jws, err := sign.SignUPI(s.keys.upiSign.private, sign.UPIHeader{
		KeyID: UPISignKeyID, UUID: uuid, Time: s.clock.Now(), AppID: s.cfg.AppID, Path: path, Mode: s.cfg.PayloadMode,
	}, body)
	if err == nil {
		header["UPI-JWS"] = []string{jws}
	}
	return header, body
}

// checkAnswer verifies what the token requestor answered.
func (s *Server) checkAnswer(msgID, uuid string, status int, header http.Header, body []byte) PushAnswer {
	a := PushAnswer{MsgID: msgID, Status: status}
	if status != http.StatusOK {
		return a
	}
	keys := map[string]sign.PublicKey{SignKeyID: s.keys.sign.private.Public()}
	var err error
	if s.cfg.PushProfile == unionpay.ProfileU {
		_, err = s.umps().Verify(keys, "appSignCertID", body)
	} else {
		verifier := sign.UPIVerifier{Keys: keys, Mode: s.cfg.PayloadMode, AppIDs: []string{s.cfg.AppID}}
		_, err = verifier.Verify(header.Get("UPI-JWS"), body, sign.UPIExpect{Now: s.clock.Now(), UUID: uuid, StrictUUID: true})
	}
	var answer struct {
		MsgInfo struct {
			MsgID string `json:"msgID"`
		} `json:"msgInfo"`
		TrxInfo  json.RawMessage `json:"trxInfo"`
		Response struct {
			Code string `json:"responseCode"`
		} `json:"msgResponse"`
	}
	if err != nil || (wire.Codec{}).Unmarshal(body, &answer) != nil || answer.MsgInfo.MsgID != msgID {
		return a
	}
	a.Verified, a.Code, a.TrxInfo = true, unionpay.Code(answer.Response.Code), answer.TrxInfo
	return a
}
