// Package scheme reads what crypto.Signer and crypto.Decrypter are asked for, for key
// services that want the name of an algorithm.
package scheme

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"
)

// ErrUnsupported is the error of what a service, or a key of it, does not do.
var ErrUnsupported = errors.New("the key service does not do this")

// Name is an algorithm by its padding and its hash: PKCS1, PSS, ECDSA or OAEP.
type Name struct {
	Padding string
	Hash    crypto.Hash // 0 is none, of PKCS1: the bytes themselves
}

// String is the name for errors.
func (n Name) String() string {
	if n.Hash == 0 {
		return n.Padding
	}
	return n.Padding + " with " + n.Hash.String()
}

// Unsupported says what is not done.
func (n Name) Unsupported() error { return fmt.Errorf("%w: %s", ErrUnsupported, n) }

// OfSignature names the signature that a key of this public half is asked for.
func OfSignature(public crypto.PublicKey, opts crypto.SignerOpts) (Name, error) {
	n := Name{"PKCS1", opts.HashFunc()}
	pss, ok := opts.(*rsa.PSSOptions)
	switch {
	case isECDSA(public):
		n.Padding = "ECDSA"
	case ok && pss.SaltLength != rsa.PSSSaltLengthEqualsHash && pss.SaltLength != n.Hash.Size():
		return n, fmt.Errorf("%w: a salt that is not as long as the hash", ErrUnsupported)
	case ok:
		n.Padding = "PSS"
	}
	return n, nil
}

func isECDSA(public crypto.PublicKey) bool {
	_, ok := public.(*ecdsa.PublicKey)
	return ok
}

// OfDecryption names the decryption that is asked for.
func OfDecryption(opts crypto.DecrypterOpts) (Name, error) {
	switch o := opts.(type) {
	//lint:ignore SA1019 KazePay's and UnionPay's envelopes want it
	case nil, *rsa.PKCS1v15DecryptOptions:
		return Name{Padding: "PKCS1"}, nil
	case *rsa.OAEPOptions:
		if len(o.Label) > 0 || o.MGFHash != 0 && o.MGFHash != o.Hash {
			return Name{}, fmt.Errorf("%w: OAEP with a label, or with two hashes", ErrUnsupported)
		}
		return Name{"OAEP", o.Hash}, nil
	}
	return Name{}, fmt.Errorf("%w: %T", ErrUnsupported, opts)
}

// timeout bounds one use of a key: crypto.Signer has no context. The client of a card
// platform does not wait longer than its own call.
const timeout = 10 * time.Second

// Within is the context of one use of a key.
func Within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), timeout)
}
