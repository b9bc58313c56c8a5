// Command architecture draws docs/architecture.svg: the rooms of the module and what they
// import, read from the code. Run it with go generate in the root folder.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// picture is where the drawing stands, from the root folder.
const picture = "docs/architecture.svg"

func main() {
	svg, err := drawn(".")
	if err == nil {
		err = os.WriteFile(filepath.FromSlash(picture), svg, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "architecture:", err)
		os.Exit(1)
	}
}

// drawn is the picture of the module in a folder.
func drawn(root string) ([]byte, error) {
	imports, err := importsOf(root)
	if err != nil {
		return nil, err
	}
	g, err := graphOf(imports)
	if err != nil {
		return nil, err
	}
	return g.svg(), nil
}
