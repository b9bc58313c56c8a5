package wire

import "encoding/json"

// container is one of the two JSON shapes that hold values, by its first byte.
type container byte

const (
	object container = '{'
	array  container = '['
)

// in returns the container's JSON in data, which may stand in a string. It is empty
// for what platforms send in place of one without content: "" and the empty other
// container, as PHP writes it. ok is false for any other shape.
func (c container) in(data string) (text string, ok bool) {
	switch {
	case data[0] == byte(c):
		return data, true
	case data == `""`, (data[0] == '{' || data[0] == '[') && bare(data):
		return "", true
	case data[0] != '"':
		return data, false
	}
	text = trim(unquote(data))
	if text == "" || text[0] != byte(c) || !json.Valid([]byte(text)) {
		return data, false
	}
	return text, true
}
