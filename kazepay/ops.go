package kazepay

// How open outcomes are settled. No operation can be looked up by its requestNo,
// so the state of the card or the user is read instead.
var (
	nothing    = by() // a read leaves none open
	byCallback = byNote("a card status callback tells of the new card, which Virtual.Application reads then; " +
		"without one ask KazePay, quoting the key")
	byUpload  = byNote("uploading again settles it: a picture that nothing refers to has no effect")
	byKYC     = by("KYC.Status")
	byNumber  = byNote("Cards.Card shows the holder of the card that is found", "Cards.CardID")
	byCard    = by("Cards.Card")
	byPIN     = byNote("setting the same PIN again settles it")
	byHistory = byNote("a top-up that is not listed may still be on its way", "Cards.Transactions", "Cards.Balance")
	byURL     = by("Webhooks.URL")
	byQuery   = byNote("use the query operation that KazePay names, or ask KazePay, quoting the key")
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
	opLink         = operation{"KYC.Link", "setUserKyc", once, flagged, byKYC}
	opKYCStatus    = operation{"KYC.Status", "queryUcardKycStatus", read, flagged, nothing}
	opAssign       = operation{"Physical.Assign", "ucardAssign", once, flagged, byNumber}
	opActivate     = operation{"Physical.Activate", "ucardActive", once, flagged, byCard}
	opSetPIN       = operation{"Physical.SetPIN", "cardSetPin", once, flagged, byPIN}
	opCard         = operation{"Cards.Card", "queryCard", read, bare, nothing}
	opBalance      = operation{"Cards.Balance", "cardBalance", read, bare, nothing}
	opDeposit      = operation{"Cards.Deposit", "cardRecharge", once, bare, byHistory}
	opTransactions = operation{"Cards.Transactions", "queryTransactions", read, bare, nothing}
	opFreeze       = operation{"Cards.Freeze", "updCardStatus", once, bare, byCard}
	opUnfreeze     = operation{"Cards.Unfreeze", "updCardStatus", once, bare, byCard}
	opClose        = operation{"Cards.Close", "closeCard", once, bare, byCard}
	opCardID       = operation{"Cards.CardID", "getCardId", read, bare, nothing}
	opSetURL       = operation{"Webhooks.SetURL", "setWebhookUrl", once, flagged, byURL}
	opURL          = operation{"Webhooks.URL", "getWebhookUrl", read, flagged, nothing}
)
