package coshine

import "github.com/issuing-sdk/issuing-go/webhook"

// AuthenticationService is the issuer's side of the Authentication module (rows
// 44 to 47): EastPay asks, the issuer answers.
type AuthenticationService struct{ c *Client }

// Callbacks returns the source of what EastPay asks this client's participant, in
// this client's zone: [NewCallbacks] with ParticipantID and Zone filled in where
// cfg leaves them empty.
func (s *AuthenticationService) Callbacks(cfg CallbackConfig) (*webhook.Source, error) {
	if cfg.ParticipantID == "" {
		cfg.ParticipantID = s.c.cfg.ParticipantID
	}
	if cfg.Zone == nil {
		cfg.Zone = s.c.cfg.Zone
	}
	return NewCallbacks(cfg)
}
