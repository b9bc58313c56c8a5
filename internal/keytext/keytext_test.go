package keytext

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTrimAndBare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ value, want string }{
		{"x", "x"}, {"", ""}, {"x\n", "x"}, {" x", "x"}, {"x\r\n", "x"}, {"\tx", "x"}, {"\ufeffx", "x"}, {"x\u00a0", "x"}, {"\u200bx", "x"},
		{`"x"`, "x"}, {"'x'", "x"}, {"\" x \"\n", "x"}, {`"`, `"`}, {`x"`, `x"`}, {`"x'`, `"x'`}, {`""`, ""}, {`""x""`, `"x"`}, {" \n", ""},
		{"a b", "a b"}, {"x\\n", "x\\n"},
	} {
		if got := Trim(tt.value); got != tt.want {
			t.Errorf("Trim(%q) = %q, want %q", tt.value, got, tt.want)
		}
		if err := Bare(tt.value); (err == nil) != (tt.value == tt.want) {
			t.Errorf("Bare(%q): %v", tt.value, err)
		}
	}
}

// Every spelling of a block gives its bytes.
func TestSpellings(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte{0xfb, 0xff, 0xbf, 1, 2}, 40) // with both characters that the URL alphabet writes otherwise
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: data}))
	other := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("other")}))
	replace := func(old, with string) string { return strings.ReplaceAll(text, old, with) }
	std, url := base64.StdEncoding, base64.URLEncoding
	for name, tt := range map[string]struct {
		text   string
		labels string // joined with a comma
	}{
		"as it is": {text, "PUBLIC KEY"}, "CRLF": {replace("\n", "\r\n"), "PUBLIC KEY"}, "CR": {replace("\n", "\r"), "PUBLIC KEY"},
		`\n`: {replace("\n", `\n`), "PUBLIC KEY"}, `\r\n`: {replace("\n", `\r\n`), "PUBLIC KEY"}, `\\n`: {replace("\n", `\\n`), "PUBLIC KEY"},
		"JSON":       {`"` + strings.ReplaceAll(replace("\n", `\n`), "/", `\/`) + `"`, "PUBLIC KEY"},
		"JSON twice": {`"\"` + replace("\n", `\\n`) + `\""`, "PUBLIC KEY"},
		"one line":   {replace("\n", " "), "PUBLIC KEY"}, "no breaks": {replace("\n", ""), "PUBLIC KEY"},
		"indented": {"  " + replace("\n", "\n  "), "PUBLIC KEY"}, "tabs": {replace("\n", "\n\t"), "PUBLIC KEY"},
		"empty lines": {replace("\n", "\n\n"), "PUBLIC KEY"}, "mark": {"\ufeff" + text, "PUBLIC KEY"}, "quotes": {"'" + text + "'", "PUBLIC KEY"},
		"in a file": {"KEY=\"" + text + "\"\nOTHER=1\n", "PUBLIC KEY"}, "Latin-1 around it": {"friendlyName: K\xfcche\n" + text, "PUBLIC KEY"},
		"headers":              {strings.Replace(text, "KEY-----\n", "KEY-----\nComment: a: b\nX: y\n\n", 1), "PUBLIC KEY"},
		"headers, CRLF":        {strings.ReplaceAll(strings.Replace(text, "KEY-----\n", "KEY-----\nComment: a: b\nX: y\n\n", 1), "\n", "\r\n"), "PUBLIC KEY"},
		"headers on one line":  {strings.ReplaceAll(strings.Replace(text, "KEY-----\n", "KEY-----\nComment: a b\nX: y\n\n", 1), "\n", " "), "PUBLIC KEY"},
		"URL alphabet":         {strings.NewReplacer("+", "-", "/", "_").Replace(text[:30]) + strings.NewReplacer("+", "-", "/", "_").Replace(text[30:]), "PUBLIC KEY"},
		"two":                  {other + text, "CERTIFICATE,PUBLIC KEY"},
		"two on one line":      {strings.ReplaceAll(other+text, "\n", " "), "CERTIFICATE,PUBLIC KEY"},
		"Base64 of it":         {std.EncodeToString([]byte(text)), "PUBLIC KEY"},
		"Base64 of it, lines":  {std.EncodeToString([]byte(text))[:76] + "\n" + std.EncodeToString([]byte(text))[76:] + "\n", "PUBLIC KEY"},
		"Base64 of Base64":     {std.EncodeToString([]byte(std.EncodeToString([]byte(text)))), "PUBLIC KEY"},
		"Base64 of CRLF, mark": {std.EncodeToString([]byte("\ufeff" + replace("\n", "\r\n"))), "PUBLIC KEY"},
		"bare":                 {std.EncodeToString(data), ""}, "bare in quotes": {`"` + std.EncodeToString(data) + "\"\n", ""},
		"bare, URL alphabet": {url.EncodeToString(data), ""}, "bare, no padding": {base64.RawURLEncoding.EncodeToString(data), ""},
		"hexadecimal": {hex.EncodeToString(data), ""}, "capitals": {strings.ToUpper(hex.EncodeToString(data)), ""}, "bytes": {string(data), ""},
	} {
		got, err := Read(tt.text, 1<<16)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		labels := []string{}
		for _, b := range got {
			labels = append(labels, b.Label)
		}
		if last := got[len(got)-1]; strings.Join(labels, ",") != tt.labels || !bytes.Equal(last.Bytes, data) || last.Encrypted {
			t.Errorf("%s: blocks %q, %d bytes", name, labels, len(last.Bytes))
		}
	}
}

func TestEncrypted(t *testing.T) {
	t.Parallel()
	old := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
	for name, text := range map[string]string{
		"PKCS #8": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", "PKCS #1": old,
		"on one line": strings.ReplaceAll(old, "\n", " "), "collapsed": strings.Join(strings.Fields(old), " "),
	} {
		if got, err := Read(text, 1<<16); err != nil || len(got) != 1 || !got[0].Encrypted || got[0].Bytes != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A comment does not make a block encrypted.
func TestCommentAlone(t *testing.T) {
	t.Parallel()
	got, err := Read("-----BEGIN PGP X-----\nComment: ENCRYPTED\n\nAAAA\n-----END PGP X-----", 100)
	if err != nil || len(got) != 1 || got[0].Encrypted || len(got[0].Bytes) != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

// FuzzRead: no text makes a panic, and no error quotes it.
func FuzzRead(f *testing.F) {
	f.Add("-----BEGIN X-----\nA: b\n\nAAAA\n-----END X-----")
	f.Add("-----BEGIN PGP X-----\nAAAA\n=AA==\n-----END PGP X-----")
	f.Add(`"\\n-----BEGIN -----"`)
	f.Add("MIIB")
	f.Add("3082")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(text, 1<<12)
		if (err == nil) == (len(got) == 0) {
			t.Fatalf("%d blocks, %v", len(got), err)
		}
		if err != nil && (!utf8.ValidString(err.Error()) || len(err.Error()) > 120) {
			t.Fatalf("%v", err)
		}
	})
}
