package coshine_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// Detail records with a value in every published column.
const (
	authorizationA = `C,300001,TR1,SCHEME1,POS,PURCHASE,"Shop, ""A""",SALE,9000000000000000001,4220000001***,TR0,20260420,702,100.00,702,101.50,840,75.10,MERCHANT1,Coffee,5814,SGP,ACQ1,FWD1,RRN123456789,000123,new column`
	authorizationB = `C,300001,TR1,SCHEME1,POS,0100,000000,PURCHASE,Coffee,9000000000000000001,4220000001***,TR0,20260420,D,702,100.00,702,101.50,840,75.10,MERCHANT1,Coffee,5814,SGP,ACQ1,FWD1,RRN123456789`
	capture        = `C,300001,TR1,SCHEME1,POS,PURCHASE,SALE,Coffee,9000000000000000001,4220000001***,TR0,0200,000000,20260420,D,702,100.00,702,101.50,840,75.10,1.25,0.05`
	dispute        = `S,300001,TR1,SCHEME1,POS,CHARGEBACK,DISPUTE,Coffee,9000000000000000001,4220000001***,TR0,0200,000000,20260420,C,702,100.00,702,101.50,840,75.10,1.25,0.05,MERCHANT1`
)

func head(tag string) string { return tag + ",300001,20260420\n" }

func amt(t testing.TB, text string) issuing.Amount {
	t.Helper()
	a, err := issuing.ParseAmount(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFileLayouts reads every column of every layout.
func TestFileLayouts(t *testing.T) {
	t.Parallel()
	common := coshine.FileRecord{
		RecordType: "C", Branch: "300001", TransactionID: "TR1", SchemeTransactionID: "SCHEME1", MessageChannel: "POS",
		TransactionCode: "PURCHASE", Description: "Coffee", CardToken: "9000000000000000001", MaskedCardNumber: "4220000001***",
		OriginalTransactionID: "TR0", SettlementDate: issuing.NewDate(2026, time.April, 20),
		TransactionCurrency: "702", TransactionAmount: amt(t, "100.00"), BillCurrency: "702", BillAmount: amt(t, "101.50"),
		SettlementCurrency: "840", SettlementAmount: amt(t, "75.10"),
	}
	merchant := func(r *coshine.FileRecord) {
		r.MerchantID, r.MerchantName, r.MCC, r.MerchantCountry = "MERCHANT1", "Coffee", "5814", "SGP"
		r.AcquirerInstitution, r.ForwardingInstitution, r.RetrievalReference = "ACQ1", "FWD1", "RRN123456789"
	}
	fees := func(r *coshine.FileRecord) {
		r.TransactionType, r.MessageType, r.ProcessCode, r.AmountFlag = "SALE", "0200", "000000", "D"
		r.InterchangeFee, r.OtherFee = amt(t, "1.25"), amt(t, "0.05")
	}
	for name, c := range map[string]struct {
		layout coshine.Layout
		tag    string
		line   string
		change func(*coshine.FileRecord)
	}{
		"authorization A": {coshine.LayoutAuthorizationA, "HAUTH_300001", authorizationA, func(r *coshine.FileRecord) {
			merchant(r)
			r.Description, r.TransactionType, r.SystemTrace, r.Rest = `Shop, "A"`, "SALE", "000123", []string{"new column"}
		}},
		"authorization B": {coshine.LayoutAuthorizationB, "HAUTH_300001", authorizationB, func(r *coshine.FileRecord) {
			merchant(r)
			r.MessageType, r.ProcessCode, r.AmountFlag = "0100", "000000", "D"
		}},
		"capture": {coshine.LayoutCapture, "HCAPTURED_300001", capture, fees},
		"dispute": {coshine.LayoutDispute, "HDISPUTED_300001", dispute, func(r *coshine.FileRecord) {
			fees(r)
			r.RecordType, r.TransactionCode, r.TransactionType, r.AmountFlag, r.MerchantID = "S", "CHARGEBACK", "DISPUTE", "C", "MERCHANT1"
		}},
	} {
		reader, err := coshine.NewFileReader(strings.NewReader("\ufeff"+head(c.tag)+c.line+"\r\n\r\n"+c.line), c.layout)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(coshine.FileHeader{Tag: c.tag, Branch: "300001", Date: issuing.NewDate(2026, time.April, 20)}, reader.Header()); diff != "" {
			t.Errorf("%s: header\n%s", name, diff)
		}
		want := common
		c.change(&want)
		n := 0
		for got, err := range reader.All() {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			n++
			if diff := cmp.Diff(&want, got, cmp.Comparer(func(a, b issuing.Amount) bool { return a.String() == b.String() })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if _, err := reader.Next(); n != 2 || !errors.Is(err, io.EOF) || reader.Line() != 4 {
			t.Errorf("%s: %d records, line %d, %v", name, n, reader.Line(), err)
		}
	}
}

// TestBlankColumns: some columns can be all blanks or zeros.
func TestBlankColumns(t *testing.T) {
	t.Parallel()
	fields := strings.Split(capture, ",")
	for i := 2; i < len(fields); i++ {
		fields[i] = "   "
	}
	fields[13], fields[16], fields[20] = "00000000", "0000000000000.00", "-000000000012.50"
	reader, err := coshine.NewFileReader(strings.NewReader(head("HCAPTURED_300001")+strings.Join(fields, ",")), coshine.LayoutCapture)
	if err != nil {
		t.Fatal(err)
	}
	record, err := reader.Next()
	if err != nil || !record.SettlementDate.IsZero() || !record.BillAmount.IsZero() || record.TransactionAmount.String() != "0.00" ||
		record.SettlementAmount.String() != "-12.50" {
		t.Errorf("%+v, %v", record, err)
	}
}

// TestFileAmounts: an amount is read in every form that [issuing.ParseAmount] knows.
func TestFileAmounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"100.00": "100.00", "100": "100", ".50": "0.50", "-.50": "-0.50", "100.": "100", "0100.00": "100.00",
		"+5.00": "5.00", " 7.25 ": "7.25", "0": "0", "0000000000000": "0", "0000000000000.00": "0.00",
		"-000000000012.50": "-12.50", "99999999999999.99": "99999999999999.99",
	} {
		fields := strings.Split(capture, ",")
		fields[16] = text
		reader, err := coshine.NewFileReader(strings.NewReader(head("HCAPTURED_300001")+strings.Join(fields, ",")), coshine.LayoutCapture)
		if err != nil {
			t.Fatal(err)
		}
		record, err := reader.Next()
		if err != nil || record.TransactionAmount.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, record, err, want)
		}
	}
}

// TestMalformedFilesNameLineAndColumn: the reader stops at the first malformed
// record, says where, and stays stopped.
func TestMalformedFilesNameLineAndColumn(t *testing.T) {
	t.Parallel()
	replace := func(column int, with string) string {
		fields := strings.Split(capture, ",")
		fields[column-1] = with
		return strings.Join(fields, ",")
	}
	good := head("HCAPTURED_300001") + capture + "\n"
	for name, c := range map[string]struct {
		text         string
		line, column int
		field        string
	}{
		"other record type":   {good + replace(1, "T"), 3, 1, "record type"},
		"lower case":          {good + replace(1, "c"), 3, 1, "record type"},
		"branch of letters":   {good + replace(2, "3000A1"), 3, 3, "branch"},
		"branch too long":     {good + replace(2, "3000011"), 3, 3, "branch"},
		"long transaction id": {good + replace(3, strings.Repeat("x", 33)), 3, 10, "transaction id"},
		"bad date":            {good + replace(14, "20261320"), 3, 97, "settlement date"},
		"amount with comma":   {good + replace(17, `"1,00"`), 3, 112, "transaction amount"},
		"amount of letters":   {good + replace(17, "1OO.00"), 3, 112, "transaction amount"},
		"scientific amount":   {good + replace(17, "1e5"), 3, 112, "transaction amount"},
		"minor units?":        {good + replace(17, "0000000000010000"), 3, 112, "transaction amount"},
		"three decimals":      {good + replace(17, "1.005"), 3, 112, "transaction amount"},
		"17 digits":           {good + replace(17, "123456789012345.00"), 3, 112, "transaction amount"},
		"currency of letters": {good + replace(18, "SGD"), 3, 119, "bill currency"},
		"too few columns":     {good + strings.Join(strings.Split(capture, ",")[:20], ","), 3, 130, ""},
		"open quote":          {good + `C,"300001`, 3, 3, ""},
		"text after a quote":  {good + `C,"30"0001,x`, 3, 3, ""},
		"quote in a field":    {good + `C,30"0001,x`, 3, 3, ""},
		"too many columns":    {good + strings.Repeat("C,", 200), 3, 255, ""},
		"one endless line":    {good + strings.Repeat("C", 70_000), 3, 1, ""},
	} {
		reader, err := coshine.NewFileReader(strings.NewReader(c.text), coshine.LayoutCapture)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := reader.Next(); err != nil {
			t.Fatalf("%s: the good record: %v", name, err)
		}
		_, err = reader.Next()
		var e *coshine.FileError
		if !errors.As(err, &e) || !errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.Line != c.line || e.Column != c.column || e.Field != c.field || e.Reason == "" {
			t.Errorf("%s: %+v, want line %d, column %d, %q", name, e, c.line, c.column, c.field)
		}
		if strings.Contains(err.Error(), "9000000000000000001") || strings.Contains(err.Error(), "TR1") {
			t.Errorf("%s: the error quotes the file: %v", name, err)
		}
		if _, again := reader.Next(); again != err {
			t.Errorf("%s: the reader went on: %v", name, again)
		}
	}
}

func TestMalformedFileHeaders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text   string
		layout coshine.Layout
	}{
		"empty":          {"", coshine.LayoutCapture},
		"blank lines":    {"\n\r\n", coshine.LayoutCapture},
		"other kind":     {head("HAUTH_300001"), coshine.LayoutCapture},
		"no date":        {"HCAPTURED_300001,300001\n", coshine.LayoutCapture},
		"bad date":       {"HCAPTURED_300001,300001,2026042\n", coshine.LayoutCapture},
		"zero date":      {"HCAPTURED_300001,300001,00000000\n", coshine.LayoutCapture},
		"no branch":      {"HCAPTURED_300001,,20260420\n", coshine.LayoutCapture},
		"long branch":    {"HCAPTURED_300001," + strings.Repeat("3", 33) + ",20260420\n", coshine.LayoutCapture},
		"no layout":      {head("HCAPTURED_300001"), 0},
		"unknown layout": {head("HCAPTURED_300001"), 9},
	} {
		if _, err := coshine.NewFileReader(strings.NewReader(c.text), c.layout); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := coshine.NewFileReader(nil, coshine.LayoutCapture); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("nil: %v", err)
	}
	broken := errors.New("disk")
	reader, err := coshine.NewFileReader(io.MultiReader(strings.NewReader(head("HCAPTURED_300001")), errorReader{broken}), coshine.LayoutCapture)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Next(); !errors.Is(err, broken) {
		t.Errorf("a broken reader: %v", err)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func TestFileNames(t *testing.T) {
	t.Parallel()
	date := issuing.NewDate(2026, time.April, 20)
	for text, want := range map[string]coshine.FileName{
		"AUTHP3000012026042001.csv":     {Kind: coshine.FileKindAuthorization, Production: true, Branch: "300001", Date: date},
		"CAPTUREDT3000012026042001.csv": {Kind: coshine.FileKindCapture, Branch: "300001", Date: date},
		"DISPUTEDP3000012026042001.csv": {Kind: coshine.FileKindDispute, Production: true, Branch: "300001", Date: date},
	} {
		got, err := coshine.ParseFileName(text)
		if err != nil || got != want || got.String() != text || !got.Kind.Known() {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "AUTH", "AUTHX3000012026042001.csv", "AUTHP3000012026042002.csv", "AUTHP3000012026043201.csv",
		"AUTHP30000A2026042001.csv", "AUTHP3000012026042001.csv.gz", "../AUTHP3000012026042001.csv", "OTHERP3000012026042001.csv",
	} {
		if got, err := coshine.ParseFileName(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// repeated yields a header and n copies of a record without holding them.
type repeated struct {
	head, line []byte
	n          int
	rest       []byte
}

func newRepeated(n int) *repeated {
	h := []byte(head("HAUTH_300001"))
	return &repeated{head: h, line: []byte(authorizationA + "\n"), n: n, rest: h}
}

// Read implements io.Reader.
func (r *repeated) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.rest = r.line
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// maxHeap is how much heap reading a file may take, whatever its size.
const maxHeap = 32 << 20

// readAll reads n records and returns the most heap that was in use.
func readAll(t testing.TB, n int) (records int, peak uint64) {
	t.Helper()
	reader, err := coshine.NewFileReader(newRepeated(n), coshine.LayoutAuthorizationA)
	if err != nil {
		t.Fatal(err)
	}
	var stats runtime.MemStats
	for _, err := range reader.All() {
		if err != nil {
			t.Fatal(err)
		}
		if records++; records%50_000 == 1 {
			runtime.ReadMemStats(&stats)
			peak = max(peak, stats.HeapInuse)
		}
	}
	return records, peak
}

// BenchmarkFileReader reads a file of 1,000,000 records (about 270 MB) and
// reports the heap; the bare primitive beside it splits the same lines only.
func BenchmarkFileReader(b *testing.B) {
	const records = 1_000_000
	b.Run("reader", func(b *testing.B) {
		b.ReportAllocs()
		var peak uint64
		for b.Loop() {
			n, heap := readAll(b, records)
			if n != records {
				b.Fatalf("%d records", n)
			}
			peak = max(peak, heap)
		}
		b.ReportMetric(float64(peak)/(1<<20), "MB-heap")
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
		if peak > maxHeap {
			b.Errorf("%d MB of heap, at most %d are allowed", peak>>20, maxHeap>>20)
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lines, n := bufio.NewScanner(newRepeated(records)), 0
			for lines.Scan() {
				n += len(bytes.Split(lines.Bytes(), []byte(",")))
			}
			if n == 0 {
				b.Fatal("nothing read")
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
	})
}

// FuzzFileReader never panics, and what it reads is within its limits.
func FuzzFileReader(f *testing.F) {
	for layout, line := range map[coshine.Layout]string{
		coshine.LayoutAuthorizationA: authorizationA, coshine.LayoutAuthorizationB: authorizationB,
		coshine.LayoutCapture: capture, coshine.LayoutDispute: dispute,
	} {
		tag := map[coshine.FileKind]string{"AUTH": "HAUTH_300001", "CAPTURED": "HCAPTURED_300001", "DISPUTED": "HDISPUTED_300001"}[layout.Kind()]
		f.Add(int(layout), head(tag)+line+"\n")
	}
	f.Add(3, head("HCAPTURED_300001")+`C,"`)
	f.Fuzz(func(t *testing.T, layout int, text string) {
		reader, err := coshine.NewFileReader(strings.NewReader(text), coshine.Layout(layout))
		if err != nil {
			return
		}
		for record, err := range reader.All() {
			if err != nil {
				if s := fmt.Sprint(err); strings.Contains(s, "\n") {
					t.Errorf("an error of several lines: %q", s)
				}
				return
			}
			if record.TransactionAmount.Scale() > 2 {
				t.Errorf("amount %s", record.TransactionAmount)
			}
		}
	})
}
