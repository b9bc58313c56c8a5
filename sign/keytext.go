package sign

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/keytext"
)

// maxKeyText bounds the text of a key. A 16384-bit RSA key in PEM has 13 kB, a chain
// of four certificates with openssl's words around them less than 20 kB, and Base64
// of either a third more.
const maxKeyText = 64 << 10

// role is what a block of a text is for.
type role int

const (
	roleNone role = iota // no key, such as the parameters of a curve
	rolePrivate
	rolePublic
	roleCertificate
)

func (r role) String() string {
	if r == rolePrivate {
		return "private"
	}
	return "public"
}

// part is one block of a key's text, by what it holds.
type part struct {
	role  role
	key   any    // of the standard library; nil for one that cannot be used
	found string // what it is, with an article, and what to do about it
}

// readParts reads the blocks of a text. An error is an ErrKey and quotes nothing.
func readParts(text string) ([]part, error) {
	blocks, err := keytext.Read(text, maxKeyText)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	out := make([]part, len(blocks))
	for i, b := range blocks {
		out[i] = partOf(b)
	}
	return out, nil
}

// parsePrivate returns the one private key of a text. Certificates, public keys and
// parameters beside it are read over.
func parsePrivate(text, want string) (any, error) {
	all, err := readParts(text)
	if err != nil {
		return nil, err
	}
	return only(all, rolePrivate, want)
}

// parsePublic returns the one public key of a text, or that of its first
// certificate, which is the leaf of a chain.
func parsePublic(text, want string) (any, error) {
	all, err := readParts(text)
	if err != nil {
		return nil, err
	}
	if !has(all, rolePublic) && has(all, roleCertificate) {
		for _, p := range all {
			if p.role == roleCertificate {
				return only([]part{p}, roleCertificate, want)
			}
		}
	}
	return only(all, rolePublic, want)
}

func has(all []part, r role) bool {
	for _, p := range all {
		if p.role == r {
			return true
		}
	}
	return false
}

// only returns the key of the one part that has a role.
func only(all []part, r role, want string) (any, error) {
	var chosen part
	n := 0
	for _, p := range all {
		if p.role == r {
			chosen = p
			n++
		}
	}
	switch {
	case n > 1:
		return nil, wantFound(want, fmt.Sprintf("%d %s keys; keep the one that is meant", n, r))
	case n == 1 && chosen.key != nil:
		return chosen.key, nil
	case n == 1:
		return nil, wantFound(want, chosen.found)
	}
	// What else is there: a key of the other role says more than a certificate.
	for _, p := range all {
		if chosen.found == "" || chosen.role == roleNone || p.role == rolePrivate {
			chosen = p
		}
	}
	return nil, wantFound(want, chosen.found)
}

func wantFound(want, found string) error {
	return fmt.Errorf("%w: want %s, found %s", ErrKey, want, found)
}

// labels are those whose blocks are told by them alone.
var labels = map[string]part{
	"OPENSSH PRIVATE KEY": {rolePrivate, nil,
		"an OpenSSH private key; convert a copy of it: ssh-keygen -p -m PEM -f key"},
	"SSH2 PUBLIC KEY": {rolePublic, nil,
		"an SSH public key; convert it: ssh-keygen -e -m PKCS8 -f key.pub"},
	"EC PARAMETERS":           {roleNone, nil, "the parameters of a curve and no key"},
	"DH PARAMETERS":           {roleNone, nil, "Diffie-Hellman parameters and no key"},
	"X509 CRL":                {roleNone, nil, "a list of revoked certificates"},
	"CERTIFICATE REQUEST":     {roleNone, nil, "a certificate request; take the key or the certificate"},
	"NEW CERTIFICATE REQUEST": {roleNone, nil, "a certificate request; take the key or the certificate"},
	"PKCS7":                   {roleNone, nil, "a PKCS #7 file; extract it: openssl pkcs7 -print_certs -in file.p7b"},
}

// partOf says what a block holds. Labels are often wrong, so that a key is known by
// its content.
func partOf(b keytext.Block) part {
	if b.Encrypted {
		return part{rolePrivate, nil, "a private key that is encrypted with a passphrase; decrypt it first: " +
			"openssl pkey -in key.pem -out plain.pem"}
	}
	if p, ok := labels[b.Label]; ok {
		return p
	}
	if strings.HasPrefix(b.Label, "PGP ") {
		return part{roleNone, nil, "a PGP block"}
	}
	p := part{found: damage(b.Bytes)}
	if p.found == "" {
		p = partOfDER(b.Bytes)
	}
	if p.role != roleNone {
		return p
	}
	for word, r := range map[string]role{"PRIVATE": rolePrivate, "PUBLIC": rolePublic, "CERTIFICATE": roleCertificate} {
		if strings.Contains(b.Label, word) {
			p.role = r
		}
	}
	return p
}

// damage says what keeps bytes from being one DER sequence, "" for one.
func damage(der []byte) string {
	const sequence = 0x30
	var value asn1.RawValue
	rest, err := asn1.Unmarshal(der, &value)
	switch {
	case len(der) == 0 || der[0] != sequence:
		return "bytes that are no key"
	case err != nil:
		return "a key that was cut short or changed on its way; copy the whole of it again"
	case len(rest) > 0:
		return fmt.Sprintf("a key with %d bytes after its end; cut them off", len(rest))
	}
	return ""
}

func partOfDER(der []byte) part {
	for _, read := range []func([]byte) part{readPrivate, readPublic, readCertificate, readContainer} {
		if p := read(der); p.found != "" {
			return p
		}
	}
	return part{roleNone, nil, "bytes that are no key"}
}

// The structures of which crypto/x509 reads only some kinds.
type (
	// pkcs8 is PrivateKeyInfo, RFC 5208.
	pkcs8 struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	// sec1 is ECPrivateKey, RFC 5915; the public half follows.
	sec1 struct {
		Version int
		Key     []byte
		Curve   asn1.RawValue `asn1:"optional,explicit,tag:0"`
	}
	// pkcs1 is the beginning of RSAPrivateKey, RFC 8017.
	pkcs1 struct {
		Version int
		N, E, D *big.Int
	}
	// spki is SubjectPublicKeyInfo, RFC 5280.
	spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
)

var (
	oidRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	// oidPSS marks a key for RSA-PSS alone, as "openssl genpkey -algorithm RSA-PSS"
	// makes it. Its parameters are not looked at: the scheme sets them.
	oidPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidEC  = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
)

const brokenRSA = "an RSA private key whose numbers do not fit together; copy the whole of it again"

func readPrivate(der []byte) part {
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return part{rolePrivate, k, kindOf(k, "private key")}
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return part{rolePrivate, k, kindOf(k, "private key")}
	}
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return part{rolePrivate, k, kindOf(k, "private key")}
	}
	var info pkcs8
	if rest, err := asn1.Unmarshal(der, &info); err == nil && len(rest) == 0 {
		return readPKCS8(info)
	}
	var ec sec1
	if _, err := asn1.Unmarshal(der, &ec); err == nil && ec.Version == 1 {
		return part{rolePrivate, nil, "an EC private key " + onCurve(ec.Curve.Bytes)}
	}
	var numbers pkcs1
	if _, err := asn1.Unmarshal(der, &numbers); err == nil {
		return part{rolePrivate, nil, brokenRSA}
	}
	return part{}
}

// readPKCS8 reads what crypto/x509 does not.
func readPKCS8(info pkcs8) part {
	switch id := info.Algorithm.Algorithm; {
	case id.Equal(oidPSS):
		if k, err := x509.ParsePKCS1PrivateKey(info.Key); err == nil {
			return part{rolePrivate, k, kindOf(k, "private key")}
		}
		return part{rolePrivate, nil, brokenRSA}
	case id.Equal(oidRSA):
		return part{rolePrivate, nil, brokenRSA}
	case id.Equal(oidEC):
		return part{rolePrivate, nil, "an EC private key " + onCurve(info.Algorithm.Parameters.FullBytes)}
	}
	return part{rolePrivate, nil, "a private key of another algorithm"}
}

func readPublic(der []byte) part {
	if k, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return part{rolePublic, k, kindOf(k, "public key")}
	}
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		return part{rolePublic, k, kindOf(k, "public key")}
	}
	var info spki
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return part{}
	}
	bits := info.Key.RightAlign()
	switch id := info.Algorithm.Algorithm; {
	case id.Equal(oidPSS):
		if k, err := x509.ParsePKCS1PublicKey(bits); err == nil {
			return part{rolePublic, k, kindOf(k, "public key")}
		}
		return part{rolePublic, nil, "an RSA public key that cannot be read"}
	case id.Equal(oidRSA):
		return part{rolePublic, nil, "an RSA public key that cannot be read"}
	case id.Equal(oidEC):
		found := "an EC public key " + onCurve(info.Algorithm.Parameters.FullBytes)
		if len(bits) > 0 && (bits[0] == 2 || bits[0] == 3) {
			found += " as a compressed point: " +
				"openssl ec -pubin -in key.pem -pubout -conv_form uncompressed -out full.pem"
		}
		return part{rolePublic, nil, found}
	}
	return part{rolePublic, nil, "a public key of another algorithm"}
}

// readCertificate reads the key of a certificate. Its dates and its issuer are not
// looked at: who gave the certificate is known from where it came.
func readCertificate(der []byte) part {
	cert, err := x509.ParseCertificate(der)
	if err == nil {
		p := readPublic(cert.RawSubjectPublicKeyInfo)
		return part{roleCertificate, p.key, "a certificate of " + p.found}
	}
	var outline struct {
		TBS struct {
			Version   int `asn1:"optional,explicit,tag:0"`
			Serial    *big.Int
			Algorithm pkix.AlgorithmIdentifier
			Issuer    asn1.RawValue
			Validity  asn1.RawValue
			Subject   asn1.RawValue
			Key       asn1.RawValue
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &outline); err != nil {
		return part{}
	}
	if p := readPublic(outline.TBS.Key.FullBytes); p.found != "" {
		return part{roleCertificate, nil, "a certificate of " + p.found + ", which cannot be read"}
	}
	return part{roleCertificate, nil, "a certificate that cannot be read"}
}

// readContainer names what holds a key and is none.
func readContainer(der []byte) part {
	var sealed struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	if _, err := asn1.Unmarshal(der, &sealed); err == nil {
		return part{rolePrivate, nil, "a private key that is encrypted with a passphrase; decrypt it first: " +
			"openssl pkcs8 -inform DER -in key.der -out plain.pem"}
	}
	var pkcs12 struct {
		Version int
		Content struct {
			Type asn1.ObjectIdentifier
			Data asn1.RawValue
		}
	}
	if _, err := asn1.Unmarshal(der, &pkcs12); err == nil {
		return part{roleNone, nil, "a PKCS #12 file; extract the key: openssl pkcs12 -nodes -in file.p12 -out key.pem"}
	}
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return labels["CERTIFICATE REQUEST"]
	}
	return part{}
}

// curves are the names of curves that keys are found on.
var curves = map[string]string{
	"1.2.840.10045.3.1.7": "P-256", "1.3.132.0.33": "P-224", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521",
	"1.3.132.0.10": "secp256k1", "1.2.156.10197.1.301": "SM2", "1.2.840.10045.3.1.1": "P-192",
	"1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1", "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
	"1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",
}

// onCurve says which curve the parameters of a key name.
func onCurve(parameters []byte) string {
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(parameters, &id); err == nil {
		if name := curves[id.String()]; name != "" {
			return "on the curve " + name
		}
		return "on another curve"
	}
	var explicit struct{ Version int }
	if _, err := asn1.Unmarshal(parameters, &explicit); err == nil {
		return "with the numbers of its curve instead of the name; " +
			"name it: openssl ec -in key.pem -param_enc named_curve -out named.pem"
	}
	return "without the name of its curve"
}

// kindOf names a key of the standard library; what says which half it is.
func kindOf(key any, what string) string {
	curve := func(c *ecdsa.PublicKey) string {
		name := ""
		if guarded(func() error { name = c.Curve.Params().Name; return nil }) != nil {
			return "an EC " + what + " without a curve"
		}
		return "an EC " + what + " on the curve " + name
	}
	switch k := key.(type) {
	case *rsa.PrivateKey, *rsa.PublicKey:
		return "an RSA " + what
	case *ecdsa.PrivateKey:
		return curve(&k.PublicKey)
	case *ecdsa.PublicKey:
		return curve(k)
	case ed25519.PrivateKey, ed25519.PublicKey:
		return "an Ed25519 " + what
	case *ecdh.PrivateKey, *ecdh.PublicKey:
		return "an X25519 " + what
	case nil:
		return "none"
	}
	return "a " + what + " of another type"
}

// guarded calls into a key that comes from outside. One that is nil or half empty, of
// whatever type, is an error and not a panic at the merchant's start.
func guarded(use func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: the key is nil or incomplete", ErrKey)
		}
	}()
	return use()
}

// publicOf asks a signer for its public key.
func publicOf(signer crypto.Signer) (public crypto.PublicKey, err error) {
	err = guarded(func() error {
		public = signer.Public()
		return nil
	})
	return public, err
}
