package worldcard

import (
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name   string // service and method
	path   string
	safety transport.Safety
}

// The 18 operations of the Card API.
//
// read asks only. keyed is recognised by the merchant's key and settled by a
// lookup of that key. checked reads the card before it repeats. once is never
// repeated after it may have arrived. KYC Init and Cancel are idempotent by
// their pages, so Init counts as a read; Cancel is repeated like a keyed one.
var (
	opVirtualApply     = operation{"Virtual.Apply", "/api/v1/card/virtual/apply", transport.Keyed}
	opVirtualCard      = operation{"Virtual.Card", "/api/v1/card/virtual/get_info", transport.Read}
	opVirtualBINs      = operation{"Virtual.BINs", "/api/v1/card/virtual/bin/list", transport.Read}
	opDeposit          = operation{"Cards.Deposit", "/api/v1/card/deposit", transport.Keyed}
	opDeposits         = operation{"Cards.Deposits", "/api/v1/card/deposit/list", transport.Read}
	opFreeze           = operation{"Cards.Freeze", "/api/v1/card/freeze", transport.Checked}
	opUnfreeze         = operation{"Cards.Unfreeze", "/api/v1/card/unfreeze", transport.Checked}
	opClose            = operation{"Cards.Close", "/api/v1/card/close", transport.Checked}
	opTransactions     = operation{"Cards.Transactions", "/api/v1/card/transaction/list", transport.Read}
	opPhysicalBINs     = operation{"Physical.BINs", "/api/v1/card/physical/bin/list", transport.Read}
	opPhysicalApply    = operation{"Physical.Apply", "/api/v1/card/physical/apply", transport.Keyed}
	opPhysicalAssign   = operation{"Physical.Assign", "/api/v1/card/physical/assign", transport.Checked}
	opPhysicalActivate = operation{"Physical.Activate", "/api/v1/card/physical/activate", transport.Checked}
	opPhysicalPIN      = operation{"Physical.ChangePIN", "/api/v1/card/physical/change/pin", transport.Once}
	opPhysicalCard     = operation{"Physical.Card", "/api/v1/card/physical/get_info", transport.Read}
	opKYCInit          = operation{"KYC.Init", "/api/v1/card/physical/kyc/init", transport.Read}
	opKYCStatus        = operation{"KYC.Status", "/api/v1/card/physical/kyc/status", transport.Read}
	opKYCCancel        = operation{"KYC.Cancel", "/api/v1/card/physical/kyc/cancel", transport.Keyed}
)
