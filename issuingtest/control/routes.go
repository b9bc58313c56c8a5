package control

import (
	"slices"
	"strings"
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

// healthPath is the path that needs no token: it tells no more than that somebody is
// there.
const healthPath = "/v1/health"

const afterDoc = "the last one seen: its id, or the last_event of a list"

// table lists the routes of the API. The actions are one row here, and one path each
// in the description.
func table() []route {
	return []route{
		{method: "GET", path: "/openapi.json", doc: "This description.", run: (*call).description},
		{method: "GET", path: healthPath, doc: "Whether the platforms are served.", run: (*call).health},
		{method: "GET", path: "/v1/providers",
			doc: "The platforms: addresses and names of operations.", run: (*call).providers},
		{method: "GET", path: "/v1/state",
			doc:   "What the platforms hold: cards, holders, balances, orders, transactions, tokens.",
			query: []parameter{ofProvider}, run: (*call).state},
		{method: "GET", path: "/v1/cards",
			doc: "Cards, the latest first, how many each provider has, and the balances behind them.",
			query: []parameter{
				ofProvider,
				{"status", "string", "of one status"},
				{"search", "string", "a part of an id, a name or a masked number"},
				{"offset", "integer", "how many to leave out"},
				{"limit", "integer", "items of a page; all when not given"},
			}, run: (*call).cards},
		{method: "GET", path: "/v1/timeline",
			doc: "The life of one card, the latest first: orders, transactions, requests and callbacks about it.",
			query: []parameter{
				{"provider", "string", "the card's provider"}, {"card", "string", "the card's id"},
				{"kinds", "string", "some of " + strings.Join(kinds, ", ") + ", with commas between them; all when not given"},
			}, run: (*call).life},
		{method: "GET", path: "/v1/actions", doc: "The table of actions, with what their parameters can name now.",
			query: []parameter{ofProvider}, run: (*call).actions},
		{method: "POST", path: "/v1/{provider}/actions/{action}", doc: "Does an action.", run: (*call).act},
		{method: "GET", path: "/v1/faults",
			doc: "The faults that wait for requests.", query: []parameter{ofProvider}, run: (*call).faults},
		{method: "GET", path: "/v1/clock",
			doc: "The platforms' clocks.", query: []parameter{ofProvider}, run: (*call).clock},
		{method: "POST", path: "/v1/clock",
			doc:   "Turns the clocks. 202 says that a turn goes on behind, and an event tells when it has ended.",
			query: []parameter{ofProvider}, body: []parameter{{"advance", "string", "how far, such as 24h"}}, run: (*call).turn},
		{method: "GET", path: "/v1/requests", doc: "Requests, the latest first, each with its verdict.",
			query: paged(
				parameter{"operation", "string", "of one operation"},
				parameter{"verdict", "string", "ok, refused, fault or broken"},
				parameter{"card", "string", "about this card"}),
			run: (*call).requests},
		{method: "GET", path: "/v1/requests/{id}", doc: "One request.", run: (*call).request},
		{method: "GET", path: "/v1/callbacks", doc: "Callbacks, the latest first, with attempts and answers.",
			query: paged(parameter{"type", "string", "of one type"},
				parameter{"accepted", "boolean", "whether the last attempt was"},
				parameter{"card", "string", "about this card"}),
			run: (*call).callbackList},
		{method: "GET", path: "/v1/callbacks/{id}", doc: "One callback.", run: (*call).callback},
		{method: "POST", path: "/v1/callbacks/{id}/reveal",
			doc: "Headers and bodies of the latest deliveries, which hold secrets.", run: (*call).reveal},
		{method: "POST", path: "/v1/callbacks/{id}/resend",
			doc: "Delivers a callback once more, signed anew.", run: (*call).resend},
		{method: "GET", path: "/v1/events",
			doc:   "Events after a cursor: a page, or a stream when Accept is text/event-stream.",
			query: []parameter{{"after", "string", afterDoc}, {"limit", "integer", "items of a page"}}, run: (*call).events},
		{method: "POST", path: "/v1/keys", doc: "What clients need to call: addresses, keys, secrets.",
			query: []parameter{ofProvider}, run: (*call).keys},
	}
}
