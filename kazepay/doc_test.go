package kazepay_test

import (
	"os"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/optable"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// TestDocumentedTable: the table on the package's page is that of Operations.
func TestDocumentedTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	want, ok := optable.Page(string(page), kazepay.Operations())
	if !ok || want != string(page) {
		t.Error("the table is another one: run go generate in the root folder")
	}
}
