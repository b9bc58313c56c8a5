package unionpay_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func weakKey(t *testing.T) sign.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := sign.NewPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

func TestConfig(t *testing.T) {
	t.Parallel()
	server, _ := turned(t, unionpaytest.Config{})
	weak := weakKey(t)
	for _, c := range []struct {
		field  string
		change func(*unionpay.Config)
	}{
		{"BaseURL", func(c *unionpay.Config) { c.BaseURL = "" }},
		{"BaseURL", func(c *unionpay.Config) { c.BaseURL = "http://gateway.example" }},
		{"AppID", func(c *unionpay.Config) { c.AppID = "" }},
		{"AppID", func(c *unionpay.Config) { c.AppID = strings.Repeat("1", 17) }},
		{"AppID", func(c *unionpay.Config) { c.AppID = `00"20446` }},
		{"SignKey", func(c *unionpay.Config) { c.SignKey = sign.PrivateKey{} }},
		{"SignKey", func(c *unionpay.Config) { c.SignKey = weak }},
		{"SignKeyID", func(c *unionpay.Config) { c.SignKeyID = "" }},
		{"UPISignKeys", func(c *unionpay.Config) { c.UPISignKeys = nil }},
		{`UPISignKeys[""]`, func(c *unionpay.Config) { c.UPISignKeys = map[string]sign.PublicKey{"": c.UPIEncKey} }},
		{`UPISignKeys["1"]`, func(c *unionpay.Config) { c.UPISignKeys = map[string]sign.PublicKey{"1": {}} }},
		{`UPISignKeys["1"]`, func(c *unionpay.Config) { c.UPISignKeys = map[string]sign.PublicKey{"1": weak.Public()} }},
		{"UPIEncKeyID", func(c *unionpay.Config) { c.UPIEncKeyID = "" }},
		{`DecryptKeys["1"]`, func(c *unionpay.Config) { c.DecryptKeys = map[string]sign.PrivateKey{"1": {}} }},
		{`Paths["A"]`, func(c *unionpay.Config) { c.Paths = map[unionpay.MessageType]string{"A": "cams"} }},
		{`Paths["A"]`, func(c *unionpay.Config) { c.Paths = map[unionpay.MessageType]string{"A": "/a/../b"} }},
		{`Paths["A"]`, func(c *unionpay.Config) { c.Paths = map[unionpay.MessageType]string{"A": "//evil.example/b"} }},
		{`Paths["A"]`, func(c *unionpay.Config) { c.Paths = map[unionpay.MessageType]string{"A": "/a?b=c"} }},
		{`Paths["A"]`, func(c *unionpay.Config) { c.Paths = map[unionpay.MessageType]string{"A": "/a%2fb"} }},
		{"PayloadMode", func(c *unionpay.Config) { c.PayloadMode = 3 }},
		{"JWE", func(c *unionpay.Config) { c.JWE.Enc = "A192GCM" }},
		{`Profiles["A"]`, func(c *unionpay.Config) { c.Profiles = map[unionpay.MessageType]unionpay.Profile{"A": 2} }},
		{`Shapes["A"]`, func(c *unionpay.Config) { c.Shapes = map[unionpay.MessageType]unionpay.Shape{"A": 3} }},
		{`BodyEncryption["A"]`, func(c *unionpay.Config) { c.BodyEncryption = map[unionpay.MessageType]unionpay.BodyEncryption{"A": 2} }},
		{`BodyEncryption["A"]`, func(c *unionpay.Config) {
			c.BodyEncryption = map[unionpay.MessageType]unionpay.BodyEncryption{"A": unionpay.BodyEncryptionJWE}
			c.UPIEncKey = sign.PublicKey{}
		}},
		{`BodyEncryption["A"]`, func(c *unionpay.Config) {
			c.BodyEncryption = map[unionpay.MessageType]unionpay.BodyEncryption{"A": unionpay.BodyEncryptionJWE}
			c.Profiles = map[unionpay.MessageType]unionpay.Profile{"A": unionpay.ProfileU}
		}},
		{`FieldNames["tokens"]`, func(c *unionpay.Config) { c.FieldNames = map[string]string{"tokens": "t"} }},
		{"FieldNames", func(c *unionpay.Config) { c.FieldNames = map[string]string{"token": "DeviceID"} }},
		{`MessageNames["A"]`, func(c *unionpay.Config) { c.MessageNames = map[unionpay.MessageType]string{"A": ""} }},
		{`MessageNames["A"]`, func(c *unionpay.Config) {
			c.MessageNames = map[unionpay.MessageType]string{"A": strings.Repeat("A", 51)}
		}},
		{`ActionNames["A"]`, func(c *unionpay.Config) { c.ActionNames = map[unionpay.TokenAction]string{"A": ""} }},
		{"OptionalFields[0]", func(c *unionpay.Config) { c.OptionalFields = []string{"cityName"} }},
		{"AuthorizationForm", func(c *unionpay.Config) { c.AuthorizationForm = 2 }},
		{"JWEContentType", func(c *unionpay.Config) { c.JWEContentType = "application/" }},
		{`Codes["7"]`, func(c *unionpay.Config) { c.Codes = map[unionpay.Code]error{"7": issuing.ErrDeclined} }},
		{`Codes["00"]`, func(c *unionpay.Config) { c.Codes = map[unionpay.Code]error{"00": issuing.ErrDeclined} }},
		{`Codes["21"]`, func(c *unionpay.Config) { c.Codes = map[unionpay.Code]error{"21": issuing.ErrUnavailable} }},
		{"Values[cvm]", func(c *unionpay.Config) { c.Values = map[string][]string{"cvm": {""}} }},
		{"IdentityField", func(c *unionpay.Config) { c.IdentityField = "a b" }},
		{`FieldNames["pageNo"]`, func(c *unionpay.Config) { c.FieldNames = map[string]string{"pageNo": `a"b`} }},
		{"FieldNames", func(c *unionpay.Config) { c.FieldNames = map[string]string{"pageNo": "p", "pageSize": "P"} }},
		{"IdentityField", func(c *unionpay.Config) { c.IdentityField = "msgID" }},
		{"AnswerAppIDs", func(c *unionpay.Config) { c.AnswerAppIDs = []string{} }},
		{"AnswerAppIDs", func(c *unionpay.Config) { c.AnswerAppIDs = []string{""} }},
		{"Skew", func(c *unionpay.Config) { c.Skew = -1 }},
		{"EncCertID", func(c *unionpay.Config) { c.SendEncCertID = true }},
	} {
		cfg := server.ClientConfig()
		c.change(&cfg)
		_, err := unionpay.New(cfg)
		if err == nil {
			t.Errorf("%s: taken", c.field)
			continue
		}
		e := asError(t, err)
		if !errors.Is(err, issuing.ErrInvalid) || !slices.ContainsFunc(e.Fields, func(f issuing.FieldError) bool { return f.Field == c.field }) {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	if _, err := unionpay.New(unionpay.Config{}); len(asError(t, err).Fields) != 5 {
		t.Errorf("the empty configuration: %v", err)
	}
	if _, err := unionpay.New(server.ClientConfig(), issuing.WithMaxAttempts(0)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a bad option: %v", err)
	}
}

// TestConfigIsCopied: what the caller changes afterwards does not reach the
// client.
func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	server, _ := turned(t, unionpaytest.Config{})
	cfg := server.ClientConfig()
	client, err := unionpay.New(cfg, issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	clear(cfg.Paths)
	clear(cfg.UPISignKeys)
	if _, err := client.ATMs.Feedback(t.Context(), feedback()); err != nil {
		t.Error(err)
	}
	var events []issuing.CallEvent
	clone, err := client.Clone(issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { events = append(events, e) }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clone.ATMs.Feedback(t.Context(), feedback()); err != nil {
		t.Error(err)
	}
	if len(events) != 1 || events[0].Template != path(unionpay.MessageTypeATMFeedback) || events[0].Op != "ATMs.Feedback" || events[0].Provider != "unionpay" {
		t.Errorf("events %+v", events)
	}
	if _, err := client.Clone(issuing.WithTimeout(-1)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a bad option: %v", err)
	}
}

// TestModes: every payload mode, algorithm pair and shape works against a gateway
// with the same setting, and against no other.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, mode := range []sign.UPIMode{sign.UPIModeEncoded, sign.UPIModeRaw, sign.UPIModeRFC7797} {
		server, client := turned(t, unionpaytest.Config{PayloadMode: mode})
		if _, err := client.ATMs.Feedback(t.Context(), feedback()); err != nil || server.MatchedMode() != mode {
			t.Errorf("%s: %v, matched %s", mode, err, server.MatchedMode())
		}
		other := newClient(t, server, func(c *unionpay.Config) { c.PayloadMode = (mode + 1) % 2 })
		_, err := other.ATMs.Feedback(t.Context(), feedback())
		if !errors.Is(err, issuing.ErrUnauthorized) {
			t.Errorf("another mode than %s: %v", mode, err)
		}
	}
	lenient, _ := turned(t, unionpaytest.Config{Lenient: true})
	raw := newClient(t, lenient, func(c *unionpay.Config) { c.PayloadMode = sign.UPIModeRaw })
	if _, err := raw.ATMs.Feedback(t.Context(), feedback()); lenient.MatchedMode() != sign.UPIModeRaw || errors.Is(err, issuing.ErrUnauthorized) {
		t.Errorf("a lenient gateway matched %s: %v", lenient.MatchedMode(), err)
	}
	shapes := map[unionpay.MessageType]unionpay.Shape{
		unionpay.MessageTypeATMFeedback: unionpay.ShapeEnveloped, unionpay.MessageTypeTokenStateInquiry: unionpay.ShapeFlat,
	}
	encryption := map[unionpay.MessageType]unionpay.BodyEncryption{unionpay.MessageTypeATMFeedback: unionpay.BodyEncryptionJWE}
	_, client := turned(t, unionpaytest.Config{
		Shapes: shapes, BodyEncryption: encryption, JWE: jose.UPIJWE{Alg: jose.UPIKeyAlgorithmRSAOAEP256, Enc: jose.UPIContentEncryptionA256GCM},
	})
	if _, err := client.ATMs.Feedback(t.Context(), feedback()); err != nil {
		t.Errorf("enveloped and encrypted: %v", err)
	}
	if _, err := client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "1"}); !errors.Is(err, unionpay.CodeRecordNotFound) {
		t.Errorf("a flat inquiry: %v", err)
	}
}

func TestFurtherValues(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	strict, client := client, newClient(t, server, func(c *unionpay.Config) { c.Values = map[string][]string{"reportReason": {"9"}} })
	req := feedback()
	req.ReportReason = "9"
	if _, err := client.ATMs.Feedback(t.Context(), req); !errors.Is(err, unionpay.CodeFormat) {
		t.Errorf("a new reason is the gateway's to refuse: %v", err)
	}
	before := server.Requests("")
	if _, err := strict.ATMs.Feedback(t.Context(), req); len(asError(t, err).Fields) != 1 {
		t.Errorf("strictly: %v", err)
	}
	country := feedback()
	country.CountryCode = "999"
	if _, err := strict.ATMs.Feedback(t.Context(), country); len(asError(t, err).Fields) != 1 {
		t.Errorf("no country: %v", err)
	}
	req.ReportReason = "8"
	if _, err := client.ATMs.Feedback(t.Context(), req); len(asError(t, err).Fields) != 1 {
		t.Errorf("another new reason: %v", err)
	}
	token := pushed(t, server, "")
	token.UseCases = []unionpay.UseCase{"NEW"}
	if _, err := strict.Tokens.Request(t.Context(), token); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a new use case: %v", err)
	}
	if server.Requests("") != before {
		t.Error("sent")
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	gateway, _ := turned(t, unionpaytest.Config{})
	for appID, want := range map[string]string{"00520446": "A00520446", "77": "A00000077", "ab-c": "A0000ab0c", "0123456789abcdef": "A0123456789abcdef"} {
		client := newClient(t, gateway, func(c *unionpay.Config) { c.AppID = appID })
		seen := map[string]bool{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					var info issuing.CallInfo
					_, _ = client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"}, issuing.WithCallInfo(&info))
					mu.Lock()
					seen[info.Key] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(seen) != 40 {
			t.Errorf("%s: %d ids for 40 messages", appID, len(seen))
		}
		for id := range seen {
			if !strings.HasPrefix(id, want+"20260401100000") || len(id) != len(want)+20 {
				t.Fatalf("id %s", id)
			}
		}
	}
}

func TestCertificateID(t *testing.T) {
	t.Parallel()
	if got := unionpay.CertificateID(&x509.Certificate{SerialNumber: big.NewInt(3185569896925184)}); got != "3185569896925184" {
		t.Errorf("got %s", got)
	}
	if unionpay.CertificateID(nil) != "" || unionpay.CertificateID(&x509.Certificate{}) != "" {
		t.Error("no certificate has an id")
	}
}

func TestTokenExpiry(t *testing.T) {
	t.Parallel()
	beijing := time.FixedZone("", 8*3600)
	for text, want := range map[unionpay.TokenExpiry]time.Time{
		"20301231235959": time.Date(2030, 12, 31, 23, 59, 59, 0, beijing),
		"801230235959":   time.Date(2080, 12, 30, 23, 59, 59, 0, beijing),
		"12/30":          time.Date(2030, 12, 31, 23, 59, 59, 0, beijing),
		"0228":           time.Date(2028, 2, 29, 23, 59, 59, 0, beijing),
		"3012":           time.Date(2030, 12, 31, 23, 59, 59, 0, beijing),
	} {
		if got, ok := text.Time(nil); !ok || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []unionpay.TokenExpiry{"", "never", "1330", "99/99", "20301331000000", "123", "-1-1"} {
		if got, ok := text.Time(time.UTC); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// texts is a gateway's client configuration as a key store holds it.
func texts(t testing.TB, server *unionpaytest.Server) unionpay.ConfigTexts {
	t.Helper()
	public := func(key sign.PublicKey) string {
		text, err := key.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	keys := server.Keys()
	return unionpay.ConfigTexts{
		BaseURL: server.URL(), AppID: unionpaytest.DefaultAppID,
		SignKey: keys.SignPEM(), SignKeyID: unionpaytest.SignKeyID,
		UPISignKeys: map[string]string{unionpaytest.UPISignKeyID: public(keys.UPISign())},
		Paths:       unionpay.InferredPaths(),
		UPIEncKey:   public(keys.UPIEnc()), UPIEncKeyID: unionpaytest.UPIEncKeyID,
		DecryptKeys: map[string]issuing.Secret{unionpaytest.DecryptKeyID: keys.DecryptPEM()},
	}
}

// TestParseConfig: what it reads is the configuration that a client works with.
func TestParseConfig(t *testing.T) {
	t.Parallel()
	server, _ := turned(t, unionpaytest.Config{PayloadMode: sign.UPIModeRaw})
	given := texts(t, server)
	given.PayloadMode, given.Zone = " raw ", "Asia/Shanghai"
	cfg, err := unionpay.ParseConfig(given)
	if err != nil {
		t.Fatal(err)
	}
	clear(given.Paths)
	if cfg.Zone.String() != "Asia/Shanghai" || cfg.PayloadMode != sign.UPIModeRaw {
		t.Errorf("zone %v, mode %v", cfg.Zone, cfg.PayloadMode)
	}
	client, err := unionpay.New(cfg, issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	req := pushed(t, server, "")
	req.PAN = issuing.NewSecret("6250945000000004")
	if _, err := client.Tokens.Request(t.Context(), req); err != nil {
		t.Error(err)
	}
}

// TestParseConfigNamesEveryProblem: keys and settings in one error, each once.
func TestParseConfigNamesEveryProblem(t *testing.T) {
	t.Parallel()
	server, _ := turned(t, unionpaytest.Config{})
	good := texts(t, server)
	const odd = "odd text of nobody's"
	wrong := unionpay.ConfigTexts{
		BaseURL: "http://gateway.example", AppID: strings.Repeat("1", 17),
		SignKey: issuing.NewSecret(odd), SignKeyID: odd,
		UPISignKeys: map[string]string{"a": odd, "b": "", "": good.UPIEncKey, "d": good.UPIEncKey},
		Paths:       map[unionpay.MessageType]string{unionpay.MessageTypeATMList: "cams"},
		UPIEncKey:   odd, UPIEncKeyID: odd,
		DecryptKeys: map[string]issuing.Secret{"e": issuing.NewSecret(odd)},
		PayloadMode: odd, Zone: odd,
	}
	want := []string{
		"SignKey", "UPIEncKey", "PayloadMode", "Zone", `UPISignKeys["a"]`, `DecryptKeys["e"]`,
		"BaseURL", "AppID", "SignKeyID", `UPISignKeys[""]`, `UPISignKeys["b"]`, "UPIEncKeyID", `Paths["ATM_LIST_INQUIRY"]`,
	}
	_, err := unionpay.ParseConfig(wrong)
	if diff := cmp.Diff(want, fields(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err != nil && strings.Contains(err.Error(), odd) {
		t.Errorf("a value is in the text: %v", err)
	}
	_, err = unionpay.ParseConfig(unionpay.ConfigTexts{})
	if diff := cmp.Diff([]string{"BaseURL", "AppID", "SignKey", "SignKeyID", "UPISignKeys"}, fields(t, err)); diff != "" {
		t.Errorf("nothing at all (-want +got):\n%s", diff)
	}
	swapped := good
	swapped.SignKey = issuing.NewSecret(good.UPIEncKey)
	if _, err = unionpay.ParseConfig(swapped); err == nil || !strings.Contains(err.Error(), "SignKey") ||
		!strings.Contains(err.Error(), "public") {
		t.Errorf("swapped keys: %v", err)
	}
	leaktest.Check(t, []string{good.SignKey.Reveal(), good.DecryptKeys[unionpaytest.DecryptKeyID].Reveal()}, good)
}

// fields returns the names of the fields that an error of a configuration is about.
func fields(t testing.TB, err error) []string {
	t.Helper()
	if !errors.Is(err, issuing.ErrInvalid) {
		t.Fatalf("got %v", err)
	}
	var names []string
	for _, f := range asError(t, err).Fields {
		names = append(names, f.Field)
	}
	return names
}
