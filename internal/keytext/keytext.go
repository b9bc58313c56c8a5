// Package keytext reads the texts of keys as environments, secret stores, editors
// and openssl hand them over, and says what came along with an id or a secret. It
// knows no algorithm: what a block holds is its caller's to say. No error quotes a
// text.
package keytext

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// blank reports what may stand around a key, an id or a secret without being part of
// it: white space, a byte order mark, a space without width.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' }

// quoted returns what stands between two quotes of one kind.
func quoted(text string) (inner string, ok bool) {
	if n := len(text); n >= 2 && text[0] == text[n-1] && (text[0] == '"' || text[0] == '\'') {
		return text[1 : n-1], true
	}
	return text, false
}

// Trim takes off what a file, an echo or an editor leaves around a text: blanks, line
// breaks, a byte order mark, and one pair of quotes.
func Trim(text string) string {
	inner, _ := quoted(strings.TrimFunc(text, blank))
	return strings.TrimFunc(inner, blank)
}

// Bare reports what [Trim] would take off, for values that are used as they are.
func Bare(value string) error {
	if strings.TrimFunc(value, blank) != value {
		return errors.New("has a blank, a line break or a byte order mark around it")
	}
	if _, ok := quoted(value); ok {
		return errors.New("has quotes around it")
	}
	return nil
}

// Block is one block of a key's text.
type Block struct {
	// Label stands in the block's first line, such as PRIVATE KEY. It is empty for
	// bare Base64, hexadecimal and bytes.
	Label string
	// Encrypted says that the block is under a passphrase; Bytes are nil then.
	Encrypted bool
	Bytes     []byte
}

const (
	begin     = "-----BEGIN "
	end       = "-----END "
	dashes    = "-----"
	maxBlocks = 32 // a chain has up to four certificates
	maxWraps  = 3  // how often a text may be the Base64 of a text
)

var (
	errUTF16  = errors.New("the text is UTF-16; save it as UTF-8")
	errHead   = errors.New("the first line of a block is damaged: it has the form -----BEGIN PRIVATE KEY-----")
	errEnd    = errors.New("a block has no end line that fits its first line: copy the whole of it again")
	errData   = errors.New("a block is damaged: between its first and its last line stands what is no Base64")
	errHeader = errors.New("a block's header lines and its data share one line: restore the line breaks")
	errCRC    = errors.New("a block is damaged: its checksum does not fit; copy the whole of it again")
)

// Read returns the blocks of a text of at most limit bytes, at least one. Blocks are
// found wherever they stand: what is around and between them is read over. Line
// breaks may be of any kind, written as \n, turned into blanks or lost, and the whole
// may be indented, quoted, or the Base64 of a text.
func Read(text string, limit int) ([]Block, error) {
	for range maxWraps {
		switch {
		case len(text) > limit:
			return nil, fmt.Errorf("the text has %d characters, at most %d are read", len(text), limit)
		case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
			return nil, errUTF16
		case !utf8.ValidString(text) && !strings.Contains(text, begin):
			return []Block{{Bytes: []byte(text)}}, nil // DER or packets as they are
		case strings.Contains(text, "\x00"):
			return nil, errUTF16
		}
		if text = Trim(unescape(text)); text == "" {
			return nil, errors.New("the text is empty")
		}
		if strings.Contains(text, begin) {
			return blocks(text)
		}
		data, err := bare(text)
		if err != nil {
			return nil, err
		}
		if !isText(data) {
			return []Block{{Bytes: data}}, nil
		}
		text = string(data)
	}
	return nil, fmt.Errorf("the text is more than %d times in Base64", maxWraps-1)
}

// unescape undoes what JSON, a shell or a .env file does to line breaks, slashes and
// quotes, once or several times over. No key has a backslash.
func unescape(text string) string {
	for strings.Contains(text, `\\`) {
		text = strings.ReplaceAll(text, `\\`, `\`)
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", `\r\n`, "\n", `\n`, "\n", `\r`, "\n",
		`\t`, " ", `\/`, "/", `\"`, `"`).Replace(text)
}

// isText reports whether data is a text again, and no DER.
func isText(data []byte) bool {
	for _, b := range data {
		if (b < ' ' || b > '~') && b != '\n' && b != '\r' && b != '\t' {
			return strings.Contains(string(data), begin)
		}
	}
	return true
}

// blocks cuts a text into its blocks.
func blocks(text string) (out []Block, err error) {
	for {
		_, after, found := strings.Cut(text, begin)
		if !found {
			return out, nil
		}
		if len(out) == maxBlocks {
			return nil, fmt.Errorf("the text has more than %d blocks", maxBlocks)
		}
		label, after, found := strings.Cut(after, dashes)
		if !found || strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") != "" {
			return nil, errHead
		}
		body, rest, found := strings.Cut(after, end+label+dashes)
		if !found || strings.Contains(body, begin) {
			return nil, errEnd
		}
		block := Block{Label: label}
		if err := block.read(body); err != nil {
			return nil, err
		}
		out, text = append(out, block), rest
	}
}

// read decodes what stands between the first and the last line.
func (b *Block) read(body string) error {
	headers, data, err := split(body)
	b.Encrypted = strings.HasPrefix(b.Label, "ENCRYPTED ") || strings.Contains(headers, "4,ENCRYPTED")
	if b.Encrypted {
		return nil
	}
	if err != nil {
		return err
	}
	data = compact(data)
	sum, hasSum := "", false
	if i := len(data) - 5; strings.HasPrefix(b.Label, "PGP ") && i > 0 && data[i] == '=' {
		data, sum, hasSum = data[:i], data[i+1:], true
	}
	if b.Bytes, err = decode64(data); err != nil || len(b.Bytes) == 0 {
		return errData
	}
	if hasSum {
		if want, err := decode64(sum); err != nil || !bytes.Equal(want, crc24(b.Bytes)) {
			return errCRC
		}
	}
	return nil
}

// split takes the header lines of a body, which have a colon, from its data. On one
// line two blanks, once the empty line between them, tell them apart.
func split(body string) (headers, data string, err error) {
	body = strings.TrimFunc(body, blank)
	if !strings.Contains(body, ":") {
		return "", body, nil
	}
	if !strings.Contains(body, "\n") {
		i := strings.LastIndex(body, "  ")
		if i < 0 {
			return body, "", errHeader
		}
		return body[:i], body[i:], nil
	}
	length := 0
	for line := range strings.Lines(body) {
		if !strings.Contains(line, ":") {
			return body[:length], body[length:], nil
		}
		length += len(line)
	}
	return body, "", errHeader
}

// bare reads a text without blocks: hexadecimal or Base64.
func bare(text string) ([]byte, error) {
	switch {
	case text[0] == '{' || text[0] == '[':
		return nil, errors.New("the text is JSON, such as a JWK; a key is read from PEM or Base64")
	case strings.Contains(text, "BEGIN "):
		return nil, errHead
	case strings.HasPrefix(text, "ssh-"), strings.HasPrefix(text, "ecdsa-sha2-"):
		return nil, errors.New("the text is an OpenSSH public key; convert it: ssh-keygen -e -m PKCS8 -f key.pub")
	}
	data := compact(text)
	if decoded, err := hex.DecodeString(data); err == nil {
		return decoded, nil
	}
	decoded, err := decode64(data)
	switch {
	case err == nil:
		return decoded, nil
	case fileName(text):
		return nil, errors.New("the text looks like the name of a file; give what the file holds")
	}
	return nil, errors.New("the text is neither PEM nor Base64 or hexadecimal of a key")
}

// fileName reports a text that is more likely where a key is than the key.
func fileName(text string) bool {
	if len(text) > 256 || strings.Contains(text, "\n") {
		return false
	}
	for _, suffix := range []string{
		".pem", ".key", ".der", ".crt", ".cer", ".asc", ".gpg", ".txt", ".p8", ".p12", ".pfx",
	} {
		if strings.HasSuffix(strings.ToLower(text), suffix) {
			return true
		}
	}
	return false
}

// compact takes all blanks out of Base64 and writes its URL alphabet as the standard
// one.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case blank(r):
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, text)
}

// decode64 decodes compact Base64 with or without padding.
func decode64(text string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}

// crc24 is the checksum of armor, RFC 4880 section 6.1.
func crc24(data []byte) []byte {
	crc := uint32(0xb704ce)
	for _, b := range data {
		crc ^= uint32(b) << 16
		for range 8 {
			if crc <<= 1; crc&0x1000000 != 0 {
				crc ^= 0x1864cfb
			}
		}
	}
	return []byte{byte(crc >> 16), byte(crc >> 8), byte(crc)}
}
