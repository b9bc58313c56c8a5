package sign_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

const umpsID = "1508406698"

func umpsSigned(t testing.TB, name string) string {
	t.Helper()
	return strings.Replace(upiFile(t, "umps.json"), `"signature":"00000000"`, `"signature":"`+upiFile(t, name)+`"`, 1)
}

func umpsKeys(t testing.TB) map[string]sign.PublicKey {
	t.Helper()
	return map[string]sign.PublicKey{umpsID: upiPublic(t)}
}

var umpsVariants = []struct {
	name string
	umps sign.UMPS
	file string
}{
	{"without DigestInfo", sign.UMPS{}, "umps.sig"},
	{"with DigestInfo", sign.UMPS{DigestInfo: true}, "umps_digestinfo.sig"},
}

func TestUMPSVectors(t *testing.T) {
	t.Parallel()
	for _, v := range umpsVariants {
		got, err := v.umps.Sign(upiPrivate(t), []byte(upiFile(t, "umps.json")))
		if err != nil || string(got) != umpsSigned(t, v.file) {
			t.Errorf("%s: signed %s, %v", v.name, got, err)
		}
		if id, err := v.umps.Verify(umpsKeys(t), "appSignCertID", got); err != nil || id != umpsID {
			t.Errorf("%s: %q, %v", v.name, id, err)
		}
		other := sign.UMPS{DigestInfo: !v.umps.DigestInfo}
		if _, err := other.Verify(umpsKeys(t), "appSignCertID", got); !errors.Is(err, sign.ErrVerify) {
			t.Errorf("%s passes as the other variant: %v", v.name, err)
		}
	}
	if got, err := sign.DecryptUMPS(upiPrivate(t), upiFile(t, "umps_field.txt")); err != nil || string(got) != "6250945000000004" {
		t.Errorf("field: %q, %v", got, err)
	}
}

// TestUMPSOneByte changes every byte of a signed message.
func TestUMPSOneByte(t *testing.T) {
	t.Parallel()
	for _, v := range umpsVariants {
		message := umpsSigned(t, v.file)
		for i := range len(message) {
			for _, c := range []byte{message[i] ^ 1, ' ', '0', '=', '"'} {
				if c == message[i] {
					continue
				}
				changed := message[:i] + string([]byte{c}) + message[i+1:]
				if _, err := v.umps.Verify(umpsKeys(t), "appSignCertID", []byte(changed)); !errors.Is(err, sign.ErrVerify) {
					t.Fatalf("%s: byte %d as %q: %v", v.name, i, c, err)
				}
			}
		}
	}
}

func TestUMPSReceivedBytes(t *testing.T) {
	t.Parallel()
	good := umpsSigned(t, "umps.sig")
	signature := upiFile(t, "umps.sig")
	cases := map[string]struct {
		message string
		ok      bool
	}{
		"as sent":               {good, true},
		"pretty-printed":        {strings.NewReplacer(`{`, "{\n  ", `,"`, ",\n  \"", `":`, `": `).Replace(good), true},
		"white space around":    {"\n " + good + "\n", true},
		"slashes escaped":       {strings.Replace(good, signature, strings.ReplaceAll(signature, "/", `\/`), 1), true},
		"order changed":         {`{"trxInfo":{},` + good[1:], false},
		"member dropped":        {strings.Replace(good, `"walletID":"00520446"`, `"x":"00520446"`, 1), false},
		"two objects":           {good[:len(good)-1] + `,"certificateSignature":{"appSignCertID":"1508406698","signature":"` + signature + `"}}`, false},
		"two signatures":        {strings.Replace(good, `"signature"`, `"signature":"00000000","signature"`, 1), false},
		"two by escape":         {strings.Replace(good, `"signature"`, `"signatur\u0065":"00000000","signature"`, 1), false},
		"no object":             {`{"msgInfo":{}}`, false},
		"no signature":          {`{"certificateSignature":{"appSignCertID":"1508406698"}}`, false},
		"signature a number":    {`{"certificateSignature":{"appSignCertID":"1508406698","signature":0}}`, false},
		"object an array":       {`{"certificateSignature":[]}`, false},
		"placeholder":           {upiFile(t, "umps.json"), false},
		"unknown id":            {strings.Replace(good, umpsID, "1508406699", 1), false},
		"not JSON":              {good[:len(good)-1], false},
		"empty":                 {"", false},
		"signature in trxInfo":  {strings.Replace(good, `"trxInfo":{`, `"trxInfo":{"signature":"00000000",`, 1), false},
		"deep":                  {strings.Repeat(`{"certificateSignature":`, 20_000), false},
		"signature with breaks": {strings.Replace(good, signature[:64], signature[:64]+`\r\n`, 1), false},
	}
	for name, c := range cases {
		_, err := sign.UMPS{}.Verify(umpsKeys(t), "appSignCertID", []byte(c.message))
		if (err == nil) != c.ok || (err != nil && !errors.Is(err, sign.ErrVerify)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (sign.UMPS{}).Verify(umpsKeys(t), "umpsSignCertID", []byte(good)); !errors.Is(err, sign.ErrVerify) {
		t.Errorf("the id of the other direction: %v", err)
	}
}

func TestUMPSSignRefuses(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{
		"signed already": umpsSigned(t, "umps.sig"), "no object": `{}`, "not JSON": `{`,
	} {
		if _, err := (sign.UMPS{}).Sign(upiPrivate(t), []byte(message)); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	if _, err := (sign.UMPS{}).Sign(sign.PrivateKey{}, []byte(upiFile(t, "umps.json"))); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no key: %v", err)
	}
}

func TestUMPSFields(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 116, 117, 118, 234, 235, 2000} {
		plaintext := strings.Repeat("7", n)
		text, err := sign.EncryptUMPS(upiPublic(t), []byte(plaintext))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if blocks := max((n+116)/117, 1); err != nil || len(raw) != blocks*256 {
			t.Errorf("%d bytes: %d encrypted, %v", n, len(raw), err)
		}
		if got, err := sign.DecryptUMPS(upiPrivate(t), text); err != nil || string(got) != plaintext {
			t.Errorf("%d bytes: got %d, %v", n, len(got), err)
		}
	}
	good, err := base64.StdEncoding.DecodeString(upiFile(t, "umps_field.txt"))
	if err != nil {
		t.Fatal(err)
	}
	good[10] ^= 1
	for name, text := range map[string]string{
		"altered": base64.StdEncoding.EncodeToString(good), "empty": "", "short": "AAAA", "no Base64": "!!!",
		"huge": strings.Repeat("A", 1<<20),
	} {
		if _, err := sign.DecryptUMPS(upiPrivate(t), text); !errors.Is(err, sign.ErrDecrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sign.EncryptUMPS(upiPublic(t), make([]byte, 1<<20)); err == nil {
		t.Error("a megabyte was encrypted")
	}
}

func FuzzUMPSVerify(f *testing.F) {
	f.Add([]byte(umpsSigned(f, "umps.sig")))
	f.Add([]byte(upiFile(f, "umps.json")))
	f.Add([]byte(`{"certificateSignature":{"signature":"AA==","appSignCertID":"1508406698"}}`))
	f.Add([]byte(`{"certificateSignature":1e400}`))
	keys := umpsKeys(f)
	placeholder := upiFile(f, "umps.json")
	f.Fuzz(func(t *testing.T, message []byte) {
		if _, err := (sign.UMPS{}).Verify(keys, "appSignCertID", message); err == nil && !strings.Contains(string(message), "SUSPEND") {
			t.Errorf("a forged message verified; the signed one is %s", placeholder)
		}
	})
}
