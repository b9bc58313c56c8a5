package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// defaultControl is where serve puts the control, and where commands look for it.
const defaultControl = "127.0.0.1:8490"

// maxAnswer bounds what a command reads of an answer.
const maxAnswer = 64 << 20

// command is one row of the command line.
type command struct {
	name, short, doc string // short are its arguments
	flags            func(*client, *flag.FlagSet)
	run              func(context.Context, *client, []string) error
}

// client talks to the control of a running sandbox.
type client struct {
	stdout                    io.Writer
	control, token, provider  string
	json, follow              bool
	until, verdict, operation string
	limit                     int
	timeout, patience         time.Duration
}

// do runs a command with its arguments, options before, between and behind them.
func (c command) do(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cl := &client{stdout: stdout}
	flags := flag.NewFlagSet("sandbox "+c.name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "Usage: sandbox %s\n\n%s\n\n", strings.TrimSpace(c.name+" "+c.short), c.doc)
		flags.PrintDefaults()
	}
	flags.StringVar(&cl.control, "control", cmp.Or(os.Getenv("ISSUING_SANDBOX"), defaultControl), "address of the sandbox's control")
	flags.StringVar(&cl.token, "token", os.Getenv("ISSUING_SANDBOX_TOKEN"), "the control's token, where it asks for one")
	flags.BoolVar(&cl.json, "json", false, "print JSON")
	if c.flags != nil {
		c.flags(cl, flags)
	}
	var positional []string
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil
		} else if err != nil {
			return &failure{exitUsage, err}
		}
		if flags.NArg() == 0 {
			break
		}
		positional, args = append(positional, flags.Arg(0)), flags.Args()[1:]
	}
	return c.run(ctx, cl, positional)
}

func withProvider(c *client, flags *flag.FlagSet) {
	flags.StringVar(&c.provider, "provider", "", "one provider; all when not given")
}

// base is the control's address as a URL.
func (c *client) base() string {
	if strings.Contains(c.control, "://") {
		return strings.TrimSuffix(c.control, "/")
	}
	return "http://" + c.control
}

// answerError is an error that the control answered with.
type answerError struct {
	Status    int    `json:"-"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Arguments []struct {
		Param   string `json:"param"`
		Problem string `json:"problem"`
	} `json:"arguments,omitempty"`
}

func (e *answerError) Error() string { return e.Message }

// request sends a request; the answer's body is the caller's to close.
func (c *client) request(ctx context.Context, method, path string, body any, accept string) (*http.Response, error) {
	var content io.Reader
	if method == http.MethodPost {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base()+path, content)
	if err != nil {
		return nil, usage("--control is no address: %s", c.control)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &failure{exitTimeout, errors.New("timed out")}
		}
		return nil, &failure{exitAbsent, fmt.Errorf("no sandbox answers at %s: start one with sandbox serve", c.base())}
	}
	return resp, nil
}

// call sends a request and reads the answer, a JSON object.
func (c *client) call(ctx context.Context, method, path string, body any) (map[string]any, error) {
	resp, err := c.request(ctx, method, path, body, "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return read(resp)
}

func read(resp *http.Response) (map[string]any, error) {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	var answer struct{ Error *answerError }
	var out map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err != nil || d.Decode(&out) != nil || json.Unmarshal(text, &answer) != nil {
		return nil, &failure{exitAbsent, errors.New("what answers there is no sandbox's control")}
	}
	if resp.StatusCode < http.StatusBadRequest {
		return out, nil
	}
	if answer.Error == nil {
		return nil, &failure{exitAbsent, errors.New("what answers there is no sandbox's control")}
	}
	answer.Error.Status = resp.StatusCode
	if resp.StatusCode == http.StatusBadRequest || resp.StatusCode == http.StatusNotFound {
		return nil, &failure{exitUsage, answer.Error}
	}
	return nil, answer.Error
}

// get reads a list, of one provider if one was named.
func (c *client) get(ctx context.Context, path string, query url.Values) (map[string]any, error) {
	if query == nil {
		query = url.Values{}
	}
	if c.provider != "" {
		query.Set("provider", c.provider)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.call(ctx, http.MethodGet, path, nil)
}

// where splits [provider.]name. Without a provider it is the one that was named or is
// the only one.
func (c *client) where(ctx context.Context, text string) (provider, name string, err error) {
	all, err := c.call(ctx, http.MethodGet, "/v1/health", nil)
	if err != nil {
		return "", "", err
	}
	var names []string
	for _, n := range list(all["providers"]) {
		names = append(names, fmt.Sprint(n))
	}
	before, after, dotted := strings.Cut(text, ".")
	for _, n := range names {
		if dotted && n == before {
			return n, after, nil
		}
	}
	switch {
	case c.provider != "":
		return c.provider, text, nil
	case len(names) == 1:
		return names[0], text, nil
	}
	return "", "", usage("%s of which provider? there are %s: say %s.%s, for instance", text, strings.Join(names, ", "), names[0], text)
}

// pairs reads name=value and name=@file arguments.
func pairs(args []string) (map[string]string, error) {
	out := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return nil, usage("%q is not name=value", arg)
		}
		if _, twice := out[name]; twice {
			return nil, usage("%s is given twice", name)
		}
		if file, ok := strings.CutPrefix(value, "@"); ok {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, &failure{exitUsage, err}
			}
			value = strings.TrimSuffix(string(text), "\n")
		}
		out[name] = value
	}
	return out, nil
}

// printError writes an error, as JSON where the arguments ask for JSON.
func printError(w io.Writer, args []string, code int, err error) {
	for _, arg := range args {
		if arg != "--json" && arg != "-json" {
			continue
		}
		body := map[string]any{"code": "error", "message": err.Error(), "exit": code}
		if answer, ok := errors.AsType[*answerError](err); ok {
			body["code"] = answer.Code
			if answer.Arguments != nil {
				body["arguments"] = answer.Arguments
			}
		}
		text, _ := json.Marshal(map[string]any{"error": body})
		_, _ = fmt.Fprintln(w, string(text))
		return
	}
	_, _ = fmt.Fprintln(w, "sandbox:", err)
}
