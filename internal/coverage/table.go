package coverage

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Kinds of rows.
const (
	KindOperation = "operation" // what names the operation on the wire: a path, a code, a message type
	KindRequest   = "request"   // a member of a request
	KindResponse  = "response"  // a member of an answer's data
	KindCommon    = "common"    // a header or member that all requests or callbacks have
	KindEnvelope  = "envelope"  // a member around an answer's data
	KindCallback  = "callback"  // a type of callback
	KindEvent     = "event"     // a member of a callback
	KindReply     = "reply"     // a member of the merchant's answer to a callback
	KindEnum      = "enum"      // a value
	KindCode      = "code"      // a result code
	KindFile      = "file"      // a column or name of a file
	KindRule      = "rule"      // what the provider refuses
)

// Kinds are all kinds, in the order of the page.
func Kinds() []string {
	return []string{
		KindOperation, KindRequest, KindResponse, KindCommon, KindEnvelope, KindCallback, KindEvent, KindReply,
		KindFile, KindEnum, KindCode, KindRule,
	}
}

// Providers are the providers' packages, in the order of the page.
func Providers() []string {
	return []string{"worldcard", "legacy", "uqpay", "kazepay", "coshine", "unionpay"}
}

// Generic is the test of the rows that [Verify] puts through the package's code.
const Generic = "TestCoverage"

// Row is one row of a provider's documents.
type Row struct {
	Kind      string
	Page      string // of the documents, or the section
	Table     string // number of the table on its page, from 1; empty for what stands in the text
	Operation string // operations or callback types that the row belongs to, or the name of an enum
	Place     string // way to the member, such as list[]; empty is the root
	Name      string // the documents' name, value or code
	Type      string // as documented; of a code, the kind of error that it means here
	Required  string // as documented
	Go        string // the Go name, or one for each operation; parameters as Service.Method(name)
	Test      string // Generic, or a test function, with its package when that is another
	Reason    string // why the row has no Go name
}

// columns are those of the files.
var columns = []string{
	"kind", "page", "table", "operation", "place", "name", "type", "required", "go", "test", "reason",
}

func (r *Row) cells() []*string {
	return []*string{
		&r.Kind, &r.Page, &r.Table, &r.Operation, &r.Place, &r.Name, &r.Type, &r.Required, &r.Go, &r.Test, &r.Reason,
	}
}

// Operations are the operations or callback types of a row.
func (r Row) Operations() []string { return strings.Fields(r.Operation) }

func (r Row) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Page, r.Kind, r.Operation, place(r.Place, r.Name)))
}

// place joins a place and a name.
func place(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// Read reads a provider's rows; root is the module's folder.
func Read(root, provider string) ([]Row, error) {
	path := filepath.Join(root, "testdata", "coverage", provider+".csv")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, fmt.Errorf("%s: the columns are not %s", path, strings.Join(columns, ","))
	}
	rows := make([]Row, len(records)-1)
	for i, record := range records[1:] {
		for j, cell := range rows[i].cells() {
			*cell = record[j]
		}
	}
	return rows, nil
}
