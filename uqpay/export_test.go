package uqpay

// What stands behind the signature.
func DecodeEvent(body []byte) (*event, error) {
	return decodeEvent(body, zone, func(string, string) {})
}

type DecodedEvent = event
