package unionpay

import (
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
)

// subject is what a request or an answer is about, as far as it says so. The msgID tells
// more, but not every answer has msgInfo, and flat messages have none.
type subject struct {
	device, ref string
	token       issuing.Secret
}

// about is a request or a result that says what it is about.
type about interface{ about() subject }

var errOtherSubject = fmt.Errorf("%w: it is about another token or device", errAstray)

// agrees reports whether an answer may be the request's. A token that is encrypted on
// either side tells nothing.
func (asked subject) agrees(answer subject) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	plain := isToken(asked.token.Reveal()) && isToken(answer.token.Reveal())
	return same(asked.device, answer.device) && same(asked.ref, answer.ref) && (!plain || asked.token.Equal(answer.token))
}

// isOther reports whether a result is about something else than the request.
func (x *exchange) isOther(out any) bool {
	asked, ok := x.in.(about)
	answer, is := out.(about)
	return ok && is && !asked.about().agrees(answer.about())
}

func (r TokenRequest) about() subject       { return subject{device: r.DeviceID} }
func (r UpdateStateRequest) about() subject { return subject{token: r.Token} }
func (q TokenQuery) about() subject         { return subject{device: q.DeviceID, ref: q.RefID, token: q.Token} }

func (t *Token) about() subject       { return subject{device: t.DeviceID, ref: t.RefID, token: t.Token} }
func (c *TokenChange) about() subject { return subject{token: c.Token} }
