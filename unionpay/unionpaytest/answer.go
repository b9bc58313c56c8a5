package unionpaytest

import (
	"cmp"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// object is a JSON object that the gateway sends.
type object = map[string]any

// outcome is what a request comes to.
type outcome struct {
	code     unionpay.Code
	detail   string // for developers; "" says nothing
	business object // of an approval
}

func approve(business object) outcome {
	return outcome{code: unionpay.CodeApproved, business: business}
}
func refuse(code unionpay.Code) outcome { return outcome{code: code} }
func wrongField(name string) outcome {
	return outcome{code: unionpay.CodeFormat, detail: "field " + name}
}

// answer builds and signs the answer to a request.
func (s *Server) answer(q *request, out outcome) platform.Reply {
	be := q.behaviour
	agreed := s.cfg.Agreement
	response := object{
		"responseCode": string(cmp.Or(agreed.Codes[out.code], out.code)),
		"responseMsg":  cmp.Or(be.Message, responseMsg(out.code)),
	}
	if out.detail != "" {
		response["errorDetail"] = out.detail
	}
	business := object{}
	maps.Copy(business, agreed.renamed(out.business))
	top := business
	if q.msgInfo != nil {
		top = object{"msgInfo": q.msgInfo, "trxInfo": business}
		if be.OtherMsgID {
			top["msgInfo"] = object{"versionNo": "1.0.0", "msgID": "A0000000000000000000000000000", "msgType": string(q.message)}
		}
	}
	name := "msgResponse"
	if be.CapitalM {
		name = "MsgResponse"
	}
	top[name] = response
	if q.profile == unionpay.ProfileU {
		return s.signedU(top, be)
	}
	return s.signedG(q, encode(top, be))
}

// responseMsg is the text beside a code.
func responseMsg(code unionpay.Code) string {
	m := code.Meaning()
	switch {
	case code == unionpay.CodeApproved:
		return "Approved"
	case m == "":
		return "Refused"
	}
	return strings.ToUpper(m[:1]) + m[1:]
}

// encode writes a message, with unknown members where they are asked for.
func encode(top object, be Behaviour) []byte {
	if be.ExtraMembers {
		extend(top)
	}
	return platform.JSON(top)
}

// extend adds an unknown member to an object and to every one inside it.
func extend(o object) {
	for _, value := range o {
		switch value := value.(type) {
		case object:
			extend(value)
		case []object:
			for _, element := range value {
				extend(element)
			}
		}
	}
	o["x-unknown"] = "ignored"
}

// jweType is the Content-Type of encrypted bodies.
func (s *Server) jweType() string { return cmp.Or(s.cfg.Agreement.JWEContentType, "application/jose") }

// unsigned answers with a body of JSON.
func unsigned(body []byte) platform.Reply {
	return platform.Reply{Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}}, Body: body}
}

// signingKey is the gateway's, or another's where the signature is to be wrong.
func (s *Server) signingKey(be Behaviour) sign.PrivateKey {
	if be.WrongSignature {
		return s.cfg.Keys.decrypt.private
	}
	return s.cfg.Keys.upiSign.private
}

// signedG sends a body under a UPI-JWS header.
func (s *Server) signedG(q *request, body []byte) platform.Reply {
	be, reply := q.behaviour, unsigned(body)
	if be.EncryptBody || s.cfg.BodyEncryption[q.message] == unionpay.BodyEncryptionJWE {
		sealed, err := s.cfg.JWE.Encrypt(s.cfg.Keys.decrypt.private.Public(), DecryptKeyID, body)
		if err != nil {
			return platform.Reply{Status: http.StatusInternalServerError}
		}
		reply.Body = []byte(sealed)
		reply.Header.Set("Content-Type", s.jweType())
	}
	if be.Unsigned {
		return reply
	}
	h := sign.UPIHeader{
		KeyID: UPISignKeyID, UUID: q.uuid, Time: s.now(), AppID: cmp.Or(s.cfg.Agreement.AppID, q.appID),
		Mode: s.cfg.PayloadMode,
	}
	if be.StaleTime {
		h.Time = h.Time.Add(-sign.DefaultUPISkew - time.Second)
	}
	if be.OtherUUID {
		h.UUID = hexUUID()
	}
	if be.Mode != nil {
		h.Mode = *be.Mode
	}
	if be.ReqPath {
		h.Path = s.cfg.Paths[q.message]
	}
	jws, err := sign.SignUPI(s.signingKey(be), h, reply.Body)
	if err != nil {
		return platform.Reply{Status: http.StatusInternalServerError}
	}
	if be.StandardBase64 {
		protected, signature, _ := strings.Cut(jws, "..")
		raw, _ := base64.RawURLEncoding.DecodeString(signature)
		jws = protected + ".." + base64.StdEncoding.EncodeToString(raw)
	}
	reply.Header["UPI-JWS"] = []string{jws}
	return reply
}

// signedU sends a body with the signature inside.
func (s *Server) signedU(top object, be Behaviour) platform.Reply {
	if be.Unsigned {
		return unsigned(encode(top, be))
	}
	top["certificateSignature"] = object{"umpsSignCertID": UPISignKeyID, "signature": sign.UMPSPlaceholder}
	body, err := s.umps().Sign(s.signingKey(be), encode(top, be))
	if err != nil {
		return platform.Reply{Status: http.StatusInternalServerError}
	}
	return unsigned(body)
}

func hexUUID() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }
