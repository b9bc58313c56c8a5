// Package hsm is a key of an HSM, reached through PKCS #11, as a crypto.Signer and
// crypto.Decrypter. It needs cgo and the HSM's library.
package hsm

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"

	"github.com/ThalesGroup/crypto11"
)

// Key is a handle to an RSA key. What it does is the HSM's to say: PKCS #1 v1.5, SHA-1 and
// bare digests included.
type Key struct{ crypto11.SignerDecrypter }

// Find returns the key pair with a label.
func Find(session *crypto11.Context, label string) (Key, error) {
	pair, err := session.FindKeyPair(nil, []byte(label))
	if err != nil {
		return Key{}, err
	}
	key, ok := pair.(crypto11.SignerDecrypter)
	if !ok {
		return Key{}, fmt.Errorf("hsm: no RSA key with the label %q", label)
	}
	return Key{key}, nil
}

// Decrypt implements crypto.Decrypter. crypto11 knows no session keys, which KazePay's and
// UnionPay's envelopes unwrap: a text of another length is a random one, as in crypto/rsa,
// so that nobody learns by trying whether the padding was right.
func (k Key) Decrypt(random io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	//lint:ignore SA1019 KazePay's and UnionPay's envelopes want it
	session, ok := opts.(*rsa.PKCS1v15DecryptOptions)
	if !ok || session.SessionKeyLen == 0 {
		return k.SignerDecrypter.Decrypt(random, ciphertext, opts)
	}
	//lint:ignore SA1019 as above
	text, err := k.SignerDecrypter.Decrypt(random, ciphertext, &rsa.PKCS1v15DecryptOptions{})
	if err != nil || len(text) != session.SessionKeyLen {
		text = make([]byte, session.SessionKeyLen)
		_, err = rand.Read(text)
	}
	return text, err
}
