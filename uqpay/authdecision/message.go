package authdecision

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// MaxMessage bounds a message, encrypted and decrypted. UQPAY's own libraries
// allow as much.
const MaxMessage = 1 << 20

// ErrDecrypt is the only word about a message that does not open: another key,
// altered bytes, no integrity protection and bad armor look the same.
var ErrDecrypt = errors.New("authdecision: cannot decrypt: wrong key or altered message")

// messageType is the armor type of requests and answers.
const messageType = "PGP MESSAGE"

// settings are those of UQPAY's own libraries. Without AEAD a message is SEIPD
// v1, with a modification detection code.
func settings(now time.Time) *packet.Config {
	limit := int64(MaxMessage)
	return &packet.Config{
		DefaultCipher: packet.CipherAES256, DefaultHash: crypto.SHA256, DefaultCompressionAlgo: packet.CompressionZLIB,
		Time:                       func() time.Time { return now },
		MaxDecompressedMessageSize: &limit,
	}
}

// seal encrypts to a key.
func seal(to PublicKey, plaintext []byte, now time.Time) ([]byte, error) {
	if to.p == nil {
		return nil, fmt.Errorf("%w: the other side's key is missing", ErrKey)
	}
	if _, ok := to.p.entity().EncryptionKey(now); !ok {
		now = now.Add(maxAhead) // the key's clock may be ahead of ours
	}
	var out bytes.Buffer
	a, err := armor.Encode(&out, messageType, nil)
	if err != nil {
		return nil, fmt.Errorf("authdecision: cannot encrypt: %w", err)
	}
	w, err := openpgp.Encrypt(a, []*openpgp.Entity{to.p.entity()}, nil, &openpgp.FileHints{IsBinary: true}, settings(now))
	if err != nil {
		return nil, fmt.Errorf("authdecision: cannot encrypt: %w", err)
	}
	if _, err = w.Write(plaintext); err == nil {
		if err = w.Close(); err == nil {
			err = a.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("authdecision: cannot encrypt: %w", err)
	}
	return out.Bytes(), nil
}

// open decrypts an armored message. Nothing of it is returned before its
// integrity has been checked. Every failure is ErrDecrypt.
func open(key PrivateKey, message []byte, now time.Time) ([]byte, error) {
	if len(message) > MaxMessage || key.p == nil {
		return nil, ErrDecrypt
	}
	block, err := armor.Decode(bytes.NewReader(wire.TrimBOM(message)))
	if err != nil || block.Type != messageType {
		return nil, ErrDecrypt
	}
	details, err := openpgp.ReadMessage(block.Body, key.p.ring(), nil, settings(now))
	if err != nil || !details.IsEncrypted || details.IsSymmetricallyEncrypted {
		return nil, ErrDecrypt
	}
	// The integrity check happens at the end of the body, so the limit must not
	// be what ends it.
	plaintext, err := io.ReadAll(io.LimitReader(details.UnverifiedBody, MaxMessage+1))
	if err != nil || len(plaintext) > MaxMessage {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}
