package coshine

import "github.com/issuing-sdk/issuing-go/internal/transport"

// operation is one row of the operation table: all in which two methods differ.
// The path comes from the client's path table.
type operation struct {
	api    API
	name   string // service and method
	safety transport.Safety
	settle settlement
}

// settlement says how an unknown outcome of an operation is settled.
type settlement struct {
	inquiry  []API
	reversal API // by the caller's decision alone
}

var (
	byCards      = settlement{inquiry: []API{APICustomerCardInfoInquiry, APICardInfoInquiry}}
	byAccounts   = settlement{inquiry: []API{APICustomerAccountInfoInquiry}}
	byToken      = settlement{inquiry: []API{APITokenInquiry}}
	byHistory    = settlement{inquiry: []API{APITransactionHistory, APIAuthorizationHistory}}
	byReversal   = settlement{inquiry: []API{APITransactionHistory, APIAuthorizationHistory}, reversal: APIReversal}
	byUnblocking = settlement{inquiry: []API{APIAuthorizationHistory}, reversal: APIUnblockFund}
)

// The outbound operations. read asks only and is repeated under a new tranId;
// once is never repeated after it may have left.
var (
	opCardApplication = operation{APICardApplication, "Applications.CardApplication", transport.Once, byCards}
	opCorporate       = operation{APICorporateCardApplication, "Applications.CorporateCardApplication", transport.Once, byCards}

	opCustomerCards    = operation{APICustomerCardInfoInquiry, "Customers.CustomerCardInfoInquiry", transport.Read, settlement{}}
	opCustomerAccounts = operation{APICustomerAccountInfoInquiry, "Customers.CustomerAccountInfoInquiry", transport.Read, settlement{}}
	opCustomerUpdate   = operation{APICustomerInfoUpdate, "Customers.CustomerInfoUpdate", transport.Once, settlement{}}
	opCustomerLinkage  = operation{APICustomerLinkage, "Customers.CustomerLinkage", transport.Once, byCards}

	opAccountLinkage = operation{APIAccountLinkage, "Accounts.AccountLinkage", transport.Once, byAccounts}
	opAccountStatus  = operation{APIAccountStatusUpdate, "Accounts.AccountStatusUpdate", transport.Once, byAccounts}

	opCardInfo        = operation{APICardInfoInquiry, "Cards.CardInfoInquiry", transport.Read, settlement{}}
	opCardActivation  = operation{APICardActivation, "Cards.CardActivation", transport.Once, byCards}
	opCardReissue     = operation{APICardReissue, "Cards.CardReissue", transport.Once, byCards}
	opCardReplacement = operation{APICardReplacement, "Cards.CardReplacement", transport.Once, byCards}
	opCardCancel      = operation{APICardCancellation, "Cards.CardCancellation", transport.Once, byCards}
	opCardStatus      = operation{APICardStatusUpdate, "Cards.CardStatusUpdate", transport.Once, byCards}
	opCardLimit       = operation{APICardLimitSetting, "Cards.CardLimitSetting", transport.Once, byCards}
	opCVV2Inquiry     = operation{APICardCVV2Inquiry, "Cards.CardCVV2Inquiry", transport.Read, settlement{}}
	opCVV2Verify      = operation{APICardCVV2Verify, "Cards.CardCVV2Verify", transport.Once, settlement{}}
	opGenerateDCVV    = operation{APIGenerateDCVV, "Cards.GenerateDCVV", transport.Once, byCards}
	opExpiryUpdate    = operation{APICardExpiryDateUpdate, "Cards.CardExpiryDateUpdate", transport.Once, byCards}
	opSecureRegist    = operation{APICardSecureRegist, "Cards.CardSecureRegist", transport.Once, byCards}
	opBlacklist       = operation{APIBlacklistUpdate, "Cards.BlacklistUpdate", transport.Once, byCards}
	opPlasticUpdate   = operation{APICardPlasticUpdate, "Cards.CardPlasticUpdate", transport.Once, byCards}
	opCardNumber      = operation{APICardNumberInquiry, "Cards.CardNumberInquiry", transport.Read, settlement{}}
	opBusinessUpdate  = operation{APIBusinessFlagUpdate, "Cards.BusinessFlagUpdate", transport.Once, byCards}
	opBusinessInquiry = operation{APIBusinessFlagInquiry, "Cards.BusinessFlagInquiry", transport.Once, settlement{}}
	opBusinessOnOff   = operation{APIBusinessOnOff, "Cards.BusinessOnOff", transport.Once, byCards}
	opCardFace        = operation{APICardFaceInquiry, "Cards.CardFaceInquiry", transport.Once, settlement{}}
	opCardInfoUpdate  = operation{APICardInfoUpdate, "Cards.CardInfoUpdate", transport.Once, byCards}
	opCardNoBlock     = operation{APICardNoBlock, "Cards.CardNoBlock", transport.Once, byCards}
	opConvert         = operation{APIConvertPrepaidToDebit, "Cards.ConvertPrepaidToDebit", transport.Once, byCards}

	opPINReset  = operation{APIPINReset, "PINs.PINReset", transport.Once, settlement{}}
	opPINChange = operation{APIPINChange, "PINs.PINChange", transport.Once, settlement{}}
	opPINVerify = operation{APIPINVerify, "PINs.PINVerify", transport.Once, settlement{}}
	opPINKey    = operation{APIGeneratePublicPinKey, "PINs.GeneratePublicPinKey", transport.Read, settlement{}}

	opBalance       = operation{APIBalanceInquiry, "Transactions.BalanceInquiry", transport.Read, settlement{}}
	opLoadFund      = operation{APILoadFund, "Transactions.LoadFund", transport.Once, byReversal}
	opWithdraw      = operation{APIWithdraw, "Transactions.Withdraw", transport.Once, byReversal}
	opTransferFund  = operation{APITransferFund, "Transactions.TransferFund", transport.Once, byReversal}
	opPurchase      = operation{APIPurchase, "Transactions.Purchase", transport.Once, byReversal}
	opRefund        = operation{APIRefund, "Transactions.Refund", transport.Once, byHistory}
	opReversal      = operation{APIReversal, "Transactions.Reversal", transport.Once, byHistory}
	opBlockFund     = operation{APIBlockFund, "Transactions.BlockFund", transport.Once, byUnblocking}
	opUnblockFund   = operation{APIUnblockFund, "Transactions.UnblockFund", transport.Once, byHistory}
	opServiceCharge = operation{APIServiceCharge, "Transactions.ServiceCharge", transport.Once, byHistory}
	opVerification  = operation{APIVerification, "Transactions.Verification", transport.Once, byHistory}
	opDebitAdjust   = operation{APIDebitAdjustment, "Transactions.DebitAdjustment", transport.Once, byHistory}
	opCreditAdjust  = operation{APICreditAdjustment, "Transactions.CreditAdjustment", transport.Once, byHistory}
	opTransactions  = operation{APITransactionHistory, "Transactions.TransactionHistory", transport.Read, settlement{}}
	opAuths         = operation{APIAuthorizationHistory, "Transactions.AuthorizationHistory", transport.Read, settlement{}}
	opTran8583      = operation{APITran8583, "Transactions.Tran8583", transport.Once, byReversal}
	opFileDownload  = operation{APIFileDownload, "Transactions.FileDownload", transport.Once, settlement{}}

	opTokenInquiry  = operation{APITokenInquiry, "Tokens.TokenInquiry", transport.Read, settlement{}}
	opTokenRequest  = operation{APITokenRequest, "Tokens.TokenRequest", transport.Once, byToken}
	opTokenState    = operation{APITokenStateUpdate, "Tokens.TokenStateUpdate", transport.Once, byToken}
	opTokenMetadata = operation{APITokenMetadataUpdate, "Tokens.TokenMetadataUpdate", transport.Once, byToken}
	opTokenLUK      = operation{APIReplenishTokenLUK, "Tokens.ReplenishTokenLUK", transport.Once, byToken}

	opDropDown     = operation{APIDropDownListInquiry, "Parameters.DropDownListInquiry", transport.Read, settlement{}}
	opCardProducts = operation{APIInquiryCardProduct, "Parameters.InquiryCardProduct", transport.Read, settlement{}}
)
