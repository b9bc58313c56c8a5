package worldcard

// DecodeNotification is what stands behind the signature, for fuzzing.
var DecodeNotification = decodeNotification
