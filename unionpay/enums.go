package unionpay

import "slices"

// MessageType names a message: the msgType of its envelope, and the key of the
// per-message settings of [Config].
type MessageType string

// Messages from the token requestor to UnionPay. The ATM messages, KEY_EXCHANGE
// and the UMPS key messages carry published names; TOKEN_STATE_INQUIRY and
// ATM_CITY_AND_BANK_LIST_INQUIRY's fields are inferred.
const (
	MessageATMFeedback            MessageType = "ATM_FEEDBACK_INFORM"              // fully documented
	MessageATMList                MessageType = "ATM_LIST_INQUIRY"                 // documented in part
	MessageATMNearby              MessageType = "NEARBY_ATM_INQUIRY"               // documented by purpose
	MessageATMCityBank            MessageType = "ATM_CITY_AND_BANK_LIST_INQUIRY"   // documented by purpose
	MessageTokenRequest           MessageType = "TOKEN_REQUEST_WITH_AUTHORIZATION" // documented by name and flow
	MessageTokenStateUpdate       MessageType = "TOKEN_STATE_UPDATE"               // documented by name
	MessageTokenStateInquiry      MessageType = "TOKEN_STATE_INQUIRY"              // working name, not documented
	MessageKeyExchange            MessageType = "KEY_EXCHANGE"                     // seen in gateway products
	MessageKeyInquiryExchange     MessageType = "KEY_INQUIRY_EXCHANGE"             // seen in the UMPS wallet interface
	MessageKeyResetResult         MessageType = "KEY_RESET_RESULT"                 // seen in the UMPS wallet interface
	MessageTokenStateNotification MessageType = "TOKEN_STATE_NOTIFICATION"         // UnionPay to us: [TokenStateChanged]
	MessageTrxStatusNotification  MessageType = "TRX_STATUS_NOTIFICATION"          // UnionPay to us: [TransactionReported]
	MessageGetUserID              MessageType = "GET_USER_ID"                      // UnionPay to us: [UserIDRequested]
)

// Known reports whether m is one of the constants.
func (m MessageType) Known() bool {
	return slices.Contains([]MessageType{
		MessageATMFeedback, MessageATMList, MessageATMNearby, MessageATMCityBank, MessageTokenRequest,
		MessageTokenStateUpdate, MessageTokenStateInquiry, MessageKeyExchange, MessageKeyInquiryExchange,
		MessageKeyResetResult, MessageTokenStateNotification, MessageTrxStatusNotification, MessageGetUserID,
	}, m)
}

// Profile is how a message is authenticated. Which one a CAMS token requestor
// uses is inferred: page 112 points to UMPS for wallets, the general security
// page to the gateway.
type Profile int

// Security profiles.
const (
	ProfileG Profile = iota // API gateway: UPI-JWS header, JWE fields; the default
	ProfileU                // UMPS wallet interface: signature in the body, RSA fields
)

// Known reports whether p is one of the constants.
func (p Profile) Known() bool { return p == ProfileG || p == ProfileU }

// String returns G or U.
func (p Profile) String() string { return map[Profile]string{ProfileG: "G", ProfileU: "U"}[p] }

// Shape is how a message's fields are arranged.
type Shape int

// Shapes. The zero Shape takes the reference's default of the message: flat for
// the ATM messages, as their pages show, enveloped for the others.
const (
	ShapeDefault   Shape = iota // the message's own
	ShapeFlat                   // business fields at the top level
	ShapeEnveloped              // msgInfo and trxInfo
)

// Known reports whether s is one of the constants.
func (s Shape) Known() bool { return s == ShapeDefault || s == ShapeFlat || s == ShapeEnveloped }

// BodyEncryption is whether a whole body is encrypted. The data services' pages
// ask for it while their tables show plain fields, so it is inferred.
type BodyEncryption int

// Body encryptions.
const (
	BodyPlain BodyEncryption = iota // the body is the JSON object; the default
	BodyJWE                         // the body is a compact JWE of the JSON object
)

// Known reports whether b is one of the constants.
func (b BodyEncryption) Known() bool { return b == BodyPlain || b == BodyJWE }

// ReportReason says what is wrong with an ATM's data. One digit.
type ReportReason string

// Reasons of ATM_FEEDBACK_INFORM. Further values may appear.
const (
	ReasonNoATM           ReportReason = "0" // there is no ATM at this address
	ReasonWrongBankOrCity ReportReason = "1" // the ATM belongs to another bank or city
	ReasonWrongAddress    ReportReason = "2" // the address is not accurate
	ReasonDuplicateOfOne  ReportReason = "3" // printed with the same text as 1
	ReasonNoChipCard      ReportReason = "4" // chip cards are not supported
	ReasonNewATM          ReportReason = "5" // a new ATM is at this address
	ReasonOther           ReportReason = "6" // others; see OtherReason
)

// Known reports whether the feedback page lists r.
func (r ReportReason) Known() bool {
	return slices.Contains([]ReportReason{
		ReasonNoATM, ReasonWrongBankOrCity, ReasonWrongAddress, ReasonDuplicateOfOne, ReasonNoChipCard, ReasonNewATM,
		ReasonOther,
	}, r)
}

// TokenState is the state of a token.
type TokenState string

// Token states.
const (
	TokenActive    TokenState = "ACTIVE"    // usable
	TokenSuspended TokenState = "SUSPENDED" // blocked, reversible
	TokenDeleted   TokenState = "DELETED"   // gone for good
)

// Known reports whether s was seen when this version was released.
func (s TokenState) Known() bool { return s == TokenActive || s == TokenSuspended || s == TokenDeleted }

// Terminal reports whether the token can leave this state no more.
func (s TokenState) Terminal() bool { return s == TokenDeleted }

// TokenAction moves a token to another state. DELETE was seen; the spelling of
// the other two is inferred.
type TokenAction string

// Token actions.
const (
	ActionSuspend TokenAction = "SUSPEND" // ACTIVE to SUSPENDED
	ActionResume  TokenAction = "RESUME"  // SUSPENDED to ACTIVE
	ActionDelete  TokenAction = "DELETE"  // ACTIVE or SUSPENDED to DELETED
)

// Known reports whether a is one of the constants.
func (a TokenAction) Known() bool {
	return a == ActionSuspend || a == ActionResume || a == ActionDelete
}

// goal returns the state that the action leads to, "" for an unknown action.
func (a TokenAction) goal() TokenState {
	return map[TokenAction]TokenState{
		ActionSuspend: TokenSuspended, ActionResume: TokenActive, ActionDelete: TokenDeleted,
	}[a]
}

// origins returns the states that the action starts from.
func (a TokenAction) origins() []TokenState {
	return map[TokenAction][]TokenState{
		ActionSuspend: {TokenActive}, ActionResume: {TokenSuspended}, ActionDelete: {TokenActive, TokenSuspended},
	}[a]
}

// UseCase is what a token is for.
type UseCase string

// Use cases of useCaseIndicator.
const (
	UseCaseQRC UseCase = "QRC" // QR code
	UseCaseHCE UseCase = "HCE" // host card emulation
	UseCaseSE  UseCase = "SE"  // secure element
	UseCaseCOF UseCase = "COF" // card on file; merchants
)

// Known reports whether u was seen when this version was released.
func (u UseCase) Known() bool {
	return slices.Contains([]UseCase{UseCaseQRC, UseCaseHCE, UseCaseSE, UseCaseCOF}, u)
}

// CaptureMethod is how card data came into the app.
type CaptureMethod string

// Capture methods.
const (
	CaptureManual  CaptureMethod = "MANUAL"  // keyed in
	CaptureNFC     CaptureMethod = "NFC"     // read over NFC
	CaptureCamera  CaptureMethod = "CAMERA"  // photographed
	CaptureUnknown CaptureMethod = "UNKNOWN" // not known, as in a push by the issuer
)

// Known reports whether m was seen when this version was released.
func (m CaptureMethod) Known() bool {
	return slices.Contains([]CaptureMethod{CaptureManual, CaptureNFC, CaptureCamera, CaptureUnknown}, m)
}

// CardType is the kind of the card behind a token.
type CardType string

// Card types.
const (
	CardTypeDebit   CardType = "Debit Card"  // debit
	CardTypeCredit  CardType = "Credit Card" // credit
	CardTypePrepaid CardType = "Prepay Card" // prepaid
)

// Known reports whether t was seen when this version was released.
func (t CardType) Known() bool {
	return t == CardTypeDebit || t == CardTypeCredit || t == CardTypePrepaid
}
