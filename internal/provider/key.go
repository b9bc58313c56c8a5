package provider

import (
	"context"
	"errors"
	"fmt"
)

// maxKeyUses bounds the uses of a client's keys that are under way at a time, those
// that nobody waits for any more included. A key service that answers in 100 ms
// serves 2,500 of them in a second.
const maxKeyUses = 256

// ErrKey is the error of a key that gave no answer: one that took longer than the
// call had, or whose code panicked.
var ErrKey = errors.New("no answer from the key")

// UseKey signs or decrypts with a key of the merchant's: it runs use on a goroutine
// of its own and waits for it as long as ctx allows, and no longer than an attempt
// may take. A crypto.Signer knows no context, and one in an HSM or a key service may
// take any time; left behind, it ends by itself, and what it returns goes nowhere.
// So use must not write to what others read. Where maxKeyUses are under way, it
// waits for one of them to end.
func UseKey[T any](ctx context.Context, c *Core, use func() (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, fmt.Errorf("%w: it was not asked: %w", ErrKey, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Settings().Timeout)
	defer cancel()
	select {
	case c.keys <- struct{}{}:
	case <-ctx.Done():
		return none, fmt.Errorf("%w: it was not asked, because %d uses of it are under way: %w", ErrKey, cap(c.keys), ctx.Err())
	}
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		// The key is the merchant's code, on a goroutine that the merchant cannot
		// guard. What it panicked with may hold what it was given.
		a := answer{err: fmt.Errorf("%w: its code panicked", ErrKey)}
		defer func() {
			_ = recover()
			<-c.keys
			answers <- a
		}()
		value, err := use()
		a = answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		return none, fmt.Errorf("%w: %w", ErrKey, ctx.Err())
	}
}
