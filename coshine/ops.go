package coshine

// How open outcomes are settled.
var (
	nothing  = by() // a read leaves none open
	byNobody = by() // nothing that shows it is published

	byCards    = by("Customers.Cards", "Cards.Card")
	byCardList = by("Customers.Cards") // the card may have got another token
	byCVV2     = by("Cards.Secrets")
	byFlag     = by("Cards.BusinessFlag")
	byAccounts = by("Customers.Accounts")
	byToken    = by("Tokens.List")

	byHistory       = by("Cards.Transactions", "Cards.Authorizations")
	byReversal      = byOr("Transactions.Reverse", "Cards.Transactions", "Cards.Authorizations")
	byAuthorization = by("Cards.Authorizations")
	byUnblocking    = byOr("Transactions.Unblock", "Cards.Authorizations")

	bySetting = byNote("setting the same again changes nothing more")
	byReading = byNote("by its name it only reads, but nothing about repeating it is published")
	byHolder  = byNote("no inquiry shows which PIN is in force; set it again only when the cardholder asks for it")
	byPIN     = byNote("no inquiry shows which PIN is in force; do not repeat it by a program")
	byTries   = byNote("it changes nothing but perhaps a count of wrong tries; do not repeat it by a program")
)

// The outbound operations. read asks only and is repeated under a new tranId;
// once is never repeated after it may have left.
var (
	opCardApplication = operation{APICardApplication, "Cards.Apply", once, byCardList}
	opCorporate       = operation{APICorporateCardApplication, "Cards.ApplyCorporate", once, byCardList}

	opCustomerCards    = operation{APICustomerCardInfoInquiry, "Customers.Cards", read, nothing}
	opCustomerAccounts = operation{APICustomerAccountInfoInquiry, "Customers.Accounts", read, nothing}
	opCustomerUpdate   = operation{APICustomerInfoUpdate, "Customers.Update", once, bySetting}
	opCustomerLinkage  = operation{APICustomerLinkage, "Customers.Link", once, byCardList}

	opAccountLinkage = operation{APIAccountLinkage, "Accounts.Link", once, byAccounts}
	opAccountStatus  = operation{APIAccountStatusUpdate, "Accounts.SetStatus", once, byAccounts}

	opCardInfo        = operation{APICardInfoInquiry, "Cards.Card", read, nothing}
	opCardActivation  = operation{APICardActivation, "Cards.Activate", once, byCards}
	opCardReissue     = operation{APICardReissue, "Cards.Reissue", once, byCardList}
	opCardReplacement = operation{APICardReplacement, "Cards.Replace", once, byCardList}
	opCardCancel      = operation{APICardCancellation, "Cards.Close", once, byCards}
	opCardStatus      = operation{APICardStatusUpdate, "Cards.SetStatus", once, byCards}
	opCardLimit       = operation{APICardLimitSetting, "Cards.SetLimits", once, bySetting}
	opCVV2Inquiry     = operation{APICardCVV2Inquiry, "Cards.Secrets", read, nothing}
	opCVV2Verify      = operation{APICardCVV2Verify, "Cards.VerifyCVV2", once, byTries}
	opGenerateDCVV    = operation{APIGenerateDCVV, "Cards.GenerateDCVV", once, byCVV2}
	opExpiryUpdate    = operation{APICardExpiryDateUpdate, "Cards.SetExpiry", once, byCards}
	opSecureRegist    = operation{APICardSecureRegist, "Cards.Register3DS", once, bySetting}
	opBlacklist       = operation{APIBlacklistUpdate, "Cards.UpdateBlacklist", once, byNobody}
	opPlasticUpdate   = operation{APICardPlasticUpdate, "Cards.UpdatePlastic", once, byCards}
	opCardNumber      = operation{APICardNumberInquiry, "Cards.Number", read, nothing}
	opBusinessUpdate  = operation{APIBusinessFlagUpdate, "Cards.SetBusinessFlag", once, byFlag}
	opBusinessInquiry = operation{APIBusinessFlagInquiry, "Cards.BusinessFlag", once, byReading}
	opBusinessOnOff   = operation{APIBusinessOnOff, "Cards.SwitchBusiness", once, byFlag}
	opCardFace        = operation{APICardFaceInquiry, "Cards.Face", once, byReading}
	opCardInfoUpdate  = operation{APICardInfoUpdate, "Cards.Update", once, byCards}
	opCardNoBlock     = operation{APICardNoBlock, "Cards.BlockNumber", once, byCards}
	opConvert         = operation{APIConvertPrepaidToDebit, "Cards.ConvertToDebit", once, byCardList}

	opPINReset  = operation{APIPINReset, "PINs.Reset", once, byHolder}
	opPINChange = operation{APIPINChange, "PINs.Change", once, byPIN}
	opPINVerify = operation{APIPINVerify, "PINs.Verify", once, byTries}
	opPINKey    = operation{APIGeneratePublicPinKey, "PINs.Key", read, nothing}

	opBalance       = operation{APIBalanceInquiry, "Cards.Balance", read, nothing}
	opLoadFund      = operation{APILoadFund, "Cards.Deposit", once, byReversal}
	opWithdraw      = operation{APIWithdraw, "Cards.Withdraw", once, byReversal}
	opTransferFund  = operation{APITransferFund, "Transactions.Transfer", once, byReversal}
	opPurchase      = operation{APIPurchase, "Transactions.Purchase", once, byReversal}
	opRefund        = operation{APIRefund, "Transactions.Refund", once, byHistory}
	opReversal      = operation{APIReversal, "Transactions.Reverse", once, byHistory}
	opBlockFund     = operation{APIBlockFund, "Transactions.Block", once, byUnblocking}
	opUnblockFund   = operation{APIUnblockFund, "Transactions.Unblock", once, byAuthorization}
	opServiceCharge = operation{APIServiceCharge, "Transactions.Charge", once, byHistory}
	opVerification  = operation{APIVerification, "Transactions.Verify", once, byHistory}
	opDebitAdjust   = operation{APIDebitAdjustment, "Transactions.AdjustDebit", once, byHistory}
	opCreditAdjust  = operation{APICreditAdjustment, "Transactions.AdjustCredit", once, byHistory}
	opTransactions  = operation{APITransactionHistory, "Cards.Transactions", read, nothing}
	opAuths         = operation{APIAuthorizationHistory, "Cards.Authorizations", read, nothing}
	opTran8583      = operation{APITran8583, "Transactions.ISO8583", once, byReversal}
	opFileDownload  = operation{APIFileDownload, "Transactions.DownloadFile", once, byReading}

	opTokenInquiry  = operation{APITokenInquiry, "Tokens.List", read, nothing}
	opTokenRequest  = operation{APITokenRequest, "Tokens.Request", once, byToken}
	opTokenState    = operation{APITokenStateUpdate, "Tokens.UpdateState", once, byToken}
	opTokenMetadata = operation{APITokenMetadataUpdate, "Tokens.UpdateMetadata", once, byToken}
	opTokenLUK      = operation{APIReplenishTokenLUK, "Tokens.ReplenishLUK", once, byNobody}

	opDropDown     = operation{APIDropDownListInquiry, "Parameters.DropDownList", read, nothing}
	opCardProducts = operation{APIInquiryCardProduct, "Parameters.CardProducts", read, nothing}
)
