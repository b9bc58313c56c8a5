package unionpay_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// stopped answers nothing: what a call costs without it is sealing and signing.
type stopped struct{}

func (stopped) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed }

// BenchmarkSeal is a whole token request up to the wire: checked, composed,
// signed. BenchmarkBareRS256 is the signature alone.
func BenchmarkSeal(b *testing.B) {
	server := startServer(b, unionpaytest.Config{Clock: unionpaytest.NewClock(epoch)})
	client := newClient(b, server, nil, issuing.WithHTTPClient(&http.Client{Transport: stopped{}}), issuing.WithMaxAttempts(1))
	req := pushed(b, server, "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Tokens.Request(b.Context(), req); err == nil {
			b.Fatal("answered")
		}
	}
}

func BenchmarkBareRS256(b *testing.B) {
	shared, err := keys()
	if err != nil {
		b.Fatal(err)
	}
	block, _ := pem.Decode([]byte(shared.SignPEM().Reveal()))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte(strings.Repeat("x", 1000)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseLink(b *testing.B) {
	server := startServer(b, unionpaytest.Config{Clock: unionpaytest.NewClock(epoch)})
	push, err := server.Push(unionpaytest.PushRequest{})
	if err != nil {
		b.Fatal(err)
	}
	links := newLinks(b, server.Clock().Now, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := links.Parse(push.Routes[0].URI); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzDecodeNotification(f *testing.F) {
	f.Add("TOKEN_STATE_NOTIFICATION", []byte(`{"token":"6299990000000000004","tokenState":"ACTIVE","encryptedConsumerIdentity":{"identityValue":"x"}}`))
	f.Add("TRX_STATUS_NOTIFICATION", []byte(`{"trxAmt":"0001","discountDetails":[{"discountAmt":1e9}],"emvCpqrcPayload":"x"}`))
	f.Add("GET_USER_ID", []byte(`{"userAuthCode":"eyJ.a.b.c.d"}`))
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		n, err := unionpay.DecodeNotification(unionpay.MessageType(typ), data, unionpay.Opener{}, nil)
		if err == nil && n != nil && n.Answer() == nil {
			t.Error("an event without an answer")
		}
		_, _ = unionpay.ParseMsgInfo(data, nil)
	})
}
