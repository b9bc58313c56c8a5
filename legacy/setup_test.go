package legacy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// start is when the turned clocks stand: 12:00 at the platform.
var start = time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)

// testSecret is the appSecret of tests without a platform.
const testSecret = "0123456789abcdef"

// quick keeps the waits between attempts out of the tests' way.
func quick() issuing.Option { return issuing.WithRetryWait(time.Millisecond, 2*time.Millisecond) }

// platform starts a platform on a turned clock with a client for it.
func platform(t testing.TB, cfg legacytest.Config, opts ...issuing.Option) (*legacytest.Server, *legacy.Client) {
	t.Helper()
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(start)
	}
	server, err := legacytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if err := server.Check(); err != nil {
			t.Error(err)
		}
	})
	opts = append([]issuing.Option{issuing.WithClock(cfg.Clock.Now), quick()}, opts...)
	client, err := legacy.New(server.ClientConfig(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// inject queues faults for an operation.
func inject(t testing.TB, server *legacytest.Server, op string, faults ...issuingtest.Fault) {
	t.Helper()
	if err := server.Inject(op, faults...); err != nil {
		t.Fatal(err)
	}
}

// wireRequest is one request as it arrived.
type wireRequest struct {
	Method, Path string
	Header       http.Header
	Raw          []byte
	Body         map[string]json.RawMessage
}

// recorder answers every request with the next of its bodies, the last one for
// ever, and keeps the requests.
type recorder struct {
	mu       sync.Mutex
	answers  []string
	status   int
	requests []wireRequest
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, _ := io.ReadAll(req.Body)
	var body map[string]json.RawMessage
	_ = json.Unmarshal(raw, &body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, wireRequest{req.Method, req.URL.Path, req.Header, raw, body})
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	if r.status != 0 {
		w.WriteHeader(r.status)
	}
	_, _ = io.WriteString(w, answer)
}

func (r *recorder) all() []wireRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]wireRequest(nil), r.requests...)
}

// record starts a recorder with a client for it.
func record(t testing.TB, answers ...string) (*recorder, *legacy.Client) {
	t.Helper()
	r := &recorder{answers: answers}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return r, clientFor(t, server.URL)
}

func clientFor(t testing.TB, url string) *legacy.Client {
	t.Helper()
	secret, err := sign.NewAppSecret(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	client, err := legacy.New(legacy.Config{BaseURL: url, AppKey: "key1", AppSecret: secret},
		issuing.WithClock(func() time.Time { return start }), quick())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// success wraps data in the envelope.
func success(data string) string {
	return `{"data":` + data + `,"msg":"操作成功","status":200,"success":true}`
}

// refusedAs returns the envelope of a refusal.
func refusedAs(status string) string {
	return `{"data":null,"msg":"refused","status":` + status + `,"success":false}`
}

// want checks the kind of an error.
func want(t testing.TB, err, kind error) *issuing.Error {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want kind %v", err, kind)
	}
	var e *issuing.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is no *issuing.Error", err)
	}
	return e
}

func amount(text string) issuing.Amount {
	a, err := issuing.ParseAmount(text)
	if err != nil {
		return issuing.Amount("")
	}
	return a
}

func depositRequest(merOrderNo string, card issuing.Secret) legacy.DepositRequest {
	return legacy.DepositRequest{MerOrderNo: merOrderNo, CardNumber: card, Amount: amount("20.50")}
}

// transferRequest is a cash pickup that the platform accepts.
func transferRequest(merOrderNo string) legacy.TransferRequest {
	return legacy.TransferRequest{
		MerOrderNo: merOrderNo, SourceCurrency: issuing.CurrencyUSD, SendAmount: amount("1000"),
		Country: "PHL", Business: legacy.BusinessC2C, Type: legacy.ChannelCashPickup, Currency: issuing.CurrencyUSD,
		Recipient: legacy.Recipient{
			TargetAddressLine: "1 Rizal Avenue", TargetAddressCity: "Manila", TargetNameFirst: "Maria",
			TargetNameLast: "Santos", TargetNationality: "PHL",
		},
		Sender: legacy.Sender{
			SourceCountry: "HKG", SourceReferenceNumber: "user-7", SourceAddressLine: "1 Queen's Road",
			SourceAddressCity: "Hong Kong", SourceAddressCountry: "HKG", SourceNameFirst: "Dennis",
			SourceNameLast: "Huang", SourceNationality: "HKG", SourceDateOfBirth: issuing.NewDate(1992, 9, 20),
		},
		RemittancePurpose: "001-01", SourceOfFunds: "01", Relationship: "01",
	}
}

func masterEApplication(merOrderNo string) legacy.MasterEApplication {
	return legacy.MasterEApplication{
		MerOrderNo: merOrderNo, FirstName: "小明", LastName: "Wang", FirstNameEn: "Xiaoming", LastNameEn: "Wang",
		CountryCode: "86", Phone: "13800000000", Email: "x@example.com", Address: "1 Nanjing Road",
		IDType: legacy.MasterEIDTypePassport, IDNumber: issuing.NewSecret("E12345678"), IDExpiryDate: issuing.NewDate(2030, 1, 1),
		Country: "156", Birthday: issuing.NewDate(1990, 1, 1), AnnualIncome: amount("30"),
		Occupation: legacy.OccupationTeacher, Position: legacy.PositionBoss, PassImage: issuing.NewSecret("\xff\xd8 passport"),
	}
}

func visaHApplication(merOrderNo string) legacy.VisaHApplication {
	return legacy.VisaHApplication{
		MerOrderNo: merOrderNo, FirstName: "Xiaoming", LastName: "Wang", CountryCode: "86", Phone: "13800000000",
		Email: "x@example.com", Line1: "1", Line2: "Nanjing Road", Line3: "Huangpu", PostalCode: "200000", City: "Shanghai",
		AddressCountry: "156", DeliveryLine1: "1", DeliveryLine2: "Nanjing Road", DeliveryLine3: "Huangpu",
		DeliveryPostalCode: "200000", DeliveryCity: "Shanghai", DeliveryCountry: "156", IDType: legacy.VisaHIDTypeCard,
		Country: "156", IDNumber: issuing.NewSecret("310101199001011234"), IDIssuanceDate: issuing.NewDate(2020, 1, 1),
		IDExpiryDate: issuing.NewDate(2099, 12, 31), FaceImage: issuing.NewSecret("\xff\xd8 front"), BackImage: issuing.NewSecret("\xff\xd8 back"),
	}
}

func virtualLApplication(merOrderNo string) legacy.VirtualLApplication {
	return legacy.VirtualLApplication{
		Language: legacy.LanguageEnglish, MerOrderNo: merOrderNo, CardType: "MASTER", BusinessScene: "e-commerce",
		CardArea: "United States", FirstRecharge: amount("11"), FirstName: "Dennis", LastName: "Huang",
		Email: "x@example.com", Birthday: issuing.NewDate(1992, 9, 20),
	}
}

func virtualPApplication(merOrderNo string) legacy.VirtualPApplication {
	return legacy.VirtualPApplication{
		MerOrderNo: merOrderNo, CardBIN: "537100", FirstRecharge: amount("0"), Email: "x@example.com",
		FirstName: "Dennis", LastName: "Huang", Country: "US", State: "WA",
	}
}

// hookInto collects events as text.
func hookInto(events *[]string) issuing.Hook {
	var mu sync.Mutex
	return func(_ context.Context, event issuing.CallEvent) {
		mu.Lock()
		defer mu.Unlock()
		*events = append(*events, fmt.Sprintf("%+v", event))
	}
}

// failNext makes an operation's next order fail.
func failNext(t testing.TB, server *legacytest.Server, op, reason string) {
	t.Helper()
	if err := server.FailNext(op, reason); err != nil {
		t.Fatal(err)
	}
}
