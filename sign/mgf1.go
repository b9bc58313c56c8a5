package sign

import (
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"errors"
)

// MGF1 is the hash inside the mask of RSAES-OAEP, which some platforms choose
// apart from OAEP's own.
type MGF1 int

// Hashes of MGF1.
const (
	MGF1Same   MGF1 = iota // OAEP's own
	MGF1SHA1               // SHA-1, as in Java's OAEPWithSHA-256AndMGF1Padding
	MGF1SHA256             // SHA-256
)

// String returns the hash's name.
func (m MGF1) String() string { return knob{"MGF1", int(m), mgf1Names}.String() }

// oaep returns the options of OAEP with a hash and its mask's.
func (m MGF1) oaep(hash crypto.Hash) *rsa.OAEPOptions {
	return &rsa.OAEPOptions{Hash: hash, MGFHash: map[MGF1]crypto.Hash{MGF1SHA1: crypto.SHA1, MGF1SHA256: crypto.SHA256}[m]}
}

// fipsError refuses what the standard library would panic at.
func (m MGF1) fipsError() error {
	if m == MGF1SHA1 && fips140.Enforced() {
		return errors.New("sign: MGF1 with SHA-1, which FIPS 140-only mode does not allow")
	}
	return nil
}

// encryptOAEP encrypts under OAEP.
func encryptOAEP(key *rsa.PublicKey, text []byte, opts *rsa.OAEPOptions) ([]byte, error) {
	return rsa.EncryptOAEPWithOptions(rand.Reader, key, text, opts)
}
