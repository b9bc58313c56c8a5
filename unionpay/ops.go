package unionpay

import "github.com/issuing-sdk/issuing-go/internal/transport"

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name    string // service and method
	message MessageType
	safety  transport.Safety
	shape   Shape
}

// The operations of a token requestor.
//
// read asks only and is repeated, each time as a message of its own. once is
// never repeated after it may have arrived. checked reads the token before it
// repeats, where the inquiry is configured; without it, it is once.
var (
	opATMFeedback    = operation{"ATMs.Feedback", MessageATMFeedback, transport.Once, ShapeFlat}
	opATMList        = operation{"ATMs.List", MessageATMList, transport.Read, ShapeFlat}
	opATMNearby      = operation{"ATMs.Nearby", MessageATMNearby, transport.Read, ShapeFlat}
	opATMCityBank    = operation{"ATMs.CitiesAndBanks", MessageATMCityBank, transport.Read, ShapeFlat}
	opTokenRequest   = operation{"Tokens.Request", MessageTokenRequest, transport.Once, ShapeEnveloped}
	opTokenUpdate    = operation{"Tokens.UpdateState", MessageTokenStateUpdate, transport.Checked, ShapeEnveloped}
	opTokenInquiry   = operation{"Tokens.Token", MessageTokenStateInquiry, transport.Read, ShapeEnveloped}
	opTokenByRequest = operation{"Tokens.TokenByRequest", MessageTokenStateInquiry, transport.Read, ShapeEnveloped}
	opKeyExchange    = operation{"Keys.Exchange", MessageKeyExchange, transport.Once, ShapeEnveloped}
	opKeyInquiry     = operation{"Keys.InquireExchange", MessageKeyInquiryExchange, transport.Once, ShapeEnveloped}
	opKeyReset       = operation{"Keys.ConfirmReset", MessageKeyResetResult, transport.Once, ShapeEnveloped}
)
