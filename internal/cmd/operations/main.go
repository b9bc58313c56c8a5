// Command operations writes the tables of operations: the indented lines of the sections
// Capabilities and Settling in each provider's doc.go, and the README's table between its
// marks. Run it with go generate in the root folder.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/optable"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func main() {
	providers := []optable.Provider{
		{Name: "worldcard", Ops: worldcard.Operations()}, {Name: "legacy", Ops: legacy.Operations()},
		{Name: "uqpay", Ops: uqpay.Operations()}, {Name: "kazepay", Ops: kazepay.Operations()},
		{Name: "unionpay", Ops: unionpay.Operations()}, {Name: "coshine", Ops: coshine.Operations()},
	}
	err := write("README.md", func(text string) (string, bool) { return optable.Readme(text, providers) })
	for _, p := range providers {
		page := func(text string) (string, bool) { return optable.Page(text, p.Ops) }
		err = errors.Join(err, write(p.Name+"/doc.go", page))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string, renew func(string) (string, bool)) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, ok := renew(string(old))
	if !ok {
		return fmt.Errorf("%s lacks the place of its table", path)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
