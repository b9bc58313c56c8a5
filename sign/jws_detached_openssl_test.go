package sign_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// TestOpenSSLVerifies has the command line verify our signatures, of both
// profiles.
func TestOpenSSLVerifies(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	public := write("public.pem", []byte(upiFile(t, "public.pem")))
	verify := func(signature, input string) error {
		raw, err := base64.RawURLEncoding.DecodeString(signature)
		if err != nil {
			t.Fatal(err)
		}
		return exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-verify", public,
			"-signature", write("signature", raw), write("input", []byte(input))).Run()
	}
	body := []byte(`{"bankName":"` + strings.Repeat("𠮷</script>", 100) + `"}`)
	for _, v := range upiVectors[:3] {
		jws, err := sign.SignUPI(upiPrivate(t), v.header, body)
		if err != nil {
			t.Fatal(err)
		}
		protected, signature, _ := strings.Cut(jws, "..")
		input := protected + "." + string(body)
		if v.header.Mode == sign.UPIModeEncoded {
			input = protected + "." + base64.RawURLEncoding.EncodeToString(body)
		}
		if err := verify(signature, input); err != nil {
			t.Errorf("%s: openssl does not verify: %v", v.name, err)
		}
		if err := verify(signature, input+" "); err == nil {
			t.Errorf("%s: openssl verifies anything", v.name)
		}
	}
}
