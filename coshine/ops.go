package coshine

// How open outcomes are settled.
var (
	nothing  = by() // a read leaves none open
	byNobody = by() // nothing that shows it is published

	byCards    = by("Customers.CustomerCardInfoInquiry", "Cards.CardInfoInquiry")
	byCardList = by("Customers.CustomerCardInfoInquiry") // the card may have got another token
	byCVV2     = by("Cards.CardCVV2Inquiry")
	byFlag     = by("Cards.BusinessFlagInquiry")
	byAccounts = by("Customers.CustomerAccountInfoInquiry")
	byToken    = by("Tokens.TokenInquiry")

	byHistory       = by("Transactions.TransactionHistory", "Transactions.AuthorizationHistory")
	byReversal      = byOr("Transactions.Reversal", "Transactions.TransactionHistory", "Transactions.AuthorizationHistory")
	byAuthorization = by("Transactions.AuthorizationHistory")
	byUnblocking    = byOr("Transactions.UnblockFund", "Transactions.AuthorizationHistory")

	bySetting = byNote("setting the same again changes nothing more")
	byReading = byNote("by its name it only reads, but nothing about repeating it is published")
	byHolder  = byNote("no inquiry shows which PIN is in force; set it again only when the cardholder asks for it")
	byPIN     = byNote("no inquiry shows which PIN is in force; do not repeat it by a program")
	byTries   = byNote("it changes nothing but perhaps a count of wrong tries; do not repeat it by a program")
)

// The outbound operations. read asks only and is repeated under a new tranId;
// once is never repeated after it may have left.
var (
	opCardApplication = operation{APICardApplication, "Applications.CardApplication", once, byCardList}
	opCorporate       = operation{APICorporateCardApplication, "Applications.CorporateCardApplication", once, byCardList}

	opCustomerCards    = operation{APICustomerCardInfoInquiry, "Customers.CustomerCardInfoInquiry", read, nothing}
	opCustomerAccounts = operation{APICustomerAccountInfoInquiry, "Customers.CustomerAccountInfoInquiry", read, nothing}
	opCustomerUpdate   = operation{APICustomerInfoUpdate, "Customers.CustomerInfoUpdate", once, bySetting}
	opCustomerLinkage  = operation{APICustomerLinkage, "Customers.CustomerLinkage", once, byCardList}

	opAccountLinkage = operation{APIAccountLinkage, "Accounts.AccountLinkage", once, byAccounts}
	opAccountStatus  = operation{APIAccountStatusUpdate, "Accounts.AccountStatusUpdate", once, byAccounts}

	opCardInfo        = operation{APICardInfoInquiry, "Cards.CardInfoInquiry", read, nothing}
	opCardActivation  = operation{APICardActivation, "Cards.CardActivation", once, byCards}
	opCardReissue     = operation{APICardReissue, "Cards.CardReissue", once, byCardList}
	opCardReplacement = operation{APICardReplacement, "Cards.CardReplacement", once, byCardList}
	opCardCancel      = operation{APICardCancellation, "Cards.CardCancellation", once, byCards}
	opCardStatus      = operation{APICardStatusUpdate, "Cards.CardStatusUpdate", once, byCards}
	opCardLimit       = operation{APICardLimitSetting, "Cards.CardLimitSetting", once, bySetting}
	opCVV2Inquiry     = operation{APICardCVV2Inquiry, "Cards.CardCVV2Inquiry", read, nothing}
	opCVV2Verify      = operation{APICardCVV2Verify, "Cards.CardCVV2Verify", once, byTries}
	opGenerateDCVV    = operation{APIGenerateDCVV, "Cards.GenerateDCVV", once, byCVV2}
	opExpiryUpdate    = operation{APICardExpiryDateUpdate, "Cards.CardExpiryDateUpdate", once, byCards}
	opSecureRegist    = operation{APICardSecureRegist, "Cards.CardSecureRegist", once, bySetting}
	opBlacklist       = operation{APIBlacklistUpdate, "Cards.BlacklistUpdate", once, byNobody}
	opPlasticUpdate   = operation{APICardPlasticUpdate, "Cards.CardPlasticUpdate", once, byCards}
	opCardNumber      = operation{APICardNumberInquiry, "Cards.CardNumberInquiry", read, nothing}
	opBusinessUpdate  = operation{APIBusinessFlagUpdate, "Cards.BusinessFlagUpdate", once, byFlag}
	opBusinessInquiry = operation{APIBusinessFlagInquiry, "Cards.BusinessFlagInquiry", once, byReading}
	opBusinessOnOff   = operation{APIBusinessOnOff, "Cards.BusinessOnOff", once, byFlag}
	opCardFace        = operation{APICardFaceInquiry, "Cards.CardFaceInquiry", once, byReading}
	opCardInfoUpdate  = operation{APICardInfoUpdate, "Cards.CardInfoUpdate", once, byCards}
	opCardNoBlock     = operation{APICardNoBlock, "Cards.CardNoBlock", once, byCards}
	opConvert         = operation{APIConvertPrepaidToDebit, "Cards.ConvertPrepaidToDebit", once, byCardList}

	opPINReset  = operation{APIPINReset, "PINs.PINReset", once, byHolder}
	opPINChange = operation{APIPINChange, "PINs.PINChange", once, byPIN}
	opPINVerify = operation{APIPINVerify, "PINs.PINVerify", once, byTries}
	opPINKey    = operation{APIGeneratePublicPinKey, "PINs.GeneratePublicPinKey", read, nothing}

	opBalance       = operation{APIBalanceInquiry, "Transactions.BalanceInquiry", read, nothing}
	opLoadFund      = operation{APILoadFund, "Transactions.LoadFund", once, byReversal}
	opWithdraw      = operation{APIWithdraw, "Transactions.Withdraw", once, byReversal}
	opTransferFund  = operation{APITransferFund, "Transactions.TransferFund", once, byReversal}
	opPurchase      = operation{APIPurchase, "Transactions.Purchase", once, byReversal}
	opRefund        = operation{APIRefund, "Transactions.Refund", once, byHistory}
	opReversal      = operation{APIReversal, "Transactions.Reversal", once, byHistory}
	opBlockFund     = operation{APIBlockFund, "Transactions.BlockFund", once, byUnblocking}
	opUnblockFund   = operation{APIUnblockFund, "Transactions.UnblockFund", once, byAuthorization}
	opServiceCharge = operation{APIServiceCharge, "Transactions.ServiceCharge", once, byHistory}
	opVerification  = operation{APIVerification, "Transactions.Verification", once, byHistory}
	opDebitAdjust   = operation{APIDebitAdjustment, "Transactions.DebitAdjustment", once, byHistory}
	opCreditAdjust  = operation{APICreditAdjustment, "Transactions.CreditAdjustment", once, byHistory}
	opTransactions  = operation{APITransactionHistory, "Transactions.TransactionHistory", read, nothing}
	opAuths         = operation{APIAuthorizationHistory, "Transactions.AuthorizationHistory", read, nothing}
	opTran8583      = operation{APITran8583, "Transactions.Tran8583", once, byReversal}
	opFileDownload  = operation{APIFileDownload, "Transactions.FileDownload", once, byReading}

	opTokenInquiry  = operation{APITokenInquiry, "Tokens.TokenInquiry", read, nothing}
	opTokenRequest  = operation{APITokenRequest, "Tokens.TokenRequest", once, byToken}
	opTokenState    = operation{APITokenStateUpdate, "Tokens.TokenStateUpdate", once, byToken}
	opTokenMetadata = operation{APITokenMetadataUpdate, "Tokens.TokenMetadataUpdate", once, byToken}
	opTokenLUK      = operation{APIReplenishTokenLUK, "Tokens.ReplenishTokenLUK", once, byNobody}

	opDropDown     = operation{APIDropDownListInquiry, "Parameters.DropDownListInquiry", read, nothing}
	opCardProducts = operation{APIInquiryCardProduct, "Parameters.InquiryCardProduct", read, nothing}
)
