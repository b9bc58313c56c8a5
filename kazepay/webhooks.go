package kazepay

import (
	"context"
	"net/url"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// WebhookService sets the one address that KazePay sends callbacks to;
// [NewCallbacks] reads them.
type WebhookService struct{ c *Client }

// urlRequest sets the address.
type urlRequest struct {
	URL string `json:"url"`
}

func (r urlRequest) validate(p *check.Problems) {
	p.Text("url", r.URL, 0)
	if u, err := url.Parse(r.URL); r.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		p.Add("url", "is not an absolute https address without user")
	}
}

// facts has the address as a secret: it may hold a token.
func (r urlRequest) facts(f *facts) { f.Secret(secretURL, issuing.NewSecret(plainAddress(r.URL))) }

// WebhookURL is the address that callbacks go to.
type WebhookURL struct {
	URL string `json:"url"` // as stored; empty when none is set
}

// SetURL (setWebhookUrl) sets the address that callbacks go to: https. A second
// call presumably replaces the first.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. After an unclear attempt the
// address is read. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which
// reads it again: it proves which address is stored now. Setting the same address again
// changes nothing.
func (s *WebhookService) SetURL(ctx context.Context, address string, opts ...issuing.CallOption) (*WebhookURL, error) {
	return looked(ctx, s.c, opSetURL, urlRequest{address}, s.stored, opts)
}

// stored reads the address, after it was to be set.
func (s *WebhookService) stored(ctx context.Context, w sought) (*WebhookURL, error) {
	found, err := s.URL(ctx)
	if err != nil || w.Same(secretURL, issuing.NewSecret(plainAddress(found.URL))) {
		return found, err
	}
	return nil, nil
}

// noFields is a request without fields.
type noFields struct{}

func (noFields) validate(*check.Problems) {}

// URL (getWebhookUrl) reads the address that callbacks go to.
//
// Safety: read.
func (s *WebhookService) URL(ctx context.Context, opts ...issuing.CallOption) (*WebhookURL, error) {
	return call[WebhookURL](ctx, s.c, opURL, noFields{}, opts)
}
