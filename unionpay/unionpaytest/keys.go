package unionpaytest

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Ids of the four certificates.
const (
	SignKeyID    = "20190411000000" // the token requestor's signing certificate
	DecryptKeyID = "20190411000001" // the token requestor's encryption certificate
	UPISignKeyID = "1555570302"     // the gateway's signing certificate
	UPIEncKeyID  = "20180507002"    // the gateway's encryption certificate
)

// Keys are the four key pairs of a token requestor and the gateway. Making them
// takes a moment, so tests share one value between servers.
type Keys struct {
	sign, decrypt, upiSign, upiEnc pair
}

type pair struct {
	private sign.PrivateKey
	pem     issuing.Secret
}

// NewKeys makes four key pairs of RSA-2048.
func NewKeys() (*Keys, error) {
	return makeKeys(func(string) (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
}

// pairs are the key pairs by name.
func (k *Keys) pairs() map[string]*pair {
	return map[string]*pair{"sign": &k.sign, "decrypt": &k.decrypt, "upi_sign": &k.upiSign, "upi_enc": &k.upiEnc}
}

func makeKeys(get func(name string) (*rsa.PrivateKey, error)) (*Keys, error) {
	k := new(Keys)
	for name, p := range k.pairs() {
		key, err := get(name)
		if err != nil {
			return nil, err
		}
		p.pem = platform.KeyText(key)
		if p.private, err = sign.NewPrivateKey(key); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// Texts returns the keys as PKCS #8 PEM, for a store that only their owner reads:
// sign, decrypt, upi_sign and upi_enc.
func (k *Keys) Texts() map[string]issuing.Secret {
	texts := map[string]issuing.Secret{}
	for name, p := range k.pairs() {
		texts[name] = p.pem
	}
	return texts
}

// ParseKeys reads what [Keys.Texts] returned.
func ParseKeys(texts map[string]issuing.Secret) (*Keys, error) {
	k, err := makeKeys(func(name string) (*rsa.PrivateKey, error) { return platform.ParseKeyText(texts[name]) })
	if err != nil {
		return nil, fmt.Errorf("unionpaytest: the keys: %w", err)
	}
	return k, nil
}

// Sign returns the token requestor's signing key.
func (k *Keys) Sign() sign.PrivateKey { return k.sign.private }

// SignPEM returns the same key as PKCS #8 PEM, for clients in other languages.
func (k *Keys) SignPEM() issuing.Secret { return k.sign.pem }

// Decrypt returns the token requestor's decryption key.
func (k *Keys) Decrypt() sign.PrivateKey { return k.decrypt.private }

// DecryptPEM returns the same key as PKCS #8 PEM.
func (k *Keys) DecryptPEM() issuing.Secret { return k.decrypt.pem }

// UPISign returns the key that verifies the gateway's signatures.
func (k *Keys) UPISign() sign.PublicKey { return k.upiSign.private.Public() }

// UPIEnc returns the key that encrypts for the gateway.
func (k *Keys) UPIEnc() sign.PublicKey { return k.upiEnc.private.Public() }

// UPISignPrivate returns the gateway's own signing key, for tests that play the
// gateway.
func (k *Keys) UPISignPrivate() sign.PrivateKey { return k.upiSign.private }

// UPIEncPrivate returns the gateway's own decryption key, for tests that play
// the gateway.
func (k *Keys) UPIEncPrivate() sign.PrivateKey { return k.upiEnc.private }

// exchangeKeys is KEY_EXCHANGE.
func exchangeKeys(*Server, *request) outcome {
	return approve(object{"upiSignCertID": UPISignKeyID, "upiEncCertID": UPIEncKeyID})
}

// inquireKeys is KEY_INQUIRY_EXCHANGE.
func inquireKeys(*Server, *request) outcome {
	return approve(object{"umpsSignCertID": UPISignKeyID, "umpsEncCertID": UPIEncKeyID})
}

// confirmReset is KEY_RESET_RESULT.
func confirmReset(*Server, *request) outcome { return approve(nil) }
