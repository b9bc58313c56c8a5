package coshine

import issuing "github.com/issuing-sdk/issuing-go"

// How open outcomes are settled. Coshine recognises no repeat that it publishes, so none
// is sent again.
var (
	nothing = byNone() // a read leaves none open
	unknown = byNobody("no inquiry shows it: ask Coshine with the tranId")

	byCard      = byState("Cards.Card", "Customers.Cards").Once()
	byHolder    = byState("Customers.Cards", "Cards.Card").Once() // the request names the customer
	byOwnNumber = byHistory("Customers.Cards")                    // where the application chose one

	ofCard     = byNobody("which field shows it is not published", "Cards.Card", "Customers.Cards")
	ofCardList = byNobody("nothing in the list names the request that made a card", "Customers.Cards")
	ofCVV2     = byNobody("it shows the value in force, whichever that is", "Cards.Secrets")
	ofFlag     = byNobody("what the inquiry answers is not published", "Cards.BusinessFlag")
	ofAccounts = byNobody("what the inquiry says of an account is not published", "Customers.Accounts")
	ofTokens   = byNobody("nothing in the list names the request that made or changed a token", "Tokens.List")

	byLists      = byHistory("Cards.Transactions", "Cards.Authorizations")
	byReversal   = byLists.Or("Transactions.Reverse")
	byHolds      = byHistory("Cards.Authorizations", "Cards.Transactions")
	byUnblocking = byHolds.Or("Transactions.Unblock")
	ofMessage    = byNobody("what the message says is not read here", "Cards.Transactions", "Cards.Authorizations").
			Or("Transactions.Reverse")

	setting = byNobody("setting the same again changes nothing more")
	asking  = byNobody("by its name it only reads, but nothing about repeating it is published")
	newPIN  = byNobody("no inquiry shows which PIN is in force; set it again only when the cardholder asks for it")
	ownPIN  = byNobody("no inquiry shows which PIN is in force; do not repeat it by a program")
	trying  = byNobody("it changes nothing but perhaps a count of wrong tries; do not repeat it by a program")
)

// messageKey is the tranId.
var messageKey = issuing.KeyForm{
	Field: "tranId", Characters: issuing.CharactersAlphanumeric, Min: 1, Max: maxTranID, Drawn: true,
	Source: "public request header",
}

// amountForm is the form 16,2.
var amountForm = issuing.Limit{Field: "amount", Max: maxAmountDigits, Unit: "digits", Source: "data types"}

// What the rows offer. An answer of code 00 is that of an operation that is complete; where
// what is offered has no fields that are published, nothing is said about it.
var (
	asNone     = capability{} // no concept, and nothing that the pages say
	asCard     = offering(issuing.ConceptCard)
	asSecrets  = offering(issuing.ConceptSecrets)
	asBalance  = offering(issuing.ConceptBalance)
	asList     = offering(issuing.ConceptTransactions)
	asApply    = offering(issuing.ConceptApply).AtOnce()
	asActivate = offering(issuing.ConceptActivate).AtOnce()
	asClose    = offering(issuing.ConceptClose).AtOnce()
	asStates   = capability{}.And(issuing.ConceptFreeze, "Cards.Freeze").
			And(issuing.ConceptUnfreeze, "Cards.Unfreeze").AtOnce()
	asPIN      = offering(issuing.ConceptPIN).AtOnce()
	asPINKey   = offering(issuing.ConceptPIN)
	asDeposit  = offering(issuing.ConceptDeposit).AtOnce().Limited(amountForm)
	asWithdraw = offering(issuing.ConceptWithdraw).AtOnce().Limited(amountForm)
	asBooking  = capability{}.AtOnce().Limited(amountForm)
	asTokens   = offering(issuing.ConceptTokens)
)

// The outbound operations. read asks only and is repeated under a new tranId;
// once is never repeated after it may have left.
var (
	opCardApplication = operation{APICardApplication, "Cards.Apply", once, byOwnNumber, asApply}
	opCorporate       = operation{APICorporateCardApplication, "Cards.ApplyCorporate", once, ofCardList, asApply}

	opCustomerCards    = operation{APICustomerCardInfoInquiry, "Customers.Cards", read, nothing, asNone}
	opCustomerAccounts = operation{APICustomerAccountInfoInquiry, "Customers.Accounts", read, nothing, asNone}
	opCustomerUpdate   = operation{APICustomerInfoUpdate, "Customers.Update", once, setting, asNone}
	opCustomerLinkage  = operation{APICustomerLinkage, "Customers.Link", once, ofCardList, asNone}

	opAccountLinkage = operation{APIAccountLinkage, "Accounts.Link", once, ofAccounts, asNone}
	opAccountStatus  = operation{APIAccountStatusUpdate, "Accounts.SetStatus", once, ofAccounts, asNone}

	opCardInfo        = operation{APICardInfoInquiry, "Cards.Card", read, nothing, asCard}
	opCardActivation  = operation{APICardActivation, "Cards.Activate", once, byHolder, asActivate}
	opCardReissue     = operation{APICardReissue, "Cards.Reissue", once, ofCardList, asNone}
	opCardReplacement = operation{APICardReplacement, "Cards.Replace", once, ofCardList, asNone}
	opCardCancel      = operation{APICardCancellation, "Cards.Close", once, byCard, asClose}
	opCardStatus      = operation{APICardStatusUpdate, "Cards.SetStatus", once, byCard, asStates}
	opCardLimit       = operation{APICardLimitSetting, "Cards.SetLimits", once, setting, asNone}
	opCVV2Inquiry     = operation{APICardCVV2Inquiry, "Cards.Secrets", read, nothing, asSecrets}
	opCVV2Verify      = operation{APICardCVV2Verify, "Cards.VerifyCVV2", once, trying, asNone}
	opGenerateDCVV    = operation{APIGenerateDCVV, "Cards.GenerateDCVV", once, ofCVV2, asNone}
	opExpiryUpdate    = operation{APICardExpiryDateUpdate, "Cards.SetExpiry", once, byCard, asNone}
	opSecureRegist    = operation{APICardSecureRegist, "Cards.Register3DS", once, setting, asNone}
	opBlacklist       = operation{APIBlacklistUpdate, "Cards.UpdateBlacklist", once, unknown, asNone}
	opPlasticUpdate   = operation{APICardPlasticUpdate, "Cards.UpdatePlastic", once, ofCard, asNone}
	opCardNumber      = operation{APICardNumberInquiry, "Cards.Number", read, nothing, asSecrets}
	opBusinessUpdate  = operation{APIBusinessFlagUpdate, "Cards.SetBusinessFlag", once, ofFlag, asNone}
	opBusinessInquiry = operation{APIBusinessFlagInquiry, "Cards.BusinessFlag", once, asking, asNone}
	opBusinessOnOff   = operation{APIBusinessOnOff, "Cards.SwitchBusiness", once, ofFlag, asNone}
	opCardFace        = operation{APICardFaceInquiry, "Cards.Face", once, asking, asNone}
	opCardInfoUpdate  = operation{APICardInfoUpdate, "Cards.Update", once, ofCard, asNone}
	opCardNoBlock     = operation{APICardNoBlock, "Cards.BlockNumber", once, ofCard, asNone}
	opConvert         = operation{APIConvertPrepaidToDebit, "Cards.ConvertToDebit", once, ofCardList, asNone}

	opPINReset  = operation{APIPINReset, "PINs.Reset", once, newPIN, asPIN}
	opPINChange = operation{APIPINChange, "PINs.Change", once, ownPIN, asPIN}
	opPINVerify = operation{APIPINVerify, "PINs.Verify", once, trying, asPIN}
	opPINKey    = operation{APIGeneratePublicPinKey, "PINs.Key", read, nothing, asPINKey}

	opBalance       = operation{APIBalanceInquiry, "Cards.Balance", read, nothing, asBalance}
	opLoadFund      = operation{APILoadFund, "Cards.Deposit", once, byReversal, asDeposit}
	opWithdraw      = operation{APIWithdraw, "Cards.Withdraw", once, byReversal, asWithdraw}
	opTransferFund  = operation{APITransferFund, "Transactions.Transfer", once, byReversal, asBooking}
	opPurchase      = operation{APIPurchase, "Transactions.Purchase", once, byReversal, asBooking}
	opRefund        = operation{APIRefund, "Transactions.Refund", once, byLists, asBooking}
	opReversal      = operation{APIReversal, "Transactions.Reverse", once, byLists, asBooking}
	opBlockFund     = operation{APIBlockFund, "Transactions.Block", once, byUnblocking, asBooking}
	opUnblockFund   = operation{APIUnblockFund, "Transactions.Unblock", once, byHolds, asBooking}
	opServiceCharge = operation{APIServiceCharge, "Transactions.Charge", once, byLists, asBooking}
	opVerification  = operation{APIVerification, "Transactions.Verify", once, byLists, asBooking}
	opDebitAdjust   = operation{APIDebitAdjustment, "Transactions.AdjustDebit", once, byLists, asBooking}
	opCreditAdjust  = operation{APICreditAdjustment, "Transactions.AdjustCredit", once, byLists, asBooking}
	opTransactions  = operation{APITransactionHistory, "Cards.Transactions", read, nothing, asList}
	opAuths         = operation{APIAuthorizationHistory, "Cards.Authorizations", read, nothing, asNone}
	opTran8583      = operation{APITran8583, "Transactions.ISO8583", once, ofMessage, asNone}
	opFileDownload  = operation{APIFileDownload, "Transactions.DownloadFile", once, asking, asNone}

	opTokenInquiry  = operation{APITokenInquiry, "Tokens.List", read, nothing, asTokens}
	opTokenRequest  = operation{APITokenRequest, "Tokens.Request", once, ofTokens, asTokens}
	opTokenState    = operation{APITokenStateUpdate, "Tokens.UpdateState", once, ofTokens, asTokens}
	opTokenMetadata = operation{APITokenMetadataUpdate, "Tokens.UpdateMetadata", once, ofTokens, asTokens}
	opTokenLUK      = operation{APIReplenishTokenLUK, "Tokens.ReplenishLUK", once, unknown, asTokens}

	opDropDown     = operation{APIDropDownListInquiry, "Parameters.DropDownList", read, nothing, asNone}
	opCardProducts = operation{APIInquiryCardProduct, "Parameters.CardProducts", read, nothing, asNone}
)

// table is all of them.
func table() []operation {
	return []operation{
		opCardApplication, opCorporate, opCustomerCards, opCustomerAccounts, opCustomerUpdate, opCustomerLinkage,
		opAccountLinkage, opAccountStatus, opCardInfo, opCardActivation, opCardReissue, opCardReplacement, opCardCancel,
		opCardStatus, opCardLimit, opCVV2Inquiry, opCVV2Verify, opGenerateDCVV, opExpiryUpdate, opSecureRegist,
		opBlacklist, opPlasticUpdate, opCardNumber, opBusinessUpdate, opBusinessInquiry, opBusinessOnOff, opCardFace,
		opCardInfoUpdate, opCardNoBlock, opConvert, opPINReset, opPINChange, opPINVerify, opPINKey, opBalance, opLoadFund,
		opWithdraw, opTransferFund, opPurchase, opRefund, opReversal, opBlockFund, opUnblockFund, opServiceCharge,
		opVerification, opDebitAdjust, opCreditAdjust, opTransactions, opAuths, opTran8583, opFileDownload,
		opTokenInquiry, opTokenRequest, opTokenState, opTokenMetadata, opTokenLUK, opDropDown, opCardProducts,
	}
}
