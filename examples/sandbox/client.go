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
	"slices"
	"strings"
	"time"
)

// defaultControl is where serve puts the control, and where commands look for it.
const defaultControl = "127.0.0.1:8490"

// tokenVariable is the variable of the environment that holds the control's token.
const tokenVariable = "ISSUING_SANDBOX_TOKEN"

// patience bounds the wait for an answer. What takes longest waits ten seconds for a
// receiver of callbacks.
const patience = time.Minute

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
	stdout                   io.Writer
	control, token, provider string
	json, follow             bool
	until, after             string // of events
	verdict, operation       string // of requests
	limit                    int
	timeout, wait            time.Duration
}

// do runs a command with its arguments.
func (c command) do(ctx context.Context, args []string, stdout io.Writer) error {
	cl := &client{stdout: stdout}
	p := page{usage: strings.TrimSpace(c.name + " " + c.short), doc: c.doc, flags: newFlags(c.name)}
	at := cmp.Or(os.Getenv("ISSUING_SANDBOX"), defaultControl)
	p.flags.StringVar(&cl.control, "control", at, "`address` of the sandbox's control")
	p.flags.StringVar(&cl.token, "token", "",
		"the control's `token`, where it asks for one; "+tokenVariable+" when not given")
	p.flags.BoolVar(&cl.json, "json", false, "print JSON")
	if c.flags != nil {
		c.flags(cl, p.flags)
	}
	others, helped, err := p.parse(args, stdout)
	if helped || err != nil {
		return err
	}
	cl.token = cmp.Or(cl.token, os.Getenv(tokenVariable))
	return c.run(ctx, cl, others)
}

func withProvider(c *client, flags *flag.FlagSet) {
	flags.StringVar(&c.provider, "provider", "", "one provider's `name`; all when not given")
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
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return nil, &failure{exitTimeout, errors.New("interrupted")}
		case ctx.Err() != nil:
			return nil, &failure{exitTimeout, errors.New("timed out: the sandbox does not answer")}
		}
		return nil, &failure{exitAbsent, fmt.Errorf("no sandbox answers at %s: start one with sandbox serve", c.base())}
	}
	return resp, nil
}

// call sends a request and reads the answer, a JSON object.
func (c *client) call(ctx context.Context, method, path string, body any) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
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
	if resp.StatusCode == http.StatusUnauthorized {
		return nil, fmt.Errorf("%w; give it by --token or %s", answer.Error, tokenVariable)
	}
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

// where splits [provider.]name. Without a provider it is the one that was named, or
// the only one that has the name: the list at a path says who has which.
func (c *client) where(
	ctx context.Context, word, path string, names func(any) []string,
) (provider, name string, err error) {
	answer, err := c.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return "", "", err
	}
	var served, has, known []string
	before, after, dotted := strings.Cut(word, ".")
	byProvider(answer, func(p string, value any) {
		served, known = append(served, p), append(known, names(value)...)
		if slices.Contains(names(value), word) {
			has = append(has, p)
		}
	})
	switch {
	case dotted && slices.Contains(served, before):
		return before, after, nil
	case c.provider != "":
		return c.provider, word, nil
	case len(served) == 1:
		return served[0], word, nil
	case len(has) == 1:
		return has[0], word, nil
	case len(has) > 1:
		return "", "", usage("%s of which provider? %s have it: say %s.%s", word, strings.Join(has, ", "), has[0], word)
	}
	return "", "", usage("nothing is called %q%s", word, meant(word, append(served, known...)))
}

// action finds an action by its name.
func (c *client) action(ctx context.Context, word string) (provider, name string, err error) {
	return c.where(ctx, word, "/v1/actions", func(rows any) (names []string) {
		for _, row := range list(rows) {
			names = append(names, text(row, "name"))
		}
		return names
	})
}

// operation finds an operation of a platform by its name.
func (c *client) operationOf(ctx context.Context, word string) (provider, name string, err error) {
	return c.where(ctx, word, "/v1/providers", func(p any) (names []string) {
		for _, name := range list(member(p, "operations")) {
			names = append(names, fmt.Sprint(name))
		}
		return names
	})
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
