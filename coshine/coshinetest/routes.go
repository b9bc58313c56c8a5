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
// and errors print, the card that a request must name, and what carries it out
// with the server's lock held. Where that is nil, nothing that an answer shows
// changes, or nothing is published: any object is accepted.
type operation struct {
	api  coshine.API
	op   string
	card need
	run  func(*Server, *call) (object, *refusal)
}

// need says which card a request must name.
type need int

const (
	noCard     need = iota
	anyCard         // a card of the platform's
	activeCard      // one that is neither inactive, cancelled nor lost
)

// opToken is the token endpoint's name.
const opToken = "OAuth.Token"

// interfaces are the rows, in the order of the catalogue.
var interfaces = []operation{
	{coshine.APICardApplication, "Applications.CardApplication", noCard, (*Server).apply},
	{coshine.APICustomerCardInfoInquiry, "Customers.CustomerCardInfoInquiry", noCard, (*Server).listCards},
	{coshine.APICustomerAccountInfoInquiry, "Customers.CustomerAccountInfoInquiry", noCard, (*Server).listAccounts},
	{coshine.APICustomerInfoUpdate, "Customers.CustomerInfoUpdate", noCard, nil},
	{coshine.APIAccountLinkage, "Accounts.AccountLinkage", activeCard, nil},
	{coshine.APIAccountStatusUpdate, "Accounts.AccountStatusUpdate", noCard, nil},
	{coshine.APICardInfoInquiry, "Cards.CardInfoInquiry", anyCard, (*Server).cardInfo},
	{coshine.APICardActivation, "Cards.CardActivation", anyCard, (*Server).activate},
	{coshine.APICardReissue, "Cards.CardReissue", activeCard, (*Server).reissue},
	{coshine.APICardReplacement, "Cards.CardReplacement", anyCard, (*Server).replace},
	{coshine.APICardCancellation, "Cards.CardCancellation", anyCard, (*Server).cancel},
	{coshine.APICardStatusUpdate, "Cards.CardStatusUpdate", anyCard, (*Server).updateStatus},
	{coshine.APICardLimitSetting, "Cards.CardLimitSetting", activeCard, nil},
	{coshine.APICardCVV2Inquiry, "Cards.CardCVV2Inquiry", activeCard, (*Server).readCVV2},
	{coshine.APICardCVV2Verify, "Cards.CardCVV2Verify", activeCard, (*Server).verifyCVV2},
	{coshine.APIGenerateDCVV, "Cards.GenerateDCVV", activeCard, (*Server).generateDCVV},
	{coshine.APICardExpiryDateUpdate, "Cards.CardExpiryDateUpdate", activeCard, (*Server).updateExpiry},
	{coshine.APICardSecureRegist, "Cards.CardSecureRegist", activeCard, nil},
	{coshine.APIBlacklistUpdate, "Cards.BlacklistUpdate", noCard, nil},
	{coshine.APIPINReset, "PINs.PINReset", activeCard, (*Server).resetPIN},
	{coshine.APIPINChange, "PINs.PINChange", activeCard, (*Server).changePIN},
	{coshine.APIPINVerify, "PINs.PINVerify", activeCard, (*Server).verifyPIN},
	{coshine.APIBalanceInquiry, "Transactions.BalanceInquiry", anyCard, (*Server).balance},
	{coshine.APILoadFund, "Transactions.LoadFund", activeCard, (*Server).credit},
	{coshine.APIWithdraw, "Transactions.Withdraw", activeCard, (*Server).debit},
	{coshine.APITransferFund, "Transactions.TransferFund", activeCard, (*Server).transferFund},
	{coshine.APIPurchase, "Transactions.Purchase", activeCard, (*Server).debit},
	{coshine.APIRefund, "Transactions.Refund", noCard, (*Server).refund},
	{coshine.APIReversal, "Transactions.Reversal", noCard, (*Server).reverse},
	{coshine.APIBlockFund, "Transactions.BlockFund", activeCard, (*Server).blockFund},
	{coshine.APIUnblockFund, "Transactions.UnblockFund", noCard, (*Server).unblockFund},
	{coshine.APIServiceCharge, "Transactions.ServiceCharge", activeCard, (*Server).serviceCharge},
	{coshine.APIVerification, "Transactions.Verification", activeCard, nil},
	{coshine.APIDebitAdjustment, "Transactions.DebitAdjustment", activeCard, (*Server).debit},
	{coshine.APICreditAdjustment, "Transactions.CreditAdjustment", activeCard, (*Server).credit},
	{coshine.APITransactionHistory, "Transactions.TransactionHistory", anyCard, (*Server).history},
	{coshine.APIAuthorizationHistory, "Transactions.AuthorizationHistory", anyCard, (*Server).authorizations},
	{coshine.APITokenInquiry, "Tokens.TokenInquiry", anyCard, (*Server).listTokens},
	{coshine.APITokenRequest, "Tokens.TokenRequest", activeCard, (*Server).requestToken},
	{coshine.APITokenStateUpdate, "Tokens.TokenStateUpdate", noCard, (*Server).updateToken},
	{coshine.APITokenMetadataUpdate, "Tokens.TokenMetadataUpdate", noCard, (*Server).updateTokenMetadata},
	{coshine.APIReplenishTokenLUK, "Tokens.ReplenishTokenLUK", noCard, nil},
	{coshine.APIDropDownListInquiry, "Parameters.DropDownListInquiry", noCard, (*Server).dropDown},
	{coshine.APIGeneratePublicPinKey, "PINs.GeneratePublicPinKey", noCard, (*Server).makePINKey},
	{coshine.APIInquiryCardProduct, "Parameters.InquiryCardProduct", noCard, (*Server).products},
	{coshine.APICardPlasticUpdate, "Cards.CardPlasticUpdate", activeCard, nil},
	{coshine.APICardNumberInquiry, "Cards.CardNumberInquiry", activeCard, (*Server).readNumber},
	{coshine.APIBusinessFlagUpdate, "Cards.BusinessFlagUpdate", activeCard, nil},
	{coshine.APITran8583, "Transactions.Tran8583", noCard, nil},
	{coshine.APICorporateCardApplication, "Applications.CorporateCardApplication", noCard, nil},
	{coshine.APICardFaceInquiry, "Cards.CardFaceInquiry", noCard, nil},
	{coshine.APICustomerLinkage, "Customers.CustomerLinkage", noCard, nil},
	{coshine.APICardInfoUpdate, "Cards.CardInfoUpdate", noCard, nil},
	{coshine.APICardNoBlock, "Cards.CardNoBlock", noCard, nil},
	{coshine.APIBusinessFlagInquiry, "Cards.BusinessFlagInquiry", noCard, nil},
	{coshine.APIBusinessOnOff, "Cards.BusinessOnOff", noCard, nil},
	{coshine.APIFileDownload, "Transactions.FileDownload", noCard, nil},
	{coshine.APIConvertPrepaidToDebit, "Cards.ConvertPrepaidToDebit", noCard, nil},
}

func operations() []string {
	list := []string{opToken}
	for _, o := range interfaces {
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
	for _, o := range interfaces {
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
