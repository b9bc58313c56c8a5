package unionpay

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Credential is what the messages to one token requestor are checked with, and what the
// answers to them are signed with.
type Credential struct {
	// ID is what the address says, or else the UPI-APPID; "" where there is neither. It must
	// be the one that was asked for: take it from the record that was found, because
	// databases compare more loosely.
	ID string
	// AppIDs are as in [CallbackConfig]; empty in profile G is the ID alone.
	AppIDs []string
	// SignKey and SignKeyID sign the answers to this one's messages. Required.
	SignKey   sign.PrivateKey
	SignKeyID string
	// UPISignKeys and DecryptKeys are as in [CallbackConfig]. For a change of key the old
	// and the new one stand there together.
	UPISignKeys map[string]sign.PublicKey
	DecryptKeys map[string]sign.PrivateKey
}

// with returns the scheme of a credential.
func (s callbackScheme) with(p *check.Problems, c Credential) *callbackScheme {
	if s.cfg.Profile == ProfileG {
		p.Required("AppIDs", len(c.AppIDs) > 0 && !slices.Contains(c.AppIDs, ""))
	}
	for i, id := range c.AppIDs {
		p.Bare(fmt.Sprintf("AppIDs[%d]", i), id)
	}
	Config{
		SignKey: c.SignKey, SignKeyID: c.SignKeyID, UPISignKeys: c.UPISignKeys, DecryptKeys: c.DecryptKeys,
	}.checkKeys(p)
	s.cfg.SignKey, s.cfg.SignKeyID = c.SignKey, c.SignKeyID
	s.cfg.UPISignKeys, s.cfg.AppIDs = maps.Clone(c.UPISignKeys), slices.Clone(c.AppIDs)
	s.opener.keys = maps.Clone(c.DecryptKeys)
	return &s
}

// lookedUp is the scheme of credentials that are looked up.
func (s callbackScheme) lookedUp() *keyring.Scheme[Credential] {
	rules := keyring.Rules[Credential]{
		Lookup: s.cfg.Lookup, Name: func(c Credential) string { return c.ID }, Answer: s.Answer, Precheck: s.precheck,
		Bind: func(c Credential) (webhook.Scheme, error) {
			var p check.Problems
			if len(c.AppIDs) == 0 {
				c.AppIDs = []string{c.ID}
			}
			bound := s.with(&p, c)
			return bound, p.Err(providerName, "Lookup")
		},
	}
	if s.cfg.Profile == ProfileG {
		rules.HeadID = func(req *webhook.Request) (string, error) { return appIDOf(req.Header.Get(headerJWS)), nil }
	}
	return keyring.NewScheme(rules)
}

// maxJWS bounds what is looked into before it is authenticated, as its verification does.
const maxJWS = 16 << 10

// appIDOf returns the UPI-APPID of a signature, which nothing has authenticated yet.
func appIDOf(jws string) string {
	if len(jws) > maxJWS {
		return ""
	}
	part, _, _ := strings.Cut(strings.Trim(jws, `"`), ".")
	protected, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return ""
	}
	return wire.Text(string(protected), "UPI-APPID")
}

// likenessG tells messages of profile G by their header.
func likenessG(req *webhook.Request) webhook.Likeness {
	if req.Header.Get(headerJWS) != "" {
		return webhook.LikenessFull
	}
	return webhook.LikenessNone
}

// likenessU tells messages of profile U by the signature in their body.
func likenessU(req *webhook.Request) webhook.Likeness {
	if len(req.Body) == 0 {
		return webhook.LikenessBody
	}
	for name := range wire.Members(req.Body) {
		if name == "certificateSignature" {
			return webhook.LikenessFull
		}
	}
	return webhook.LikenessNone
}
