package legacy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// pageExamples maps every JSON example of the pages to the type that it is
// decoded into. Callbacks are the whole body, answers their data.
var pageExamples = map[string]any{
	"kyc-master-e.json":                     new(Application),
	"kyc-query.json":                        new(Application),
	"kyc-virtual-virtual-l.json":            new(Application),
	"kyc-virtual-virtual-p.json":            new(Application),
	"kyc-visa-h.json":                       new(Application),
	"master-e-atm.json":                     new(string),
	"master-e-info.json":                    new(MasterECard),
	"master-e-limit.json":                   new(MasterECard),
	"master-e-lock-unlock.json":             new(MasterECard),
	"master-e-transaction-page.json":        new(Page[MasterETransaction]),
	"master-e-transaction.json":             new([]MasterETransaction),
	"query.json":                            new(Deposit),
	"topup.json":                            new(Deposit),
	"transfer-bank.json":                    new([]CodeName),
	"transfer-branch.json":                  new([]CodeName),
	"transfer-business.json":                new([]BusinessMode),
	"transfer-city-code.json":               new([]CodeName),
	"transfer-countries.json":               new([]Country),
	"transfer-currency-partner.json":        new([]PayoutOption),
	"transfer-occupation-code.json":         new([]CodeName),
	"transfer-order-query.json":             new(Transfer),
	"transfer-order.json":                   new(Transfer),
	"transfer-quotes.json":                  new(Quote),
	"transfer-relationship-code.json":       new([]CodeName),
	"transfer-remittancepurpose-code.json":  new([]CodeName),
	"transfer-sourcecountry.json":           new([]Country),
	"transfer-sourceoffunds-code.json":      new([]CodeName),
	"transfer-states.json":                  new([]CodeName),
	"transfer-target-types.json":            new([]PayoutOption),
	"transfer-type-countries.json":          new([]Country),
	"virtual-l-bill-webhook.json":           new(VirtualLBilled),
	"virtual-l-close-webhook.json":          new(VirtualLClosed),
	"virtual-l-close.json":                  new(bool),
	"virtual-l-head.json":                   nil, // see TestBINExampleKeepsItsOrder
	"virtual-l-info.json":                   new(VirtualLCard),
	"virtual-l-lock-unlock.json":            new(bool),
	"virtual-l-simulation-otp.json":         new(bool),
	"virtual-l-simulation-transaction.json": new(bool),
	"virtual-l-transaction.json":            new(Page[VirtualLTransaction]),
	"virtual-p-close.json":                  new(bool),
	"virtual-p-document.json":               new(bool),
	"virtual-p-head.json":                   new([]VirtualPBIN),
	"virtual-p-info.json":                   new(VirtualPCard),
	"virtual-p-lock-unlock.json":            new(bool),
	"virtual-p-transaction.json":            new(Page[VirtualPTransaction]),
	"virtual-p-webhook.json":                nil, // see TestVirtualPExample
	"visa-h-info.json":                      new(VisaHCard),
	"visa-h-lock-unlock.json":               new(bool),
	"visa-h-oob-process.json":               new(OOBConfirmation),
	"visa-h-oob-simulate.json":              new(bool),
	"visa-h-oob.json":                       new(OOBRequested),
	"visa-h-pin.json":                       new(bool),
	"visa-h-transaction.json":               new([]VisaHTransaction),
}

func readExample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// dataOf returns an answer's data, or the whole of a callback.
func dataOf(t *testing.T, document []byte) json.RawMessage {
	t.Helper()
	var env envelope
	if err := codec.Unmarshal(document, &env); err != nil {
		t.Fatal(err)
	}
	if env.Success == nil {
		return document
	}
	if !env.accepted() {
		t.Error("the example is not a success")
	}
	return env.Data
}

func TestExamplesLoseNothing(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(filepath.Join("testdata", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(pageExamples) {
		t.Errorf("%d examples, %d in the table", len(files), len(pageExamples))
	}
	for name, target := range pageExamples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := readExample(t, name)
			if target == nil {
				return
			}
			data := dataOf(t, document)
			if err := codec.Unmarshal(data, target); err != nil {
				t.Fatal(err)
			}
			again, err := codec.Marshal(target)
			if err != nil {
				t.Fatal(err)
			}
			for _, lost := range missing("data", parse(t, data), parse(t, again)) {
				t.Error(lost)
			}
		})
	}
}

func parse(t *testing.T, data []byte) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// missing lists what stands in the example and not in what was decoded.
func missing(path string, example, decoded any) (lost []string) {
	switch e := example.(type) {
	case map[string]any:
		d, ok := decoded.(map[string]any)
		if !ok {
			return []string{path + " is no object"}
		}
		for name, value := range e {
			if name == "sign" {
				continue
			}
			lost = append(lost, missing(path+"."+name, value, d[name])...)
		}
	case []any:
		d, ok := decoded.([]any)
		if !ok || len(d) != len(e) {
			return []string{path + " has another length"}
		}
		for i := range e {
			lost = append(lost, missing(path+"[]", e[i], d[i])...)
		}
	default:
		if !sameValue(textOf(example), textOf(decoded)) {
			lost = append(lost, path+": "+textOf(example)+" became "+textOf(decoded))
		}
	}
	return lost
}

func textOf(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, _ := json.Marshal(v)
	return strings.Trim(string(text), `"`)
}

// sameValue compares texts, amounts by value and times to the second.
func sameValue(example, decoded string) bool {
	if example == decoded || example == "" {
		return true
	}
	if a, err := issuing.ParseAmount(example); err == nil {
		if b, err := issuing.ParseAmount(decoded); err == nil && a.Cmp(b) == 0 {
			return true
		}
	}
	a, okA := wire.ParseTime(example, zone)
	b, okB := wire.ParseTime(decoded, zone)
	return okA && okB && a.Truncate(time.Second).Equal(b)
}

func TestMissingNotices(t *testing.T) {
	t.Parallel()
	example := parse(t, []byte(`{"a":"x","n":1,"t":"2023-04-02 17:07:09","l":[{"b":true}]}`))
	for text, want := range map[string]int{
		`{"a":"x","n":"1.0","t":"2023-04-02T09:07:09Z","l":[{"b":true}]}`: 0,
		`{"n":1,"t":"2023-04-02 17:07:09","l":[{"b":true}]}`:              1,
		`{"a":"y","n":2,"t":"2023-04-02 17:07:10","l":[]}`:                4,
		`{"a":"x","n":1,"t":"","l":[{"b":false}]}`:                        2,
	} {
		if got := missing("data", example, parse(t, []byte(text))); len(got) != want {
			t.Errorf("%s: %v, want %d losses", text, got, want)
		}
	}
}

func TestBINExampleKeepsItsOrder(t *testing.T) {
	t.Parallel()
	var bins virtualLBINs
	if err := codec.Unmarshal(dataOf(t, readExample(t, "virtual-l-head.json")), &bins); err != nil {
		t.Fatal(err)
	}
	if err := bins.open(sign.AppSecret{}); err != nil {
		t.Fatal(err)
	}
	want := []VirtualLBIN{
		{"ChatGPT", "美国", "VISA", []string{"440872", "489607", "491090", "485997"}},
		{"ChatGPT", "美国", "万事达", []string{"559292", "556371"}},
		{"电商消费", "美国", "VISA", []string{"491090", "489607", "485997"}},
		{"电商消费", "美国", "万事达", []string{"559292", "556371", "556167", "553437"}},
		{"电商消费", "中国香港", "VISA", []string{"438357", "493193"}},
		{"广告投放", "美国", "VISA", []string{"491090", "489607", "483317"}},
		{"广告投放", "美国", "万事达", []string{"559292", "556371"}},
		{"广告投放", "中国香港", "VISA", []string{"438357", "493193"}},
	}
	if diff := cmp.Diff(want, bins.list); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBINsRefuseOtherShapes(t *testing.T) {
	t.Parallel()
	for _, data := range []string{`["x"]`, `[{"a":"b"}]`, `[{"a":[{"b":{"c":[]}}]}]`, `[{"a":[{"b":[["c"]]}]}]`, `[null]`} {
		var bins virtualLBINs
		if err := codec.Unmarshal([]byte(data), &bins); err != nil {
			continue
		}
		if err := bins.open(sign.AppSecret{}); err == nil {
			t.Errorf("%s was read as %+v", data, bins.list)
		}
	}
}

func TestVirtualPExample(t *testing.T) {
	t.Parallel()
	var body struct{ Data, Type string }
	if err := json.Unmarshal(readExample(t, "virtual-p-webhook.json"), &body); err != nil {
		t.Fatal(err)
	}
	n, err := decodeEvent(codec, body.Type, []byte(body.Data))
	if err != nil {
		t.Fatal(err)
	}
	event, ok := n.(*VirtualPBilled)
	if !ok || event.Type != VirtualPTransactionTypeTopUp || event.Status != VirtualPTransactionStatusClosed || event.Amount.String() != "9" ||
		!event.TransactionTime.Equal(time.Date(2024, 11, 29, 7, 14, 18, 157e6, time.UTC)) ||
		event.identity() != "CardTransaction|e6a54b44-1a38-4d51-824c-6f7bf6e1fb3e|TopUp|Closed|9" {
		t.Errorf("%T %+v", n, n)
	}
}

func TestExtraForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"ext":"{\"pickupCode\":\"63742374673463847\"}"}`: "63742374673463847",
		`{"ext":{"pickupCode":"63742374673463847"}}`:       "63742374673463847",
		`{"ext":""}`:          "",
		`{"ext":"plain"}`:     "",
		`{"ext":null}`:        "",
		`{"ext":{"x":[1,2]}}`: "",
	} {
		var order Transfer
		if err := codec.Unmarshal([]byte(text), &order); err != nil {
			t.Fatal(err)
		}
		if got := order.Extra().PickupCode.Reveal(); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestDictionaries checks every enum: what is documented is known, the empty and a
// made-up value are not.
func TestDictionaries(t *testing.T) {
	t.Parallel()
	check := func(name string, known func(string) bool, values ...string) {
		for _, v := range values {
			if !known(v) {
				t.Errorf("%s: %q is not known", name, v)
			}
		}
		for _, v := range []string{"", "made-up", " 1", "01", "99"} {
			if known(v) && !slices.Contains(values, v) {
				t.Errorf("%s: %q is known", name, v)
			}
		}
	}
	numbers := func(last int) (out []string) {
		for i := range last + 1 {
			out = append(out, number(i))
		}
		return out
	}
	check("Occupation", func(s string) bool { return Occupation(s).Known() }, numbers(17)[1:]...)
	check("Position", func(s string) bool { return Position(s).Known() }, "1", "2", "3")
	check("MasterEIDType", func(s string) bool { return MasterEIDType(s).Known() }, "0", "-1")
	check("VisaHIDType", func(s string) bool { return VisaHIDType(s).Known() }, "0", "1")
	check("DocumentType", func(s string) bool { return DocumentType(s).Known() }, "CN-RIC", "PASSPORT", "HK-HKID", "DLN", "Government-Issued ID Card")
	check("VisaHTransactionType", func(s string) bool { return VisaHTransactionType(s).Known() }, numbers(35)...)
	check("VisaHTransactionSource", func(s string) bool { return VisaHTransactionSource(s).Known() }, numbers(12)...)
	check("EntryType", func(s string) bool { return EntryType(s).Known() }, "CREDIT", "DEBIT")
	check("MasterEIntent", func(s string) bool { return MasterEIntent(s).Known() },
		"charge", "refund", "topup", "transfer", "repay", "cashback", "interest", "fee", "other")
	check("MasterETransactionStatus", func(s string) bool { return MasterETransactionStatus(s).Known() }, "pending", "posted", "declined", "void")
	check("Direction", func(s string) bool { return Direction(s).Known() }, "D", "C")
	check("VirtualLCardStatus", func(s string) bool { return VirtualLCardStatus(s).Known() }, "0", "1", "2")
	check("VirtualLTransactionType", func(s string) bool { return VirtualLTransactionType(s).Known() }, "AUTH", "REFUND", "FEE", "TOP UP", "REVERSAL")
	check("VirtualLTransactionStatus", func(s string) bool { return VirtualLTransactionStatus(s).Known() }, "APPROVED", "DECLINED")
	check("CrossBorderType", func(s string) bool { return CrossBorderType(s).Known() }, "0", "1")
	check("VirtualPCardStatus", func(s string) bool { return VirtualPCardStatus(s).Known() }, "Active", "Frozen", "Inactive")
	check("VirtualPTransactionType", func(s string) bool { return VirtualPTransactionType(s).Known() },
		"TopUp", "Consumption", "Fee", "Auth", "Credit", "Reversal", "FrozenCard", "UnFrozenCard", "CardStateChange", "DeleteCard")
	check("VirtualPTransactionStatus", func(s string) bool { return VirtualPTransactionStatus(s).Known() }, "Approve", "Pending", "Fail", "Closed", "APPROVED")
	check("Channel", func(s string) bool { return Channel(s).Known() }, "wire", "ewallet", "bank_account", "cash_pickup")
	check("Business", func(s string) bool { return Business(s).Known() }, "C2C", "B2B", "B2C", "C2B")
	check("ChargeCode", func(s string) bool { return ChargeCode(s).Known() }, "SHA", "FP")
	check("Gender", func(s string) bool { return Gender(s).Known() }, "M", "F")
	check("TransferIDType", func(s string) bool { return TransferIDType(s).Known() }, "national", "passport")
	if VisaHTransactionTypeAccountFunding.Meaning() == "" || VisaHTransactionSourcePartner.Meaning() == "" || OccupationMedical.Meaning() != "Medical" ||
		Occupation("18").Meaning() != "" {
		t.Error("meanings do not follow the dictionaries")
	}
	for status, terminal := range map[OrderStatus]bool{0: false, 1: false, 2: true, 3: true, 4: false} {
		if status.Terminal() != terminal || status.Known() != (status < 4) || status.String() == "" {
			t.Errorf("order status %v", status)
		}
	}
	for status, terminal := range map[OOBStatus]bool{-3: true, -2: true, -1: true, 1: false, 2: true, 3: true, 0: false, 9: false} {
		if status.Terminal() != terminal || status.Known() != (status != 0 && status != 9) || status.String() == "" {
			t.Errorf("OOB status %v", status)
		}
	}
	for code, info := range codes {
		if !code.Known() || code.Meaning() != info.meaning || !strings.Contains(code.Error(), info.meaning) || (code.Kind() == nil) != (code == CodeSuccess) {
			t.Errorf("code %d", code)
		}
	}
	if unknown := Code(4711); unknown.Known() || unknown.Error() != "status 4711" || unknown.Kind() != nil || unknown.Retryable() {
		t.Error("an unknown code has properties")
	}
}

func TestParseExpiry(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"12/23": "2023-12", "08/2026": "2026-08", "09/23": "2023-09", "202707": "2027-07", "2024-08-10": "2024-08", " 1/30 ": "2030-01",
		"": "", "13/23": "", "00/23": "", "1223": "", "12/203": "", "/": "", "//": "", "ab/cd": "", "20270": "", "-1/23": "", "001/23": "", "12/-5": "",
	} {
		month, year, ok := ParseExpiry(text)
		got := ""
		if ok {
			got = time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
