package kazepay

import "time"

// What stands behind the signature, for fuzzing and for tables of payloads.
var (
	DecodeNotification = decodeNotification
	NotificationKind   = notificationKind
)

// EventTime is the event's own time.
func EventTime(n Notification) time.Time { return n.when() }
