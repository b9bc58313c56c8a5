package legacy

// How open outcomes are settled. Cards are named by their numbers, which no pending holds:
// where the card is read, Settle wants issuing.WithReference.
var (
	nothing       = byNone() // a read leaves none open
	byMasterE     = byState("MasterE.Card")
	byVisaH       = byState("VisaH.Card")
	byVirtualL    = byState("VirtualL.Card")
	byVirtualP    = byState("VirtualP.Card")
	byOrder       = byKey("Cards.DepositByKey")
	byTransfer    = byKey("Transfers.TransferByKey").With("compare the account")
	byApplication = byKey("Applications.ApplicationByKey").Once()
	byPIN         = byNobody("a PIN cannot be read back: set it again when the holder asks for it")
	byUpload      = byRepeat("uploading it again settles it")
	byEvent       = byNobody("the notification shows that it was carried out")
	byList        = byNobody("the card's transactions may show it", "VisaH.Transactions")
	byPurchases   = byNobody("the card's transactions may show it", "VirtualL.Transactions")
	notAgain      = func(s settle) settle { return s.Once() } // closing may be under way
)

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
	opMasterECard         = op("MasterE.Card", "/op/card/E/info", read, nothing)
	opMasterEFreeze       = op("MasterE.Freeze", "/op/card/E/lock", checked, byMasterE)
	opMasterEUnfreeze     = op("MasterE.Unfreeze", "/op/card/E/un/lock", checked, byMasterE)
	opMasterEPIN          = op("MasterE.SetPIN", "/op/card/E/change/pin/secure", once, byPIN)
	opMasterELimits       = op("MasterE.SetDailyLimits", "/op/card/E/set/daily/limit", checked, byMasterE)
	opMasterELatest       = op("MasterE.LatestTransactions", "/op/card/E/transaction", read, nothing)
	opMasterETransactions = op("MasterE.Transactions", "/op/card/E/transaction/page", read, nothing)

	opVisaHCard         = op("VisaH.Card", "/op/card/H/balance", read, nothing)
	opVisaHFreeze       = op("VisaH.Freeze", "/op/card/H/lock", checked, byVisaH)
	opVisaHUnfreeze     = op("VisaH.Unfreeze", "/op/card/H/un/lock", checked, byVisaH)
	opVisaHPIN          = op("VisaH.SetPIN", "/op/card/H/change/pin/secure", once, byPIN)
	opVisaHTransactions = op("VisaH.Transactions", "/op/card/H/transactions", read, nothing)
	opVisaHReply        = op("VisaH.ReplyOOB", "/op/card/H/oob", once, byList)
	opVisaHSimulate     = op("VisaH.SimulateOOB", "/op/card/H/oob/simulate", once, byEvent)

	opVirtualLBINs        = op("VirtualL.BINs", "/op/card/L/head", read, nothing)
	opVirtualLBINsEnglish = op("VirtualL.BINs", "/op/card/L/head/en", read, nothing)
	opVirtualLCard        = op("VirtualL.Card", "/op/card/L/info", read, nothing)
	opVirtualLFreeze      = op("VirtualL.Freeze", "/op/card/L/lock", checked, byVirtualL)
	opVirtualLUnfreeze    = op("VirtualL.Unfreeze", "/op/card/L/un/lock", checked, byVirtualL)
	// The path is VIRTUAL-P's, in the Chinese edition too.
	opVirtualLClose        = op("VirtualL.Close", "/op/card/P/close", checked, notAgain(byVirtualL))
	opVirtualLTransactions = op("VirtualL.Transactions", "/op/card/L/transaction", read, nothing)
	opVirtualLSimulateOTP  = op("VirtualL.SimulateOTP", "/op/card/L/simulation/otp", once, byEvent)
	opVirtualLSimulate     = op("VirtualL.SimulateTransaction", "/op/card/L/simulation/transaction", once, byPurchases)

	opVirtualPBINs         = op("VirtualP.BINs", "/op/card/P/bin", read, nothing)
	opVirtualPCard         = op("VirtualP.Card", "/op/card/P/info/v2", read, nothing)
	opVirtualPFreeze       = op("VirtualP.Freeze", "/op/card/P/lock", checked, byVirtualP)
	opVirtualPUnfreeze     = op("VirtualP.Unfreeze", "/op/card/P/un/lock", checked, byVirtualP)
	opVirtualPClose        = op("VirtualP.Close", "/op/card/P/close", checked, notAgain(byVirtualP))
	opVirtualPDocument     = op("VirtualP.UploadDocument", "/op/card/P/document", keyed, byUpload, documentImages...)
	opVirtualPTransactions = op("VirtualP.Transactions", "/op/card/P/transaction", read, nothing)
)

// The operations that create orders, and their queries.
//
// keyed creations are looked up by merOrderNo after every unclear attempt and
// repeated with the same number only when the platform does not know it: the
// pages document a duplicate code for them. The KYC pages document none, so an
// application is once: looked up, never repeated.
var (
	opDeposit          = creation("Cards.Deposit", "/api/card/top/up", keyed, byOrder)
	opDepositByKey     = op("Cards.DepositByKey", "/api/card/top/up/query", read, nothing)
	opDepositByOrderNo = op("Cards.DepositByOrderNo", "/api/card/top/up/query", read, nothing)

	opApplyMasterE = creation("Applications.ApplyMasterE", "/api/card/kyc/apply/master/E", once,
		byApplication, masterEImages...)
	opApplyVisaH = creation("Applications.ApplyVisaH", "/api/card/kyc/apply/visa/H", once,
		byApplication, visaHImages...)
	opApplyVirtualL        = creation("Applications.ApplyVirtualL", "/api/card/kyc/apply/virtual/L", once, byApplication)
	opApplyVirtualLEnglish = creation("Applications.ApplyVirtualL", "/api/card/kyc/apply/virtual/L/en", once,
		byApplication)
	opApplyVirtualP        = creation("Applications.ApplyVirtualP", "/api/card/kyc/apply/virtual/P", once, byApplication)
	opApplicationByKey     = op("Applications.ApplicationByKey", "/api/card/kyc/query", read, nothing)
	opApplicationByOrderNo = op("Applications.ApplicationByOrderNo", "/api/card/kyc/query", read, nothing)

	opQuote             = op("Transfers.Quote", "/api/v1/legacy/tf/v4/quotes", read, nothing)
	opTransfer          = creation("Transfers.Create", "/api/v1/legacy/tf/v4/order/create", keyed, byTransfer)
	opTransferByKey     = op("Transfers.TransferByKey", "/api/v1/legacy/tf/v4/order/query", read, nothing)
	opTransferByOrderNo = op("Transfers.TransferByOrderNo", "/api/v1/legacy/tf/v4/order/query", read, nothing)
)

// The fourteen reference-data operations of Transfer V4.
var (
	opBusinessModes      = op("Reference.BusinessModes", "/api/v1/legacy/tf/v4/business", read, nothing)
	opSourceCountries    = op("Reference.SourceCountries", "/api/v1/legacy/tf/v4/sourceCountry", read, nothing)
	opTargetCountries    = op("Reference.TargetCountries", "/api/v1/legacy/tf/v4/countries", read, nothing)
	opChannels           = op("Reference.Channels", "/api/v1/legacy/tf/v4/target/types", read, nothing)
	opChannelCountries   = op("Reference.ChannelCountries", "/api/v1/legacy/tf/v4/type/countries", read, nothing)
	opCurrencies         = op("Reference.Currencies", "/api/v1/legacy/tf/v4/currency/partner", read, nothing)
	opBanks              = op("Reference.Banks", "/api/v1/legacy/tf/v4/banks", read, nothing)
	opBranches           = op("Reference.Branches", "/api/v1/legacy/tf/v4/branch", read, nothing)
	opStates             = op("Reference.States", "/api/v1/legacy/tf/v4/states", read, nothing)
	opCities             = op("Reference.Cities", "/api/v1/legacy/tf/v4/city/code", read, nothing)
	opRelationships      = op("Reference.Relationships", "/api/v1/legacy/tf/v4/relationship/code", read, nothing)
	opRemittancePurposes = op("Reference.RemittancePurposes", "/api/v1/legacy/tf/v4/remittancePurpose/code",
		read, nothing)
	opSourcesOfFunds      = op("Reference.SourcesOfFunds", "/api/v1/legacy/tf/v4/sourceOfFunds/code", read, nothing)
	opTransferOccupations = op("Reference.Occupations", "/api/v1/legacy/tf/v4/occupation/code", read, nothing)
)

// table is all of them.
func table() []operation {
	return []operation{
		opMasterECard, opMasterEFreeze, opMasterEUnfreeze, opMasterEPIN, opMasterELimits, opMasterELatest,
		opMasterETransactions, opVisaHCard, opVisaHFreeze, opVisaHUnfreeze, opVisaHPIN, opVisaHTransactions,
		opVisaHReply, opVisaHSimulate, opVirtualLBINs, opVirtualLBINsEnglish, opVirtualLCard, opVirtualLFreeze,
		opVirtualLUnfreeze, opVirtualLClose, opVirtualLTransactions, opVirtualLSimulateOTP, opVirtualLSimulate,
		opVirtualPBINs, opVirtualPCard, opVirtualPFreeze, opVirtualPUnfreeze, opVirtualPClose, opVirtualPDocument,
		opVirtualPTransactions, opDeposit, opDepositByKey, opDepositByOrderNo, opApplyMasterE, opApplyVisaH,
		opApplyVirtualL, opApplyVirtualLEnglish, opApplyVirtualP, opApplicationByKey, opApplicationByOrderNo,
		opQuote, opTransfer, opTransferByKey, opTransferByOrderNo, opBusinessModes, opSourceCountries,
		opTargetCountries, opChannels, opChannelCountries, opCurrencies, opBanks, opBranches, opStates, opCities,
		opRelationships, opRemittancePurposes, opSourcesOfFunds, opTransferOccupations,
	}
}
