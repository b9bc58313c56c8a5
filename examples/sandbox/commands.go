package main

import (
	"context"
	"encoding/json"
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
	{name: "trigger", short: "[provider.]ACTION [name=value|name=@file]…", flags: withProvider, run: trigger,
		doc: "Does an action and prints what it answers."},
	{name: "actions", short: "[[provider.]ACTION]", flags: withProvider, run: listActions,
		doc: "Lists what can be done, or one action's parameters."},
	{name: "state", flags: withProvider, run: state, doc: "Shows what the platforms hold."},
	{name: "cards", flags: withProvider, run: cards, doc: "Lists the cards."},
	{name: "requests", flags: withFilters, run: requests,
		doc: "Lists requests with their verdicts, the latest first."},
	{name: "callbacks", short: "[ID]", flags: withPage, run: callbacks,
		doc: "Lists callbacks with their last answers, the latest first; one with its bodies."},
	{name: "events", flags: withFollow, run: events, doc: "Lists what happened; --follow goes on, --until KIND ends it."},
	{name: "resend", short: "ID", run: resend, doc: "Delivers a callback once more, signed anew."},
	{name: "clock", short: "[advance DURATION]", flags: withProvider, run: clock, doc: "Shows the clocks, or turns them."},
	{name: "faults", short: "[add [provider.]OP FAULT [name=value]…|remove [provider.]OP]", flags: withProvider,
		run: faults, doc: "Lists the faults that wait, adds one, or drops an operation's."},
	{name: "keys", flags: withProvider, run: keys, doc: "Prints what clients need to call: addresses, keys, secrets."},
	{name: "health", flags: withWait, run: health, doc: "Says whether a sandbox is there; --wait waits for one."},
}

func withPage(c *client, flags *flag.FlagSet) {
	withProvider(c, flags)
	flags.IntVar(&c.limit, "limit", 50, "how many, up to 1000, as a `number`")
}

func withFilters(c *client, flags *flag.FlagSet) {
	withPage(c, flags)
	flags.StringVar(&c.verdict, "verdict", "", "those that ended with a `verdict`: ok, refused, fault, broken")
	flags.StringVar(&c.operation, "operation", "", "those of one operation, by its `name`")
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
	provider, name, err := c.action(ctx, args[0])
	if err != nil {
		return err
	}
	return c.act(ctx, provider, name, values)
}

// act does an action of a provider and prints its answer.
func (c *client) act(ctx context.Context, provider, name string, values map[string]string) error {
	answer, err := c.call(ctx, http.MethodPost, "/v1/"+url.PathEscape(provider)+"/actions/"+url.PathEscape(name), values)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		if len(answer) == 0 {
			c.line(provider + "." + name + ": done")
		}
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
	if len(args) == 1 {
		return showAction(ctx, c, args[0])
	}
	answer, err := c.get(ctx, "/v1/actions", nil)
	if err != nil {
		return err
	}
	return c.print(answer, func() {
		var rows [][]string
		byProvider(answer, func(provider string, value any) {
			for _, a := range list(value) {
				rows = append(rows, []string{provider + "." + text(a, "name"), text(a, "group"), text(a, "doc")})
			}
		})
		c.table([]string{"ACTION", "GROUP", ""}, rows)
	})
}

// showAction shows one action: what it does, its parameters, and how to call it.
func showAction(ctx context.Context, c *client, word string) error {
	provider, name, err := c.action(ctx, word)
	if err != nil {
		return err
	}
	c.provider = provider
	answer, err := c.get(ctx, "/v1/actions", nil)
	if err != nil {
		return err
	}
	rows := list(member(answer["providers"], provider))
	i := slices.IndexFunc(rows, func(a any) bool { return text(a, "name") == name })
	if i < 0 {
		var names []string
		for _, a := range rows {
			names = append(names, text(a, "name"))
		}
		return usage("no action %q of %s%s; sandbox actions lists all", name, provider, meant(name, names))
	}
	return c.print(rows[i], func() { c.describe(provider, rows[i]) })
}

// describe writes an action as people read it.
func (c *client) describe(provider string, action any) {
	c.line(text(action, "doc") + "\n")
	call := "sandbox trigger " + provider + "." + text(action, "name")
	var rows [][]string
	for _, p := range list(member(action, "params")) {
		row := columns([]any{p}, "name", "type", "example", "doc")[0]
		if text(p, "optional") == "true" {
			row[1] += ", optional"
		} else {
			call += " " + row[0] + "=" + quoted(row[2])
		}
		if choices := words(list(member(p, "choices"))...); len(choices) > 0 {
			row[3] += ": " + strings.Join(choices, ", ")
		}
		if now := words(list(member(p, "now"))...); len(now) > 0 {
			row[3] += "; now " + strings.Join(now[:min(len(now), 3)], ", ")
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		c.table([]string{"PARAMETER", "TYPE", "EXAMPLE", ""}, rows)
		c.line("")
	}
	c.line(call)
}

// quoted is a text as a shell takes it.
func quoted(text string) string {
	if strings.ContainsAny(text, ` "{}$&;|<>()*?`) {
		return "'" + text + "'"
	}
	return text
}

// words are values as texts.
func words(values ...any) (out []string) {
	for _, v := range values {
		out = append(out, fmt.Sprint(v))
	}
	return out
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
		rows := columns(list(answer["requests"]),
			"id", "at", "provider", "operation", "verdict", "status", "check", "expected", "fault")
		for i, r := range list(answer["requests"]) {
			if rows[i][1] = seconds(rows[i][1]); rows[i][3] == "" {
				rows[i][3] = text(r, "method") + " " + text(r, "path")
			}
		}
		c.table([]string{"ID", "AT", "PROVIDER", "OPERATION", "VERDICT", "STATUS", "CHECK", "EXPECTED", "FAULT"}, rows)
		c.dropped(answer)
	})
}

// seconds shortens a time to its seconds.
func seconds(at string) string {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return at
	}
	return t.Format(time.RFC3339)
}

// dropped says so where a list has lost something.
func (c *client) dropped(answer map[string]any) {
	if n := text(answer, "dropped"); n != "0" && n != "" {
		c.line(n + " older ones were dropped")
	}
}

func callbacks(ctx context.Context, c *client, args []string) error {
	if len(args) == 1 {
		return showCallback(ctx, c, args[0])
	}
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
			row := columns([]any{cb}, "id", "provider", "type", "url", "tried", "accepted")[0]
			if tries := list(member(cb, "attempts")); len(tries) > 0 {
				last := tries[len(tries)-1]
				row = append(row, seconds(text(last, "at")), text(last, "status"), strconv.Quote(text(last, "answer")))
			}
			rows = append(rows, row)
		}
		c.table([]string{"ID", "PROVIDER", "TYPE", "URL", "TRIED", "ACCEPTED", "LAST", "STATUS", "ANSWER"}, rows)
		c.dropped(answer)
	})
}

// showCallback shows what the latest deliveries of a callback sent, and what was
// answered, in full.
func showCallback(ctx context.Context, c *client, id string) error {
	path := "/v1/callbacks/" + url.PathEscape(id)
	one, err := c.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	sent, err := c.call(ctx, http.MethodPost, path+"/reveal", struct{}{})
	if err != nil {
		return err
	}
	one["deliveries"] = sent["deliveries"]
	return c.print(one, func() {
		c.line(text(one, "provider") + " " + text(one, "type") + " to " + text(one, "url"))
		for _, d := range slices.Backward(list(one["deliveries"])) {
			c.line("\nattempt " + text(d, "attempt"))
			headers, _ := member(d, "header").(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(headers)) {
				c.line("> " + name + ": " + strings.Join(words(list(headers[name])...), ", "))
			}
			c.line("> " + text(d, "body"))
			c.line("< " + text(d, "status") + "\n< " + text(d, "answer"))
		}
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
			row := []string{provider, seconds(text(value, "now")), text(value, "pending")}
			if text(value, "turning") == "true" {
				row[2] = "goes on behind"
			}
			rows = append(rows, row)
		})
		header := []string{"PROVIDER", "NOW", "PENDING"}
		if len(args) > 0 {
			header[2] = ""
		}
		c.table(header, rows)
	})
}

func faults(ctx context.Context, c *client, args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "add":
		values, err := pairs(args[3:])
		if err != nil {
			return err
		}
		provider, op, err := c.operationOf(ctx, args[1])
		if err != nil {
			return err
		}
		values["operation"], values["fault"] = op, args[2]
		return c.act(ctx, provider, "inject", values)
	case len(args) == 2 && args[0] == "remove":
		provider, op, err := c.operationOf(ctx, args[1])
		if err != nil {
			return err
		}
		return c.act(ctx, provider, "clear-faults", map[string]string{"operation": op})
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
			delete(values, "provider")
			for _, name := range slices.Sorted(maps.Keys(values)) {
				c.line(provider + " " + name + ": " + fmt.Sprint(values[name]))
			}
		})
	})
}
