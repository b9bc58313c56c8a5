package wire

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The functions of this file walk JSON that json.Valid has accepted; on
// anything else they stop early but never panic.

// skipSpace returns the index of the next byte that is not white space.
func skipSpace(data string, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the index after the string that starts at i.
func skipString(data string, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// skipValue returns the index after the value that starts at i.
func skipValue(data string, i int) int {
	depth := 0
	for i < len(data) {
		switch c := data[i]; c {
		case '"':
			i = skipString(data, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
			i++
		case ' ', '\t', '\n', '\r', ',', ':':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			for i < len(data) && !delimits(data[i]) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return len(data)
}

func delimits(c byte) bool {
	switch c {
	case ',', ':', '}', ']', '{', '[', '"', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// Members iterates over the members of a JSON object in their order: the
// decoded name and the value as it stands in data. It yields nothing for other
// values and for invalid JSON. As all readers of this file it skips a byte order mark.
func Members(data []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		data := TrimBOM(data)
		if !json.Valid(data) {
			return
		}
		eachMember(string(data), func(name, value string) bool {
			return yield(unquote(name), []byte(value))
		})
	}
}

// Twice reports whether an object anywhere in valid JSON has a member twice: two readers
// could take different ones. Names count as they are spelled.
func Twice(data []byte) bool {
	s := string(data)
	var open []map[string]bool // the names of each object that is open, nil of a list
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			open = append(open, map[string]bool{})
		case '[':
			open = append(open, nil)
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := skipString(s, i)
			if colon := skipSpace(s, end); colon < len(s) && s[colon] == ':' {
				name, names := unquote(s[i:end]), open[len(open)-1]
				if names[name] {
					return true
				}
				names[name] = true
			}
			i = end - 1
		}
	}
	return false
}

// ReadMembers is Members for JSON that Unmarshal has read: nothing is validated again,
// and what it yields shares memory with data.
func ReadMembers(data string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		eachMember(strings.TrimPrefix(data, byteOrderMark), func(name, value string) bool {
			return yield(unquote(name), value)
		})
	}
}

// Texts iterates over the members of a JSON object in their order: the decoded
// name and the text that the value stands for, which is a string's characters,
// nothing for null, and the JSON as it stands in data for everything else. Like
// Members it yields nothing for other values and for invalid JSON.
func Texts(data []byte) iter.Seq2[string, string] {
	return func(yield func(name, text string) bool) {
		data := TrimBOM(data)
		if !json.Valid(data) {
			return
		}
		eachMember(string(data), func(name, value string) bool {
			switch value[0] {
			case '"':
				value = unquote(value)
			case 'n':
				value = ""
			}
			return yield(unquote(name), value)
		})
	}
}

// eachMember calls f with each member's quoted name and value until f returns
// false.
func eachMember(data string, f func(name, value string) bool) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return
	}
	i = skipSpace(data, i+1)
	for i < len(data) && data[i] == '"' {
		end := skipString(data, i)
		name := data[i:end]
		i = skipSpace(data, end)
		if i >= len(data) || data[i] != ':' {
			return
		}
		i = skipSpace(data, i+1)
		end = skipValue(data, i)
		if !f(name, data[i:end]) {
			return
		}
		i = skipSpace(data, end)
		if i >= len(data) || data[i] != ',' {
			return
		}
		i = skipSpace(data, i+1)
	}
}

// eachElement calls f with each element of the array until f returns false.
func eachElement(data string, f func(value string) bool) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '[' {
		return
	}
	i = skipSpace(data, i+1)
	for i < len(data) && data[i] != ']' {
		end := skipValue(data, i)
		if !f(data[i:end]) || end == i {
			return
		}
		i = skipSpace(data, end)
		if i >= len(data) || data[i] != ',' {
			return
		}
		i = skipSpace(data, i+1)
	}
}

// Unquote decodes a JSON string literal; ok is false when data is none.
func Unquote(data []byte) (text string, ok bool) {
	data = TrimBOM(data)
	lit := trim(string(data))
	if lit == "" || lit[0] != '"' || !json.Valid(data) {
		return "", false
	}
	return unquote(lit), true
}

// Text returns the string member name of a JSON object, "" when there is none.
// It reads no further than that member and does not validate the rest.
func Text(data, name string) string {
	var text string
	eachMember(strings.TrimPrefix(data, byteOrderMark), func(quoted, value string) bool {
		if unquote(quoted) != name {
			return true
		}
		if value != "" && value[0] == '"' {
			text = unquote(value)
		}
		return false
	})
	return text
}

// unquote decodes a valid JSON string literal. The result shares memory with
// lit when nothing is escaped.
func unquote(lit string) string {
	if len(lit) < 2 {
		return ""
	}
	body := lit[1 : len(lit)-1]
	if strings.IndexByte(body, '\\') < 0 && utf8.ValidString(body) {
		return body
	}
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); {
		switch c := body[i]; {
		case c == '\\' && i+1 < len(body):
			var n int
			out, n = unescape(out, body[i:])
			i += n
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(body[i:])
			out = utf8.AppendRune(out, r)
			i += n
		}
	}
	return string(out)
}

// unescape appends the character of the escape sequence that s starts with and
// returns how many bytes it has.
func unescape(out []byte, s string) ([]byte, int) {
	switch s[1] {
	case 'b':
		return append(out, '\b'), 2
	case 'f':
		return append(out, '\f'), 2
	case 'n':
		return append(out, '\n'), 2
	case 'r':
		return append(out, '\r'), 2
	case 't':
		return append(out, '\t'), 2
	case 'u':
		r := hex4(s[2:])
		if utf16.IsSurrogate(r) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(s[8:])); pair != unicode.ReplacementChar {
				return utf8.AppendRune(out, pair), 12
			}
		}
		return utf8.AppendRune(out, r), min(6, len(s))
	default:
		return append(out, s[1]), 2
	}
}

func hex4(s string) rune {
	if len(s) < 4 {
		return unicode.ReplacementChar
	}
	var r rune
	for _, c := range []byte(s[:4]) {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			r |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return unicode.ReplacementChar
		}
	}
	return r
}

// byteOrderMark begins the files and answers of some systems. RFC 8259 lets readers
// skip it.
const byteOrderMark = "\ufeff"

// TrimBOM returns data without the byte order mark that it may begin with.
func TrimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte(byteOrderMark)) }
