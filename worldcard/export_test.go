package worldcard

import (
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/sign"
)

// DecodeNotification is what stands behind the signature, for fuzzing.
func DecodeNotification(typ string, plaintext []byte, key sign.AESKey) (callbackEvent, error) {
	codec := codecIn(nil)
	codec.Note = func(string, string) {}
	return decodeNotification(typ, plaintext, []sign.AESKey{key}, codec)
}

// Identity is what identifies an event.
func Identity(event any) string { return event.(callbackEvent).identity() }

// Disagreements lists the rows whose data and functions do not agree.
func (c *Client) Disagreements() []string { return provider.Disagreements(c.settlers()) }
