package coshinetest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
)

// operation is one row of the platform's table: an interface, the name that hooks
// and errors print, and what carries it out with the server's lock held.
// Interfaces about which nothing is published have nothing to run and accept any
// object.
type operation struct {
	api coshine.API
	op  string
	run func(*Server, fields) result
}

// opToken is the token endpoint's name.
const opToken = "OAuth.Token"

var operations = []operation{
	{coshine.APICardApplication, "Applications.CardApplication", (*Server).apply},
	{coshine.APICustomerCardInfoInquiry, "Customers.CustomerCardInfoInquiry", (*Server).listCards},
	{coshine.APICustomerAccountInfoInquiry, "Customers.CustomerAccountInfoInquiry", (*Server).listAccounts},
	{coshine.APICustomerInfoUpdate, "Customers.CustomerInfoUpdate", (*Server).updateCustomer},
	{coshine.APIAccountLinkage, "Accounts.AccountLinkage", (*Server).touch},
	{coshine.APIAccountStatusUpdate, "Accounts.AccountStatusUpdate", nil},
	{coshine.APICardInfoInquiry, "Cards.CardInfoInquiry", (*Server).cardInfo},
	{coshine.APICardActivation, "Cards.CardActivation", (*Server).activate},
	{coshine.APICardReissue, "Cards.CardReissue", (*Server).reissue},
	{coshine.APICardReplacement, "Cards.CardReplacement", (*Server).replace},
	{coshine.APICardCancellation, "Cards.CardCancellation", (*Server).cancel},
	{coshine.APICardStatusUpdate, "Cards.CardStatusUpdate", (*Server).updateStatus},
	{coshine.APICardLimitSetting, "Cards.CardLimitSetting", (*Server).touch},
	{coshine.APICardCVV2Inquiry, "Cards.CardCVV2Inquiry", (*Server).readCVV2},
	{coshine.APICardCVV2Verify, "Cards.CardCVV2Verify", (*Server).verifyCVV2},
	{coshine.APIGenerateDCVV, "Cards.GenerateDCVV", (*Server).generateDCVV},
	{coshine.APICardExpiryDateUpdate, "Cards.CardExpiryDateUpdate", (*Server).updateExpiry},
	{coshine.APICardSecureRegist, "Cards.CardSecureRegist", (*Server).touch},
	{coshine.APIBlacklistUpdate, "Cards.BlacklistUpdate", nil},
	{coshine.APIPINReset, "PINs.PINReset", (*Server).resetPIN},
	{coshine.APIPINChange, "PINs.PINChange", (*Server).changePIN},
	{coshine.APIPINVerify, "PINs.PINVerify", (*Server).verifyPIN},
	{coshine.APIBalanceInquiry, "Transactions.BalanceInquiry", (*Server).balance},
	{coshine.APILoadFund, "Transactions.LoadFund", (*Server).loadFund},
	{coshine.APIWithdraw, "Transactions.Withdraw", (*Server).withdraw},
	{coshine.APITransferFund, "Transactions.TransferFund", (*Server).transferFund},
	{coshine.APIPurchase, "Transactions.Purchase", (*Server).purchase},
	{coshine.APIRefund, "Transactions.Refund", (*Server).refund},
	{coshine.APIReversal, "Transactions.Reversal", (*Server).reverse},
	{coshine.APIBlockFund, "Transactions.BlockFund", (*Server).blockFund},
	{coshine.APIUnblockFund, "Transactions.UnblockFund", (*Server).unblockFund},
	{coshine.APIServiceCharge, "Transactions.ServiceCharge", (*Server).serviceCharge},
	{coshine.APIVerification, "Transactions.Verification", (*Server).touch},
	{coshine.APIDebitAdjustment, "Transactions.DebitAdjustment", (*Server).debit},
	{coshine.APICreditAdjustment, "Transactions.CreditAdjustment", (*Server).credit},
	{coshine.APITransactionHistory, "Transactions.TransactionHistory", (*Server).history},
	{coshine.APIAuthorizationHistory, "Transactions.AuthorizationHistory", (*Server).authorizations},
	{coshine.APITokenInquiry, "Tokens.TokenInquiry", (*Server).listTokens},
	{coshine.APITokenRequest, "Tokens.TokenRequest", (*Server).requestToken},
	{coshine.APITokenStateUpdate, "Tokens.TokenStateUpdate", (*Server).updateToken},
	{coshine.APITokenMetadataUpdate, "Tokens.TokenMetadataUpdate", (*Server).updateTokenMetadata},
	{coshine.APIReplenishTokenLUK, "Tokens.ReplenishTokenLUK", nil},
	{coshine.APIDropDownListInquiry, "Parameters.DropDownListInquiry", (*Server).dropDown},
	{coshine.APIGeneratePublicPinKey, "PINs.GeneratePublicPinKey", (*Server).makePINKey},
	{coshine.APIInquiryCardProduct, "Parameters.InquiryCardProduct", (*Server).products},
	{coshine.APICardPlasticUpdate, "Cards.CardPlasticUpdate", (*Server).touch},
	{coshine.APICardNumberInquiry, "Cards.CardNumberInquiry", (*Server).readNumber},
	{coshine.APIBusinessFlagUpdate, "Cards.BusinessFlagUpdate", (*Server).touch},
	{coshine.APITran8583, "Transactions.Tran8583", nil},
	{coshine.APICorporateCardApplication, "Applications.CorporateCardApplication", nil},
	{coshine.APICardFaceInquiry, "Cards.CardFaceInquiry", nil},
	{coshine.APICustomerLinkage, "Customers.CustomerLinkage", nil},
	{coshine.APICardInfoUpdate, "Cards.CardInfoUpdate", nil},
	{coshine.APICardNoBlock, "Cards.CardNoBlock", nil},
	{coshine.APIBusinessFlagInquiry, "Cards.BusinessFlagInquiry", nil},
	{coshine.APIBusinessOnOff, "Cards.BusinessOnOff", nil},
	{coshine.APIFileDownload, "Transactions.FileDownload", nil},
	{coshine.APIConvertPrepaidToDebit, "Cards.ConvertPrepaidToDebit", nil},
}

func names() []string {
	list := []string{opToken}
	for _, o := range operations {
		list = append(list, o.op)
	}
	return list
}

// mount returns the operations by path: the published ones and those of the
// configuration.
func mount(own coshine.Paths) (map[string]operation, error) {
	published := map[coshine.API]string{}
	for _, row := range coshine.Catalogue() {
		published[row.API] = row.Path
	}
	paths := map[string]operation{}
	for _, o := range operations {
		path := cmp.Or(own[o.api], published[o.api])
		if path == "" {
			continue
		}
		if other, taken := paths[path]; taken {
			return nil, fmt.Errorf("coshinetest: %s and %s have the same path", other.api, o.api)
		}
		paths[path] = o
	}
	for api, path := range own {
		if !strings.HasPrefix(path, "/") || paths[path].api != api {
			return nil, fmt.Errorf("coshinetest: the path of %s cannot be mounted", api)
		}
	}
	return paths, nil
}

// route finds the operation of a request: its name, and what carries it out.
func (s *Server) route(r *http.Request, body []byte) (string, func() platform.Reply) {
	if r.URL.Path == tokenPath {
		return opToken, func() platform.Reply { return s.mint(r, body) }
	}
	for _, base := range []string{basePath, movedPath} {
		path, below := strings.CutPrefix(r.URL.Path, base)
		if o, ok := s.paths[path]; below && ok {
			return o.op, func() platform.Reply { return s.handle(o, r, body) }
		}
	}
	return "", func() platform.Reply { return s.status(http.StatusNotFound) }
}
