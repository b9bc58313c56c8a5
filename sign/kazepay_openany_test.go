package sign

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"testing"
)

// TestOpenAny: the key that signed is found among several, of any size, and none
// opens what nobody of them signed.
func TestOpenAny(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	larger, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewPrivateKey(larger)
	if err != nil {
		t.Fatal(err)
	}
	e := mustSeal(t, Profile{}, testPayload)
	for name, peers := range map[string][]PublicKey{
		"alone": {peer}, "first": {peer, own.Public()}, "last": {other.Public(), own.Public(), peer},
	} {
		payload, signer, err := (Profile{}).OpenAny(own, peers, e)
		if err != nil || string(payload) != string(testPayload) || signer.Fingerprint() != peer.Fingerprint() {
			t.Errorf("%s: %q by %v, %v", name, payload, signer, err)
		}
	}
	for name, c := range map[string]struct {
		peers []PublicKey
		want  error
	}{
		"none": {nil, ErrKey}, "an empty one": {[]PublicKey{peer, {}}, ErrKey},
		"others": {[]PublicKey{own.Public()}, ErrEnvelope}, "of another size": {[]PublicKey{other.Public()}, ErrEnvelope},
	} {
		if payload, signer, err := (Profile{}).OpenAny(own, c.peers, e); payload != nil || !signer.IsZero() || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
