package kazepay_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"maps"
	"sync/atomic"
	"testing"

	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// counted is a private key that counts its uses.
type counted struct {
	*rsa.PrivateKey
	decrypted, signed atomic.Int64
}

func (k *counted) Decrypt(random io.Reader, text []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	k.decrypted.Add(1)
	return k.PrivateKey.Decrypt(random, text, opts)
}

func (k *counted) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.signed.Add(1)
	return k.PrivateKey.Sign(random, digest, opts)
}

func newKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func privateOf(t testing.TB, signer crypto.Signer) sign.PrivateKey {
	t.Helper()
	key, err := sign.NewPrivateKey(signer)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// keySide is a merchant with several platform keys, the last of which signs.
type keySide struct {
	src          *webhook.Source
	own          *counted
	good, forged []byte
	wrapped      []byte // for the bare private operation
	ownKey       sign.PrivateKey
}

func newKeySide(t testing.TB, platforms int, content string) *keySide {
	t.Helper()
	s := &keySide{own: &counted{PrivateKey: newKey(t)}}
	s.ownKey = privateOf(t, s.own)
	var signer sign.PrivateKey
	var keys []sign.PublicKey
	for range platforms {
		signer = privateOf(t, newKey(t))
		keys = append(keys, signer.Public())
	}
	seal := func(by sign.PrivateKey) []byte {
		e, err := (sign.Profile{}).Seal(by, s.ownKey.Public(), []byte(`{"apiCode":"X","requestNo":"1"}`), []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		return e.JSON()
	}
	s.good, s.forged = seal(signer), seal(privateOf(t, newKey(t)))
	var err error
	//lint:ignore SA1019 the padding that KazePay documents
	s.wrapped, err = rsa.EncryptPKCS1v15(rand.Reader, &s.own.PublicKey, make([]byte, 24)) //nolint:staticcheck // what the profile wraps with
	if err != nil {
		t.Fatal(err)
	}
	s.src = callbacks(t, kazepay.CallbackConfig{PlatformKeys: keys, PrivateKey: s.ownKey})
	return s
}

// However many platform keys there are, a callback costs one private operation,
// forged or not, and none more for its id.
func TestCallbackUsesTheKeyOnce(t *testing.T) {
	t.Parallel()
	for _, content := range []string{`{"cardID":"1","amount":"1","status":"SUCCESS","createAt":1691550780785}`, `{"cardID":"1","code":"123456"}`} {
		for _, platforms := range []int{1, 3} {
			s := newKeySide(t, platforms, content)
			for range 2 { // the first may make the key of ids
				if _, err := s.src.Parse(nil, s.good); err != nil {
					t.Fatal(err)
				}
			}
			if signed := s.own.signed.Load(); signed > 1 {
				t.Errorf("%d platform keys, %s: %d signatures", platforms, content, signed)
			}
			s.own.decrypted.Store(0)
			s.own.signed.Store(0)
			for range 5 {
				if _, err := s.src.Parse(nil, s.good); err != nil {
					t.Fatal(err)
				}
				if _, err := s.src.Parse(nil, s.forged); err == nil {
					t.Fatal("a forged callback is read")
				}
			}
			if decrypted, signed := s.own.decrypted.Load(), s.own.signed.Load(); decrypted != 10 || signed != 0 {
				t.Errorf("%d platform keys, %s: %d decryptions and %d signatures for 10 callbacks", platforms, content, decrypted, signed)
			}
		}
	}
}

// BenchmarkCallbackKeys stands beside the private operation that a callback cannot
// do without.
func BenchmarkCallbackKeys(b *testing.B) {
	s := newKeySide(b, 3, `{"cardID":"1","code":"123456"}`)
	b.Run("bare private operation", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			//lint:ignore SA1019 the padding that KazePay documents
			if _, err := s.own.PrivateKey.Decrypt(rand.Reader, s.wrapped, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: 24}); err != nil { //nolint:staticcheck // as above
				b.Fatal(err)
			}
		}
	})
	for name, body := range map[string][]byte{"good, three keys": s.good, "forged, three keys": s.forged} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.src.Parse(nil, body)
			}
		})
	}
}

// Nothing that stands in the unsigned head is claimed: contents under one request
// number are events of their own, and a copy under another head marks nothing.
func TestCallbackClaimsAreVerified(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	change := func(status string) map[string]any {
		return map[string]any{"cardID": "7", "status": status, "createAt": int64(1691550780785)}
	}
	code := func(code string) map[string]any {
		return map[string]any{"cardID": "7", "code": code, "createAt": int64(1691550780785)}
	}
	failed := maps.Clone(depositResult)
	failed["userBankcardId"], failed["status"], failed["amount"] = 999, "FAILED", "7000"
	var types []string
	h := webhook.NewHandler(callbacks(t, callbackConfig(server)), func(_ context.Context, event *webhook.Event) error {
		types = append(types, event.Type)
		return nil
	})
	audit := genuine(t, server, kazepay.EventCardStateChanged, change("AUDIT_PASS"))
	deposit := genuine(t, server, kazepay.EventCardDeposited, depositResult)
	send := func(name string, dispatched bool, body []byte) {
		t.Helper()
		before := len(types)
		if resp := post(h, body); resp.StatusCode != 200 || len(types)-before == 1 != dispatched {
			t.Errorf("%s: status %d, dispatched %d times", name, resp.StatusCode, len(types)-before)
		}
	}
	send("audit passed", true, audit)
	send("active, under the same number", true, under(t, genuine(t, server, kazepay.EventCardStateChanged, change("ACTIVE")), audit))
	send("a deposit", true, deposit)
	send("another card's, under the same number", true, under(t, genuine(t, server, kazepay.EventCardDeposited, failed), deposit))
	// A copy of one under the number, and then the kind, of the next marks nothing.
	next := maps.Clone(depositResult)
	next["createAt"] = int64(1691550789999)
	coming := genuine(t, server, kazepay.EventCardDeposited, next)
	send("a copy under the coming number", false, under(t, deposit, coming))
	moved := bytes.Replace(coming, []byte(kazepay.EventCardDeposited), []byte(kazepay.EventCardClosed), 1)
	send("the coming one under another kind", true, moved)
	send("the coming one", true, coming)
	// KazePay's own form of time has no fraction.
	send("a code", true, genuine(t, server, kazepay.EventHolderChallenged, code("123456")))
	send("another within the second", true, genuine(t, server, kazepay.EventHolderChallenged, code("654321")))
	send("the first again", false, genuine(t, server, kazepay.EventHolderChallenged, code("123456")))
}
