package worldcard

// How open outcomes are settled.
var (
	nothing   = by() // a read leaves none open
	byCard    = by("Virtual.Card", "Physical.Card")
	bySetting = byNote("changing to the same PIN again settles it")
	byRepeat  = byNote("calling it again, or reading the card, settles it")
)

// The 18 operations of the Card API.
//
// read asks only. keyed is recognised by the merchant's key and settled by a
// lookup of that key. checked reads the card before it repeats. once is never
// repeated after it may have arrived. KYC Init and Cancel are idempotent by
// their pages, so Init counts as a read; Cancel is repeated like a keyed one.
var (
	opVirtualApply     = operation{"Virtual.Apply", "/api/v1/card/virtual/apply", keyed, by("Virtual.Card")}
	opVirtualCard      = operation{"Virtual.Card", "/api/v1/card/virtual/get_info", read, nothing}
	opVirtualBINs      = operation{"Virtual.BINs", "/api/v1/card/virtual/bin/list", read, nothing}
	opDeposit          = operation{"Cards.Deposit", "/api/v1/card/deposit", keyed, by("Cards.DepositByKey")}
	opDeposits         = operation{"Cards.Deposits", "/api/v1/card/deposit/list", read, nothing}
	opFreeze           = operation{"Cards.Freeze", "/api/v1/card/freeze", checked, byCard}
	opUnfreeze         = operation{"Cards.Unfreeze", "/api/v1/card/unfreeze", checked, byCard}
	opClose            = operation{"Cards.Close", "/api/v1/card/close", checked, byCard}
	opTransactions     = operation{"Cards.Transactions", "/api/v1/card/transaction/list", read, nothing}
	opPhysicalBINs     = operation{"Physical.BINs", "/api/v1/card/physical/bin/list", read, nothing}
	opPhysicalApply    = operation{"Physical.Apply", "/api/v1/card/physical/apply", keyed, by("Physical.Card")}
	opPhysicalAssign   = operation{"Physical.Assign", "/api/v1/card/physical/assign", checked, by("Physical.Card")}
	opPhysicalActivate = operation{"Physical.Activate", "/api/v1/card/physical/activate", checked, by("Physical.Card")}
	opPhysicalPIN      = operation{"Physical.SetPIN", "/api/v1/card/physical/change/pin", once, bySetting}
	opPhysicalCard     = operation{"Physical.Card", "/api/v1/card/physical/get_info", read, nothing}
	opKYCInit          = operation{"KYC.Init", "/api/v1/card/physical/kyc/init", read, nothing}
	opKYCStatus        = operation{"KYC.Status", "/api/v1/card/physical/kyc/status", read, nothing}
	opKYCCancel        = operation{"KYC.Cancel", "/api/v1/card/physical/kyc/cancel", keyed, byRepeat}
)
