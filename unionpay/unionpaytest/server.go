package unionpaytest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/keytext"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// Defaults of [Config].
const (
	DefaultAppID    = "00520446"
	DefaultIssuerID = "00010156"

	authorizationLife = 10 * time.Minute
)

// Config describes a gateway. The zero Config follows real time and uses profile
// G everywhere.
type Config struct {
	Listen     string             // loopback address; empty is any free port
	Listener   net.Listener       // listened on instead, wherever it is; nil listens at Listen
	Clock      *issuingtest.Clock // nil follows real time
	Keys       *Keys              // nil makes new ones
	WebhookURL string             // where notifications go; empty sends none
	AppID      string             // the token requestor's; empty is DefaultAppID
	Seed       string             // ids of pushes follow from it, the same in every run; empty makes random ones

	Paths          map[unionpay.MessageType]string // nil is unionpay.InferredPaths
	Profiles       map[unionpay.MessageType]unionpay.Profile
	Shapes         map[unionpay.MessageType]unionpay.Shape
	BodyEncryption map[unionpay.MessageType]unionpay.BodyEncryption
	PushProfile    unionpay.Profile // of notifications
	PayloadMode    sign.UPIMode
	JWE            jose.UPIJWE
	UMPSDigestInfo bool
	// Lenient trims stray spaces, takes both Base64 alphabets and both payload
	// modes of the documented header. [Server.MatchedMode] tells which one came.
	Lenient bool

	// Agreement is what is agreed otherwise than package unionpay infers.
	Agreement Agreement

	// Addresses are the token requestor's three URIs, which the issuer opens.
	Addresses unionpay.Addresses
	// AuthorizationLife is how long an issuer's authorization is good for; 0 is ten
	// minutes.
	AuthorizationLife time.Duration
	// Retries are the waits before a notification is sent again. UnionPay's
	// schedule is not published; nil is one, five and thirty minutes.
	Retries []time.Duration
	// ATMs are the fixtures of the ATM services; nil is a small set.
	ATMs []unionpay.ATM
}

// withDefaults returns the configuration with what it leaves open filled in.
func (c Config) withDefaults() (Config, error) {
	if err := keytext.Bare(c.AppID); err != nil {
		return c, fmt.Errorf("unionpaytest: AppID %w", err)
	}
	c.AppID = cmp.Or(c.AppID, DefaultAppID)
	c.AuthorizationLife = cmp.Or(c.AuthorizationLife, authorizationLife)
	c.Addresses = cmp.Or(c.Addresses, unionpay.Addresses{
		IOS:     "tr00520446wallet://cams/link",
		Android: "tr00520446wallet://cams/link",
		Web:     "https://wallet.example/cams/link",
	})
	if c.Paths == nil {
		c.Paths = unionpay.InferredPaths()
	}
	c.Paths = maps.Clone(c.Paths)
	if c.Retries == nil {
		c.Retries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}
	}
	if c.ATMs == nil {
		c.ATMs = defaultATMs
	}
	var err error
	if c.Keys == nil {
		c.Keys, err = NewKeys()
	}
	return c, err
}

// Server is the gateway. It is safe for concurrent use; Close it after use.
//
// What it can do beside UnionPay's own affairs comes from the embedded
// [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: URL, Clock, Close,
// Inject, Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check.
// It prints its address alone.
type Server struct {
	issuingtest.Platform

	cfg    Config
	host   *platform.Server
	byPath map[string][]unionpay.MessageType

	uuids      *platform.Memory // of requests, by app id
	msgIDs     *platform.Memory // of requests, by app id
	behaviours platform.Queue[Behaviour]
	ids        *platform.IDs
	refs       platform.Sequence
	pushes     platform.Sequence
	matched    atomic.Int64 // a sign.UPIMode

	mu         sync.Mutex
	requestors map[string]requestor      // by kid
	cards      map[string]*card          // by card id
	auths      map[string]*authorization // by nonce
	tokens     []*token                  // oldest first
	feedback   []unionpay.FeedbackRequest
	notices    []CreationNotice
	answers    []PushAnswer
}

// requestor is whom a signing key belongs to.
type requestor struct {
	appID string
	key   sign.PublicKey
}

// day is how long a UUID and a msgID count as used.
const day = 24 * time.Hour

// NewServer starts a gateway.
func NewServer(cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, byPath: map[string][]unionpay.MessageType{},
		ids: platform.NewIDs(cfg.Seed), uuids: platform.NewMemory(day), msgIDs: platform.NewMemory(day),
		requestors: map[string]requestor{SignKeyID: {cfg.AppID, cfg.Keys.sign.private.Public()}},
		cards:      map[string]*card{}, auths: map[string]*authorization{},
	}
	for _, message := range slices.Sorted(maps.Keys(cfg.Paths)) {
		path := cfg.Paths[message]
		s.byPath[path] = append(s.byPath[path], message)
	}
	if s.host, err = platform.New(platform.Config{
		Listen: cfg.Listen, Listener: cfg.Listener, Clock: cfg.Clock, MaxRequest: 1 << 20, Operations: operationNames(),
		Check:   func() error { return errors.Join(s.check(), s.unmet()) },
		Actions: s.actions(), State: s.state,
	}); err != nil {
		return nil, err
	}
	s.Platform = issuingtest.NewPlatform(s.host)
	s.host.Serve(s.route)
	return s, nil
}

// Keys returns the key pairs.
func (s *Server) Keys() *Keys { return s.cfg.Keys }

// AppID returns the token requestor's id.
func (s *Server) AppID() string { return s.cfg.AppID }

// ClientConfig returns the configuration of a client for this gateway.
func (s *Server) ClientConfig() unionpay.Config {
	keys := s.cfg.Keys
	cfg := unionpay.Config{
		BaseURL: s.URL(), AppID: s.cfg.AppID, SignKey: keys.Sign(), SignKeyID: SignKeyID,
		UPISignKeys: map[string]sign.PublicKey{UPISignKeyID: keys.UPISign()},
		UPIEncKey:   keys.UPIEnc(), UPIEncKeyID: UPIEncKeyID,
		DecryptKeys: map[string]sign.PrivateKey{DecryptKeyID: keys.Decrypt()},
		Paths:       maps.Clone(s.cfg.Paths), Profiles: maps.Clone(s.cfg.Profiles), Shapes: maps.Clone(s.cfg.Shapes),
		BodyEncryption: maps.Clone(s.cfg.BodyEncryption), PayloadMode: s.cfg.PayloadMode, JWE: s.cfg.JWE,
		UMPSDigestInfo: s.cfg.UMPSDigestInfo,
	}
	s.cfg.Agreement.client(&cfg)
	return cfg
}

// AddRequestor lets another token requestor call, with its own id and signing
// key. The tokens of one are unknown to the other. A key id belongs to the
// requestor that was added with it last.
func (s *Server) AddRequestor(appID, keyID string, key sign.PublicKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requestors[keyID] = requestor{appID, key}
}

// known returns the requestors by the ids of their keys.
func (s *Server) known() map[string]requestor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.requestors)
}

// MatchedMode returns the payload mode of the last request that verified.
func (s *Server) MatchedMode() sign.UPIMode { return sign.UPIMode(s.matched.Load()) }

// Feedback returns the reports that were taken, oldest first.
func (s *Server) Feedback() []unionpay.FeedbackRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.feedback)
}

func (s *Server) now() time.Time { return s.Clock().Now() }

// zone is the gateway's: one page says Beijing time.
var zone = time.FixedZone("UTC+8", 8*60*60)

// timeStamp is the layout of every time of day in a message.
const timeStamp = "20060102150405"

// stamp formats a time as the gateway does.
func stamp(t time.Time) string { return t.In(zone).Format(timeStamp) }
