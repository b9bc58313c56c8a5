package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// exitCodes stand on every page of help.
const exitCodes = `Exit codes: 0 done; 1 refused; 2 usage; 3 no sandbox there; 4 timed out.
`

// page is a command's page of help.
type page struct {
	usage, doc string // what follows "sandbox", and what it does
	flags      *flag.FlagSet
}

// newFlags makes a set of options that prints nothing by itself.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// write prints the page.
func (p page) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: sandbox %s\n\n%s\n\nOptions:\n", p.usage, p.doc)
	p.flags.VisitAll(func(f *flag.Flag) {
		value, doc := flag.UnquoteUsage(f)
		if value != "" {
			value = " " + strings.ToUpper(value)
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0s" {
			doc += " (" + f.DefValue + " when not given)"
		}
		fmt.Fprintf(&b, "  --%s%s\n      %s\n", f.Name, value, doc)
	})
	fmt.Fprintf(&b, "\n%s", exitCodes)
	_, err := io.WriteString(w, b.String())
	return err
}

// parse reads arguments; options may stand before, between and behind the others,
// which it returns. It prints the page where that is asked for; helped says so.
func (p page) parse(args []string, stdout io.Writer) (others []string, helped bool, err error) {
	for {
		switch err := p.flags.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			return nil, true, p.write(stdout)
		case err != nil:
			return nil, false, p.wrong(err)
		case p.flags.NArg() == 0:
			return others, false, nil
		}
		others, args = append(others, p.flags.Arg(0)), p.flags.Args()[1:]
	}
}

// wrong says what is wrong with an option, in the words of this program.
func (p page) wrong(err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return usage("%v; sandbox help %s lists the options", err, p.flags.Name())
	}
	var names []string
	p.flags.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	return usage("no option --%s%s; sandbox help %s lists them", name, meant("--"+name, names), p.flags.Name())
}

// meant guesses the word that somebody mistyped: the one with the longest common
// beginning, of two letters at least.
func meant(word string, words []string) string {
	best, longest := "", len(word)-len(strings.TrimLeft(word, "-"))+1
	for _, w := range words {
		n := 0
		for n < min(len(word), len(w)) && word[n] == w[n] {
			n++
		}
		if n > longest {
			best, longest = w, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

// texts is an option that may be given several times.
type texts []string

func (t *texts) String() string     { return strings.Join(*t, ",") }
func (t *texts) Set(v string) error { *t = append(*t, v); return nil }
