package coshinetest

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Paths of the platform.
const (
	basePath  = "/card-api"
	movedPath = "/moved" + basePath // the same interfaces, for redirects
	tokenPath = "/oauth/token"
)

// Config describes a platform. The zero Config is a platform with a static
// token, the published paths and the public reference's card statuses, which
// follows real time.
type Config struct {
	Listen string // loopback address; empty is any free port
	Clock  *Clock // nil follows real time
	// OAuth asks for access tokens and encrypted bodies instead of the static
	// token.
	OAuth bool
	// Keys are the keys of both sides; the zero value makes fresh ones.
	Keys Keys
	// Serialization of encrypted bodies.
	Serialization jose.JWESerialization
	// Paths mounts interfaces whose path is not published.
	Paths coshine.Paths
	// CardStatus is the table of card status letters; zero is the public
	// reference's.
	CardStatus coshine.Dialect
	// SampleLists names card lists cardList and leaves recordNum out, as the
	// published sample does.
	SampleLists bool
	// UnknownCustomer is the code for a customer without cards; empty answers
	// with an empty list.
	UnknownCustomer coshine.Code
	// MismatchCode is the code for wrong CVV2, expiry or holder data; empty is
	// "99".
	MismatchCode coshine.Code
	// FundsCode is the code for a balance that does not cover a transaction;
	// empty is "51", as in ISO 8583.
	FundsCode coshine.Code
	// PIN is how PIN blocks are encrypted; zero is coshine.InferredPIN.
	PIN sign.PINProfile
	// Currency of all cards; empty is USD.
	Currency issuing.Currency
	// NextCard, when set, chooses the data of the nth card, from 1.
	NextCard func(n int) NewCard
	// Issuer returns the address of the issuer's handler for an interface; nil
	// or "" sends nothing.
	Issuer func(api coshine.API) string
	// IssuerToken is what the platform presents to the issuer; zero makes a
	// fresh one.
	IssuerToken issuing.Secret
	// Retries are the waits before a notification that was not acknowledged is
	// sent again. Coshine publishes none; nil is the choice of DefaultRetries.
	Retries []time.Duration
}

// NewCard is what the platform gives a card. Empty fields are made.
type NewCard struct {
	CardApplyNo string            // application number
	CardNumber  issuing.Secret    // PAN
	CardToken   coshine.CardToken // handle
	ExpiryDate  coshine.Expiry    // YYMM
	CVV2        issuing.Secret    // 3 digits
}

// DefaultRetries returns the retry schedule of notifications: after 1, 5 and 30
// minutes.
func DefaultRetries() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}
}

// Server is the platform. It is safe for concurrent use; Close it after use.
type Server struct {
	cfg   Config
	http  *platform.Server
	clock *Clock
	book  *ledger.Book
	keys  *keys
	zone  *time.Location
	paths map[string]coshine.API

	token       issuing.Secret
	participant string
	branch      string
	clientID    string

	mu        sync.Mutex
	seq       int
	cards     map[coshine.CardToken]*card
	byNumber  map[string]*card
	ordered   []*card
	pinKeys   map[string]bool // ids of keys that have not been used
	pinOrder  []string
	payTokens []*payToken
	trans     []*transaction
	byTran    map[string]*transaction // the first one of a tranId
	failures  map[coshine.API][]coshine.Code
	redirects map[coshine.API][]string
	disabled  map[coshine.API]bool
	received  []Request
	access    map[string]time.Time // access tokens and when they end
	jtis      map[string]time.Time // assertion ids and when they end
}

// NewServer starts a platform.
func NewServer(cfg Config) (*Server, error) {
	if cfg.CardStatus == coshine.DialectNone {
		cfg.CardStatus = coshine.DialectReference
	}
	for _, c := range []struct{ code, otherwise *coshine.Code }{
		{&cfg.MismatchCode, ptr(coshine.CodeUnexpected)}, {&cfg.FundsCode, ptr(coshine.CodeInsufficientFunds)},
	} {
		if *c.code == "" {
			*c.code = *c.otherwise
		}
	}
	if cfg.PIN == (sign.PINProfile{}) {
		cfg.PIN = coshine.InferredPIN()
	}
	if cfg.Currency == "" {
		cfg.Currency = issuing.USD
	}
	if cfg.IssuerToken.IsZero() {
		cfg.IssuerToken = randomToken()
	}
	if cfg.Retries == nil {
		cfg.Retries = DefaultRetries()
	}
	if cfg.Keys.k == nil {
		made, err := NewKeys()
		if err != nil {
			return nil, fmt.Errorf("coshinetest: keys: %w", err)
		}
		cfg.Keys = made
	}
	s := &Server{
		cfg: cfg, book: ledger.NewBook(), keys: cfg.Keys.k, zone: time.FixedZone("UTC+8", 8*60*60),
		token: randomToken(), participant: "100000", branch: "300001", clientID: "client-100000",
		cards: map[coshine.CardToken]*card{}, byNumber: map[string]*card{}, pinKeys: map[string]bool{},
		byTran: map[string]*transaction{}, failures: map[coshine.API][]coshine.Code{},
		redirects: map[coshine.API][]string{}, disabled: map[coshine.API]bool{},
		access: map[string]time.Time{}, jtis: map[string]time.Time{},
	}
	if err := s.mount(); err != nil {
		return nil, err
	}
	server, err := platform.New(platform.Config{Listen: cfg.Listen, Clock: cfg.Clock, MaxRequest: 1 << 20})
	if err != nil {
		return nil, err
	}
	s.http, s.clock = server, server.Clock()
	s.http.Serve(platform.Named(s.op, s.handle))
	return s, nil
}

func ptr[T any](v T) *T { return &v }

// randomToken is Base64 with / and =, as the portal's example is.
func randomToken() issuing.Secret {
	var random [32]byte
	_, _ = rand.Read(random[:])
	return issuing.NewSecret(base64.StdEncoding.EncodeToString(random[:]))
}

// mount fills the table of paths: the published ones and those of the
// configuration.
func (s *Server) mount() error {
	s.paths = map[string]coshine.API{}
	for _, row := range coshine.Catalogue() {
		path := row.Path
		if own := s.cfg.Paths[row.API]; own != "" {
			path = own
		}
		if path == "" || row.Inbound {
			continue
		}
		if other, taken := s.paths[path]; taken {
			return fmt.Errorf("coshinetest: %s and %s have the same path", other, row.API)
		}
		s.paths[path] = row.API
	}
	for api := range s.cfg.Paths {
		if !strings.HasPrefix(s.cfg.Paths[api], "/") || s.paths[s.cfg.Paths[api]] != api {
			return fmt.Errorf("coshinetest: the path of %s cannot be mounted", api)
		}
	}
	return nil
}

// op names the interface of a request.
func (s *Server) op(r *http.Request) string {
	if r.URL.Path == tokenPath {
		return OpToken
	}
	if api, ok := s.api(r.URL.Path); ok {
		return string(api)
	}
	return r.URL.Path
}

func (s *Server) api(path string) (coshine.API, bool) {
	for _, prefix := range []string{basePath, movedPath} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			api, ok := s.paths[rest]
			return api, ok
		}
	}
	return "", false
}

// Format implements [fmt.Formatter] for every verb: the platform's maps hold card
// numbers and tokens, which no log should show.
func (s *Server) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "coshinetest.Server "+s.URL()) }

// Close stops the platform.
func (s *Server) Close() { s.http.Close() }

// URL returns the base address of the card API.
func (s *Server) URL() string { return s.http.URL() + basePath }

// MovedURL returns a second base address of the same platform, for redirects.
func (s *Server) MovedURL() string { return s.http.URL() + movedPath }

// Clock returns the platform's clock.
func (s *Server) Clock() *Clock { return s.clock }

// Token returns the static bearer token. In OAuth mode it opens nothing.
func (s *Server) Token() issuing.Secret { return s.token }

// ParticipantID returns the issuer's participantId.
func (s *Server) ParticipantID() string { return s.participant }

// TranBranch returns the issuer's tranBranch.
func (s *Server) TranBranch() string { return s.branch }

// IssuerToken returns what the platform presents to the issuer.
func (s *Server) IssuerToken() issuing.Secret { return s.cfg.IssuerToken }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() coshine.Config {
	cfg := coshine.Config{
		BaseURL: s.URL(), ParticipantID: s.participant, TranBranch: s.branch, Zone: s.zone,
		Paths: s.cfg.Paths, CardStatus: s.cfg.CardStatus, PIN: s.cfg.PIN,
	}
	if !s.cfg.OAuth {
		cfg.Token = s.token
		return cfg
	}
	cfg.OAuth = &coshine.OAuth{
		TokenURL: s.TokenURL(), ClientID: s.clientID, Key: s.keys.callerEC,
		PlatformKey: s.keys.platformRSA.Public(), DecryptionKey: s.keys.clientRSA,
		TokenKey: s.keys.serverEC.Public(), Serialization: s.cfg.Serialization,
	}
	return cfg
}

// InboundJWE returns the encryption of the platform's requests to the issuer, for
// a receiver whose keys are the client's. It is nil without OAuth.
func (s *Server) InboundJWE() *coshine.InboundJWE {
	if !s.cfg.OAuth {
		return nil
	}
	return &coshine.InboundJWE{
		DecryptionKey: s.keys.clientRSA, PlatformKey: s.keys.platformRSA.Public(), Serialization: s.cfg.Serialization,
	}
}

// Check reports books that do not balance: money that a fault, a race or a
// repeat made or lost.
func (s *Server) Check() error {
	if err := s.book.Check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.trans {
		if t.api == coshine.APIBlockFund && t.open().Cmp(s.book.Balance(t.hold())) != 0 {
			return errors.New("coshinetest: a hold does not have what is blocked")
		}
	}
	return nil
}

func (s *Server) now() time.Time { return s.clock.Now() }
