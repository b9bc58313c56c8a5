package callbacks

import (
	"context"
	"errors"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// publisher is what puts a message into your queue, and returns when the queue has it.
type publisher func(ctx context.Context, message string) error

// intoQueue is the function of a handler: an event is acknowledged when the queue has it,
// sealed, so that its secrets do not lie there.
func intoQueue(sealer *webhook.Sealer, publish publisher) webhook.Func {
	return func(ctx context.Context, event *webhook.Event) error {
		if event.Question {
			return errors.New("a question is answered where it arrives")
		}
		message, err := sealer.Seal(event)
		if err != nil {
			return err
		}
		return publish(ctx, message) // an error has the platform send again
	}
}

// fromQueue handles one message. A queue delivers at least once: work knows an event by its
// id. An error leaves the message in the queue.
func fromQueue(
	ctx context.Context, sealer *webhook.Sealer, message string, work webhook.Func, from ...*webhook.Source,
) error {
	event, err := sealer.Open(message, from...)
	if err != nil {
		return err // with ErrSealed or ErrNoSource it never will: to the queue's dead letters
	}
	return work(ctx, event)
}
