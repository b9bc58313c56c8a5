//go:build unix

package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseConfig(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		env  map[string]string
		want []string // parts of the error; none for no error
	}{
		"nothing":      {},
		"unknown flag": {args: []string{"-x"}, want: []string{"-x"}},
		"argument":     {args: []string{"up"}, want: []string{`"up"`}},
		"open":         {args: []string{"-listen", "0.0.0.0:80"}, want: []string{"MERCHANT_TOKEN"}},
		"short token": {args: []string{"-listen", "0.0.0.0:80"}, env: map[string]string{"MERCHANT_TOKEN": "short"},
			want: []string{"MERCHANT_TOKEN"}},
		"guarded": {args: []string{"-listen", "0.0.0.0:80"},
			env: map[string]string{"MERCHANT_TOKEN": testToken}},
		"kept, no key": {args: []string{"-database", "x.db"}, want: []string{"MERCHANT_KEY"}},
		"kept":         {args: []string{"-database", "x.db"}, env: map[string]string{"MERCHANT_KEY": testKey}},
		"live, no base": {args: []string{"-live"}, env: map[string]string{"MERCHANT_KEY": testKey},
			want: []string{"-database"}},
		"live, no key": {args: []string{"-live", "-database", "x.db"}, want: []string{"MERCHANT_KEY"}},
		"live, no token": {args: []string{"-live", "-database", "x.db"}, env: map[string]string{"MERCHANT_KEY": testKey},
			want: []string{"MERCHANT_TOKEN"}},
		"bad key": {env: map[string]string{"MERCHANT_KEY": "secretsecret"}, want: []string{"MERCHANT_KEY"}},
		"all wrong": {env: map[string]string{"MERCHANT_SWEEP": "soon", "MERCHANT_WORKERS": "0"},
			want: []string{"MERCHANT_SWEEP", "MERCHANT_WORKERS"}},
		"steps":          {env: map[string]string{"MERCHANT_STEPS": "1s, 2s"}},
		"falling steps":  {env: map[string]string{"MERCHANT_STEPS": "2s,1s"}, want: []string{"MERCHANT_STEPS"}},
		"overtaken jobs": {env: map[string]string{"MERCHANT_CALL_TIMEOUT": "1m"}, want: []string{"grow"}},
		"no time to call": {env: map[string]string{"MERCHANT_CALL_TIMEOUT": "2s", "MERCHANT_JOB_TIMEOUT": "2500ms"},
			want: []string{"grow"}},
		"no port": {args: []string{"-listen", "here"}, want: []string{"-listen"}},
	} {
		cfg, err := parseConfig(test.args, io.Discard, func(name string) string { return test.env[name] })
		if (err == nil) != (len(test.want) == 0) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, part := range test.want {
			if !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "secretsecret") {
				t.Errorf("%s: %v, want %q", name, err, part)
			}
		}
		if err == nil && (cfg.Key.IsZero() || cfg.callEnd() >= cfg.JobTimeout || cfg.Lease <= cfg.JobTimeout) {
			t.Errorf("%s: %+v", name, cfg)
		}
		if name == "steps" && !slices.Equal(cfg.Steps, []time.Duration{time.Second, 2 * time.Second}) {
			t.Errorf("steps: %v", cfg.Steps)
		}
	}
}

// The help says which flags there are, and not with which password the database is opened.
func TestHelpKeepsThePassword(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	env := map[string]string{"MERCHANT_DATABASE": "postgres://merchant:secretsecret@db/merchant", "MERCHANT_KEY": testKey}
	get := func(name string) string { return env[name] }
	if _, err := parseConfig([]string{"-h"}, &out, get); !errors.Is(err, flag.ErrHelp) {
		t.Error(err)
	}
	if text := out.String(); !strings.Contains(text, "-database") || strings.Contains(text, "secretsecret") {
		t.Error(text)
	}
	if cfg, err := parseConfig(nil, io.Discard, get); err != nil || cfg.Database != env["MERCHANT_DATABASE"] {
		t.Errorf("%v, %v", cfg.Database, err)
	}
}

// Nothing real is touched without the flag and a yes.
func TestLiveNeedsAYes(t *testing.T) {
	env := map[string]string{
		"MERCHANT_KEY": testKey, "MERCHANT_DATABASE": t.TempDir() + "/x.db", "MERCHANT_TOKEN": testToken,
		"UQPAY_BASE_URL": "https://uqpay.example/api", "UQPAY_CLIENT_ID": "me",
		"UQPAY_API_KEY": "not to be printed",
	}
	get := func(name string) string { return env[name] }
	for answer, want := range map[string]error{"no\n": errNotConfirmed, "": errNotConfirmed,
		"yes please\n": errNotConfirmed} {
		var out bytes.Buffer
		err := run(t.Context(), []string{"-live", "-listen", "127.0.0.1:0"}, terminal{strings.NewReader(answer), &out}, get)
		if !errors.Is(err, want) || !strings.Contains(out.String(), "https://uqpay.example/api, account me") {
			t.Errorf("%q: %v, %s", answer, err, &out)
		}
		if strings.Contains(out.String(), "not to be printed") {
			t.Error("a secret is printed")
		}
	}
	err := run(t.Context(), []string{"-live", "-listen", "127.0.0.1:0"}, terminal{strings.NewReader("yes\n"), io.Discard},
		func(name string) string {
			return map[string]string{
				"MERCHANT_KEY": testKey, "MERCHANT_DATABASE": env["MERCHANT_DATABASE"], "MERCHANT_TOKEN": testToken,
			}[name]
		})
	if err == nil || !strings.Contains(err.Error(), "addresses") {
		t.Errorf("-live without a provider: %v", err)
	}
}
