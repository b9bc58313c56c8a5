package unionpaytest

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// fields is an ordered JSON object.
type fields []member

type member struct {
	name  string
	value any
}

// append writes the object. Values are encoded by the wire codec, nested fields
// by themselves.
func (f fields) append(b []byte, extra bool) []byte {
	if extra {
		f = append(f[:len(f):len(f)], member{"x-unknown", "ignored"})
	}
	b = append(b, '{')
	for i, m := range f {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(wire.AppendString(b, m.name), ':')
		switch v := m.value.(type) {
		case fields:
			b = v.append(b, extra)
		case []fields:
			b = append(b, '[')
			for j, element := range v {
				if j > 0 {
					b = append(b, ',')
				}
				b = element.append(b, extra)
			}
			b = append(b, ']')
		default:
			text, err := (wire.Codec{}).Marshal(v)
			if err != nil {
				text = []byte("null")
			}
			b = append(b, text...)
		}
	}
	return append(b, '}')
}

// answer builds and signs the answer to a request.
func (s *Server) answer(q *request, code unionpay.Code, detail string, result any) platform.Reply {
	be := q.behaviour
	message := "Approved"
	if code != unionpay.CodeApproved {
		message = "Refused"
		if m := code.Meaning(); m != "" {
			message = strings.ToUpper(m[:1]) + m[1:]
		}
	}
	if be.Message != "" {
		message = be.Message
	}
	response := fields{{"responseCode", string(code)}, {"responseMsg", message}}
	if detail != "" {
		response = append(response, member{"errorDetail", detail})
	}
	name := "msgResponse"
	if be.CapitalM {
		name = "MsgResponse"
	}
	business, _ := result.(fields)
	var top fields
	if q.msgInfo != nil {
		var info any = q.msgInfo
		if be.OtherMsgID {
			info = fields{{"versionNo", "1.0.0"}, {"msgID", "A0000000000000000000000000000"}, {"msgType", string(q.message)}}
		}
		top = append(top, member{"msgInfo", info})
		if business == nil {
			business = fields{}
		}
		top = append(top, member{"trxInfo", business})
	} else {
		top = append(top, business...)
	}
	top = append(top, member{name, response})
	if q.profile == unionpay.ProfileU {
		return s.signedU(top, be)
	}
	return s.signedG(q, top.append(nil, be.ExtraMembers), be)
}

// signedG sends a body under a UPI-JWS header.
func (s *Server) signedG(q *request, body []byte, be Behaviour) platform.Reply {
	header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	if be.EncryptBody || s.cfg.BodyEncryption[q.message] == unionpay.BodyJWE {
		sealed, err := s.cfg.JWE.Encrypt(s.keys.decrypt.private.Public(), DecryptKeyID, body)
		if err != nil {
			return platform.Reply{Status: http.StatusInternalServerError}
		}
		body = []byte(sealed)
		header.Set("Content-Type", "application/jose")
	}
	if be.Unsigned {
		return platform.Reply{Header: header, Body: body}
	}
	key, at := s.keys.upiSign.private, s.clock.Now()
	h := sign.UPIHeader{KeyID: UPISignKeyID, UUID: q.uuid, Time: at, AppID: q.appID, Mode: s.cfg.PayloadMode}
	if be.WrongSignature {
		key = s.wrong
	}
	if be.StaleTime {
		h.Time = at.Add(-sign.DefaultUPISkew - time.Second)
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
	jws, err := sign.SignUPI(key, h, body)
	if err != nil {
		return platform.Reply{Status: http.StatusInternalServerError}
	}
	if be.StandardBase64 {
		protected, signature, _ := strings.Cut(jws, "..")
		raw, _ := base64.RawURLEncoding.DecodeString(signature)
		jws = protected + ".." + base64.StdEncoding.EncodeToString(raw)
	}
	header["UPI-JWS"] = []string{jws}
	return platform.Reply{Header: header, Body: body}
}

// signedU sends a body with the signature inside.
func (s *Server) signedU(top fields, be Behaviour) platform.Reply {
	header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	if be.Unsigned {
		return platform.Reply{Header: header, Body: top.append(nil, be.ExtraMembers)}
	}
	top = append(top, member{"certificateSignature", fields{
		{"umpsSignCertID", UPISignKeyID}, {"signature", sign.UMPSPlaceholder},
	}})
	key := s.keys.upiSign.private
	if be.WrongSignature {
		key = s.wrong
	}
	body, err := s.umps().Sign(key, top.append(nil, be.ExtraMembers))
	if err != nil {
		return platform.Reply{Status: http.StatusInternalServerError}
	}
	return platform.Reply{Header: header, Body: body}
}

func hexUUID() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }
