// Package control drives platforms in memory over HTTP, for testers, front ends and
// programs in any language: what they hold, what can be done to them, which requests
// came and why they were refused, which callbacks went out and what was answered.
//
//	handler, err := control.New(control.Config{
//		Platforms: []control.Platform{{Name: "worldcard", Platform: server.Platform}},
//	})
//	…
//	go http.ListenAndServe("127.0.0.1:8490", handler)
//
//	curl --json '{"card":"1000000001","amount":"12.50"}' http://127.0.0.1:8490/v1/worldcard/actions/purchase
//
// GET /openapi.json describes all of it in OpenAPI 3.1, made from the platforms' own
// tables of actions. GET / is a page for people: cards and their lives, requests,
// callbacks, a form for every action, clock and faults, as things happen. The program
// examples/sandbox serves both, with a command line.
//
// # Errors
//
// Every error is a JSON object with one member, error: a code that is never changed, a
// message for people, and where there is one a suggestion.
//
//	{"error":{"code":"unknown_action","message":"…","suggestion":"purchase"}}
//
//	400 bad_json, bad_arguments, bad_query   404 not_found, unknown_provider, unknown_action
//	401 unauthorized                         405 method_not_allowed
//	403 other_origin                         409 refused (by the platform)
//	413 too_large   415 not_json             421 bad_host
//
// # Bounds
//
// The last [MaxRequests] requests, [MaxCallbacks] callbacks and [MaxEvents] events are
// kept, and the bodies of the last [MaxBodies] deliveries, of 16 kB each at most. Every
// list says how many were dropped. All of it takes about 8 MB, and at most 96 MB where
// every text is as long as it can be.
//
// # Who may use it
//
// Whoever reaches the address: serve it on loopback. A page in a browser that comes
// from elsewhere reaches loopback too, so a request must name the address in Host
// (which no rebound name does) and come from no other origin; what changes something
// must be application/json. Off loopback set [Config.Token]. The page's own files hold
// nothing of the platforms' and come without the token; the page asks for it, and keeps
// it until its tab is closed.
package control

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Platform is a platform that a [Handler] drives.
type Platform struct {
	Name                 string // in paths: lower-case letters and digits, such as "worldcard"
	issuingtest.Platform        // the server's
	Credentials          any    // what a client needs, encoded as JSON; nil has none
}

// Config says what a [Handler] drives, and for whom.
type Config struct {
	Platforms []Platform
	// Hosts are names that requests may use in Host beside 127.0.0.1, [::1] and
	// localhost, each with its port or without one for any: "sandbox", "sandbox:8490".
	Hosts []string
	// Token, when set, is asked of every request but GET /v1/health, as Authorization:
	// Bearer.
	Token issuing.Secret
}

// Handler is the control API. It is safe for concurrent use; Close it after use.
type Handler struct {
	cfg       Config
	names     []string
	routes    []route
	log       *log
	boot      string
	done      chan struct{}
	closeOnce sync.Once
	openapi   []byte
}

var platformName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// reserved are words that stand in paths where the name of a platform can stand.
func reserved(routes []route) (words []string) {
	for _, r := range routes {
		words = append(words, strings.Split(r.path, "/")...)
	}
	return words
}

// New makes the handler. From then on it sees the platforms' requests and callbacks.
func New(cfg Config) (*Handler, error) {
	if len(cfg.Platforms) == 0 {
		return nil, errors.New("control: no platform")
	}
	cfg.Platforms, cfg.Hosts = slices.Clone(cfg.Platforms), slices.Clone(cfg.Hosts)
	h := &Handler{
		cfg: cfg, routes: table(), log: newLog(), boot: strings.ToLower(rand.Text()[:8]), done: make(chan struct{}),
	}
	for _, p := range cfg.Platforms {
		taken := append(reserved(h.routes), h.names...)
		if !platformName.MatchString(p.Name) || slices.Contains(taken, p.Name) {
			return nil, fmt.Errorf("control: %q cannot name a platform, or names two", p.Name)
		}
		h.names = append(h.names, p.Name)
	}
	var err error
	if h.openapi, err = h.describe(); err != nil {
		return nil, err
	}
	for _, p := range cfg.Platforms {
		p.Observe(func(e issuingtest.Event) { h.log.see(p.Name, e) })
	}
	return h, nil
}

// Close ends the streams of events. The platforms stay as they are.
func (h *Handler) Close() { h.closeOnce.Do(func() { close(h.done) }) }

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	if problem := h.guard(r); problem != nil {
		problem.write(w)
		return
	}
	if servePage(w, r) {
		return
	}
	if problem := h.admit(r); problem != nil {
		problem.write(w)
		return
	}
	c := &call{h: h, w: w, r: r}
	route, problem := c.find()
	if problem == nil {
		problem = c.checkQuery(route)
	}
	if problem == nil {
		problem = route.run(c)
	}
	if problem != nil {
		problem.write(w)
	}
}

// authorized reports whether a request has the token, where one is asked for.
func (h *Handler) authorized(r *http.Request) bool {
	if h.cfg.Token.IsZero() {
		return true
	}
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return bearer && subtle.ConstantTimeCompare([]byte(given), []byte(h.cfg.Token.Reveal())) == 1
}
