package platform

import (
	"bytes"
	"encoding/json"
	"strings"
)

// About returns the id of the one card that values speak of, and "" when it is none or
// several. It encodes the values to JSON, as messages are, and asks find for each text
// and number in them, also where a text is JSON itself; find returns the id of the card
// that a text names, by an id, the merchant's key or its number, or "".
func About(find func(text string) string, values ...any) string {
	about := ""
	for _, v := range values {
		for _, text := range texts(nil, JSON(v)) {
			switch id := find(text); {
			case id == "" || id == about:
			case about != "":
				return ""
			default:
				about = id
			}
		}
	}
	return about
}

// texts appends the texts and numbers of a JSON document, also those inside of texts.
func texts(list []string, document []byte) []string {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return list
		}
		switch token := token.(type) {
		case string:
			if strings.HasPrefix(token, "{") {
				list = texts(list, []byte(token))
			} else if token != "" {
				list = append(list, token)
			}
		case json.Number:
			list = append(list, token.String())
		}
	}
}
