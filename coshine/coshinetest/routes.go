package coshinetest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
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
	{coshine.APICardApplication, "Cards.Apply", noCard, (*Server).apply},
	{coshine.APICustomerCardInfoInquiry, "Customers.Cards", noCard, (*Server).listCards},
	{coshine.APICustomerAccountInfoInquiry, "Customers.Accounts", noCard, (*Server).listAccounts},
	{coshine.APICustomerInfoUpdate, "Customers.Update", noCard, nil},
	{coshine.APIAccountLinkage, "Accounts.Link", activeCard, nil},
	{coshine.APIAccountStatusUpdate, "Accounts.SetStatus", noCard, nil},
	{coshine.APICardInfoInquiry, "Cards.Card", anyCard, (*Server).cardInfo},
	{coshine.APICardActivation, "Cards.Activate", anyCard, (*Server).activate},
	{coshine.APICardReissue, "Cards.Reissue", activeCard, (*Server).reissue},
	{coshine.APICardReplacement, "Cards.Replace", anyCard, (*Server).replace},
	{coshine.APICardCancellation, "Cards.Close", anyCard, (*Server).cancel},
	{coshine.APICardStatusUpdate, "Cards.SetStatus", anyCard, (*Server).updateStatus},
	{coshine.APICardLimitSetting, "Cards.SetLimits", activeCard, nil},
	{coshine.APICardCVV2Inquiry, "Cards.Secrets", activeCard, (*Server).readCVV2},
	{coshine.APICardCVV2Verify, "Cards.VerifyCVV2", activeCard, (*Server).verifyCVV2},
	{coshine.APIGenerateDCVV, "Cards.GenerateDCVV", activeCard, (*Server).generateDCVV},
	{coshine.APICardExpiryDateUpdate, "Cards.SetExpiry", activeCard, (*Server).updateExpiry},
	{coshine.APICardSecureRegist, "Cards.Register3DS", activeCard, nil},
	{coshine.APIBlacklistUpdate, "Cards.UpdateBlacklist", noCard, nil},
	{coshine.APIPINReset, "PINs.Reset", activeCard, (*Server).resetPIN},
	{coshine.APIPINChange, "PINs.Change", activeCard, (*Server).changePIN},
	{coshine.APIPINVerify, "PINs.Verify", activeCard, (*Server).verifyPIN},
	{coshine.APIBalanceInquiry, "Cards.Balance", anyCard, (*Server).balance},
	{coshine.APILoadFund, "Cards.Deposit", activeCard, (*Server).credit},
	{coshine.APIWithdraw, "Cards.Withdraw", activeCard, (*Server).debit},
	{coshine.APITransferFund, "Transactions.Transfer", activeCard, (*Server).transferFund},
	{coshine.APIPurchase, "Transactions.Purchase", activeCard, (*Server).debit},
	{coshine.APIRefund, "Transactions.Refund", noCard, (*Server).refund},
	{coshine.APIReversal, "Transactions.Reverse", noCard, (*Server).reverse},
	{coshine.APIBlockFund, "Transactions.Block", activeCard, (*Server).blockFund},
	{coshine.APIUnblockFund, "Transactions.Unblock", noCard, (*Server).unblockFund},
	{coshine.APIServiceCharge, "Transactions.Charge", activeCard, (*Server).serviceCharge},
	{coshine.APIVerification, "Transactions.Verify", activeCard, nil},
	{coshine.APIDebitAdjustment, "Transactions.AdjustDebit", activeCard, (*Server).debit},
	{coshine.APICreditAdjustment, "Transactions.AdjustCredit", activeCard, (*Server).credit},
	{coshine.APITransactionHistory, "Cards.Transactions", anyCard, (*Server).history},
	{coshine.APIAuthorizationHistory, "Cards.Authorizations", anyCard, (*Server).authorizations},
	{coshine.APITokenInquiry, "Tokens.List", anyCard, (*Server).listTokens},
	{coshine.APITokenRequest, "Tokens.Request", activeCard, (*Server).requestToken},
	{coshine.APITokenStateUpdate, "Tokens.UpdateState", noCard, (*Server).updateToken},
	{coshine.APITokenMetadataUpdate, "Tokens.UpdateMetadata", noCard, (*Server).updateTokenMetadata},
	{coshine.APIReplenishTokenLUK, "Tokens.ReplenishLUK", noCard, nil},
	{coshine.APIDropDownListInquiry, "Parameters.DropDownList", noCard, (*Server).dropDown},
	{coshine.APIGeneratePublicPinKey, "PINs.Key", noCard, (*Server).makePINKey},
	{coshine.APIInquiryCardProduct, "Parameters.CardProducts", noCard, (*Server).products},
	{coshine.APICardPlasticUpdate, "Cards.UpdatePlastic", activeCard, nil},
	{coshine.APICardNumberInquiry, "Cards.Number", activeCard, (*Server).readNumber},
	{coshine.APIBusinessFlagUpdate, "Cards.SetBusinessFlag", activeCard, nil},
	{coshine.APITran8583, "Transactions.ISO8583", noCard, nil},
	{coshine.APICorporateCardApplication, "Cards.ApplyCorporate", noCard, nil},
	{coshine.APICardFaceInquiry, "Cards.Face", noCard, nil},
	{coshine.APICustomerLinkage, "Customers.Link", noCard, nil},
	{coshine.APICardInfoUpdate, "Cards.Update", noCard, nil},
	{coshine.APICardNoBlock, "Cards.BlockNumber", noCard, nil},
	{coshine.APIBusinessFlagInquiry, "Cards.BusinessFlag", noCard, nil},
	{coshine.APIBusinessOnOff, "Cards.SwitchBusiness", noCard, nil},
	{coshine.APIFileDownload, "Transactions.DownloadFile", noCard, nil},
	{coshine.APIConvertPrepaidToDebit, "Cards.ConvertToDebit", noCard, nil},
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
func mount(own coshine.Paths, codes map[coshine.API]string) (map[string][]operation, error) {
	published := map[coshine.API]string{}
	for _, row := range coshine.Catalogue() {
		published[row.API] = row.Path
	}
	paths := map[string][]operation{}
	for _, o := range interfaces {
		path := cmp.Or(own[o.api], published[o.api])
		if path == "" {
			continue
		}
		for _, other := range paths[path] {
			if codes[other.api] == codes[o.api] {
				return nil, fmt.Errorf("coshinetest: %s and %s have the same path", other.api, o.api)
			}
		}
		paths[path] = append(paths[path], o)
	}
	for api, path := range own {
		served := func(o operation) bool { return o.api == api }
		if !strings.HasPrefix(path, "/") || !slices.ContainsFunc(paths[path], served) {
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
		if r.URL.RawQuery != "" {
			path += "?" + r.URL.RawQuery
		}
		if served := s.paths[path]; below && len(served) > 0 {
			o := s.meant(served, body)
			return o.op, func() platform.Reply { return s.handle(o, r, body) }
		}
	}
	return "", func() platform.Reply { return s.status(http.StatusNotFound) }
}

// meant returns which of the operations of one path a request is for: that of its
// tranCode, or else the first.
func (s *Server) meant(served []operation, body []byte) operation {
	if len(served) > 1 {
		_, in, _ := s.open(body)
		for _, o := range served {
			if code := s.cfg.TranCodes[o.api]; code != "" && code == in.Text("tranCode") {
				return o
			}
		}
	}
	return served[0]
}
