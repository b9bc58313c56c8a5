package unionpay

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/webhook"
)

func TestSpell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		`{"a":"b"}`:              {`{"a":"b"}`, `{"a":"b"}`},
		`"\u0008\u0009\u000a"`:   {`"\b\t\n"`, `"\b\t\n"`},
		`"\u000c\u000d\u0001"`:   {`"\f\r\u0001"`, `"\f\r\u0001"`},
		`"\\u000a"`:              {`"\\u000a"`, `"\\u000a"`},
		`"\\\u000a\"\\"`:         {`"\\\n\"\\"`, `"\\\n\"\\"`},
		`"a/b\\/c"`:              {`"a/b\\/c"`, `"a\/b\\\/c"`},
		`"\u007f\u00e9"`:         {`"\u007f\u00e9"`, `"\u007f\u00e9"`},
		`"\/"`:                   {`"\/"`, `"\/"`},
		`{"x":"\u000A","y":"/"}`: {`{"x":"\u000A","y":"/"}`, `{"x":"\u000A","y":"\/"}`},
	} {
		for i, escape := range []bool{false, true} {
			got := string(Config{EscapeSlash: escape}.spell([]byte(in)))
			if got != want[i] {
				t.Errorf("spell(%s, %v) = %s, want %s", in, escape, got, want[i])
			}
			var before, after any
			if json.Unmarshal([]byte(in), &before) != nil || json.Unmarshal([]byte(got), &after) != nil {
				t.Fatalf("%s or %s is not JSON", in, got)
			}
		}
	}
}

func TestIsCompactJWE(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"eyJhbGciOiJSU0ExXzUifQ.AA.AA.AA.AA": true, "eyJ....": true,
		"": false, "eyJ": false, "ey": false, "eyJ.a.b.c": false, "eyJ.a.b.c.d.e": false, "a.b.c.d.e": false,
		"eyJ.a.b.c.\n": false, "eyJ.a b.c.d.e": false, `{"a":"1.2.3.4.5"}`: false,
	} {
		if got, bytes := isCompactJWE(text), isCompactJWE([]byte(text)); got != want || bytes != want {
			t.Errorf("%q: %v and %v, want %v", text, got, bytes, want)
		}
	}
}

// FuzzAnswer reads any bytes as an answer.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"msgInfo":{"msgID":"A"},"trxInfo":{"token":"6299990000000000004"},"msgResponse":{"responseCode":"00"}}`))
	f.Add([]byte(`{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}`))
	f.Add([]byte(`{"atmList":[{"atmId":1,"features":[]},null,7],"totalCount":"x"}`))
	f.Add([]byte(`{"token":"eyJ.a.b.c.d","tokenExpiry":{},"trxInfo":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, shape := range []Shape{ShapeFlat, ShapeEnveloped} {
			a := parseAnswer(raw, shape)
			if a.code != "" && (len(a.code) != 2 || strings.ContainsAny(string(a.code), " \n\"")) {
				t.Errorf("code %q", a.code)
			}
			token, atms := new(Token), new(atmAnswer)
			if err := (opener{}).read(Config{}, a.business, token); err == nil && !token.incomplete() && token.Token.Len() < 16 {
				t.Error("a token of fewer than 16 digits passes")
			}
			_ = (opener{profile: ProfileU}).read(Config{}, a.business, atms)
		}
	})
}

// FuzzDecodeNotification reads any bytes as what stands behind a message's
// signature.
func FuzzDecodeNotification(f *testing.F) {
	f.Add("TOKEN_STATE_NOTIFICATION", []byte(`{"token":"6299990000000000004","tokenState":"ACTIVE","encryptedConsumerIdentity":{"identityValue":"x"}}`))
	f.Add("TRX_STATUS_NOTIFICATION", []byte(`{"trxAmt":"0001","discountDetails":[{"discountAmt":1e9}],"emvCpqrcPayload":"x"}`))
	f.Add("GET_USER_ID", []byte(`{"userAuthCode":"eyJ.a.b.c.d"}`))
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		n, err := decodeNotification(MessageType(typ), data, opener{note: ignore}, Config{})
		if err == nil && n != nil && n.answer() == nil {
			t.Error("an event without an answer")
		}
		for _, shape := range []Shape{ShapeDefault, ShapeFlat} {
			s := callbackScheme{cfg: CallbackConfig{Shape: shape}}
			_, _ = s.head(new(webhook.Event), s.parts(data), "")
		}
	})
}

// FuzzSpell: what is JSON stays the same JSON.
func FuzzSpell(f *testing.F) {
	f.Add(`a\u000a/`)
	f.Add("\x00\n\\u000a")
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := codec.Marshal(map[string]string{text: text})
		if err != nil {
			t.Skip()
		}
		for _, escape := range []bool{false, true} {
			var before, after map[string]string
			if json.Unmarshal(raw, &before) != nil || json.Unmarshal((Config{EscapeSlash: escape}).spell(raw), &after) != nil {
				t.Fatalf("%q is not JSON", Config{EscapeSlash: escape}.spell(raw))
			}
			for name, value := range before {
				if after[name] != value {
					t.Fatalf("%q became %q", value, after[name])
				}
			}
		}
	})
}

func ignore(string, string) {}
