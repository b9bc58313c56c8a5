package sign_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
)

func rsaPrivate(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(upiFile(t, "private.pem")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func verifyPKCS1(t testing.TB, input string, signature []byte) error {
	t.Helper()
	digest := sha256.Sum256([]byte(input))
	return rsa.VerifyPKCS1v15(&rsaPrivate(t).PublicKey, crypto.SHA256, digest[:], signature)
}

// forge signs any protected header, as a sender with other ideas would.
func forge(t testing.TB, header, body string) string {
	t.Helper()
	protected := base64.RawURLEncoding.EncodeToString([]byte(header))
	digest := sha256.Sum256([]byte(protected + "." + base64.RawURLEncoding.EncodeToString([]byte(body))))
	signature, err := rsa.SignPKCS1v15(rand.Reader, rsaPrivate(t), crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return protected + ".." + base64.RawURLEncoding.EncodeToString(signature)
}

// TestUPISteps fails at each step and nowhere else: every message but for the one
// fault is right, signature included.
func TestUPISteps(t *testing.T) {
	t.Parallel()
	header, body, good := upiFile(t, "header.json"), upiFile(t, "body.json"), upiFile(t, "encoded.jws")
	protected, signature, _ := strings.Cut(good, "..")
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(old, new string) string {
		if !strings.Contains(header, old) {
			t.Fatalf("the header has no %s", old)
		}
		return forge(t, strings.Replace(header, old, new, 1), body)
	}
	cases := []struct {
		name   string
		step   sign.UPIStep // 0 passes
		jws    string
		change func(*sign.UPIVerifier, *sign.UPIExpect)
	}{
		{"good", 0, good, nil},
		{"in quotes", 0, `"` + good + `"`, nil},
		{"empty", sign.UPIStepPresent, "", nil},
		{"empty in quotes", sign.UPIStepPresent, `""`, nil},
		{"two parts", sign.UPIStepParts, protected + "." + signature, nil},
		{"payload attached", sign.UPIStepParts, strings.Replace(good, "..", "."+base64.RawURLEncoding.EncodeToString([]byte(body))+".", 1), nil},
		{"four parts", sign.UPIStepParts, good + ".", nil},
		{"huge", sign.UPIStepParts, good + strings.Repeat("A", 20_000), nil},
		{"empty header", sign.UPIStepHeader, ".." + signature, nil},
		{"standard Base64 header", sign.UPIStepHeader, base64.StdEncoding.EncodeToString([]byte(header+"?>")) + "..", nil},
		{"header no object", sign.UPIStepHeader, forge(t, `["RS256"]`, body), nil},
		{"header with a tail", sign.UPIStepHeader, forge(t, header+"{}", body), nil},
		{"duplicate member", sign.UPIStepHeader, replaced(`"alg":"RS256"`, `"alg":"RS256","alg":"RS256"`), nil},
		{"duplicate by escape", sign.UPIStepHeader, replaced(`"alg":"RS256"`, `"alg":"RS256","\u0061lg":"RS256"`), nil},
		{"duplicate but for a space", sign.UPIStepHeader, replaced(`"alg":"RS256"`, `"alg":"RS256","al g":"RS256"`), func(v *sign.UPIVerifier, _ *sign.UPIExpect) { v.Lenient = true }},
		{"header with a line break", sign.UPIStepHeader, good[:40] + "\n" + good[40:], nil},
		{"alg none", sign.UPIStepAlg, replaced("RS256", "none"), nil},
		{"alg HS256", sign.UPIStepAlg, replaced("RS256", "HS256"), nil},
		{"alg PS256", sign.UPIStepAlg, replaced("RS256", "PS256"), nil},
		{"alg lower case", sign.UPIStepAlg, replaced("RS256", "rs256"), nil},
		{"alg missing", sign.UPIStepAlg, replaced(`"alg":"RS256",`, ""), nil},
		{"crit empty", sign.UPIStepCrit, replaced(`["UPI-UUID","UPI-TIMESTAMP","UPI-APPID","UPI-REQPATH"]`, "[]"), nil},
		{"crit no array", sign.UPIStepCrit, replaced(`["UPI-UUID","UPI-TIMESTAMP","UPI-APPID","UPI-REQPATH"]`, `"UPI-UUID"`), nil},
		{"crit unknown", sign.UPIStepCrit, replaced(`["UPI-UUID"`, `["UPI-NEW","UPI-UUID"`), nil},
		{"crit not there", sign.UPIStepCrit, replaced(`["UPI-UUID"`, `["b64","UPI-UUID"`), nil},
		{"crit twice", sign.UPIStepCrit, replaced(`["UPI-UUID"`, `["UPI-UUID","UPI-UUID"`), nil},
		{"b64 not in crit", sign.UPIStepCrit, replaced(`"crit"`, `"b64":false,"crit"`), nil},
		{"b64 no bool", sign.UPIStepCrit, replaced(`"crit":[`, `"b64":"false","crit":["b64",`), nil},
		{"mode RFC7797 without b64", sign.UPIStepCrit, good, func(v *sign.UPIVerifier, _ *sign.UPIExpect) { v.Mode = sign.UPIModeRFC7797 }},
		{"crit missing", 0, replaced(`"crit":["UPI-UUID","UPI-TIMESTAMP","UPI-APPID","UPI-REQPATH"],`, ""), nil},
		{"kid unknown", sign.UPIStepKey, replaced("20190411000000", "20190411000001"), nil},
		{"kid missing", sign.UPIStepKey, replaced(`"kid":"20190411000000",`, ""), nil},
		{"key in the message", sign.UPIStepKey, replaced(`"kid":"20190411000000"`, `"jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}`), nil},
		{"signature empty", sign.UPIStepEncoding, protected + "..", nil},
		{"signature no Base64", sign.UPIStepEncoding, protected + "..!!!!", nil},
		{"signature in standard Base64", 0, protected + ".." + base64.StdEncoding.EncodeToString(raw), nil},
		{"signature of loose bits", sign.UPIStepEncoding, good[:len(good)-1] + "h", nil},
		{"signature of another message", sign.UPIStepSignature, forge(t, header, body+" "), nil},
		{"signature short", sign.UPIStepSignature, protected + ".." + signature[:40], nil},
		{"payload raw", sign.UPIStepSignature, upiFile(t, "raw.jws"), nil},
		{"time missing", sign.UPIStepTime, replaced(`"UPI-TIMESTAMP":"1562232686"`, `"UPI-TIMESTAMP":""`), nil},
		{"time a number", sign.UPIStepTime, replaced(`"1562232686"`, `1562232686`), nil},
		{"time hex", sign.UPIStepTime, replaced(`"1562232686"`, `"0x5d1dc3ae"`), nil},
		{"time huge", sign.UPIStepTime, replaced(`"1562232686"`, `"15622326861562232686"`), nil},
		{"300 s late", 0, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Now = upiTime.Add(300 * time.Second) }},
		{"301 s late", sign.UPIStepTime, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Now = upiTime.Add(301 * time.Second) }},
		{"300 s early", 0, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Now = upiTime.Add(-300 * time.Second) }},
		{"301 s early", sign.UPIStepTime, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Now = upiTime.Add(-301 * time.Second) }},
		{"other app", sign.UPIStepAppID, replaced(`"UPI-APPID":"00520446"`, `"UPI-APPID":"00520447"`), nil},
		{"no app", sign.UPIStepAppID, replaced(`"UPI-APPID":"00520446"`, `"UPI-APPID":""`), func(v *sign.UPIVerifier, _ *sign.UPIExpect) { v.AppIDs = []string{""} }},
		{"other path", sign.UPIStepPath, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Path = upiPath + "/" }},
		{"no path", sign.UPIStepPath, replaced(`,"UPI-REQPATH":"/cams`, `,"UPI-REQPATH":"","x":"/cams`), func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Path = "" }},
		{"seen", sign.UPIStepReplay, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) {
			w.Seen = func(appID, uuid string) (bool, error) { return appID == upiAppID && uuid == upiUUID, nil }
		}},
		{"no UUID", sign.UPIStepReplay, replaced(`"UPI-UUID":"5ba1`, `"UPI-UUID":"","x":"5ba1`), nil},
		{"long UUID", sign.UPIStepReplay, replaced(`"UPI-UUID":"5ba1`, `"UPI-UUID":"`+strings.Repeat("a", 80)), nil},
		{"another UUID answered", 0, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Request, w.UUID = false, "other" }},
		{"another UUID answered, strictly", sign.UPIStepEcho, good, func(_ *sign.UPIVerifier, w *sign.UPIExpect) {
			w.Request, w.UUID, w.StrictUUID = false, "other", true
		}},
		{"no UUID answered", sign.UPIStepEcho, replaced(`"UPI-UUID":"5ba1`, `"UPI-UUID":"","x":"5ba1`), func(_ *sign.UPIVerifier, w *sign.UPIExpect) { w.Request = false }},
	}
	covered := map[sign.UPIStep]bool{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			verifier, want := upiVectors[0].verifier(t), upiVectors[0].want
			if c.change != nil {
				c.change(&verifier, &want)
			}
			_, err := verifier.Verify(c.jws, []byte(body), want)
			if c.step == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			covered[c.step] = true
			var refused *sign.UPIError
			if !errors.As(err, &refused) || refused.Step != c.step || !errors.Is(err, sign.ErrVerify) {
				t.Errorf("got %v, want step %d", err, int(c.step))
			}
		})
	}
	for step := sign.UPIStepPresent; step <= sign.UPIStepEcho; step++ {
		if !covered[step] {
			t.Errorf("no case fails at step %d", int(step))
		}
	}
}

// TestUPISeenError: the store's failure is not a verdict on the message.
func TestUPISeenError(t *testing.T) {
	t.Parallel()
	down := errors.New("store down")
	want := upiVectors[0].want
	want.Seen = func(string, string) (bool, error) { return false, down }
	_, err := upiVectors[0].verifier(t).Verify(upiFile(t, "encoded.jws"), []byte(upiFile(t, "body.json")), want)
	if !errors.Is(err, down) || errors.Is(err, sign.ErrVerify) {
		t.Errorf("got %v", err)
	}
}

// TestUPIUnsignedProbesNothing: what follows the signature is not looked at
// before the signature fits.
func TestUPIUnsignedProbesNothing(t *testing.T) {
	t.Parallel()
	want := upiVectors[0].want
	want.Now, want.Path = upiTime.AddDate(1, 0, 0), "/elsewhere"
	want.Seen = func(string, string) (bool, error) {
		t.Error("the replay memory was asked about an unsigned message")
		return false, nil
	}
	_, err := upiVectors[0].verifier(t).Verify(upiFile(t, "encoded.jws"), []byte("{}"), want)
	var refused *sign.UPIError
	if !errors.As(err, &refused) || refused.Step != sign.UPIStepSignature {
		t.Errorf("got %v, want the signature's step", err)
	}
}

// TestUPIDocumentedSample reads the stray spaces of the documented header when
// asked to, and refuses them otherwise.
func TestUPIDocumentedSample(t *testing.T) {
	t.Parallel()
	header := strings.NewReplacer(`"UPI-TIMESTAMP":`, `" UPI-TIMESTAMP":`, `"UPI-REQPATH":`, `"UPI- REQPATH":`,
		`"20190411000000"`, `" 20190411000000"`).Replace(upiFile(t, "header.json"))
	jws, body := forge(t, header, upiFile(t, "body.json")), []byte(upiFile(t, "body.json"))
	verifier := upiVectors[0].verifier(t)
	if _, err := verifier.Verify(jws, body, upiVectors[0].want); !errors.Is(err, sign.ErrVerify) {
		t.Errorf("strictly: %v", err)
	}
	verifier.Lenient = true
	if h, err := verifier.Verify(jws, body, upiVectors[0].want); err != nil || h.Path != upiPath {
		t.Errorf("leniently: %+v, %v", h, err)
	}
}

func FuzzUPIVerify(f *testing.F) {
	for _, v := range upiVectors {
		f.Add(upiFile(f, v.jws), []byte(upiFile(f, v.body)))
	}
	f.Add(`""`, []byte("{}"))
	f.Add("e30..AA", []byte(nil))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","crit":["b64"],"b64":1}`))+"..AA", []byte("x"))
	verifier := upiVectors[0].verifier(f)
	known := map[string]string{}
	for _, v := range upiVectors {
		known[upiFile(f, v.jws)] = upiFile(f, v.body)
	}
	f.Fuzz(func(t *testing.T, jws string, body []byte) {
		h, err := verifier.Verify(jws, body, upiVectors[0].want)
		if err == nil && known[strings.Trim(jws, `"`)] != string(body) {
			// Standard Base64 of a known signature is the one other spelling.
			if protected, _, _ := strings.Cut(strings.Trim(jws, `"`), ".."); !strings.HasPrefix(upiFile(t, "encoded.jws"), protected) {
				t.Errorf("a forged message verified: %+v", h)
			}
		}
	})
}
