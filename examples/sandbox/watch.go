package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// kinds are the kinds of events.
var kinds = []string{"request", "callback", "action", "clock"}

func withFollow(c *client, flags *flag.FlagSet) {
	flags.BoolVar(&c.follow, "follow", false, "go on as things happen")
	flags.StringVar(&c.until, "until", "", "follow until an event of this `kind` comes: "+strings.Join(kinds, ", "))
	flags.StringVar(&c.after, "after", "", "those behind this one: the `last_event` of a list")
	flags.DurationVar(&c.timeout, "timeout", 0, "stop following after this `time`, such as 30s")
}

func withWait(c *client, flags *flag.FlagSet) {
	flags.DurationVar(&c.wait, "wait", 0, "wait this long for a sandbox, as a `time` such as 30s")
}

// oneTry bounds one question for a sandbox's health.
const oneTry = 2 * time.Second

// health says whether a sandbox is there, and waits for one if that is asked for.
func health(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	end := time.Now().Add(c.wait)
	for {
		try, cancel := context.WithTimeout(ctx, oneTry)
		answer, err := c.call(try, http.MethodGet, "/v1/health", nil)
		cancel()
		if err == nil {
			return c.print(answer, func() { c.line("ok: " + strings.Join(words(list(answer["providers"])...), " ")) })
		}
		if c.wait == 0 || ctx.Err() != nil {
			return err
		}
		if time.Now().After(end) {
			return &failure{exitTimeout, fmt.Errorf("no sandbox within %v: %w", c.wait, err)}
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// events lists what happened, and goes on.
func events(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	if c.until != "" && !slices.Contains(kinds, c.until) {
		return usage("no kind %q%s; there are %s", c.until, meant(c.until, kinds), strings.Join(kinds, ", "))
	}
	answer, err := c.kept(ctx)
	if err != nil {
		return err
	}
	if !c.follow && c.until == "" {
		return c.print(answer, func() {
			for _, e := range list(answer["events"]) {
				c.event(e)
			}
			c.dropped(answer)
		})
	}
	for _, e := range list(answer["events"]) {
		if err := c.print(e, func() { c.event(e) }); err != nil {
			return err
		}
		if c.after != "" && c.until != "" && text(e, "kind") == c.until {
			return nil // behind the one that was named
		}
	}
	return c.stream(ctx, text(answer, "last_event"))
}

// kept reads the events that are kept, page by page.
func (c *client) kept(ctx context.Context) (map[string]any, error) {
	all, after := []any{}, c.after
	for {
		answer, err := c.call(ctx, http.MethodGet, "/v1/events?limit=1000&after="+url.QueryEscape(after), nil)
		if err != nil {
			return nil, err
		}
		page := list(answer["events"])
		all = append(all, page...)
		if answer["more"] != true {
			answer["events"] = all
			delete(answer, "more")
			return answer, nil
		}
		after = text(page[len(page)-1], "id")
	}
}

func (c *client) event(e any) {
	line := fmt.Sprintf("%s  %-9s  %-8s", seconds(text(e, "at")), text(e, "provider"), text(e, "kind"))
	if ref := text(e, "ref"); ref != "" {
		line += " " + ref
	}
	c.line(line + "  " + text(e, "text"))
}

// stream prints events as they come, until the one that is waited for.
func (c *client) stream(ctx context.Context, after string) error {
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	resp, err := c.request(ctx, http.MethodGet, "/v1/events?after="+url.QueryEscape(after), nil, "text/event-stream")
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		_, err := read(resp)
		return err
	}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		var e map[string]any
		d := json.NewDecoder(strings.NewReader(data))
		d.UseNumber()
		if !ok || d.Decode(&e) != nil || e["kind"] == nil {
			continue
		}
		if err := c.print(e, func() { c.event(e) }); err != nil {
			return err
		}
		if c.until != "" && e["kind"] == c.until {
			return nil
		}
	}
	switch {
	case ctx.Err() == nil:
		return &failure{exitAbsent, errors.New("the sandbox has ended")}
	case c.until != "" || errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &failure{exitTimeout, errors.New("timed out: the stream ended before what was waited for")}
	}
	return nil // interrupted, which is how following ends
}
