package unionpaytest

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// token is one token of the registry.
type token struct {
	number   issuing.Secret
	ref      string
	requestr string // app id of the token requestor
	deviceID string
	msgID    string
	auth     *authorization
	card     *card
	expiry   time.Time
	states   []unionpay.TokenState // history, the current one last
	useCases []string
}

// tokenKey finds a token without being it, so that a printed server shows none.
type tokenKey [sha256.Size]byte

func keyOf(number string) tokenKey { return sha256.Sum256([]byte(number)) }

func (t *token) state() unionpay.TokenState { return t.states[len(t.states)-1] }

// sealedAuthorization is what an issuer encrypts for the gateway.
type sealedAuthorization struct {
	PAN      issuing.Secret `json:"pan"`
	Expiry   string         `json:"expiry"`
	Nonce    string         `json:"nonce"`
	Time     string         `json:"time"`
	IssuerID string         `json:"issuerID"`
}

// requestToken is TOKEN_REQUEST_WITH_AUTHORIZATION.
func (s *Server) requestToken(q *request) (unionpay.Code, string, any) {
	useCases := stringsOf(q.business["useCaseIndicator"])
	merchant := len(useCases) > 0
	for _, u := range useCases {
		merchant = merchant && u == string(unionpay.UseCaseCOF)
	}
	if q.text("deviceID") == "" && !merchant {
		return unionpay.CodeFormat, "field deviceID", nil
	}
	data := q.text("authorizationData")
	plaintext, err := jose.UPIJWE{}.Decrypt(map[string]sign.PrivateKey{UPIEncKeyID: s.keys.upiEnc.private}, data)
	var content sealedAuthorization
	if err != nil || (wire.Codec{}).Unmarshal(plaintext, &content) != nil {
		return unionpay.CodeIssuerRefused, "", nil
	}
	auth, ok := s.auths[content.Nonce]
	issuer := q.text("issuerID")
	if !ok || auth.requestor != q.appID || (issuer != "" && issuer != auth.card.issuerID) {
		return unionpay.CodeIssuerRefused, "", nil
	}
	now := s.clock.Now()
	switch {
	case auth.used || s.liveToken(auth.card, q.appID):
		return unionpay.CodeTokenAlreadyIssued, "", nil
	case now.Sub(auth.made) > s.cfg.AuthorizationLife:
		return unionpay.CodeEnrolmentTimeout, "", nil
	}
	if code := auth.card.status.code(); code != unionpay.CodeApproved {
		return code, "", nil
	}
	auth.used = true
	s.seq++
	t := &token{
		number: ledger.PAN("62999900", s.seq, 19), ref: fmt.Sprintf("1%09d", s.seq), requestr: q.appID,
		deviceID: q.text("deviceID"), msgID: q.msgID, auth: auth, card: auth.card,
		expiry: now.AddDate(5, 0, 0), states: []unionpay.TokenState{unionpay.TokenActive}, useCases: useCases,
	}
	s.tokens[keyOf(t.number.Reveal())], s.byRef[t.ref] = t, t
	if q.msgID != "" {
		s.byMsgID[q.appID+"/"+q.msgID] = t
	}
	s.notices = append(s.notices, CreationNotice{
		IssuerID: auth.card.issuerID, CardID: auth.card.id, PushID: auth.pushID, RefID: t.ref, At: now,
	})
	return unionpay.CodeApproved, "", s.tokenFields(q, t)
}

func (s *Server) liveToken(c *card, requestor string) bool {
	for _, t := range s.tokens {
		if t.card == c && t.requestr == requestor && !t.state().Terminal() {
			return true
		}
	}
	return false
}

// tokenFields is the business part of an answer about a token.
func (s *Server) tokenFields(q *request, t *token) fields {
	number := t.number
	if q.behaviour.EncryptToken {
		number = s.sealForRequestor(q.profile, number)
	}
	f := fields{}
	if t.deviceID != "" {
		f = append(f, member{"deviceID", t.deviceID})
	}
	if !q.behaviour.NoToken {
		f = append(f, member{"token", number})
	}
	state := string(t.state())
	if q.behaviour.NewValues {
		state = "SOMETHING_NEW"
	}
	pan := t.card.pan.Reveal()
	return append(f,
		member{"tokenRefID", t.ref},
		member{"tokenExpiry", t.expiry.In(zone).Format("20060102150405")},
		member{"tokenState", state},
		member{"maskedPAN", pan[:6] + "******" + pan[len(pan)-4:]},
		member{"maskedToken", t.number.Reveal()[:4] + "***********" + t.number.Last4()},
	)
}

var zone = time.FixedZone("UTC+8", 8*60*60)

// sealForRequestor encrypts a field for the token requestor.
func (s *Server) sealForRequestor(profile unionpay.Profile, value issuing.Secret) issuing.Secret {
	key := s.keys.decrypt.private.Public()
	var sealed string
	var err error
	if profile == unionpay.ProfileU {
		sealed, err = sign.EncryptUMPS(key, []byte(value.Reveal()))
	} else {
		sealed, err = s.cfg.JWE.Encrypt(key, DecryptKeyID, []byte(value.Reveal()))
	}
	if err != nil {
		return issuing.Secret{}
	}
	return issuing.NewSecret(sealed)
}

// transitions are the states that each action starts from, and where it leads.
var transitions = map[unionpay.TokenAction]struct {
	from []unionpay.TokenState
	to   unionpay.TokenState
}{
	unionpay.ActionSuspend: {[]unionpay.TokenState{unionpay.TokenActive}, unionpay.TokenSuspended},
	unionpay.ActionResume:  {[]unionpay.TokenState{unionpay.TokenSuspended}, unionpay.TokenActive},
	unionpay.ActionDelete:  {[]unionpay.TokenState{unionpay.TokenActive, unionpay.TokenSuspended}, unionpay.TokenDeleted},
}

// move changes a token's state.
func (t *token) move(action unionpay.TokenAction) unionpay.Code {
	step, ok := transitions[action]
	switch {
	case !ok:
		return unionpay.CodeFormat
	case !slices.Contains(step.from, t.state()):
		return unionpay.CodeState
	}
	t.states = append(t.states, step.to)
	return unionpay.CodeApproved
}

// updateToken is TOKEN_STATE_UPDATE.
func (s *Server) updateToken(q *request) (unionpay.Code, string, any) {
	t, ok := s.tokens[keyOf(q.text("token"))]
	switch {
	case !ok || t.requestr != q.appID:
		return unionpay.CodeRecordNotFound, "", nil
	case t.deviceID != q.text("deviceID"):
		return unionpay.CodeInvalidDevice, "", nil
	}
	if code := t.move(unionpay.TokenAction(q.text("tokenAction"))); code != unionpay.CodeApproved {
		return code, "", nil
	}
	return unionpay.CodeApproved, "", fields{{"token", t.number}, {"tokenState", string(t.state())}}
}

// inquireToken is the token inquiry.
func (s *Server) inquireToken(q *request) (unionpay.Code, string, any) {
	var t *token
	switch {
	case q.text("token") != "":
		t = s.tokens[keyOf(q.text("token"))]
	case q.text("tokenRefID") != "":
		t = s.byRef[q.text("tokenRefID")]
	case q.text("originalMsgID") != "":
		t = s.byMsgID[q.appID+"/"+q.text("originalMsgID")]
	default:
		return unionpay.CodeFormat, "field token, tokenRefID or originalMsgID", nil
	}
	if t == nil || t.requestr != q.appID {
		return unionpay.CodeRecordNotFound, "", nil
	}
	if device := q.text("deviceID"); device != "" && device != t.deviceID {
		return unionpay.CodeInvalidDevice, "", nil
	}
	return unionpay.CodeApproved, "", s.tokenFields(q, t)
}

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

// Tokens returns all tokens, by reference.
func (s *Server) Tokens() []TokenRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []TokenRecord
	for _, ref := range slices.Sorted(maps.Keys(s.byRef)) {
		t := s.byRef[ref]
		r := TokenRecord{
			Token: t.number, RefID: t.ref, AppID: t.requestr, DeviceID: t.deviceID, MsgID: t.msgID,
			CardID: t.card.id, PushID: t.auth.pushID, States: slices.Clone(t.states), Expiry: t.expiry,
		}
		for _, u := range t.useCases {
			r.UseCases = append(r.UseCases, unionpay.UseCase(u))
		}
		out = append(out, r)
	}
	return out
}

// Check proves what must hold whatever happened: no authorization led to two
// tokens, every used authorization to one, no card has two live tokens of one
// requestor, every token's history follows the allowed transitions, and the
// issuer was told of every token once.
func (s *Server) Check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	perAuth, live := map[*authorization]int{}, map[string]int{}
	for _, t := range s.tokens {
		perAuth[t.auth]++
		if !t.state().Terminal() {
			live[t.requestr+"/"+t.card.id]++
		}
		for i := 1; i < len(t.states); i++ {
			if !allowed(t.states[i-1], t.states[i]) {
				return fmt.Errorf("unionpaytest: token %s moved from %s to %s", t.ref, t.states[i-1], t.states[i])
			}
		}
	}
	for _, a := range s.auths {
		if n := perAuth[a]; n > 1 || (a.used != (n == 1)) {
			return fmt.Errorf("unionpaytest: push %s led to %d tokens", a.pushID, n)
		}
	}
	for key, n := range live {
		if n > 1 {
			return fmt.Errorf("unionpaytest: %d live tokens for %s", n, key)
		}
	}
	told := map[string]int{}
	for _, n := range s.notices {
		told[n.RefID]++
	}
	for ref := range s.byRef {
		if told[ref] != 1 {
			return fmt.Errorf("unionpaytest: the issuer was told %d times of token %s", told[ref], ref)
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
