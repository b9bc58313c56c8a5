package legacy

import "github.com/issuing-sdk/issuing-go/internal/provider"

// SignedParams is what the signature of a request covers, for checking it.
var SignedParams = signedParams

// Disagreements lists the rows whose data and functions do not agree.
func (c *Client) Disagreements() []string { return provider.Disagreements(c.settlers()) }
