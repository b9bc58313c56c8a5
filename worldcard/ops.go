package worldcard

// How open outcomes are settled.
var (
	nothing   = byNone() // a read leaves none open
	byCard    = byState("Virtual.Card", "Physical.Card")
	byNumber  = byState("Physical.Card")
	bySetting = byRepeat("changing to the same PIN again settles it")
	byCalling = byRepeat("calling it again, or reading the card, settles it", "Physical.Card")
)

// The 18 operations of the Card API.
//
// read asks only. keyed is recognised by the merchant's key and settled by a
// lookup of that key. checked reads the card before it repeats. once is never
// repeated after it may have arrived. KYC Init and Cancel are idempotent by
// their pages, so Init counts as a read; Cancel is repeated like a keyed one.
var (
	opVirtualApply     = operation{"Virtual.Apply", "/api/v1/card/virtual/apply", keyed, byKey("Virtual.Card")}
	opVirtualCard      = operation{"Virtual.Card", "/api/v1/card/virtual/get_info", read, nothing}
	opVirtualBINs      = operation{"Virtual.BINs", "/api/v1/card/virtual/bin/list", read, nothing}
	opDeposit          = operation{"Cards.Deposit", "/api/v1/card/deposit", keyed, byKey("Cards.DepositByKey")}
	opDeposits         = operation{"Cards.Deposits", "/api/v1/card/deposit/list", read, nothing}
	opFreeze           = operation{"Cards.Freeze", "/api/v1/card/freeze", checked, byCard}
	opUnfreeze         = operation{"Cards.Unfreeze", "/api/v1/card/unfreeze", checked, byCard}
	opClose            = operation{"Cards.Close", "/api/v1/card/close", checked, byCard}
	opTransactions     = operation{"Cards.Transactions", "/api/v1/card/transaction/list", read, nothing}
	opPhysicalBINs     = operation{"Physical.BINs", "/api/v1/card/physical/bin/list", read, nothing}
	opPhysicalApply    = operation{"Physical.Apply", "/api/v1/card/physical/apply", keyed, byKey("Physical.Card")}
	opPhysicalAssign   = operation{"Physical.Assign", "/api/v1/card/physical/assign", checked, byNumber}
	opPhysicalActivate = operation{"Physical.Activate", "/api/v1/card/physical/activate", checked, byNumber}
	opPhysicalPIN      = operation{"Physical.SetPIN", "/api/v1/card/physical/change/pin", once, bySetting}
	opPhysicalCard     = operation{"Physical.Card", "/api/v1/card/physical/get_info", read, nothing}
	opKYCInit          = operation{"KYC.Init", "/api/v1/card/physical/kyc/init", read, nothing}
	opKYCStatus        = operation{"KYC.Status", "/api/v1/card/physical/kyc/status", read, nothing}
	opKYCCancel        = operation{"KYC.Cancel", "/api/v1/card/physical/kyc/cancel", keyed, byCalling}
)

// table is all of them.
func table() []operation {
	return []operation{
		opVirtualApply, opVirtualCard, opVirtualBINs, opDeposit, opDeposits, opFreeze, opUnfreeze, opClose,
		opTransactions, opPhysicalBINs, opPhysicalApply, opPhysicalAssign, opPhysicalActivate, opPhysicalPIN,
		opPhysicalCard, opKYCInit, opKYCStatus, opKYCCancel,
	}
}
