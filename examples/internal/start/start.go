// Package start is how the examples begin: help, arguments, and the one way to a real
// platform.
package start

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Parse reads a program's flags. Help is printed and given as [flag.ErrHelp]; arguments
// that no flag takes are refused.
func Parse(flags *flag.FlagSet, args []string, out io.Writer) error {
	flags.SetOutput(out)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; -h lists what there is", flags.Arg(0))
	}
	return nil
}

// Live is what a program does on a real platform.
type Live struct {
	Address string // the variable with the platform's address, such as WORLDCARD_BASE_URL
	Account string // the variable that names the account
	Moves   string // what it does there, with the sums
}

// ErrNotConfirmed is the error of a run that nobody wanted.
var ErrNotConfirmed = errors.New("not confirmed; nothing was sent")

// Environment parses the flags of a program, -live among them, and returns the
// environment of its run. It is empty, whatever is set, so that the program runs on its
// platform in memory; with -live it is the real one, once a person has read on which
// account what will be done, and has typed yes.
func (l Live) Environment(
	flags *flag.FlagSet, args []string, terminal io.ReadWriter, getenv func(string) string,
) (func(string) string, error) {
	live := flags.Bool("live", false, "use the real platform at $"+l.Address+", after a confirmation: "+l.Moves)
	if err := Parse(flags, args, terminal); err != nil {
		return nil, err
	}
	address := getenv(l.Address)
	if !*live {
		if address != "" {
			fmt.Fprintf(terminal, "%s is set, but this run is on the platform in memory: -live uses the real one\n", l.Address)
		}
		return func(string) string { return "" }, nil
	}
	if address == "" {
		return nil, fmt.Errorf("-live needs %s and the account's credentials in the environment", l.Address)
	}
	fmt.Fprintf(terminal, "This is no test. At %s, on the account %s, the program %s.\nType yes to go on: ",
		address, getenv(l.Account), l.Moves)
	answer, err := bufio.NewReader(io.LimitReader(terminal, 16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if strings.TrimSpace(answer) != "yes" {
		return nil, ErrNotConfirmed
	}
	return getenv, nil
}

// Terminal is standard input and output in one.
type Terminal struct {
	io.Reader
	io.Writer
}
