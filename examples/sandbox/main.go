// Sandbox serves card platforms in memory to clients in any language, and drives what
// it serves.
//
//	go run ./examples/sandbox serve --provider all --webhook http://127.0.0.1:9000/callbacks
//	go run ./examples/sandbox trigger worldcard.purchase card=1000000001 amount=12.50
//	go run ./examples/sandbox help
//
// Without a command word it serves one platform on a free port, prints one line of JSON
// with its address, its credentials and the address of its control, and serves until
// SIGINT or SIGTERM:
//
//	go run ./examples/sandbox -provider worldcard -listen 127.0.0.1:0 -webhook http://127.0.0.1:9000/callbacks
//
// Everything that the commands do, the control does over HTTP: see README.md, and GET
// /openapi.json.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// Exit codes. An error that is none of these is exitRefused.
const (
	exitRefused = 1 // the platform, or the sandbox, said no
	exitUsage   = 2 // an unknown command, action, parameter or option
	exitAbsent  = 3 // no sandbox answers at the address
	exitTimeout = 4 // what was waited for did not come
)

// failure is an error with an exit code.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func usage(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...)}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err == nil {
		return
	}
	code := exitRefused
	if f, ok := errors.AsType[*failure](err); ok {
		code = f.code
	}
	printError(os.Stderr, os.Args[1:], code, err)
	stop()
	os.Exit(code)
}

// run does what the arguments say.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return runServe(ctx, args, stdout, stderr, alone)
	}
	word, args := args[0], args[1:]
	switch word {
	case "serve":
		return runServe(ctx, args, stdout, stderr, served)
	case "help":
		return help(args, stdout)
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == word })
	if i < 0 {
		words := []string{"serve", "help"}
		for _, c := range commands {
			words = append(words, c.name)
		}
		return usage("no command %q%s; sandbox help lists all", word, meant(word, words))
	}
	return commands[i].do(ctx, args, stdout)
}

const overview = `Sandbox serves card platforms in memory, and drives what it serves.

Usage: sandbox COMMAND …

  serve [options]
      Serves platforms until SIGINT or SIGTERM.
%s
  help [COMMAND]
      Shows this page, or one command's.

Commands find the sandbox by --control, by ISSUING_SANDBOX, or at 127.0.0.1:8490.
--json prints JSON: one document, with --follow one a line; errors as JSON on
standard error.

`

// help prints the overview, or the page of one command.
func help(args []string, stdout io.Writer) error {
	if len(args) == 0 {
		var lines []string
		for _, c := range commands {
			lines = append(lines, fmt.Sprintf("  %s\n      %s", strings.TrimSpace(c.name+" "+c.short), c.doc))
		}
		_, err := fmt.Fprintf(stdout, overview+exitCodes, strings.Join(lines, "\n"))
		return err
	}
	if len(args) == 1 && args[0] != "help" {
		return run(context.Background(), []string{args[0], "-h"}, stdout, stdout)
	}
	return usage("help takes one command")
}
