// Command operations writes the tables of operations on the provider packages' pages: the
// indented lines of the section Settling in each doc.go. Run it with go generate in the
// root folder.
package main

import (
	"fmt"
	"os"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/optable"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func main() {
	for name, ops := range map[string][]issuing.Operation{
		"worldcard": worldcard.Operations(), "legacy": legacy.Operations(), "uqpay": uqpay.Operations(),
		"kazepay": kazepay.Operations(),
		"coshine": coshine.Operations(), "unionpay": unionpay.Operations(),
	} {
		if err := write(name+"/doc.go", optable.Table(ops)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func write(path, table string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, ok := optable.Replace(string(page), table)
	if !ok {
		return fmt.Errorf("%s has no section Settling with a table", path)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
