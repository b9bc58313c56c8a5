package unionpay_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// hostile are texts that break careless encoders, all within 100 characters.
var hostile = map[string]string{
	"control characters": "\x00\x01\b\t\n\v\f\r\x1b\x1f\x7f",
	"four-byte UTF-8":    strings.Repeat("𠮷", 100),
	"script":             `</script><script>alert("x")</script>`,
	"JSON":               `","reportReason":"9","x":"\u0000\\`,
	"line separators":    "a\u2028b\u2029c\ufeffd",
	"slashes":            `a/b\/c\\/d`,
	"ampersands":         "<a href='x'>&amp;</a>",
	"blank":              "   ",
	"bidi":               "\u202egnp.exe",
	"combining":          strings.Repeat("e\u0301", 50),
}

// TestHostileTexts sends them in every text field: they arrive as they are, with
// the signature intact, in all three payload modes and both spellings of "/".
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for _, escape := range []bool{false, true} {
		for _, profile := range []unionpay.Profile{unionpay.ProfileG, unionpay.ProfileU} {
			server := startServer(t, unionpaytest.Config{
				Clock:    issuingtest.NewClock(epoch),
				Profiles: map[unionpay.MessageType]unionpay.Profile{unionpay.MessageTypeATMFeedback: profile},
			})
			client := newClient(t, server, func(c *unionpay.Config) { c.EscapeSlash = escape })
			var want []unionpay.FeedbackRequest
			for name, text := range hostile {
				req := unionpay.FeedbackRequest{
					CountryCode: "702", CityName: text, BankName: text, Address: text,
					Longitude: text, Latitude: text, ReportReason: unionpay.ReportReasonOther, OtherReason: text,
				}
				if _, err := client.ATMs.Feedback(t.Context(), req); err != nil {
					t.Errorf("%s, profile %s: %v", name, profile, err)
				}
				want = append(want, req)
			}
			if diff := cmp.Diff(want, server.Feedback()); diff != "" {
				t.Errorf("profile %s, escape %v (-sent +arrived):\n%s", profile, escape, diff)
			}
		}
	}
}

// TestHostileTokenTexts does the same with the texts of the token messages, in
// both profiles. The gateway's answer brings the device back.
func TestHostileTokenTexts(t *testing.T) {
	t.Parallel()
	for _, profile := range []unionpay.Profile{unionpay.ProfileG, unionpay.ProfileU} {
		server := startServer(t, unionpaytest.Config{
			Clock: issuingtest.NewClock(epoch),
			Profiles: map[unionpay.MessageType]unionpay.Profile{
				unionpay.MessageTypeTokenRequest: profile, unionpay.MessageTypeTokenStateUpdate: profile, unionpay.MessageTypeTokenStateInquiry: profile,
			},
		})
		client := newClient(t, server, nil)
		for name, text := range hostile {
			runes := []rune(strings.Map(func(r rune) rune {
				if unicode.IsControl(r) { // which ANS has not
					return -1
				}
				return r
			}, text))
			short := string(runes[:min(len(runes), 20)])
			text = string(runes[:min(len(runes), 64)])
			if text == "" {
				continue
			}
			req := pushed(t, server, "")
			req.DeviceID, req.UserID = text, text
			req.RiskInfo = &unionpay.RiskInfo{
				GPS: text, SIMCards: []string{text}, AppUserID: text, IPAddress: text, ReservedMobileNo: "82-1000000000", DeviceType: short,
				CaptureMethod: unionpay.CaptureMethodCamera,
			}
			req.CVM = []unionpay.CVM{{Name: issuing.Personal(text), IDType: text, IDNo: issuing.NewSecret(text), OTP: issuing.NewSecret(text)}}
			token, err := client.Tokens.Request(t.Context(), req)
			if err != nil || token.DeviceID != text {
				t.Errorf("%s, profile %s: %v", name, profile, err)
				continue
			}
			change, err := client.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{
				DeviceID: text, Token: token.Token, Action: unionpay.TokenActionSuspend, EnrolID: text,
			})
			if err != nil || change.State != unionpay.TokenStateSuspended {
				t.Errorf("%s, profile %s: %v", name, profile, err)
			}
			if got, err := client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: token.RefID, DeviceID: text}); err != nil || got.DeviceID != text {
				t.Errorf("%s, profile %s: %v", name, profile, err)
			}
			long := req
			long.DeviceID, long.UserID = text+strings.Repeat("𠮷", 65), strings.Repeat("x", 65)
			if _, err := client.Tokens.Request(t.Context(), long); len(asError(t, err).Fields) != 2 {
				t.Errorf("%s, too long: %v", name, err)
			}
		}
		check(t, server)
	}
}

// TestHostileLengths: what is too long is refused before it is sent, counted in
// characters and not in bytes.
func TestHostileLengths(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	req := feedback()
	req.ATMID = ""
	req.BankName = strings.Repeat("银", 5_000) // 15 KB
	req.CityName = strings.Repeat("𠮷", 101)
	req.Address = strings.Repeat("a", 501)
	req.OtherReason = strings.Repeat("b", 101)
	req.Longitude = "\xff\xfe"
	_, err := client.ATMs.Feedback(t.Context(), req)
	e := asError(t, err)
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field)
	}
	slices.Sort(fields)
	if diff := cmp.Diff([]string{"address", "bankName", "cityName", "longitude", "otherReason"}, fields); diff != "" || !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if server.Requests("") != 0 {
		t.Error("a request that breaks its lengths was sent")
	}
	req.BankName, req.CityName = strings.Repeat("银", 100), strings.Repeat("𠮷", 100)
	req.Address, req.OtherReason, req.Longitude = strings.Repeat("é", 500), strings.Repeat("b", 100), "+1"
	if _, err := client.ATMs.Feedback(t.Context(), req); err != nil {
		t.Errorf("the longest texts: %v", err)
	}
	if diff := cmp.Diff([]unionpay.FeedbackRequest{req}, server.Feedback()); diff != "" {
		t.Errorf("(-sent +arrived):\n%s", diff)
	}
}

// TestHostileAnswers: whatever the gateway's address answers, a call ends with a
// typed error and without a panic.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	gateway, _ := turned(t, unionpaytest.Config{})
	req := pushed(t, gateway, "")
	for name, body := range map[string]string{
		"empty": "", "null": "null", "array": "[]", "number": "1e999", "HTML": "<html>", "dots": "a.b.c.d.e",
		"deep":        strings.Repeat("[", 200_000),
		"2 MiB":       `{"a":"` + strings.Repeat("x", 2<<20) + `"}`,
		"code object": `{"msgResponse":{"responseCode":{"a":1}}}`,
		"code long":   `{"msgResponse":{"responseCode":"` + strings.Repeat("0", 5000) + `"}}`,
		"invalid":     "{\"msgResponse\":{\"responseCode\":\"\xff\xff\"}}",
	} {
		for _, status := range []int{200, 201, 302, 400, 401, 404, 500} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}))
			client := newClient(t, gateway, func(c *unionpay.Config) {
				c.BaseURL, c.AcceptUnsigned = server.URL, status == 201
			}, issuing.WithMaxAttempts(1))
			_, err := client.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702"})
			if e := asError(t, err); e.Kind == nil || len(err.Error()) > 1000 {
				t.Errorf("%s, %d: %v", name, status, err)
			}
			_, err = client.Tokens.Request(t.Context(), req)
			if open := status < 400 || status >= 500 || name == "2 MiB"; errors.Is(err, issuing.ErrOutcomeUnknown) != open {
				t.Errorf("%s, %d: %v", name, status, err)
			}
			server.Close()
		}
	}
}

// TestWarnings: what is probably a mistake is sent all the same.
func TestWarnings(t *testing.T) {
	t.Parallel()
	req := feedback()
	if w := req.Warnings(); len(w) != 0 {
		t.Errorf("a good report: %v", w)
	}
	req.ATMID, req.Longitude, req.Latitude = "", "+180.01", "-120"
	want := []issuing.FieldError{
		{Field: "atmId", Problem: "is empty although the reason is not a new ATM"},
		{Field: "longitude", Problem: "is not within -180 to 180"},
		{Field: "latitude", Problem: "is not within -90 to 90"},
	}
	if diff := cmp.Diff(want, req.Warnings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	req.ReportReason, req.Longitude, req.Latitude = unionpay.ReportReasonNewATM, "-180", "+90"
	if w := req.Warnings(); len(w) != 0 {
		t.Errorf("a new ATM: %v", w)
	}
	_, client := turned(t, unionpaytest.Config{})
	req.Latitude = "-120"
	if _, err := client.ATMs.Feedback(t.Context(), req); err != nil {
		t.Errorf("a latitude of -120, as the page prints it: %v", err)
	}
}
