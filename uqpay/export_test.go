package uqpay

// What stands behind the signature.
var DecodeEvent = decodeEvent

type DecodedEvent = event
