package worldcard

// DecodeNotification is what stands behind the signature, for fuzzing.
var DecodeNotification = decodeNotification

// Identity is what identifies an event.
func Identity(event any) string { return event.(callbackEvent).identity() }
