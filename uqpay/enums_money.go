package uqpay

// UsageType says how often a card may be used.
type UsageType string

// Usage types.
const (
	UsageTypeNormal  UsageType = "NORMAL"   // any number of times; the default
	UsageTypeOneTime UsageType = "ONE_TIME" // cancels itself; see [AutoCancelTrigger]
)

// Known reports whether the card creation page lists t.
func (t UsageType) Known() bool { return t == UsageTypeNormal || t == UsageTypeOneTime }

// AutoCancelTrigger is what ends a one-time card.
type AutoCancelTrigger string

// Triggers.
const (
	AutoCancelTriggerOnAuth    AutoCancelTrigger = "ON_AUTH"    // the first authorization
	AutoCancelTriggerOnCapture AutoCancelTrigger = "ON_CAPTURE" // the first capture
)

// Known reports whether the card creation page lists t.
func (t AutoCancelTrigger) Known() bool {
	return t == AutoCancelTriggerOnAuth || t == AutoCancelTriggerOnCapture
}

// Interval is what a spending limit counts over.
type Interval string

// IntervalPerTransaction is the only documented interval. UQPAY's libraries list
// more; an unknown one is sent as it is.
const IntervalPerTransaction Interval = "PER_TRANSACTION" // each transaction by itself

// Known reports whether the card creation page lists i.
func (i Interval) Known() bool { return i == IntervalPerTransaction }

// PINAction is what is done with a PIN.
type PINAction string

// PIN actions.
const (
	PINActionSet    PINAction = "SET"    // set the first PIN; the default
	PINActionReset  PINAction = "RESET"  // set another without the old one; on the older endpoint, with it
	PINActionUpdate PINAction = "UPDATE" // change it, with the old one
)

// Known reports whether the PIN pages list a.
func (a PINAction) Known() bool {
	return a == PINActionSet || a == PINActionReset || a == PINActionUpdate
}

// ProtectionAction is why a card is declined network-wide.
type ProtectionAction string

// Reasons of network protection.
const (
	ProtectionActionPickUp  ProtectionAction = "04" // pick up card
	ProtectionActionLost    ProtectionAction = "41" // lost
	ProtectionActionStolen  ProtectionAction = "43" // stolen
	ProtectionActionClosed  ProtectionAction = "46" // closed account
	ProtectionActionExpired ProtectionAction = "54" // expired
)

// Known reports whether the network protection page lists a.
func (a ProtectionAction) Known() bool {
	return oneOf(a, ProtectionActionPickUp, ProtectionActionLost, ProtectionActionStolen, ProtectionActionClosed,
		ProtectionActionExpired)
}

// ProtectionStatus is the state of network protection.
type ProtectionStatus string

// States of network protection.
const (
	ProtectionStatusNotEnrolled    ProtectionStatus = "NOT_ENROLLED"    // not protected
	ProtectionStatusEnrollPending  ProtectionStatus = "ENROLL_PENDING"  // wait for the enrolled event
	ProtectionStatusEnrollFailed   ProtectionStatus = "ENROLL_FAILED"   // not protected; no event is listed for it
	ProtectionStatusEnrolled       ProtectionStatus = "ENROLLED"        // protected
	ProtectionStatusRemovalPending ProtectionStatus = "REMOVAL_PENDING" // wait for the removed event
)

// Known reports whether the network protection page lists s.
func (s ProtectionStatus) Known() bool {
	return oneOf(s, ProtectionStatusNotEnrolled, ProtectionStatusEnrollPending, ProtectionStatusEnrollFailed,
		ProtectionStatusEnrolled, ProtectionStatusRemovalPending)
}

// Terminal reports whether nothing is under way.
func (s ProtectionStatus) Terminal() bool {
	return oneOf(s, ProtectionStatusNotEnrolled, ProtectionStatusEnrollFailed, ProtectionStatusEnrolled)
}

// TransactionType is the kind of a card transaction. The platform spells some
// with a space and some with an underscore; compare with [TransactionType.Normal].
type TransactionType string

// Card transaction types, with underscores.
const (
	TransactionTypeAuthorization TransactionType = "AUTHORIZATION" // approved or declined
	TransactionTypeReversal      TransactionType = "REVERSAL"      // an authorization is taken back
	TransactionTypeRefund        TransactionType = "REFUND"        // the shop gives back
	TransactionTypeValidation    TransactionType = "VALIDATION"    // zero-value card check
	TransactionTypeFee           TransactionType = "FEE"           // fee
	// money arrives at the card through the scheme
	TransactionTypeFundCollection     TransactionType = "FUND_COLLECTION"
	TransactionTypeFundTransfer       TransactionType = "FUND_TRANSFER"       // money leaves the card through the scheme
	TransactionTypeATMDeposit         TransactionType = "ATM_DEPOSIT"         // not supported, but reported
	TransactionTypeSettlementDebit    TransactionType = "SETTLEMENT_DEBIT"    // final amount above the authorization
	TransactionTypeSettlementCredit   TransactionType = "SETTLEMENT_CREDIT"   // final amount below the authorization
	TransactionTypeSettlementReversal TransactionType = "SETTLEMENT_REVERSAL" // a settlement is taken back
	TransactionTypeChargebackDebit    TransactionType = "CHARGEBACK_DEBIT"    // a chargeback is taken back
	TransactionTypeChargebackCredit   TransactionType = "CHARGEBACK_CREDIT"   // a chargeback is credited
)

// Normal returns the type in upper case with underscores.
func (t TransactionType) Normal() TransactionType { return TransactionType(normal(string(t))) }

// Known reports whether the transaction pages list t.
func (t TransactionType) Known() bool {
	return oneOf(t.Normal(), TransactionTypeAuthorization, TransactionTypeReversal, TransactionTypeRefund,
		TransactionTypeValidation, TransactionTypeFee, TransactionTypeFundCollection, TransactionTypeFundTransfer,
		TransactionTypeATMDeposit, TransactionTypeSettlementDebit, TransactionTypeSettlementCredit,
		TransactionTypeSettlementReversal, TransactionTypeChargebackDebit, TransactionTypeChargebackCredit)
}

// TransactionStatus is the result of a card transaction.
type TransactionStatus string

// Card transaction statuses.
const (
	TransactionStatusApproved TransactionStatus = "APPROVED" // approved
	TransactionStatusDeclined TransactionStatus = "DECLINED" // declined
	TransactionStatusPending  TransactionStatus = "PENDING"  // not decided
)

// Known reports whether the transaction pages list s.
func (s TransactionStatus) Known() bool {
	return oneOf(s, TransactionStatusApproved, TransactionStatusDeclined, TransactionStatusPending)
}

// Terminal reports whether the transaction was decided.
func (s TransactionStatus) Terminal() bool {
	return oneOf(s, TransactionStatusApproved, TransactionStatusDeclined)
}

// SettlementStatus says whether an authorization has settled.
type SettlementStatus string

// Settlement statuses.
const (
	SettlementStatusUnknown       SettlementStatus = "UNKNOWN"        // not known, which is not unsettled
	SettlementStatusUnsettled     SettlementStatus = "UNSETTLED"      // nothing settled
	SettlementStatusSettled       SettlementStatus = "SETTLED"        // settled, in part or in full
	SettlementStatusNotApplicable SettlementStatus = "NOT_APPLICABLE" // does not settle
)

// Known reports whether the transaction pages list s.
func (s SettlementStatus) Known() bool {
	return oneOf(s, SettlementStatusUnknown, SettlementStatusUnsettled, SettlementStatusSettled,
		SettlementStatusNotApplicable)
}

// WalletType is the wallet that a card was used from. The set is open.
type WalletType string

// Wallet types.
const (
	WalletTypeAppleContactless   WalletType = "APPLE_PAY_CONTACTLESS"   // Apple Pay in a shop
	WalletTypeAppleEcom          WalletType = "APPLE_PAY_ECOM"          // Apple Pay online
	WalletTypeGoogleContactless  WalletType = "GOOGLE_PAY_CONTACTLESS"  // Google Pay in a shop
	WalletTypeGoogleEcom         WalletType = "GOOGLE_PAY_ECOM"         // Google Pay online
	WalletTypeSamsungContactless WalletType = "SAMSUNG_PAY_CONTACTLESS" // Samsung Pay in a shop
	WalletTypeSamsungEcom        WalletType = "SAMSUNG_PAY_ECOM"        // Samsung Pay online
	WalletTypeOther              WalletType = "OTHER"                   // another wallet
	WalletTypeApple              WalletType = "ApplePay"                // older spelling
	WalletTypeGoogle             WalletType = "GooglePay"               // older spelling
	WalletTypeGoogleOldEcom      WalletType = "GOOGLE ECOMMERCE"        // in authorization requests
	WalletTypeGooglePay          WalletType = "GOOGLE_PAY"              // in card.verification.otp
)

// Known reports whether the transaction pages list t; the empty type means no
// wallet.
func (t WalletType) Known() bool {
	return oneOf(t, "", WalletTypeAppleContactless, WalletTypeAppleEcom, WalletTypeGoogleContactless,
		WalletTypeGoogleEcom, WalletTypeSamsungContactless, WalletTypeSamsungEcom, WalletTypeOther, WalletTypeApple,
		WalletTypeGoogle, WalletTypeGoogleOldEcom, WalletTypeGooglePay)
}

// BalanceStatus is the state of an issuing balance.
type BalanceStatus string

// Balance statuses.
const (
	BalanceStatusActive     BalanceStatus = "ACTIVE"     // usable
	BalanceStatusPending    BalanceStatus = "PENDING"    // being opened
	BalanceStatusProcessing BalanceStatus = "PROCESSING" // being changed
	BalanceStatusClosed     BalanceStatus = "CLOSED"     // closed
)

// Known reports whether the balance pages list s.
func (s BalanceStatus) Known() bool {
	return oneOf(s, BalanceStatusActive, BalanceStatusPending, BalanceStatusProcessing, BalanceStatusClosed)
}

// Terminal reports whether the balance is closed.
func (s BalanceStatus) Terminal() bool { return s == BalanceStatusClosed }

// LedgerType is the kind of an entry of the balance ledger.
type LedgerType string

// Kinds of ledger entries.
const (
	LedgerTypeDeposit            LedgerType = "DEPOSIT"               // deposit
	LedgerTypeTransferIn         LedgerType = "TRANSFER_IN"           // from another account
	LedgerTypeTransferOut        LedgerType = "TRANSFER_OUT"          // to another account
	LedgerTypeAuthorization      LedgerType = "ISSUING_AUTHORIZATION" // card authorization
	LedgerTypeReversal           LedgerType = "ISSUING_REVERSAL"      // authorization taken back
	LedgerTypeIssuingRefund      LedgerType = "ISSUING_REFUND"        // refund to a card
	LedgerTypeCardRecharge       LedgerType = "CARD_RECHARGE"         // onto a card
	LedgerTypeCardWithdraw       LedgerType = "CARD_WITHDRAW"         // off a card
	LedgerTypeSettlementDebit    LedgerType = "SETTLEMENT_DEBIT"      // settlement above the authorization
	LedgerTypeSettlementCredit   LedgerType = "SETTLEMENT_CREDIT"     // settlement below the authorization
	LedgerTypeSettlementReversal LedgerType = "SETTLEMENT_REVERSAL"   // settlement taken back
	LedgerTypeFee                LedgerType = "FEE"                   // fee
	LedgerTypeRefund             LedgerType = "REFUND"                // refund
	LedgerTypeAdjustment         LedgerType = "ADJUSTMENT"            // correction
	LedgerTypeFundsTransferIn    LedgerType = "FUNDS_TRANSFER_IN"     // from the banking balance
	LedgerTypeFundsTransferOut   LedgerType = "FUNDS_TRANSFER_OUT"    // to the banking balance
	LedgerTypeFeeRefund          LedgerType = "FEE_REFUND"            // fee given back
	LedgerTypeFeeDeduction       LedgerType = "FEE_DEDUCTION"         // fee taken
	LedgerTypeMarginPayment      LedgerType = "MARGIN_PAYMENT"        // margin taken
	LedgerTypeMarginRefund       LedgerType = "MARGIN_REFUND"         // margin given back
	LedgerTypeOther              LedgerType = "OTHER"                 // anything else
)

// Known reports whether the balance transaction page lists t.
func (t LedgerType) Known() bool {
	return oneOf(t, LedgerTypeDeposit, LedgerTypeTransferIn, LedgerTypeTransferOut, LedgerTypeAuthorization,
		LedgerTypeReversal, LedgerTypeIssuingRefund, LedgerTypeCardRecharge, LedgerTypeCardWithdraw,
		LedgerTypeSettlementDebit, LedgerTypeSettlementCredit, LedgerTypeSettlementReversal, LedgerTypeFee,
		LedgerTypeRefund, LedgerTypeAdjustment, LedgerTypeFundsTransferIn, LedgerTypeFundsTransferOut,
		LedgerTypeFeeRefund, LedgerTypeFeeDeduction, LedgerTypeMarginPayment, LedgerTypeMarginRefund,
		LedgerTypeOther)
}

// LedgerStatus is the state of a ledger entry.
type LedgerStatus string

// States of ledger entries.
const (
	LedgerStatusCompleted LedgerStatus = "COMPLETED" // booked; final
	LedgerStatusPending   LedgerStatus = "PENDING"   // not booked yet
	LedgerStatusFailed    LedgerStatus = "FAILED"    // not booked; final
	LedgerStatusCancelled LedgerStatus = "CANCELLED" // not booked; final; in one of UQPAY's libraries only
)

// Known reports whether the balance transaction page or UQPAY's libraries list s.
func (s LedgerStatus) Known() bool {
	return oneOf(s, LedgerStatusCompleted, LedgerStatusPending, LedgerStatusFailed, LedgerStatusCancelled)
}

// Terminal reports whether the entry changes no more.
func (s LedgerStatus) Terminal() bool { return s.Known() && s != LedgerStatusPending }

// TransferStatus is the state of a transfer. Answers write it in upper case,
// events in lower case and "succeeded" for COMPLETED; compare with
// [TransferStatus.Normal].
type TransferStatus string

// Transfer statuses.
const (
	TransferStatusPending   TransferStatus = "PENDING"   // under way
	TransferStatusFailed    TransferStatus = "FAILED"    // nothing moved; final
	TransferStatusCompleted TransferStatus = "COMPLETED" // moved; final
)

// Normal returns the status in upper case, with COMPLETED for "succeeded".
func (s TransferStatus) Normal() TransferStatus {
	n := TransferStatus(normal(string(s)))
	if n == "SUCCEEDED" {
		return TransferStatusCompleted
	}
	return n
}

// Known reports whether the transfer pages list s.
func (s TransferStatus) Known() bool {
	return oneOf(s.Normal(), TransferStatusPending, TransferStatusFailed, TransferStatusCompleted)
}

// Terminal reports whether the transfer has ended.
func (s TransferStatus) Terminal() bool {
	return oneOf(s.Normal(), TransferStatusFailed, TransferStatusCompleted)
}

// ReportType is a report that can be ordered.
type ReportType string

// Report types.
const (
	ReportTypeSettlement ReportType = "SETTLEMENT" // card settlements
	ReportTypeLedger     ReportType = "LEDGER"     // balance ledger
)

// Known reports whether the report page lists t.
func (t ReportType) Known() bool { return t == ReportTypeSettlement || t == ReportTypeLedger }

// DepositStatus is the state of a simulated deposit.
type DepositStatus string

// Deposit statuses.
const (
	DepositStatusPending   DepositStatus = "PENDING"   // waits for UQPAY's staff
	DepositStatusCompleted DepositStatus = "COMPLETED" // credited to the banking balance; final
	DepositStatusFailed    DepositStatus = "FAILED"    // not credited; final
)

// Known reports whether the simulator page lists s.
func (s DepositStatus) Known() bool {
	return oneOf(s, DepositStatusPending, DepositStatusCompleted, DepositStatusFailed)
}

// Terminal reports whether the deposit has ended.
func (s DepositStatus) Terminal() bool {
	return s == DepositStatusCompleted || s == DepositStatusFailed
}

// BusinessCode is a business line of UQPAY.
type BusinessCode string

// Business lines.
const (
	BusinessCodeBanking   BusinessCode = "BANKING"   // accounts and payments
	BusinessCodeIssuing   BusinessCode = "ISSUING"   // cards
	BusinessCodeAcquiring BusinessCode = "ACQUIRING" // card acceptance
)

// Known reports whether the account pages list c.
func (c BusinessCode) Known() bool {
	return oneOf(c, BusinessCodeBanking, BusinessCodeIssuing, BusinessCodeAcquiring)
}

// VerificationStatus is the state of a connected account's verification.
type VerificationStatus string

// Verification statuses.
const (
	VerificationStatusApproved VerificationStatus = "APPROVED" // verified
	VerificationStatusPending  VerificationStatus = "PENDING"  // under review
	VerificationStatusReject   VerificationStatus = "REJECT"   // rejected; in UQPAY's libraries also REJECTED
	VerificationStatusExpired  VerificationStatus = "EXPIRED"  // has to be done again
	VerificationStatusReturn   VerificationStatus = "RETURN"   // returned for completion
)

// Normal returns the status in upper case, with REJECT for REJECTED.
func (s VerificationStatus) Normal() VerificationStatus {
	n := VerificationStatus(normal(string(s)))
	if n == "REJECTED" {
		return VerificationStatusReject
	}
	return n
}

// Known reports whether the account pages list s.
func (s VerificationStatus) Known() bool {
	return oneOf(s.Normal(), VerificationStatusApproved, VerificationStatusPending, VerificationStatusReject,
		VerificationStatusExpired, VerificationStatusReturn)
}

// EntityType is what a connected account belongs to.
type EntityType string

// Entity types.
const (
	EntityTypeCompany    EntityType = "COMPANY"    // a company
	EntityTypeIndividual EntityType = "INDIVIDUAL" // a person
)

// Known reports whether the account pages list t.
func (t EntityType) Known() bool { return t == EntityTypeCompany || t == EntityTypeIndividual }
