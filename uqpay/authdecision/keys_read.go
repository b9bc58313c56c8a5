package authdecision

import (
	"bytes"
	"crypto/fips140"
	"fmt"
	"slices"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/issuing-sdk/issuing-go/internal/keytext"
)

// maxKeyText bounds the text of a key. Keys with many signatures are long.
const maxKeyText = 256 << 10

// maxAhead is how far a key's creation may be ahead of our clock.
const maxAhead = 5 * time.Minute

// checkMode refuses keys where nothing can be done with them: OpenPGP names keys by
// their SHA-1, at which the standard library panics in this mode.
func checkMode() error {
	if fips140.Enforced() {
		return fmt.Errorf("%w: OpenPGP needs SHA-1, which FIPS 140-only mode does not allow", ErrKey)
	}
	return nil
}

// readKeys reads all keys of a text, at least one.
func readKeys(text string) (openpgp.EntityList, error) {
	if err := checkMode(); err != nil {
		return nil, err
	}
	found, err := keytext.Read(text, maxKeyText)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	var list openpgp.EntityList
	for _, block := range found {
		switch block.Label {
		case openpgp.PrivateKeyType, openpgp.PublicKeyType, "":
		default:
			return nil, fmt.Errorf("%w: want a PGP key block, found a PEM or PGP block of another kind; "+
				"export the key: gpg --armor --export-secret-keys or --export", ErrKey)
		}
		keys, err := openpgp.ReadKeyRing(bytes.NewReader(block.Bytes))
		if err != nil || len(keys) == 0 {
			return nil, fmt.Errorf("%w: want a PGP key block, found none that can be read: "+
				"copy the whole of it again, or export it: gpg --armor --export-secret-keys or --export", ErrKey)
		}
		list = append(list, keys...)
	}
	return list, nil
}

// newPrivateKey opens own keys and takes what of them decrypts. Each key that is not
// revoked must serve: one that did not would only be missed when it is needed.
func newPrivateKey(own openpgp.EntityList, passphrase string, now time.Time) (PrivateKey, error) {
	var entities openpgp.EntityList
	var ring keyRing
	for _, entity := range own {
		if entity.Revoked(now) {
			continue
		}
		if err := unlock(entity, passphrase); err != nil {
			return PrivateKey{}, err
		}
		parts, err := decrypting(entity, now)
		if err != nil {
			return PrivateKey{}, err
		}
		entities, ring = append(entities, entity), append(ring, parts...)
	}
	if len(entities) == 0 {
		return PrivateKey{}, fmt.Errorf("%w: the key is revoked; make a new one and give UQPAY its public half", ErrKey)
	}
	slices.SortStableFunc(entities, func(a, b *openpgp.Entity) int {
		return b.PrimaryKey.CreationTime.Compare(a.PrimaryKey.CreationTime)
	})
	return PrivateKey{&privateKey{hide(entities), hide(ring)}}, nil
}

// unlock opens the private parts of a key, by the passphrase as it is or without what
// a file left around it.
func unlock(entity *openpgp.Entity, passphrase string) error {
	err := entity.DecryptPrivateKeys([]byte(passphrase))
	if trimmed := keytext.Trim(passphrase); err != nil && trimmed != passphrase {
		err = entity.DecryptPrivateKeys([]byte(trimmed))
	}
	switch {
	case err != nil && passphrase == "":
		return fmt.Errorf("%w: the private key has a passphrase, which is not given", ErrKey)
	case err != nil:
		return fmt.Errorf("%w: the passphrase does not open the private key", ErrKey)
	}
	return nil
}

// decrypting returns the parts of an unlocked key that open messages.
func decrypting(entity *openpgp.Entity, now time.Time) (parts keyRing, err error) {
	primary, _ := entity.PrimarySelfSignature()
	all := []openpgp.Key{{
		Entity: entity, PublicKey: entity.PrimaryKey, PrivateKey: entity.PrivateKey, SelfSignature: primary,
	}}
	for _, sub := range entity.Subkeys {
		all = append(all, openpgp.Key{Entity: entity, PublicKey: sub.PublicKey, PrivateKey: sub.PrivateKey,
			SelfSignature: sub.Sig, Revocations: sub.Revocations})
	}
	fault := "the key has no part that can decrypt; add one: gpg --quick-add-key FINGERPRINT rsa3072 encr"
	for _, part := range all {
		switch {
		case !encrypts(part):
		case part.Revoked(now):
			fault = "the part of the key that can decrypt is revoked; " +
				"add one: gpg --quick-add-key FINGERPRINT rsa3072 encr"
		case part.PrivateKey == nil || part.PrivateKey.Dummy():
			fault = "the part of the key that can decrypt is not in it; export it where the whole key is: " +
				"gpg --armor --export-secret-keys"
		case part.PrivateKey.Encrypted:
			fault = "the part of the key that can decrypt has another passphrase"
		default:
			if err := checkRSA(part.PublicKey); err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrKey, fault)
	}
	return parts, nil
}

// encrypts reports whether a part is for encryption. Old keys do not say what their
// parts are for.
func encrypts(part openpgp.Key) bool {
	sig := part.SelfSignature
	return part.PublicKey.PubKeyAlgo.CanEncrypt() &&
		(sig == nil || !sig.FlagsValid || sig.FlagEncryptCommunications || sig.FlagEncryptStorage)
}

func checkRSA(key *packet.PublicKey) error {
	if key.PubKeyAlgo != packet.PubKeyAlgoRSA && key.PubKeyAlgo != packet.PubKeyAlgoRSAEncryptOnly {
		return fmt.Errorf("%w: want an RSA key, found one of another algorithm; UQPAY takes RSA alone", ErrKey)
	}
	if bits, err := key.BitLength(); err != nil || bits < minRSABits {
		return fmt.Errorf("%w: the key has %d bits, at least %d are needed", ErrKey, bits, minRSABits)
	}
	return nil
}

// checkPublic judges a key that messages are to be encrypted to.
func checkPublic(entity *openpgp.Entity, now time.Time) error {
	for _, at := range []time.Time{now, now.Add(maxAhead)} {
		if key, ok := entity.EncryptionKey(at); ok {
			return checkRSA(key.PublicKey)
		}
	}
	return fmt.Errorf("%w: %s", ErrKey, unfit(entity, now))
}

// unfit says why nothing can be encrypted to a key.
func unfit(entity *openpgp.Entity, now time.Time) string {
	const day = "2006-01-02"
	sig, identity := entity.PrimarySelfSignature()
	created := entity.PrimaryKey.CreationTime.UTC()
	switch {
	case entity.Revoked(now) || identity != nil && identity.Revoked(now):
		return "the key is revoked; get the new one"
	case sig == nil:
		return "the key is not signed by itself"
	case created.After(now):
		return "the key was made on " + created.Format(day) + ", ahead of this machine's clock"
	case entity.PrimaryKey.KeyExpired(sig, now) || sig.SigExpired(now):
		return "the key has expired" + expiry(created, sig.KeyLifetimeSecs, day) + "; get the new one"
	}
	fault := "the key has no part that can encrypt"
	for _, sub := range entity.Subkeys {
		created := sub.PublicKey.CreationTime.UTC()
		switch part := (openpgp.Key{PublicKey: sub.PublicKey, SelfSignature: sub.Sig}); {
		case !encrypts(part):
		case sub.Revoked(now):
			fault = "the part of the key that can encrypt is revoked; get the new key"
		case created.After(now):
			fault = "the part of the key that can encrypt was made on " + created.Format(day) +
				", ahead of this machine's clock"
		case sub.PublicKey.KeyExpired(sub.Sig, now):
			fault = "the part of the key that can encrypt has expired" + expiry(created, sub.Sig.KeyLifetimeSecs, day) +
				"; get the new key"
		}
	}
	return fault
}

// expiry says when a key has expired.
func expiry(created time.Time, lifetime *uint32, layout string) string {
	if lifetime == nil {
		return ""
	}
	return " on " + created.Add(time.Duration(*lifetime)*time.Second).Format(layout)
}

// keyRing implements [openpgp.KeyRing] with the parts of own keys that were judged when
// they were read.
type keyRing []openpgp.Key

// KeysById returns the parts with an id.
func (r keyRing) KeysById(id uint64) (keys []openpgp.Key) {
	for _, k := range r {
		if k.PublicKey.KeyId == id {
			keys = append(keys, k)
		}
	}
	return keys
}

// KeysByIdUsage returns nothing: it is asked for the keys of signatures, and neither
// side signs.
func (keyRing) KeysByIdUsage(uint64, byte) []openpgp.Key { return nil }

// DecryptionKeys returns all parts, for messages that do not name theirs.
func (r keyRing) DecryptionKeys() []openpgp.Key { return r }

// holds reports whether a key is one of the own.
func (k PrivateKey) holds(other PublicKey) bool {
	return slices.ContainsFunc(k.p.entities(), func(e *openpgp.Entity) bool {
		return bytes.Equal(e.PrimaryKey.Fingerprint, other.p.entity().PrimaryKey.Fingerprint)
	})
}
