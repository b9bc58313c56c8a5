package worldcard

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// CardType is a product of the platform. Further types pass through.
type CardType string

// Card types of the documents.
const (
	CardTypeVirtualV  CardType = "VIRTUAL-V"  // virtual; needs name and full billing address
	CardTypeVirtualR  CardType = "VIRTUAL-R"  // virtual; needs an e-mail address only
	CardTypeVirtualG  CardType = "VIRTUAL-G"  // virtual; needs name, contact, birthday and address
	CardTypePhysicalG CardType = "PHYSICAL-G" // physical; needs KYC, a card number and activation
)

// Known reports whether the BIN and application pages list t.
func (t CardType) Known() bool {
	return slices.Contains([]CardType{CardTypeVirtualV, CardTypeVirtualR, CardTypeVirtualG, CardTypePhysicalG}, t)
}

// CardStatus is the life cycle of a card in answers of the API. Callbacks number
// their own statuses differently and have types of their own.
type CardStatus int

// Card statuses of code.md. The virtual card pages list 1 to 6 only.
const (
	CardStatusProcessing        CardStatus = 1 // application received; wait for card_open
	CardStatusActive            CardStatus = 2 // activated and usable
	CardStatusFailed            CardStatus = 3 // issuing failed; final
	CardStatusClosing           CardStatus = 4 // closure received; wait for card_close
	CardStatusClosed            CardStatus = 5 // closed; final
	CardStatusFrozen            CardStatus = 6 // frozen; Unfreeze reverses it
	CardStatusPendingAssignment CardStatus = 7 // physical: KYC passed, assign a card number
	CardStatusPendingActivation CardStatus = 8 // physical: activate with a PIN
	CardStatusPendingKYC        CardStatus = 9 // physical: applied, KYC not passed
)

var cardStatusNames = map[CardStatus]string{
	CardStatusProcessing: "processing", CardStatusActive: "active", CardStatusFailed: "failed",
	CardStatusClosing: "closing", CardStatusClosed: "closed", CardStatusFrozen: "frozen",
	CardStatusPendingAssignment: "pending assignment", CardStatusPendingActivation: "pending activation",
	CardStatusPendingKYC: "pending KYC",
}

// Known reports whether the card status table lists s.
func (s CardStatus) Known() bool { return cardStatusNames[s] != "" }

// Terminal reports whether the card can leave this status no more.
func (s CardStatus) Terminal() bool { return s == CardStatusFailed || s == CardStatusClosed }

// String returns the status in words.
func (s CardStatus) String() string { return named(cardStatusNames[s], int(s)) }

// DepositStatus is the status of a top-up in answers of the API. The
// card_deposit callback numbers differently: see [DepositEventStatus].
type DepositStatus int

// Statuses of topup.md and deposit_list.md.
const (
	DepositStatusProcessing DepositStatus = 1 // received; wait for card_deposit or ask again
	DepositStatusSuccess    DepositStatus = 2 // the card was credited; final
	DepositStatusFailed     DepositStatus = 3 // nothing was credited; final
)

var depositStatusNames = map[DepositStatus]string{
	DepositStatusProcessing: "processing", DepositStatusSuccess: "success", DepositStatusFailed: "failed",
}

// Known reports whether the top-up list page lists s.
func (s DepositStatus) Known() bool { return depositStatusNames[s] != "" }

// Terminal reports whether the status is final.
func (s DepositStatus) Terminal() bool { return s == DepositStatusSuccess || s == DepositStatusFailed }

// String returns the status in words.
func (s DepositStatus) String() string { return named(depositStatusNames[s], int(s)) }

// KYCStatus is the status of an identity verification in answers of the KYC
// operations, except that Cancel answers with the card's status.
type KYCStatus int

// KYC statuses of the KYC guide.
const (
	KYCStatusNotStarted KYCStatus = 0 // Init was never called
	KYCStatusPending    KYCStatus = 1 // waiting for the customer or the review
	KYCStatusApproved   KYCStatus = 2 // verdict GREEN; the card moves to pending assignment
	KYCStatusRejected   KYCStatus = 3 // verdict RED; a later manual review may still override it
)

var kycStatusNames = map[KYCStatus]string{
	KYCStatusNotStarted: "not started", KYCStatusPending: "pending",
	KYCStatusApproved: "approved", KYCStatusRejected: "rejected",
}

// Known reports whether the KYC guide lists s.
func (s KYCStatus) Known() bool { return kycStatusNames[s] != "" }

// Terminal reports whether polling can stop. A manual review may still override
// the verdict; the record with the greatest review time counts.
func (s KYCStatus) Terminal() bool { return s == KYCStatusApproved || s == KYCStatusRejected }

// String returns the status in words.
func (s KYCStatus) String() string { return named(kycStatusNames[s], int(s)) }

// CardBrand is a card scheme.
type CardBrand string

// Card brands of the BIN list pages.
const (
	CardBrandVisa       CardBrand = "VISA"       // Visa
	CardBrandMastercard CardBrand = "MASTERCARD" // Mastercard
)

// Known reports whether the BIN list pages list b.
func (b CardBrand) Known() bool { return b == CardBrandVisa || b == CardBrandMastercard }

// CardForm is the form factor of a BIN's cards.
type CardForm int

// Card forms of physical_bin_list.md.
const (
	CardFormVirtual  CardForm = 1 // virtual
	CardFormPhysical CardForm = 2 // physical
)

// Known reports whether the BIN list pages list f.
func (f CardForm) Known() bool { return f == CardFormVirtual || f == CardFormPhysical }

// TransactionType is the kind of a card transaction.
type TransactionType string

// Transaction types of transaction.md.
const (
	TransactionTypeAuthorization TransactionType = "Authorization" // spending authorization; holds the amount
	TransactionTypeSettlement    TransactionType = "Settlement"    // the authorized amount is taken
	TransactionTypeRefund        TransactionType = "Refund"        // spending refund
	TransactionTypeReversal      TransactionType = "Reversal"      // authorization reversal; releases the hold
)

// Known reports whether the transaction list page lists t.
func (t TransactionType) Known() bool {
	return slices.Contains([]TransactionType{
		TransactionTypeAuthorization, TransactionTypeSettlement, TransactionTypeRefund, TransactionTypeReversal,
	}, t)
}

// TransactionStatus is the status of a card transaction.
type TransactionStatus string

// Transaction statuses of transaction.md.
const (
	TransactionStatusPending  TransactionStatus = "PENDING"  // not final
	TransactionStatusDeclined TransactionStatus = "DECLINED" // refused; final
	TransactionStatusComplete TransactionStatus = "COMPLETE" // carried out; final
)

// Known reports whether the transaction list page lists s.
func (s TransactionStatus) Known() bool { return s == TransactionStatusPending || s.Terminal() }

// Terminal reports whether the status is final.
func (s TransactionStatus) Terminal() bool {
	return s == TransactionStatusDeclined || s == TransactionStatusComplete
}

// CardState is the state of a card in callbacks, a word. The change log of
// 2026-06-04 renamed "frozen" to "blocked"; both come, in any case, and are the
// same state: compare with [CardState.Normal].
type CardState string

// Card states of webhook.md and the change log.
const (
	CardStateActivated CardState = "activated" // normal, or unfrozen
	CardStateInactive  CardState = "inactive"  // not activated
	CardStateFrozen    CardState = "frozen"    // frozen; also sent as "blocked"
	CardStateBlocked   CardState = "blocked"   // the newer word for frozen
	CardStateCancelled CardState = "cancelled" // closed; final
)

// Normal returns the state in lower case, with "blocked" as [CardStateFrozen].
func (s CardState) Normal() CardState {
	n := CardState(strings.ToLower(strings.TrimSpace(string(s))))
	if n == CardStateBlocked {
		return CardStateFrozen
	}
	return n
}

// Known reports whether webhook.md lists s.
func (s CardState) Known() bool {
	return slices.Contains([]CardState{
		CardStateActivated, CardStateInactive, CardStateFrozen, CardStateCancelled,
	}, s.Normal())
}

// Terminal reports whether the card can leave this state no more.
func (s CardState) Terminal() bool { return s.Normal() == CardStateCancelled }

// CardStatus returns the API's status for the state. "inactive" and unknown
// states have none; ok is false then.
func (s CardState) CardStatus() (status CardStatus, ok bool) {
	switch s.Normal() {
	case CardStateActivated:
		return CardStatusActive, true
	case CardStateFrozen:
		return CardStatusFrozen, true
	case CardStateCancelled:
		return CardStatusClosed, true
	}
	return 0, false
}

// named is the text of an enum value.
func named(name string, n int) string {
	return cmp.Or(name, "unknown ("+strconv.Itoa(n)+")")
}
