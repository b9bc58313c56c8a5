package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/issuing-sdk/issuing-go/internal/nearest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// route is one row of the API: the mux and the description are made from it.
type route struct {
	method, path string
	doc          string
	query        []parameter
	body         []parameter
	run          func(*call) *problem
}

// parameter is one of a query or a body.
type parameter struct{ name, typ, doc string }

// Parameters that several routes have.
var (
	ofProvider = parameter{"provider", "string", "one provider; all when not given"}
	ofPage     = []parameter{
		ofProvider,
		{"before", "integer", "items with a smaller id, for the next page"},
		{"limit", "integer", "items of a page, 1 to 1000; 50 when not given"},
	}
)

func paged(more ...parameter) []parameter { return append(slices.Clone(ofPage), more...) }

// table lists the routes of the API. The actions are one row here, and one path each
// in the description.
func table() []route {
	return []route{
		{method: "GET", path: "/openapi.json", doc: "This description.", run: (*call).description},
		{method: "GET", path: "/v1/health", doc: "Whether the platforms are served.", run: (*call).health},
		{method: "GET", path: "/v1/providers", doc: "The platforms: addresses and names of operations.", run: (*call).providers},
		{method: "GET", path: "/v1/state", doc: "What the platforms hold: cards, holders, balances, orders, transactions, tokens.",
			query: []parameter{ofProvider}, run: (*call).state},
		{method: "GET", path: "/v1/cards", doc: "The cards of all platforms.", query: []parameter{ofProvider}, run: (*call).cards},
		{method: "GET", path: "/v1/actions", doc: "The table of actions, with what their parameters can name now.",
			query: []parameter{ofProvider}, run: (*call).actions},
		{method: "POST", path: "/v1/{provider}/actions/{action}", doc: "Does an action.", run: (*call).act},
		{method: "GET", path: "/v1/faults", doc: "The faults that wait for requests.", query: []parameter{ofProvider}, run: (*call).faults},
		{method: "GET", path: "/v1/clock", doc: "The platforms' clocks.", query: []parameter{ofProvider}, run: (*call).clock},
		{method: "POST", path: "/v1/clock", doc: "Turns the clocks. 202 says that a turn goes on behind, and an event tells when it has ended.",
			query: []parameter{ofProvider}, body: []parameter{{"advance", "string", "how far, such as 24h"}}, run: (*call).turn},
		{method: "GET", path: "/v1/requests", doc: "Requests, the latest first, each with its verdict.",
			query: paged(
				parameter{"operation", "string", "of one operation"}, parameter{"verdict", "string", "ok, refused, fault or broken"},
				parameter{"card", "string", "whose path names this card"}),
			run: (*call).requests},
		{method: "GET", path: "/v1/requests/{id}", doc: "One request.", run: (*call).request},
		{method: "GET", path: "/v1/callbacks", doc: "Callbacks, the latest first, with attempts and answers.",
			query: paged(parameter{"type", "string", "of one type"}, parameter{"accepted", "boolean", "whether the last attempt was"}),
			run:   (*call).callbackList},
		{method: "GET", path: "/v1/callbacks/{id}", doc: "One callback.", run: (*call).callback},
		{method: "POST", path: "/v1/callbacks/{id}/reveal", doc: "Headers and bodies of the latest deliveries, which hold secrets.", run: (*call).reveal},
		{method: "POST", path: "/v1/callbacks/{id}/resend", doc: "Delivers a callback once more, signed anew.", run: (*call).resend},
		{method: "GET", path: "/v1/events", doc: "Events after a cursor: a page, or a stream when Accept is text/event-stream.",
			query: []parameter{{"after", "string", "id of the last one seen"}, {"limit", "integer", "items of a page"}}, run: (*call).events},
		{method: "POST", path: "/v1/keys", doc: "What clients need to call: addresses, keys, secrets.",
			query: []parameter{ofProvider}, run: (*call).keys},
	}
}

func (c *call) description() *problem {
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = c.w.Write(c.h.openapi)
	return nil
}

func (c *call) health() *problem {
	writeJSON(c.w, http.StatusOK, map[string]any{"status": "ok", "providers": c.h.names})
	return nil
}

// each answers with what show makes of the platforms, by their names, and of more.
func (c *call) each(show func(Platform) any) *problem {
	platforms, failed := c.platforms()
	if failed != nil {
		return failed
	}
	last, _ := c.h.log.events.counts() // before reading: a client that goes on from here misses nothing
	all := map[string]any{}
	for _, p := range platforms {
		all[p.Name] = show(p)
	}
	writeJSON(c.w, http.StatusOK, map[string]any{"providers": all, "last_event": c.h.cursor(last)})
	return nil
}

func (c *call) providers() *problem {
	return c.each(func(p Platform) any {
		return map[string]any{"url": p.URL(), "operations": p.Operations()}
	})
}

func (c *call) keys() *problem { return c.each(func(p Platform) any { return p.Credentials }) }

func (c *call) state() *problem {
	return c.each(func(p Platform) any { return full(p.State()) })
}

// full gives a state lists instead of nothing: a list in JSON is never null.
func full(s issuingtest.State) issuingtest.State {
	for _, list := range []*[]issuingtest.Item{&s.Cards, &s.Holders, &s.Balances, &s.Orders, &s.Transactions, &s.Tokens} {
		if *list == nil {
			*list = []issuingtest.Item{}
		}
	}
	return s
}

func (c *call) cards() *problem {
	platforms, failed := c.platforms()
	if failed != nil {
		return failed
	}
	type card struct {
		Provider string `json:"provider"`
		issuingtest.Item
	}
	cards := []card{}
	for _, p := range platforms {
		for _, item := range p.State().Cards {
			cards = append(cards, card{p.Name, item})
		}
	}
	writeJSON(c.w, http.StatusOK, map[string]any{"cards": cards})
	return nil
}

func (c *call) faults() *problem {
	return c.each(func(p Platform) any {
		out := map[string][]string{}
		for op, faults := range p.Faults() {
			if op == "" {
				op = "any"
			}
			for _, f := range faults {
				out[op] = append(out[op], f.String())
			}
		}
		return out
	})
}

func (c *call) clock() *problem {
	return c.each(func(p Platform) any {
		return map[string]any{"now": p.Clock().Now(), "pending": p.Clock().Pending()}
	})
}

// turn turns the clocks of the platforms, one beside the other.
func (c *call) turn() *problem {
	platforms, failed := c.platforms()
	if failed != nil {
		return failed
	}
	members, failed := c.members()
	if failed != nil {
		return failed
	}
	for name := range members {
		if name != "advance" {
			return &problem{http.StatusBadRequest, "bad_arguments", "no parameter " + strconv.Quote(clip(name)) + `; there is advance`, "advance", nil}
		}
	}
	results, errs := make([]outcome, len(platforms)), make([]*problem, len(platforms))
	var wg sync.WaitGroup
	for i, p := range platforms {
		wg.Go(func() { results[i], errs[i] = c.do(p, "advance", map[string]string{"by": members["advance"]}) })
	}
	wg.Wait()
	status, all := http.StatusOK, map[string]any{}
	for i, p := range platforms {
		if errs[i] != nil {
			return errs[i]
		}
		status = max(status, results[i].status())
		all[p.Name] = results[i].value
	}
	writeJSON(c.w, status, map[string]any{"providers": all})
	return nil
}

// actions lists the table.
func (c *call) actions() *problem {
	return c.each(func(p Platform) any {
		rows := []any{}
		for _, a := range p.Actions() {
			rows = append(rows, map[string]any{"name": a.Name, "group": a.Group, "doc": a.Doc, "params": paramList(a.Params)})
		}
		return rows
	})
}

// maxLive bounds what a list says that a parameter can name now.
const maxLive = 100

func paramList(params []issuingtest.Param) []any {
	out := []any{}
	for _, p := range params {
		row := map[string]any{"name": p.Name, "type": p.Type, "doc": p.Doc, "example": p.Example, "optional": p.Optional}
		if p.Choices != nil {
			row["choices"] = p.Choices
		}
		if p.Live != nil {
			live := p.Live()
			row["now"] = append([]string{}, live[:min(len(live), maxLive)]...)
		}
		out = append(out, row)
	}
	return out
}

// act does an action.
func (c *call) act() *problem {
	p, failed := c.platform(c.path["provider"])
	if failed != nil {
		return failed
	}
	args, failed := c.members()
	if failed != nil {
		return failed
	}
	result, failed := c.do(p, c.path["action"], args)
	if failed != nil {
		return failed
	}
	writeJSON(c.w, result.status(), result.value)
	return nil
}

// outcome is what an action answered.
type outcome struct{ value any }

// status is 202 for a turn of the clock that goes on behind.
func (o outcome) status() int {
	var turn struct{ Turning bool }
	if text, err := json.Marshal(o.value); err == nil && json.Unmarshal(text, &turn) == nil && turn.Turning {
		return http.StatusAccepted
	}
	return http.StatusOK
}

// do runs an action of a platform.
func (c *call) do(p Platform, name string, args map[string]string) (outcome, *problem) {
	actions := p.Actions()
	i := slices.IndexFunc(actions, func(a issuingtest.Action) bool { return a.Name == name })
	if i < 0 {
		var names []string
		for _, a := range actions {
			names = append(names, a.Name)
		}
		return outcome{}, unknown("unknown_action", "action of "+p.Name, name, names)
	}
	result, err := actions[i].Run(c.r.Context(), args)
	if wrong, ok := errors.AsType[*issuingtest.ArgumentError](err); ok {
		return outcome{}, &problem{http.StatusBadRequest, "bad_arguments", wrong.Error(), "", wrong.Problems}
	}
	if err != nil {
		return outcome{}, &problem{http.StatusConflict, "refused", err.Error(), c.suggest(p, args), nil}
	}
	kind := "action"
	if actions[i].Group == "clock" {
		kind = "clock"
	}
	c.h.log.tell(kind, p.Name, 0, name)
	return outcome{result}, nil
}

// suggest finds the operation that an argument may have meant.
func (c *call) suggest(p Platform, args map[string]string) string {
	op := args["operation"]
	if op == "" || slices.Contains(p.Operations(), op) {
		return ""
	}
	return nearest.Word(op, p.Operations())
}

func (c *call) limit() (int, *problem) {
	limit, failed := number(c.query("limit"), 50)
	if failed == nil && (limit < 1 || limit > maxPageItems) {
		failed = &problem{http.StatusBadRequest, "bad_query", "limit is from 1 to 1000", "", nil}
	}
	return int(limit), failed
}

// page answers with a page of a ring.
func page[T any](c *call, name string, r *ring[T], fits func(*T) bool) *problem {
	if _, failed := c.platforms(); failed != nil {
		return failed
	}
	before, failed := number(c.query("before"), 0)
	if failed != nil {
		return failed
	}
	limit, failed := c.limit()
	if failed != nil {
		return failed
	}
	last, _ := c.h.log.events.counts()
	items, more := r.before(before, limit, fits)
	total, dropped := r.counts()
	writeJSON(c.w, http.StatusOK, map[string]any{
		name: items, "more": more, "total": total, "dropped": dropped, "last_event": c.h.cursor(last),
	})
	return nil
}

// isAny reports whether a filter of the query is not given or met.
func isAny(filter, value string) bool { return filter == "" || filter == value }

var verdicts = []string{
	string(issuingtest.VerdictOK), string(issuingtest.VerdictRefused), string(issuingtest.VerdictFault), string(issuingtest.VerdictBroken),
}

func (c *call) requests() *problem {
	provider, op, verdict, card := c.query("provider"), c.query("operation"), c.query("verdict"), c.query("card")
	if verdict != "" && !slices.Contains(verdicts, verdict) {
		p := unknown("bad_query", "verdict", verdict, verdicts)
		p.status = http.StatusBadRequest
		return p
	}
	return page(c, "requests", c.h.log.requests, func(r *record) bool {
		return isAny(provider, r.Provider) && isAny(op, r.Operation) && isAny(verdict, string(r.Verdict)) && (card == "" || names(r.Path, card))
	})
}

func (c *call) request() *problem {
	return one(c, "request", c.h.log.requests)
}

func (c *call) callbackList() *problem {
	provider, typ, accepted := c.query("provider"), c.query("type"), c.query("accepted")
	if accepted != "" && accepted != "true" && accepted != "false" {
		return &problem{http.StatusBadRequest, "bad_query", "accepted is true or false", "", nil}
	}
	return page(c, "callbacks", c.h.log.callbacks, func(cb *callback) bool {
		return isAny(provider, cb.Provider) && isAny(typ, cb.Type) && isAny(accepted, strconv.FormatBool(cb.Accepted))
	})
}

func (c *call) callback() *problem { return one(c, "callback", c.h.log.callbacks) }

// one answers with the item that the path names.
func one[T any](c *call, what string, r *ring[T]) *problem {
	item, failed := kept(c, what, r)
	if failed == nil {
		writeJSON(c.w, http.StatusOK, item)
	}
	return failed
}

// kept returns the item that the path names.
func kept[T any](c *call, what string, r *ring[T]) (item T, failed *problem) {
	id, err := strconv.ParseUint(c.path["id"], 10, 63)
	if err == nil {
		var ok bool
		if item, ok = r.get(id); ok {
			return item, nil
		}
	}
	_, dropped := r.counts()
	message := "no " + what + " " + strconv.Quote(clip(c.path["id"])) + "; those up to " + strconv.FormatUint(dropped, 10) + " were dropped"
	return item, &problem{http.StatusNotFound, "not_found", message, "", nil}
}

func (c *call) reveal() *problem {
	cb, failed := kept(c, "callback", c.h.log.callbacks)
	if failed != nil {
		return failed
	}
	items, _ := c.h.log.bodies.before(0, maxAttempts, func(d *delivered) bool { return d.Callback == cb.ID })
	writeJSON(c.w, http.StatusOK, map[string]any{"id": cb.ID, "deliveries": items})
	return nil
}

// resend delivers a callback once more.
func (c *call) resend() *problem {
	cb, failed := kept(c, "callback", c.h.log.callbacks)
	if failed != nil {
		return failed
	}
	p, failed := c.platform(cb.Provider)
	if failed != nil {
		return failed
	}
	result, failed := c.do(p, "resend", map[string]string{"callback": strconv.FormatUint(cb.Number, 10)})
	if failed != nil {
		return failed
	}
	writeJSON(c.w, http.StatusAccepted, result.value)
	return nil
}

// names reports whether a segment of a path is a word.
func names(path, word string) bool { return slices.Contains(strings.Split(path, "/"), word) }
