package provider

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"sort"
	"sync/atomic"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Facts is what a write says about itself for its record and its look-up.
type Facts struct {
	Card     string // the card, or what else it is about, when that is no secret
	Amount   issuing.Amount
	Currency issuing.Currency
	Details  map[string]string // what else the look needs, by the provider's names
	// Reference is the secret that the look needs.
	Reference issuing.Secret
	// Payload is what is sent, without what each attempt makes anew. Empty, the
	// operation cannot be sent again.
	Payload []byte

	secrets map[string]issuing.Secret
}

// Factual is an exchange that has facts. It is asked after Encode.
type Factual interface{ Facts(f *Facts) }

// Detail adds what else the look needs.
func (f *Facts) Detail(name, value string) {
	if value == "" {
		return
	}
	if f.Details == nil {
		f.Details = map[string]string{}
	}
	f.Details[name] = value
}

// Secret adds a secret that the look compares; see [Sought.Same].
func (f *Facts) Secret(name string, value issuing.Secret) {
	if value.IsZero() {
		return
	}
	if f.secrets == nil {
		f.secrets = map[string]issuing.Secret{}
	}
	f.secrets[name] = value
}

// reference is the name of the reference's digest among a pending's secrets.
const reference = "reference"

// Sought is a write that is looked up: by its own call, or by Settle in another process.
type Sought struct {
	issuing.Pending
	// Reference is the secret that the look needs.
	Reference issuing.Secret
	// Others are as in issuing.WithOthers; nil is that nobody knows.
	Others []string

	secrets map[string]issuing.Secret // of the call itself
	digests digests                   // otherwise
}

// Secret returns the secret of this name, which only the write's own call still has.
func (s Sought) Secret(name string) (secret issuing.Secret, known bool) {
	secret, known = s.secrets[name]
	return secret, known
}

// Same reports whether value is the secret of this name that the write had.
func (s Sought) Same(name string, value issuing.Secret) bool {
	if own, ok := s.secrets[name]; ok {
		return own.Equal(value)
	}
	want, ok := s.Secrets[name]
	return ok && s.digests != nil && hmac.Equal([]byte(want), []byte(s.digests.of(name, value.Reveal())))
}

// digester makes digests under a key derived from the credentials.
type digester struct {
	print Fingerprint
	key   atomic.Pointer[digests]
}

// digests is a digest function: nothing that prints a core finds the key behind it.
type digests func(parts ...string) string

// of is the digest of a named text.
func (d digests) of(name, text string) string { return d("secret", name, text) }

// credentials is the digest that tells under which credentials others were made.
func (d digests) credentials() string { return d("credentials")[:16] }

// digests returns the digest function, which uses the merchant's key the first time.
func (c *Core) digests(ctx context.Context) (digests, error) {
	if made := c.prints.key.Load(); made != nil {
		return *made, nil
	}
	root, err := UseKey(ctx, c, func() (string, error) { return c.prints.print([]byte("issuing-go pending")) })
	if err != nil {
		return nil, err
	}
	made := digests(func(parts ...string) string {
		mac := hmac.New(sha256.New, []byte(root))
		for _, part := range parts {
			fmt.Fprintf(mac, "%d:%s", len(part), part)
		}
		return hex.EncodeToString(mac.Sum(nil))
	})
	c.prints.key.Store(&made)
	return made, nil
}

// digestsOrNone is nil where the key gives none. A pending without digests settles as well,
// but where it needs a secret, or is to be sent again.
func (c *Core) digestsOrNone(ctx context.Context) digests {
	made, err := c.digests(ctx)
	if err != nil {
		return nil
	}
	return made
}

// facts asks the exchange, once.
func (r *run) facts() *Facts {
	if r.told == nil {
		r.told = new(Facts)
		if x, ok := r.call.Exchange.(Factual); ok {
			x.Facts(r.told)
		}
	}
	return r.told
}

// sought is the call's own write, for its look.
func (r *run) sought() Sought {
	f := r.facts()
	return Sought{Pending: r.pending(nil), Reference: f.Reference, secrets: f.secrets}
}

// pending makes the record of the write. digest is nil where there can be no digests.
func (r *run) pending(digest digests) issuing.Pending {
	f := r.facts()
	p := issuing.Pending{
		Version: issuing.PendingVersion, Provider: r.core.name, Op: r.call.Op.Name, Key: r.call.Key,
		Card: f.Card, Amount: f.Amount, Currency: f.Currency, Details: maps.Clone(f.Details),
		SentAt: r.sentAt, Attempts: r.progress.Attempts,
	}
	if before := r.settings.Resend; before != nil {
		p.SentAt, p.Attempts = before.SentAt, before.Attempts+p.Attempts
	}
	if digest == nil {
		return p
	}
	p.Credentials = digest.credentials()
	if len(f.Payload) > 0 {
		parts := append([]string{"payload", p.Op, p.Key, p.Card}, flat(p.Details)...)
		p.Payload = digest(append(parts, string(f.Payload))...)
	}
	for name, value := range f.secrets {
		p.Secrets = with(p.Secrets, name, digest.of(name, value.Reveal()))
	}
	if !f.Reference.IsZero() {
		p.Secrets = with(p.Secrets, reference, digest.of(reference, f.Reference.Reveal()))
	}
	return p
}

func with(m map[string]string, name, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[name] = value
	return m
}

// flat lists a map in the order of its keys.
func flat(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	all := make([]string, 0, 2*len(m))
	for _, name := range names {
		all = append(all, name, m[name])
	}
	return all
}

// record gives the write to the merchant's record before its first byte.
func (r *run) record(ctx context.Context) error {
	r.sentAt = r.core.Now().UTC().Truncate(time.Millisecond)
	if !r.call.Op.isWrite() {
		return nil // options reach the reads that a method makes on its way, too
	}
	if before := r.settings.Resend; before != nil {
		return r.resends(ctx, before)
	}
	keep := r.settings.Record
	if keep == nil {
		keep = r.core.Settings().Record
	}
	if keep == nil {
		return nil
	}
	err := keep(ctx, r.pending(r.core.digestsOrNone(ctx)))
	if err == nil {
		return nil
	}
	err = fmt.Errorf("the record of the call was not kept, so it was not sent: %w", err)
	e := &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	e.Kind = kindOf(ctx, e)
	return r.refused(e)
}

// resends refuses a call that is to send a pending again and is not the same.
func (r *run) resends(ctx context.Context, before *issuing.Pending) error {
	digest, err := r.core.digests(ctx)
	if err != nil {
		return r.refused(&issuing.Error{Kind: issuing.ErrUnavailable, Err: err})
	}
	problem := ""
	switch now := r.pending(digest); {
	case now.Credentials != before.Credentials:
		problem = "was sent under other credentials, which may know nothing of its key"
	case now.Op != before.Op || now.Key != before.Key:
		problem = "is not the pending operation"
	case before.Payload == "" || !hmac.Equal([]byte(now.Payload), []byte(before.Payload)):
		problem = "has another content than what was sent, or a content that cannot be compared"
	default:
		r.progress.Maybe = true // what was sent before may have arrived
		return nil
	}
	return r.refused(&issuing.Error{
		Kind: issuing.ErrInvalid, Fields: []issuing.FieldError{{Field: "request", Problem: problem}},
	})
}
