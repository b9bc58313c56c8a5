package coshine

import "github.com/issuing-sdk/issuing-go/internal/provider"

// Disagreements lists the writes whose rows and settlers do not agree.
func (c *Client) Disagreements() []string { return provider.Disagreements(c.settlers()) }
