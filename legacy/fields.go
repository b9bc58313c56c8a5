package legacy

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// openField replaces an encrypted field by its plaintext. A field that is empty,
// already in clear (at most 19 digits) or masked stays; anything else must
// decrypt, so that ciphertext is never taken for a value.
func openField(secret sign.AppSecret, name string, field *issuing.Secret) error {
	v := field.Reveal()
	if strings.Contains(v, "*") || (len(v) <= 19 && strings.Trim(v, "0123456789") == "") {
		return nil
	}
	plain, err := secret.Decrypt(v)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	*field = issuing.NewSecret(string(plain))
	return nil
}

// encodeImages replaces images by their Base64, the form they are sent in.
func encodeImages(images ...*issuing.Secret) {
	for _, image := range images {
		*image = issuing.NewSecret(base64.StdEncoding.EncodeToString([]byte(image.Reveal())))
	}
}

// number is an integer that the pages type as a string.
func number(n int) string { return strconv.Itoa(n) }
