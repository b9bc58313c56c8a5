package kazepay_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// keys are two RSA pairs for all tests of the package.
var keys = sync.OnceValue(func() (k struct{ merchant, platform *rsa.PrivateKey }) {
	k.merchant, _ = rsa.GenerateKey(rand.Reader, 2048)
	k.platform, _ = rsa.GenerateKey(rand.Reader, 2048)
	return k
})

const sysID = "202402271432298822660001"

// head and wireMessage are a message of the default profile, read and written
// with the standard library alone.
type head struct {
	APICode   string `json:"apiCode"`
	SysID     string `json:"sysId"`
	RequestNo string `json:"requestNo"`
	Version   string `json:"version"`
	Code      string `json:"code,omitempty"`
	Detail    string `json:"detail,omitempty"`
	Sign      string `json:"sign,omitempty"`
	KeyEnc    string `json:"keyEnc,omitempty"`
}

type wireMessage struct {
	Head head `json:"head"`
	Body struct {
		Encrypt string `json:"encrypt,omitempty"`
	} `json:"body"`
}

// open decrypts and verifies a request as the platform.
func (m *wireMessage) open() (string, error) {
	wrapped, err := hex.DecodeString(m.Head.KeyEnc)
	if err != nil || len(m.Head.KeyEnc) != 512 {
		return "", fmt.Errorf("keyEnc: %d characters, %w", len(m.Head.KeyEnc), err)
	}
	//lint:ignore SA1019 the default profile wraps session keys with PKCS #1 v1.5
	keyText, err := rsa.DecryptPKCS1v15(rand.Reader, keys().platform, wrapped)
	if err != nil || len(keyText) != 24 {
		return "", fmt.Errorf("key text: %d characters, %w", len(keyText), err)
	}
	key, err := base64.StdEncoding.DecodeString(string(keyText))
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(key)
	if err != nil || len(key) != 16 {
		return "", fmt.Errorf("key: %d bytes, %w", len(key), err)
	}
	text, err := base64.StdEncoding.DecodeString(m.Body.Encrypt)
	if err != nil || len(text) == 0 || len(text)%16 != 0 {
		return "", fmt.Errorf("encrypt: %d bytes, %w", len(text), err)
	}
	for b := text; len(b) > 0; b = b[16:] {
		block.Decrypt(b[:16], b[:16])
	}
	text = text[:len(text)-int(text[len(text)-1])]
	signature, err := hex.DecodeString(m.Head.Sign)
	if err != nil {
		return "", err
	}
	digest := sha1.Sum(text)
	return string(text), rsa.VerifyPKCS1v15(&keys().merchant.PublicKey, crypto.SHA1, digest[:], signature)
}

// sealed answers a request as the platform.
func sealed(h head, payload string) ([]byte, error) {
	key := []byte("fedcba9876543210")
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	n := 16 - len(payload)%16
	text := append([]byte(payload), bytes.Repeat([]byte{byte(n)}, n)...)
	for b := text; len(b) > 0; b = b[16:] {
		block.Encrypt(b[:16], b[:16])
	}
	//lint:ignore SA1019 the default profile wraps session keys with PKCS #1 v1.5
	wrapped, err := rsa.EncryptPKCS1v15(rand.Reader, &keys().merchant.PublicKey, []byte(base64.StdEncoding.EncodeToString(key)))
	if err != nil {
		return nil, err
	}
	digest := sha1.Sum([]byte(payload))
	signature, err := rsa.SignPKCS1v15(rand.Reader, keys().platform, crypto.SHA1, digest[:])
	if err != nil {
		return nil, err
	}
	h.Sign, h.KeyEnc = hex.EncodeToString(signature), hex.EncodeToString(wrapped)
	m := wireMessage{Head: h}
	m.Body.Encrypt = base64.StdEncoding.EncodeToString(text)
	return json.Marshal(m)
}

// wireServer remembers requests and answers them.
type wireServer struct {
	*httptest.Server
	answer func(w http.ResponseWriter, m *wireMessage)

	mu       sync.Mutex
	messages []*wireMessage
	payloads []string
}

// success answers with a payload, and with echoes that lie.
func success(t testing.TB, payload string) func(http.ResponseWriter, *wireMessage) {
	return func(w http.ResponseWriter, m *wireMessage) {
		body, err := sealed(head{
			APICode: "cardBalance", SysID: "H2400002001", RequestNo: "174574749857359840", Version: "1.0",
			Code: "SUCCESS", Detail: "Success",
		}, payload)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(body)
	}
}

// plain answers with a status and a body.
func plain(status int, body string) func(http.ResponseWriter, *wireMessage) {
	return func(w http.ResponseWriter, _ *wireMessage) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func newWireServer(t testing.TB, answer func(http.ResponseWriter, *wireMessage)) *wireServer {
	t.Helper()
	s := &wireServer{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method != http.MethodPost || r.URL.Path != "/gateway/api" ||
			r.Header.Get("Content-Type") != "application/json; charset=UTF-8" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s, %v", r.Method, r.URL, r.Header)
		}
		m := &wireMessage{}
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(m); err != nil {
			t.Errorf("the request: %v", err)
		}
		payload, err := m.open()
		if err != nil {
			t.Errorf("the request: %v", err)
		}
		s.mu.Lock()
		s.messages, s.payloads = append(s.messages, m), append(s.payloads, payload)
		s.mu.Unlock()
		s.answer(w, m)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *wireServer) config(t testing.TB) kazepay.Config {
	t.Helper()
	private, err := sign.NewPrivateKey(keys().merchant)
	if err != nil {
		t.Fatal(err)
	}
	public, err := sign.NewPublicKey(&keys().platform.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return kazepay.Config{BaseURL: s.URL + "/gateway/api", SysID: sysID, PrivateKey: private, PlatformKey: public}
}

func (s *wireServer) client(t testing.TB, opts ...issuing.Option) *kazepay.Client {
	t.Helper()
	return s.clientOf(t, s.config(t), opts...)
}

func (s *wireServer) clientOf(t testing.TB, cfg kazepay.Config, opts ...issuing.Option) *kazepay.Client {
	t.Helper()
	opts = append([]issuing.Option{
		issuing.WithRetryWait(time.Millisecond, 2*time.Millisecond), issuing.WithClock(func() time.Time { return epoch }),
	}, opts...)
	client, err := kazepay.New(cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (s *wireServer) requests() ([]*wireMessage, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages, s.payloads
}

var requestNoForm = regexp.MustCompile(`^20260401020000\d{10}$`)

func TestEveryOperationOnTheWire(t *testing.T) {
	t.Parallel()
	for _, c := range wireCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newWireServer(t, success(t, c.answer))
			var info issuing.CallInfo
			got, err := c.call(t.Context(), s.client(t), issuing.WithCallInfo(&info))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(issuing.Secret.Equal)); diff != "" {
				t.Errorf("the result:\n%s", diff)
			}
			messages, payloads := s.requests()
			if len(messages) != 1 || payloads[0] != c.request {
				t.Errorf("%d requests, payload\n%s\nwant\n%s", len(messages), payloads, c.request)
			}
			h := messages[0].Head
			if h.APICode != c.apiCode || h.SysID != sysID || h.Version != "1.0" || !requestNoForm.MatchString(h.RequestNo) {
				t.Errorf("head %+v", h)
			}
			if info.Op != c.name || info.Raw.Reveal() != c.answer || info.RequestID != h.RequestNo || info.Status != 200 {
				t.Errorf("call info %+v", info)
			}
			if info.Key != "" && info.Key != h.RequestNo {
				t.Errorf("the key is %q", info.Key)
			}
		})
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, success(t, `{"avaBalance":"12.50","currency":"USD"}`))
	client := s.client(t)
	var raw json.RawMessage
	in := map[string]any{"pageNum": 1, "note": "<&>"}
	if err := client.Do(t.Context(), "queryMerchantBalance", in, &raw); err != nil || string(raw) != `{"avaBalance":"12.50","currency":"USD"}` {
		t.Errorf("%s, %v", raw, err)
	}
	if err := client.Do(t.Context(), "queryMerchantBalance", nil, nil); err != nil {
		t.Error(err)
	}
	messages, payloads := s.requests()
	if diff := cmp.Diff([]string{`{"note":"<&>","pageNum":1}`, `{}`}, payloads); diff != "" || messages[0].Head.APICode != "queryMerchantBalance" {
		t.Errorf("%s", diff)
	}
	for _, bad := range []string{" ", "a\nb", strings.Repeat("x", 129)} {
		var info issuing.CallInfo
		e := wantError(t, client.Do(t.Context(), bad, nil, nil, issuing.WithCallInfo(&info)), issuing.ErrInvalid)
		if e.Op != "Do" || info.Op != "Do" || len(e.Fields) != 1 || e.Fields[0].Field != "apiCode" {
			t.Errorf("%v, %+v", e, info)
		}
	}
	wantError(t, client.Do(t.Context(), "x", nil, json.RawMessage{}), issuing.ErrInvalid) // no pointer
	if messages, _ := s.requests(); len(messages) != 2 {
		t.Errorf("%d requests", len(messages))
	}
	wantError(t, client.Do(t.Context(), "x", make(chan int), nil), issuing.ErrInvalid)
	wantError(t, client.Do(t.Context(), "x", nil, &[]int{}), issuing.ErrOutcomeUnknown) // a payload that cannot be read
	failing := newWireServer(t, success(t, `{"encrypt":"FAILED"}`))
	wantError(t, failing.client(t).Do(t.Context(), "x", nil, nil), issuing.ErrDeclined)
}

func TestRequestNoOfTheMerchant(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, success(t, `{"encrypt":"SUCCESS"}`))
	client := s.client(t)
	pin := func(ctx context.Context, no string) error {
		return client.Physical.SetPIN(ctx, "3295", issuing.NewSecret("375426"), issuing.WithIdempotencyKey(no))
	}
	if err := pin(t.Context(), "202404220205221238690954"); err != nil {
		t.Fatal(err)
	}
	messages, _ := s.requests()
	if got := messages[0].Head.RequestNo; got != "202404220205221238690954" {
		t.Errorf("requestNo %s", got)
	}
	for _, bad := range []string{"1234567890123456789012345", "12a", "1 2", "-1"} {
		wantError(t, pin(t.Context(), bad), issuing.ErrInvalid)
	}
	if messages, _ := s.requests(); len(messages) != 1 {
		t.Errorf("%d requests", len(messages))
	}
}
