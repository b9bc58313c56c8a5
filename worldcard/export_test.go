package worldcard

import "github.com/issuing-sdk/issuing-go/sign"

// DecodeNotification is what stands behind the signature, for fuzzing.
func DecodeNotification(typ string, plaintext []byte, key sign.AESKey) (callbackEvent, error) {
	return decodeNotification(typ, plaintext, []sign.AESKey{key}, func(string, string) {})
}

// Identity is what identifies an event.
func Identity(event any) string { return event.(callbackEvent).identity() }
