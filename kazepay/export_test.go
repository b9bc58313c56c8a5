package kazepay

import (
	"time"

	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// DecodeNotification is what stands behind the signature of a callback whose head
// names its kind, for fuzzing and for tables of payloads.
func DecodeNotification(kind string, plaintext []byte, zone *time.Location) (callbackEvent, error) {
	m := members(plaintext, nil)
	if !fits(kind, m) {
		return nil, nil
	}
	return decodeNotification(kind, m, codecIn(zone), nil)
}

// NotificationKind is how a kind is told.
func NotificationKind(apiCode string, plaintext []byte, names map[string]string) (string, error) {
	kind, _, err := notificationKind(apiCode, members(plaintext, nil), names)
	return kind, err
}

// EventTime is the event's own time.
func EventTime(n callbackEvent) time.Time { return n.when() }

// IdentityOf is what identifies an event.
func IdentityOf(event any) string { return event.(callbackEvent).identity() }

// Disagreements lists the rows whose data and functions do not agree.
func Disagreements(c *Client) []string { return provider.Disagreements(c.settlers()) }

// Remembered reports whether a client remembers a message number.
func Remembered(c *Client, no string) bool { return c.sent.ofAnother("", no) }

// Remember has a client remember message numbers.
func Remember(c *Client, numbers ...string) {
	for _, no := range numbers {
		c.sent.add(no)
	}
}

// MaxRemembered is how many of them it keeps.
const MaxRemembered = maxRemembered
