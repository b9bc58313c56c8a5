package sign_test

import (
	"crypto"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// payload has the size of a request to issue a card.
var payload = []byte(`{"fields":"` + strings.Repeat("x", 1000) + `"}`)

// pair is a function of this package and the bare primitives that it stands on,
// over the same key and bytes.
type pair struct {
	name       string
	bare, ours func() error
}

// BenchmarkSchemes measures each scheme and its bare primitives, and "ratio" runs
// both in turn, so that what else the machine does meets both: its p50 is the
// median of ours over bare, its min the ratio of the shortest runs, which says more
// of the long ones on a busy machine.
func BenchmarkSchemes(b *testing.B) {
	for _, pairs := range [][]pair{pssPairs(b), gcmPairs(b), envelopePairs(b), upiPairs(b), umpsPairs(b)} {
		for _, p := range pairs {
			b.Run(p.name+"/bare", func(b *testing.B) { repeat(b, p.bare) })
			b.Run(p.name+"/ours", func(b *testing.B) { repeat(b, p.ours) })
			b.Run(p.name+"/ratio", func(b *testing.B) { inTurn(b, p) })
		}
	}
}

func repeat(b *testing.B, call func() error) {
	b.ReportAllocs()
	for b.Loop() {
		if err := call(); err != nil {
			b.Fatal(err)
		}
	}
}

// inTurn reports the medians of a pair. Short calls are measured several at a time,
// because the clock has steps.
func inTurn(b *testing.B, p pair) {
	const span = 50 * time.Microsecond
	timed := func(call func() error, times int) float64 {
		start := time.Now()
		for range times {
			if err := call(); err != nil {
				b.Fatal(err)
			}
		}
		return float64(time.Since(start).Nanoseconds()) / float64(times)
	}
	times := 1 + int(float64(span.Nanoseconds())/max(timed(p.bare, 8), 1))
	var ratios, bare, ours []float64
	for b.Loop() {
		// Alternately first, so that neither always finds the caches warm.
		var one, other float64
		if len(bare)%2 == 0 {
			one, other = timed(p.bare, times), timed(p.ours, times)
		} else {
			other, one = timed(p.ours, times), timed(p.bare, times)
		}
		ratios, bare, ours = append(ratios, other/one), append(bare, one), append(ours, other)
	}
	slices.Sort(ratios)
	slices.Sort(bare)
	b.ReportMetric(ratios[len(ratios)/2], "p50-ratio")
	b.ReportMetric(slices.Min(ours)/bare[0], "min-ratio")
	b.ReportMetric(bare[len(bare)/2], "p50-bare-ns")
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
}

func pssPairs(b *testing.B) []pair {
	key, raw := privateKey(b), rsaKey()
	options := &rsa.PSSOptions{SaltLength: 32}
	digest := sha256.Sum256(message(payload))
	signature, err := sign.SignPSS(key, payload, pssTime, pssNonce)
	if err != nil {
		b.Fatal(err)
	}
	bytes, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		b.Fatal(err)
	}
	public := key.Public()
	return []pair{
		{"SignPSS", func() error {
			_, err := rsa.SignPSS(rand.Reader, raw, crypto.SHA256, digest[:], options)
			return err
		}, func() error {
			_, err := sign.SignPSS(key, payload, pssTime, pssNonce)
			return err
		}},
		{"VerifyPSS", func() error {
			return rsa.VerifyPSS(&raw.PublicKey, crypto.SHA256, digest[:], bytes, nil)
		}, func() error { return sign.VerifyPSS(public, signature, payload, pssTime, pssNonce) }},
	}
}

func gcmPairs(b *testing.B) []pair {
	key, aead := aesKey(b), bare(b)
	body, err := key.SealBody(payload)
	if err != nil {
		b.Fatal(err)
	}
	text := string(body[len(`{"data":"`) : len(body)-len(`"}`)])
	return []pair{
		{"SealBody", func() error {
			nonce := make([]byte, 12, 12+len(payload)+16)
			_, _ = rand.Read(nonce)
			_ = base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, payload, nil))
			return nil
		}, func() error {
			_, err := key.SealBody(payload)
			return err
		}},
		{"OpenBody", func() error {
			sealed, err := base64.StdEncoding.DecodeString(text)
			if err == nil {
				_, err = aead.Open(nil, sealed[:12], sealed[12:], nil)
			}
			return err
		}, func() error {
			_, err := key.OpenBody(body)
			return err
		}},
	}
}

func envelopePairs(b *testing.B) []pair {
	own, raw := privateKey(b), rsaKey()
	peer, profile := own.Public(), sign.Profile{}
	pin := issuing.NewSecret("135790")
	pinProfile := sign.PINProfile{Padding: sign.PINPaddingOAEPSHA256, Encoding: sign.PINEncodingBase64}
	return []pair{
		{"Profile.Seal", func() error {
			key := make([]byte, 16)
			_, _ = rand.Read(key)
			block, err := aes.NewCipher(key)
			if err != nil {
				return err
			}
			sealed := make([]byte, (len(payload)/16+1)*16)
			copy(sealed, payload)
			for rest := sealed; len(rest) > 0; rest = rest[16:] {
				block.Encrypt(rest, rest)
			}
			//lint:ignore SA1019 the default profile's wrap
			if _, err := rsa.EncryptPKCS1v15(rand.Reader, &raw.PublicKey, key); err != nil {
				return err
			}
			digest := sha1.Sum(payload)
			_, err = rsa.SignPKCS1v15(nil, raw, crypto.SHA1, digest[:])
			return err
		}, func() error {
			_, err := profile.Seal(own, peer, []byte(`{"sysId":"1"}`), payload)
			return err
		}},
		{"SealPIN", func() error {
			_, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, make([]byte, 8), nil)
			return err
		}, func() error {
			_, err := sign.SealPIN(peer, pinProfile, pin)
			return err
		}},
	}
}

func upiPairs(b *testing.B) []pair {
	v, key, raw := upiVectors[0], upiPrivate(b), rsaPrivate(b)
	verifier, jws, body := v.verifier(b), upiFile(b, v.jws), []byte(upiFile(b, v.body))
	digest := sha256.Sum256(body)
	signature, err := rsa.SignPKCS1v15(nil, raw, crypto.SHA256, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	return []pair{
		{"SignUPI", func() error {
			_, err := rsa.SignPKCS1v15(nil, raw, crypto.SHA256, digest[:])
			return err
		}, func() error {
			_, err := sign.SignUPI(key, v.header, body)
			return err
		}},
		{"UPIVerifier.Verify", func() error {
			return rsa.VerifyPKCS1v15(&raw.PublicKey, crypto.SHA256, digest[:], signature)
		}, func() error {
			_, err := verifier.Verify(jws, body, v.want)
			return err
		}},
	}
}

func umpsPairs(b *testing.B) []pair {
	key, raw, keys := upiPrivate(b), rsaPrivate(b), umpsKeys(b)
	unsigned, signed := []byte(upiFile(b, "umps.json")), []byte(umpsSigned(b, "umps.sig"))
	digest := sha256.Sum256(unsigned)
	signature, err := rsa.SignPKCS1v15(nil, raw, 0, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	return []pair{
		{"UMPS.Sign", func() error {
			_, err := rsa.SignPKCS1v15(nil, raw, 0, digest[:])
			return err
		}, func() error {
			_, err := sign.UMPS{}.Sign(key, unsigned)
			return err
		}},
		{"UMPS.Verify", func() error {
			return rsa.VerifyPKCS1v15(&raw.PublicKey, 0, digest[:], signature)
		}, func() error {
			if id, err := (sign.UMPS{}).Verify(keys, "appSignCertID", signed); err != nil || id != umpsID {
				return errors.Join(err, errors.New("does not verify"))
			}
			return nil
		}},
	}
}
