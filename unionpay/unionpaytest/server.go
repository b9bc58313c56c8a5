package unionpaytest

import (
	"maps"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// Defaults of [Config].
const (
	DefaultAppID             = "00520446"
	DefaultIssuerID          = "00010156"
	DefaultAuthorizationLife = 10 * time.Minute
)

// Config describes a gateway. The zero Config follows real time and uses profile
// G everywhere.
type Config struct {
	Listen     string // loopback address; empty is any free port
	Clock      *Clock // nil follows real time
	Keys       *Keys  // nil makes new ones
	WebhookURL string // where notifications go; empty sends none
	AppID      string // the token requestor's; empty is DefaultAppID

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

	// Addresses are the token requestor's three URIs, which the issuer opens.
	Addresses unionpay.Addresses
	// AuthorizationLife is how long an issuer's authorization is good for.
	AuthorizationLife time.Duration
	// Retries are the waits before a notification is sent again. UnionPay's
	// schedule is not published; nil is one, five and thirty minutes.
	Retries []time.Duration
	// ATMs are the fixtures of the ATM services; nil is a small set.
	ATMs []unionpay.ATM
}

// Server is the gateway. It is safe for concurrent use; Close it after use.
type Server struct {
	cfg   Config
	http  *platform.Server
	clock *Clock
	keys  *Keys
	wrong sign.PrivateKey // signs wrong answers

	mu         sync.Mutex
	byPath     map[string][]unionpay.MessageType
	requestors map[string]map[string]sign.PublicKey // by app id and kid
	uuids      map[string]time.Time
	msgIDs     map[string]time.Time
	next       map[unionpay.MessageType][]Behaviour
	matched    sign.UPIMode

	seq      uint64
	cards    map[string]*card          // by card id
	auths    map[string]*authorization // by nonce
	tokens   map[tokenKey]*token
	byRef    map[string]*token
	byMsgID  map[string]*token // token requests that led to a token
	feedback []unionpay.FeedbackRequest
	notices  []CreationNotice
	answers  []PushAnswer
}

// NewServer starts a gateway.
func NewServer(cfg Config) (*Server, error) {
	if cfg.AppID == "" {
		cfg.AppID = DefaultAppID
	}
	if cfg.Paths == nil {
		cfg.Paths = unionpay.InferredPaths()
	}
	if cfg.AuthorizationLife == 0 {
		cfg.AuthorizationLife = DefaultAuthorizationLife
	}
	if cfg.Retries == nil {
		cfg.Retries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}
	}
	if cfg.ATMs == nil {
		cfg.ATMs = defaultATMs
	}
	if cfg.Addresses == (unionpay.Addresses{}) {
		cfg.Addresses = unionpay.Addresses{
			IOS:     "tr00520446wallet://cams/link",
			Android: "tr00520446wallet://cams/link",
			Web:     "https://wallet.example/cams/link",
		}
	}
	cfg.Paths = maps.Clone(cfg.Paths)
	if cfg.Keys == nil {
		keys, err := NewKeys()
		if err != nil {
			return nil, err
		}
		cfg.Keys = keys
	}
	s := &Server{
		cfg: cfg, keys: cfg.Keys, wrong: cfg.Keys.decrypt.private,
		byPath:     map[string][]unionpay.MessageType{},
		requestors: map[string]map[string]sign.PublicKey{cfg.AppID: {SignKeyID: cfg.Keys.sign.private.Public()}},
		uuids:      map[string]time.Time{}, msgIDs: map[string]time.Time{},
		next:  map[unionpay.MessageType][]Behaviour{},
		cards: map[string]*card{}, auths: map[string]*authorization{},
		tokens: map[tokenKey]*token{}, byRef: map[string]*token{}, byMsgID: map[string]*token{},
	}
	for message, path := range cfg.Paths {
		s.byPath[path] = append(s.byPath[path], message)
	}
	server, err := platform.New(platform.Config{Listen: cfg.Listen, Clock: cfg.Clock, MaxRequest: 1 << 20})
	if err != nil {
		return nil, err
	}
	s.http, s.clock = server, server.Clock()
	s.http.Serve(platform.Named(platform.Path, s.handle))
	return s, nil
}

// Close stops the gateway.
func (s *Server) Close() { s.http.Close() }

// URL returns the base address.
func (s *Server) URL() string { return s.http.URL() }

// Clock returns the gateway's clock.
func (s *Server) Clock() *Clock { return s.clock }

// Keys returns the key pairs.
func (s *Server) Keys() *Keys { return s.keys }

// AppID returns the token requestor's id.
func (s *Server) AppID() string { return s.cfg.AppID }

// Paths returns the service URL suffixes by message.
func (s *Server) Paths() map[unionpay.MessageType]string { return maps.Clone(s.cfg.Paths) }

// ClientConfig returns the configuration of a client for this gateway.
func (s *Server) ClientConfig() unionpay.Config {
	return unionpay.Config{
		BaseURL: s.URL(), AppID: s.cfg.AppID, SignKey: s.keys.Sign(), SignKeyID: SignKeyID,
		UPISignKeys: map[string]sign.PublicKey{UPISignKeyID: s.keys.UPISign()},
		UPIEncKey:   s.keys.UPIEnc(), UPIEncKeyID: UPIEncKeyID,
		DecryptKeys: map[string]sign.PrivateKey{DecryptKeyID: s.keys.Decrypt()},
		Paths:       s.Paths(), Profiles: maps.Clone(s.cfg.Profiles), Shapes: maps.Clone(s.cfg.Shapes),
		BodyEncryption: maps.Clone(s.cfg.BodyEncryption), PayloadMode: s.cfg.PayloadMode, JWE: s.cfg.JWE,
		UMPSDigestInfo: s.cfg.UMPSDigestInfo,
	}
}

// AddRequestor lets another token requestor call, with its own id and signing
// key. The tokens of one are unknown to the other.
func (s *Server) AddRequestor(appID, keyID string, key sign.PublicKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requestors[appID] == nil {
		s.requestors[appID] = map[string]sign.PublicKey{}
	}
	s.requestors[appID][keyID] = key
}

// MatchedMode returns the payload mode of the last request that verified.
func (s *Server) MatchedMode() sign.UPIMode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.matched
}

// Feedback returns the reports that were taken, oldest first.
func (s *Server) Feedback() []unionpay.FeedbackRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]unionpay.FeedbackRequest(nil), s.feedback...)
}

// defaultATMs are the fixtures of a gateway that was given none.
var defaultATMs = []unionpay.ATM{
	{ID: "ATM-000123", Name: "Raffles Place 1", BankName: "Example Bank", CityName: "Singapore", CountryCode: "702", Address: "1 Example Road", Longitude: "+103.8519", Latitude: "+1.2902"},
	{ID: "ATM-000124", Name: "Orchard 5", BankName: "Sample Bank", CityName: "Singapore", CountryCode: "702", Address: "5 Orchard Example", Longitude: "+103.8320", Latitude: "+1.3040"},
	{ID: "ATM-000125", Name: "Jurong 2", BankName: "Example Bank", CityName: "Jurong", CountryCode: "702", Address: "2 Jurong Example", Longitude: "+103.7420", Latitude: "+1.3330"},
	{ID: "ATM-000200", Name: "Central 9", BankName: "Harbour Bank", CityName: "Hong Kong", CountryCode: "344", Address: "9 Example Street", Longitude: "+114.1580", Latitude: "+22.2820"},
	{ID: "ATM-000300", Name: "Alameda 3", BankName: "Banco Ejemplo", CityName: "São Paulo", CountryCode: "076", Address: "3 Alameda Exemplo", Longitude: "-46.6333", Latitude: "-23.5505"},
}
