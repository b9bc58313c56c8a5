package kazepay

// How open outcomes are settled. No operation can be looked up by its requestNo, and no
// page says what a repeated one does, so nothing is ever sent again under the same one.
var (
	nothing    = byNone() // a read leaves none open
	byCallback = byNobody("a card status callback tells of the new card, which Virtual.Application reads then; " +
		"without one ask KazePay, quoting the key")
	byUpload = byNobody("uploading again settles it: a picture that nothing refers to has no effect")
	byKYC    = byState("KYC.Status").Once().With("PASSED settles it, whichever submission it is for; " +
		"WAITING_KYC may be said before any, and REJECTED of an earlier one")
	byLink   = byNobody("ask for another link: a link cannot be read back", "KYC.Status")
	byNumber = byState("Cards.CardID", "Cards.Card").Once().With("the card has the holder once it is assigned")
	byCard   = byState("Cards.Card").Once()
	byPIN    = byNobody("setting the same PIN again, as a new call, settles it")
	byLines  = byHistory("Cards.Transactions", "Cards.Balance").With("the list names no requestNo, so a line that fits " +
		"proves a top-up only where all others are known (issuing.WithOthers); one that is not listed may be on its way")
	byURL   = byState("Webhooks.URL").Once()
	byQuery = byNobody("use the query operation that KazePay names, or ask KazePay, quoting the key")
)

// The operations of the Virtual Card, Physical Card and Webhook pages.
//
// read asks only; it is repeated, each time with a new requestNo. once is never
// repeated after it may have arrived: whether the platform recognises a repeated
// requestNo is not documented.
var (
	opApply        = operation{"Virtual.Apply", "createCard", once, bare, byCallback}
	opApplication  = operation{"Virtual.Application", "createCardQuery", read, bare, nothing}
	opUpload       = operation{"KYC.Upload", "fileUpload", once, flagged, byUpload}
	opSubmit       = operation{"KYC.Submit", "setUcardKyc", once, flagged, byKYC}
	opSubmitInline = operation{"KYC.SubmitInline", "setUcardKyc", once, flagged, byKYC}
	opLink         = operation{"KYC.Link", "setUserKyc", once, flagged, byLink}
	opKYCStatus    = operation{"KYC.Status", "queryUcardKycStatus", read, flagged, nothing}
	opAssign       = operation{"Physical.Assign", "ucardAssign", once, flagged, byNumber}
	opActivate     = operation{"Physical.Activate", "ucardActive", once, flagged, byCard}
	opSetPIN       = operation{"Physical.SetPIN", "cardSetPin", once, flagged, byPIN}
	opCard         = operation{"Cards.Card", "queryCard", read, bare, nothing}
	opBalance      = operation{"Cards.Balance", "cardBalance", read, bare, nothing}
	opDeposit      = operation{"Cards.Deposit", "cardRecharge", once, bare, byLines}
	opTransactions = operation{"Cards.Transactions", "queryTransactions", read, bare, nothing}
	opFreeze       = operation{"Cards.Freeze", "updCardStatus", once, bare, byCard}
	opUnfreeze     = operation{"Cards.Unfreeze", "updCardStatus", once, bare, byCard}
	opClose        = operation{"Cards.Close", "closeCard", once, bare, byCard}
	opCardID       = operation{"Cards.CardID", "getCardId", read, bare, nothing}
	opSetURL       = operation{"Webhooks.SetURL", "setWebhookUrl", once, flagged, byURL}
	opURL          = operation{"Webhooks.URL", "getWebhookUrl", read, flagged, nothing}
)

// table is all of them.
func table() []operation {
	return []operation{
		opApply, opApplication, opUpload, opSubmit, opSubmitInline, opLink, opKYCStatus, opAssign, opActivate, opSetPIN,
		opCard, opBalance, opDeposit, opTransactions, opFreeze, opUnfreeze, opClose, opCardID, opSetURL, opURL,
	}
}
