package unionpay

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TokenService requests tokens with an issuer's authorization, moves them between
// states and asks for them.
type TokenService struct{ c *Client }

// TokenRequest asks UnionPay for the token that an issuer's app has pushed. The
// message's name and place in the flow are published, its table is not: the
// fields are modelled on UMPS TOKEN_REQUEST, and authorizationData and issuerID
// are invented names that Config.FieldNames changes.
type TokenRequest struct {
	// DeviceID is the device, ANS 1-64. Required for wallets, which is everyone
	// whose only use case is not COF.
	DeviceID string `json:"deviceID,omitzero"`
	// IssuerID is the issuer that pushed, AN 1-16; from the link. Optional.
	IssuerID string `json:"issuerID,omitzero"`
	// AuthorizationData is the issuer's payload from Linking Card, unchanged. It
	// is encrypted for UnionPay, not for the token requestor. Required unless
	// Config.OptionalFields says otherwise; Config.AuthorizationForm says how it is written.
	AuthorizationData issuing.Secret `json:"authorizationData,omitzero"`
	// PAN is the card number, up to 40 letters and digits, only when the token
	// requestor itself got it: not in the push flow. It is sent encrypted.
	PAN issuing.Secret `json:"pan,omitzero"`
	// ExpiryDate is the card's, MM/YY, 5 characters; beside PAN. Optional.
	ExpiryDate string `json:"expiryDate,omitzero"`
	// CVM is verification data. It is sent encrypted. Optional.
	CVM []CVM `json:"cvm,omitempty"`
	// UseCases is what the token is for; merchants use COF. Optional.
	UseCases []UseCase `json:"useCaseIndicator,omitempty"`
	// HCEInfo is for HCE wallets only.
	HCEInfo *HCEInfo `json:"hceInfo,omitempty"`
	// UserID is the token requestor's own id of the user, ANS 1-64. Optional.
	UserID string `json:"userID,omitzero"`
	// RiskInfo helps the issuer decide. Optional.
	RiskInfo *RiskInfo `json:"riskInfo,omitempty"`

	Extra map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r TokenRequest) validate(p *check.Problems) {
	merchant := len(r.UseCases) > 0
	for _, u := range r.UseCases {
		merchant = merchant && u == UseCaseCOF
		p.Listed("useCaseIndicator", string(u), u.Known())
	}
	if merchant {
		optionalANS(p, "deviceID", r.DeviceID, 64)
	} else {
		requiredANS(p, "deviceID", r.DeviceID, 64)
	}
	optionalAN(p, "issuerID", r.IssuerID, 16)
	p.Required("authorizationData", !r.AuthorizationData.IsZero())
	optionalText(p, "authorizationData", r.AuthorizationData.Reveal(), maxAuthorization)
	optionalAN(p, "pan", r.PAN.Reveal(), 40)
	if r.ExpiryDate != "" && !monthYear(r.ExpiryDate) {
		p.Add("expiryDate", "is not of the form MM/YY")
	}
	for i := range r.CVM {
		r.CVM[i].validate(p)
	}
	optionalANS(p, "userID", r.UserID, 64)
	if r.RiskInfo != nil {
		r.RiskInfo.validate(p)
	}
}

func (r TokenRequest) facts(f *facts) {
	f.Detail("deviceID", r.DeviceID)
	f.Detail("issuerID", r.IssuerID)
}

// maxAuthorization bounds the issuer's payload, which arrived in a link of at
// most 8 KiB.
const maxAuthorization = maxLink

func monthYear(s string) bool {
	return len(s) == 5 && s[2] == '/' && strings.Trim(s[:2]+s[3:], "0123456789") == "" && s[:2] >= "01" && s[:2] <= "12"
}

// CVM is cardholder verification data. The whole array is sent encrypted.
type CVM struct {
	ExpiryDate string           `json:"expiryDate,omitzero"` // MM/YY, 5 characters
	CVN2       issuing.Secret   `json:"cvn2,omitzero"`       // 3 digits
	Name       issuing.Personal `json:"name,omitzero"`       // cardholder's name
	IDType     string           `json:"idType,omitzero"`     // kind of identity document; values not published
	IDNo       issuing.Secret   `json:"idNo,omitzero"`       // identity document's number
	MobileNo   issuing.Personal `json:"mobileNo,omitzero"`   // country code, hyphen, number
	OTP        issuing.Secret   `json:"otp,omitzero"`        // one-time password
}

func (v CVM) validate(p *check.Problems) {
	if v.ExpiryDate != "" && !monthYear(v.ExpiryDate) {
		p.Add("cvm.expiryDate", "is not of the form MM/YY")
	}
	if !v.CVN2.IsZero() {
		p.Digits("cvm.cvn2", v.CVN2, 3, 3)
	}
	optionalText(p, "cvm.name", string(v.Name), 255)
	optionalText(p, "cvm.idType", v.IDType, 64)
	optionalText(p, "cvm.idNo", v.IDNo.Reveal(), 64)
	optionalPhone(p, "cvm.mobileNo", v.MobileNo)
	optionalText(p, "cvm.otp", v.OTP.Reveal(), 64)
}

// HCEInfo is what HCE wallets send. The contents are the wallet SDK's.
type HCEInfo struct {
	SDKProperties issuing.Secret `json:"sdkProperties,omitzero"` // opaque text of the wallet SDK
	CardInfo      issuing.Secret `json:"cardInfo,omitzero"`      // opaque text of the wallet SDK
}

// RiskInfo helps the issuer decide.
type RiskInfo struct {
	GPS              string           `json:"gps,omitzero"`              // signed latitude/signed longitude; 1-64
	SIMCards         []string         `json:"simCard,omitempty"`         // SIM numbers; at most 200
	AppUserID        string           `json:"appUserID,omitzero"`        // 1-64
	UserEnrolDate    EnrolDate        `json:"usrEnrolDate,omitzero"`     // when the user enrolled; sent as YYMMDD
	CaptureMethod    CaptureMethod    `json:"captureMethod,omitzero"`    // 1-64
	IPAddress        string           `json:"ipAddress,omitzero"`        // 1-64
	ReservedMobileNo issuing.Personal `json:"reservedMobileNo,omitzero"` // 82-1000000000: country code, hyphen, number; 1-25
	DeviceType       string           `json:"deviceType,omitzero"`       // 1-20
	DeviceScore      string           `json:"deviceScore,omitzero"`      // 1 digit
}

// EnrolDate is a date that goes on the wire as YYMMDD.
type EnrolDate issuing.Date

// IsZero reports whether the date is unset.
func (d EnrolDate) IsZero() bool { return issuing.Date(d).IsZero() }

// MarshalText returns YYMMDD. A date that does not exist is an error, and so is one
// before 1969 or after 2068, which two digits of the year do not tell.
func (d EnrolDate) MarshalText() ([]byte, error) {
	text := issuing.Date(d).Format("060102")
	if read, err := time.Parse("060102", text); d != "" && (err != nil || issuing.DateOf(read) != issuing.Date(d)) {
		return nil, errors.New("date: has no form YYMMDD")
	}
	return []byte(text), nil
}

// UnmarshalText reads YYMMDD and what [issuing.ParseDate] reads; empty text is unset.
func (d *EnrolDate) UnmarshalText(text []byte) error {
	if t, err := time.Parse("060102", string(text)); err == nil {
		*d = EnrolDate(issuing.DateOf(t))
		return nil
	}
	return (*issuing.Date)(d).UnmarshalText(text)
}

func (r RiskInfo) validate(p *check.Problems) {
	optionalANS(p, "riskInfo.gps", r.GPS, 64)
	if len(r.SIMCards) > 200 {
		p.Add("riskInfo.simCard", "has %d entries, at most 200 are allowed", len(r.SIMCards))
	}
	for _, n := range r.SIMCards {
		text(p, "riskInfo.simCard", n, 64)
	}
	optionalANS(p, "riskInfo.appUserID", r.AppUserID, 64)
	p.Date("riskInfo.usrEnrolDate", issuing.Date(r.UserEnrolDate))
	optionalANS(p, "riskInfo.captureMethod", string(r.CaptureMethod), 64)
	optionalANS(p, "riskInfo.ipAddress", r.IPAddress, 64)
	p.Listed("riskInfo.captureMethod", string(r.CaptureMethod), r.CaptureMethod.Known())
	optionalPhone(p, "riskInfo.reservedMobileNo", r.ReservedMobileNo)
	optionalANS(p, "riskInfo.deviceType", r.DeviceType, 20)
	if r.DeviceScore != "" {
		digits(p, "riskInfo.deviceScore", r.DeviceScore, 1)
	}
}

// Token is a payment token and what is told of the card behind it.
type Token struct {
	DeviceID    string         `json:"deviceID"`                    // the device it is bound to
	Token       issuing.Secret `json:"token"`                       // 16 to 19 digits
	RefID       string         `json:"tokenRefID"`                  // reference for later messages
	Expiry      TokenExpiry    `json:"tokenExpiry"`                 // see TokenExpiry.Time
	State       TokenState     `json:"tokenState"`                  // ACTIVE after the request
	MaskedPAN   string         `json:"maskedPAN"`                   // for the user, such as 625094******0004
	MaskedToken string         `json:"maskedToken"`                 // for the user
	PAR         issuing.Secret `json:"par"`                         // payment account reference
	EnrolID     string         `json:"enrolID"`                     // enrolment id
	CardFaceID  string         `json:"cardFaceID"`                  // card art id, AN 1-6
	CardType    CardType       `json:"cardType"`                    // debit, credit, prepaid
	CardMedium  string         `json:"cardMed"`                     // card medium
	Extra       Extra          `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// incomplete: for tokens 00 alone may mean no more than "received".
func (t *Token) incomplete() bool { return !isToken(t.Token.Reveal()) }

// isToken reports whether a text has the form of a token, N 16-19.
func isToken(v string) bool {
	return len(v) >= 16 && len(v) <= 19 && strings.Trim(v, "0123456789") == ""
}

// Request asks for the token that an issuer pushed
// (TOKEN_REQUEST_WITH_AUTHORIZATION).
//
// The call's msgID is that of issuing.WithIdempotencyKey, 17 to 49 letters and
// digits, or a new one; store it before the call, so that a crash leaves a
// question and not a gap. CallInfo.Key and Error.Key hold it.
//
// Codes: [CodeTokenAlreadyIssued], [CodeEnrolmentTimeout], [CodeIssuerRefused],
// [CodeCardLost], [CodeCardStolen], [CodeCardExpired], [CodeRestrictedCard].
//
// Safety: once. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle]: where
// UnionPay has agreed an inquiry, the msgID tells whether there is a token, and which.
// Without an inquiry the outcome stays open: wait for [TokenStateChanged], or request again
// with the same AuthorizationData: UnionPay answers a token that exists with
// issuing.ErrDuplicate.
func (s *TokenService) Request(ctx context.Context, req TokenRequest, opts ...issuing.CallOption) (*Token, error) {
	return call[Token](ctx, s.c, opTokenRequest, req, opts)
}

// UpdateStateRequest moves a token to another state.
type UpdateStateRequest struct {
	DeviceID string         `json:"deviceID,omitzero"` // the device the token is bound to; ANS 1-64; required
	Token    issuing.Secret `json:"token"`             // 16 to 19 digits; required
	Action   TokenAction    `json:"tokenAction"`       // SUSPEND, RESUME or DELETE; ANS 1-50; required
	EnrolID  string         `json:"enrolID,omitzero"`  // seen beside the others; optional

	Extra map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r UpdateStateRequest) validate(p *check.Problems) {
	requiredANS(p, "deviceID", r.DeviceID, 64)
	p.Digits("token", r.Token, 16, 19)
	requiredANS(p, "tokenAction", string(r.Action), maxAction)
	p.Listed("tokenAction", string(r.Action), r.Action.Known())
	optionalANS(p, "enrolID", r.EnrolID, 64)
}

// facts names the token as a secret: a pending holds its digest alone.
func (r UpdateStateRequest) facts(f *facts) {
	f.Reference = r.Token
	f.Detail("deviceID", r.DeviceID)
	f.Detail("tokenAction", string(r.Action))
}

// TokenChange is a token's state after an update.
type TokenChange struct {
	Token issuing.Secret `json:"token"`                       // 16 to 19 digits; may be missing
	State TokenState     `json:"tokenState"`                  // after the update
	Extra Extra          `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

func (t *TokenChange) incomplete() bool {
	return t.State == "" || len(t.State) > maxState || !t.Token.IsZero() && !isToken(t.Token.Reveal())
}

// TokenRef names a token on its device for a change of its state. What else such a
// message may need goes with [TokenService.UpdateState].
type TokenRef struct {
	DeviceID string         // the device the token is bound to; ANS 1-64; required
	Token    issuing.Secret // 16 to 19 digits; required
	EnrolID  string         // Token.EnrolID; seen beside the others; optional
}

func (r TokenRef) to(action TokenAction) UpdateStateRequest {
	return UpdateStateRequest{DeviceID: r.DeviceID, Token: r.Token, Action: action, EnrolID: r.EnrolID}
}

// Suspend blocks an active token until [TokenService.Resume] (TOKEN_STATE_UPDATE,
// SUSPEND). It is [TokenService.UpdateState], also to hooks and errors, with its
// codes.
//
// Safety: that of UpdateState.
func (s *TokenService) Suspend(ctx context.Context, token TokenRef, opts ...issuing.CallOption) (*TokenChange, error) {
	return s.UpdateState(ctx, token.to(TokenActionSuspend), opts...)
}

// Resume makes a suspended token active again (TOKEN_STATE_UPDATE, RESUME). It is
// [TokenService.UpdateState], also to hooks and errors, with its codes.
//
// Safety: that of UpdateState.
func (s *TokenService) Resume(ctx context.Context, token TokenRef, opts ...issuing.CallOption) (*TokenChange, error) {
	return s.UpdateState(ctx, token.to(TokenActionResume), opts...)
}

// Delete ends an active or suspended token for good (TOKEN_STATE_UPDATE, DELETE).
// It is [TokenService.UpdateState], also to hooks and errors, with its codes.
//
// Safety: that of UpdateState.
func (s *TokenService) Delete(ctx context.Context, token TokenRef, opts ...issuing.CallOption) (*TokenChange, error) {
	return s.UpdateState(ctx, token.to(TokenActionDelete), opts...)
}

// UpdateState suspends, resumes or deletes a token, or with Config.Values takes another
// action that UnionPay agrees to (TOKEN_STATE_UPDATE). CAMS puts this into the issuer's app; a
// refusal such as [CodeNotPermitted] is to be expected.
//
// The call's msgID is that of issuing.WithIdempotencyKey, 17 to 49 letters and
// digits, or a new one.
//
// Codes: [CodeRecordNotFound], [CodeInvalidDevice], [CodeState].
//
// Safety: checked where the inquiry's path is configured: after an attempt that
// may have arrived the token is read, and only one that has not moved is updated
// again, under the same msgID. Otherwise once. On issuing.ErrOutcomeUnknown give the
// pending to [Client.Settle] with issuing.WithReference(req.Token): where there is an
// inquiry, a token in the state that was asked for is done, whoever moved it, and one in a
// state to start from absent. Without one, wait for [TokenStateChanged].
func (s *TokenService) UpdateState(
	ctx context.Context, req UpdateStateRequest, opts ...issuing.CallOption,
) (*TokenChange, error) {
	if !s.c.inquires() {
		return call[TokenChange](ctx, s.c, opTokenUpdate, req, opts)
	}
	return looked(ctx, s.c, opTokenUpdate, req, s.moved, opts)
}

var (
	// errElsewhere is a token whose state does not tell what became of an update.
	errElsewhere = errors.New("the token's state does not tell")
	// errOtherToken is an answer that must not settle anything.
	errOtherToken = errors.New("the answer is about another token")
)

// moved reads the token after an update that may have arrived: in the state that
// was asked for it has moved, in one to start from it has not. Nothing is asked for an
// action of which the goal is not known.
func (s *TokenService) moved(ctx context.Context, w sought) (*TokenChange, error) {
	step, known := transitions[TokenAction(w.Details["tokenAction"])]
	if !known {
		return nil, errElsewhere
	}
	token, err := s.Token(ctx, TokenQuery{Token: w.Reference, DeviceID: w.Details["deviceID"]})
	switch {
	case err != nil:
		return nil, err
	case !token.Token.Equal(w.Reference):
		return nil, errOtherToken
	case token.State == step.to:
		return &TokenChange{Token: token.Token, State: token.State}, nil
	case slices.Contains(step.from, token.State):
		return nil, nil
	}
	return nil, errElsewhere
}

// requested reads the token that a request led to. Only the code for a record that is not
// there says that there is none: an address that is not there says nothing.
func (s *TokenService) requested(ctx context.Context, w sought) (*Token, error) {
	token, err := s.TokenByRequest(ctx, w.Key)
	switch device := w.Details["deviceID"]; {
	case errors.Is(err, CodeRecordNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case device != "" && token.DeviceID != "" && token.DeviceID != device:
		return nil, errOtherToken
	}
	return token, nil
}

// TokenQuery names a token for the inquiry, which is not documented for token
// requestors: its name and members are inferred.
type TokenQuery struct {
	DeviceID      string         `json:"deviceID,omitzero"`      // ANS 1-64; optional
	Token         issuing.Secret `json:"token,omitzero"`         // 16 to 19 digits
	RefID         string         `json:"tokenRefID,omitzero"`    // Token.RefID
	OriginalMsgID string         `json:"originalMsgID,omitzero"` // msgID of the token request; an invented name

	Extra map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (q TokenQuery) validate(p *check.Problems) {
	p.OneOf("token, tokenRefID, originalMsgID", q.Token.Reveal(), q.RefID, q.OriginalMsgID)
	optionalANS(p, "deviceID", q.DeviceID, 64)
	if !q.Token.IsZero() {
		p.Digits("token", q.Token, 16, 19)
	}
	optionalText(p, "tokenRefID", q.RefID, 64)
	if q.OriginalMsgID != "" && !validMsgID(q.OriginalMsgID) {
		p.Add("originalMsgID", "needs %d to %d letters and digits", minMsgID, maxMsgID)
	}
}

// Token reads a token. The inquiry is not documented for token requestors: it is
// off until Config.Paths names it. A query by OriginalMsgID alone is
// Tokens.TokenByRequest to hooks and errors.
//
// Codes: [CodeRecordNotFound].
//
// Safety: read.
func (s *TokenService) Token(ctx context.Context, query TokenQuery, opts ...issuing.CallOption) (*Token, error) {
	o := opTokenInquiry
	if query.OriginalMsgID != "" && query.Token.IsZero() && query.RefID == "" {
		o = opTokenByRequest
	}
	return call[Token](ctx, s.c, o, query, opts)
}

// TokenByRequest reads the token that a request with this msgID, 17 to 49 letters and
// digits, led to. It settles an issuing.ErrOutcomeUnknown of [TokenService.Request], whose Key is the
// msgID. issuing.ErrNotFound means that the request was not carried out; shortly
// after a request whose connection broke, it may still be on its way.
//
// Safety: read.
func (s *TokenService) TokenByRequest(ctx context.Context, msgID string, opts ...issuing.CallOption) (*Token, error) {
	return call[Token](ctx, s.c, opTokenByRequest, TokenQuery{OriginalMsgID: msgID}, opts)
}

// TokenExpiry is a token's expiry as UnionPay writes it. Sources show 12 and 14
// digits, so the text is kept.
type TokenExpiry string

// Time reads YYYYMMDDhhmmss, YYMMDDhhmmss, MM/YY and four digits (MMYY, or YYMM
// where the first two are no month) in zone; nil is UTC+8. A month stands for
// its last second. Years of two digits are of this century.
func (e TokenExpiry) Time(zone *time.Location) (time.Time, bool) {
	zone = cmp.Or(zone, defaultZone)
	s := string(e)
	if len(s) == 12 {
		s = "20" + s
	}
	if len(s) == 14 {
		t, err := time.ParseInLocation(timeStampLayout, s, zone)
		return t, err == nil
	}
	if len(s) == 5 && s[2] == '/' {
		s = s[:2] + s[3:]
	}
	if len(s) != 4 || strings.Trim(s, "0123456789") != "" {
		return time.Time{}, false
	}
	month, year := s[:2], s[2:]
	if month < "01" || month > "12" {
		month, year = year, month
	}
	t, err := time.ParseInLocation("200601", "20"+year+month, zone)
	return t.AddDate(0, 1, 0).Add(-time.Second), err == nil
}
