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
	case !s.typed(q, r.Header):
		return platform.Reply{
			Status: http.StatusUnsupportedMediaType, Check: "content type",
			Expected: "application/json;charset=UTF-8, or a JWE's",
		}
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

// typed reports whether a request says what its body is: JSON in UTF-8, or a JWE.
func (s *Server) typed(q *request, header http.Header) bool {
	if s.cfg.BodyEncryption[q.message] == unionpay.BodyEncryptionJWE {
		return header.Get("Content-Type") == s.jweType()
	}
	return platform.IsJSON(header)
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
		return err == nil && s.escapes(body)
	}
	jws := r.Header.Get("UPI-JWS")
	if !s.cfg.Lenient && !strictHeader(jws) {
		return false
	}
	now := s.now()
	seen := func(appID, uuid string) (bool, error) { return !s.uuids.First(appID+"/"+uuid, now), nil }
	verifier := sign.UPIVerifier{Keys: keys, Mode: s.cfg.PayloadMode, AppIDs: appIDs, Lenient: s.cfg.Lenient}
	h, err := verifier.Verify(jws, body, sign.UPIExpect{Now: now, Request: true, Path: r.URL.Path, Seen: seen})
	if err != nil || requestors[h.KeyID].appID != h.AppID || !s.escapes(body) {
		return false
	}
	q.appID, q.uuid = h.AppID, h.UUID
	s.matched.Store(int64(h.Mode))
	return true
}

// escapes reports whether a body is escaped as agreed.
func (s *Server) escapes(body []byte) bool { return !s.cfg.Agreement.EscapeSlash || escaped(body) }

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
	switch {
	case q.unfit != "":
		return wrongField(q.unfit)
	case !q.readable:
		return outcome{code: unionpay.CodeFormat, detail: "the message is not a JSON object of this path's shape"}
	}
	if field := s.cfg.Agreement.identity(q.info, q.appID, s.now()); q.msgInfo != nil && field != "" {
		return wrongField(field)
	}
	if q.msgID != "" && !s.msgIDs.First(q.appID+"/"+q.msgID, s.now()) {
		return refuse(unionpay.CodeDuplicateTransaction)
	}
	if q.behaviour.Code != "" {
		return outcome{code: q.behaviour.Code, detail: q.behaviour.Detail}
	}
	if field := misfit(s.table(q), q.fields, s.cfg.Agreement.without(q.message)); field != "" {
		return wrongField(field)
	}
	if field, ok := s.opens(q); !ok {
		return outcome{code: unionpay.CodeFormat, detail: field} // without a word on what does not open
	}
	if q.operation.run == nil {
		return refuse(unionpay.CodeInvalidTransaction)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return q.operation.run(s, q)
}

// table is the table of a request's business members.
func (s *Server) table(q *request) []spec {
	specs := slices.Clone(q.operation.fields)
	for i, f := range specs {
		if f.name == "authorizationData" && s.cfg.Agreement.AuthorizationForm == unionpay.AuthorizationFormObject {
			specs[i].kind = kindObject
		}
		if slices.Contains(s.cfg.Agreement.encrypted(), f.name) {
			specs[i].kind, specs[i].max = kindSealed, 64<<10
		} else if f.kind == kindSealed {
			specs[i].kind = map[string]kind{"pan": kindAN, "cvm": kindArray}[f.name]
		}
	}
	return specs
}

// opens reports whether the members that must be encrypted are, and whether there is in
// pan and cvm what should be. A field is named when it opens and does not fit.
func (s *Server) opens(q *request) (field string, ok bool) {
	sealed := false
	for _, name := range s.cfg.Agreement.encrypted() {
		if _, sent := q.fields[name]; !sent {
			continue
		}
		sealed = true
		var plaintext []byte
		var err error
		if q.profile == unionpay.ProfileU {
			plaintext, err = sign.DecryptUMPS(s.cfg.Keys.upiEnc.private, q.Text(name))
		} else {
			plaintext, err = s.open(s.cfg.JWE, q.Text(name))
		}
		if err != nil {
			return "", false
		}
		if misfit := plainMisfit(name, plaintext); misfit != "" {
			return "field " + misfit, false
		}
	}
	if sealed && s.cfg.Agreement.SendEncCertID && !q.encCertID {
		return "field encCertId", false
	}
	return "", true
}

// plainMisfit returns what of a decrypted member does not fit its table, "" when all does.
func plainMisfit(name string, plaintext []byte) string {
	switch name {
	case "pan":
		if text := (fields{"pan": platform.JSON(string(plaintext))}); !panField.fits(text) {
			return name
		}
	case "cvm":
		list, ok := elements(plaintext)
		if !ok {
			return name
		}
		for _, element := range list {
			members, err := platform.ReadFields(element)
			if err != nil {
				return name
			}
			if field := misfit(cvmFields, members, nil); field != "" {
				return "cvm." + field
			}
		}
	}
	return ""
}

// open decrypts what was encrypted for the gateway.
func (s *Server) open(algorithms jose.UPIJWE, sealed string) ([]byte, error) {
	return algorithms.Decrypt(map[string]sign.PrivateKey{UPIEncKeyID: s.cfg.Keys.upiEnc.private}, sealed)
}
