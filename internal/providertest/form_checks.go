package providertest

import (
	"context"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// keyForms: a client sends exactly the keys that its row's form allows.
func keyForms(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	tried := 0
	for _, row := range b.Operations {
		for _, op := range b.Ops {
			if op.Name != row.Name || row.Key.Field == "" {
				continue
			}
			for _, key := range keysAround(row.Key) {
				if key == "" && op.Keyed == nil {
					continue // the client draws one, or sends none
				}
				tried++
				if want, sent := row.CheckKey(key) == nil, sentWith(ctx, op, key); want != sent {
					t.Errorf("%s, key %q: sent %v, and its form (%s) says %v", op.Name, key, sent, row.Key, want)
				}
			}
		}
	}
	if tried == 0 {
		t.Skip("no keys")
	}
}

// keysAround are texts on both sides of a form's bounds, and with characters of all kinds.
func keysAround(form issuing.KeyForm) []string {
	digits := func(n int) string { return strings.Repeat("7", n) }
	half := max(form.Min, 4) / 2
	keys := []string{
		digits(form.Min - 1), digits(form.Min), digits(form.Max), digits(form.Max + 1), strings.Repeat("é", form.Max),
	}
	for _, odd := range []string{"a", "-", " ", "é", "\n", "\x7f", "\xff"} {
		keys = append(keys, digits(half)+odd+digits(half))
	}
	return append(keys, `"`+digits(2*half)+`"`, strings.Repeat(" ", 2*half))
}

// sentWith reports whether a call with the key is sent, rather than refused before.
func sentWith(ctx context.Context, op Op, key string) bool {
	call, opts := op.Ready, []issuing.CallOption{issuing.WithIdempotencyKey(key)}
	if op.Keyed != nil {
		call, opts = func() Call { return op.Keyed(key) }, nil
	}
	err := call()(ctx, opts...)
	var e *issuing.Error
	return err == nil || !errors.As(err, &e) || e.Attempts > 0
}
