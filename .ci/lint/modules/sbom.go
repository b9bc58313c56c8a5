package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// component describes a module.
func component(m module, names []string) cdx.Component {
	purl := "pkg:golang/" + m.Path + "@" + m.Version
	var choices cdx.Licenses
	for _, name := range names {
		choices = append(choices, cdx.LicenseChoice{License: &cdx.License{ID: name}})
	}
	return cdx.Component{
		BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: purl,
		Scope: cdx.ScopeRequired, Licenses: &choices,
	}
}

// bill lists what the packages of the module in dir compile, without their tests.
func bill(dir, version string) (*cdx.BOM, error) {
	if version == "" {
		return nil, errors.New("the bill's module has no -version")
	}
	list := exec.Command("go", "list", "-m")
	list.Dir = dir
	path, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	own := module{Path: strings.TrimSpace(string(path)), Version: "v" + version, Dir: dir}
	ownLicences, err := licences(own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	found, err := needed(dir, "./...")
	if err != nil {
		return nil, err
	}
	var components []cdx.Component
	var refs []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		names, err := licences(found[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		components = append(components, component(found[name], names))
		refs = append(refs, components[len(components)-1].BOMRef)
	}
	if len(components) == 0 {
		return nil, errors.New("the bill is empty")
	}
	root := component(own, ownLicences)
	out := cdx.NewBOM()
	out.Metadata = &cdx.Metadata{Component: &root}
	out.Components = &components
	out.Dependencies = &[]cdx.Dependency{{Ref: root.BOMRef, Dependencies: &refs}}
	return out, nil
}

// writeBill writes the bill of the module in dir as CycloneDX's JSON. The same modules
// give the same file.
func writeBill(name, dir, version string) error {
	b, err := bill(dir, version)
	if err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	encoder := cdx.NewBOMEncoder(file, cdx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	if err := errors.Join(encoder.Encode(b), file.Close()); err != nil {
		return err
	}
	fmt.Printf("%s: %d modules\n", name, len(*b.Components))
	return nil
}
