package coshinetest

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/keytext"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Paths of the platform.
const (
	basePath  = "/card-api"
	movedPath = "/moved" + basePath // the same interfaces, for redirects
	tokenPath = "/oauth/token"
)

// What Coshine gives an issuer.
const (
	participant = "100000"
	branch      = "300001"
	clientID    = "client-100000"
)

// Config describes a platform. The zero Config is a platform with a static
// token, the published paths and the public reference's card statuses, which
// follows real time.
type Config struct {
	Listen   string             // loopback address; empty is any free port
	Listener net.Listener       // listened on instead, wherever it is; nil listens at Listen
	Clock    *issuingtest.Clock // nil follows real time
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
	// CardStatusLost is what the letter L says; coshine.LostMeaningBlocked has it for
	// frozen cards, too.
	CardStatusLost coshine.LostMeaning
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
	// Amounts and Currencies are how transactions have them, in both directions.
	Amounts    coshine.AmountForm
	Currencies coshine.CurrencyForm
	// TranCodes are the tranCodes that requests of these interfaces must have; by them
	// interfaces of one path are told apart.
	TranCodes map[coshine.API]string
	// CardToken is the name that interfaces without published fields have for the card's
	// handle; empty is cardToken.
	CardToken string
	// CustomerID is the same for rows 3 and 4; empty is customerId.
	CustomerID string
	// HistoryTranID is the name of the tranId in histories; empty is tranId.
	HistoryTranID string
	// BodyContentType is the Content-Type of encrypted bodies; empty is
	// coshine.DefaultBodyContentType.
	BodyContentType string
	// EmptyPINKeyBody refuses a body where a PIN key is asked for.
	EmptyPINKeyBody bool
	// Zone is the zone of tranDate and tranTime; when it is set, a request more than an hour
	// from the platform's clock is refused.
	Zone *time.Location
	// Currency of all cards; empty is USD.
	Currency issuing.Currency
	// NextCard, when set, chooses the data of the nth card that is applied for,
	// from 1. It must not call methods of the Server.
	NextCard func(n int) NewCard
	// Issuer returns the address of the issuer's handler for an interface; nil
	// or "" sends nothing. It runs concurrently, after what is notified of has
	// been carried out, and may call methods of the Server.
	Issuer func(api coshine.API) string
	// Token is the issuer's static token; zero makes a fresh one.
	Token issuing.Secret
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
//
// What it can do beside Coshine's own affairs comes from the embedded
// [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: Clock, Close, Inject,
// Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check. It
// prints its address alone.
type Server struct {
	issuingtest.Platform

	cfg   Config
	host  *platform.Server
	book  *ledger.Book
	keys  *keys
	token issuing.Secret         // the static one
	paths map[string][]operation // below a base address, with the query

	failures  platform.Queue[coshine.Code] // by operation
	redirects platform.Queue[string]       // by operation
	disabled  sync.Map                     // operations

	seq        platform.Sequence
	assertions *platform.Memory // ids of client assertions

	mu        sync.Mutex
	applied   int // cards that were applied for
	cards     map[coshine.CardToken]*card
	byNumber  map[platform.NumberKey]*card
	ordered   []*card
	pinKeys   []string // ids of keys that have not been used, oldest first
	payTokens []*payToken
	trans     []*transaction
	byTran    map[string]*transaction // the first one of a tranId
	received  []Request
	access    map[platform.NumberKey]time.Time // access tokens and when they end
}

// NewServer starts a platform.
func NewServer(cfg Config) (*Server, error) {
	if err := errors.Join(keytext.Bare(cfg.IssuerToken.Reveal()), keytext.Bare(cfg.Token.Reveal())); err != nil {
		return nil, fmt.Errorf("coshinetest: Token or IssuerToken %w", err)
	}
	cfg.CardStatus = cmp.Or(cfg.CardStatus, coshine.DialectReference)
	cfg.MismatchCode = cmp.Or(cfg.MismatchCode, coshine.CodeUnexpected)
	cfg.FundsCode = cmp.Or(cfg.FundsCode, coshine.CodeInsufficientFunds)
	cfg.PIN = cmp.Or(cfg.PIN, coshine.InferredPIN())
	cfg.Currency = cmp.Or(cfg.Currency, issuing.CurrencyUSD)
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
		cfg: cfg, book: ledger.NewBook(), keys: cfg.Keys.k, assertions: platform.NewMemory(assertionLife),
		token: cmp.Or(cfg.Token, randomToken()),
		cards: map[coshine.CardToken]*card{}, byNumber: map[platform.NumberKey]*card{}, byTran: map[string]*transaction{},
		access: map[platform.NumberKey]time.Time{},
	}
	var err error
	if s.paths, err = mount(cfg.Paths, cfg.TranCodes); err != nil {
		return nil, err
	}
	if s.host, err = platform.New(platform.Config{
		Listen: cfg.Listen, Listener: cfg.Listener, Clock: cfg.Clock,
		MaxRequest: 1 << 20, Operations: operations(), Check: s.check,
		Actions: s.actions(), State: s.state,
	}); err != nil {
		return nil, err
	}
	s.Platform = issuingtest.NewPlatform(s.host)
	s.host.Serve(s.route)
	return s, nil
}

func digestOf(secret issuing.Secret) platform.NumberKey { return platform.KeyOf(secret.Reveal()) }

// randomToken is Base64 with / and =, as the portal's example is.
func randomToken() issuing.Secret {
	var random [32]byte
	_, _ = rand.Read(random[:])
	return issuing.NewSecret(base64.StdEncoding.EncodeToString(random[:]))
}

// URL returns the base address of the card API.
func (s *Server) URL() string { return s.Platform.URL() + basePath }

// MovedURL returns a second base address of the same platform, for redirects.
func (s *Server) MovedURL() string { return s.Platform.URL() + movedPath }

// Token returns the static bearer token. In OAuth mode it opens nothing.
func (s *Server) Token() issuing.Secret { return s.token }

// ParticipantID returns the issuer's participantId.
func (s *Server) ParticipantID() string { return participant }

// TranBranch returns the issuer's tranBranch.
func (s *Server) TranBranch() string { return branch }

// IssuerToken returns what the platform presents to the issuer.
func (s *Server) IssuerToken() issuing.Secret { return s.cfg.IssuerToken }

// ClientConfig returns the configuration of a client for this platform.
func (s *Server) ClientConfig() coshine.Config {
	cfg := coshine.Config{
		BaseURL: s.URL(), ParticipantID: participant, TranBranch: branch, Zone: zone,
		Paths: s.cfg.Paths, CardStatus: s.cfg.CardStatus, CardStatusLost: s.cfg.CardStatusLost, PIN: s.cfg.PIN,
		Amounts: s.cfg.Amounts, Currencies: s.cfg.Currencies, TranCodes: s.cfg.TranCodes, SharedPaths: len(s.cfg.TranCodes) > 0,
		HistoryTranID: s.cfg.HistoryTranID, EmptyPINKeyBody: s.cfg.EmptyPINKeyBody,
	}
	if s.cfg.Zone != nil {
		cfg.Zone = s.cfg.Zone
	}
	if !s.cfg.OAuth {
		cfg.Token = s.token
		return cfg
	}
	cfg.OAuth = &coshine.OAuth{
		TokenURL: s.tokenURL(), ClientID: clientID, Key: s.keys.caller,
		PlatformKey: s.keys.platform.Public(), DecryptionKey: s.keys.client,
		TokenKey: s.keys.server.Public(), Serialization: s.cfg.Serialization, ContentType: s.cfg.BodyContentType,
	}
	return cfg
}

// InboundJWE returns the encryption of the platform's requests to the issuer, for
// a source whose keys are the client's. It is nil without OAuth.
func (s *Server) InboundJWE() *coshine.JWE {
	if !s.cfg.OAuth {
		return nil
	}
	return &coshine.JWE{
		DecryptionKey: s.keys.client, PlatformKey: s.keys.platform.Public(), Serialization: s.cfg.Serialization,
	}
}

// check reports books that do not balance, holds without their money, and levers
// that no request met.
func (s *Server) check() error {
	return errors.Join(append(s.unmet(), s.book.Check(), s.checkHolds())...)
}

func (s *Server) checkHolds() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.trans {
		if t.api == coshine.APIBlockFund && t.open().Cmp(s.book.Balance(t.to)) != 0 {
			return errors.New("coshinetest: a hold does not have what is blocked")
		}
	}
	return nil
}

func (s *Server) now() time.Time { return s.Clock().Now() }

// zone is the platform's: Beijing and Singapore.
var zone = time.FixedZone("UTC+8", 8*60*60)

const dateLayout = "20060102"

// day formats the day of a time as the platform does.
func day(t time.Time) string { return t.In(zone).Format(dateLayout) }
