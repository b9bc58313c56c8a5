package worldcard

import (
	"fmt"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// encryptField encrypts a field once more when the configuration asks for it.
func (c Config) encryptField(field *issuing.Secret) error {
	if !c.EncryptFields {
		return nil
	}
	sealed, err := c.AESKey.Seal([]byte(field.Reveal()))
	if err != nil {
		return err
	}
	*field = issuing.NewSecret(sealed)
	return nil
}

// minSealed is the shortest Base64 of nonce, one byte and tag.
const minSealed = 40

// openField replaces an encrypted field by its plaintext. A field that is empty,
// already in clear (at most 19 digits) or masked stays; anything else must
// decrypt, so that ciphertext is never taken for a value.
func openField(key sign.AESKey, name string, field *issuing.Secret) error {
	v := field.Reveal()
	switch {
	case v == "", len(v) < minSealed && strings.ContainsAny(v, "*xX#•"):
		return nil
	case len(v) <= 19 && strings.Trim(v, "0123456789") == "":
		return nil
	case len(v) < minSealed:
		return fmt.Errorf("field %q is neither digits nor an encrypted value", name)
	}
	plain, err := key.Open(v)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	*field = issuing.NewSecret(string(plain))
	return nil
}
