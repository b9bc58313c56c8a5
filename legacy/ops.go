package legacy

import "github.com/issuing-sdk/issuing-go/internal/transport"

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name   string // service and method
	path   string
	safety transport.Safety
	// order marks an operation that creates an order: only a few codes end it,
	// everything else leaves its outcome open.
	order bool
	// unsigned names the fields that the page keeps out of the signature.
	unsigned []string
}

// Fields that the KYC and document pages exclude from the signature.
var (
	masterEImages  = []string{"faceImage", "backImage", "passImage", "signImage"}
	visaHImages    = []string{"faceImage", "backImage", "passImage"}
	documentImages = []string{"faceImage", "backImage"}
)

// The operations on cards.
//
// read asks only. checked reads the card before anything is repeated. once is
// never repeated after it may have arrived. keyed is repeated as it stands,
// because the page says that the latest record overwrites the previous one.
var (
	opMasterECard         = operation{name: "MasterE.Card", path: "/op/card/E/info", safety: transport.Read}
	opMasterEFreeze       = operation{name: "MasterE.Freeze", path: "/op/card/E/lock", safety: transport.Checked}
	opMasterEUnfreeze     = operation{name: "MasterE.Unfreeze", path: "/op/card/E/un/lock", safety: transport.Checked}
	opMasterEPIN          = operation{name: "MasterE.ChangePIN", path: "/op/card/E/change/pin/secure", safety: transport.Once}
	opMasterELimits       = operation{name: "MasterE.SetDailyLimits", path: "/op/card/E/set/daily/limit", safety: transport.Checked}
	opMasterETransactions = operation{name: "MasterE.Transactions", path: "/op/card/E/transaction", safety: transport.Read}
	opMasterEPage         = operation{name: "MasterE.TransactionPage", path: "/op/card/E/transaction/page", safety: transport.Read}

	opVisaHCard         = operation{name: "VisaH.Card", path: "/op/card/H/balance", safety: transport.Read}
	opVisaHFreeze       = operation{name: "VisaH.Freeze", path: "/op/card/H/lock", safety: transport.Checked}
	opVisaHUnfreeze     = operation{name: "VisaH.Unfreeze", path: "/op/card/H/un/lock", safety: transport.Checked}
	opVisaHPIN          = operation{name: "VisaH.ChangePIN", path: "/op/card/H/change/pin/secure", safety: transport.Once}
	opVisaHTransactions = operation{name: "VisaH.Transactions", path: "/op/card/H/transactions", safety: transport.Read}
	opVisaHReply        = operation{name: "VisaH.ReplyOOB", path: "/op/card/H/oob", safety: transport.Once}
	opVisaHSimulate     = operation{name: "VisaH.SimulateOOB", path: "/op/card/H/oob/simulate", safety: transport.Once}

	opVirtualLBINs        = operation{name: "VirtualL.BINs", path: "/op/card/L/head", safety: transport.Read}
	opVirtualLBINsEnglish = operation{name: "VirtualL.BINs", path: "/op/card/L/head/en", safety: transport.Read}
	opVirtualLCard        = operation{name: "VirtualL.Card", path: "/op/card/L/info", safety: transport.Read}
	opVirtualLFreeze      = operation{name: "VirtualL.Freeze", path: "/op/card/L/lock", safety: transport.Checked}
	opVirtualLUnfreeze    = operation{name: "VirtualL.Unfreeze", path: "/op/card/L/un/lock", safety: transport.Checked}
	// The path is VIRTUAL-P's, in the Chinese edition too.
	opVirtualLClose        = operation{name: "VirtualL.Close", path: "/op/card/P/close", safety: transport.Checked}
	opVirtualLTransactions = operation{name: "VirtualL.Transactions", path: "/op/card/L/transaction", safety: transport.Read}
	opVirtualLSimulateOTP  = operation{name: "VirtualL.SimulateOTP", path: "/op/card/L/simulation/otp", safety: transport.Once}
	opVirtualLSimulate     = operation{name: "VirtualL.SimulateTransaction", path: "/op/card/L/simulation/transaction", safety: transport.Once}

	opVirtualPBINs         = operation{name: "VirtualP.BINs", path: "/op/card/P/bin", safety: transport.Read}
	opVirtualPCard         = operation{name: "VirtualP.Card", path: "/op/card/P/info/v2", safety: transport.Read}
	opVirtualPFreeze       = operation{name: "VirtualP.Freeze", path: "/op/card/P/lock", safety: transport.Checked}
	opVirtualPUnfreeze     = operation{name: "VirtualP.Unfreeze", path: "/op/card/P/un/lock", safety: transport.Checked}
	opVirtualPClose        = operation{name: "VirtualP.Close", path: "/op/card/P/close", safety: transport.Checked}
	opVirtualPDocument     = operation{name: "VirtualP.UploadDocument", path: "/op/card/P/document", safety: transport.Keyed, unsigned: documentImages}
	opVirtualPTransactions = operation{name: "VirtualP.Transactions", path: "/op/card/P/transaction", safety: transport.Read}
)

// The operations that create orders, and their queries.
//
// keyed creations are looked up by merOrderNo after every unclear attempt and
// repeated with the same number only when the platform does not know it: the
// pages document a duplicate code for them. The KYC pages document none, so an
// application is once: looked up, never repeated.
var (
	opDeposit      = operation{name: "Cards.Deposit", path: "/api/card/top/up", safety: transport.Keyed, order: true}
	opDepositQuery = operation{name: "Cards.DepositByKey", path: "/api/card/top/up/query", safety: transport.Read}

	opApplyMasterE         = operation{name: "KYC.ApplyMasterE", path: "/api/card/kyc/apply/master/E", safety: transport.Once, order: true, unsigned: masterEImages}
	opApplyVisaH           = operation{name: "KYC.ApplyVisaH", path: "/api/card/kyc/apply/visa/H", safety: transport.Once, order: true, unsigned: visaHImages}
	opApplyVirtualL        = operation{name: "KYC.ApplyVirtualL", path: "/api/card/kyc/apply/virtual/L", safety: transport.Once, order: true}
	opApplyVirtualLEnglish = operation{name: "KYC.ApplyVirtualL", path: "/api/card/kyc/apply/virtual/L/en", safety: transport.Once, order: true}
	opApplyVirtualP        = operation{name: "KYC.ApplyVirtualP", path: "/api/card/kyc/apply/virtual/P", safety: transport.Once, order: true}
	opKYCQuery             = operation{name: "KYC.ApplicationByKey", path: "/api/card/kyc/query", safety: transport.Read}

	opQuote         = operation{name: "Transfers.Quote", path: "/api/v1/legacy/tf/v4/quotes", safety: transport.Read}
	opTransfer      = operation{name: "Transfers.Create", path: "/api/v1/legacy/tf/v4/order/create", safety: transport.Keyed, order: true}
	opTransferQuery = operation{name: "Transfers.OrderByKey", path: "/api/v1/legacy/tf/v4/order/query", safety: transport.Read}
)

// The fourteen reference-data operations of Transfer V4.
var (
	opBusinessModes       = operation{name: "Reference.BusinessModes", path: "/api/v1/legacy/tf/v4/business", safety: transport.Read}
	opSourceCountries     = operation{name: "Reference.SourceCountries", path: "/api/v1/legacy/tf/v4/sourceCountry", safety: transport.Read}
	opTargetCountries     = operation{name: "Reference.TargetCountries", path: "/api/v1/legacy/tf/v4/countries", safety: transport.Read}
	opChannels            = operation{name: "Reference.Channels", path: "/api/v1/legacy/tf/v4/target/types", safety: transport.Read}
	opChannelCountries    = operation{name: "Reference.ChannelCountries", path: "/api/v1/legacy/tf/v4/type/countries", safety: transport.Read}
	opCurrencies          = operation{name: "Reference.Currencies", path: "/api/v1/legacy/tf/v4/currency/partner", safety: transport.Read}
	opBanks               = operation{name: "Reference.Banks", path: "/api/v1/legacy/tf/v4/banks", safety: transport.Read}
	opBranches            = operation{name: "Reference.Branches", path: "/api/v1/legacy/tf/v4/branch", safety: transport.Read}
	opStates              = operation{name: "Reference.States", path: "/api/v1/legacy/tf/v4/states", safety: transport.Read}
	opCities              = operation{name: "Reference.Cities", path: "/api/v1/legacy/tf/v4/city/code", safety: transport.Read}
	opRelationships       = operation{name: "Reference.Relationships", path: "/api/v1/legacy/tf/v4/relationship/code", safety: transport.Read}
	opRemittancePurposes  = operation{name: "Reference.RemittancePurposes", path: "/api/v1/legacy/tf/v4/remittancePurpose/code", safety: transport.Read}
	opSourcesOfFunds      = operation{name: "Reference.SourcesOfFunds", path: "/api/v1/legacy/tf/v4/sourceOfFunds/code", safety: transport.Read}
	opTransferOccupations = operation{name: "Reference.Occupations", path: "/api/v1/legacy/tf/v4/occupation/code", safety: transport.Read}
)
