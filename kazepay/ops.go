package kazepay

import (
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name    string // service and method
	apiCode string // head.apiCode
	safety  transport.Safety
	flag    bool   // the payload carries the result flag "encrypt"
	settle  string // how to settle an unknown outcome
}

// The operations of the Virtual Card, Physical Card and Webhook pages.
//
// read asks only; it is repeated, each time with a new requestNo. once is never
// repeated after it may have arrived: whether the platform recognises a repeated
// requestNo is not documented.
var (
	opApply        = operation{"Virtual.Apply", "createCard", transport.Once, false, settleApply}
	opApplication  = operation{"Virtual.Application", "createCardQuery", transport.Read, false, ""}
	opUpload       = operation{"KYC.Upload", "fileUpload", transport.Once, true, settleUpload}
	opSubmit       = operation{"KYC.Submit", "setUcardKyc", transport.Once, true, settleKYC}
	opSubmitInline = operation{"KYC.SubmitInline", "setUcardKyc", transport.Once, true, settleKYC}
	opLink         = operation{"KYC.Link", "setUserKyc", transport.Once, true, settleKYC}
	opKYCStatus    = operation{"KYC.Status", "queryUcardKycStatus", transport.Read, true, ""}
	opAssign       = operation{"Physical.Assign", "ucardAssign", transport.Once, true, settleAssign}
	opActivate     = operation{"Physical.Activate", "ucardActive", transport.Once, true, settleCard}
	opSetPIN       = operation{"Physical.SetPIN", "cardSetPin", transport.Once, true, settlePIN}
	opCard         = operation{"Cards.Card", "queryCard", transport.Read, false, ""}
	opBalance      = operation{"Cards.Balance", "cardBalance", transport.Read, false, ""}
	opDeposit      = operation{"Cards.Deposit", "cardRecharge", transport.Once, false, settleDeposit}
	opTransactions = operation{"Cards.Transactions", "queryTransactions", transport.Read, false, ""}
	opFreeze       = operation{"Cards.Freeze", "updCardStatus", transport.Once, false, settleCard}
	opUnfreeze     = operation{"Cards.Unfreeze", "updCardStatus", transport.Once, false, settleCard}
	opClose        = operation{"Cards.Close", "closeCard", transport.Once, false, settleCard}
	opCardID       = operation{"Cards.CardID", "getCardId", transport.Read, false, ""}
	opSetURL       = operation{"Webhooks.SetURL", "setWebhookUrl", transport.Once, true, settleURL}
	opURL          = operation{"Webhooks.URL", "getWebhookUrl", transport.Read, true, ""}
)

// How to settle unknown outcomes. No operation can be looked up by its
// requestNo, so the state of the card is read instead.
const (
	settleApply   = "a card status callback, or Virtual.Application once the card id is known; else ask KazePay with the requestNo"
	settleUpload  = "uploading again: a picture that nothing refers to has no effect"
	settleKYC     = "KYC.Status (queryUcardKycStatus)"
	settleAssign  = "Cards.CardID (getCardId) and Cards.Card (queryCard)"
	settleCard    = "Cards.Card (queryCard)"
	settlePIN     = "setting the same PIN again"
	settleDeposit = "Cards.Transactions (queryTransactions) and Cards.Balance (cardBalance)"
	settleURL     = "Webhooks.URL (getWebhookUrl)"
	settleDo      = "the query operation that KazePay names; or ask KazePay with the requestNo"
)
