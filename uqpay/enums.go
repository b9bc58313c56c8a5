package uqpay

import (
	"slices"
	"strings"
)

// oneOf reports whether v is among the values.
func oneOf[T comparable](v T, values ...T) bool { return slices.Contains(values, v) }

// CardholderStatus is how far a cardholder has got.
type CardholderStatus string

// Cardholder statuses.
const (
	CardholderStatusPending    CardholderStatus = "PENDING"    // identity verification is under way
	CardholderStatusSuccess    CardholderStatus = "SUCCESS"    // cards can be issued
	CardholderStatusIncomplete CardholderStatus = "INCOMPLETE" // more data or a verification is needed
	CardholderStatusFailed     CardholderStatus = "FAILED"     // rejected
)

// Known reports whether the cardholder pages list s.
func (s CardholderStatus) Known() bool {
	return oneOf(s, CardholderStatusPending, CardholderStatusSuccess, CardholderStatusIncomplete,
		CardholderStatusFailed)
}

// Terminal reports whether no more is expected without a further call.
func (s CardholderStatus) Terminal() bool {
	return oneOf(s, CardholderStatusSuccess, CardholderStatusFailed)
}

// Gender of a cardholder.
type Gender string

// Genders. The issuing pages list the first two.
const (
	GenderMale   Gender = "MALE"   // male
	GenderFemale Gender = "FEMALE" // female
	GenderOther  Gender = "OTHER"  // found in one of UQPAY's libraries only
)

// Known reports whether the cardholder pages or UQPAY's libraries list g.
func (g Gender) Known() bool { return g == GenderMale || g == GenderFemale || g == GenderOther }

// IdentityType is the kind of an identity document.
type IdentityType string

// Identity document types.
const (
	IdentityTypeIDCard   IdentityType = "ID_CARD"  // needs front and back
	IdentityTypePassport IdentityType = "PASSPORT" // needs the front
)

// Known reports whether the cardholder pages list t.
func (t IdentityType) Known() bool { return t == IdentityTypeIDCard || t == IdentityTypePassport }

// DocumentType is the file format of a cardholder's document.
type DocumentType string

// Document formats.
const (
	DocumentTypePDF  DocumentType = "pdf"  // PDF
	DocumentTypePNG  DocumentType = "png"  // PNG
	DocumentTypeJPG  DocumentType = "jpg"  // JPEG
	DocumentTypeJPEG DocumentType = "jpeg" // JPEG
)

// Known reports whether the cardholder pages list t.
func (t DocumentType) Known() bool {
	return oneOf(t, DocumentTypePDF, DocumentTypePNG, DocumentTypeJPG, DocumentTypeJPEG)
}

// KYCMethod is how an identity is verified.
type KYCMethod string

// KYC methods.
const (
	KYCMethodThirdParty     KYCMethod = "THIRD_PARTY"     // proof of a verification that was done elsewhere
	KYCMethodSumsubRedirect KYCMethod = "SUMSUB_REDIRECT" // the cardholder follows a link
)

// Known reports whether the cardholder pages list m.
func (m KYCMethod) Known() bool { return m == KYCMethodThirdParty || m == KYCMethodSumsubRedirect }

// KYCProvider is who verified an identity elsewhere.
type KYCProvider string

// KYC providers.
const (
	KYCProviderSumsub  KYCProvider = "SUMSUB"  // Sumsub
	KYCProviderMyInfo  KYCProvider = "MYINFO"  // Singapore's MyInfo
	KYCProviderJumio   KYCProvider = "JUMIO"   // Jumio
	KYCProviderDidit   KYCProvider = "DIDIT"   // Didit
	KYCProviderShufti  KYCProvider = "SHUFTI"  // Shufti
	KYCProviderRegtank KYCProvider = "REGTANK" // RegTank
)

// Known reports whether the cardholder pages list p.
func (p KYCProvider) Known() bool {
	return oneOf(p, KYCProviderSumsub, KYCProviderMyInfo, KYCProviderJumio, KYCProviderDidit, KYCProviderShufti,
		KYCProviderRegtank)
}

// KYCLevel is how much a product wants to know of a cardholder.
type KYCLevel string

// KYC levels.
const (
	KYCLevelSimplified KYCLevel = "SIMPLIFIED" // the five basic fields; done at once
	KYCLevelStandard   KYCLevel = "STANDARD"   // also nationality, identity and address; reviewed
	KYCLevelEnhanced   KYCLevel = "ENHANCED"   // also a verification
)

// Known reports whether the product page lists l.
func (l KYCLevel) Known() bool {
	return l == KYCLevelSimplified || l == KYCLevelStandard || l == KYCLevelEnhanced
}

// IDVStatus is the state of an identity verification.
type IDVStatus string

// Verification states.
const (
	IDVStatusPending IDVStatus = "PENDING" // under way
	IDVStatusPassed  IDVStatus = "PASSED"  // passed
	IDVStatusFailed  IDVStatus = "FAILED"  // failed
)

// Known reports whether the cardholder pages list s.
func (s IDVStatus) Known() bool {
	return s == IDVStatusPending || s == IDVStatusPassed || s == IDVStatusFailed
}

// Terminal reports whether the verification has ended.
func (s IDVStatus) Terminal() bool { return s == IDVStatusPassed || s == IDVStatusFailed }

// CardStatus is the life cycle of a card. The platform's list is open.
type CardStatus string

// Card statuses.
const (
	CardStatusPending   CardStatus = "PENDING"    // being created, or physical and not activated
	CardStatusActive    CardStatus = "ACTIVE"     // usable
	CardStatusFrozen    CardStatus = "FROZEN"     // all authorizations are declined; reversible
	CardStatusBlocked   CardStatus = "BLOCKED"    // blocked by UQPAY, which alone can lift it
	CardStatusPreCancel CardStatus = "PRE_CANCEL" // cancelled; open authorizations still settle
	CardStatusCancelled CardStatus = "CANCELLED"  // after the waiting period; final
	CardStatusLost      CardStatus = "LOST"       // listed without an explanation
	CardStatusStolen    CardStatus = "STOLEN"     // listed without an explanation
	CardStatusFailed    CardStatus = "FAILED"     // creation failed; final
)

// Known reports whether the card pages list s.
func (s CardStatus) Known() bool {
	return oneOf(s, CardStatusPending, CardStatusActive, CardStatusFrozen, CardStatusBlocked,
		CardStatusPreCancel, CardStatusCancelled, CardStatusLost, CardStatusStolen, CardStatusFailed)
}

// Terminal reports whether the card can leave this status no more.
func (s CardStatus) Terminal() bool { return s == CardStatusCancelled || s == CardStatusFailed }

// OrderStatus is the state of an asynchronous operation. Events write it in
// lower case too; [OrderStatus.Normal] makes both the same.
type OrderStatus string

// Order statuses.
const (
	OrderStatusPending    OrderStatus = "PENDING"    // received
	OrderStatusProcessing OrderStatus = "PROCESSING" // under way
	OrderStatusSuccess    OrderStatus = "SUCCESS"    // carried out; final
	OrderStatusFailed     OrderStatus = "FAILED"     // not carried out; final
)

// Normal returns the status in upper case.
func (s OrderStatus) Normal() OrderStatus { return OrderStatus(normal(string(s))) }

// Known reports whether the card order page lists s.
func (s OrderStatus) Known() bool {
	return oneOf(s.Normal(), OrderStatusPending, OrderStatusProcessing, OrderStatusSuccess, OrderStatusFailed)
}

// Terminal reports whether the order has ended.
func (s OrderStatus) Terminal() bool { return oneOf(s.Normal(), OrderStatusSuccess, OrderStatusFailed) }

// normal is upper case with underscores, in which the platform's spellings of
// one word agree.
func normal(s string) string {
	return strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(s)), " ", "_")
}

// OrderType is what an order does.
type OrderType string

// Order types. Creation has two spellings.
const (
	OrderTypeCreateCard    OrderType = "CREATE_CARD"    // creation
	OrderTypeCardCreate    OrderType = "CARD_CREATE"    // creation, as the page's list spells it
	OrderTypeCardRecharge  OrderType = "CARD_RECHARGE"  // recharge
	OrderTypeCardWithdraw  OrderType = "CARD_WITHDRAW"  // withdrawal
	OrderTypeCardUpdate    OrderType = "CARD_UPDATE"    // update
	OrderTypePINManagement OrderType = "PIN_MANAGEMENT" // PIN
)

// Known reports whether the card order page lists t.
func (t OrderType) Known() bool {
	return oneOf(t, OrderTypeCreateCard, OrderTypeCardCreate, OrderTypeCardRecharge, OrderTypeCardWithdraw,
		OrderTypeCardUpdate, OrderTypePINManagement)
}

// IsCreation reports whether the order creates a card, in either spelling.
func (t OrderType) IsCreation() bool { return t == OrderTypeCreateCard || t == OrderTypeCardCreate }

// RequestStatus is the acknowledgement of some operations.
type RequestStatus string

// RequestStatusSuccess is the only documented acknowledgement.
const RequestStatusSuccess RequestStatus = "SUCCESS" // received

// Known reports whether the activation and PIN pages list s.
func (s RequestStatus) Known() bool { return s == RequestStatusSuccess }

// Mode is how a card is funded.
type Mode string

// Card modes.
const (
	ModeSingle Mode = "SINGLE" // prepaid: money is moved onto the card
	ModeShare  Mode = "SHARE"  // draws on the issuing balance up to a cap
)

// Known reports whether the product page lists m.
func (m Mode) Known() bool { return m == ModeSingle || m == ModeShare }

// FormFactor is what a card is made of.
type FormFactor string

// Form factors.
const (
	FormFactorVirtual  FormFactor = "VIRTUAL"  // virtual
	FormFactorPhysical FormFactor = "PHYSICAL" // plastic
)

// Known reports whether the card pages list f.
func (f FormFactor) Known() bool { return f == FormFactorVirtual || f == FormFactorPhysical }

// CardForm is what a product's cards are made of.
type CardForm string

// Card forms.
const (
	CardFormVirtual  CardForm = "VIR" // virtual
	CardFormPhysical CardForm = "PHY" // plastic
)

// Known reports whether the product page lists f.
func (f CardForm) Known() bool { return f == CardFormVirtual || f == CardFormPhysical }

// Scheme is a card scheme.
type Scheme string

// Card schemes.
const (
	SchemeVisa       Scheme = "VISA"       // Visa
	SchemeMastercard Scheme = "MASTERCARD" // Mastercard
	SchemeUnionPay   Scheme = "UNIONPAY"   // UnionPay; a constant of UQPAY's libraries only
)

// Known reports whether the product page or UQPAY's libraries list s.
func (s Scheme) Known() bool { return s == SchemeVisa || s == SchemeMastercard || s == SchemeUnionPay }

// ProductStatus says whether cards of a product can be issued.
type ProductStatus string

// Product statuses.
const (
	ProductStatusEnabled  ProductStatus = "ENABLED"  // cards can be issued
	ProductStatusDisabled ProductStatus = "DISABLED" // no cards can be issued
)

// Known reports whether the product page lists s.
func (s ProductStatus) Known() bool { return s == ProductStatusEnabled || s == ProductStatusDisabled }
