package check

import (
	"encoding/base64"
	"strings"
)

// Base64 reports a text that is not Base64 with the standard alphabet and its padding,
// bare or in a data URI, and one that holds nothing; an empty text passes. The text is
// in one line. It returns the media type of a data URI and how many bytes there are.
func (p *Problems) Base64(field, text string) (media string, size int) {
	if text == "" {
		return "", 0
	}
	content := text
	if head, ok := strings.CutPrefix(text, "data:"); ok {
		if media, content, ok = strings.Cut(head, ";base64,"); !ok {
			p.Add(field, "is a data URI without Base64")
			return "", 0
		}
	}
	size = base64.StdEncoding.DecodedLen(len(content)) - (len(content) - len(strings.TrimRight(content, "=")))
	if content == "" {
		p.Add(field, "holds no picture")
	} else if _, err := base64.StdEncoding.Strict().DecodeString(content); err != nil {
		p.Add(field, "is not Base64")
	}
	return media, size
}
