package coshine

// Interfaces of the catalogue, in its order.
const (
	APICardApplication            API = "CardApplication"            // row 1: issues a card
	APICustomerCardInfoInquiry    API = "CustomerCardInfoInquiry"    // row 2: lists a customer's cards
	APICustomerAccountInfoInquiry API = "CustomerAccountInfoInquiry" // row 3: lists a customer's accounts
	APICustomerInfoUpdate         API = "CustomerInfoUpdate"         // row 4: changes a customer's contact data
	APIAccountLinkage             API = "AccountLinkage"             // row 5: ties a card to an account
	APIAccountStatusUpdate        API = "AccountStatusUpdate"        // row 6: blocks or closes an account
	APICardInfoInquiry            API = "CardInfoInquiry"            // row 7: reads a card
	APICardActivation             API = "CardActivation"             // row 8: activates a card
	APICardReissue                API = "CardReissue"                // row 9: reissues a card
	APICardReplacement            API = "CardReplacement"            // row 10: replaces a card
	APICardCancellation           API = "CardCancellation"           // row 11: cancels a card
	// row 12: reports lost, freezes, locks the PIN, and back
	APICardStatusUpdate     API = "CardStatusUpdate"
	APICardLimitSetting     API = "CardLimitSetting"     // row 13: sets limits of a card
	APICardCVV2Inquiry      API = "CardCVV2Inquiry"      // row 14: reads card number, expiry and CVV2
	APICardCVV2Verify       API = "CardCVV2Verify"       // row 15: verifies a CVV2
	APIGenerateDCVV         API = "GenerateDCVV"         // row 16: makes a new CVV2
	APICardExpiryDateUpdate API = "CardExpiryDateUpdate" // row 17: changes the expiry
	APICardSecureRegist     API = "CardSecureRegist"     // row 18: registers for 3-D Secure
	APIBlacklistUpdate      API = "BlacklistUpdate"      // row 19: retired
	APIPINReset             API = "PINReset"             // row 20: sets a PIN
	APIPINChange            API = "PINChange"            // row 21: changes a PIN
	APIPINVerify            API = "PINVerify"            // row 22: verifies a PIN
	APIBalanceInquiry       API = "BalanceInquiry"       // row 23: reads a balance
	APILoadFund             API = "LoadFund"             // row 24: loads money
	APIWithdraw             API = "Withdraw"             // row 25: withdraws at an ATM
	APITransferFund         API = "TransferFund"         // row 26: moves money between two cards
	APIPurchase             API = "Purchase"             // row 27: sells
	APIRefund               API = "Refund"               // row 28: refunds or voids
	// row 29: reverses a load, withdrawal, transfer or purchase
	APIReversal               API = "Reversal"
	APIBlockFund              API = "BlockFund"              // row 30: holds an amount
	APIUnblockFund            API = "UnblockFund"            // row 31: releases a hold
	APIServiceCharge          API = "ServiceCharge"          // row 32: charges a fee
	APIVerification           API = "Verification"           // row 33: verifies card or account
	APIDebitAdjustment        API = "DebitAdjustment"        // row 34: debits with a memo
	APICreditAdjustment       API = "CreditAdjustment"       // row 35: credits with a memo
	APITransactionHistory     API = "TransactionHistory"     // row 36: lists transactions
	APIAuthorizationHistory   API = "AuthorizationHistory"   // row 37: lists authorizations
	APITokenInquiry           API = "TokenInquiry"           // row 38: lists payment tokens
	APITokenRequest           API = "TokenRequest"           // row 39: makes a payment token
	APITokenStateUpdate       API = "TokenStateUpdate"       // row 40: suspends, resumes or deletes a token
	APITokenStateNotification API = "TokenStateNotification" // row 41: inbound: a token's state changed
	APITokenMetadataUpdate    API = "TokenMetadataUpdate"    // row 42: updates token metadata
	APIReplenishTokenLUK      API = "ReplenishTokenLUK"      // row 43: fetches limited-use keys
	APISendOTP                API = "SendOTP"                // row 44: inbound: send a one-time password
	APIVerifyOTP              API = "VerifyOTP"              // row 45: inbound: verify a one-time password
	APIStartOOBAuthen         API = "StartOOBAuthen"         // row 46: inbound: start out-of-band authentication
	APIOOBResultInquiry       API = "OOBResultInquiry"       // row 47: inbound: its result
	APIDropDownListInquiry    API = "DropDownListInquiry"    // row 48: reads a lookup table
)

// Interfaces of later editions.
const (
	APIGeneratePublicPinKey     API = "GeneratePublicPinKey"     // makes a PIN key
	APIInquiryCardProduct       API = "InquiryCardProduct"       // lists card products
	APICardPlasticUpdate        API = "CardPlasticUpdate"        // updates plastic data
	APICardNumberInquiry        API = "CardNumberInquiry"        // reads a card number
	APIBusinessFlagUpdate       API = "BusinessFlagUpdate"       // updates a business flag
	APITran8583                 API = "Tran8583"                 // carries ISO 8583
	APICorporateCardApplication API = "CorporateCardApplication" // issues a corporate card
	APICardFaceInquiry          API = "CardFaceInquiry"          // unpublished
	APICustomerLinkage          API = "CustomerLinkage"          // unpublished
	APICardInfoUpdate           API = "CardInfoUpdate"           // unpublished
	APICardNoBlock              API = "CardNoBlock"              // unpublished
	APIBusinessFlagInquiry      API = "BusinessFlagInquiry"      // unpublished
	APIBusinessOnOff            API = "BusinessOnOff"            // unpublished
	APIFileDownload             API = "FileDownload"             // unpublished
	APIConvertPrepaidToDebit    API = "ConvertPrepaidToDebit"    // unpublished
)

// Interfaces without a row of their own: what EastPay sends to an issuer that
// holds the balance.
const (
	APIAuthorization             API = "Authorization"             // inbound: approve or decline
	APIRemoteBalanceInquiry      API = "RemoteBalanceInquiry"      // inbound: the balance of a card
	APIClearing                  API = "Clearing"                  // inbound: a cleared transaction
	APIAuthorizationNotification API = "AuthorizationNotification" // inbound: latest status of a transaction
)

// catalogue is the table behind Catalogue. A path of inferred evidence is the
// guess of InferredPaths.
var catalogue = []Row{
	{
		No: 1, Module: ModuleApplication, API: APICardApplication, Prepaid: AvailabilityMandatory,
		Debit: AvailabilityMandatory, Path: "/cardmgr/cardApply",
		Evidence: EvidencePublished, Inferred: true, Remark: "delivery address is mandatory for physical cards",
	},
	{
		No: 2, Module: ModuleCustomer, API: APICustomerCardInfoInquiry, Prepaid: AvailabilityMandatory,
		Debit: AvailabilityMandatory, Path: "/custmgr/inquiryCardListByCIF",
		Evidence: EvidencePublished,
	},
	{
		No: 3, Module: ModuleCustomer, API: APICustomerAccountInfoInquiry, Prepaid: AvailabilityOptional,
		Debit: AvailabilityNone, Path: "/custmgr/inquiryAcctListByCIF",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 4, Module: ModuleCustomer, API: APICustomerInfoUpdate, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/custmgr/updateCustInfo",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 5, Module: ModuleAccount, API: APIAccountLinkage, Aliases: []string{"AcctLinkage"}, Prepaid: AvailabilityOptional,
		Debit: AvailabilityOptional, Path: "/acctmgr/acctLinkage",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 6, Module: ModuleAccount, API: APIAccountStatusUpdate, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/acctmgr/acctStatusUpdate",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 7, Module: ModuleCard, API: APICardInfoInquiry, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/inquiryCardInfoByToken",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 8, Module: ModuleCard, API: APICardActivation, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/cardActivate",
		Evidence: EvidencePublished,
	},
	{
		No: 9, Module: ModuleCard, API: APICardReissue, Path: "/cardmgr/cardReissue",
		Evidence: EvidencePublished, Inferred: true,
		Remark: "the catalogue leaves the row blank; the public reference lists CardReissue in its place",
	},
	{
		No: 10, Module: ModuleCard, API: APICardReplacement, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/cardReplace",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 11, Module: ModuleCard, API: APICardCancellation, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/cardClose",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 12, Module: ModuleCard, API: APICardStatusUpdate, Prepaid: AvailabilityConditional,
		Debit: AvailabilityConditional, Path: "/cardmgr/cardStatusUpdate",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 13, Module: ModuleCard, API: APICardLimitSetting, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/cardLimitSetting",
		Evidence: EvidencePublished, Inferred: true, Remark: "card level limit control",
	},
	{
		No: 14, Module: ModuleCard, API: APICardCVV2Inquiry, Aliases: []string{"CVV2Inquiry"}, Prepaid: AvailabilityOptional,
		Debit: AvailabilityNone, Path: "/cardmgr/inquiryCVV2ByToken",
		Evidence: EvidencePublished, Inferred: true, Remark: "only for virtual card",
	},
	{
		No: 15, Module: ModuleCard, API: APICardCVV2Verify, Aliases: []string{"CVV2Verify"}, Prepaid: AvailabilityOptional,
		Debit: AvailabilityNone, Path: "/cardmgr/verifyCVV2",
		Evidence: EvidencePublished, Inferred: true, Remark: "only for virtual card",
	},
	{
		No: 16, Module: ModuleCard, API: APIGenerateDCVV, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/generateDCVV",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 17, Module: ModuleCard, API: APICardExpiryDateUpdate, Prepaid: AvailabilityNone,
		Path:     "/cardmgr/cardExpiryDateUpdate",
		Evidence: EvidenceInferred, Inferred: true,
		Remark: "the catalogue has a single NA for the two columns; treat as not generally available",
	},
	{
		No: 18, Module: ModuleCard, API: APICardSecureRegist, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/cardSecureRegist",
		Evidence: EvidenceInferred, Inferred: true, Remark: "if Coshine's ACS services are used",
	},
	{
		No: 19, Module: ModuleCard, API: APIBlacklistUpdate, Prepaid: AvailabilityNone, Debit: AvailabilityNone,
		Path:     "/cardmgr/blacklistUpdate",
		Evidence: EvidenceInferred, Inferred: true, Retired: true, Remark: "old version, not used now",
	},
	{
		No: 20, Module: ModulePIN, API: APIPINReset, Prepaid: AvailabilityOptional, Debit: AvailabilityMandatory,
		Path:     "/cardmgr/pinReset",
		Evidence: EvidencePublished, Remark: "if the card supports online PIN",
	},
	{
		No: 21, Module: ModulePIN, API: APIPINChange, Prepaid: AvailabilityOptional, Debit: AvailabilityMandatory,
		Path:     "/cardmgr/pinChange",
		Evidence: EvidencePublished,
	},
	{
		No: 22, Module: ModulePIN, API: APIPINVerify, Prepaid: AvailabilityOptional, Debit: AvailabilityOptional,
		Path:     "/cardmgr/pinVerify",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		No: 23, Module: ModuleTransaction, API: APIBalanceInquiry, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/balanceInquiry",
		Evidence: EvidenceInferred, Inferred: true, Remark: "a wallet or bank that controls the account provides its own",
	},
	{
		No: 24, Module: ModuleTransaction, API: APILoadFund, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/loadFund",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 25, Module: ModuleTransaction, API: APIWithdraw, Prepaid: AvailabilityConditional, Debit: AvailabilityNone,
		Path:     "/tranmgr/withdraw",
		Evidence: EvidenceInferred, Inferred: true, Remark: "if the prepaid card supports ATM transactions",
	},
	{
		No: 26, Module: ModuleTransaction, API: APITransferFund, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/transferFund",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 27, Module: ModuleTransaction, API: APIPurchase, Prepaid: AvailabilityConditional, Debit: AvailabilityNone,
		Path:     "/tranmgr/purchase",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 28, Module: ModuleTransaction, API: APIRefund, Prepaid: AvailabilityConditional, Debit: AvailabilityNone,
		Path:     "/tranmgr/refund",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 29, Module: ModuleTransaction, API: APIReversal, Prepaid: AvailabilityMandatory, Debit: AvailabilityNone,
		Path:     "/tranmgr/reversal",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 30, Module: ModuleTransaction, API: APIBlockFund, Prepaid: AvailabilityConditional, Debit: AvailabilityNone,
		Path:     "/tranmgr/blockFund",
		Evidence: EvidenceInferred, Inferred: true, Remark: "if the prepaid card supports pre-authorization",
	},
	{
		No: 31, Module: ModuleTransaction, API: APIUnblockFund, Prepaid: AvailabilityConditional, Debit: AvailabilityNone,
		Path:     "/tranmgr/unblockFund",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 32, Module: ModuleTransaction, API: APIServiceCharge, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/serviceCharge",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 33, Module: ModuleTransaction, API: APIVerification, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/verification",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 34, Module: ModuleTransaction, API: APIDebitAdjustment, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/debitAdjustment",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 35, Module: ModuleTransaction, API: APICreditAdjustment, Prepaid: AvailabilityOptional, Debit: AvailabilityNone,
		Path:     "/tranmgr/creditAdjustment",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 36, Module: ModuleTransaction, API: APITransactionHistory, Prepaid: AvailabilityMandatory,
		Debit: AvailabilityNone, Path: "/tranmgr/transactionHistory",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{
		No: 37, Module: ModuleTransaction, API: APIAuthorizationHistory, Prepaid: AvailabilityOptional,
		Debit: AvailabilityNone, Path: "/tranmgr/authorizationHistory",
		Evidence: EvidenceInferred, Inferred: true,
	},
	{No: 38, Module: ModuleToken, API: APITokenInquiry, Evidence: EvidenceUnknown},
	{No: 39, Module: ModuleToken, API: APITokenRequest, Evidence: EvidenceUnknown, Inferred: true},
	{No: 40, Module: ModuleToken, API: APITokenStateUpdate, Evidence: EvidenceUnknown, Inferred: true},
	{No: 41, Module: ModuleToken, API: APITokenStateNotification, Inbound: true, Evidence: EvidenceOfIssuer,
		Inferred: true},
	{No: 42, Module: ModuleToken, API: APITokenMetadataUpdate, Evidence: EvidenceUnknown, Inferred: true},
	{No: 43, Module: ModuleToken, API: APIReplenishTokenLUK, Evidence: EvidenceUnknown, Inferred: true},
	{No: 44, Module: ModuleAuthentication, API: APISendOTP, Inbound: true, Evidence: EvidenceOfIssuer, Inferred: true},
	{No: 45, Module: ModuleAuthentication, API: APIVerifyOTP, Inbound: true, Evidence: EvidenceOfIssuer, Inferred: true},
	{No: 46, Module: ModuleAuthentication, API: APIStartOOBAuthen, Inbound: true, Evidence: EvidenceOfIssuer,
		Inferred: true},
	{No: 47, Module: ModuleAuthentication, API: APIOOBResultInquiry, Inbound: true, Evidence: EvidenceOfIssuer,
		Inferred: true},
	{
		No: 48, Module: ModuleParameter, API: APIDropDownListInquiry, Path: "/paramgr/dropDownListInquiry",
		Evidence: EvidenceInferred,
	},

	// Interfaces of later editions.
	{Module: ModulePIN, API: APIGeneratePublicPinKey, Path: "/paramgr/generatePublicPinKey", Evidence: EvidencePublished},
	{Module: ModuleParameter, API: APIInquiryCardProduct, Path: "/paramgr/inquiryCardProduct", Evidence: EvidenceInferred},
	{
		Module: ModuleCard, API: APICardPlasticUpdate, Path: "/cardmgr/cardPlasticUpdate",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		Module: ModuleCard, API: APICardNumberInquiry, Path: "/cardmgr/inquiryCardNumberByToken",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		Module: ModuleCard, API: APIBusinessFlagUpdate, Path: "/cardmgr/businessFlagUpdate",
		Evidence: EvidencePublished, Inferred: true,
	},
	{
		Module: ModuleTransaction, API: APITran8583, Aliases: []string{"tran8583"}, Path: "/tranmgr/tran8583",
		Evidence: EvidencePublished, Inferred: true, Remark: "ISO 8583 carrier; needs Coshine's specification",
	},
	{
		Module: ModuleApplication, API: APICorporateCardApplication, Path: "/cardmgr/corpCardApply",
		Evidence: EvidencePublished, Inferred: true, Remark: "the public reference asks to have the path confirmed",
	},
	{Module: ModuleCard, API: APICardFaceInquiry, Evidence: EvidenceUnknown, Inferred: true},
	{Module: ModuleCustomer, API: APICustomerLinkage, Evidence: EvidenceUnknown, Inferred: true},
	{Module: ModuleCard, API: APICardInfoUpdate, Evidence: EvidenceUnknown, Inferred: true},
	{Module: ModuleCard, API: APICardNoBlock, Evidence: EvidenceUnknown, Inferred: true},
	{Module: ModuleCard, API: APIBusinessFlagInquiry, Evidence: EvidenceUnknown, Inferred: true},
	{Module: ModuleCard, API: APIBusinessOnOff, Evidence: EvidenceUnknown, Inferred: true},
	{Module: ModuleTransaction, API: APIFileDownload, Evidence: EvidenceUnknown, Inferred: true},
	{
		Module: ModuleCard, API: APIConvertPrepaidToDebit, Aliases: []string{"ConvertPrepaidtoDebit"},
		Evidence: EvidenceUnknown, Inferred: true,
	},
}
