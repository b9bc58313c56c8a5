package coshine_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
)

var (
	firstPIN  = issuing.NewSecret("147258")
	secondPIN = issuing.NewSecret("96385274")
)

// TestPINsInEveryProfile sets, changes and verifies a PIN with every way of
// encrypting a block.
func TestPINsInEveryProfile(t *testing.T) {
	t.Parallel()
	for _, p := range []sign.PINProfile{
		{Padding: sign.PINPaddingPKCS1}, {Padding: sign.PINPaddingOAEPSHA1}, {Padding: sign.PINPaddingOAEPSHA256},
		{Padding: sign.PINPaddingOAEPSHA256, MGF1: sign.MGF1SHA1},
	} {
		for _, plaintext := range []sign.PINPlaintext{sign.PINPlaintextBytes, sign.PINPlaintextHex} {
			for _, encoding := range []sign.PINEncoding{sign.PINEncodingBase64, sign.PINEncodingHex} {
				profile := sign.PINProfile{Padding: p.Padding, MGF1: p.MGF1, Plaintext: plaintext, Encoding: encoding}
				server, client := full(t, coshinetest.Config{PIN: profile})
				card := activeCard(t, client, "C1")
				byToken, byNumber := coshine.ByToken(card.CardToken), coshine.ByNumber(card.CardNumber)
				_, err := client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: byToken, NewPIN: firstPIN})
				if err == nil {
					_, err = client.PINs.Verify(t.Context(), coshine.PINVerifyRequest{CardRef: byNumber, PIN: firstPIN})
				}
				if err == nil {
					_, err = client.PINs.Change(t.Context(), coshine.PINChangeRequest{CardRef: byNumber, PIN: firstPIN, NewPIN: secondPIN})
				}
				if err != nil {
					t.Errorf("%+v: %v", profile, err)
				}
				_, err = client.PINs.Verify(t.Context(), coshine.PINVerifyRequest{CardRef: byToken, PIN: firstPIN})
				if !errors.Is(err, coshine.CodeInvalidPIN) || !errors.Is(err, issuing.ErrDeclined) {
					t.Errorf("%+v: the old PIN: %v", profile, err)
				}
				if n := server.Requests("PINs.Key"); n != 4 {
					t.Errorf("%d keys for 4 operations", n)
				}
				for _, r := range server.Received("") {
					if strings.Contains(r.Body.Reveal(), firstPIN.Reveal()) || strings.Contains(r.Body.Reveal(), "NewPIN") {
						t.Errorf("a PIN went out in clear with %s", r.Op)
					}
				}
			}
		}
	}
}

// TestPINOfAnotherProfileIsRefused: no side tries a second padding.
func TestPINOfAnotherProfileIsRefused(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	card := activeCard(t, client, "C1")
	cfg := server.ClientConfig()
	cfg.PIN.Padding = sign.PINPaddingOAEPSHA256
	_, err := clientOf(t, server, cfg).PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: coshine.ByToken(card.CardToken), NewPIN: firstPIN})
	if !errors.Is(err, coshine.CodePINBlockFormat) || server.Requests("PINs.Reset") != 1 {
		t.Errorf("%d requests, %v", server.Requests("PINs.Reset"), err)
	}
}

// TestPINNeedsItsProfile: until the padding is told, a PIN in clear goes
// nowhere, not even the request for a key. A ciphertext needs no profile.
func TestPINNeedsItsProfile(t *testing.T) {
	t.Parallel()
	server, _ := full(t, coshinetest.Config{})
	cfg := server.ClientConfig()
	cfg.PIN = sign.PINProfile{}
	client := clientOf(t, server, cfg)
	_, err := client.PINs.Verify(t.Context(), coshine.PINVerifyRequest{CardRef: coshine.ByToken("T1"), PIN: firstPIN})
	if !errors.Is(err, issuing.ErrNotConfigured) || !strings.Contains(err.Error(), "Config.PIN") || server.Requests("") != 0 {
		t.Errorf("%d requests, %v", server.Requests(""), err)
	}
	_, err = client.PINs.Verify(t.Context(), coshine.PINVerifyRequest{CardRef: coshine.ByToken("T1"), PINKeyID: "1", CardPIN: issuing.NewSecret("AAAA")})
	if !errors.Is(err, coshine.CodeInvalidCardToken) {
		t.Errorf("a ciphertext: %v", err)
	}
}

// TestPINKeyOptions: the call for the key has a tranId of its own and the
// caller's header; with the setting it has no body.
func TestPINKeyOptions(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	card := activeCard(t, client, "C1")
	var info issuing.CallInfo
	_, err := client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: coshine.ByToken(card.CardToken), NewPIN: firstPIN},
		coshine.WithHeader(coshine.Header{TranID: "RESET1", TellerNo: "teller-7"}), issuing.WithCallInfo(&info))
	if err != nil || info.Op != "PINs.Reset" || info.Key != "RESET1" {
		t.Errorf("%+v, %v", info, err)
	}
	key := server.Received("PINs.Key")[0]
	if key.TranID == "RESET1" || !strings.Contains(key.Body.Reveal(), `"tellerNo":"teller-7"`) {
		t.Errorf("the request for the key has tranId %s", key.TranID)
	}
	cfg := server.ClientConfig()
	cfg.EmptyPINKeyBody = true
	if _, err := clientOf(t, server, cfg).PINs.Key(t.Context()); err != nil {
		t.Fatal(err)
	}
	if body := sent(t, server, "PINs.Key"); body != "" {
		t.Error("the request has a body")
	}
}

// TestPINLock: three wrong PINs lock it, and only the documented flag unlocks.
func TestPINLock(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	card := activeCard(t, client, "C1")
	ref := coshine.ByToken(card.CardToken)
	if _, err := client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, NewPIN: firstPIN}); err != nil {
		t.Fatal(err)
	}
	verify := func(pin issuing.Secret) error {
		return drop(client.PINs.Verify(t.Context(), coshine.PINVerifyRequest{CardRef: ref, PIN: pin}))
	}
	for range 3 {
		if err := verify(secondPIN); !errors.Is(err, coshine.CodeInvalidPIN) {
			t.Fatal(err)
		}
	}
	if info, _ := server.Card(card.CardToken); !info.PINLocked || verify(firstPIN) == nil {
		t.Error("the PIN is not locked")
	}
	_, err := client.Cards.SetStatus(t.Context(), coshine.SetStatusRequest{CardToken: card.CardToken, CardOptFlag: coshine.CardOptFlagUnlockPIN})
	if err != nil || verify(firstPIN) != nil {
		t.Errorf("the PIN stays locked: %v", err)
	}
}

// TestPINRequestsAreChecked names what is wrong and never quotes a PIN.
func TestPINRequestsAreChecked(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	pin := func(text string) issuing.Secret { return issuing.NewSecret(text) }
	ref := coshine.ByToken("T1")
	for name, c := range map[string]struct {
		call func() error
		want string
	}{
		"no card": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{NewPIN: firstPIN}))
		}, "cardToken, cardNumber"},
		"two cards": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: coshine.CardRef{CardToken: "T1", CardNumber: pin("4220000000000001")}, NewPIN: firstPIN}))
		}, "must not both"},
		"no PIN": {func() error { return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref})) }, "newCardPin"},
		"short PIN": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, NewPIN: pin("987")}))
		}, "NewPIN needs 4 to 12 digits"},
		"long PIN": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, NewPIN: pin("9876543219876")}))
		}, "NewPIN"},
		"letters": {func() error {
			return drop(client.PINs.Verify(t.Context(), coshine.PINVerifyRequest{CardRef: ref, PIN: pin("98a7")}))
		}, "PIN needs"},
		"mixed": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, NewPIN: firstPIN, NewCardPIN: pin("x")}))
		}, "must not mix"},
		"old is missing": {func() error {
			return drop(client.PINs.Change(t.Context(), coshine.PINChangeRequest{CardRef: ref, NewPIN: firstPIN}))
		}, "PIN is required"},
		"new is missing": {func() error {
			return drop(client.PINs.Change(t.Context(), coshine.PINChangeRequest{CardRef: ref, PIN: firstPIN}))
		}, "NewPIN is required"},
		"no key id": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, NewCardPIN: pin("x")}))
		}, "pinKeyId is required"},
		"key and PIN": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, NewPIN: firstPIN, PINKeyID: "1"}))
		}, "pinKeyId must be empty"},
		"huge": {func() error {
			return drop(client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: ref, PINKeyID: "1", NewCardPIN: pin(strings.Repeat("x", 4097))}))
		}, "newCardPin"},
	} {
		err := c.call()
		if !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(err.Error(), "987") || strings.Contains(err.Error(), firstPIN.Reveal()) {
			t.Errorf("%s: the error shows a PIN", name)
		}
	}
	if server.Requests("") != 0 {
		t.Errorf("%d requests were sent", server.Requests(""))
	}
}

// TestPINKeyForms: the form of pinKey is not published, so all four are read.
func TestPINKeyForms(t *testing.T) {
	t.Parallel()
	server := startServer(t, coshinetest.Config{OAuth: true})
	key := parsePublic(t, server.ClientConfig().OAuth.PlatformKey)
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(key)
	for name, text := range map[string]string{
		"PEM of PKIX":     string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})),
		"PEM of PKCS #1":  string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1})),
		"Base64 of PKIX":  base64.StdEncoding.EncodeToString(spki),
		"Base64 of PKCS1": base64.StdEncoding.EncodeToString(pkcs1),
		"hex of PKIX":     hex.EncodeToString(spki),
		"HEX of PKCS #1":  strings.ToUpper(hex.EncodeToString(pkcs1)),
	} {
		parsed, err := (&coshine.PINKey{ID: "1", PINKey: text}).PublicKey()
		if err != nil || !parsePublic(t, parsed).Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "no key", "00ff", strings.Repeat("ab", 40_000)} {
		if _, err := (&coshine.PINKey{PINKey: text}).PublicKey(); err == nil {
			t.Errorf("%.20q is a key", text)
		}
	}
}

// TestBadPINKeyEndsTheOperation: nothing is sent under a key that cannot be
// trusted.
func TestBadPINKeyEndsTheOperation(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	short := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&weak.PublicKey))
	for problem, key := range map[string]string{"neither PEM nor Base64": "nonsense!", "1024 bits": short} {
		server, _ := full(t, coshinetest.Config{})
		inject(t, server, "PINs.Key", issuingtest.Replace(`{"responseCode":"00","tranId":"KEY1","pinKeyId":"1","pinKey":"`+key+`"}`))
		cfg := server.ClientConfig()
		cfg.EmptyPINKeyBody = true // without a body no tranId has to be echoed
		client := clientOf(t, server, cfg)
		_, err := client.PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: coshine.ByToken("T1"), NewPIN: firstPIN})
		if !errors.Is(err, issuing.ErrBadResponse) || !strings.Contains(err.Error(), problem) || server.Requests("PINs.Reset") != 0 {
			t.Errorf("%s: %d requests, %v", problem, server.Requests("PINs.Reset"), err)
		}
	}
}
