package check

import (
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/keytext"
)

// Settings are ids, secrets and addresses that a merchant copies into a configuration,
// and what comes along with them has one rule: texts from the environment are trimmed,
// values that are used as they are must stand bare.

// Trim takes blanks, line breaks, a byte order mark and one pair of quotes off the text
// of a setting.
func Trim[T ~string](text T) T { return T(keytext.Trim(string(text))) }

// TrimSecret is Trim for a secret.
func TrimSecret(text issuing.Secret) issuing.Secret {
	return issuing.NewSecret(keytext.Trim(text.Reveal()))
}

// Bare reports blanks, line breaks, a byte order mark or quotes around the value of a
// setting: no platform knows it by them. It returns whether there are none.
func (p *Problems) Bare(field, value string) bool {
	err := keytext.Bare(value)
	p.Cause(field, err)
	return err == nil
}

// ID is Text for an id in a configuration, which must also stand bare.
func (p *Problems) ID(field, value string, limit int) {
	if p.Required(field, strings.TrimSpace(value) != "") {
		p.OptionalID(field, value, limit)
	}
}

// OptionalID is ID for one that may be empty.
func (p *Problems) OptionalID(field, value string, limit int) {
	if p.Bare(field, value) {
		p.OptionalText(field, value, limit)
	}
}

// URL checks an address in a configuration by a rule, once it stands bare.
func (p *Problems) URL(field, value string, rule func(string) error) {
	if p.Bare(field, value) {
		p.Cause(field, rule(value))
	}
}
