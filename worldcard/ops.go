package worldcard

import issuing "github.com/issuing-sdk/issuing-go"

// How open outcomes are settled.
var (
	nothing   = byNone() // a read leaves none open
	byCard    = byState("Virtual.Card", "Physical.Card")
	byNumber  = byState("Physical.Card")
	bySetting = byRepeat("changing to the same PIN again settles it")
	byCalling = byRepeat("calling it again, or reading the card, settles it", "Physical.Card")
)

// The merchant's keys, of which no page says a form, and what the pages limit.
var (
	cardKey  = issuing.KeyForm{Field: "merchant_card_id", Characters: issuing.CharactersText, Min: 1, Max: maxID}
	topUpKey = issuing.KeyForm{Field: "merchant_transaction_id", Characters: issuing.CharactersText, Min: 1, Max: maxID}

	firstTopUp = issuing.Limit{Field: "first_recharge_amount", Min: 10, Unit: "units", Source: "Card Application"}
	leastTopUp = issuing.Limit{Field: "amount", Min: 10, Unit: "units", Source: "Card Top-Up"}
	pinLength  = issuing.Limit{
		Field: "pin", Min: pinDigits, Max: pinDigits, Unit: "digits", Source: "Activate, Change PIN",
	}
)

// What the rows offer, and when they are complete.
var (
	asPaged      = capability{}.Limited(entries("Card BIN List"))
	asPagedCards = capability{}.Limited(entries("Physical Card BIN List"))
	asCard       = offering(issuing.ConceptCard).And(issuing.ConceptBalance, "").And(issuing.ConceptSecrets, "")
	asList       = offering(issuing.ConceptTransactions).Limited(entries("Transaction Records"))
	asByKey      = capability{}.And(issuing.ConceptByKey, "Cards.DepositByKey").Limited(entries("Top-Up Records"))

	asApply = offering(issuing.ConceptApply).Later(EventCardOpened).Shown("Virtual.Card").
		Keyed(cardKey).Limited(firstTopUp)
	asOrder   = offering(issuing.ConceptApply).AtOnce().Keyed(cardKey)
	asDeposit = offering(issuing.ConceptDeposit).Later(EventCardDeposited).Shown("Cards.DepositByKey").
			Keyed(topUpKey).Limited(leastTopUp)
	asFreeze    = offering(issuing.ConceptFreeze).Either(EventCardStateChanged).Shown("Virtual.Card", "Physical.Card")
	asUnfreeze  = offering(issuing.ConceptUnfreeze).Either(EventCardStateChanged).Shown("Virtual.Card", "Physical.Card")
	asClose     = offering(issuing.ConceptClose).Later(EventCardClosed).Shown("Virtual.Card", "Physical.Card")
	asAssign    = offering(issuing.ConceptAssign).AtOnce()
	asActivate  = offering(issuing.ConceptActivate).Later(EventCardOpened).Shown("Physical.Card").Limited(pinLength)
	asPIN       = offering(issuing.ConceptPIN).AtOnce().Limited(pinLength)
	asKYC       = offering(issuing.ConceptKYC).Later(EventKYCReviewed).Shown("KYC.Status")
	asKYCStatus = offering(issuing.ConceptKYC)
	asCancel    = offering(issuing.ConceptKYC).AtOnce(EventCardOpened)
)

// entries is the limit of a page.
func entries(page string) issuing.Limit {
	return issuing.Limit{Field: "page_size", Min: 1, Max: maxPageSize, Unit: "entries", Source: page}
}

// The 18 operations of the Card API.
//
// read asks only. keyed is recognised by the merchant's key and settled by a
// lookup of that key. checked reads the card before it repeats. once is never
// repeated after it may have arrived. KYC Init and Cancel are idempotent by
// their pages, so Init counts as a read; Cancel is repeated like a keyed one.
var (
	opVirtualApply     = operation{"Virtual.Apply", "/api/v1/card/virtual/apply", keyed, byKey("Virtual.Card"), asApply}
	opVirtualCard      = operation{"Virtual.Card", "/api/v1/card/virtual/get_info", read, nothing, asCard}
	opVirtualBINs      = operation{"Virtual.BINs", "/api/v1/card/virtual/bin/list", read, nothing, asPaged}
	opDeposit          = operation{"Cards.Deposit", "/api/v1/card/deposit", keyed, byKey("Cards.DepositByKey"), asDeposit}
	opDeposits         = operation{"Cards.Deposits", "/api/v1/card/deposit/list", read, nothing, asByKey}
	opFreeze           = operation{"Cards.Freeze", "/api/v1/card/freeze", checked, byCard, asFreeze}
	opUnfreeze         = operation{"Cards.Unfreeze", "/api/v1/card/unfreeze", checked, byCard, asUnfreeze}
	opClose            = operation{"Cards.Close", "/api/v1/card/close", checked, byCard, asClose}
	opTransactions     = operation{"Cards.Transactions", "/api/v1/card/transaction/list", read, nothing, asList}
	opPhysicalBINs     = operation{"Physical.BINs", "/api/v1/card/physical/bin/list", read, nothing, asPagedCards}
	opPhysicalApply    = operation{"Physical.Apply", "/api/v1/card/physical/apply", keyed, byKey("Physical.Card"), asOrder}
	opPhysicalAssign   = operation{"Physical.Assign", "/api/v1/card/physical/assign", checked, byNumber, asAssign}
	opPhysicalActivate = operation{"Physical.Activate", "/api/v1/card/physical/activate", checked, byNumber, asActivate}
	opPhysicalPIN      = operation{"Physical.SetPIN", "/api/v1/card/physical/change/pin", once, bySetting, asPIN}
	opPhysicalCard     = operation{"Physical.Card", "/api/v1/card/physical/get_info", read, nothing, asCard}
	opKYCInit          = operation{"KYC.Init", "/api/v1/card/physical/kyc/init", read, nothing, asKYC}
	opKYCStatus        = operation{"KYC.Status", "/api/v1/card/physical/kyc/status", read, nothing, asKYCStatus}
	opKYCCancel        = operation{"KYC.Cancel", "/api/v1/card/physical/kyc/cancel", keyed, byCalling, asCancel}
)

// table is all of them.
func table() []operation {
	return []operation{
		opVirtualApply, opVirtualCard, opVirtualBINs, opDeposit, opDeposits, opFreeze, opUnfreeze, opClose,
		opTransactions, opPhysicalBINs, opPhysicalApply, opPhysicalAssign, opPhysicalActivate, opPhysicalPIN,
		opPhysicalCard, opKYCInit, opKYCStatus, opKYCCancel,
	}
}
