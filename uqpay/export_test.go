package uqpay

import "github.com/issuing-sdk/issuing-go/internal/provider"

// What stands behind the signature.
func DecodeEvent(body []byte) (*event, error) {
	return decodeEvent(body, zone, func(string, string) {})
}

type DecodedEvent = event

// Disagreements lists the rows whose data and functions do not agree.
func (c *Client) Disagreements() []string { return provider.Disagreements(c.settlers()) }
