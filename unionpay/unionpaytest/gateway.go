package unionpaytest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// request is an authenticated message on its way through the steps.
type request struct {
	message   unionpay.MessageType
	profile   unionpay.Profile
	appID     string
	uuid      string
	msgInfo   json.RawMessage
	msgID     string
	business  map[string]json.RawMessage
	behaviour Behaviour
}

// refusal is the documented body of a 401, with its capital M.
const refusal = `{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}`

func unauthorized() platform.Reply {
	return platform.Reply{
		Status: http.StatusUnauthorized, Body: []byte(refusal),
		Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}},
	}
}

// handle takes a request through the gateway's steps.
func (s *Server) handle(r *http.Request, body []byte) platform.Reply {
	if r.Method != http.MethodPost {
		return platform.Reply{Status: http.StatusMethodNotAllowed}
	}
	messages := s.byPath[r.URL.Path]
	if len(messages) == 0 {
		return platform.Reply{Status: http.StatusNotFound}
	}
	q := &request{message: messages[0], profile: s.cfg.Profiles[messages[0]]}
	if !s.authentic(q, r, body) {
		return unauthorized()
	}
	code, detail, result := s.process(q, messages, body)
	if q.behaviour.Bare401 {
		return platform.Reply{Status: http.StatusUnauthorized}
	}
	return s.answer(q, code, detail, result)
}

// authentic makes the checks whose failures all look the same.
func (s *Server) authentic(q *request, r *http.Request, body []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys, owners := map[string]sign.PublicKey{}, map[string]string{}
	var appIDs []string
	for appID, ownKeys := range s.requestors {
		appIDs = append(appIDs, appID)
		for kid, key := range ownKeys {
			keys[kid], owners[kid] = key, appID
		}
	}
	if q.profile == unionpay.ProfileU {
		kid, err := s.umps().Verify(keys, "appSignCertID", body)
		q.appID = owners[kid]
		return err == nil
	}
	jws := r.Header.Get("UPI-JWS")
	if !s.cfg.Lenient && !strictHeader(jws) {
		return false
	}
	verifier := sign.UPIVerifier{Keys: keys, Mode: s.cfg.PayloadMode, AppIDs: appIDs, Lenient: s.cfg.Lenient}
	now := s.clock.Now()
	h, err := verifier.Verify(jws, body, sign.UPIExpect{Now: now, Request: true, Path: r.URL.Path, Seen: func(appID, uuid string) (bool, error) {
		return !firstToday(s.uuids, appID+"/"+uuid, now), nil
	}})
	if err != nil || owners[h.KeyID] != h.AppID {
		return false
	}
	q.appID, q.uuid, s.matched = h.AppID, h.UUID, h.Mode
	return true
}

// firstToday notes a key and reports whether it was not used within a day.
func firstToday(seen map[string]time.Time, key string, now time.Time) bool {
	if at, ok := seen[key]; ok && now.Sub(at) < 24*time.Hour {
		return false
	}
	seen[key] = now
	return true
}

// strictHeader accepts only what the profile produces: no quotes, base64url, the
// documented members and all four names in crit.
func strictHeader(jws string) bool {
	protected, signature, ok := strings.Cut(jws, "..")
	if !ok {
		return false
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(signature); err != nil {
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(protected)
	var h struct {
		Crit []string `json:"crit"`
		UUID string   `json:"UPI-UUID"`
	}
	if err != nil || (wire.Codec{}).Unmarshal(raw, &h) != nil {
		return false
	}
	for _, name := range []string{"UPI-UUID", "UPI-TIMESTAMP", "UPI-APPID", "UPI-REQPATH"} {
		if !slices.Contains(h.Crit, name) {
			return false
		}
	}
	return len(h.UUID) == 32 && strings.Trim(h.UUID, "0123456789abcdefABCDEF") == ""
}

func (s *Server) umps() sign.UMPS { return sign.UMPS{DigestInfo: s.cfg.UMPSDigestInfo} }

var (
	errFormat  = errors.New("format")
	errDecrypt = errors.New("decrypt")
)

// process makes the remaining steps on an authenticated message.
func (s *Server) process(q *request, messages []unionpay.MessageType, body []byte) (code unionpay.Code, detail string, result any) {
	if s.cfg.BodyEncryption[q.message] == unionpay.BodyJWE {
		plaintext, err := s.cfg.JWE.Decrypt(map[string]sign.PrivateKey{UPIEncKeyID: s.keys.upiEnc.private}, string(bytes.TrimSpace(body)))
		if err != nil {
			return unionpay.CodeFormat, "", nil
		}
		body = plaintext
	}
	if !s.split(q, messages, body) {
		q.behaviour = s.behaviour(q.message)
		return unionpay.CodeFormat, "the message is not a JSON object of this path's shape", nil
	}
	q.behaviour = s.behaviour(q.message)
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.msgID != "" && !firstToday(s.msgIDs, q.appID+"/"+q.msgID, s.clock.Now()) {
		return unionpay.CodeDuplicateTransaction, "", nil
	}
	if q.behaviour.Code != "" {
		return q.behaviour.Code, q.behaviour.Detail, nil
	}
	if field, ok := checkFields(fieldsOf[q.message], "", q.business); !ok {
		return unionpay.CodeFormat, "field " + field, nil
	}
	if err := s.openFields(q); err != nil {
		return unionpay.CodeFormat, "", nil
	}
	return s.carryOut(q)
}

// split reads the JSON object and its envelope.
func (s *Server) split(q *request, messages []unionpay.MessageType, body []byte) bool {
	top, ok := object(body)
	if !ok {
		return false
	}
	shape := s.cfg.Shapes[q.message]
	if shape == unionpay.ShapeDefault {
		shape = defaultShape(q.message)
	}
	if shape == unionpay.ShapeFlat && len(messages) == 1 {
		delete(top, "certificateSignature")
		delete(top, "encCertId")
		q.business = top
		return true
	}
	info, ok := object(top["msgInfo"])
	if !ok {
		return false
	}
	q.msgInfo = top["msgInfo"]
	if _, ok := checkFields(msgInfoFields, "", info); !ok {
		return false
	}
	q.msgID, _ = textOf(info["msgID"])
	msgType, _ := textOf(info["msgType"])
	if !slices.Contains(messages, unionpay.MessageType(msgType)) {
		return false
	}
	q.message = unionpay.MessageType(msgType)
	q.business, ok = object(top["trxInfo"])
	return ok
}

func defaultShape(message unionpay.MessageType) unionpay.Shape {
	switch message {
	case unionpay.MessageATMFeedback, unionpay.MessageATMList, unionpay.MessageATMNearby, unionpay.MessageATMCityBank:
		return unionpay.ShapeFlat
	}
	return unionpay.ShapeEnveloped
}

// object splits a JSON object and refuses duplicate members.
func object(data []byte) (map[string]json.RawMessage, bool) {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 || trimmed[0] != '{' || !json.Valid(trimmed) {
		return nil, false
	}
	out := map[string]json.RawMessage{}
	for name, value := range wire.Members(trimmed) {
		if _, twice := out[name]; twice {
			return nil, false
		}
		out[name] = value
	}
	return out, true
}

// textOf returns a JSON string's text.
func textOf(value json.RawMessage) (string, bool) { return wire.Unquote(value) }

// openFields decrypts the members that must be encrypted.
func (s *Server) openFields(q *request) error {
	for _, name := range []string{"pan", "cvm"} {
		value, ok := q.business[name]
		if !ok {
			continue
		}
		text, ok := textOf(value)
		if !ok {
			return errDecrypt
		}
		var plaintext []byte
		var err error
		if q.profile == unionpay.ProfileU {
			plaintext, err = sign.DecryptUMPS(s.keys.upiEnc.private, text)
		} else {
			plaintext, err = s.cfg.JWE.Decrypt(map[string]sign.PrivateKey{UPIEncKeyID: s.keys.upiEnc.private}, text)
		}
		if err != nil {
			return errDecrypt
		}
		if name == "cvm" {
			if len(plaintext) == 0 || plaintext[0] != '[' || !json.Valid(plaintext) {
				return errFormat
			}
			q.business[name] = plaintext
			continue
		}
		q.business[name] = wire.AppendString(nil, string(plaintext))
	}
	return nil
}
