package unionpay_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// An answer that is signed and has a member twice says two things: a write is left open,
// and a read has no result.
func TestAnswersWithAMemberTwice(t *testing.T) {
	t.Parallel()
	const token = `"trxInfo":{"token":"6299990000000000004","tokenRefID":"r","tokenState":"ACTIVE"}`
	for name, answer := range map[string]string{
		"code":                    `{` + token + `,"msgResponse":{"responseCode":"30","responseCode":"00"}}`,
		"code, of another case":   `{` + token + `,"msgResponse":{"responseCode":"00","RESPONSECODE":"30"}}`,
		"answer":                  `{` + token + `,"msgResponse":{"responseCode":"30"},"msgResponse":{"responseCode":"00"}}`,
		"answer, of another case": `{` + token + `,"MSGRESPONSE":{"responseCode":"30"},"msgResponse":{"responseCode":"00"}}`,
		"token":                   `{"trxInfo":{"token":"6299990000000000004","token":"6299990000000000012"},"msgResponse":{"responseCode":"00"}}`,
	} {
		r, client := record(t, answer, nil)
		_, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{DeviceID: "d", AuthorizationData: issuing.NewSecret("x")})
		if !errors.Is(err, issuing.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "twice") {
			t.Errorf("%s: a write: %v", name, err)
		}
		_, err = client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"})
		if !errors.Is(err, issuing.ErrBadResponse) || !strings.Contains(err.Error(), "twice") {
			t.Errorf("%s: a read: %v", name, err)
		}
		if len(r.sent) == 0 {
			t.Errorf("%s: nothing was sent", name)
		}
	}
}

// A member of Extra is sent as it is, or refused: none is dropped, and none stands beside a
// field of the request.
func TestExtraIsSentOrRefused(t *testing.T) {
	t.Parallel()
	renamed := func(c *unionpay.Config) { c.FieldNames = map[string]string{"deviceID": "terminal"} }
	for name, c := range map[string]struct {
		extra  map[string]any
		change func(*unionpay.Config)
		want   string // the field of the error; "" is sent
	}{
		"new":                        {map[string]any{"photo": "x"}, nil, ""},
		"a field that is not set":    {map[string]any{"issuerID": "77"}, nil, ""},
		"a field":                    {map[string]any{"deviceID": "e"}, nil, `Extra["deviceID"]`},
		"a field, of another case":   {map[string]any{"DEVICEid": "e"}, nil, `Extra["DEVICEid"]`},
		"a field's other name":       {map[string]any{"terminal": "e"}, renamed, `Extra["terminal"]`},
		"a field that has another":   {map[string]any{"deviceID": "e"}, renamed, `Extra["deviceID"]`},
		"the envelope":               {map[string]any{"trxInfo": "e"}, nil, `Extra["trxInfo"]`},
		"one name, in two cases":     {map[string]any{"photo": 1, "Photo": 2}, nil, `Extra["photo"]`},
		"no name":                    {map[string]any{"": 1}, nil, `Extra[""]`},
		"a name of too many letters": {map[string]any{strings.Repeat("n", 65): 1}, nil, `Extra["` + strings.Repeat("n", 64) + `"]`},
	} {
		r, client := record(t, `{"trxInfo":{"token":"6299990000000000004"},"msgResponse":{"responseCode":"00"}}`, c.change)
		_, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{
			DeviceID: "d", AuthorizationData: issuing.NewSecret("x"), Extra: c.extra,
		})
		var e *issuing.Error
		switch {
		case c.want == "" && err != nil, c.want != "" && !errors.As(err, &e):
			t.Errorf("%s: %v", name, err)
		case c.want != "":
			if len(e.Fields) != 1 || cmp.Diff(c.want, e.Fields[0].Field) != "" || len(r.sent) != 0 {
				t.Errorf("%s: %+v, %d sent", name, e.Fields, len(r.sent))
			}
		default:
			for member := range c.extra {
				if strings.Count(r.sent[0].body, `"`+member+`"`) != 1 {
					t.Errorf("%s: %s", name, r.sent[0].body)
				}
			}
		}
	}
}
