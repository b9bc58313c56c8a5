package coshine

// AuthenticationService is the issuer's side of the Authentication module (rows
// 44 to 47): EastPay asks, the issuer answers.
type AuthenticationService struct{ c *Client }

// Receiver returns the inbound handlers for this client's participant, in this
// client's zone: [NewReceiver] with ParticipantID and Zone filled in where cfg
// leaves them empty.
func (s *AuthenticationService) Receiver(cfg ReceiverConfig, fns Functions) (*Receiver, error) {
	if cfg.ParticipantID == "" {
		cfg.ParticipantID = s.c.cfg.ParticipantID
	}
	if cfg.Zone == nil {
		cfg.Zone = s.c.cfg.Zone
	}
	return NewReceiver(cfg, fns)
}
