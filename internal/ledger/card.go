package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// PAN returns the test card number of the given length that starts with bin,
// holds seq and ends in a valid Luhn check digit. The same arguments give the
// same number.
func PAN(bin string, seq uint64, length int) issuing.Secret {
	room := length - 1 - len(bin)
	if room < 1 {
		return issuing.Secret{}
	}
	digits := fmt.Sprintf("%0*d", room, seq)
	body := bin + digits[len(digits)-room:]
	return issuing.NewSecret(body + string(rune('0'+luhn(body))))
}

// luhn returns the check digit for body.
func luhn(body string) int {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// CVV returns the three digits that belong to a test card number.
func CVV(pan issuing.Secret) issuing.Secret {
	sum := sha256.Sum256([]byte("cvv" + pan.Reveal()))
	return issuing.NewSecret(fmt.Sprintf("%03d", binary.BigEndian.Uint32(sum[:])%1000))
}

// Expiry returns the month and year, four years on, in which a card issued at t
// expires: two and four digits.
func Expiry(t time.Time) (month, year string) {
	t = t.AddDate(4, 0, 0)
	return t.Format("01"), t.Format("2006")
}
