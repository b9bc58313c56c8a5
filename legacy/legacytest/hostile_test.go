package legacytest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// TestPagesOfAnySize asks for pages whose numbers overflow when they are added or
// multiplied, and then whether the platform still answers.
func TestPagesOfAnySize(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	const most = "9223372036854775807"
	list := func(path string, product legacytest.Product, more map[string]any) {
		t.Helper()
		card := server.IssueCard(product)
		for range 3 {
			if _, err := server.Purchase(card, issuing.NewAmount(1, 0), issuingtest.Merchant{Name: "SHOP"}); err != nil {
				t.Fatal(err)
			}
		}
		params := map[string]any{
			"cardNumber": card.Reveal(), "pageSize": most, "creationTimeFrom": "2026-03-31", "creationTimeTo": "2026-04-02",
		}
		maps.Copy(params, more)
		if status, a := c.post(t, path, c.body(params)); status != 200 || a.Status != 200 {
			t.Errorf("%s %v: %d %+v", path, more, status, a)
		}
	}
	for _, token := range []string{"1", "2", "3", most} {
		for _, size := range []string{"1", "2", most} {
			more := map[string]any{"pageToken": token, "pageSize": size, "offset": token}
			list("/op/card/L/transaction", legacytest.ProductVirtualL, more)
			list("/op/card/P/transaction", legacytest.ProductVirtualP, more)
			list("/op/card/H/transactions", legacytest.ProductVisaH, more)
		}
	}
	// The second page of MASTER-E, with a token for a list of the longest pages.
	const token = "eyJpZCI6IiIsInBhZ2VTaXplIjo5MjIzMzcyMDM2ODU0Nzc1ODA3LCJjdXJyZW50IjozfQ=="
	list("/op/card/E/transaction/page", legacytest.ProductMasterE, map[string]any{"pageToken": token})
	list("/op/card/E/transaction", legacytest.ProductMasterE, nil)
}

func TestRefusedWithoutTheSDK(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	card := server.IssueCard(legacytest.ProductVirtualP).Reveal()
	foreign := server.IssueForeignCard().Reveal()
	remittance := func(name, value string) map[string]any {
		out := map[string]any{
			"merOrderNo": "r-" + name, "sourceCurrency": "USD", "sendAmount": "1000", "country": "PHL", "business": "C2C",
			"type": "cash_pickup", "currency": "USD", "targetAddressLine": "1 Rizal Avenue", "targetAddressCity": "Manila",
			"sourceCountry": "HKG", "sourceAddressLine": "1 Queen's Road", "sourceAddressCity": "Hong Kong",
			"sourceAddressCountry": "HKG", "remittancePurpose": "001-01", "sourceOfFunds": "01", "relationship": "01",
			"sourceReferenceNumber": "user-7", "sourceNameFirst": "Dennis", "sourceNameLast": "Huang", "sourceNationality": "HKG",
			"sourceDateOfBirth": "1992-09-20", "targetNameFirst": "Maria", "targetNameLast": "Santos", "targetNationality": "PHL",
		}
		if name != "" {
			out[name] = value
		}
		return out
	}
	const topUp, create = "/api/card/top/up", pathCreate
	for name, tc := range map[string]struct {
		path   string
		params map[string]any
		want   int
	}{
		"as documented":           {create, remittance("", ""), 200},
		"another merchant's card": {topUp, map[string]any{"merOrderNo": "f", "cardNumber": foreign, "amount": "20"}, 5001},
		"an exponent":             {topUp, map[string]any{"merOrderNo": "e", "cardNumber": card, "amount": "1e3"}, 5001},
		"an exponent to send":     {create, remittance("sendAmount", "1e3"), 5001},
		"a date of birth":         {create, remittance("sourceDateOfBirth", "20/09/1992"), 5001},
		"an expiry":               {create, remittance("targetIdExpiration", "soon"), 5001},
		"a number without a type": {create, remittance("targetIdNumber", "X1"), 5001},
		"an unknown type":         {create, remittance("sourceIdType", "library card"), 5001},
	} {
		if _, a := c.post(t, tc.path, c.body(tc.params)); a.Status != tc.want {
			t.Errorf("%s: %d %s, want %d", name, a.Status, a.Msg, tc.want)
		}
	}
	// One name twice: signed is one value, read perhaps the other.
	order := c.body(map[string]any{"merOrderNo": "twice", "cardNumber": card, "amount": "20"})
	text, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	for _, twice := range []string{`"amount":"20"`, `"am\u006funt":"9000"`} {
		doubled := strings.Replace(string(text), "{", "{"+twice+",", 1)
		if _, a := c.send(t, http.MethodPost, topUp, "application/json", []byte(doubled)); a.Status != 5001 {
			t.Errorf("%s: %d %s", doubled, a.Status, a.Msg)
		}
	}
}
