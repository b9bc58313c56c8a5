package worldcard

import (
	issuing "github.com/issuing-sdk/issuing-go"
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

// Paths are the paths of the operations.
func Paths() map[string][]string {
	out := map[string][]string{}
	for _, o := range table() {
		out[o.name] = append(out[o.name], o.path)
	}
	return out
}

// Payload is a request as it is sent, before the envelope.
func (c *Client) Payload(request any) ([]byte, error) {
	x := &exchange{c: c, in: request}
	_, err := x.Encode(issuing.CallSettings{})
	return x.payload, err
}

// ReadData reads an answer's data.
func (c *Client) ReadData(data []byte, out any) error { return c.cfg.unmarshal(data, out) }
