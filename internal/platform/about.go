package platform

import (
	"bytes"
	"encoding/json"
)

// About returns the id of the one card that values speak of, and "" when it is none or
// several. It encodes the values to JSON, as messages are, and asks find for each text
// and number in them; find returns the id of the card that a text names, by an id, the
// merchant's key or its number, or "".
func About(find func(text string) string, values ...any) string {
	about := ""
	for _, v := range values {
		d := json.NewDecoder(bytes.NewReader(JSON(v)))
		d.UseNumber()
		for {
			token, err := d.Token()
			if err != nil {
				break
			}
			text, ok := token.(string)
			if n, number := token.(json.Number); number {
				text, ok = n.String(), true
			}
			if !ok || text == "" {
				continue
			}
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
