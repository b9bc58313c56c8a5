package coshine

import (
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// answers keep what EastPay's requests were answered, with their claims: the code, a
// line break, and the body.
type answers struct{}

// Key implements [webhook.Answers]. Inquiries have none: what they ask for changes, and
// Coshine does not say whether one that is repeated has an id of its own.
func (answers) Key(event *webhook.Event) string {
	data, ok := event.Data.(inboundRequest)
	switch API(event.Type) {
	case APIOOBResultInquiry, APIRemoteBalanceInquiry:
		return ""
	}
	if !ok {
		return ""
	}
	return event.Type + "|" + data.inbound().DedupeKey()
}

// Keep implements [webhook.Answers].
func (answers) Keep(event *webhook.Event) ([]byte, error) {
	data, ok := event.Data.(inboundRequest)
	if !ok || data.inbound().answer.body.IsZero() {
		return nil, errNoAnswer
	}
	answer := data.inbound().answer
	return []byte(string(answer.code) + "\n" + answer.body.Reveal()), nil
}

// Give implements [webhook.Answers].
func (answers) Give(event *webhook.Event, answer []byte) error {
	data, ok := event.Data.(inboundRequest)
	code, body, found := strings.Cut(string(answer), "\n")
	if !ok || !found {
		return errNoAnswer
	}
	data.inbound().answer = encoded{code: Code(code), body: issuing.NewSecret(body)}
	return nil
}
