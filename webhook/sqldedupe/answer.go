package sqldedupe

import (
	"errors"

	"github.com/issuing-sdk/issuing-go/sign"
)

// answerVersion begins a stored answer.
const answerVersion = "\x01"

// errNoKeys is said early by sources; a deduper that is asked otherwise says it too.
var errNoKeys = errors.New("sqldedupe: AnswerKeys is required to keep the answer to a question")

// bound ties an answer to its row.
func bound(id string) []byte { return []byte("answer|" + id) }

// sealed returns an answer as it is stored in the row id, nil for none.
func (d *Deduper) sealed(id string, answer []byte) ([]byte, error) {
	switch {
	case answer == nil:
		return nil, nil
	case !d.KeepsAnswers():
		return nil, errNoKeys
	}
	text, err := d.cfg.AnswerKeys[0].SealBound(answer, bound(id))
	return append([]byte(answerVersion), text...), err
}

// opened reverses sealed.
func (d *Deduper) opened(id string, stored []byte) ([]byte, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	for _, key := range d.cfg.AnswerKeys {
		if string(stored[:1]) != answerVersion {
			break
		}
		if answer, err := key.OpenBound(stored[1:], bound(id)); err == nil {
			return answer, nil
		}
	}
	return nil, sign.ErrDecrypt
}
