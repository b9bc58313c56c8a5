package unionpay

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

// The operations of a token requestor.
//
// read asks only and is repeated, each time as a message of its own. once is
// never repeated after it may have arrived. checked reads the token before it
// repeats, where the inquiry is configured; without it, it is once.
var (
	opATMFeedback       = operation{"ATMs.Feedback", MessageTypeATMFeedback, ShapeFlat, once, byReport}
	opATMList           = operation{"ATMs.List", MessageTypeATMList, ShapeFlat, read, nothing}
	opATMNearby         = operation{"ATMs.Nearby", MessageTypeATMNearby, ShapeFlat, read, nothing}
	opATMCitiesAndBanks = operation{"ATMs.CitiesAndBanks", MessageTypeATMCitiesAndBanks, ShapeFlat, read, nothing}
	opTokenRequest      = operation{"Tokens.Request", MessageTypeTokenRequest, ShapeEnveloped, once, byMsgID}
	opTokenUpdate       = operation{"Tokens.UpdateState", MessageTypeTokenStateUpdate, ShapeEnveloped, checked, byToken}
	opTokenInquiry      = operation{"Tokens.Token", MessageTypeTokenStateInquiry, ShapeEnveloped, read, nothing}
	opTokenByRequest    = operation{"Tokens.TokenByRequest", MessageTypeTokenStateInquiry, ShapeEnveloped, read, nothing}
	opKeyExchange       = operation{"Keys.Exchange", MessageTypeKeyExchange, ShapeEnveloped, once, byKeys}
	opKeyInquiry        = operation{"Keys.InquireExchange", MessageTypeKeyInquiryExchange, ShapeEnveloped, once, byKeys}
	opKeyReset          = operation{"Keys.ConfirmReset", MessageTypeKeyResetResult, ShapeEnveloped, once, byKeys}
)

// table is all of them.
func table() []operation {
	return []operation{
		opATMFeedback, opATMList, opATMNearby, opATMCitiesAndBanks, opTokenRequest, opTokenUpdate, opTokenInquiry,
		opTokenByRequest, opKeyExchange, opKeyInquiry, opKeyReset,
	}
}
