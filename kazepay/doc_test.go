package kazepay_test

import (
	"os"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/issuing-sdk/issuing-go/kazepay"
)

// TestDocumentedTable: the table on the package's page is that of Operations.
func TestDocumentedTable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = w.Write([]byte(strings.Join(cells, "\t") + "\n")) }
	row("operation", "safety", "settled by", "inquiry", "sent again")
	for _, o := range kazepay.Operations() {
		if o.Safety == "read" {
			continue
		}
		again := "no"
		if o.Resend {
			again = "same key"
		}
		inquiry := strings.Join(o.Inquiry, ", ")
		if inquiry == "" {
			inquiry = "-"
		}
		row(o.Name, o.Safety, string(o.SettledBy), inquiry, again)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "//\n//\t" + strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", "\n//\t") + "\n//\n"
	page, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), want) {
		t.Errorf("doc.go lacks the table\n%s", want)
	}
}
