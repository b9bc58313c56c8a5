package unionpaytest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

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
	TrxInfo  json.RawMessage `json:",omitzero"` // of a verified answer
}

// PushAnswers returns the answers to notifications, oldest first.
func (s *Server) PushAnswers() []PushAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.answers)
}

// keep notes what the token requestor answered.
func (s *Server) keep(a PushAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, a)
}

// Notify sends a message of any type to the token requestor, with trxInfo as a
// JSON object.
func (s *Server) Notify(message unionpay.MessageType, trxInfo json.RawMessage) error {
	if _, err := platform.ReadFields(trxInfo); err != nil {
		return errors.New("unionpaytest: trxInfo is not a JSON object")
	}
	return s.notify(message, trxInfo)
}

// notify sends a message, signed afresh in each attempt and with the same msgID,
// until the token requestor answers 00.
func (s *Server) notify(message unionpay.MessageType, trxInfo any) error {
	if s.cfg.WebhookURL == "" {
		return nil
	}
	target, err := url.Parse(s.cfg.WebhookURL)
	if err != nil {
		return errors.New("unionpaytest: the webhook address cannot be read")
	}
	msgID, info := s.head(message)
	top, err := s.message(info, trxInfo)
	if err != nil {
		return err
	}
	uuid := "" // of the attempt under way; attempts do not overlap
	s.host.Push(platform.Callback{
		Type: string(message), Card: s.about(trxInfo), URL: s.cfg.WebhookURL, Retries: s.cfg.Retries,
		Make: func(int) (http.Header, []byte, error) {
			uuid = hexUUID()
			return s.signedPush(maps.Clone(top), cmp.Or(target.Path, "/"), uuid)
		},
		Verify: func(attempt, status int, header http.Header, body []byte) bool {
			a := PushAnswer{MsgID: msgID, Attempt: attempt, Status: status}
			if status == http.StatusOK {
				s.believe(&a, uuid, header, body)
			}
			s.keep(a)
			return a.Verified && a.Code == unionpay.CodeApproved
		},
	})
	return nil
}

// head makes the head of a message to the token requestor.
func (s *Server) head(message unionpay.MessageType) (msgID string, info object) {
	agreed := s.cfg.Agreement
	now := agreed.stamp(s.now())
	msgID = newMsgID(s.cfg.AppID, now, s.pushes.Next())
	info = msgInfo(message, msgID, now, s.cfg.AppID)
	info["msgType"] = cmp.Or(agreed.MessageNames[message], string(message))
	if field := cmp.Or(agreed.IdentityField, "walletID"); field != "walletID" || agreed.IdentityValue != "" {
		delete(info, "walletID")
		if field != unionpay.IdentityNone {
			info[field] = cmp.Or(agreed.IdentityValue, s.cfg.AppID)
		}
	}
	return msgID, info
}

// message puts the parts of a message together as agreed.
func (s *Server) message(info object, trxInfo any) (object, error) {
	members, err := platform.ReadFields(platform.JSON(trxInfo))
	if err != nil {
		return nil, err
	}
	business := object{}
	for name, value := range members {
		business[name] = value
	}
	business = s.cfg.Agreement.renamed(business)
	if s.cfg.Agreement.PushShape != unionpay.ShapeFlat {
		return object{"msgInfo": info, "trxInfo": business}, nil
	}
	maps.Copy(business, info)
	return business, nil
}

// newMsgID makes an id of UnionPay's form, of letters and digits.
func newMsgID(appID, now string, seq uint64) string {
	id := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z' {
			return '0'
		}
		return r
	}, appID[:min(len(appID), 8)])
	return fmt.Sprintf("U%08s%s%06d", id, now, seq%1_000_000)
}

func msgInfo(message unionpay.MessageType, msgID, now, appID string) object {
	return object{
		"versionNo": "1.0.0", "msgID": msgID, "timeStamp": now, "msgType": string(message), "walletID": appID,
	}
}

// samplePath is where samples go where no webhook is configured.
const samplePath = "/callbacks/unionpay"

// samples writes events as messages have them, secrets in clear.
var samples = wire.Codec{Zone: zone, Sparse: true}

// SignCallback is a message as UnionPay sends it, signed at the clock's time for the
// path of [Config.WebhookURL] or else /callbacks/unionpay: a sample for a test of
// one's own handler. The event is a pointer to one of the structs that the Event
// constants of package unionpay name; what it leaves unset is left out.
func (s *Server) SignCallback(event any) *http.Request {
	path := samplePath
	if target, err := url.Parse(s.cfg.WebhookURL); err == nil {
		path = cmp.Or(target.Path, path)
	}
	signed, body, err := s.sample(event, path)
	header := http.Header{}
	for name := range signed {
		header.Set(name, signed[name][0]) // as a server reads it
	}
	return platform.SampleRequest(path, header, body, err)
}

func (s *Server) sample(event any, path string) (http.Header, []byte, error) {
	message := messageType(event)
	if err := platform.CheckEvent(event, message != ""); err != nil {
		return nil, nil, fmt.Errorf("unionpaytest: no event of package unionpay: it %w", err)
	}
	trxInfo, err := CallbackConfig{}.business(event)
	if err != nil {
		return nil, nil, err
	}
	_, info := s.head(message)
	top, err := s.message(info, trxInfo)
	if err != nil {
		return nil, nil, err
	}
	return s.signedPush(top, path, hexUUID())
}

// signedPush is one attempt.
func (s *Server) signedPush(top object, path, uuid string) (http.Header, []byte, error) {
	if s.cfg.PushProfile == unionpay.ProfileU {
		reply := s.signedU(top, Behaviour{})
		return reply.Header, reply.Body, nil
	}
	reply := unsigned(platform.JSON(top))
	jws, err := sign.SignUPI(s.cfg.Keys.upiSign.private, sign.UPIHeader{
		KeyID: UPISignKeyID, UUID: uuid, Time: s.now(), AppID: s.pushAppID(), Path: path, Mode: s.cfg.PayloadMode,
	}, reply.Body)
	reply.Header["UPI-JWS"] = []string{jws}
	return reply.Header, reply.Body, err
}

// pushAppID is UPI-APPID of notifications.
func (s *Server) pushAppID() string { return cmp.Or(s.cfg.Agreement.AppID, s.cfg.AppID) }

// believe reads what the token requestor answered, if its signature fits and it
// echoes the message.
func (s *Server) believe(a *PushAnswer, uuid string, header http.Header, body []byte) {
	keys := map[string]sign.PublicKey{SignKeyID: s.cfg.Keys.sign.private.Public()}
	var err error
	if s.cfg.PushProfile == unionpay.ProfileU {
		_, err = s.umps().Verify(keys, "appSignCertID", body)
	} else {
		verifier := sign.UPIVerifier{Keys: keys, Mode: s.cfg.PayloadMode, AppIDs: []string{s.pushAppID()}}
		_, err = verifier.Verify(header.Get("UPI-JWS"), body, sign.UPIExpect{Now: s.now(), UUID: uuid, StrictUUID: true})
	}
	if err != nil {
		return
	}
	top, topErr := platform.ReadFields(body)
	info, infoErr := top, error(nil)
	if s.cfg.Agreement.PushShape != unionpay.ShapeFlat {
		info, infoErr = platform.ReadFields(top["msgInfo"])
	}
	response, responseErr := platform.ReadFields(top["msgResponse"])
	if errors.Join(topErr, infoErr, responseErr) != nil || info.Text("msgID") != a.MsgID {
		return
	}
	a.Verified, a.Code, a.TrxInfo = true, unionpay.Code(response.Text("responseCode")), top["trxInfo"]
	if s.cfg.Agreement.PushShape == unionpay.ShapeFlat {
		a.TrxInfo = platform.JSON(top)
	}
}
