package worldcard_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// merchantKey is one RSA key for all tests of the package.
var merchantKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// aesKeyText is the AES key of the wire tests.
const aesKeyText = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// wireServer answers every request with one body and remembers the last request
// as the platform would see it: verified with the standard library alone.
type wireServer struct {
	*httptest.Server
	status int
	answer string
	waits  string // answer of the physical card's page, when another one

	mu      sync.Mutex
	path    string
	payload string
	nonces  []string
	bodies  []string
}

func newWireServer(t testing.TB, status int, answer string) *wireServer {
	t.Helper()
	s := &wireServer{status: status, answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(s.status)
		if s.waits != "" && r.URL.Path == pathPhysical {
			_, _ = io.WriteString(w, s.waits)
			return
		}
		s.record(t, r, body)
		_, _ = io.WriteString(w, s.answer)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *wireServer) record(t testing.TB, r *http.Request, body []byte) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-App-Id") != "app-1" {
		t.Errorf("method %s, content type %q, app id %q", r.Method, r.Header.Get("Content-Type"), r.Header.Get("X-App-Id"))
	}
	timestamp, nonce := r.Header.Get("X-Timestamp"), r.Header.Get("X-Nonce")
	if n, err := strconv.ParseInt(timestamp, 10, 64); err != nil || len(timestamp) != 10 || time.Since(time.Unix(n, 0)).Abs() > time.Minute {
		t.Errorf("timestamp %q is not now in Unix seconds", timestamp)
	}
	signature, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Signature"))
	if err != nil {
		t.Errorf("signature: %v", err)
	}
	digest := sha256.Sum256([]byte(string(body) + timestamp + nonce))
	// Exactly 32 bytes of salt: the strictest verifier of the contradiction list.
	if err := rsa.VerifyPSS(&merchantKey().PublicKey, crypto.SHA256, digest[:], signature, &rsa.PSSOptions{SaltLength: 32}); err != nil {
		t.Errorf("signature: %v", err)
	}
	key, err := sign.ParseAESKey(aesKeyText)
	if err != nil {
		t.Error(err)
	}
	plaintext, err := key.OpenBody(body)
	if err != nil {
		t.Errorf("body: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path, s.payload = r.URL.Path, string(plaintext)
	s.nonces, s.bodies = append(s.nonces, nonce), append(s.bodies, string(body))
}

func (s *wireServer) client(t testing.TB, opts ...issuing.Option) *worldcard.Client {
	t.Helper()
	key, err := sign.NewPrivateKey(merchantKey())
	if err != nil {
		t.Fatal(err)
	}
	aes, err := sign.ParseAESKey(aesKeyText)
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]issuing.Option{issuing.WithRetryWait(time.Millisecond, time.Millisecond)}, opts...)
	client, err := worldcard.New(worldcard.Config{BaseURL: s.URL, AppID: "app-1", PrivateKey: key, AESKey: aes}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// wireCase is one operation: what is called, what must arrive, what comes back.
type wireCase struct {
	name    string
	call    func(context.Context, *worldcard.Client) (any, error)
	path    string
	payload string // compared as JSON
	data    string // of the answer
	want    any
	waits   string // what the card's page shows before, of an operation that reads it
}

func amount(t testing.TB, text string) issuing.Amount {
	t.Helper()
	a, err := issuing.ParseAmount(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// at is a time of the documents' examples, whose offset is +08:00.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOperationsOnTheWire(t *testing.T) {
	t.Parallel()
	cases := append(virtualCases(t), physicalCases(t)...)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			answer := `{"code":0,"message":"success"}`
			if c.data != "" {
				answer = `{"code":0,"message":"success","data":` + c.data + `}`
			}
			server := newWireServer(t, http.StatusOK, answer)
			if c.waits != "" {
				server.waits = `{"code":0,"data":` + c.waits + `}`
			}
			got, err := c.call(t.Context(), server.client(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, compareOptions()); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if server.path != c.path {
				t.Errorf("path %s, want %s", server.path, c.path)
			}
			if diff := cmp.Diff(decode(t, c.payload), decode(t, server.payload)); diff != "" {
				t.Errorf("payload (-want +got):\n%s", diff)
			}
		})
	}
	paths := map[string]bool{}
	for _, c := range cases {
		paths[c.path] = true
	}
	if len(paths) != 18 {
		t.Errorf("%d operations are tested, the Card API has 18", len(paths))
	}
}

// compareOptions compares values that have unexported parts by their meaning.
func compareOptions() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b issuing.Secret) bool { return a.Equal(b) }),
		cmp.Comparer(func(a, b issuing.Amount) bool { return a == b }),
		cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
