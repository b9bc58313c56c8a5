package start

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	full := map[string]string{"ACME_BASE_URL": "https://acme.example", "ACME_ID": "app-1"}
	for _, tt := range []struct {
		name  string
		args  []string
		env   map[string]string
		typed string
		real  bool
		err   string // "" is none
		shown string
	}{
		{"nothing", nil, nil, "", false, "", ""},
		{"credentials alone change nothing", nil, full, "yes\n", false, "", "-live uses the real one"},
		{"confirmed", []string{"-live"}, full, "yes\n", true, "", "At https://acme.example, on the account app-1, the program moves 5 dollars."},
		{"without a line's end", []string{"-live"}, full, "yes", true, "", "Type yes"},
		{"refused", []string{"-live"}, full, "no\n", false, "not confirmed", "Type yes"},
		{"nobody there", []string{"-live"}, full, "", false, "not confirmed", "Type yes"},
		{"a word more", []string{"-live"}, full, "yes please\n", false, "not confirmed", "Type yes"},
		{"no address", []string{"-live"}, nil, "yes\n", false, "needs ACME_BASE_URL", ""},
		{"help", []string{"-h"}, full, "", false, flag.ErrHelp.Error(), "moves 5 dollars"},
		{"an unknown flag", []string{"--bogus"}, full, "", false, "bogus", "-live"},
		{"an argument", []string{"extra"}, full, "", false, `"extra"`, ""},
	} {
		var out bytes.Buffer
		live := Live{"ACME_BASE_URL", "ACME_ID", "moves 5 dollars"}
		env, err := live.Environment(flag.NewFlagSet("acme", flag.ContinueOnError), tt.args,
			Terminal{strings.NewReader(tt.typed), &out}, func(name string) string { return tt.env[name] })
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) || env != nil {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.err)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case (env("ACME_BASE_URL") != "") != tt.real || (env("ACME_ID") != "") != tt.real:
			t.Errorf("%s: the address is %q", tt.name, env("ACME_BASE_URL"))
		}
		if !strings.Contains(out.String(), tt.shown) {
			t.Errorf("%s: shows %q, want %q", tt.name, out.String(), tt.shown)
		}
		if tt.name == "help" && !errors.Is(err, flag.ErrHelp) {
			t.Errorf("help is %v", err)
		}
	}
}
