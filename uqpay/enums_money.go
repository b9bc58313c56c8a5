package uqpay

// UsageType says how often a card may be used.
type UsageType string

// Usage types.
const (
	UsageNormal  UsageType = "NORMAL"   // any number of times; the default
	UsageOneTime UsageType = "ONE_TIME" // cancels itself; see [AutoCancelTrigger]
)

// Known reports whether t was documented when this version was released.
func (t UsageType) Known() bool { return t == UsageNormal || t == UsageOneTime }

// AutoCancelTrigger is what ends a one-time card.
type AutoCancelTrigger string

// Triggers.
const (
	CancelOnAuth    AutoCancelTrigger = "ON_AUTH"    // the first authorization
	CancelOnCapture AutoCancelTrigger = "ON_CAPTURE" // the first capture
)

// Known reports whether t was documented when this version was released.
func (t AutoCancelTrigger) Known() bool { return t == CancelOnAuth || t == CancelOnCapture }

// Interval is what a spending limit counts over.
type Interval string

// IntervalPerTransaction is the only documented interval. UQPAY's libraries list
// more; an unknown one is sent as it is.
const IntervalPerTransaction Interval = "PER_TRANSACTION" // each transaction by itself

// Known reports whether i was documented when this version was released.
func (i Interval) Known() bool { return i == IntervalPerTransaction }

// PINAction is what is done with a PIN.
type PINAction string

// PIN actions.
const (
	PINSet    PINAction = "SET"    // set the first PIN; the default
	PINReset  PINAction = "RESET"  // set another without the old one; on the older endpoint, with it
	PINUpdate PINAction = "UPDATE" // change it, with the old one
)

// Known reports whether a was documented when this version was released.
func (a PINAction) Known() bool { return a == PINSet || a == PINReset || a == PINUpdate }

// ProtectionAction is why a card is declined network-wide.
type ProtectionAction string

// Reasons of network protection.
const (
	ProtectionPickUp  ProtectionAction = "04" // pick up card
	ProtectionLost    ProtectionAction = "41" // lost
	ProtectionStolen  ProtectionAction = "43" // stolen
	ProtectionClosed  ProtectionAction = "46" // closed account
	ProtectionExpired ProtectionAction = "54" // expired
)

// Known reports whether a was documented when this version was released.
func (a ProtectionAction) Known() bool {
	return oneOf(a, ProtectionPickUp, ProtectionLost, ProtectionStolen, ProtectionClosed, ProtectionExpired)
}

// ProtectionStatus is the state of network protection.
type ProtectionStatus string

// States of network protection.
const (
	ProtectionNotEnrolled    ProtectionStatus = "NOT_ENROLLED"    // not protected
	ProtectionEnrollPending  ProtectionStatus = "ENROLL_PENDING"  // wait for the enrolled event
	ProtectionEnrollFailed   ProtectionStatus = "ENROLL_FAILED"   // not protected; no event is listed for it
	ProtectionEnrolled       ProtectionStatus = "ENROLLED"        // protected
	ProtectionRemovalPending ProtectionStatus = "REMOVAL_PENDING" // wait for the removed event
)

// Known reports whether s was documented when this version was released.
func (s ProtectionStatus) Known() bool {
	return oneOf(s, ProtectionNotEnrolled, ProtectionEnrollPending, ProtectionEnrollFailed, ProtectionEnrolled,
		ProtectionRemovalPending)
}

// Terminal reports whether nothing is under way.
func (s ProtectionStatus) Terminal() bool {
	return oneOf(s, ProtectionNotEnrolled, ProtectionEnrollFailed, ProtectionEnrolled)
}

// TransactionType is the kind of a card transaction. The platform spells some
// with a space and some with an underscore; compare with [TransactionType.Normal].
type TransactionType string

// Card transaction types, with underscores.
const (
	TransactionAuthorization      TransactionType = "AUTHORIZATION"       // approved or declined
	TransactionReversal           TransactionType = "REVERSAL"            // an authorization is taken back
	TransactionRefund             TransactionType = "REFUND"              // the shop gives back
	TransactionValidation         TransactionType = "VALIDATION"          // zero-value card check
	TransactionFee                TransactionType = "FEE"                 // fee
	TransactionFundCollection     TransactionType = "FUND_COLLECTION"     // money arrives at the card through the scheme
	TransactionFundTransfer       TransactionType = "FUND_TRANSFER"       // money leaves the card through the scheme
	TransactionATMDeposit         TransactionType = "ATM_DEPOSIT"         // not supported, but reported
	TransactionSettlementDebit    TransactionType = "SETTLEMENT_DEBIT"    // final amount above the authorization
	TransactionSettlementCredit   TransactionType = "SETTLEMENT_CREDIT"   // final amount below the authorization
	TransactionSettlementReversal TransactionType = "SETTLEMENT_REVERSAL" // a settlement is taken back
	TransactionChargebackDebit    TransactionType = "CHARGEBACK_DEBIT"    // a chargeback is taken back
	TransactionChargebackCredit   TransactionType = "CHARGEBACK_CREDIT"   // a chargeback is credited
)

// Normal returns the type in upper case with underscores.
func (t TransactionType) Normal() TransactionType { return TransactionType(normal(string(t))) }

// Known reports whether t was documented when this version was released.
func (t TransactionType) Known() bool {
	return oneOf(t.Normal(), TransactionAuthorization, TransactionReversal, TransactionRefund,
		TransactionValidation, TransactionFee, TransactionFundCollection, TransactionFundTransfer,
		TransactionATMDeposit, TransactionSettlementDebit, TransactionSettlementCredit,
		TransactionSettlementReversal, TransactionChargebackDebit, TransactionChargebackCredit)
}

// TransactionStatus is the result of a card transaction.
type TransactionStatus string

// Card transaction statuses.
const (
	TransactionApproved TransactionStatus = "APPROVED" // approved
	TransactionDeclined TransactionStatus = "DECLINED" // declined
	TransactionPending  TransactionStatus = "PENDING"  // not decided
)

// Known reports whether s was documented when this version was released.
func (s TransactionStatus) Known() bool {
	return oneOf(s, TransactionApproved, TransactionDeclined, TransactionPending)
}

// Terminal reports whether the transaction was decided.
func (s TransactionStatus) Terminal() bool { return oneOf(s, TransactionApproved, TransactionDeclined) }

// SettlementStatus says whether an authorization has settled.
type SettlementStatus string

// Settlement statuses.
const (
	SettlementUnknown       SettlementStatus = "UNKNOWN"        // not known, which is not unsettled
	SettlementUnsettled     SettlementStatus = "UNSETTLED"      // nothing settled
	SettlementSettled       SettlementStatus = "SETTLED"        // settled, in part or in full
	SettlementNotApplicable SettlementStatus = "NOT_APPLICABLE" // does not settle
)

// Known reports whether s was documented when this version was released.
func (s SettlementStatus) Known() bool {
	return oneOf(s, SettlementUnknown, SettlementUnsettled, SettlementSettled, SettlementNotApplicable)
}

// WalletType is the wallet that a card was used from. The set is open.
type WalletType string

// Wallet types.
const (
	WalletAppleContactless   WalletType = "APPLE_PAY_CONTACTLESS"   // Apple Pay in a shop
	WalletAppleEcom          WalletType = "APPLE_PAY_ECOM"          // Apple Pay online
	WalletGoogleContactless  WalletType = "GOOGLE_PAY_CONTACTLESS"  // Google Pay in a shop
	WalletGoogleEcom         WalletType = "GOOGLE_PAY_ECOM"         // Google Pay online
	WalletSamsungContactless WalletType = "SAMSUNG_PAY_CONTACTLESS" // Samsung Pay in a shop
	WalletSamsungEcom        WalletType = "SAMSUNG_PAY_ECOM"        // Samsung Pay online
	WalletOther              WalletType = "OTHER"                   // another wallet
	WalletApple              WalletType = "ApplePay"                // older spelling
	WalletGoogle             WalletType = "GooglePay"               // older spelling
	WalletGoogleOldEcom      WalletType = "GOOGLE ECOMMERCE"        // in authorization requests
	WalletGooglePay          WalletType = "GOOGLE_PAY"              // in card.verification.otp
)

// Known reports whether t was documented when this version was released; the
// empty type means no wallet.
func (t WalletType) Known() bool {
	return oneOf(t, "", WalletAppleContactless, WalletAppleEcom, WalletGoogleContactless, WalletGoogleEcom,
		WalletSamsungContactless, WalletSamsungEcom, WalletOther, WalletApple, WalletGoogle,
		WalletGoogleOldEcom, WalletGooglePay)
}

// BalanceStatus is the state of an issuing balance.
type BalanceStatus string

// Balance statuses.
const (
	BalanceActive     BalanceStatus = "ACTIVE"     // usable
	BalancePending    BalanceStatus = "PENDING"    // being opened
	BalanceProcessing BalanceStatus = "PROCESSING" // being changed
	BalanceClosed     BalanceStatus = "CLOSED"     // closed
)

// Known reports whether s was documented when this version was released.
func (s BalanceStatus) Known() bool {
	return oneOf(s, BalanceActive, BalancePending, BalanceProcessing, BalanceClosed)
}

// Terminal reports whether the balance is closed.
func (s BalanceStatus) Terminal() bool { return s == BalanceClosed }

// LedgerType is the kind of an entry of the balance ledger.
type LedgerType string

// Kinds of ledger entries.
const (
	LedgerDeposit            LedgerType = "DEPOSIT"               // deposit
	LedgerTransferIn         LedgerType = "TRANSFER_IN"           // from another account
	LedgerTransferOut        LedgerType = "TRANSFER_OUT"          // to another account
	LedgerAuthorization      LedgerType = "ISSUING_AUTHORIZATION" // card authorization
	LedgerReversal           LedgerType = "ISSUING_REVERSAL"      // authorization taken back
	LedgerIssuingRefund      LedgerType = "ISSUING_REFUND"        // refund to a card
	LedgerCardRecharge       LedgerType = "CARD_RECHARGE"         // onto a card
	LedgerCardWithdraw       LedgerType = "CARD_WITHDRAW"         // off a card
	LedgerSettlementDebit    LedgerType = "SETTLEMENT_DEBIT"      // settlement above the authorization
	LedgerSettlementCredit   LedgerType = "SETTLEMENT_CREDIT"     // settlement below the authorization
	LedgerSettlementReversal LedgerType = "SETTLEMENT_REVERSAL"   // settlement taken back
	LedgerFee                LedgerType = "FEE"                   // fee
	LedgerRefund             LedgerType = "REFUND"                // refund
	LedgerAdjustment         LedgerType = "ADJUSTMENT"            // correction
	LedgerFundsTransferIn    LedgerType = "FUNDS_TRANSFER_IN"     // from the banking balance
	LedgerFundsTransferOut   LedgerType = "FUNDS_TRANSFER_OUT"    // to the banking balance
	LedgerFeeRefund          LedgerType = "FEE_REFUND"            // fee given back
	LedgerFeeDeduction       LedgerType = "FEE_DEDUCTION"         // fee taken
	LedgerMarginPayment      LedgerType = "MARGIN_PAYMENT"        // margin taken
	LedgerMarginRefund       LedgerType = "MARGIN_REFUND"         // margin given back
	LedgerOther              LedgerType = "OTHER"                 // anything else
)

// Known reports whether t was documented when this version was released.
func (t LedgerType) Known() bool {
	return oneOf(t, LedgerDeposit, LedgerTransferIn, LedgerTransferOut, LedgerAuthorization, LedgerReversal,
		LedgerIssuingRefund, LedgerCardRecharge, LedgerCardWithdraw, LedgerSettlementDebit,
		LedgerSettlementCredit, LedgerSettlementReversal, LedgerFee, LedgerRefund, LedgerAdjustment,
		LedgerFundsTransferIn, LedgerFundsTransferOut, LedgerFeeRefund, LedgerFeeDeduction, LedgerMarginPayment,
		LedgerMarginRefund, LedgerOther)
}

// LedgerStatus is the state of a ledger entry.
type LedgerStatus string

// States of ledger entries.
const (
	LedgerCompleted LedgerStatus = "COMPLETED" // booked; final
	LedgerPending   LedgerStatus = "PENDING"   // not booked yet
	LedgerFailed    LedgerStatus = "FAILED"    // not booked; final
	LedgerCancelled LedgerStatus = "CANCELLED" // not booked; final; in one of UQPAY's libraries only
)

// Known reports whether s was documented when this version was released.
func (s LedgerStatus) Known() bool {
	return oneOf(s, LedgerCompleted, LedgerPending, LedgerFailed, LedgerCancelled)
}

// Terminal reports whether the entry changes no more.
func (s LedgerStatus) Terminal() bool { return s.Known() && s != LedgerPending }

// TransferStatus is the state of a transfer. Answers write it in upper case,
// events in lower case and "succeeded" for COMPLETED; compare with
// [TransferStatus.Normal].
type TransferStatus string

// Transfer statuses.
const (
	TransferPending   TransferStatus = "PENDING"   // under way
	TransferFailed    TransferStatus = "FAILED"    // nothing moved; final
	TransferCompleted TransferStatus = "COMPLETED" // moved; final
)

// Normal returns the status in upper case, with COMPLETED for "succeeded".
func (s TransferStatus) Normal() TransferStatus {
	n := TransferStatus(normal(string(s)))
	if n == "SUCCEEDED" {
		return TransferCompleted
	}
	return n
}

// Known reports whether s was documented when this version was released.
func (s TransferStatus) Known() bool {
	return oneOf(s.Normal(), TransferPending, TransferFailed, TransferCompleted)
}

// Terminal reports whether the transfer has ended.
func (s TransferStatus) Terminal() bool { return oneOf(s.Normal(), TransferFailed, TransferCompleted) }

// ReportType is a report that can be ordered.
type ReportType string

// Report types.
const (
	ReportSettlement ReportType = "SETTLEMENT" // card settlements
	ReportLedger     ReportType = "LEDGER"     // balance ledger
)

// Known reports whether t was documented when this version was released.
func (t ReportType) Known() bool { return t == ReportSettlement || t == ReportLedger }

// DepositStatus is the state of a simulated deposit.
type DepositStatus string

// Deposit statuses.
const (
	DepositPending   DepositStatus = "PENDING"   // waits for UQPAY's staff
	DepositCompleted DepositStatus = "COMPLETED" // credited to the banking balance; final
	DepositFailed    DepositStatus = "FAILED"    // not credited; final
)

// Known reports whether s was documented when this version was released.
func (s DepositStatus) Known() bool { return oneOf(s, DepositPending, DepositCompleted, DepositFailed) }

// Terminal reports whether the deposit has ended.
func (s DepositStatus) Terminal() bool { return s == DepositCompleted || s == DepositFailed }

// BusinessCode is a business line of UQPAY.
type BusinessCode string

// Business lines.
const (
	BusinessBanking   BusinessCode = "BANKING"   // accounts and payments
	BusinessIssuing   BusinessCode = "ISSUING"   // cards
	BusinessAcquiring BusinessCode = "ACQUIRING" // card acceptance
)

// Known reports whether c was documented when this version was released.
func (c BusinessCode) Known() bool {
	return oneOf(c, BusinessBanking, BusinessIssuing, BusinessAcquiring)
}

// VerificationStatus is the state of a connected account's verification.
type VerificationStatus string

// Verification statuses.
const (
	VerificationApproved VerificationStatus = "APPROVED" // verified
	VerificationPending  VerificationStatus = "PENDING"  // under review
	VerificationReject   VerificationStatus = "REJECT"   // rejected
	VerificationExpired  VerificationStatus = "EXPIRED"  // has to be done again
	VerificationReturn   VerificationStatus = "RETURN"   // returned for completion
)

// Known reports whether s was documented when this version was released.
func (s VerificationStatus) Known() bool {
	return oneOf(s, VerificationApproved, VerificationPending, VerificationReject, VerificationExpired,
		VerificationReturn)
}

// EntityType is what a connected account belongs to.
type EntityType string

// Entity types.
const (
	EntityCompany    EntityType = "COMPANY"    // a company
	EntityIndividual EntityType = "INDIVIDUAL" // a person
)

// Known reports whether t was documented when this version was released.
func (t EntityType) Known() bool { return t == EntityCompany || t == EntityIndividual }
