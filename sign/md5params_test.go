package sign_test

import (
	"crypto/aes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

const (
	secretV1    = "owfwFkDnlCuiUTYz"
	signatureV1 = "2f64566717836f1b62276519ac71aaf3"
	canonicalV1 = "amount=1&appId=YTUvZeeOdx&appSecret=owfwFkDnlCuiUTYz&callbackUrl=http://127.0.0.1:8921/api/callback/test" +
		"&itemId=100001&outOrderId=2975857684279803&timestamp=20200717133601001&uuid=18898810602"
)

func params(pairs ...string) []sign.Param {
	var out []sign.Param
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, sign.Param{Name: pairs[i], Value: pairs[i+1]})
	}
	return out
}

// paramsV1 are the published example's, out of order and with an empty one.
func paramsV1() []sign.Param {
	return params("uuid", "18898810602", "amount", "1", "timestamp", "20200717133601001", "empty", "",
		"itemId", "100001", "appId", "YTUvZeeOdx", "outOrderId", "2975857684279803",
		"callbackUrl", "http://127.0.0.1:8921/api/callback/test")
}

func TestSignParamsVector(t *testing.T) {
	t.Parallel()
	sum := md5.Sum([]byte(canonicalV1))
	if got := hex.EncodeToString(sum[:]); got != signatureV1 {
		t.Fatalf("the published text has the MD5 %s", got)
	}
	s := appSecret(t, secretV1)
	in := paramsV1()
	got, err := s.SignParams(in)
	if err != nil || got != signatureV1 {
		t.Errorf("SignParams = %s, %v; want %s", got, err, signatureV1)
	}
	if in[0].Name != "uuid" {
		t.Error("the caller's slice was reordered")
	}
	for _, signature := range []string{signatureV1, strings.ToUpper(signatureV1)} {
		if err := s.VerifyParams(signature, in); err != nil {
			t.Errorf("VerifyParams(%s) = %v", signature, err)
		}
	}
}

func TestSignParamsRules(t *testing.T) {
	t.Parallel()
	s := appSecret(t, secretV1)
	for _, tc := range []struct {
		name string
		in   []sign.Param
		want string // the canonical text with SECRET for the secret
	}{
		{"none", nil, "appSecret=SECRET"},
		{"the secret is sorted in", params("z", "1", "a", "2", "appSecreu", "3", "appSecres", "4"), "a=2&appSecres=4&appSecret=SECRET&appSecreu=3&z=1"},
		{"capitals come first", params("b", "1", "B", "2"), "B=2&appSecret=SECRET&b=1"},
		{"zero and false are values", params("n", "0", "o", "false"), "appSecret=SECRET&n=0&o=false"},
		{"nothing is escaped", params("u", "a b&c=d/é%20"), "appSecret=SECRET&u=a b&c=d/é%20"},
		{"longer names follow", params("ab", "1", "a", "2"), "a=2&ab=1&appSecret=SECRET"},
	} {
		sum := md5.Sum([]byte(strings.ReplaceAll(tc.want, "SECRET", secretV1)))
		if got, err := s.SignParams(tc.in); err != nil || got != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %s, %v; want the MD5 of %s", tc.name, got, err, tc.want)
		}
	}
}

func TestSignParamsRefusesRepeats(t *testing.T) {
	t.Parallel()
	s := appSecret(t, secretV1)
	for _, in := range [][]sign.Param{
		params("a", "1", "b", "2", "a", "3"), params("a", "1", "a", ""), params("appSecret", "x"), params("appSecret", ""),
	} {
		if got, err := s.SignParams(in); err == nil {
			t.Errorf("%s: signed as %s", in, got)
		}
		if err := s.VerifyParams(signatureV1, in); !errors.Is(err, sign.ErrVerify) {
			t.Errorf("verify: %v", err)
		}
	}
	if _, err := (sign.AppSecret{}).SignParams(nil); !errors.Is(err, sign.ErrKey) {
		t.Errorf("zero secret: %v", err)
	}
	if err := (sign.AppSecret{}).VerifyParams(signatureV1, nil); !errors.Is(err, sign.ErrKey) {
		t.Errorf("zero secret: %v", err)
	}
}

func TestVerifyParamsRefuses(t *testing.T) {
	t.Parallel()
	s := appSecret(t, secretV1)
	for _, signature := range []string{
		"", "x", signatureV1[:31], signatureV1 + "0", strings.Repeat("g", 32), strings.Repeat("0", 32), " " + signatureV1[1:],
	} {
		if err := s.VerifyParams(signature, paramsV1()); !errors.Is(err, sign.ErrVerify) {
			t.Errorf("%q: %v, want ErrVerify", signature, err)
		}
	}
	for i := range signatureV1 {
		changed := []byte(signatureV1)
		changed[i] = "0123456789abcdef0"[strings.IndexByte("0123456789abcdef", changed[i])+1]
		if err := s.VerifyParams(string(changed), paramsV1()); !errors.Is(err, sign.ErrVerify) {
			t.Errorf("digit %d changed: %v", i, err)
		}
	}
	for i := range paramsV1() {
		in := paramsV1()
		in[i].Value = "x" + in[i].Value
		if err := s.VerifyParams(signatureV1, in); !errors.Is(err, sign.ErrVerify) {
			t.Errorf("%s changed: %v", in[i].Name, err)
		}
	}
}

// twenty is a request of 20 fields, the size that the allocation budget is for.
func twenty() []sign.Param {
	var out []sign.Param
	for i := range 20 {
		out = append(out, params(fmt.Sprintf("field%02d", 19-i), fmt.Sprintf("value of field %d", i))...)
	}
	return out
}

func TestSignParamsAllocations(t *testing.T) {
	s := appSecret(t, secretV1)
	in := twenty()
	if n := testing.AllocsPerRun(100, func() { _, _ = s.SignParams(in) }); n > 12 {
		t.Errorf("signing 20 fields allocates %v times, want 12 or fewer", n)
	}
}

func BenchmarkSignParams(b *testing.B) {
	s := appSecret(b, secretV1)
	in := twenty()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.SignParams(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAESBlock is the bare cipher over the one block of a PIN.
func BenchmarkAESBlock(b *testing.B) {
	block, err := aes.NewCipher([]byte(secretV3))
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, aes.BlockSize)
	b.ReportAllocs()
	for b.Loop() {
		block.Encrypt(data, data)
	}
}

// BenchmarkMD5 is the bare hash over the same number of bytes.
func BenchmarkMD5(b *testing.B) {
	var text []byte
	for _, p := range twenty() {
		text = append(append(text, p.Name...), p.Value...)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = md5.Sum(text)
	}
}

func BenchmarkAppSecretEncrypt(b *testing.B) {
	s := appSecret(b, secretV3)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Encrypt([]byte("123456")); err != nil {
			b.Fatal(err)
		}
	}
}
