package legacy

import issuing "github.com/issuing-sdk/issuing-go"

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

// orderKey is the merchant's order number, of which no page says a form.
var orderKey = issuing.KeyForm{Field: "merOrderNo", Characters: issuing.CharactersText, Min: 1, Max: maxID}

// What the pages limit.
var (
	leastVirtual  = issuing.Limit{Field: "amount (virtual card)", Min: 20, Unit: "units", Source: "Top-Up"}
	leastPhysical = issuing.Limit{Field: "amount (physical card)", Min: 200, Unit: "units", Source: "Top-Up"}
	firstTopUp    = issuing.Limit{Field: "firstRecharge", Min: minFirstRecharge, Unit: "units", Source: "VIRTUAL-L"}
	namesLength   = issuing.Limit{Field: "firstName, lastName", Max: maxNames, Unit: "characters", Source: "VIRTUAL-P"}
	noteLength    = issuing.Limit{Field: "unformattedNote", Max: maxNote, Unit: "characters", Source: "Create Order"}
	pinLength     = issuing.Limit{Field: "pin", Min: pinLen, Max: pinLen, Unit: "digits", Source: "PIN pages"}
	imageSize     = issuing.Limit{Field: "image", Max: maxImage, Unit: "bytes", Source: "Submit Cardholder Document"}
	span          = issuing.Limit{Field: "from, to", Max: maxSpan, Unit: "months", Source: "Query Transaction Records"}
)

// What the rows offer, and when they are complete.
var (
	asCard     = offering(issuing.ConceptCard).And(issuing.ConceptBalance, "").And(issuing.ConceptSecrets, "")
	asList     = offering(issuing.ConceptTransactions)
	asSpanned  = offering(issuing.ConceptTransactions).Limited(span)
	asByKey    = offering(issuing.ConceptByKey)
	asFreeze   = offering(issuing.ConceptFreeze).AtOnce()
	asUnfreeze = offering(issuing.ConceptUnfreeze).AtOnce()
	asPIN      = offering(issuing.ConceptPIN).AtOnce().Limited(pinLength)
	asCloseL   = offering(issuing.ConceptClose).Later(EventVirtualLClosed).Shown("VirtualL.Card")
	asCloseP   = offering(issuing.ConceptClose).Later(EventVirtualPClosed).Shown("VirtualP.Card")
	asApply    = offering(issuing.ConceptApply).Either(EventApplicationCompleted).
			Shown("Applications.ApplicationByKey").Keyed(orderKey)
	asApplyL  = asApply.Limited(firstTopUp)
	asApplyP  = asApply.Limited(namesLength)
	asDeposit = offering(issuing.ConceptDeposit).Either(EventCardDeposited).Shown("Cards.DepositByKey").
			Keyed(orderKey).Limited(leastVirtual, leastPhysical)
	asTransfer = capability{}.Later(EventTransferCompleted).Shown("Transfers.TransferByKey").
			Keyed(orderKey).Limited(noteLength)
	asSetting  = capability{}.AtOnce()
	asDocument = offering(issuing.ConceptKYC).Later().Limited(imageSize)
)

// with returns the row with what it offers; one without is a speciality.
func (o operation) with(offers capability) operation { o.offers = offers; return o }

// The operations on cards.
//
// read asks only. checked reads the card before anything is repeated. once is
// never repeated after it may have arrived. keyed is repeated as it stands,
// because the page says that the latest record overwrites the previous one.
var (
	opMasterECard         = op("MasterE.Card", "/op/card/E/info", read, nothing).with(asCard)
	opMasterEFreeze       = op("MasterE.Freeze", "/op/card/E/lock", checked, byMasterE).with(asFreeze)
	opMasterEUnfreeze     = op("MasterE.Unfreeze", "/op/card/E/un/lock", checked, byMasterE).with(asUnfreeze)
	opMasterEPIN          = op("MasterE.SetPIN", "/op/card/E/change/pin/secure", once, byPIN).with(asPIN)
	opMasterELimits       = op("MasterE.SetDailyLimits", "/op/card/E/set/daily/limit", checked, byMasterE).with(asSetting)
	opMasterELatest       = op("MasterE.LatestTransactions", "/op/card/E/transaction", read, nothing)
	opMasterETransactions = op("MasterE.Transactions", "/op/card/E/transaction/page", read, nothing).with(asList)

	opVisaHCard         = op("VisaH.Card", "/op/card/H/balance", read, nothing).with(asCard)
	opVisaHFreeze       = op("VisaH.Freeze", "/op/card/H/lock", checked, byVisaH).with(asFreeze)
	opVisaHUnfreeze     = op("VisaH.Unfreeze", "/op/card/H/un/lock", checked, byVisaH).with(asUnfreeze)
	opVisaHPIN          = op("VisaH.SetPIN", "/op/card/H/change/pin/secure", once, byPIN).with(asPIN)
	opVisaHTransactions = op("VisaH.Transactions", "/op/card/H/transactions", read, nothing).with(asList)
	opVisaHReply        = op("VisaH.ReplyOOB", "/op/card/H/oob", once, byList)
	opVisaHSimulate     = op("VisaH.SimulateOOB", "/op/card/H/oob/simulate", once, byEvent)

	opVirtualLBINs        = op("VirtualL.BINs", "/op/card/L/head", read, nothing)
	opVirtualLBINsEnglish = op("VirtualL.BINs", "/op/card/L/head/en", read, nothing)
	opVirtualLCard        = op("VirtualL.Card", "/op/card/L/info", read, nothing).with(asCard)
	opVirtualLFreeze      = op("VirtualL.Freeze", "/op/card/L/lock", checked, byVirtualL).with(asFreeze)
	opVirtualLUnfreeze    = op("VirtualL.Unfreeze", "/op/card/L/un/lock", checked, byVirtualL).with(asUnfreeze)
	// The path is VIRTUAL-P's, in the Chinese edition too.
	opVirtualLClose        = op("VirtualL.Close", "/op/card/P/close", checked, notAgain(byVirtualL)).with(asCloseL)
	opVirtualLTransactions = op("VirtualL.Transactions", "/op/card/L/transaction", read, nothing).with(asSpanned)
	opVirtualLSimulateOTP  = op("VirtualL.SimulateOTP", "/op/card/L/simulation/otp", once, byEvent)
	opVirtualLSimulate     = op("VirtualL.SimulateTransaction", "/op/card/L/simulation/transaction", once, byPurchases)

	opVirtualPBINs     = op("VirtualP.BINs", "/op/card/P/bin", read, nothing)
	opVirtualPCard     = op("VirtualP.Card", "/op/card/P/info/v2", read, nothing).with(asCard)
	opVirtualPFreeze   = op("VirtualP.Freeze", "/op/card/P/lock", checked, byVirtualP).with(asFreeze)
	opVirtualPUnfreeze = op("VirtualP.Unfreeze", "/op/card/P/un/lock", checked, byVirtualP).with(asUnfreeze)
	opVirtualPClose    = op("VirtualP.Close", "/op/card/P/close", checked, notAgain(byVirtualP)).with(asCloseP)
	opVirtualPDocument = op("VirtualP.UploadDocument", "/op/card/P/document", keyed, byUpload,
		documentImages...).with(asDocument)
	opVirtualPTransactions = op("VirtualP.Transactions", "/op/card/P/transaction", read, nothing).with(asSpanned)
)

// The operations that create orders, and their queries.
//
// keyed creations are looked up by merOrderNo after every unclear attempt and
// repeated with the same number only when the platform does not know it: the
// pages document a duplicate code for them. The KYC pages document none, so an
// application is once: looked up, never repeated.
var (
	opDeposit          = creation("Cards.Deposit", "/api/card/top/up", keyed, byOrder).with(asDeposit)
	opDepositByKey     = op("Cards.DepositByKey", "/api/card/top/up/query", read, nothing).with(asByKey)
	opDepositByOrderNo = op("Cards.DepositByOrderNo", "/api/card/top/up/query", read, nothing)

	opApplyMasterE = creation("Applications.ApplyMasterE", "/api/card/kyc/apply/master/E", once,
		byApplication, masterEImages...).with(asApply)
	opApplyVisaH = creation("Applications.ApplyVisaH", "/api/card/kyc/apply/visa/H", once,
		byApplication, visaHImages...).with(asApply)
	opApplyVirtualL = creation("Applications.ApplyVirtualL", "/api/card/kyc/apply/virtual/L", once,
		byApplication).with(asApplyL)
	opApplyVirtualLEnglish = creation("Applications.ApplyVirtualL", "/api/card/kyc/apply/virtual/L/en", once,
		byApplication).with(asApplyL)
	opApplyVirtualP = creation("Applications.ApplyVirtualP", "/api/card/kyc/apply/virtual/P", once,
		byApplication).with(asApplyP)
	opApplicationByKey     = op("Applications.ApplicationByKey", "/api/card/kyc/query", read, nothing).with(asByKey)
	opApplicationByOrderNo = op("Applications.ApplicationByOrderNo", "/api/card/kyc/query", read, nothing)

	opQuote    = op("Transfers.Quote", "/api/v1/legacy/tf/v4/quotes", read, nothing)
	opTransfer = creation("Transfers.Create", "/api/v1/legacy/tf/v4/order/create", keyed,
		byTransfer).with(asTransfer)
	opTransferByKey     = op("Transfers.TransferByKey", "/api/v1/legacy/tf/v4/order/query", read, nothing).with(asByKey)
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
