package authdecision

import (
	"crypto/sha256"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// maxRemembered bounds the decisions that the default deduper remembers; the oldest
// are forgotten first.
const maxRemembered = 1 << 16

// codeLength is that of a valid response code.
const codeLength = 2

// answers keep decisions with the claims of their transactions: the digest of the
// request, the code and the reference.
type answers struct{}

// Key implements [webhook.Answers].
func (answers) Key(event *webhook.Event) string { return event.ID }

// Keep implements [webhook.Answers]. What cannot be sent is not kept.
func (answers) Keep(event *webhook.Event) ([]byte, error) {
	req, ok := event.Data.(*Request)
	switch {
	case !ok:
		return nil, ErrRequest
	case !req.decision.valid():
		return nil, ErrNoDecision
	}
	digest := digestOf(req.Raw)
	return append(digest[:], string(req.decision.Code)+req.decision.Reference...), nil
}

// Give implements [webhook.Answers]. Another request under the same id is
// [ErrReplay].
func (answers) Give(event *webhook.Event, answer []byte) error {
	req, ok := event.Data.(*Request)
	if !ok || len(answer) < sha256.Size+codeLength {
		return ErrRequest
	}
	digest, answer := [sha256.Size]byte(answer), answer[sha256.Size:]
	if digest != digestOf(req.Raw) {
		return ErrReplay
	}
	req.decision = Decision{Code: ResponseCode(answer[:codeLength]), Reference: string(answer[codeLength:])}
	return nil
}

// digestOf tells requests apart. It is stored sealed, as all of an answer.
func digestOf(raw issuing.Secret) [sha256.Size]byte { return sha256.Sum256([]byte(raw.Reveal())) }
