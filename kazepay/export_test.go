package kazepay

import "time"

// What stands behind the signature, for fuzzing and for tables of payloads.
var (
	DecodeNotification = decodeNotification
	NotificationKind   = notificationKind
)

// EventTime is the event's own time.
func EventTime(n callbackEvent) time.Time { return n.when() }

// IdentityOf is what identifies an event.
func IdentityOf(event any) string { return event.(callbackEvent).identity() }
