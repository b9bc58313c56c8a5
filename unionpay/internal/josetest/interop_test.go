package josetest_test

import (
	"bufio"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// node is a running interop.mjs.
type node struct {
	t      *testing.T
	stdin  io.Writer
	stdout *bufio.Scanner
}

// startNode installs the pinned package into a directory of the test's own and
// starts the script there.
func startNode(t *testing.T) *node {
	t.Helper()
	npm, npmErr := exec.LookPath("npm")
	program, nodeErr := exec.LookPath("node")
	if npmErr != nil || nodeErr != nil {
		t.Skip("Node or npm is not installed")
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "interop.mjs"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("jose cannot be installed: %v\n%s", err, out)
	}
	args := []string{"--no-deprecation", "interop.mjs"}
	// Older releases refuse to decrypt RSA1_5 at all, newer ones do it without an
	// oracle and do not know the option any more.
	const allow = "--security-revert=CVE-2023-46809"
	if exec.CommandContext(t.Context(), program, allow, "-e", "0").Run() == nil {
		args = append([]string{allow}, args...)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	scanner := bufio.NewScanner(stdout)
	scanner.Buffer(nil, 1<<20)
	return &node{t: t, stdin: stdin, stdout: scanner}
}

// ask sends a command and decodes the result; it returns jose's error text.
func (n *node) ask(command map[string]string, result any) string {
	n.t.Helper()
	line, err := json.Marshal(command)
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := n.stdin.Write(append(line, '\n')); err != nil {
		n.t.Fatal(err)
	}
	for more := true; more; more = !strings.HasPrefix(n.stdout.Text(), "{") {
		// Node prints its warning about the option on stdout.
		if !n.stdout.Scan() {
			n.t.Fatal("the script has ended")
		}
	}
	var answer struct {
		Result json.RawMessage
		Error  string
	}
	if err := json.Unmarshal(n.stdout.Bytes(), &answer); err != nil {
		n.t.Fatal(err)
	}
	if answer.Error == "" && result != nil {
		if err := json.Unmarshal(answer.Result, result); err != nil {
			n.t.Fatal(err)
		}
	}
	return answer.Error
}

func TestJose(t *testing.T) {
	n := startNode(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	privatePEM := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	private, err := sign.NewPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	publicText, err := private.Public().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := string(publicText)

	t.Run("verifies our JWS", func(t *testing.T) {
		body := `{"bankName":"` + strings.Repeat("上海𠮷</script>", 50) + `"}`
		for _, mode := range []sign.UPIMode{sign.UPIModeEncoded, sign.UPIModeRFC7797} {
			for _, path := range []string{"/cams/tr/v1/atmfeedbackinform", ""} {
				jws, err := sign.SignUPI(private, sign.UPIHeader{
					KeyID: "20190411000000", UUID: "5ba10d46d5d148dfbcc2119c08e01015", Time: time.Unix(1562232686, 0),
					AppID: "00520446", Path: path, Mode: mode,
				}, []byte(body))
				if err != nil {
					t.Fatal(err)
				}
				payload := body
				if mode == sign.UPIModeEncoded {
					payload = base64.RawURLEncoding.EncodeToString([]byte(body))
				}
				var header map[string]any
				if text := n.ask(map[string]string{"do": "verify", "jws": jws, "payload": payload, "key": publicPEM}, &header); text != "" {
					t.Errorf("%s: %s", mode, text)
				}
				if header["kid"] != "20190411000000" || header["UPI-TIMESTAMP"] != "1562232686" {
					t.Errorf("%s: header %v", mode, header)
				}
				if text := n.ask(map[string]string{"do": "verify", "jws": jws, "payload": payload + "A", "key": publicPEM}, nil); text == "" {
					t.Errorf("%s: jose verifies anything", mode)
				}
			}
		}
	})

	t.Run("exchanges JWE", func(t *testing.T) {
		for _, j := range []jose.UPIJWE{
			{}, {Alg: jose.UPIKeyAlgorithmRSAOAEP}, {Alg: jose.UPIKeyAlgorithmRSAOAEP256, Enc: jose.UPIContentEncryptionA256GCM}, {Enc: jose.UPIContentEncryptionA256CBCHS512}, {Enc: jose.UPIContentEncryptionA128GCM},
		} {
			alg, enc := string(j.Alg), string(j.Enc)
			if alg == "" {
				alg = "RSA1_5"
			}
			if enc == "" {
				enc = "A128CBC-HS256"
			}
			for _, plaintext := range []string{"6250945000000004", `[{"cvn2":"123","name":"上海𠮷"}]`, strings.Repeat("x", 5000)} {
				ours, err := j.Encrypt(private.Public(), "20190411000000", []byte(plaintext))
				if err != nil {
					t.Fatal(err)
				}
				var opened struct {
					Plaintext string
					Header    map[string]string
				}
				if text := n.ask(map[string]string{"do": "decrypt", "jwe": ours, "key": privatePEM, "alg": alg, "enc": enc}, &opened); text != "" {
					t.Errorf("%s %s: jose does not open ours: %s", alg, enc, text)
				}
				if opened.Plaintext != plaintext || opened.Header["kid"] != "20190411000000" {
					t.Errorf("%s %s: jose opens something else", alg, enc)
				}
				var sealed struct{ JWE string }
				if text := n.ask(map[string]string{
					"do": "encrypt", "plaintext": plaintext, "key": publicPEM, "kid": "20190411000000", "alg": alg, "enc": enc,
				}, &sealed); text != "" {
					t.Fatalf("%s %s: jose does not encrypt: %s", alg, enc, text)
				}
				got, err := j.Decrypt(map[string]sign.PrivateKey{"20190411000000": private}, sealed.JWE)
				if err != nil || string(got) != plaintext {
					t.Errorf("%s %s: we do not open jose's: %v", alg, enc, err)
				}
			}
		}
	})
}
