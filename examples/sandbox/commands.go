package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// commands are the command line.
var commands = []command{
	{name: "trigger", short: "[provider.]ACTION [name=value|name=@file]…", doc: "Does an action and prints what it answers.", flags: withProvider, run: trigger},
	{name: "actions", short: "[[provider.]ACTION]", doc: "Lists what can be done, or one action's parameters.", flags: withProvider, run: listActions},
	{name: "state", doc: "Shows what the platforms hold.", flags: withProvider, run: state},
	{name: "cards", doc: "Lists the cards.", flags: withProvider, run: cards},
	{name: "requests", doc: "Lists requests with their verdicts, the latest first.", flags: withFilters, run: requests},
	{name: "callbacks", doc: "Lists callbacks with their last answers, the latest first.", flags: withPage, run: callbacks},
	{name: "events", doc: "Lists what happened; --follow goes on, --until KIND ends it.", flags: withFollow, run: events},
	{name: "resend", short: "ID", doc: "Delivers a callback once more, signed anew.", run: resend},
	{name: "clock", short: "[advance DURATION]", doc: "Shows the clocks, or turns them.", flags: withProvider, run: clock},
	{name: "faults", short: "[add [provider.]OP FAULT [name=value]…|remove [provider.]OP]", doc: "Lists the faults that wait, adds one, or drops an operation's.", flags: withProvider, run: faults},
	{name: "keys", doc: "Prints what clients need to call: addresses, keys, secrets.", flags: withProvider, run: keys},
	{name: "health", doc: "Says whether a sandbox is there; --wait waits for one.", flags: withWait, run: health},
}

func withPage(c *client, flags *flag.FlagSet) {
	withProvider(c, flags)
	flags.IntVar(&c.limit, "limit", 50, "how many, up to 1000")
}

func withFilters(c *client, flags *flag.FlagSet) {
	withPage(c, flags)
	flags.StringVar(&c.verdict, "verdict", "", "those that ended so: ok, refused, fault, broken")
	flags.StringVar(&c.operation, "operation", "", "those of one operation")
}

func withFollow(c *client, flags *flag.FlagSet) {
	flags.BoolVar(&c.follow, "follow", false, "go on as things happen")
	flags.StringVar(&c.until, "until", "", "follow until an event of this `kind` comes: request, callback, action, clock")
	flags.DurationVar(&c.timeout, "timeout", 0, "stop following after this time")
}

func withWait(c *client, flags *flag.FlagSet) {
	flags.DurationVar(&c.patience, "wait", 0, "wait this long for a sandbox")
}

// none refuses arguments that a command does not take.
func none(args []string) error {
	if len(args) > 0 {
		return usage("unexpected argument %q", args[0])
	}
	return nil
}

func trigger(ctx context.Context, c *client, args []string) error {
	if len(args) == 0 {
		return usage("trigger needs an action; sandbox actions lists all")
	}
	values, err := pairs(args[1:])
	if err != nil {
		return err
	}
	return act(ctx, c, args[0], values)
}

// act does an action and prints its answer.
func act(ctx context.Context, c *client, action string, values map[string]string) error {
	provider, name, err := c.where(ctx, action)
	if err != nil {
		return err
	}
	answer, err := c.call(ctx, http.MethodPost, "/v1/"+url.PathEscape(provider)+"/actions/"+url.PathEscape(name), values)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		for _, name := range slices.Sorted(maps.Keys(answer)) {
			if text := fmt.Sprint(answer[name]); text != "" {
				c.line(name + ": " + text)
			}
		}
	})
}

func (c *client) line(text string) { _, _ = fmt.Fprintln(c.stdout, text) }

// print writes an answer as JSON, or as people read it.
func (c *client) print(answer any, plain func()) error {
	if !c.json {
		plain()
		return nil
	}
	text, err := json.Marshal(answer)
	if err == nil {
		c.line(string(text))
	}
	return err
}

// table writes rows in columns, under a header.
func (c *client) table(header []string, rows [][]string) {
	w := tabwriter.NewWriter(c.stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush()
}

func list(v any) []any              { items, _ := v.([]any); return items }
func member(v any, name string) any { m, _ := v.(map[string]any); return m[name] }
func text(v any, names ...string) string {
	for _, name := range names {
		v = member(v, name)
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// columns are the named members of every item.
func columns(items []any, names ...string) (rows [][]string) {
	for _, item := range items {
		row := make([]string, len(names))
		for i, name := range names {
			row[i] = text(item, name)
		}
		rows = append(rows, row)
	}
	return rows
}

// byProvider are the members of an answer's providers, in their order.
func byProvider(answer map[string]any, each func(name string, value any)) {
	all, _ := answer["providers"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		each(name, all[name])
	}
}

func listActions(ctx context.Context, c *client, args []string) error {
	if len(args) > 1 {
		return usage("actions takes one action")
	}
	wanted := ""
	if len(args) == 1 {
		provider, name, err := c.where(ctx, args[0])
		if err != nil {
			return err
		}
		c.provider, wanted = provider, name
	}
	answer, err := c.get(ctx, "/v1/actions", nil)
	if err != nil {
		return err
	}
	found := false
	var rows [][]string
	byProvider(answer, func(provider string, value any) {
		for _, a := range list(value) {
			found = found || text(a, "name") == wanted
			if wanted != "" && text(a, "name") == wanted {
				rows = append(rows, columns(list(member(a, "params")), "name", "type", "example", "doc")...)
			} else if wanted == "" {
				rows = append(rows, []string{provider + "." + text(a, "name"), text(a, "group"), text(a, "doc")})
			}
		}
	})
	if wanted != "" && !found {
		return usage("no action %q of %s; sandbox actions lists all", wanted, c.provider)
	}
	return c.print(answer, func() {
		if wanted != "" {
			c.table([]string{"PARAMETER", "TYPE", "EXAMPLE", ""}, rows)
			return
		}
		c.table([]string{"ACTION", "GROUP", ""}, rows)
	})
}

func state(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	answer, err := c.get(ctx, "/v1/state", nil)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		byProvider(answer, func(provider string, value any) {
			for _, group := range []string{"cards", "holders", "balances", "orders", "transactions", "tokens"} {
				items := list(member(value, group))
				if len(items) == 0 {
					continue
				}
				c.line(provider + " " + group)
				c.table([]string{"ID", "KIND", "OF", "STATUS", "AMOUNT", "HELD", "CURRENCY", "NAME"},
					columns(items, "id", "kind", "of", "status", "amount", "held", "currency", "name"))
			}
		})
	})
}

func cards(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	answer, err := c.get(ctx, "/v1/cards", nil)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		c.table([]string{"PROVIDER", "CARD", "NUMBER", "STATUS", "AVAILABLE", "HELD", "CURRENCY", "HOLDER"},
			columns(list(answer["cards"]), "provider", "id", "number", "status", "amount", "held", "currency", "name"))
	})
}

func requests(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	query := url.Values{"limit": {strconv.Itoa(c.limit)}}
	for name, value := range map[string]string{"verdict": c.verdict, "operation": c.operation} {
		if value != "" {
			query.Set(name, value)
		}
	}
	answer, err := c.get(ctx, "/v1/requests", query)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		c.table([]string{"ID", "PROVIDER", "OPERATION", "VERDICT", "STATUS", "CHECK", "EXPECTED", "FAULT"},
			columns(list(answer["requests"]), "id", "provider", "operation", "verdict", "status", "check", "expected", "fault"))
	})
}

func callbacks(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	answer, err := c.get(ctx, "/v1/callbacks", url.Values{"limit": {strconv.Itoa(c.limit)}})
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		var rows [][]string
		for _, cb := range list(answer["callbacks"]) {
			row := columns([]any{cb}, "id", "provider", "type", "tried", "accepted")[0]
			if tries := list(member(cb, "attempts")); len(tries) > 0 {
				last := tries[len(tries)-1]
				row = append(row, text(last, "status"), strconv.Quote(text(last, "answer")))
			}
			rows = append(rows, row)
		}
		c.table([]string{"ID", "PROVIDER", "TYPE", "TRIED", "ACCEPTED", "STATUS", "ANSWER"}, rows)
	})
}

func resend(ctx context.Context, c *client, args []string) error {
	if len(args) != 1 {
		return usage("resend takes the id of a callback; sandbox callbacks lists them")
	}
	answer, err := c.call(ctx, http.MethodPost, "/v1/callbacks/"+url.PathEscape(args[0])+"/resend", struct{}{})
	if err != nil {
		return err
	}
	return c.print(answer, func() { c.line("callback " + args[0] + " is sent again") })
}

func clock(ctx context.Context, c *client, args []string) error {
	var answer map[string]any
	var err error
	switch {
	case len(args) == 0:
		answer, err = c.get(ctx, "/v1/clock", nil)
	case len(args) == 2 && args[0] == "advance":
		path := "/v1/clock"
		if c.provider != "" {
			path += "?provider=" + url.QueryEscape(c.provider)
		}
		answer, err = c.call(ctx, http.MethodPost, path, map[string]string{"advance": args[1]})
	default:
		return usage("clock takes nothing, or advance and a duration such as 24h")
	}
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		var rows [][]string
		byProvider(answer, func(provider string, value any) {
			rows = append(rows, []string{provider, text(value, "now"), text(value, "pending"), text(value, "turning")})
		})
		c.table([]string{"PROVIDER", "NOW", "PENDING", "TURNING"}, rows)
	})
}

func faults(ctx context.Context, c *client, args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "add":
		values, err := pairs(args[3:])
		if err != nil {
			return err
		}
		provider, op, err := c.where(ctx, args[1])
		if err != nil {
			return err
		}
		values["operation"], values["fault"] = op, args[2]
		return act(ctx, c, provider+".inject", values)
	case len(args) == 2 && args[0] == "remove":
		provider, op, err := c.where(ctx, args[1])
		if err != nil {
			return err
		}
		return act(ctx, c, provider+".clear-faults", map[string]string{"operation": op})
	case len(args) > 0:
		return usage("faults takes nothing, add OPERATION FAULT, or remove OPERATION")
	}
	answer, err := c.get(ctx, "/v1/faults", nil)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		var rows [][]string
		byProvider(answer, func(provider string, value any) {
			ops, _ := value.(map[string]any)
			for _, op := range slices.Sorted(maps.Keys(ops)) {
				for _, f := range list(ops[op]) {
					rows = append(rows, []string{provider, op, fmt.Sprint(f)})
				}
			}
		})
		c.table([]string{"PROVIDER", "OPERATION", "FAULT"}, rows)
	})
}

func keys(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	path := "/v1/keys"
	if c.provider != "" {
		path += "?provider=" + url.QueryEscape(c.provider)
	}
	answer, err := c.call(ctx, http.MethodPost, path, struct{}{})
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		byProvider(answer, func(provider string, value any) {
			values, _ := value.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(values)) {
				c.line(provider + " " + name + ": " + fmt.Sprint(values[name]))
			}
		})
	})
}

// health says whether a sandbox is there, and waits for one if that is asked for.
func health(ctx context.Context, c *client, args []string) error {
	if err := none(args); err != nil {
		return err
	}
	end := time.Now().Add(c.patience)
	for {
		answer, err := c.call(ctx, http.MethodGet, "/v1/health", nil)
		if err == nil {
			return c.print(answer, func() { c.line("ok: " + strings.Trim(fmt.Sprint(answer["providers"]), "[]")) })
		}
		if c.patience == 0 || ctx.Err() != nil {
			return err
		}
		if time.Now().After(end) {
			return &failure{exitTimeout, fmt.Errorf("no sandbox within %v: %w", c.patience, err)}
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
	answer, err := c.call(ctx, http.MethodGet, "/v1/events?limit=1000", nil)
	if err != nil {
		return err
	}
	if !c.follow && c.until == "" {
		return c.print(answer, func() {
			for _, e := range list(answer["events"]) {
				c.event(e)
			}
		})
	}
	for _, e := range list(answer["events"]) {
		if err := c.print(e, func() { c.event(e) }); err != nil {
			return err
		}
	}
	return c.stream(ctx, text(answer, "last_event"))
}

func (c *client) event(e any) {
	c.line(text(e, "at") + " " + text(e, "provider") + " " + text(e, "kind") + " " + text(e, "ref") + " " + text(e, "text"))
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
	if c.until != "" || ctx.Err() == context.DeadlineExceeded {
		return &failure{exitTimeout, errors.New("timed out: the stream ended before what was waited for")}
	}
	return nil
}
