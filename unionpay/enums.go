package unionpay

import "slices"

// MessageType names a message: the msgType of its envelope, and the key of the
// per-message settings of [Config].
type MessageType string

// Messages from the token requestor to UnionPay. The ATM messages, KEY_EXCHANGE
// and the UMPS key messages carry published names; TOKEN_STATE_INQUIRY and
// ATM_CITY_AND_BANK_LIST_INQUIRY's fields are inferred. What UnionPay sends are the
// Event constants, which are message types as well.
const (
	MessageTypeATMFeedback        MessageType = "ATM_FEEDBACK_INFORM"              // fully documented
	MessageTypeATMList            MessageType = "ATM_LIST_INQUIRY"                 // documented in part
	MessageTypeATMNearby          MessageType = "NEARBY_ATM_INQUIRY"               // documented by purpose
	MessageTypeATMCitiesAndBanks  MessageType = "ATM_CITY_AND_BANK_LIST_INQUIRY"   // documented by purpose
	MessageTypeTokenRequest       MessageType = "TOKEN_REQUEST_WITH_AUTHORIZATION" // documented by name and flow
	MessageTypeTokenStateUpdate   MessageType = "TOKEN_STATE_UPDATE"               // documented by name
	MessageTypeTokenStateInquiry  MessageType = "TOKEN_STATE_INQUIRY"              // working name, not documented
	MessageTypeKeyExchange        MessageType = "KEY_EXCHANGE"                     // seen in gateway products
	MessageTypeKeyInquiryExchange MessageType = "KEY_INQUIRY_EXCHANGE"             // seen in the UMPS wallet interface
	MessageTypeKeyResetResult     MessageType = "KEY_RESET_RESULT"                 // seen in the UMPS wallet interface
)

// Known reports whether m is one of the constants, or of [EventTypes].
func (m MessageType) Known() bool {
	return slices.Contains([]MessageType{
		MessageTypeATMFeedback, MessageTypeATMList, MessageTypeATMNearby, MessageTypeATMCitiesAndBanks,
		MessageTypeTokenRequest, MessageTypeTokenStateUpdate, MessageTypeTokenStateInquiry, MessageTypeKeyExchange,
		MessageTypeKeyInquiryExchange, MessageTypeKeyResetResult,
	}, m) || slices.Contains(EventTypes(), string(m))
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

// known reports whether p is one of the constants.
func (p Profile) known() bool { return p == ProfileG || p == ProfileU }

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

// known reports whether s is one of the constants.
func (s Shape) known() bool { return s == ShapeDefault || s == ShapeFlat || s == ShapeEnveloped }

// BodyEncryption is whether a whole body is encrypted. The data services' pages
// ask for it while their tables show plain fields, so it is inferred.
type BodyEncryption int

// Body encryptions.
const (
	BodyEncryptionNone BodyEncryption = iota // the body is the JSON object; the default
	BodyEncryptionJWE                        // the body is a compact JWE of the JSON object
)

// known reports whether b is one of the constants.
func (b BodyEncryption) known() bool { return b == BodyEncryptionNone || b == BodyEncryptionJWE }

// ReportReason says what is wrong with an ATM's data. One digit.
type ReportReason string

// Reasons of ATM_FEEDBACK_INFORM. Further values may appear.
const (
	ReportReasonNoATM           ReportReason = "0" // there is no ATM at this address
	ReportReasonWrongBankOrCity ReportReason = "1" // the ATM belongs to another bank or city
	ReportReasonWrongAddress    ReportReason = "2" // the address is not accurate
	ReportReasonDuplicateOfOne  ReportReason = "3" // printed with the same text as 1
	ReportReasonNoChipCard      ReportReason = "4" // chip cards are not supported
	ReportReasonNewATM          ReportReason = "5" // a new ATM is at this address
	ReportReasonOther           ReportReason = "6" // others; see OtherReason
)

// Known reports whether the page of ATM_FEEDBACK_INFORM lists r.
func (r ReportReason) Known() bool {
	return slices.Contains([]ReportReason{
		ReportReasonNoATM, ReportReasonWrongBankOrCity, ReportReasonWrongAddress, ReportReasonDuplicateOfOne,
		ReportReasonNoChipCard, ReportReasonNewATM, ReportReasonOther,
	}, r)
}

// TokenState is the state of a token.
type TokenState string

// Token states.
const (
	TokenStateActive    TokenState = "ACTIVE"    // usable
	TokenStateSuspended TokenState = "SUSPENDED" // blocked, reversible
	TokenStateDeleted   TokenState = "DELETED"   // gone for good
)

// Known reports whether tokenState was seen with s.
func (s TokenState) Known() bool {
	return s == TokenStateActive || s == TokenStateSuspended || s == TokenStateDeleted
}

// Terminal reports whether the token can leave this state no more.
func (s TokenState) Terminal() bool { return s == TokenStateDeleted }

// TokenAction moves a token to another state. DELETE was seen; the spelling of
// the other two is inferred.
type TokenAction string

// Token actions.
const (
	TokenActionSuspend TokenAction = "SUSPEND" // ACTIVE to SUSPENDED
	TokenActionResume  TokenAction = "RESUME"  // SUSPENDED to ACTIVE
	TokenActionDelete  TokenAction = "DELETE"  // ACTIVE or SUSPENDED to DELETED
)

// Known reports whether a is DELETE, which was seen, or one of the inferred two.
func (a TokenAction) Known() bool {
	return a == TokenActionSuspend || a == TokenActionResume || a == TokenActionDelete
}

// transitions are where each action leads, and the states that it starts from.
var transitions = map[TokenAction]struct {
	from []TokenState
	to   TokenState
}{
	TokenActionSuspend: {from: []TokenState{TokenStateActive}, to: TokenStateSuspended},
	TokenActionResume:  {from: []TokenState{TokenStateSuspended}, to: TokenStateActive},
	TokenActionDelete:  {from: []TokenState{TokenStateActive, TokenStateSuspended}, to: TokenStateDeleted},
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

// Known reports whether useCaseIndicator was seen with u.
func (u UseCase) Known() bool {
	return slices.Contains([]UseCase{UseCaseQRC, UseCaseHCE, UseCaseSE, UseCaseCOF}, u)
}

// CaptureMethod is how card data came into the app.
type CaptureMethod string

// Capture methods.
const (
	CaptureMethodManual  CaptureMethod = "MANUAL"  // keyed in
	CaptureMethodNFC     CaptureMethod = "NFC"     // read over NFC
	CaptureMethodCamera  CaptureMethod = "CAMERA"  // photographed
	CaptureMethodUnknown CaptureMethod = "UNKNOWN" // not known, as in a push by the issuer
)

// Known reports whether captureMethod of riskInfo was seen with m.
func (m CaptureMethod) Known() bool {
	return slices.Contains([]CaptureMethod{
		CaptureMethodManual, CaptureMethodNFC, CaptureMethodCamera, CaptureMethodUnknown,
	}, m)
}

// CardType is the kind of the card behind a token.
type CardType string

// Card types.
const (
	CardTypeDebit   CardType = "Debit Card"  // debit
	CardTypeCredit  CardType = "Credit Card" // credit
	CardTypePrepaid CardType = "Prepay Card" // prepaid
)

// Known reports whether cardType was seen with t.
func (t CardType) Known() bool {
	return t == CardTypeDebit || t == CardTypeCredit || t == CardTypePrepaid
}
