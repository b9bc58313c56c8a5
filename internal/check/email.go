package check

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Email reports a text that is no single bare mail address; an empty one passes. See
// [ValidEmail].
func (p *Problems) Email(field, value string) {
	if value != "" && !ValidEmail(value) {
		p.Add(field, "is not an e-mail address")
	}
}

// ValidEmail reports whether a text is one bare mail address as people have them: what
// mail servers deliver, rather than what RFC 5322 lets a program make. Dots may follow
// each other or end the part before the @, as Japan's carriers gave them out; that part
// may stand in quotes, with blanks in it; both parts may be in any script. It refuses
// white space outside quotes, lists, names before the address, and control characters.
// How long an address may be is for the field's own check.
func ValidEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || !utf8.ValidString(text) || strings.ContainsFunc(text, unseen) {
		return false
	}
	return validLocal(text[:at]) && validDomain(text[at+1:])
}

// unseen are the characters that hide in a text or end a line of it.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

func validLocal(local string) bool {
	if local[0] == '"' {
		return validQuoted(local)
	}
	return !strings.ContainsFunc(local, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`"(),:;<>@[\]`, r)
	})
}

// validQuoted reports whether a text is one quoted string with something in it.
func validQuoted(local string) bool {
	if len(local) < 3 || local[len(local)-1] != '"' {
		return false
	}
	inner := local[1 : len(local)-1]
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '"':
			return false
		case '\\':
			if i++; i == len(inner) {
				return false // it would escape the closing quote
			}
		}
	}
	return true
}

// validDomain takes host names in any script and addresses in brackets.
func validDomain(domain string) bool {
	if inner, ok := strings.CutPrefix(domain, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && strings.Trim(inner, "0123456789abcdefABCDEFIPv.:") == ""
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notOfHost) {
			return false
		}
	}
	return true
}

// notOfHost reports a character that no label of a host name has.
func notOfHost(r rune) bool {
	return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}
