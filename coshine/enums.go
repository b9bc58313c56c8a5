package coshine

import "slices"

// CardFlag says whether a card has a body.
type CardFlag string

// Card flags.
const (
	CardFlagVirtual  CardFlag = "V" // virtual, non-physical
	CardFlagPhysical CardFlag = "P" // physical
)

// Known reports whether the card application page lists f.
func (f CardFlag) Known() bool { return f == CardFlagVirtual || f == CardFlagPhysical }

// CardProdType is the kind of a card product. Coshine's public reference names
// the field cardProductType; on the wire it is cardProdType.
type CardProdType string

// Card product types.
const (
	CardProdTypeCredit    CardProdType = "C" // credit
	CardProdTypeDebit     CardProdType = "D" // debit
	CardProdTypeGift      CardProdType = "G" // gift
	CardProdTypePrepaid   CardProdType = "P" // prepaid
	CardProdTypeBusiness  CardProdType = "B" // business
	CardProdTypeCorporate CardProdType = "R" // corporate
)

// Known reports whether the product inquiry page lists t.
func (t CardProdType) Known() bool {
	return slices.Contains([]CardProdType{
		CardProdTypeCredit, CardProdTypeDebit, CardProdTypeGift,
		CardProdTypePrepaid, CardProdTypeBusiness, CardProdTypeCorporate,
	}, t)
}

// CardProdCode is a card product. Coshine assigns it to the issuer; it is an
// open string.
type CardProdCode string

// Card product codes that Coshine's documents use as examples. The issuer's own
// are in the back office.
const (
	CardProdCodeExampleDebit  CardProdCode = "1000" // the portal's example of a debit card
	CardProdCodeExampleCredit CardProdCode = "2000" // the portal's example of a credit card
	CardProdCodeSandboxVisa   CardProdCode = "2201" // the sandbox's Visa product
	CardProdCodeSandboxMC     CardProdCode = "5200" // the sandbox's Mastercard product
)

// BlockStatus says whether a card is frozen.
type BlockStatus string

// Block statuses.
const (
	BlockStatusNormal BlockStatus = "N" // not frozen
	BlockStatusFrozen BlockStatus = "B" // frozen; CardOptUnfreeze reverses it
)

// Known reports whether the card inquiry page lists s.
func (s BlockStatus) Known() bool { return s == BlockStatusNormal || s == BlockStatusFrozen }

// CardOptFlag is an operation of CardStatusUpdate. There is no published value
// for a stolen card: replace it with [ReplReasonStolen], or ask Coshine.
type CardOptFlag string

// Operations of CardStatusUpdate.
const (
	CardOptFlagReportLost   CardOptFlag = "B" // report lost (block)
	CardOptFlagWithdrawLoss CardOptFlag = "C" // withdraw the loss report (unblock)
	CardOptFlagFreeze       CardOptFlag = "D" // freeze
	CardOptFlagUnfreeze     CardOptFlag = "E" // unfreeze
	CardOptFlagLockPIN      CardOptFlag = "G" // lock the PIN
	CardOptFlagUnlockPIN    CardOptFlag = "H" // unlock the PIN
)

// Known reports whether the card status page lists f.
func (f CardOptFlag) Known() bool {
	return slices.Contains([]CardOptFlag{
		CardOptFlagReportLost, CardOptFlagWithdrawLoss, CardOptFlagFreeze, CardOptFlagUnfreeze, CardOptFlagLockPIN,
		CardOptFlagUnlockPIN,
	}, f)
}

// Channel is the tranChnl of the public header.
type Channel string

// Channels.
const (
	ChannelCMS  Channel = "06" // card management system
	ChannelWeb  Channel = "07" // web; the default, as in every published sample
	ChannelApp  Channel = "08" // mobile application
	ChannelACS  Channel = "09" // access control server (3-D Secure)
	ChannelUMPS Channel = "10" // UnionPay mobile payment service
)

// Known reports whether the message page lists c.
func (c Channel) Known() bool {
	return slices.Contains([]Channel{ChannelCMS, ChannelWeb, ChannelApp, ChannelACS, ChannelUMPS}, c)
}

// CustIDType is a kind of identity document. The portal and the public
// reference word P and I differently; pass on what Coshine told you.
type CustIDType string

// Identity document types.
const (
	CustIDTypeDriverLicence CustIDType = "D" // driver licence
	CustIDTypeDefault       CustIDType = "P" // portal: default id type; reference: passport (default)
	CustIDTypeNational      CustIDType = "I" // portal: national professional ID card; reference: national ID card
	CustIDTypeUMID          CustIDType = "U" // unified multipurpose ID
	CustIDTypePostal        CustIDType = "Z" // postal ID
	CustIDTypeVoter         CustIDType = "V" // voter's ID (COMELEC)
	CustIDTypeSSS           CustIDType = "S" // social security
	CustIDTypeTIN           CustIDType = "T" // tax number
	CustIDTypeOther         CustIDType = "O" // other
)

// Known reports whether the card application page lists t.
func (t CustIDType) Known() bool {
	return slices.Contains([]CustIDType{
		CustIDTypeDriverLicence, CustIDTypeDefault, CustIDTypeNational, CustIDTypeUMID, CustIDTypePostal,
		CustIDTypeVoter, CustIDTypeSSS, CustIDTypeTIN, CustIDTypeOther,
	}, t)
}

// ReplReason is why a card is replaced. The live list comes from
// [ParameterService.DropDownList] with [DropDownNameReplReason].
type ReplReason string

// Replacement reasons.
const (
	ReplReasonDamaged ReplReason = "001" // damaged
	ReplReasonLost    ReplReason = "002" // lost
	ReplReasonStolen  ReplReason = "003" // stolen
	ReplReasonExpired ReplReason = "004" // expired
	ReplReasonOther   ReplReason = "999" // other
)

// Known reports whether the card replacement page lists r.
func (r ReplReason) Known() bool {
	return slices.Contains([]ReplReason{
		ReplReasonDamaged, ReplReasonLost, ReplReasonStolen, ReplReasonExpired, ReplReasonOther,
	}, r)
}

// DropDownName names a lookup table.
type DropDownName string

// Lookup tables.
const (
	DropDownNameCardProd    DropDownName = "CardProd"        // card product types
	DropDownNameCardStatus  DropDownName = "CardStatus"      // card statuses
	DropDownNameReplReason  DropDownName = "ReplReasonCode"  // card replacement reasons
	DropDownNameCloseReason DropDownName = "CloseReasonCode" // card cancellation reasons
	DropDownNameLimitType   DropDownName = "CardLimitType"   // card security limit types
)

// Known reports whether the lookup table page lists n.
func (n DropDownName) Known() bool {
	return slices.Contains([]DropDownName{
		DropDownNameCardProd, DropDownNameCardStatus, DropDownNameReplReason, DropDownNameCloseReason, DropDownNameLimitType,
	}, n)
}

// TokenState is the state of a payment token.
type TokenState string

// Token states.
const (
	TokenStateActive    TokenState = "ACTIVE"    // usable
	TokenStateSuspended TokenState = "SUSPENDED" // reversible
	TokenStateDeleted   TokenState = "DELETED"   // final
)

// Known reports whether the token pages list s.
func (s TokenState) Known() bool {
	return s == TokenStateActive || s == TokenStateSuspended || s == TokenStateDeleted
}

// Terminal reports whether a token can leave this state no more.
func (s TokenState) Terminal() bool { return s == TokenStateDeleted }

// UseCase is what a payment token is made for.
type UseCase string

// Use cases of a payment token.
const (
	UseCaseQRC UseCase = "QRC" // QR code
	UseCaseHCE UseCase = "HCE" // host card emulation
	UseCaseSE  UseCase = "SE"  // secure element
	UseCaseCOF UseCase = "COF" // card on file
)

// Known reports whether the token request page lists u.
func (u UseCase) Known() bool {
	return slices.Contains([]UseCase{UseCaseQRC, UseCaseHCE, UseCaseSE, UseCaseCOF}, u)
}

// CVM is a cardholder verification method of a token request. The programme
// named "unee" always uses CVMExpiryDate and CVMCVN2.
type CVM string

// Cardholder verification methods.
const (
	CVMExpiryDate CVM = "expiryDate" // expiry date
	CVMCVN2       CVM = "cvn2"       // CVV2
	CVMName       CVM = "name"       // name
	CVMIDType     CVM = "idType"     // document type
	CVMIDNo       CVM = "idNo"       // document number
	CVMMobileNo   CVM = "mobileNo"   // mobile number
	CVMOTP        CVM = "otp"        // one-time password
)

// Known reports whether the token request page lists c.
func (c CVM) Known() bool {
	return slices.Contains([]CVM{
		CVMExpiryDate, CVMCVN2, CVMName, CVMIDType, CVMIDNo, CVMMobileNo, CVMOTP,
	}, c)
}

// OTPType is how a one-time password goes to the cardholder.
type OTPType string

// One-time password types.
const (
	OTPTypeSMS   OTPType = "S" // text message
	OTPTypeEmail OTPType = "E" // e-mail
)

// Known reports whether the one-time password page lists t.
func (t OTPType) Known() bool { return t == OTPTypeSMS || t == OTPTypeEmail }
