package hsm_test

import (
	"crypto"
	"crypto/elliptic"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ThalesGroup/crypto11"

	"github.com/issuing-sdk/issuing-go/examples/keys/hsm"
	"github.com/issuing-sdk/issuing-go/examples/keys/internal/keytest"
)

// library finds SoftHSM, a token in software, where it is installed.
func library(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/softhsm/libsofthsm2.so")
	if err != nil || len(found) == 0 {
		t.Skip("SoftHSM is not installed: apt-get install softhsm2")
	}
	return found[0]
}

func TestKeys(t *testing.T) {
	path := library(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(config, []byte("directories.tokendir = "+dir+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", config)
	out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--free", "--label", "cards",
		"--so-pin", "12345678", "--pin", "1234").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	session, err := crypto11.Configure(&crypto11.Config{Path: path, TokenLabel: "cards", Pin: "1234"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.GenerateRSAKeyPairWithLabel([]byte("1"), []byte("card"), 2048); err != nil {
		t.Fatal(err)
	}
	ec, err := session.GenerateECDSAKeyPairWithLabel([]byte("2"), []byte("assertion"), elliptic.P256())
	if err != nil {
		t.Fatal(err)
	}
	key, err := hsm.Find(session, "card")
	if err != nil {
		t.Fatal(err)
	}
	keytest.Check(t, "PKCS #11", []crypto.Signer{key, ec}...)
	if _, err := hsm.Find(session, "assertion"); err == nil {
		t.Error("an EC key is taken for an RSA key")
	}
}
