package wire

import "strings"

// OneLine returns Base64 without the line breaks and blanks that mail and openssl put
// into it. It may stand in a data URI, whose head comes out in lower case.
func OneLine(text string) string {
	if strings.ContainsAny(text, " \t\r\n") {
		text = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
	}
	if comma := strings.IndexByte(text[:min(len(text), maxHead)], ','); comma >= 0 {
		text = strings.ToLower(text[:comma]) + text[comma:]
	}
	return text
}

// maxHead bounds the head of a data URI: a media type and two words.
const maxHead = 128
