package sign

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// member is the value of a member of a JSON object, as it stands in the text.
type member struct {
	value string
	start int // of the value in the text
}

// text returns a member that is a string; "" for everything else.
func (m member) text() string {
	if m.value == "" || m.value[0] != '"' {
		return ""
	}
	return unquoted(m.value)
}

// objectMembers splits the JSON object that stands at an offset of text, which is
// valid JSON. ok is false when there is something else, and when a name occurs
// twice: two readers could take different ones.
func objectMembers(text string, from int) (members map[string]member, ok bool) {
	i := afterSpace(text, from)
	if i == len(text) || text[i] != '{' {
		return nil, false
	}
	members = make(map[string]member, 12)
	for i = afterSpace(text, i+1); text[i] != '}'; i = afterComma(text, i) {
		end := stringEnd(text, i)
		name := unquoted(text[i:end])
		i = afterSpace(text, afterSpace(text, end)+1) // the colon
		end = valueEnd(text, i)
		if _, twice := members[name]; twice {
			return nil, false
		}
		members[name] = member{text[i:end], i}
		i = end
	}
	return members, true
}

// arrayTexts returns the elements of a JSON array of strings. text is valid JSON.
func arrayTexts(text string) (texts []string, ok bool) {
	if text == "" || text[0] != '[' {
		return nil, false
	}
	for i := afterSpace(text, 1); text[i] != ']'; {
		if text[i] != '"' {
			return nil, false
		}
		end := stringEnd(text, i)
		texts = append(texts, unquoted(text[i:end]))
		i = afterComma(text, end)
	}
	return texts, true
}

func afterSpace(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// afterComma returns where the next element or the end of its object or array is.
func afterComma(text string, i int) int {
	if i = afterSpace(text, i); text[i] == ',' {
		return afterSpace(text, i+1)
	}
	return i
}

// stringEnd returns the offset behind the string that stands at i.
func stringEnd(text string, i int) int {
	for i++; ; i++ {
		i += strings.IndexByte(text[i:], '"')
		escapes := 0
		for text[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}

// valueEnd returns the offset behind the value that stands at i.
func valueEnd(text string, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = stringEnd(text, i) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i // behind a number or a literal
			}
			continue
		default:
			continue
		}
		switch {
		case depth < 0:
			return i
		case depth == 0:
			return i + 1
		}
	}
	return i
}

// The Base64 of signatures, of which a second spelling is refused.
var (
	strictRawURL = base64.RawURLEncoding.Strict()
	strictStd    = base64.StdEncoding.Strict()
)

// strictly decodes Base64. The decoder itself skips line breaks.
func strictly(encoding *base64.Encoding, text string) ([]byte, bool) {
	if strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0 {
		return nil, false
	}
	raw, err := encoding.DecodeString(text)
	return raw, err == nil
}

// unquoted returns the content of a JSON string.
func unquoted(quoted string) string {
	plain := quoted[1 : len(quoted)-1]
	for i := range len(plain) {
		if plain[i] == '\\' || plain[i] >= utf8.RuneSelf {
			var text string
			_ = json.Unmarshal([]byte(quoted), &text) // it is valid
			return text
		}
	}
	return plain
}
