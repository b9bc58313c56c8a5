package sign

import (
	"crypto/fips140"
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
)

// Param is one parameter of a signed message. The value is the text that stands
// in the message: a string's characters, a number's or boolean's literal, the
// JSON of a nested value as it came.
type Param struct {
	Name  string // the parameter's name
	Value string // its text; an empty one is not signed
}

// secretName is the name under which the secret takes its place among the
// parameters.
const secretName = "appSecret"

// SignParams returns the lower-case hex MD5 of the parameters with a value and
// of appSecret, sorted by the bytes of their names and joined as k=v with "&",
// without any escaping. The caller leaves out the signature itself and whatever
// the platform does not sign. Two parameters of one name are refused.
//
// Nothing separates a value from the next name, so {"a":"1&b=2"} has the
// signature of {"a":"1","b":"2"}: a signature proves that the secret's holder
// sent those bytes, not where one parameter ends.
func (s AppSecret) SignParams(params []Param) (string, error) {
	if s.p == nil {
		return "", fmt.Errorf("%w: the app secret is missing", ErrKey)
	}
	if err := checkMD5(); err != nil {
		return "", err
	}
	text, err := s.canonical(params)
	if err != nil {
		return "", err
	}
	sum := md5.Sum(text)
	clear(text)
	return hex.EncodeToString(sum[:]), nil
}

// VerifyParams checks a signature over the parameters, in constant time and
// without regard to the case of its hex digits. Every failure is [ErrVerify].
func (s AppSecret) VerifyParams(signature string, params []Param) error {
	if s.p == nil {
		return fmt.Errorf("%w: the app secret is missing", ErrKey)
	}
	if len(signature) != hex.EncodedLen(md5.Size) || checkMD5() != nil {
		return ErrVerify
	}
	got, err := hex.DecodeString(signature)
	if err != nil {
		return ErrVerify
	}
	text, err := s.canonical(params)
	if err != nil {
		return ErrVerify
	}
	want := md5.Sum(text)
	clear(text)
	if subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return ErrVerify
	}
	return nil
}

// checkMD5 refuses where the standard library would panic.
func checkMD5() error {
	if fips140.Enforced() {
		return fmt.Errorf("%w: the app secret signs with MD5, which FIPS 140-only mode does not allow", ErrKey)
	}
	return nil
}

// byName sorts parameters.
type byName []Param

func (p byName) Len() int           { return len(p) }
func (p byName) Less(i, j int) bool { return p[i].Name < p[j].Name }
func (p byName) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

// canonical returns the text that is hashed. It holds the secret: the callers
// wipe it.
func (s AppSecret) canonical(params []Param) ([]byte, error) {
	sorted := append(make([]Param, 0, len(params)+1), params...)
	sorted = append(sorted, Param{Name: secretName, Value: s.p.text()})
	sort.Sort(byName(sorted))
	size := 0
	for i, p := range sorted {
		// An empty repeat is not in the text, but it would change what a reader
		// of the message takes for the value.
		if i > 0 && p.Name == sorted[i-1].Name {
			return nil, errors.New("sign: a parameter stands twice")
		}
		size += len(p.Name) + len(p.Value) + 2
	}
	text := make([]byte, 0, size)
	for _, p := range sorted {
		if len(p.Value) == 0 {
			continue
		}
		if len(text) > 0 {
			text = append(text, '&')
		}
		text = append(text, p.Name...)
		text = append(text, '=')
		text = append(text, p.Value...)
	}
	return text, nil
}
