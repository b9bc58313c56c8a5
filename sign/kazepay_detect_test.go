package sign

import (
	"encoding/base64"
	"errors"
	"slices"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestDetectFindsEveryProfile(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	profiles := someProfiles()
	if len(profiles) < 48 {
		t.Fatalf("only %d profiles", len(profiles))
	}
	for _, p := range profiles {
		found, err := DetectKazePayProfile(own, peer, mustSeal(t, p, testPayload).JSON())
		if err != nil {
			t.Errorf("%v: %v", p, err)
			continue
		}
		if !slices.Equal(found, []Profile{p}) {
			t.Errorf("%v: found %v", p, found)
		}
	}
}

func TestDetectReportsAmbiguity(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	// One block looks the same in ECB and in CBC with a zero vector.
	short := mustSeal(t, Profile{}, []byte(`{}`)).JSON()
	found, err := DetectKazePayProfile(own, peer, short)
	want := []Profile{{}, {Mode: ModeCBCZeroIV}}
	if err != nil || !slices.Equal(found, want) {
		t.Fatalf("found %v, %v", found, err)
	}
	long := mustSeal(t, Profile{}, testPayload).JSON()
	found, err = DetectKazePayProfile(own, peer, short, long)
	if err != nil || !slices.Equal(found, []Profile{{}}) {
		t.Errorf("with a longer answer besides: found %v, %v", found, err)
	}
	// Ten bytes of padding are line feeds, which JSON allows at its end, and a
	// signature over the ciphertext does not tell them apart.
	p := Profile{Signed: SignedBytesCiphertext}
	payload := []byte(`{"cardID":"19181"}`)
	for len(payload)%16 != 6 {
		payload = append(payload, ' ')
	}
	found, err = DetectKazePayProfile(own, peer, mustSeal(t, p, payload).JSON())
	want = []Profile{p, {Signed: SignedBytesCiphertext, Padding: PaddingNone}}
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestDetectRefuses(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	good := mustSeal(t, Profile{}, testPayload)
	other := mustSeal(t, Profile{Hash: SignatureHashSHA256}, testPayload)
	unsigned := *good
	unsigned.Sign = ""
	forged := *good
	forged.Sign = other.Sign[:500] + "000000000000"
	tampered := *good
	tampered.Encrypt = base64.StdEncoding.EncodeToString(make([]byte, 64))
	noKey := *good
	noKey.KeyEnc = issuing.Secret{}
	merchantOwn, merchantPeer := merchantSide(t)
	for name, c := range map[string]struct {
		own     PrivateKey
		peer    PublicKey
		answers [][]byte
		want    error
	}{
		"none":              {own, peer, nil, ErrEnvelopeForm},
		"HTML":              {own, peer, [][]byte{[]byte("<html>")}, ErrEnvelopeForm},
		"failure answer":    {own, peer, [][]byte{[]byte(`{"head":{"code":"E"},"body":{}}`)}, ErrEnvelopeForm},
		"no signature":      {own, peer, [][]byte{unsigned.JSON()}, ErrEnvelopeForm},
		"no key":            {own, peer, [][]byte{noKey.JSON()}, ErrEnvelopeForm},
		"forged":            {own, peer, [][]byte{forged.JSON()}, ErrEnvelope},
		"tampered":          {own, peer, [][]byte{tampered.JSON()}, ErrEnvelope},
		"keys swapped":      {merchantOwn, merchantPeer, [][]byte{good.JSON()}, ErrEnvelope},
		"two that disagree": {own, peer, [][]byte{good.JSON(), other.JSON()}, ErrEnvelope},
	} {
		if found, err := DetectKazePayProfile(c.own, c.peer, c.answers...); found != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}
