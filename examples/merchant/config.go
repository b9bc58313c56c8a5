package main

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// config is how the service runs. README.md has the table.
type config struct {
	Live     bool
	Hold     bool // sends nothing
	Listen   string
	Control  string         // of the platforms in memory
	Database string         // postgres://… or a file; "" is a fresh one that ends with the program
	Key      sign.AESKey    // seals what is stored
	Token    issuing.Secret // of API and page; empty on the platforms in memory and loopback alone

	Workers     int
	CallTimeout time.Duration // one attempt
	Attempts    int
	JobTimeout  time.Duration
	Grace       time.Duration // between the end of a call and a question about it
	Lease       time.Duration // how long a job has an order to itself
	Steps       []time.Duration
	ReviewAfter time.Duration // questions for so long, then a person
	Sweep       time.Duration
	Drain       time.Duration // between unready and the listener's end
	End         time.Duration // of what is being served then
}

// retryWait is the longest wait between two attempts of a call.
const retryWait = 2 * time.Second

// callEnd is how long a call may take with all its attempts.
func (c config) callEnd() time.Duration {
	return min(time.Duration(c.Attempts)*(c.CallTimeout+retryWait), c.JobTimeout-time.Second)
}

// defaults are for production.
func defaults() config {
	return config{
		Listen: "127.0.0.1:8088", Control: "127.0.0.1:8490", Workers: 32, CallTimeout: 10 * time.Second, Attempts: 2,
		JobTimeout: 30 * time.Second, Grace: 10 * time.Second, Lease: 40 * time.Second,
		Steps: []time.Duration{
			2 * time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour,
		},
		ReviewAfter: 24 * time.Hour, Sweep: 2 * time.Second, Drain: 5 * time.Second, End: 5 * time.Second,
	}
}

// parseConfig reads flags and environment. The error names every setting that is wrong, and
// no value of a secret.
func parseConfig(args []string, out io.Writer, getenv func(string) string) (config, error) {
	c := defaults()
	flags := flag.NewFlagSet("merchant", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.BoolVar(&c.Live, "live", false,
		"use the real platforms that the environment names, after a confirmation: orders move money")
	flags.BoolVar(&c.Hold, "hold", false,
		"send nothing: ask, take callbacks and reconcile alone, after the database was restored from a backup")
	flags.StringVar(&c.Listen, "listen", c.Listen, "`address` of API, page and callbacks")
	flags.StringVar(&c.Control, "control", c.Control, "`address` of the control of the platforms in memory")
	flags.StringVar(&c.Database, "database", "", // the help prints defaults, and an address may hold a password
		"`address` such as postgres://user@host/name, or the path of an SQLite file; "+
			"without one a fresh file that ends with the program")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q; -h lists what there is", flags.Arg(0))
	}
	c.Database = cmp.Or(c.Database, getenv("MERCHANT_DATABASE"))
	var problems []string
	for _, s := range c.settings() {
		if value := getenv(s.name); value != "" {
			if err := s.set(value); err != nil {
				problems = append(problems, s.name+" "+err.Error())
			}
		}
	}
	problems = append(problems, c.readSecrets(getenv)...)
	if c.Grace <= 0 || c.callEnd() < c.CallTimeout || c.Lease <= c.JobTimeout {
		problems = append(problems,
			"MERCHANT_CALL_TIMEOUT, MERCHANT_JOB_TIMEOUT and MERCHANT_LEASE have to grow in this order, the first two by 1s")
	}
	if len(problems) > 0 {
		return c, errors.New(strings.Join(problems, "; "))
	}
	return c, nil
}

// readSecrets reads key and token.
func (c *config) readSecrets(getenv func(string) string) (problems []string) {
	c.Token = issuing.NewSecret(getenv("MERCHANT_TOKEN"))
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		problems = append(problems, "-listen is not host:port")
	case (c.Live || !loopback(host)) && c.Token.Len() < 16:
		problems = append(problems, "MERCHANT_TOKEN of 16 characters or more is required with -live and beyond loopback")
	}
	text := getenv("MERCHANT_KEY")
	if text == "" && c.Database == "" && !c.Live {
		random := make([]byte, 32)
		_, _ = rand.Read(random) // documented never to fail
		text = hex.EncodeToString(random)
	}
	if text == "" {
		return append(problems,
			"MERCHANT_KEY is required with a database that stays: 64 hexadecimal characters, such as of openssl rand -hex 32")
	}
	if c.Key, err = sign.ParseAESKey(text); err != nil {
		problems = append(problems, "MERCHANT_KEY is no key of 256 bits")
	}
	if c.Live && c.Database == "" {
		problems = append(problems, "-live needs a database that stays: -database or MERCHANT_DATABASE")
	}
	return problems
}

// loopback reports whether a host, without its port, is this machine by itself.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// setting is a variable that changes a default.
type setting struct {
	name string
	set  func(string) error
}

func (c *config) settings() []setting {
	return []setting{
		{"MERCHANT_WORKERS", number(&c.Workers, 1000)}, {"MERCHANT_ATTEMPTS", number(&c.Attempts, 5)},
		{"MERCHANT_CALL_TIMEOUT", span(&c.CallTimeout)}, {"MERCHANT_JOB_TIMEOUT", span(&c.JobTimeout)},
		{"MERCHANT_GRACE", span(&c.Grace)}, {"MERCHANT_LEASE", span(&c.Lease)},
		{"MERCHANT_REVIEW_AFTER", span(&c.ReviewAfter)}, {"MERCHANT_SWEEP", span(&c.Sweep)},
		{"MERCHANT_DRAIN", span(&c.Drain)},
		{"MERCHANT_STEPS", func(value string) error {
			var steps []time.Duration
			for part := range strings.SplitSeq(value, ",") {
				var step time.Duration
				if err := span(&step)(strings.TrimSpace(part)); err != nil {
					return err
				}
				steps = append(steps, step)
			}
			if !slices.IsSorted(steps) {
				return errors.New("has to grow")
			}
			c.Steps = steps
			return nil
		}},
	}
}

func span(to *time.Duration) func(string) error {
	return func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errors.New("is no duration such as 10s")
		}
		*to = d
		return nil
	}
}

func number(to *int, most int) func(string) error {
	return func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("is not within 1 and %d", most)
		}
		*to = n
		return nil
	}
}

// errNotConfirmed is the error of a run that nobody wanted.
var errNotConfirmed = errors.New("not confirmed; nothing was sent")

// confirm has a person read on which accounts orders will move money.
func confirm(terminal io.ReadWriter, accounts []string) error {
	fmt.Fprintf(terminal, "This is no test. Orders move money, and the service acts by itself, on:\n")
	for _, account := range accounts {
		fmt.Fprintf(terminal, "  %s\n", account)
	}
	fmt.Fprint(terminal, "Type yes to go on: ")
	answer, err := bufio.NewReader(io.LimitReader(terminal, 16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(answer) != "yes" {
		return errNotConfirmed
	}
	return nil
}
