package legacy

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

var errNoObject = errors.New("the request is not a JSON object")

// signatureRoom is what the common parameters add to a body at the most.
const signatureRoom = 512

// sealBody adds the common parameters and the signature to a JSON object. The
// text that stands in the body is the text that is signed.
func sealBody(cfg Config, payload []byte, unsigned []string, timestamp, nonce string) ([]byte, error) {
	body := make([]byte, 0, len(payload)+signatureRoom)
	body = append(body, payload[:len(payload)-1]...)
	for _, m := range [...][2]string{{"appKey", cfg.AppKey}, {"nonce", nonce}, {"timestamp", timestamp}} {
		body = appendMember(body, m[0], m[1])
	}
	params, _ := signedParams(append(body, '}'), unsigned...)
	if len(params) == 0 {
		return nil, errNoObject
	}
	signature, err := cfg.AppSecret.SignParams(params)
	if err != nil {
		return nil, err
	}
	return append(appendMember(body, "sign", signature), '}'), nil
}

func appendMember(body []byte, name, value string) []byte {
	if body[len(body)-1] != '{' {
		body = append(body, ',')
	}
	return wire.AppendString(append(wire.AppendString(body, name), ':'), value)
}

// signedParams returns the parameters of a message, a JSON object, that its
// signature covers, and the signature: all members but sign itself and the named
// ones, as the text that stands in the JSON. Empty ones are among them; the
// signature leaves them out. Anything but an object gives none.
func signedParams(body []byte, unsigned ...string) (params []sign.Param, signature string) {
	params = make([]sign.Param, 0, 32)
	for name, text := range wire.Texts(body) {
		switch {
		case name == "sign":
			signature = text
		case !slices.Contains(unsigned, name):
			params = append(params, sign.Param{Name: name, Value: text})
		}
	}
	return params, signature
}

// envelope is the body of every answer: status, msg and success, or code and
// message on endpoints that have moved to the newer form.
type envelope struct {
	Status  *int64          `json:"status"`
	Code    *int64          `json:"code"`
	Msg     string          `json:"msg" wire:"json"`
	Message string          `json:"message" wire:"json"`
	Success *bool           `json:"success"`
	Data    json.RawMessage `json:"data"`
}

// code returns the result code. The newer form's 0 is reported as 200.
func (e *envelope) code() (Code, bool) {
	switch {
	case e.Status != nil:
		return Code(*e.Status), true
	case e.Code != nil && *e.Code == 0:
		return CodeSuccess, true
	case e.Code != nil:
		return Code(*e.Code), true
	}
	return 0, false
}

// accepted reports a success that nothing in the envelope contradicts: neither
// success nor the code of the other form, when both forms are there.
func (e *envelope) accepted() bool {
	code, ok := e.code()
	return ok && code == CodeSuccess && (e.Success == nil || *e.Success) &&
		(e.Code == nil || *e.Code == 0 || Code(*e.Code) == CodeSuccess)
}

func (e *envelope) text() string {
	if e.Msg != "" {
		return e.Msg
	}
	return e.Message
}
