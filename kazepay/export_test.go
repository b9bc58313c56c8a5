package kazepay

// What stands behind the signature, for fuzzing and for tables of payloads.
var (
	DecodeNotification = decodeNotification
	NotificationKind   = notificationKind
)
