package uqpay

// What stands behind the signature.
func DecodeEvent(body []byte) (*event, error) { return decodeEvent(body, func(string, string) {}) }

type DecodedEvent = event
