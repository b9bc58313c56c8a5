package worldcardtest_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// violation is a request of the sample client that breaks one rule.
type violation struct {
	path, payload string
	change        func(*http.Request) // of headers, after signing
}

type violations = []conform.Violation[violation]

// Pages that say what is refused.
const (
	codePage   = "code.md"
	signPage   = "card/sign.md"
	applyPage  = "card/apply.md"
	topupPage  = "card/topup.md"
	physicalPg = "card/physical_card_apply.md"
)

// refusalOf is a refusal by a code of code.md, which comes under HTTP 200; 0 is any.
func refusalOf(code int) conform.Refusal {
	if code == 0 {
		return conform.Refusal{Status: http.StatusOK}
	}
	return conform.Refusal{Status: http.StatusOK, Code: strconv.Itoa(code)}
}

// broken are rows that change one member of a valid payload. A value is raw JSON, and
// "" leaves the member out.
func broken(name, rule, path, payload string, rows ...[3]string) violations {
	var out violations
	for _, row := range rows {
		member, value, want := row[0], row[1], row[2]
		start := strings.Index(payload, `"`+member+`":`)
		text := payload
		switch {
		case start < 0:
			text = strings.TrimSuffix(payload, "}") + `,"` + member + `":` + value + "}"
		default:
			end := start + strings.IndexAny(payload[start:], ",}")
			changed := `"` + member + `":` + value
			if value == "" {
				changed = `"absent":""`
			}
			text = payload[:start] + changed + payload[end:]
		}
		n, _ := strconv.Atoi(want)
		out = append(out, conform.Violation[violation]{
			Name: name + ", " + member + " " + value, Rule: rule,
			Request: violation{path: path, payload: text}, Want: refusalOf(n),
		})
	}
	return out
}

// unauthentic are rows that break the signature page's rules.
func unauthentic() violations {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	row := func(name string, status int, message string, change func(*http.Request)) conform.Violation[violation] {
		return conform.Violation[violation]{
			Name: name, Rule: signPage, Request: violation{binList, `{}`, change},
			Want: conform.Refusal{Status: status, Code: strconv.Itoa(status), Message: message},
		}
	}
	const missing, forged = "Missing required headers", "Signature verification failed"
	return violations{
		row("no app id", 401, missing, header("X-App-Id", "")),
		row("no signature", 401, missing, header("X-Signature", "")),
		row("no timestamp", 401, missing, header("X-Timestamp", "")),
		row("no nonce", 401, missing, header("X-Nonce", "")),
		row("another app id", 401, "Invalid merchant ID", header("X-App-Id", "app-2")),
		row("a timestamp in milliseconds", 401, "Request expired", header("X-Timestamp", "1775008800000")),
		row("a timestamp that is none", 401, "Request expired", header("X-Timestamp", "now")),
		row("a timestamp long past", 401, "Request expired", header("X-Timestamp", "1711929600")),
		row("a timestamp to come", 401, "Request expired", header("X-Timestamp", "1975008800")),
		row("another nonce", 401, forged, header("X-Nonce", "other")),
		row("a signature that is none", 401, forged, header("X-Signature", "AAAA")),
		row("no content type", 400, "Content-Type", header("Content-Type", "")),
		row("a form", 400, "Content-Type", header("Content-Type", "application/x-www-form-urlencoded")),
		row("plain text", 400, "Content-Type", header("Content-Type", "text/plain")),
		row("a timestamp with a sign", 401, "Request expired", func(r *http.Request) {
			r.Header.Set("X-Timestamp", "+"+r.Header.Get("X-Timestamp"))
		}),
		row("JSON in another charset", 400, "Content-Type", header("Content-Type", "application/json; charset=UTF-16")),
		row("two content types", 400, "Content-Type", func(r *http.Request) { r.Header.Add("Content-Type", "text/plain") }),
		row("JSON in all but name", 400, "Content-Type", header("Content-Type", "application/jsonp")),
	}
}

// malformed are rows whose payload is no JSON object with different names.
func malformed() violations {
	var out violations
	for name, payload := range map[string]string{
		"a list": `[]`, "a text": `"x"`, "a number": `1`, "null": `null`, "no JSON": `{`, "nothing": ``,
		"a member twice":         `{"page":1,"page":2}`,
		"two objects":            `{}{}`,
		"other bytes than UTF-8": "{\"card_type\":\"\xff\"}",
		"single quotes":          `{'page':1}`,
		"a comma at the end":     `{"page":1,}`,
		"a member without value": `{"page":}`,
	} {
		out = append(out, conform.Violation[violation]{
			Name: name, Rule: signPage, Request: violation{path: binList, payload: payload},
			Want: conform.Refusal{Status: http.StatusBadRequest, Code: "400"},
		})
	}
	return out
}

// asked are rows of the operations' pages, for a virtual and a physical card.
func asked(virtual, physical string) violations {
	ref := `{"card_id":"` + virtual + `"}`
	physicalRef := `{"card_id":"` + physical + `"`
	page := `{"card_id":"` + virtual + `","page":1,"page_size":10}`
	deposit := `{"card_id":"` + virtual + `","merchant_transaction_id":"t-1","amount":"20.00","currency":"USD"}`
	apply := `{"merchant_card_id":"m-2","card_type":"VIRTUAL-R","card_bin_id":"2","first_recharge_amount":"100.00","email":"a@b.example"}`
	body := `{"merchant_card_id":"p-2","card_type":"PHYSICAL-G","card_bin_id":"100023","first_name":"A","last_name":"B",` +
		`"telephone_country_code":"86","phone":"1","birth_date":"1990-01-01"}`
	kyc := `{"merchant_card_id":"pc","card_type":"PHYSICAL-G"}`
	var out violations
	for _, path := range []string{getInfo, "/api/v1/card/freeze", "/api/v1/card/unfreeze", "/api/v1/card/close"} {
		out = append(out, broken(path, codePage, path, ref,
			[3]string{"card_id", `"9"`, "10001"}, [3]string{"card_id", "", ""}, [3]string{"card_id", "1", "1102"})...)
	}
	for _, path := range []string{"/api/v1/card/deposit/list", "/api/v1/card/transaction/list", binList, "/api/v1/card/physical/bin/list"} {
		out = append(out, broken(path, codePage, path, page,
			[3]string{"page", "0", "1103"}, [3]string{"page", "-1", "1103"}, [3]string{"page", "1.5", "1103"},
			[3]string{"page", `"x"`, "1103"}, [3]string{"page_size", "0", "1104"}, [3]string{"page_size", "101", "1104"})...)
	}
	out = append(out, broken("deposit", topupPage, "/api/v1/card/deposit", deposit,
		[3]string{"card_id", `"9"`, "10001"}, [3]string{"merchant_transaction_id", "", "1101"},
		[3]string{"merchant_transaction_id", `""`, "1101"}, [3]string{"merchant_transaction_id", "7", "1102"},
		[3]string{"amount", "", ""}, [3]string{"amount", "20", "1102"}, [3]string{"amount", `"9.99"`, ""},
		[3]string{"amount", `"20.001"`, ""}, [3]string{"amount", `"-20"`, ""}, [3]string{"amount", `"1e3"`, ""},
		[3]string{"amount", `"x"`, ""}, [3]string{"amount", `"9999999999"`, "10031"}, [3]string{"currency", `"EUR"`, "1102"},
		[3]string{"currency", `"usd"`, "1102"})...)
	out = append(out, broken("apply", applyPage, applyV, apply,
		[3]string{"merchant_card_id", "", "1101"}, [3]string{"merchant_card_id", `"vc"`, "10011"},
		[3]string{"card_type", `"VIRTUAL-X"`, "10017"}, [3]string{"card_type", "", "1101"}, [3]string{"card_type", "1", "1102"},
		[3]string{"card_bin_id", `"99"`, "10008"}, [3]string{"card_bin_id", "2", "1102"}, [3]string{"email", "", "1101"},
		[3]string{"first_recharge_amount", "", ""}, [3]string{"first_recharge_amount", `"1.001"`, ""},
		[3]string{"country_code", `"usa"`, "1102"}, [3]string{"email", `"a@"`, "1102"}, [3]string{"phone", `"abc"`, "1102"},
		[3]string{"phone", `"415-555"`, "1102"}, [3]string{"phone_country_code", `"+1"`, "1102"},
		[3]string{"card_type", `"virtual-r"`, "10017"}, [3]string{"card_type", `"PHYSICAL-G"`, "10017"},
		[3]string{"city", `"New\u0000York"`, "1102"})...)
	out = append(out, broken("physical apply", physicalPg, "/api/v1/card/physical/apply", body,
		[3]string{"card_type", `"VIRTUAL-R"`, "10017"}, [3]string{"birth_date", `"1990-13-01"`, "1076"},
		[3]string{"birth_date", `"01.02.1990"`, "1076"}, [3]string{"birth_date", "", "1101"}, [3]string{"phone", "", "1101"},
		[3]string{"first_name", "", "1101"}, [3]string{"last_name", "", "1101"}, [3]string{"delivery_country", `"CHN"`, "1102"},
		[3]string{"merchant_card_id", `"pc"`, "10011"}, [3]string{"card_bin_id", `"1"`, "10008"},
		[3]string{"first_name", `"三"`, "1102"}, [3]string{"last_name", `"José"`, "1102"}, [3]string{"phone", `"138 0013"`, "1102"},
		[3]string{"telephone_country_code", `"+86"`, "1102"}, [3]string{"email", `"@b.example"`, "1102"},
		[3]string{"card_type", `"physical-g"`, "10017"}, [3]string{"delivery_city", `"a\nb"`, "1102"})...)
	out = append(out, broken("BINs", "card/bin_list.md", binList, `{"card_type":"VIRTUAL-R"}`,
		[3]string{"card_type", `"virtual-r"`, "10005"}, [3]string{"card_type", `"PHYSICAL-G"`, "10005"})...)
	out = append(out, broken("assign", "card/physical_card_assign.md", "/api/v1/card/physical/assign", physicalRef+`,"card_number":"4000123412341234"}`,
		[3]string{"card_number", "", "1101"}, [3]string{"card_number", `""`, "1101"}, [3]string{"card_number", `"400012341234123"`, "10018"},
		[3]string{"card_number", `"400012341234123x"`, "10018"}, [3]string{"card_id", `"` + virtual + `"`, "10001"})...)
	out = append(out, broken("activate", "card/physical_card_activate.md", "/api/v1/card/physical/activate", physicalRef+`,"pin":"135790"}`,
		[3]string{"pin", "", "1101"}, [3]string{"pin", `""`, "1101"}, [3]string{"pin", `"12345"`, "10018"}, [3]string{"pin", `"12345a"`, "10018"},
		[3]string{"pin", "135790", "1102"}, [3]string{"pin", `"1357900"`, "10018"})...)
	out = append(out, broken("change pin", "card/physical_card_change_pin.md", "/api/v1/card/physical/change/pin", physicalRef+`,"pin":"135790"}`,
		[3]string{"pin", "", "1101"}, [3]string{"pin", `"135790"`, "1006"})...)
	out = append(out, broken("kyc init", "card/physical_card_kyc_init.md", "/api/v1/card/physical/kyc/init", kyc,
		[3]string{"merchant_card_id", "", "1101"}, [3]string{"merchant_card_id", `"x"`, "10010"},
		[3]string{"card_type", `"VIRTUAL-R"`, "10010"}, [3]string{"card_type", "", "1101"})...)
	return out
}

// What the documents refuse is refused, with their code where they give one, and nothing
// has changed afterwards.
func TestViolations(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	s := newSample(t, server)
	virtual, physical := "", ""
	for _, c := range []struct {
		path, payload string
		id            *string
	}{
		{applyV, strings.Replace(johnsApp, "mc_001", "vc", 1), &virtual},
		{"/api/v1/card/physical/apply", `{"merchant_card_id":"pc","card_type":"PHYSICAL-G","card_bin_id":"100023","first_name":"A",` +
			`"last_name":"B","telephone_country_code":"86","phone":"1","birth_date":"1990-01-01"}`, &physical},
	} {
		a := s.call(c.path, c.payload)
		if *c.id, _ = a.Data["card_id"].(string); *c.id == "" {
			t.Fatalf("%s: %+v", c.path, a)
		}
	}
	server.Clock().Advance(time.Minute)
	reserve, balance := server.Reserve(issuing.CurrencyUSD), server.Balance(virtual)
	rows := append(append(unauthentic(), malformed()...), asked(virtual, physical)...)
	send := func(_ testing.TB, v violation) conform.Refusal {
		r := s.request(v.path, v.payload)
		if v.change != nil {
			v.change(r)
		}
		a := s.send(r)
		if a.Code == 0 {
			return conform.Refusal{} // accepted
		}
		return conform.Refusal{Status: a.status, Code: strconv.Itoa(a.Code), Message: a.Message}
	}
	if err := coverage.RuleNames("../..", "worldcard", "worldcardtest.TestViolations", conform.Names(rows)); err != nil {
		t.Error(err)
	}
	conform.Violations(t, 128, rows, send, func() error {
		if !server.Reserve(issuing.CurrencyUSD).Equal(reserve) || !server.Balance(virtual).Equal(balance) || len(server.Deposits()) != 0 {
			return errors.New("money moved")
		}
		return nil
	})
}
