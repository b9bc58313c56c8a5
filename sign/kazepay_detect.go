package sign

import (
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

// DetectKazePayProfile tells which profiles open and verify real answers: it
// tries every combination of the choices and returns those whose payload is
// valid JSON and whose signature is right for every one of the answers, the most
// likely first. A callback is sealed like an answer and will do as well. One
// message of the sandbox settles a merchant's configuration:
//
//	profiles, err := sign.DetectKazePayProfile(own, platform, answer)
//
// More than one result is an ambiguity: the answers fit several profiles. A
// payload of a single block does not tell ECB from CBC with a zero vector, for
// example. Pass a longer answer besides.
//
// No result is an error: [ErrEnvelope] when the form is right and nothing fits,
// usually because a key is the wrong one; [ErrEnvelopeForm] for anything else,
// a failure answer without signature and key included.
//
// It is a tool for setting up. It says what Open keeps to itself, so never run
// it on messages whose origin is open.
func DetectKazePayProfile(own PrivateKey, platform PublicKey, answers ...[]byte) ([]Profile, error) {
	if err := (Profile{}).ready(own, platform); err != nil {
		return nil, err
	}
	if !own.CanDecrypt() {
		return nil, fmt.Errorf("%w: the private key signs only; opening needs a crypto.Decrypter", ErrKey)
	}
	if len(answers) == 0 {
		return nil, fmt.Errorf("%w: there is none", ErrEnvelopeForm)
	}
	var fit []Profile
	for i, answer := range answers {
		d, err := newDetection(own, platform, answer)
		if err != nil {
			return nil, err
		}
		found := d.profiles(own)
		if i == 0 {
			fit = found
			continue
		}
		fit = slices.DeleteFunc(fit, func(p Profile) bool { return !slices.Contains(found, p) })
	}
	if len(fit) == 0 {
		return nil, ErrEnvelope
	}
	return fit, nil
}

// detection is one answer under test.
type detection struct {
	envelope *Envelope
	parts    parts
	platform *rsa.PublicKey
}

func newDetection(own PrivateKey, platform PublicKey, answer []byte) (*detection, error) {
	e, err := ParseEnvelope(answer)
	if err != nil {
		return nil, err
	}
	d := &detection{envelope: e, platform: platform.p.rsa}
	d.parts, err = e.decode(own.p.public.Size(), platform.p.rsa.Size(), nil)
	return d, err
}

// wraps are the ways to wrap a key that differ, the most likely first.
var wraps = []Profile{
	{}, {Wrap: KeyWrapOAEPSHA1}, {Wrap: KeyWrapOAEPSHA256, MGF1: MGF1SHA1}, {Wrap: KeyWrapOAEPSHA256},
	{Wrap: KeyWrapOAEPSHA1, MGF1: MGF1SHA256},
}

// profiles returns the profiles that fit.
func (d *detection) profiles(own PrivateKey) []Profile {
	decrypter, err := own.Decrypter()
	if err != nil {
		return nil
	}
	var fit []Profile
	for _, p := range wraps {
		text, err := decrypter.Decrypt(rand.Reader, d.parts.wrapped, p.decrypterOpts(0))
		if err != nil {
			continue
		}
		for _, k := range keyTexts(text) {
			if key := k.decode(text); key != nil {
				p.KeyText, p.Cipher = k, Cipher((len(key)-16)/8)
				fit = append(fit, d.withKey(p, key)...)
			}
		}
	}
	return fit
}

// keyTexts are the forms that a text can have. Raw bytes and printable ones
// open the same; bytes that are all printable were hardly drawn as raw ones.
func keyTexts(text []byte) []KeyText {
	direct := KeyTextASCII
	if slices.ContainsFunc(text, func(c byte) bool { return c < ' ' || c > '~' }) {
		direct = KeyTextRaw
	}
	return []KeyText{KeyTextBase64, KeyTextHex, direct}
}

// withKey tries every choice beyond the key.
func (d *detection) withKey(p Profile, key []byte) (fit []Profile) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	for m := range modeNames {
		for pad := range paddingNames {
			p.Mode, p.Padding = Mode(m), Padding(pad)
			encoded, ok := p.decrypt(block, key, d.parts.ciphertext)
			if ok != 1 {
				continue
			}
			p.Payload = PayloadTextJSON
			fit = append(fit, d.withPayload(p, encoded)...)
			if decoded, err := base64.StdEncoding.Strict().AppendDecode(nil, encoded); err == nil {
				p.Payload = PayloadTextBase64
				fit = append(fit, d.withPayload(p, decoded)...)
			}
		}
	}
	return fit
}

// withPayload tries every signature over a payload that is valid JSON.
func (d *detection) withPayload(p Profile, payload []byte) (fit []Profile) {
	if !json.Valid(payload) {
		return nil
	}
	for s := range signedNames {
		p.Signed = SignedBytes(s)
		message := p.signedBytes(d.envelope, d.parts.ciphertext, payload)
		for h := range hashNames {
			p.Hash = SignatureHash(h)
			digest := p.Hash.digest(message)
			for scheme := range schemeNames {
				p.Scheme = SignatureScheme(scheme)
				if p.verifies(d.platform, digest, d.parts.signature) {
					fit = append(fit, p)
				}
			}
		}
	}
	return fit
}

// Stage is how far an envelope opens under a profile.
type Stage int

// Stages, each beyond the one before.
const (
	StageForm      Stage = iota // it is malformed, as anyone can see
	StageKey                    // the session key does not unwrap or has another form
	StagePayload                // the payload does not decrypt to JSON
	StageSignature              // the signature does not verify
	StageOpen                   // it opens
)

// String returns what fails at the stage, "nothing" at [StageOpen].
func (s Stage) String() string {
	return knob{"Stage", int(s), []string{"form", "key", "payload", "signature", "nothing"}}.String()
}

// Diagnose says at which stage an envelope fails to open. It is what Open keeps to
// itself: who may send messages and is told this can read others' messages with it.
// It is for tests and platforms in memory, whose keys guard nothing.
func (p Profile) Diagnose(own PrivateKey, peer PublicKey, e *Envelope) Stage {
	found, parts, err := p.candidates(own, []PublicKey{peer}, e)
	if err != nil {
		return StageForm
	}
	decrypter, err := own.Decrypter()
	if err != nil {
		return StageForm
	}
	text, err := decrypter.Decrypt(rand.Reader, parts.wrapped, p.decrypterOpts(0))
	key := p.readKey(text)
	if err != nil || key == nil {
		return StageKey
	}
	payload, ok := p.decipher(key, parts.ciphertext)
	if p.Payload == PayloadTextBase64 {
		if payload, err = base64.StdEncoding.Strict().AppendDecode(nil, payload); err != nil {
			return StagePayload
		}
	}
	if ok != 1 || !json.Valid(payload) {
		return StagePayload
	}
	if !p.verifies(peer.p.rsa, p.Hash.digest(p.signedBytes(e, parts.ciphertext, payload)), found[0].signature) {
		return StageSignature
	}
	return StageOpen
}
