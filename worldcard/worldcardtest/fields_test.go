package worldcardtest_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

const applyP = "/api/v1/card/physical/apply"

// completeApplications are applications with the required fields of the pages'
// tables and nothing else, by card type.
func completeApplications() map[string]map[string]any {
	v := map[string]any{
		"merchant_card_id": "k", "card_type": "VIRTUAL-V", "card_bin_id": "1", "first_recharge_amount": "10",
		"first_name": "John", "last_name": "Doe", "state": "NY", "country_code": "US", "city": "New York",
		"address": "123 Main St", "postal_code": "10001",
	}
	g := maps.Clone(v)
	delete(g, "state")
	g["card_type"], g["card_bin_id"], g["email"], g["phone"] = "VIRTUAL-G", "3", "j@example.com", "1"
	g["phone_country_code"], g["birthday"] = "1", "1990-01-01"
	return map[string]map[string]any{
		"VIRTUAL-V": v,
		"VIRTUAL-R": {"merchant_card_id": "k", "card_type": "VIRTUAL-R", "card_bin_id": "2", "first_recharge_amount": "10", "email": "j@example.com"},
		"VIRTUAL-G": g,
		"PHYSICAL-G": {
			"merchant_card_id": "k", "card_type": "PHYSICAL-G", "card_bin_id": "12", "first_name": "SAN", "last_name": "ZHANG",
			"telephone_country_code": "86", "phone": "1", "birth_date": "1990-01-15",
		},
	}
}

func applyPath(typ string) string {
	if typ == "PHYSICAL-G" {
		return applyP
	}
	return applyV
}

func text(t *testing.T, fields map[string]any) string {
	t.Helper()
	b, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryRequiredFieldIsRequired(t *testing.T) {
	t.Parallel()
	s := newSample(t, start(t, worldcardtest.Config{}))
	for typ, complete := range completeApplications() {
		for name := range complete {
			for what, change := range map[string]func(map[string]any){
				"missing": func(f map[string]any) { delete(f, name) },
				"empty":   func(f map[string]any) { f[name] = "" },
				"null":    func(f map[string]any) { f[name] = nil },
			} {
				fields := maps.Clone(complete)
				change(fields)
				if a := s.call(applyPath(typ), text(t, fields)); a.Code != 1101 {
					t.Errorf("%s with %s %s: code %d %s", typ, name, what, a.Code, a.Message)
				}
			}
		}
		complete["merchant_card_id"] = typ
		if a := s.call(applyPath(typ), text(t, complete)); a.Code != 0 {
			t.Errorf("%s complete: code %d %s", typ, a.Code, a.Message)
		}
	}
}

func TestFieldRulesOfApplications(t *testing.T) {
	t.Parallel()
	s := newSample(t, start(t, worldcardtest.Config{})) // on 2026-04-01
	for _, c := range []struct {
		typ, name string
		value     any
		code      int
	}{
		{"VIRTUAL-G", "first_name", strings.Repeat("a", 41), 1102},
		{"VIRTUAL-G", "last_name", "Doe-Roe", 1102},
		{"VIRTUAL-G", "last_name", "van  Doe", 1102},
		{"VIRTUAL-G", "birthday", "2008-04-02", 1102},
		{"VIRTUAL-G", "birthday", "1990-13-01", 1076},
		{"VIRTUAL-R", "birthday", "2008-04-02", 1102}, // not required, but checked when given
		{"VIRTUAL-V", "country_code", "USA", 1102},
		{"VIRTUAL-V", "first_recharge_amount", "9.99", 10013},
		{"VIRTUAL-V", "first_recharge_amount", "10.001", 10013},
		{"VIRTUAL-V", "first_recharge_amount", "1e2", 10013},
		{"VIRTUAL-V", "first_recharge_amount", "-10", 10013},
		{"PHYSICAL-G", "birth_date", "15.01.1990", 1076},
		{"PHYSICAL-G", "residence_country", "China", 1102},
		{"PHYSICAL-G", "delivery_country", "cn", 1102},
		{"PHYSICAL-G", "card_type", "VIRTUAL-V", 10017},
		{"VIRTUAL-V", "card_type", "PHYSICAL-G", 10017},
	} {
		fields := completeApplications()[c.typ]
		fields[c.name] = c.value
		if a := s.call(applyPath(c.typ), text(t, fields)); a.Code != c.code {
			t.Errorf("%s with %s %v: code %d %s, want %d", c.typ, c.name, c.value, a.Code, a.Message, c.code)
		}
	}
	fields := completeApplications()["VIRTUAL-G"]
	fields["first_name"], fields["birthday"] = strings.Repeat("a", 19)+" "+strings.Repeat("b", 20), "2008-04-01"
	if a := s.call(applyV, text(t, fields)); a.Code != 0 {
		t.Errorf("at every limit: code %d %s", a.Code, a.Message)
	}
}

func TestRefuseAnswersWithoutCarryingOut(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	s := newSample(t, server)
	if err := server.Inject("Virtual.Apply", worldcardtest.Refuse(1133, ""), worldcardtest.Refuse(10019, "not yours")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		code    int
		message string
	}{{1133, "Owner mismatch"}, {10019, "not yours"}} {
		if a := s.call(applyV, johnsApp); a.status != 200 || a.Code != want.code || a.Message != want.message {
			t.Errorf("%+v, want %+v", a, want)
		}
	}
	if n := len(server.Cards()); n != 0 {
		t.Errorf("%d cards", n)
	}
}
