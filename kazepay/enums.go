package kazepay

import (
	"slices"
	"strings"
)

// ResultFlag is the field "encrypt" inside the payload of nine operations: a
// result flag that has nothing to do with body.encrypt but the name. A value that
// is not documented leaves the outcome of a write unknown.
type ResultFlag string

// Result flags.
const (
	ResultFlagSuccess ResultFlag = "SUCCESS" // done
	ResultFlagFailed  ResultFlag = "FAILED"  // refused, although head.code is SUCCESS
)

// Known reports whether f is one of the two of the Physical Card and Webhook pages.
func (f ResultFlag) Known() bool { return f == ResultFlagSuccess || f == ResultFlagFailed }

// CardStatus is the life cycle of a card. KazePay's own list is not published;
// these are upstream's, of which KazePay shows AUDITING, ACTIVE_PROCESSING,
// ACTIVE and CLOSE_PROCESSING, and INACTIVE.
type CardStatus string

// Card statuses.
const (
	CardStatusAuditing           CardStatus = "AUDITING"            // application under review
	CardStatusAuditPass          CardStatus = "AUDIT_PASS"          // approved
	CardStatusAuditNotPass       CardStatus = "AUDIT_NOT_PASS"      // refused; may be submitted again
	CardStatusTBA                CardStatus = "TBA"                 // awaiting activation; the first top-up activates it
	CardStatusActiveProcessing   CardStatus = "ACTIVE_PROCESSING"   // activation running
	CardStatusActive             CardStatus = "ACTIVE"              // usable
	CardStatusInactive           CardStatus = "INACTIVE"            // frozen; Unfreeze reverses it
	CardStatusCloseProcessing    CardStatus = "CLOSE_PROCESSING"    // closing
	CardStatusClosed             CardStatus = "CLOSE"               // closed; final
	CardStatusExchangeProcessing CardStatus = "EXCHANGE_PROCESSING" // replacement running; reserved
)

// Normal returns the status with "CLOSED" as [CardStatusClosed].
func (s CardStatus) Normal() CardStatus {
	if s == "CLOSED" {
		return CardStatusClosed
	}
	return s
}

// Known reports whether s is in upstream's list, or INACTIVE, of the Physical Card page.
func (s CardStatus) Known() bool {
	return slices.Contains([]CardStatus{
		CardStatusAuditing, CardStatusAuditPass, CardStatusAuditNotPass, CardStatusTBA, CardStatusActiveProcessing,
		CardStatusActive, CardStatusInactive, CardStatusCloseProcessing, CardStatusClosed,
		CardStatusExchangeProcessing,
	}, s.Normal())
}

// Terminal reports whether the card or its application can leave this status no
// more.
func (s CardStatus) Terminal() bool {
	return s == CardStatusAuditNotPass || s.Normal() == CardStatusClosed
}

// Waiting reports whether KazePay is working on the card and the status will
// change by itself. TBA is not waiting: a top-up has to activate the card.
func (s CardStatus) Waiting() bool {
	return slices.Contains([]CardStatus{
		CardStatusAuditing, CardStatusAuditPass, CardStatusActiveProcessing, CardStatusCloseProcessing,
		CardStatusExchangeProcessing,
	}, s)
}

// KYCStatus is the state of an identity verification.
type KYCStatus string

// KYC statuses.
const (
	KYCStatusWaiting  KYCStatus = "WAITING_KYC" // under review; also before a submission, perhaps
	KYCStatusRejected KYCStatus = "REJECTED"    // refused; submitting again is not forbidden
	KYCStatusPassed   KYCStatus = "PASSED"      // approved; the card may be activated
)

// Known reports whether s is one of the three of the Physical Card page.
func (s KYCStatus) Known() bool { return s == KYCStatusWaiting || s.Terminal() }

// Terminal reports whether the review has ended.
func (s KYCStatus) Terminal() bool { return s == KYCStatusRejected || s == KYCStatusPassed }

// TransactionStatus is the status of a top-up or a card transaction. Its case
// differs between operations; compare with [TransactionStatus.Normal].
type TransactionStatus string

// Transaction statuses in their normal form.
const (
	TransactionStatusPending  TransactionStatus = "PENDING"  // not final; authorised, not settled
	TransactionStatusSuccess  TransactionStatus = "SUCCESS"  // top-up done; final
	TransactionStatusFailed   TransactionStatus = "FAILED"   // top-up failed; final
	TransactionStatusApproved TransactionStatus = "APPROVED" // virtual card: approved
	TransactionStatusDeclined TransactionStatus = "DECLINED" // declined; final
	TransactionStatusPosted   TransactionStatus = "POSTED"   // physical card: settled; final
	TransactionStatusVoid     TransactionStatus = "VODI"     // physical card: cancelled; the upstream's spelling; final
)

// Normal returns the status in upper case, with "VOID" as
// [TransactionStatusVoid].
func (s TransactionStatus) Normal() TransactionStatus {
	n := TransactionStatus(strings.ToUpper(strings.TrimSpace(string(s))))
	if n == "VOID" {
		return TransactionStatusVoid
	}
	return n
}

// Known reports whether s is in upstream's lists of top-ups and transactions.
func (s TransactionStatus) Known() bool {
	n := s.Normal()
	return n == TransactionStatusPending || n == TransactionStatusApproved || n.Terminal()
}

// Terminal reports whether the status is final. APPROVED is not: a reversal may
// follow.
func (s TransactionStatus) Terminal() bool {
	return slices.Contains([]TransactionStatus{
		TransactionStatusSuccess, TransactionStatusFailed, TransactionStatusDeclined, TransactionStatusPosted,
		TransactionStatusVoid,
	}, s.Normal())
}

// TransactionType is the kind of a card transaction. Compare with
// [TransactionType.Normal]: the physical cards' words are in lower case.
type TransactionType string

// Transaction types in their normal form.
const (
	TransactionTypeExpenditure            TransactionType = "EXPENDITURE"              // spending; the one KazePay shows
	TransactionTypeAuth                   TransactionType = "AUTH"                     // virtual: authorised spending
	TransactionTypeAuthQuery              TransactionType = "AUTH_QUERY"               // virtual: authorisation enquiry
	TransactionTypeReversal               TransactionType = "REVERSAL"                 // virtual: reversal
	TransactionTypeRefund                 TransactionType = "REFUND"                   // refund
	TransactionTypeFee                    TransactionType = "FEE"                      // fee
	TransactionTypeTradeProcessFee        TransactionType = "TRADE_PROCESS_FEE"        // virtual: processing fee
	TransactionTypeTradeCrossBoardFee     TransactionType = "TRADE_CROSS_BOARD_FEE"    // virtual: cross-border fee
	TransactionTypeTradeRefundFee         TransactionType = "TRADE_REFUND_FEE"         // virtual: refund fee
	TransactionTypeFeeReversal            TransactionType = "FEE_REVERSAL"             // virtual: fee reversal
	TransactionTypeOriginalCredit         TransactionType = "ORIGINAL_CREDIT"          // virtual: credit refund
	TransactionTypeOriginalCreditReversal TransactionType = "ORIGINAL_CREDIT_REVERSAL" // virtual: its reversal
	TransactionTypeCharge                 TransactionType = "CHARGE"                   // physical: charge
	TransactionTypeTopUp                  TransactionType = "TOPUP"                    // physical: top-up
	TransactionTypeWithdraw               TransactionType = "WITHDRAW"                 // physical: withdrawal
	TransactionTypeTransfer               TransactionType = "TRANSFER"                 // physical: transfer
	TransactionTypeCashback               TransactionType = "CASHBACK"                 // physical: cashback
	TransactionTypeInterest               TransactionType = "INTEREST"                 // physical: interest
	TransactionTypeOther                  TransactionType = "OTHER"                    // physical: anything else
)

// Normal returns the type in upper case.
func (t TransactionType) Normal() TransactionType {
	return TransactionType(strings.ToUpper(strings.TrimSpace(string(t))))
}

// Known reports whether t is in upstream's lists, or the Physical Card page's EXPENDITURE.
func (t TransactionType) Known() bool {
	return slices.Contains([]TransactionType{
		TransactionTypeExpenditure, TransactionTypeAuth, TransactionTypeAuthQuery, TransactionTypeReversal,
		TransactionTypeRefund, TransactionTypeFee, TransactionTypeTradeProcessFee, TransactionTypeTradeCrossBoardFee,
		TransactionTypeTradeRefundFee, TransactionTypeFeeReversal, TransactionTypeOriginalCredit,
		TransactionTypeOriginalCreditReversal, TransactionTypeCharge, TransactionTypeTopUp, TransactionTypeWithdraw,
		TransactionTypeTransfer, TransactionTypeCashback, TransactionTypeInterest, TransactionTypeOther,
	}, t.Normal())
}

// AuthType is the authorisation type in [TransactionCreated].
type AuthType string

// Authorisation types.
const (
	AuthTypePurchase AuthType = "PURCHASE" // at a shop
	AuthTypeATM      AuthType = "ATM"      // at a cash machine
)

// Known reports whether t is one of upstream's two.
func (t AuthType) Known() bool { return t == AuthTypePurchase || t == AuthTypeATM }

// IdentificationType is the kind of an identity document.
type IdentificationType string

// Identification types.
const (
	IdentificationTypePassport IdentificationType = "PASSPORT" // passport; no picture of the back
	IdentificationTypeIDCard   IdentificationType = "ID_CARD"  // identity card; needs a picture of the back
)

// Known reports whether t is one of the two of setUcardKyc on the Physical Card page.
func (t IdentificationType) Known() bool {
	return t == IdentificationTypePassport || t == IdentificationTypeIDCard
}
