package kazepay

import issuing "github.com/issuing-sdk/issuing-go"

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

// messageKey is the requestNo, of which the pages show samples alone: the longest has 24
// digits. A client with Config.RequestNo takes the merchant's own form.
var messageKey = issuing.KeyForm{
	Field: "requestNo", Characters: issuing.CharactersDigits, Min: 1, Max: maxRequestNo, Drawn: true,
}

// What the rows offer, and when they are complete.
var (
	asNone    = capability{} // no concept, and nothing that the pages say
	asSetting = capability{}.AtOnce()
	asCard    = offering(issuing.ConceptCard).And(issuing.ConceptSecrets, "")
	asBalance = offering(issuing.ConceptBalance)
	asList    = offering(issuing.ConceptTransactions).Limited(
		issuing.Limit{Field: "pageSize", Min: 1, Max: maxPageSize, Unit: "entries", Source: "Query Card Transactions"},
		issuing.Limit{Field: "pageNum", Min: 1, Max: maxPage, Unit: "pages", Source: "Query Card Transactions"})

	asApply    = offering(issuing.ConceptApply).Later(EventCardStateChanged).Shown("Virtual.Application", "Cards.Card")
	asDeposit  = offering(issuing.ConceptDeposit).Either(EventCardDeposited).Shown("Cards.Transactions")
	asFreeze   = offering(issuing.ConceptFreeze).Either(EventCardStateChanged).Shown("Cards.Card")
	asUnfreeze = offering(issuing.ConceptUnfreeze).Either(EventCardStateChanged).Shown("Cards.Card")
	asClose    = offering(issuing.ConceptClose).Later(EventCardClosed, EventCardStateChanged).Shown("Cards.Card")
	asAssign   = offering(issuing.ConceptAssign).Either(EventCardStateChanged).Shown("Cards.CardID")
	asActivate = offering(issuing.ConceptActivate).Later(EventCardStateChanged).Shown("Cards.Card")
	asPIN      = offering(issuing.ConceptPIN).AtOnce().Limited(
		issuing.Limit{Field: "pin", Min: pinDigits, Max: pinDigits, Unit: "digits", Source: "Set Card Pin"})
	asUpload    = offering(issuing.ConceptKYC).AtOnce()
	asKYCStatus = offering(issuing.ConceptKYC)
	asKYC       = offering(issuing.ConceptKYC).Later(EventKYCReviewed).Shown("KYC.Status")
	asSubmit    = asKYC.Limited(
		issuing.Limit{Field: "addressLine", Max: maxAddress, Unit: "characters", Source: "Submit KYC information"})
)

// The operations of the Virtual Card, Physical Card and Webhook pages.
//
// read asks only; it is repeated, each time with a new requestNo. once is never
// repeated after it may have arrived: whether the platform recognises a repeated
// requestNo is not documented.
var (
	opApply        = operation{"Virtual.Apply", "createCard", once, bare, byCallback, asApply}
	opApplication  = operation{"Virtual.Application", "createCardQuery", read, bare, nothing, asNone}
	opUpload       = operation{"KYC.Upload", "fileUpload", once, flagged, byUpload, asUpload}
	opSubmit       = operation{"KYC.Submit", "setUcardKyc", once, flagged, byKYC, asSubmit}
	opSubmitInline = operation{"KYC.SubmitInline", "setUcardKyc", once, flagged, byKYC, asSubmit}
	opLink         = operation{"KYC.Link", "setUserKyc", once, flagged, byLink, asKYC}
	opKYCStatus    = operation{"KYC.Status", "queryUcardKycStatus", read, flagged, nothing, asKYCStatus}
	opAssign       = operation{"Physical.Assign", "ucardAssign", once, flagged, byNumber, asAssign}
	opActivate     = operation{"Physical.Activate", "ucardActive", once, flagged, byCard, asActivate}
	opSetPIN       = operation{"Physical.SetPIN", "cardSetPin", once, flagged, byPIN, asPIN}
	opCard         = operation{"Cards.Card", "queryCard", read, bare, nothing, asCard}
	opBalance      = operation{"Cards.Balance", "cardBalance", read, bare, nothing, asBalance}
	opDeposit      = operation{"Cards.Deposit", "cardRecharge", once, bare, byLines, asDeposit}
	opTransactions = operation{"Cards.Transactions", "queryTransactions", read, bare, nothing, asList}
	opFreeze       = operation{"Cards.Freeze", "updCardStatus", once, bare, byCard, asFreeze}
	opUnfreeze     = operation{"Cards.Unfreeze", "updCardStatus", once, bare, byCard, asUnfreeze}
	opClose        = operation{"Cards.Close", "closeCard", once, bare, byCard, asClose}
	opCardID       = operation{"Cards.CardID", "getCardId", read, bare, nothing, asNone}
	opSetURL       = operation{"Webhooks.SetURL", "setWebhookUrl", once, flagged, byURL, asSetting}
	opURL          = operation{"Webhooks.URL", "getWebhookUrl", read, flagged, nothing, asNone}
)

// table is all of them.
func table() []operation {
	return []operation{
		opApply, opApplication, opUpload, opSubmit, opSubmitInline, opLink, opKYCStatus, opAssign, opActivate, opSetPIN,
		opCard, opBalance, opDeposit, opTransactions, opFreeze, opUnfreeze, opClose, opCardID, opSetURL, opURL,
	}
}
