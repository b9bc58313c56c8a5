package unionpay

import issuing "github.com/issuing-sdk/issuing-go"

// The shapes of messages.
const flat, enveloped = ShapeFlat, ShapeEnveloped

// How open outcomes are settled, where the inquiry that it takes has a path. See
// [Client.row] for a client without one.
var (
	nothing = byNone() // a read leaves none open
	byMsgID = byKey("Tokens.TokenByRequest").Once().With("TOKEN_STATE_NOTIFICATION tells of the token, and a request " +
		"with the same AuthorizationData is refused as a duplicate where there is one")
	byToken  = byState("Tokens.Token").With("TOKEN_STATE_NOTIFICATION tells the token's state")
	byReport = byRepeat("there is no inquiry, and a second report does no harm")
	byKeys   = byRepeat("keep the old and the new keys in service and send it again")
)

// messageKey is the msgID. A flat message carries none, so that of its record is the
// caller's alone.
var (
	messageKey = issuing.KeyForm{
		Field: "msgID", Characters: issuing.CharactersAlphanumeric, Min: minMsgID, Max: maxMsgID, Drawn: true,
		Source: "msgInfo",
	}
	flatKey = issuing.KeyForm{
		Field: "msgID", Characters: issuing.CharactersAlphanumeric, Min: minMsgID, Max: maxMsgID, Source: "msgInfo",
	}
)

// What the rows offer. UnionPay's code 00 may mean no more than that a message arrived, so
// where the answer holds nothing else, nothing is said about it.
var (
	asNone    = capability{} // no concept, and nothing that the pages say
	asReport  = capability{}.Keyed(flatKey)
	asRequest = offering(issuing.ConceptTokens).AtOnce(EventTokenStateChanged)
	asTokens  = offering(issuing.ConceptTokens)
	asByKey   = offering(issuing.ConceptByKey).And(issuing.ConceptTokens, "")
	asStates  = offering(issuing.ConceptTokens).And(issuing.ConceptFreeze, "Tokens.Suspend").
			And(issuing.ConceptUnfreeze, "Tokens.Resume").And(issuing.ConceptClose, "Tokens.Delete").
			AtOnce(EventTokenStateChanged).Shown("Tokens.Token")
)

// The operations of a token requestor.
//
// read asks only and is repeated, each time as a message of its own. once is
// never repeated after it may have arrived. checked reads the token before it
// repeats, where the inquiry is configured; without it, it is once.
var (
	opATMFeedback       = operation{"ATMs.Feedback", MessageTypeATMFeedback, flat, once, byReport, asReport}
	opATMList           = operation{"ATMs.List", MessageTypeATMList, flat, read, nothing, asNone}
	opATMNearby         = operation{"ATMs.Nearby", MessageTypeATMNearby, flat, read, nothing, asNone}
	opATMCitiesAndBanks = operation{"ATMs.CitiesAndBanks", MessageTypeATMCitiesAndBanks, flat, read, nothing, asNone}

	opTokenRequest   = operation{"Tokens.Request", MessageTypeTokenRequest, enveloped, once, byMsgID, asRequest}
	opTokenUpdate    = operation{"Tokens.UpdateState", MessageTypeTokenStateUpdate, enveloped, checked, byToken, asStates}
	opTokenInquiry   = operation{"Tokens.Token", MessageTypeTokenStateInquiry, enveloped, read, nothing, asTokens}
	opTokenByRequest = operation{"Tokens.TokenByRequest", MessageTypeTokenStateInquiry, enveloped, read, nothing, asByKey}

	opKeyExchange = operation{"Keys.Exchange", MessageTypeKeyExchange, enveloped, once, byKeys, asNone}
	opKeyInquiry  = operation{"Keys.InquireExchange", MessageTypeKeyInquiryExchange, enveloped, once, byKeys, asNone}
	opKeyReset    = operation{"Keys.ConfirmReset", MessageTypeKeyResetResult, enveloped, once, byKeys, asNone}
)

// table is all of them.
func table() []operation {
	return []operation{
		opATMFeedback, opATMList, opATMNearby, opATMCitiesAndBanks, opTokenRequest, opTokenUpdate, opTokenInquiry,
		opTokenByRequest, opKeyExchange, opKeyInquiry, opKeyReset,
	}
}
