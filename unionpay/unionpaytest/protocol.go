package unionpaytest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// refusal is the documented body of a 401, with its capital M.
const refusal = `{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}`

// handle takes a request through the gateway's steps.
func (s *Server) handle(q *request, r *http.Request, body []byte) platform.Reply {
	switch {
	case r.Method != http.MethodPost:
		return platform.Reply{Status: http.StatusMethodNotAllowed}
	case q.message == "":
		return platform.Reply{Status: http.StatusNotFound}
	case !s.authentic(q, r, body):
		reply := unsigned([]byte(refusal))
		reply.Status = http.StatusUnauthorized
		reply.Check, reply.Expected = "signature", s.signatureForm(q)
		return reply
	}
	q.behaviour, _ = s.behaviours.Take(q.operation.op)
	out := s.process(q)
	if q.behaviour.Bare401 {
		return platform.Reply{Status: http.StatusUnauthorized}
	}
	reply := s.answer(q, out)
	reply.Card = s.about(q.fields, out.business)
	if out.code != unionpay.CodeApproved {
		reply.Check, reply.Expected = "code "+string(out.code), cmp.Or(out.detail, responseMsg(out.code))
	}
	return reply
}

// signatureForm says how a request has to be signed.
func (s *Server) signatureForm(q *request) string {
	if q.profile == unionpay.ProfileU {
		return "certificateSignature over the body under the requestor's key (UMPS), appSignCertID " + SignKeyID
	}
	return "UPI-JWS, detached over the body as sent, kid " + SignKeyID + ", UPI-APPID " + s.cfg.AppID +
		", UPI-REQPATH the path, UPI-TIMESTAMP within five minutes, UPI-UUID not used before"
}

// authentic makes the checks whose failures all look the same.
func (s *Server) authentic(q *request, r *http.Request, body []byte) bool {
	requestors, keys := s.known(), map[string]sign.PublicKey{}
	var appIDs []string
	for kid, owner := range requestors {
		keys[kid], appIDs = owner.key, append(appIDs, owner.appID)
	}
	if q.profile == unionpay.ProfileU {
		kid, err := s.umps().Verify(keys, "appSignCertID", body)
		q.appID = requestors[kid].appID
		return err == nil
	}
	jws := r.Header.Get("UPI-JWS")
	if !s.cfg.Lenient && !strictHeader(jws) {
		return false
	}
	now := s.now()
	seen := func(appID, uuid string) (bool, error) { return !s.uuids.First(appID+"/"+uuid, now), nil }
	verifier := sign.UPIVerifier{Keys: keys, Mode: s.cfg.PayloadMode, AppIDs: appIDs, Lenient: s.cfg.Lenient}
	h, err := verifier.Verify(jws, body, sign.UPIExpect{Now: now, Request: true, Path: r.URL.Path, Seen: seen})
	if err != nil || requestors[h.KeyID].appID != h.AppID {
		return false
	}
	q.appID, q.uuid = h.AppID, h.UUID
	s.matched.Store(int64(h.Mode))
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
	if err != nil || json.Unmarshal(raw, &h) != nil {
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

// process makes the remaining steps on an authenticated message.
func (s *Server) process(q *request) outcome {
	if !q.readable {
		return outcome{code: unionpay.CodeFormat, detail: "the message is not a JSON object of this path's shape"}
	}
	if q.msgID != "" && !s.msgIDs.First(q.appID+"/"+q.msgID, s.now()) {
		return refuse(unionpay.CodeDuplicateTransaction)
	}
	if q.behaviour.Code != "" {
		return outcome{code: q.behaviour.Code, detail: q.behaviour.Detail}
	}
	if field := misfit(q.operation.fields, q.fields); field != "" {
		return wrongField(field)
	}
	if !s.opens(q) {
		return refuse(unionpay.CodeFormat) // without a word on why
	}
	if q.operation.run == nil {
		return refuse(unionpay.CodeInvalidTransaction)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return q.operation.run(s, q)
}

// opens reports whether the members that must be encrypted are, and whether cvm
// holds the array that it should. What is in them, the gateway has no use for.
func (s *Server) opens(q *request) bool {
	for _, name := range []string{"pan", "cvm"} {
		if _, sent := q.fields[name]; !sent {
			continue
		}
		var plaintext []byte
		var err error
		if q.profile == unionpay.ProfileU {
			plaintext, err = sign.DecryptUMPS(s.cfg.Keys.upiEnc.private, q.Text(name))
		} else {
			plaintext, err = s.open(s.cfg.JWE, q.Text(name))
		}
		if _, array := elements(plaintext); err != nil || name == "cvm" && !array {
			return false
		}
	}
	return true
}

// open decrypts what was encrypted for the gateway.
func (s *Server) open(algorithms jose.UPIJWE, sealed string) ([]byte, error) {
	return algorithms.Decrypt(map[string]sign.PrivateKey{UPIEncKeyID: s.cfg.Keys.upiEnc.private}, sealed)
}
