package sign_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
)

// upiFile reads a vector. The keys there are public: they sign nothing else.
func upiFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "unionpay", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func upiPrivate(t testing.TB) sign.PrivateKey {
	t.Helper()
	key, err := sign.ParsePrivateKey(upiFile(t, "private.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func upiPublic(t testing.TB) sign.PublicKey {
	t.Helper()
	key, err := sign.ParsePublicKey(upiFile(t, "public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

const (
	upiKid   = "20190411000000"
	upiUUID  = "5ba10d46d5d148dfbcc2119c08e01015"
	upiAppID = "00520446"
	upiPath  = "/cams/tr/v1/atmfeedbackinform"
)

var upiTime = time.Unix(1562232686, 0)

// upiVector is one of the JWS vectors.
type upiVector struct {
	name    string
	header  sign.UPIHeader
	body    string // file
	jws     string // file
	protect string // file of the protected header
	digest  string // SHA-256 of the signing input
	want    sign.UPIExpect
}

var upiVectors = []upiVector{
	{"Encoded", sign.UPIHeader{KeyID: upiKid, UUID: upiUUID, Time: upiTime, AppID: upiAppID, Path: upiPath, Mode: sign.UPIModeEncoded},
		"body.json", "encoded.jws", "header.json", "f0422fbe55c8d47c99d0f3efb567711b69f267faa5faa60737c1017bb0d3527d",
		sign.UPIExpect{Now: upiTime, Request: true, Path: upiPath}},
	{"Raw", sign.UPIHeader{KeyID: upiKid, UUID: upiUUID, Time: upiTime, AppID: upiAppID, Path: upiPath, Mode: sign.UPIModeRaw},
		"body.json", "raw.jws", "header.json", "4e52602234bd549d2c3c97ca73780ae0cfb61caddbf6f413de22f5978764136e",
		sign.UPIExpect{Now: upiTime, Request: true, Path: upiPath}},
	{"RFC7797", sign.UPIHeader{KeyID: upiKid, UUID: upiUUID, Time: upiTime, AppID: upiAppID, Path: upiPath, Mode: sign.UPIModeRFC7797},
		"body.json", "rfc7797.jws", "header7797.json", "f6bb37f2fa693b705d81e592cace5b445ee60cdbce957ccc35fb416b5c85738c",
		sign.UPIExpect{Now: upiTime, Request: true, Path: upiPath}},
	{"response", sign.UPIHeader{KeyID: "1555570302", UUID: upiUUID, Time: upiTime.Add(time.Second), AppID: upiAppID, Mode: sign.UPIModeEncoded},
		"response.json", "response.jws", "response_header.json", "2f3856997c48f249b0c6f24ed1a08b4231e6c4d2ffa9795b4c6b6502fe1aaf3d",
		sign.UPIExpect{Now: upiTime, UUID: upiUUID, StrictUUID: true}},
}

func (v upiVector) verifier(t testing.TB) sign.UPIVerifier {
	t.Helper()
	return sign.UPIVerifier{
		Keys: map[string]sign.PublicKey{v.header.KeyID: upiPublic(t)}, Mode: v.header.Mode, AppIDs: []string{upiAppID},
	}
}

func TestUPIVectors(t *testing.T) {
	t.Parallel()
	for _, v := range upiVectors {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			body, want := []byte(upiFile(t, v.body)), upiFile(t, v.jws)
			got, err := sign.SignUPI(upiPrivate(t), v.header, body)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("signed\n%s\nwant\n%s", got, want)
			}
			protected, _, _ := strings.Cut(got, "..")
			if header, _ := base64.RawURLEncoding.DecodeString(protected); string(header) != upiFile(t, v.protect) {
				t.Errorf("protected header %s", header)
			}
			input := protected + "."
			if v.header.Mode == sign.UPIModeEncoded {
				input += base64.RawURLEncoding.EncodeToString(body)
			} else {
				input += string(body)
			}
			if sum := sha256.Sum256([]byte(input)); hex.EncodeToString(sum[:]) != v.digest {
				t.Errorf("signing input hashes to %x", sum)
			}
			h, err := v.verifier(t).Verify(want, body, v.want)
			if err != nil {
				t.Fatal(err)
			}
			if !h.Time.Equal(v.header.Time) {
				t.Errorf("time %v", h.Time)
			}
			h.Time = v.header.Time
			if h != v.header {
				t.Errorf("verified as %+v", h)
			}
		})
	}
}

// TestUPIOneByte changes every byte of header and body, one at a time.
func TestUPIOneByte(t *testing.T) {
	t.Parallel()
	for _, v := range upiVectors {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			body, jws := upiFile(t, v.body), upiFile(t, v.jws)
			verifier := v.verifier(t)
			for i := range len(jws) {
				for _, c := range []byte{jws[i] ^ 1, 'A', '.', '=', ' '} {
					changed := jws[:i] + string([]byte{c}) + jws[i+1:]
					if _, err := verifier.Verify(changed, []byte(body), v.want); c != jws[i] && !errors.Is(err, sign.ErrVerify) {
						t.Fatalf("header byte %d as %q: %v", i, c, err)
					}
				}
			}
			for i := range len(body) {
				changed := body[:i] + string([]byte{body[i] ^ 1}) + body[i+1:]
				if _, err := verifier.Verify(jws, []byte(changed), v.want); !errors.Is(err, sign.ErrVerify) {
					t.Fatalf("body byte %d: %v", i, err)
				}
			}
			for _, body := range []string{body + "\n", body[:len(body)-1], ""} {
				if _, err := verifier.Verify(jws, []byte(body), v.want); !errors.Is(err, sign.ErrVerify) {
					t.Errorf("body of %d bytes: %v", len(body), err)
				}
			}
		})
	}
}

// TestUPIModesDiffer: a message of one mode does not pass in another, but for
// RFC 7797, which its header announces.
func TestUPIModesDiffer(t *testing.T) {
	t.Parallel()
	body := []byte(upiFile(t, "body.json"))
	for _, v := range upiVectors[:3] {
		for _, mode := range []sign.UPIMode{sign.UPIModeEncoded, sign.UPIModeRaw, sign.UPIModeRFC7797} {
			verifier := v.verifier(t)
			verifier.Mode = mode
			_, err := verifier.Verify(upiFile(t, v.jws), body, v.want)
			if ok := mode == v.header.Mode || v.header.Mode == sign.UPIModeRFC7797; ok != (err == nil) {
				t.Errorf("%s verified as %s: %v", v.name, mode, err)
			}
		}
		lenient := v.verifier(t)
		lenient.Mode, lenient.Lenient = sign.UPIModeEncoded, true
		if h, err := lenient.Verify(upiFile(t, v.jws), body, v.want); err != nil || h.Mode != v.header.Mode {
			t.Errorf("%s leniently: %v, %v", v.name, h.Mode, err)
		}
	}
}

func TestUPIEmptyAndLongBodies(t *testing.T) {
	t.Parallel()
	for _, v := range upiVectors[:3] {
		for _, n := range []int{0, 1, 2, 3, 3071, 3072, 3073, 6144, 100_000} {
			body := []byte(strings.Repeat("\x00é<", n)[:n])
			jws, err := sign.SignUPI(upiPrivate(t), v.header, body)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := v.verifier(t).Verify(jws, body, v.want); err != nil {
				t.Errorf("%s, %d bytes: %v", v.name, n, err)
			}
			protected, signature, _ := strings.Cut(jws, "..")
			if v.header.Mode != sign.UPIModeEncoded {
				continue
			}
			raw, err := base64.RawURLEncoding.DecodeString(signature)
			if err != nil {
				t.Fatal(err)
			}
			input := protected + "." + base64.RawURLEncoding.EncodeToString(body)
			if err := verifyPKCS1(t, input, raw); err != nil {
				t.Errorf("%d bytes by crypto/rsa: %v", n, err)
			}
		}
	}
}

func TestSignUPIRefuses(t *testing.T) {
	t.Parallel()
	good := upiVectors[0].header
	for name, change := range map[string]func(*sign.UPIHeader){
		"no kid":          func(h *sign.UPIHeader) { h.KeyID = "" },
		"quote in kid":    func(h *sign.UPIHeader) { h.KeyID = `a"b` },
		"newline in UUID": func(h *sign.UPIHeader) { h.UUID = "a\nb" },
		"no app":          func(h *sign.UPIHeader) { h.AppID = "" },
		"backslash path":  func(h *sign.UPIHeader) { h.Path = `/a\b` },
		"no time":         func(h *sign.UPIHeader) { h.Time = time.Time{} },
		"unknown mode":    func(h *sign.UPIHeader) { h.Mode = 7 },
	} {
		h := good
		change(&h)
		if _, err := sign.SignUPI(upiPrivate(t), h, nil); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	if _, err := sign.SignUPI(sign.PrivateKey{}, good, nil); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no key: %v", err)
	}
}
