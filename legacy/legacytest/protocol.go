package legacytest

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// maxBody is the limit of a whole request that submits a document; no other page has one.
const maxBody = 4 << 20

// fields are the parameters of a message.
type fields = platform.Fields

// signedText returns the text that a parameter is signed as.
func signedText(f fields, name string) string {
	if f.Has(name) && f[name][0] != '"' {
		return string(f[name])
	}
	return f.Text(name)
}

// readAmount returns an amount whose form has been checked.
func readAmount(f fields, name string) issuing.Amount {
	a, _ := issuing.ParseAmount(f.Text(name))
	return a
}

// readDate returns a date whose form has been checked, the zero date when it is absent.
func readDate(f fields, name string) issuing.Date {
	d, _ := issuing.ParseDate(f.Text(name))
	return d
}

// require returns a problem that names the first parameter that is absent or no
// non-empty string.
func require(f fields, names ...string) *problem {
	if name := f.Missing(names...); name != "" {
		return bad(name + " is required")
	}
	return nil
}

// problem is a refusal.
type problem struct {
	code            legacy.Code
	message         string
	check, expected string // for observers, where the message does not say it
}

// bad is the refusal of a malformed parameter.
func bad(message string) *problem {
	return &problem{code: legacy.CodeInvalidParameters, message: message}
}

// signature computes the platform's signature with nothing of the client's: the
// fields with a value and the secret, sorted, joined, hashed.
func (s *Server) signature(f fields, unsigned []string) string {
	names := []string{"appSecret"}
	for name := range f {
		if name != "sign" && !slices.Contains(unsigned, name) && signedText(f, name) != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	pairs := make([]string, len(names))
	for i, name := range names {
		pairs[i] = name + "=" + signedText(f, name)
		if name == "appSecret" {
			pairs[i] = name + "=" + s.secretText.Reveal()
		}
	}
	sum := md5.Sum([]byte(strings.Join(pairs, "&")))
	return hex.EncodeToString(sum[:])
}

// verify checks a request's form, its common parameters and its signature.
func (s *Server) verify(o operation, r *http.Request, f fields, size int) *problem {
	unauthorized := func(message, check, expected string) *problem {
		return &problem{legacy.CodeUnauthorized, message, check, expected}
	}
	switch {
	case r.Method != http.MethodPost:
		return &problem{code: http.StatusMethodNotAllowed, message: "Method Not Allowed"}
	case o.op == "VirtualP.UploadDocument" && size > maxBody:
		return bad("请求体过大")
	case !platform.IsJSON(r.Header):
		return bad("Content-Type must be application/json")
	case f == nil:
		return bad("the body is not a JSON object in UTF-8 whose names differ")
	}
	for _, name := range []string{"appKey", "nonce", "timestamp", "sign"} {
		if signedText(f, name) == "" {
			return unauthorized(name+" is missing", "common parameters",
				"appKey, nonce, timestamp and sign in the body")
		}
	}
	stamp := signedText(f, "timestamp")
	if len(stamp) != 13 || strings.Trim(stamp, "0123456789") != "" {
		return unauthorized("timestamp is not in milliseconds", "timestamp", "Unix milliseconds, 13 digits")
	}
	switch {
	case f["appSecret"] != nil:
		return unauthorized("appSecret must not be submitted", "appSecret", "a body without it")
	case signedText(f, "appKey") != s.appKey:
		return unauthorized("unknown appKey", "appKey", s.appKey)
	case !hmac.Equal([]byte(f.Text("sign")), []byte(s.signature(f, o.unsigned))):
		return unauthorized("signature error", "signature",
			"MD5 in lower-case hex of name=value joined by &, sorted by name, with appSecret, without sign and empty values")
	}
	return nil
}

// envelope builds an answer.
func envelope(code legacy.Code, message string, data any) platform.Reply {
	return platform.JSONReply(httpStatus(code), map[string]any{
		"data": data, "msg": message, "status": int(code), "success": code == legacy.CodeSuccess,
	})
}

// newEnvelope builds an answer in the newer envelope, in which 0 is success.
func newEnvelope(code legacy.Code, message string, data any) platform.Reply {
	status := httpStatus(code)
	if code == legacy.CodeSuccess {
		code = 0
	}
	return platform.JSONReply(status, map[string]any{"code": int(code), "message": message, "data": data})
}

// httpStatus is 200 but for requests that do not get as far as an operation.
func httpStatus(code legacy.Code) int {
	switch code {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed:
		return int(code)
	}
	return http.StatusOK
}
