package kazepay

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/issuing-sdk/issuing-go/sign"
)

// grid are the ways to wrap the session key that a probe tells apart, in the order of
// their likelihood: the four wraps with Base64, then the other key texts. Printable
// keys stand for raw ones as well, which read the same, and answers say which of the
// two it is.
func grid() []sign.Profile {
	var all []sign.Profile
	for _, text := range []sign.KeyText{sign.KeyTextBase64, sign.KeyTextASCII, sign.KeyTextHex} {
		for _, p := range []sign.Profile{
			{}, {Wrap: sign.KeyWrapOAEPSHA1}, {Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1},
			{Wrap: sign.KeyWrapOAEPSHA256},
		} {
			p.KeyText = text
			all = append(all, p)
		}
	}
	return all
}

// further are the choices beyond wrap, key text and hash, each by itself.
var further = []func(*sign.Profile){
	func(p *sign.Profile) { p.Signed = sign.SignedBytesSorted },
	func(p *sign.Profile) { p.Signed = sign.SignedBytesCiphertextText },
	func(p *sign.Profile) { p.Signed = sign.SignedBytesMessage },
	func(p *sign.Profile) { p.Signed = sign.SignedBytesBase64 },
	func(p *sign.Profile) { p.Signed = sign.SignedBytesCiphertext },
	func(p *sign.Profile) { p.Scheme = sign.SignatureSchemePSS },
	func(p *sign.Profile) { p.Mode = sign.ModeCBCKeyIV },
	func(p *sign.Profile) { p.Mode = sign.ModeCBCPrefixIV },
	func(p *sign.Profile) { p.Cipher = sign.CipherAES256 },
	func(p *sign.Profile) { p.Payload = sign.PayloadTextBase64 },
	func(p *sign.Profile) { p.Cipher = sign.CipherAES192 },
	func(p *sign.Profile) { p.Padding = sign.PaddingNone },
}

// ProbeCandidates returns the profiles that a [Probe] tries, in its order of
// likelihood:
//
//  1. the four wraps (PKCS #1 v1.5; OAEP-SHA1; OAEP-SHA256 with MGF1-SHA1, which is
//     Java's; OAEP-SHA256) with everything else at its default: a platform that tells
//     failures apart shows the right one by them;
//  2. the first alternative of all, SHA-256 in the signature (5th);
//  3. the same wraps with the other key texts, printable and hexadecimal (6th to 13th);
//  4. SHA-256 with all other wraps and key texts (14th to 24th), then SHA-512 with all
//     of them (25th to 36th);
//  5. each further choice by itself, with the three hashes, upon those wraps and key
//     texts in the same order; and MD5.
//
// One candidate covers several profiles where the request reads the same and the
// answer tells which it is: {} is a single block, so ECB is CBC with a zero vector, and
// a printable key is a raw one. So the first 36 cover 96 profiles.
func ProbeCandidates() []sign.Profile {
	base := grid()
	all := slices.Clone(base[:4])
	strong := func(p sign.Profile, hash sign.SignatureHash) sign.Profile {
		p.Hash = hash
		return p
	}
	all = append(all, strong(base[0], sign.SignatureHashSHA256))
	all = append(all, base[4:]...)
	for _, p := range base[1:] {
		all = append(all, strong(p, sign.SignatureHashSHA256))
	}
	for _, p := range base {
		all = append(all, strong(p, sign.SignatureHashSHA512))
	}
	hashes := []sign.SignatureHash{sign.SignatureHashSHA1, sign.SignatureHashSHA256, sign.SignatureHashSHA512}
	for _, p := range base {
		for _, choose := range further {
			for _, hash := range hashes {
				other := strong(p, hash)
				choose(&other)
				all = append(all, other)
			}
		}
		all = append(all, strong(p, sign.SignatureHashMD5))
	}
	return all
}

// told is what the platform said to a candidate.
type told struct {
	profile sign.Profile
	words   string
}

// changing are the parts of a platform's words that differ from answer to answer.
var changing = regexp.MustCompile(`[0-9]+|[A-Za-z0-9+/=_-]{20,}`)

// wordsOf returns what tells one kind of failure from another.
func wordsOf(a ProbeAttempt) string {
	return fmt.Sprintf("%d %s %s", a.Status, a.Code, changing.ReplaceAllString(a.Detail, "#"))
}

// wrapOf and gridOf reduce a profile to its wrap, and to its wrap and key text.
func wrapOf(p sign.Profile) sign.Profile { return sign.Profile{Wrap: p.Wrap, MGF1: p.MGF1} }

func gridOf(p sign.Profile) sign.Profile {
	return sign.Profile{Wrap: p.Wrap, MGF1: p.MGF1, KeyText: p.KeyText}
}

// next returns the candidate to try: what an answer told, then what fits the
// knowledge so far in the list's order, then the rest of the list.
func (s *search) next() (sign.Profile, bool) {
	if len(s.first) > 0 {
		p := s.first[0]
		s.first = s.first[1:]
		s.left = slices.DeleteFunc(s.left, func(q sign.Profile) bool { return p == q })
		return p, true
	}
	for _, fits := range s.knowledge() {
		if i := slices.IndexFunc(s.left, fits); i >= 0 {
			p := s.left[i]
			s.left = slices.Delete(s.left, i, i+1)
			return p, true
		}
	}
	return sign.Profile{}, false
}

// knowledge returns what the next candidate should fit, the narrowest first. Words
// that came to several wraps alike say that the key does not unwrap; a wrap that was
// told other words got further, so it is the right one. A key's text is right when it
// alone of the three got other words than the rest.
func (s *search) knowledge() []func(sign.Profile) bool {
	anything := func(sign.Profile) bool { return true }
	stuck := s.stuck()
	if stuck == "" {
		return []func(sign.Profile) bool{anything}
	}
	var wrap *sign.Profile
	words := map[sign.KeyText]string{} // to the key texts of that wrap
	for _, t := range s.seen {
		if t.profile != gridOf(t.profile) || t.words == stuck {
			continue
		}
		found := wrapOf(t.profile)
		if wrap != nil && *wrap != found {
			return []func(sign.Profile) bool{anything} // the words tell nothing after all
		}
		wrap = &found
	}
	if wrap == nil {
		return []func(sign.Profile) bool{anything}
	}
	for _, t := range s.seen {
		if t.profile == gridOf(t.profile) && wrapOf(t.profile) == *wrap {
			words[t.profile.KeyText] = t.words
		}
	}
	wrapped := func(p sign.Profile) bool { return wrapOf(p) == *wrap }
	if text, ok := oddOne(words, stuck); ok {
		return []func(sign.Profile) bool{
			func(p sign.Profile) bool { return wrapped(p) && p.KeyText == text }, wrapped, anything,
		}
	}
	return []func(sign.Profile) bool{
		func(p sign.Profile) bool { return wrapped(p) && p == gridOf(p) }, wrapped, anything,
	}
}

// stuck returns the words of a platform that cannot unwrap the key: those that came to
// most wraps of the grid, three at least; "" when there are none.
func (s *search) stuck() string {
	wraps := map[string]map[sign.Profile]bool{}
	most, words := 2, ""
	for _, t := range s.seen {
		if t.profile != gridOf(t.profile) {
			continue
		}
		if wraps[t.words] == nil {
			wraps[t.words] = map[sign.Profile]bool{}
		}
		wraps[t.words][wrapOf(t.profile)] = true
		if n := len(wraps[t.words]); n > most {
			most, words = n, t.words
		}
	}
	return words
}

// oddOne returns the key text that got further than the others of its wrap: the one
// whose words are not those of a key that does not unwrap, or of all three the one
// whose words differ.
func oddOne(words map[sign.KeyText]string, stuck string) (sign.KeyText, bool) {
	var further []sign.KeyText
	count := map[string]int{}
	for text, w := range words {
		count[w]++
		if w != stuck {
			further = append(further, text)
		}
	}
	if len(further) == 1 && len(words) > 1 {
		return further[0], true
	}
	if len(words) == 3 && len(count) == 2 {
		for text, w := range words {
			if count[w] == 1 {
				return text, true
			}
		}
	}
	return 0, false
}
