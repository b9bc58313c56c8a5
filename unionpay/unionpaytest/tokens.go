package unionpaytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// TokenRecord is what the gateway keeps of a token.
type TokenRecord struct {
	Token    issuing.Secret        // 19 digits
	RefID    string                // reference
	AppID    string                // the token requestor's
	DeviceID string                // the device it is bound to
	MsgID    string                // of the token request
	CardID   string                // the issuer's card
	PushID   string                // the push that led to it
	States   []unionpay.TokenState // history, the current one last
	Expiry   time.Time             // five years after the request
	UseCases []unionpay.UseCase    // what it is for
}

// token is one token of the registry.
type token struct {
	TokenRecord
	auth *authorization
}

func (t *token) state() unionpay.TokenState { return t.States[len(t.States)-1] }

// Tokens returns all tokens, by reference.
func (s *Server) Tokens() []TokenRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []TokenRecord
	for _, t := range s.tokens {
		r := t.TokenRecord
		r.States, r.UseCases = slices.Clone(r.States), slices.Clone(r.UseCases)
		out = append(out, r)
	}
	return out
}

// find returns the latest token that fits, nil when none does. The server's lock
// is held.
func (s *Server) find(fits func(*token) bool) *token {
	for _, t := range slices.Backward(s.tokens) {
		if fits(t) {
			return t
		}
	}
	return nil
}

// onToken is an operation on a token of the requestor's, which the request tells
// from the others. A device that it names must be the token's.
func onToken(
	means func(*request, *token) bool, run func(*Server, *request, *token) outcome,
) func(*Server, *request) outcome {
	return func(s *Server, q *request) outcome {
		t := s.find(func(t *token) bool { return t.AppID == q.appID && means(q, t) })
		if t == nil {
			return refuse(unionpay.CodeRecordNotFound)
		}
		if device := q.Text("deviceID"); device != "" && device != t.DeviceID {
			return refuse(unionpay.CodeInvalidDevice)
		}
		return run(s, q, t)
	}
}

// named reports whether a request names a token by its number or, without one,
// by its reference.
func named(q *request, t *token) bool {
	if number := q.Text("token"); number != "" {
		return t.Token.Reveal() == number
	}
	return t.RefID == q.Text("tokenRefID")
}

// requested reports whether a request names a token by the request for it.
func requested(q *request, t *token) bool { return t.MsgID == q.Text("originalMsgID") }

// requestToken is TOKEN_REQUEST_WITH_AUTHORIZATION.
func (s *Server) requestToken(q *request) outcome {
	var useCases []unionpay.UseCase
	if json.Unmarshal(q.fields["useCaseIndicator"], &useCases) != nil {
		useCases = nil
	}
	merchant := len(useCases) > 0
	for _, u := range useCases {
		merchant = merchant && u == unionpay.UseCaseCOF
	}
	if q.Text("deviceID") == "" && !merchant && !slices.Contains(s.cfg.Agreement.OptionalFields, "deviceID") {
		return wrongField("deviceID")
	}
	auth, now := s.authorization(q), s.now()
	switch {
	case auth == nil:
		return refuse(unionpay.CodeIssuerRefused)
	case auth.used || s.alive(auth.card, q.appID):
		return refuse(unionpay.CodeTokenAlreadyIssued)
	case now.Sub(auth.made) > s.cfg.AuthorizationLife:
		return refuse(unionpay.CodeEnrolmentTimeout)
	case auth.card.status != CardStatusNormal:
		return refuse(auth.card.status.code())
	}
	auth.used = true
	t := &token{auth: auth, TokenRecord: TokenRecord{
		Token: ledger.PAN("62999900", uint64(len(s.tokens)+1), 19), RefID: s.refs.ID(10), AppID: q.appID,
		DeviceID: q.Text("deviceID"), MsgID: q.msgID, CardID: auth.card.id, PushID: auth.pushID,
		States: []unionpay.TokenState{unionpay.TokenStateActive}, Expiry: now.AddDate(5, 0, 0), UseCases: useCases,
	}}
	s.tokens = append(s.tokens, t)
	s.notices = append(s.notices, CreationNotice{
		IssuerID: auth.card.issuerID, CardID: t.CardID, PushID: t.PushID, RefID: t.RefID, At: now,
	})
	return s.inquireToken(q, t)
}

// authorization returns the issuer's authorization in a request, nil when no
// issuer made it for this requestor.
func (s *Server) authorization(q *request) *authorization {
	auth := s.pushed(q)
	if auth == nil || auth.requestor != q.appID {
		return nil
	}
	if issuer := q.Text("issuerID"); issuer != "" && issuer != auth.card.issuerID {
		return nil
	}
	return auth
}

// pushed returns the push that a request names: by what the issuer sealed, or where that
// may be missing by the push's id.
func (s *Server) pushed(q *request) *authorization {
	sealed := q.Text("authorizationData")
	switch value, given := q.fields["authorizationData"]; {
	case !given:
		for _, auth := range s.auths {
			if auth.pushID == q.Text("pushID") {
				return auth
			}
		}
		return nil
	case s.cfg.Agreement.AuthorizationForm == unionpay.AuthorizationFormObject:
		sealed = compacted(value)
	}
	plaintext, err := s.open(jose.UPIJWE{}, sealed)
	if err != nil {
		return nil
	}
	content, err := platform.ReadFields(plaintext)
	if err != nil {
		return nil
	}
	return s.auths[content.Text("nonce")]
}

// alive reports whether a card has a token of the requestor's that is not
// deleted.
func (s *Server) alive(c *card, requestor string) bool {
	return s.find(func(t *token) bool { return t.auth.card == c && t.AppID == requestor && !t.state().Terminal() }) != nil
}

// inquireToken is the token inquiry: what every answer about a token holds.
func (s *Server) inquireToken(q *request, t *token) outcome {
	pan, number, state := t.auth.card.pan, t.Token.Reveal(), string(t.state())
	if q.behaviour.NewValues {
		state = "SOMETHING_NEW"
	}
	f := object{
		"tokenRefID": t.RefID, "tokenExpiry": s.cfg.Agreement.stamp(t.Expiry), "tokenState": state,
		"maskedPAN":   pan.Reveal()[:6] + "******" + pan.Last4(),
		"maskedToken": number[:4] + "***********" + t.Token.Last4(),
	}
	if t.DeviceID != "" {
		f["deviceID"] = t.DeviceID
	}
	if q.behaviour.EncryptToken {
		number = s.sealForRequestor(q.profile, number)
	}
	if !q.behaviour.NoToken {
		f["token"] = number
	}
	return approve(f)
}

// sealForRequestor encrypts a field for the token requestor; "" is a failure.
func (s *Server) sealForRequestor(profile unionpay.Profile, value string) string {
	key := s.cfg.Keys.decrypt.private.Public()
	var sealed string
	if profile == unionpay.ProfileU {
		sealed, _ = sign.EncryptUMPS(key, []byte(value))
	} else {
		sealed, _ = s.cfg.JWE.Encrypt(key, DecryptKeyID, []byte(value))
	}
	return sealed
}

type states = []unionpay.TokenState

// transitions are the states that each action starts from, and where it leads.
var transitions = map[unionpay.TokenAction]struct {
	from states
	to   unionpay.TokenState
}{
	unionpay.TokenActionSuspend: {from: states{unionpay.TokenStateActive}, to: unionpay.TokenStateSuspended},
	unionpay.TokenActionResume:  {from: states{unionpay.TokenStateSuspended}, to: unionpay.TokenStateActive},
	unionpay.TokenActionDelete: {
		from: states{unionpay.TokenStateActive, unionpay.TokenStateSuspended}, to: unionpay.TokenStateDeleted,
	},
}

// move changes a token's state and returns what is told of it.
func (t *token) move(action unionpay.TokenAction) outcome {
	step, ok := transitions[action]
	switch {
	case !ok:
		return wrongField("tokenAction")
	case !slices.Contains(step.from, t.state()):
		return refuse(unionpay.CodeState)
	}
	t.States = append(t.States, step.to)
	return approve(object{"token": t.Token.Reveal(), "tokenState": string(step.to)})
}

// updateToken is TOKEN_STATE_UPDATE.
func (s *Server) updateToken(q *request, t *token) outcome {
	return t.move(s.cfg.Agreement.action(q.Text("tokenAction")))
}

// check proves what must hold whatever happened: no authorization led to two
// tokens, every used authorization to one, no card has two live tokens of one
// requestor, every token's history follows the allowed transitions, and the
// issuer was told of every token once.
func (s *Server) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	led, live, told := map[*authorization]int{}, map[string]int{}, map[string]int{}
	for _, n := range s.notices {
		told[n.RefID]++
	}
	for _, t := range s.tokens {
		led[t.auth]++
		if !t.state().Terminal() {
			live[t.AppID+"/"+t.CardID]++
		}
		for i := 1; i < len(t.States); i++ {
			if !allowed(t.States[i-1], t.States[i]) {
				return fmt.Errorf("unionpaytest: token %s moved from %s to %s", t.RefID, t.States[i-1], t.States[i])
			}
		}
		if n := live[t.AppID+"/"+t.CardID]; n > 1 {
			return fmt.Errorf("unionpaytest: %d live tokens of requestor %s for card %s", n, t.AppID, t.CardID)
		}
		if n := told[t.RefID]; n != 1 {
			return fmt.Errorf("unionpaytest: the issuer was told %d times of token %s", n, t.RefID)
		}
	}
	for _, a := range s.auths {
		if n := led[a]; n > 1 || (a.used != (n == 1)) {
			return fmt.Errorf("unionpaytest: push %s led to %d tokens", a.pushID, n)
		}
	}
	return nil
}

func allowed(from, to unionpay.TokenState) bool {
	for _, step := range transitions {
		if step.to == to && slices.Contains(step.from, from) {
			return true
		}
	}
	return false
}
