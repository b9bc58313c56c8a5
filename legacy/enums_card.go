package legacy

// EntryType is the side of an account that a MASTER-E transaction is booked on.
// Top-ups are shown as DEBIT, so it tells nothing about the sign of an amount.
type EntryType string

// Entry types of the MASTER-E pages.
const (
	EntryTypeCredit EntryType = "CREDIT" // credit
	EntryTypeDebit  EntryType = "DEBIT"  // debit
)

// Known reports whether entryType of the MASTER-E transaction pages lists t.
func (t EntryType) Known() bool { return t == EntryTypeCredit || t == EntryTypeDebit }

// MasterEIntent is what a MASTER-E transaction was for.
type MasterEIntent string

// Intents of the MASTER-E pages.
const (
	MasterEIntentCharge   MasterEIntent = "charge"   // purchase
	MasterEIntentRefund   MasterEIntent = "refund"   // refund
	MasterEIntentTopUp    MasterEIntent = "topup"    // top-up
	MasterEIntentTransfer MasterEIntent = "transfer" // top-up too
	MasterEIntentRepay    MasterEIntent = "repay"    // repayment
	MasterEIntentCashback MasterEIntent = "cashback" // cashback
	MasterEIntentInterest MasterEIntent = "interest" // interest
	MasterEIntentFee      MasterEIntent = "fee"      // fee
	MasterEIntentOther    MasterEIntent = "other"    // anything else
)

// Known reports whether intent of the MASTER-E transaction pages lists i.
func (i MasterEIntent) Known() bool {
	return among(i, MasterEIntentCharge, MasterEIntentRefund, MasterEIntentTopUp, MasterEIntentTransfer,
		MasterEIntentRepay, MasterEIntentCashback, MasterEIntentInterest, MasterEIntentFee,
		MasterEIntentOther)
}

// MasterETransactionStatus is the status of a MASTER-E transaction.
type MasterETransactionStatus string

// Statuses of the MASTER-E pages. A refund of a posted transaction is a new
// record; a refund of a pending one turns it void and gives the limit back.
const (
	MasterETransactionStatusPending  MasterETransactionStatus = "pending"  // locked; not final
	MasterETransactionStatusPosted   MasterETransactionStatus = "posted"   // cleared; final
	MasterETransactionStatusDeclined MasterETransactionStatus = "declined" // refused; final
	MasterETransactionStatusVoid     MasterETransactionStatus = "void"     // given up before it was posted; final
)

// Known reports whether status of the MASTER-E transaction pages lists s.
func (s MasterETransactionStatus) Known() bool {
	return s == MasterETransactionStatusPending || s.Terminal()
}

// Terminal reports whether the status is final.
func (s MasterETransactionStatus) Terminal() bool {
	return among(s, MasterETransactionStatusPosted, MasterETransactionStatusDeclined,
		MasterETransactionStatusVoid)
}

// Direction is the direction of a transaction of VISA-H and VIRTUAL-P. The
// VIRTUAL-P page shows D, "decrease", on a top-up: take no sign from it there.
type Direction string

// Directions of the transaction pages.
const (
	DirectionDebit  Direction = "D" // decrease
	DirectionCredit Direction = "C" // increase
)

// Known reports whether debitOrCreditFlag of the VISA-H and VIRTUAL-P transaction pages lists d.
func (d Direction) Known() bool { return d == DirectionDebit || d == DirectionCredit }

// OOBStatus is the status of an out-of-band confirmation.
type OOBStatus int

// Statuses of the OOB pages.
const (
	OOBStatusFailed     OOBStatus = -3 // failed; final
	OOBStatusCancelled  OOBStatus = -2 // cancelled; final
	OOBStatusTimeout    OOBStatus = -1 // not answered in time; final
	OOBStatusInProgress OOBStatus = 1  // waits for the holder
	OOBStatusAccepted   OOBStatus = 2  // the holder confirmed; final
	OOBStatusDeclined   OOBStatus = 3  // the holder declined; final
)

var oobStatusNames = map[OOBStatus]string{
	OOBStatusFailed: "failed", OOBStatusCancelled: "cancelled", OOBStatusTimeout: "timeout",
	OOBStatusInProgress: "in progress", OOBStatusAccepted: "accepted", OOBStatusDeclined: "declined",
}

// Known reports whether status of the VISA-H OOB pages lists s.
func (s OOBStatus) Known() bool { return oobStatusNames[s] != "" }

// Terminal reports whether the status is final.
func (s OOBStatus) Terminal() bool { return s.Known() && s != OOBStatusInProgress }

// String returns the status in words.
func (s OOBStatus) String() string { return named(oobStatusNames[s], int(s)) }

// OOBReply is the holder's answer to an out-of-band confirmation.
type OOBReply int

// Replies of the OOB page, with the numbers of the statuses.
const (
	OOBReplyAccept  OOBReply = 2 // the holder confirms the purchase
	OOBReplyDecline OOBReply = 3 // the holder declines it
)

// Known reports whether reply of the VISA-H OOB page lists r.
func (r OOBReply) Known() bool { return r == OOBReplyAccept || r == OOBReplyDecline }

// VirtualLCardStatus is the life cycle of a VIRTUAL-L card. The platform sends it
// as a number or a string.
type VirtualLCardStatus string

// Card statuses of the VIRTUAL-L page.
const (
	VirtualLCardStatusFrozen    VirtualLCardStatus = "0" // frozen; Unfreeze reverses it
	VirtualLCardStatusActive    VirtualLCardStatus = "1" // usable
	VirtualLCardStatusCancelled VirtualLCardStatus = "2" // closed; final
)

// Known reports whether cardStatus of the VIRTUAL-L card page lists s.
func (s VirtualLCardStatus) Known() bool {
	return s == VirtualLCardStatusFrozen || s == VirtualLCardStatusActive || s.Terminal()
}

// Terminal reports whether the card can leave this status no more.
func (s VirtualLCardStatus) Terminal() bool { return s == VirtualLCardStatusCancelled }

// VirtualLTransactionType is the kind of a VIRTUAL-L transaction.
type VirtualLTransactionType string

// Transaction types of the VIRTUAL-L pages.
const (
	VirtualLTransactionTypeAuth     VirtualLTransactionType = "AUTH"     // purchase
	VirtualLTransactionTypeRefund   VirtualLTransactionType = "REFUND"   // refund
	VirtualLTransactionTypeFee      VirtualLTransactionType = "FEE"      // fee
	VirtualLTransactionTypeTopUp    VirtualLTransactionType = "TOP UP"   // top-up, with a space
	VirtualLTransactionTypeReversal VirtualLTransactionType = "REVERSAL" // reversal
)

// Known reports whether transType of the VIRTUAL-L transaction pages lists t.
func (t VirtualLTransactionType) Known() bool {
	return among(t, VirtualLTransactionTypeAuth, VirtualLTransactionTypeRefund, VirtualLTransactionTypeFee,
		VirtualLTransactionTypeTopUp, VirtualLTransactionTypeReversal)
}

// VirtualLTransactionStatus is the verdict on a VIRTUAL-L transaction.
type VirtualLTransactionStatus string

// Transaction statuses of the VIRTUAL-L pages.
const (
	VirtualLTransactionStatusApproved VirtualLTransactionStatus = "APPROVED" // approved
	VirtualLTransactionStatusDeclined VirtualLTransactionStatus = "DECLINED" // declined
)

// Known reports whether transStatus of the VIRTUAL-L transaction pages lists s.
func (s VirtualLTransactionStatus) Known() bool { return s.Terminal() }

// Terminal reports whether the status is final; both are.
func (s VirtualLTransactionStatus) Terminal() bool {
	return s == VirtualLTransactionStatusApproved || s == VirtualLTransactionStatusDeclined
}

// CrossBorderType says whether a VIRTUAL-L purchase crossed a border.
type CrossBorderType string

// Cross-border types of the VIRTUAL-L pages.
const (
	CrossBorderTypeDomestic      CrossBorderType = "0" // domestic
	CrossBorderTypeInternational CrossBorderType = "1" // international
)

// Known reports whether crossBoardType of the VIRTUAL-L transaction pages lists t.
func (t CrossBorderType) Known() bool {
	return t == CrossBorderTypeDomestic || t == CrossBorderTypeInternational
}

// VirtualPCardStatus is the life cycle of a VIRTUAL-P card.
type VirtualPCardStatus string

// Card statuses of the VIRTUAL-P pages.
const (
	VirtualPCardStatusActive   VirtualPCardStatus = "Active"   // in use
	VirtualPCardStatusFrozen   VirtualPCardStatus = "Frozen"   // frozen; Unfreeze reverses it
	VirtualPCardStatusInactive VirtualPCardStatus = "Inactive" // cancelled; final
)

// Known reports whether status of the VIRTUAL-P card page lists s.
func (s VirtualPCardStatus) Known() bool {
	return s == VirtualPCardStatusActive || s == VirtualPCardStatusFrozen || s.Terminal()
}

// Terminal reports whether the card can leave this status no more.
func (s VirtualPCardStatus) Terminal() bool { return s == VirtualPCardStatusInactive }

// VirtualPTransactionType is the kind of a VIRTUAL-P transaction. Lists and
// callbacks share the type; four kinds come in callbacks only.
type VirtualPTransactionType string

// Transaction types of the VIRTUAL-P pages.
const (
	VirtualPTransactionTypeConsumption VirtualPTransactionType = "Consumption" // purchase
	VirtualPTransactionTypeTopUp       VirtualPTransactionType = "TopUp"       // top-up
	VirtualPTransactionTypeFee         VirtualPTransactionType = "Fee"         // transaction fee
	VirtualPTransactionTypeCredit      VirtualPTransactionType = "Credit"      // refund
	VirtualPTransactionTypeReversal    VirtualPTransactionType = "Reversal"    // reversal
	// closure; its amount goes back to the reserve
	VirtualPTransactionTypeDeleteCard VirtualPTransactionType = "DeleteCard"
	VirtualPTransactionTypeAuth       VirtualPTransactionType = "Auth"            // authorization; callback only
	VirtualPTransactionTypeFrozen     VirtualPTransactionType = "FrozenCard"      // card frozen; callback only
	VirtualPTransactionTypeUnfrozen   VirtualPTransactionType = "UnFrozenCard"    // card unfrozen; callback only
	VirtualPTransactionTypeState      VirtualPTransactionType = "CardStateChange" // card status changed; callback only
)

// Known reports whether type of the VIRTUAL-P transaction and callback pages lists t.
func (t VirtualPTransactionType) Known() bool {
	return among(t, VirtualPTransactionTypeConsumption, VirtualPTransactionTypeTopUp,
		VirtualPTransactionTypeFee, VirtualPTransactionTypeCredit, VirtualPTransactionTypeReversal,
		VirtualPTransactionTypeDeleteCard, VirtualPTransactionTypeAuth, VirtualPTransactionTypeFrozen,
		VirtualPTransactionTypeUnfrozen, VirtualPTransactionTypeState)
}

// VirtualPTransactionStatus is the status of a VIRTUAL-P transaction. The pages'
// tables have three values, their examples two more: an open set.
type VirtualPTransactionStatus string

// Transaction statuses of the VIRTUAL-P pages.
const (
	VirtualPTransactionStatusApprove  VirtualPTransactionStatus = "Approve"  // approved; final
	VirtualPTransactionStatusPending  VirtualPTransactionStatus = "Pending"  // not final
	VirtualPTransactionStatusFail     VirtualPTransactionStatus = "Fail"     // failed; final
	VirtualPTransactionStatusClosed   VirtualPTransactionStatus = "Closed"   // in examples of a finished top-up; final
	VirtualPTransactionStatusApproved VirtualPTransactionStatus = "APPROVED" // in an example; final
)

// Known reports whether tables or examples of the VIRTUAL-P transaction pages have s.
func (s VirtualPTransactionStatus) Known() bool {
	return s == VirtualPTransactionStatusPending || s.Terminal()
}

// Terminal reports whether the status is final.
func (s VirtualPTransactionStatus) Terminal() bool {
	return among(s, VirtualPTransactionStatusApprove, VirtualPTransactionStatusFail,
		VirtualPTransactionStatusClosed, VirtualPTransactionStatusApproved)
}
