package sign_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// openssl runs the program in a folder and returns what it prints.
func openssl(t *testing.T, dir string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("there is no openssl on this machine")
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return string(out)
}

// The four parsers, as one type.
func parsers() map[string]func(string) (string, error) {
	return map[string]func(string) (string, error){
		"RSA private": func(s string) (string, error) {
			k, err := sign.ParsePrivateKey(s)
			return k.Public().Fingerprint(), err
		},
		"RSA public": func(s string) (string, error) {
			k, err := sign.ParsePublicKey(s)
			return k.Fingerprint(), err
		},
		"EC private": func(s string) (string, error) {
			k, err := sign.ParseES256Key(s)
			return k.Public().Fingerprint(), err
		},
		"EC public": func(s string) (string, error) {
			k, err := sign.ParseES256PublicKey(s)
			return k.Fingerprint(), err
		},
	}
}

// What openssl writes by itself is read, each by the parsers that find their key in
// it and by no other.
func TestOpenSSLFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(command string) string { return openssl(t, dir, strings.Fields(command)...) }
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rsaKey, ecKey = "RSA private", "EC private"
	ec := run("ecparam -name prime256v1 -genkey")
	write("ec.pem", ec)
	rsa := run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
	write("rsa.pem", rsa)
	pss := run("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32")
	write("pss.pem", pss)
	for _, name := range []string{"rsa", "ec", "pss"} {
		run("req -x509 -new -key " + name + ".pem -subj /CN=" + name + " -days 1 -out " + name + ".crt")
	}
	chain := ""
	for _, name := range []string{"rsa.crt", "pss.crt", "ec.crt"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		chain += "\nsubject=CN = " + name + "\n\n" + string(text)
	}
	write("chain.crt", chain)
	run("pkcs12 -export -inkey rsa.pem -in chain.crt -name K\u00fcche -passout pass:x -out rsa.p12")
	bag := run("pkcs12 -in rsa.p12 -passin pass:x -nodes")
	if !strings.Contains(bag, "Bag Attributes") {
		t.Fatalf("openssl writes no attributes:\n%s", bag[:200])
	}
	p12, err := os.ReadFile(filepath.Join(dir, "rsa.p12"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := run("pkcs8 -topk8 -in rsa.pem -passout pass:x -outform DER")
	for _, tt := range []struct {
		name, text string
		read       []string // the parsers that read it
		found      string   // what the others, or all, say
	}{
		{"ecparam -genkey", ec, []string{ecKey}, "found an EC private key on the curve P-256"},
		{"parameters alone", strings.SplitAfter(ec, "END EC PARAMETERS-----\n")[0], nil, "the parameters of a curve and no key"},
		{"genpkey RSA", rsa, []string{rsaKey}, "found an RSA private key"},
		{"rsa -traditional", run("rsa -in rsa.pem -traditional"), []string{rsaKey}, "found an RSA private key"},
		{"RSA in DER", run("pkey -in rsa.pem -outform DER"), []string{rsaKey}, "found an RSA private key"},
		{"genpkey RSA-PSS", pss, []string{rsaKey}, "found an RSA private key"},
		{"RSA-PSS, public", run("pkey -in pss.pem -pubout"), []string{"RSA public"}, "found an RSA public key"},
		{"RSA-PSS, certificate", run("x509 -in pss.crt -text"), []string{"RSA public"}, "an RSA public key"},
		{"chain, leaf first", chain, []string{"RSA public"}, "an RSA public key"},
		{"pkcs12 -nodes", bag, []string{rsaKey, "RSA public"}, "RSA p"},
		{"PKCS #12", string(p12), nil, "a PKCS #12 file; extract the key: openssl pkcs12 -nodes"},
		{"encrypted DER", sealed, nil, "encrypted with a passphrase; decrypt it first: openssl pkcs8 -inform DER"},
		{"encrypted DER in Base64", base64Text([]byte(sealed)), nil, "encrypted with a passphrase"},
		{"request", run("req -new -key rsa.pem -subj /CN=x"), nil, "a certificate request"},
		{"request in DER", run("req -new -key rsa.pem -subj /CN=x -outform DER"), nil, "a certificate request"},
		{"compressed private", run("ec -in ec.pem -conv_form compressed"), []string{ecKey}, "an EC private key on the curve P-256"},
		{"compressed public", run("ec -in ec.pem -pubout -conv_form compressed"), nil, "on the curve P-256 as a compressed point: openssl ec -pubin -in key.pem -pubout -conv_form uncompressed"},
		{"explicit", run("ecparam -name prime256v1 -genkey -noout -param_enc explicit"), nil, "-param_enc named_curve"},
		{"secp256k1", run("ecparam -name secp256k1 -genkey"), nil, "found an EC private key on the curve secp256k1"},
		{"secp256k1, PKCS #8", run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1"), nil, "found an EC private key on the curve secp256k1"},
		{"SM2", run("ecparam -name SM2 -genkey -noout"), nil, "found an EC private key on the curve SM2"},
		{"P-384", run("ecparam -name secp384r1 -genkey -noout"), nil, "on the curve P-384"},
		{"Ed448", run("genpkey -algorithm ED448"), nil, "found a private key of another algorithm"},
		{"X25519", run("genpkey -algorithm X25519"), nil, "found an X25519 private key"},
	} {
		for name, parse := range parsers() {
			_, err := parse(tt.text)
			found := tt.found
			if slices.Contains(tt.read, name) {
				found = ""
			}
			checkRefusal(t, tt.name+" as "+name, "", found, err)
		}
	}
}
