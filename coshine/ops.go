package coshine

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

// The outbound operations. read asks only and is repeated under a new tranId;
// once is never repeated after it may have left.
var (
	opCardApplication = operation{APICardApplication, "Cards.Apply", once, byOwnNumber}
	opCorporate       = operation{APICorporateCardApplication, "Cards.ApplyCorporate", once, ofCardList}

	opCustomerCards    = operation{APICustomerCardInfoInquiry, "Customers.Cards", read, nothing}
	opCustomerAccounts = operation{APICustomerAccountInfoInquiry, "Customers.Accounts", read, nothing}
	opCustomerUpdate   = operation{APICustomerInfoUpdate, "Customers.Update", once, setting}
	opCustomerLinkage  = operation{APICustomerLinkage, "Customers.Link", once, ofCardList}

	opAccountLinkage = operation{APIAccountLinkage, "Accounts.Link", once, ofAccounts}
	opAccountStatus  = operation{APIAccountStatusUpdate, "Accounts.SetStatus", once, ofAccounts}

	opCardInfo        = operation{APICardInfoInquiry, "Cards.Card", read, nothing}
	opCardActivation  = operation{APICardActivation, "Cards.Activate", once, byHolder}
	opCardReissue     = operation{APICardReissue, "Cards.Reissue", once, ofCardList}
	opCardReplacement = operation{APICardReplacement, "Cards.Replace", once, ofCardList}
	opCardCancel      = operation{APICardCancellation, "Cards.Close", once, byCard}
	opCardStatus      = operation{APICardStatusUpdate, "Cards.SetStatus", once, byCard}
	opCardLimit       = operation{APICardLimitSetting, "Cards.SetLimits", once, setting}
	opCVV2Inquiry     = operation{APICardCVV2Inquiry, "Cards.Secrets", read, nothing}
	opCVV2Verify      = operation{APICardCVV2Verify, "Cards.VerifyCVV2", once, trying}
	opGenerateDCVV    = operation{APIGenerateDCVV, "Cards.GenerateDCVV", once, ofCVV2}
	opExpiryUpdate    = operation{APICardExpiryDateUpdate, "Cards.SetExpiry", once, byCard}
	opSecureRegist    = operation{APICardSecureRegist, "Cards.Register3DS", once, setting}
	opBlacklist       = operation{APIBlacklistUpdate, "Cards.UpdateBlacklist", once, unknown}
	opPlasticUpdate   = operation{APICardPlasticUpdate, "Cards.UpdatePlastic", once, ofCard}
	opCardNumber      = operation{APICardNumberInquiry, "Cards.Number", read, nothing}
	opBusinessUpdate  = operation{APIBusinessFlagUpdate, "Cards.SetBusinessFlag", once, ofFlag}
	opBusinessInquiry = operation{APIBusinessFlagInquiry, "Cards.BusinessFlag", once, asking}
	opBusinessOnOff   = operation{APIBusinessOnOff, "Cards.SwitchBusiness", once, ofFlag}
	opCardFace        = operation{APICardFaceInquiry, "Cards.Face", once, asking}
	opCardInfoUpdate  = operation{APICardInfoUpdate, "Cards.Update", once, ofCard}
	opCardNoBlock     = operation{APICardNoBlock, "Cards.BlockNumber", once, ofCard}
	opConvert         = operation{APIConvertPrepaidToDebit, "Cards.ConvertToDebit", once, ofCardList}

	opPINReset  = operation{APIPINReset, "PINs.Reset", once, newPIN}
	opPINChange = operation{APIPINChange, "PINs.Change", once, ownPIN}
	opPINVerify = operation{APIPINVerify, "PINs.Verify", once, trying}
	opPINKey    = operation{APIGeneratePublicPinKey, "PINs.Key", read, nothing}

	opBalance       = operation{APIBalanceInquiry, "Cards.Balance", read, nothing}
	opLoadFund      = operation{APILoadFund, "Cards.Deposit", once, byReversal}
	opWithdraw      = operation{APIWithdraw, "Cards.Withdraw", once, byReversal}
	opTransferFund  = operation{APITransferFund, "Transactions.Transfer", once, byReversal}
	opPurchase      = operation{APIPurchase, "Transactions.Purchase", once, byReversal}
	opRefund        = operation{APIRefund, "Transactions.Refund", once, byLists}
	opReversal      = operation{APIReversal, "Transactions.Reverse", once, byLists}
	opBlockFund     = operation{APIBlockFund, "Transactions.Block", once, byUnblocking}
	opUnblockFund   = operation{APIUnblockFund, "Transactions.Unblock", once, byHolds}
	opServiceCharge = operation{APIServiceCharge, "Transactions.Charge", once, byLists}
	opVerification  = operation{APIVerification, "Transactions.Verify", once, byLists}
	opDebitAdjust   = operation{APIDebitAdjustment, "Transactions.AdjustDebit", once, byLists}
	opCreditAdjust  = operation{APICreditAdjustment, "Transactions.AdjustCredit", once, byLists}
	opTransactions  = operation{APITransactionHistory, "Cards.Transactions", read, nothing}
	opAuths         = operation{APIAuthorizationHistory, "Cards.Authorizations", read, nothing}
	opTran8583      = operation{APITran8583, "Transactions.ISO8583", once, ofMessage}
	opFileDownload  = operation{APIFileDownload, "Transactions.DownloadFile", once, asking}

	opTokenInquiry  = operation{APITokenInquiry, "Tokens.List", read, nothing}
	opTokenRequest  = operation{APITokenRequest, "Tokens.Request", once, ofTokens}
	opTokenState    = operation{APITokenStateUpdate, "Tokens.UpdateState", once, ofTokens}
	opTokenMetadata = operation{APITokenMetadataUpdate, "Tokens.UpdateMetadata", once, ofTokens}
	opTokenLUK      = operation{APIReplenishTokenLUK, "Tokens.ReplenishLUK", once, unknown}

	opDropDown     = operation{APIDropDownListInquiry, "Parameters.DropDownList", read, nothing}
	opCardProducts = operation{APIInquiryCardProduct, "Parameters.CardProducts", read, nothing}
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
