// Package wycheproof reads the test vectors of project Wycheproof that stand in
// sign/testdata/wycheproof and counts how they come out. It is for tests.
package wycheproof

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Group is a list of tests under one key.
type Group struct {
	Comment string          `json:"comment"`
	KeySize int             `json:"keySize"` // bits
	SHA     string          `json:"sha"`
	Public  string          `json:"publicKeyPem"`
	Private string          `json:"privateKeyPem"`
	JWK     json.RawMessage `json:"private"`
	Tests   []Test          `json:"tests"`
}

// Test is one test. Fields that a set does not have are empty.
type Test struct {
	ID      int      `json:"tcId"`
	Comment string   `json:"comment"`
	Flags   []string `json:"flags"`
	Result  string   `json:"result"` // valid, invalid or acceptable

	Key        Hex    `json:"key"`
	IV         Hex    `json:"iv"`
	AAD        Hex    `json:"aad"`
	Message    Hex    `json:"msg"`
	Ciphertext Hex    `json:"ct"`
	Tag        Hex    `json:"tag"`
	Signature  Hex    `json:"sig"`
	Label      Hex    `json:"label"`
	Plaintext  Hex    `json:"pt"`
	JWE        string `json:"jwe"`
	JWS        string `json:"jws"`
	Public     string `json:"public"`
}

// Hex is what stands in hexadecimal.
type Hex []byte

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *Hex) UnmarshalText(text []byte) (err error) {
	*h, err = hex.AppendDecode(nil, text)
	return err
}

// Load reads a set from the folder of the vectors.
func Load(t testing.TB, dir, set string) []Group {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, set+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		Groups []Group `json:"testGroups"`
	}
	if err := json.NewDecoder(unpacked).Decode(&content); err != nil {
		t.Fatalf("%s: %v", set, err)
	}
	if len(content.Groups) == 0 {
		t.Fatalf("%s: no tests", set)
	}
	return content.Groups
}

// Tally counts outcomes. A test that comes out as its set does not say is a failure,
// or deliberate and counted as Excepted.
type Tally struct {
	ValidAccepted, InvalidRefused         int
	AcceptableAccepted, AcceptableRefused int
	Excepted                              int
}

// Add counts one test. deliberate says that this test is meant to come out the
// other way.
func (c *Tally) Add(t testing.TB, test Test, accepted, deliberate bool) {
	t.Helper()
	switch {
	case test.Result == "acceptable" && accepted:
		c.AcceptableAccepted++
	case test.Result == "acceptable":
		c.AcceptableRefused++
	case deliberate && (test.Result == "valid") != accepted:
		c.Excepted++
	case deliberate:
		t.Errorf("test %d (%s, %q) is %s and comes out so, against what is meant", test.ID, test.Comment, test.Flags, test.Result)
	case test.Result == "valid" && accepted:
		c.ValidAccepted++
	case test.Result == "invalid" && !accepted:
		c.InvalidRefused++
	default:
		t.Errorf("test %d (%s, %q) is %s and comes out the other way", test.ID, test.Comment, test.Flags, test.Result)
	}
}

// Check prints the counts and fails the test unless they are the wanted ones.
func (c *Tally) Check(t testing.TB, want Tally) {
	t.Helper()
	t.Logf("accepted %d valid, %d acceptable; refused %d invalid, %d acceptable; deliberately otherwise %d",
		c.ValidAccepted, c.AcceptableAccepted, c.InvalidRefused, c.AcceptableRefused, c.Excepted)
	if *c != want {
		t.Errorf("counted %+v, want %+v", *c, want)
	}
}
