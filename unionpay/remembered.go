package unionpay

import "github.com/issuing-sdk/issuing-go/webhook"

// answers keep what questions were answered, with their claims.
type answers struct{}

// Key implements [webhook.Answers].
func (answers) Key(event *webhook.Event) string { return event.ID }

// Keep implements [webhook.Answers]. That no user is known is an answer too.
func (answers) Keep(event *webhook.Event) ([]byte, error) {
	asked, ok := event.Data.(*UserIDRequested)
	if !ok {
		return nil, webhook.ErrPayload
	}
	return []byte(asked.AppUserID), nil
}

// Give implements [webhook.Answers].
func (answers) Give(event *webhook.Event, answer []byte) error {
	asked, ok := event.Data.(*UserIDRequested)
	if !ok {
		return webhook.ErrPayload
	}
	asked.AppUserID = string(answer)
	return nil
}

// position returns how far a notification brings its token. Nothing overtakes a
// deletion. A token is named by a keyed digest: a plain one of so few digits could be
// undone. Where the key cannot be had, what is authentic is dispatched without order.
func (s *callbackScheme) position(event *webhook.Event) (p webhook.Position, ok bool) {
	changed, ok := event.Data.(*TokenStateChanged)
	if !ok || event.HasProblem("trxInfo.token", "trxInfo.tokenState") { // which one, or what it says, is open
		return p, false
	}
	name, err := s.fingerprint([]byte(changed.Token.Reveal()))
	if err != nil { // of a key in an HSM
		return p, false
	}
	return webhook.Position{Of: "token/" + name, At: event.Time, Last: changed.State.Terminal()}, true
}

// fingerprint names content by a keyed digest.
func (s *callbackScheme) fingerprint(content []byte) (string, error) {
	if s.digest != nil {
		return s.digest(content), nil
	}
	return s.cfg.SignKey.Fingerprint(content)
}
