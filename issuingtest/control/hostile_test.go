package control_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// endless is a body of many bytes that nobody has to keep.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	e.left -= n
	return n, nil
}

// Hostile requests get a clear error in JSON, and change nothing.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(cfg *control.Config) { cfg.Hosts = []string{"sandbox", "box.example:8490"} })
	card, err := s.worldcard.IssueCard(worldcard.CardTypeVirtualG, "100.00")
	if err != nil {
		t.Fatal(err)
	}
	const purchase = "/v1/worldcard/actions/purchase"
	body := `{"card":"` + card + `","amount":"12.50"}`
	type header = map[string]string
	for name, tt := range map[string]struct {
		method, path, body string
		host               string
		header             header
		status             int
		code, suggestion   string
	}{
		"unknown action":            {method: "POST", path: "/v1/worldcard/actions/purchse", body: body, status: 404, code: "unknown_action", suggestion: "purchase"},
		"unknown provider":          {method: "POST", path: "/v1/worldcrad/actions/purchase", body: body, status: 404, code: "unknown_provider", suggestion: "worldcard"},
		"unknown path":              {method: "GET", path: "/v1/request", status: 404, code: "not_found", suggestion: "/v1/requests"},
		"root, posted":              {method: "POST", path: "/", body: "{}", status: 404, code: "not_found"},
		"no file of the page":       {method: "GET", path: "/page/none.js", status: 404, code: "not_found"},
		"the page's folder":         {method: "GET", path: "/page/", status: 404, code: "not_found"},
		"above the page":            {method: "GET", path: "/page/../page.go", status: 404, code: "not_found"},
		"above the page, escaped":   {method: "GET", path: "/page/..%2fpage.go", status: 404, code: "not_found"},
		"the page, rebound":         {method: "GET", path: "/", host: "attacker.example:8490", status: 421, code: "bad_host"},
		"the page's script, framed": {method: "GET", path: "/page/app.js", header: header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, status: 403, code: "other_origin"},
		"no card":                   {method: "GET", path: "/v1/timeline?provider=worldcard&card=1", status: 404, code: "not_found"},
		"a card of nobody":          {method: "GET", path: "/v1/timeline?card=1", status: 404, code: "unknown_provider"},
		"a kind that is none":       {method: "GET", path: "/v1/timeline?provider=worldcard&card=" + card + "&kinds=ordre", status: 400, code: "bad_query", suggestion: "order"},
		"a negative offset":         {method: "GET", path: "/v1/cards?offset=-1", status: 400, code: "bad_query"},
		"wrong method":              {method: "GET", path: purchase, status: 405, code: "method_not_allowed"},
		"another method":            {method: "DELETE", path: "/v1/state", status: 405, code: "method_not_allowed"},
		"unknown query":             {method: "GET", path: "/v1/requests?operaton=x", status: 400, code: "bad_query", suggestion: "operation"},
		"a limit of words":          {method: "GET", path: "/v1/requests?limit=all", status: 400, code: "bad_query"},
		"a limit too large":         {method: "GET", path: "/v1/requests?limit=100000000000", status: 400, code: "bad_query"},
		"a verdict that is none":    {method: "GET", path: "/v1/requests?verdict=refusd", status: 400, code: "bad_query", suggestion: "refused"},
		"a negative cursor":         {method: "GET", path: "/v1/callbacks?before=-1", status: 400, code: "bad_query"},
		"no such request":           {method: "GET", path: "/v1/requests/1", status: 404, code: "not_found"},
		"an id of words":            {method: "GET", path: "/v1/requests/..", status: 404, code: "not_found"},
		"no such callback":          {method: "POST", path: "/v1/callbacks/77/resend", body: "{}", status: 404, code: "not_found"},
		"unknown argument":          {method: "POST", path: purchase, body: strings.Replace(body, "amount", "amuont", 1), status: 400, code: "bad_arguments", suggestion: "amount"},
		"unknown operation":         {method: "POST", path: "/v1/worldcard/actions/inject", body: `{"operation":"Card.Deposit","fault":"drop-after"}`, status: 400, code: "bad_arguments", suggestion: "Cards.Deposit"},
		"unknown fault":             {method: "POST", path: "/v1/worldcard/actions/inject", body: `{"operation":"any","fault":"drop-aftr"}`, status: 400, code: "bad_arguments", suggestion: "drop-after"},
		"wrong types":               {method: "POST", path: purchase, body: `{"card":true,"amount":{"a":1}}`, status: 400, code: "bad_arguments"},
		"an array":                  {method: "POST", path: purchase, body: `{"card":["` + card + `"],"amount":"1"}`, status: 400, code: "bad_json"},
		"an amount below nothing":   {method: "POST", path: purchase, body: strings.Replace(body, "12.50", "-12.50", 1), status: 409, code: "refused"},
		"no object":                 {method: "POST", path: purchase, body: `"text"`, status: 400, code: "bad_json"},
		"half an object":            {method: "POST", path: purchase, body: body[:len(body)-1], status: 400, code: "bad_json"},
		"two objects":               {method: "POST", path: purchase, body: body + body, status: 400, code: "bad_json"},
		"a name twice":              {method: "POST", path: purchase, body: strings.Replace(body, "{", `{"amount":"1",`, 1), status: 400, code: "bad_json"},
		"deep nesting":              {method: "POST", path: purchase, body: `{"card":` + strings.Repeat("[", 30000) + strings.Repeat("]", 30000) + `}`, status: 400, code: "bad_json"},
		"clock by words":            {method: "POST", path: "/v1/clock", body: `{"advance":"soon"}`, status: 400, code: "bad_arguments"},
		"clock by another name":     {method: "POST", path: "/v1/clock", body: `{"by":"24h"}`, status: 400, code: "bad_arguments", suggestion: "advance"},
		"path up":                   {method: "POST", path: "/v1/worldcard/../worldcard/actions/purchase", body: body, status: 404, code: "not_found"},
		"path up, escaped":          {method: "POST", path: "/v1/%2e%2e/v1/worldcard/actions/purchase", body: body, status: 404, code: "not_found"},
		"a slash, escaped":          {method: "POST", path: "/v1/worldcard%2factions/purchase", body: body, status: 404, code: "not_found"},
		"double slash":              {method: "POST", path: "//v1/worldcard/actions/purchase", body: body, status: 404, code: "not_found"},
		"slash behind":              {method: "POST", path: purchase + "/", body: body, status: 404, code: "not_found"},
		"a rebound name":            {method: "POST", path: purchase, body: body, host: "attacker.example:8490", status: 421, code: "bad_host"},
		"a rebound name that reads": {method: "GET", path: "/openapi.json", host: "attacker.example", status: 421, code: "bad_host"},
		"a name that begins well":   {method: "GET", path: "/v1/state", host: "localhost.attacker.example", status: 421, code: "bad_host"},
		"another port of a name":    {method: "GET", path: "/v1/state", host: "box.example:1", status: 421, code: "bad_host"},
		"an address of the network": {method: "GET", path: "/v1/state", host: "192.168.1.7:8490", status: 421, code: "bad_host"},
		"another origin":            {method: "POST", path: purchase, body: body, header: header{"Origin": "https://attacker.example"}, status: 403, code: "other_origin"},
		"the null origin":           {method: "POST", path: purchase, body: body, header: header{"Origin": "null"}, status: 403, code: "other_origin"},
		"another port's page":       {method: "GET", path: "/v1/events", header: header{"Origin": "http://127.0.0.1:1"}, status: 403, code: "other_origin"},
		"cross-site read":           {method: "GET", path: "/v1/state", header: header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, status: 403, code: "other_origin"},
		"same-site post":            {method: "POST", path: purchase, body: body, header: header{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, status: 403, code: "other_origin"},
		"a form":                    {method: "POST", path: purchase, body: "card=" + card, header: header{"Content-Type": "application/x-www-form-urlencoded"}, status: 415, code: "not_json"},
		"text":                      {method: "POST", path: purchase, body: body, header: header{"Content-Type": "text/plain"}, status: 415, code: "not_json"},
		"no type":                   {method: "POST", path: purchase, body: body, header: header{"Content-Type": ""}, status: 415, code: "not_json"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, s.server.URL, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		if req.URL.Opaque = tt.path; strings.HasPrefix(tt.path, "//") { // as it stands, uncleaned
			req.URL.Opaque = "//" + req.URL.Host + tt.path
		}
		if tt.method == http.MethodPost {
			req.Header.Set("Content-Type", "application/json")
		}
		for name, value := range tt.header {
			req.Header.Set(name, value)
		}
		if tt.host != "" {
			req.Host = tt.host
		}
		checkProblem(t, name, req, tt.status, tt.code, tt.suggestion)
	}
	large, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+purchase, &endless{left: 100 << 20})
	if err != nil {
		t.Fatal(err)
	}
	large.Header.Set("Content-Type", "application/json")
	large.Header.Set("Expect", "100-continue")
	checkProblem(t, "100 MB", large, 413, "too_large", "")
	if got := s.worldcard.Balance(card); got != "100.00" {
		t.Errorf("the card holds %s", got)
	}
	if now := s.clock.Now(); now.Hour() != 2 || len(s.worldcard.State().Transactions) != 0 {
		t.Errorf("the clock is at %v, or there is a transaction", now)
	}
}

func checkProblem(t *testing.T, name string, req *http.Request, status int, code, suggestion string) {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	var answer struct {
		Error struct{ Code, Message, Suggestion string }
	}
	err = json.Unmarshal(text, &answer)
	got := answer.Error
	if err != nil || resp.StatusCode != status || got.Code != code || got.Suggestion != suggestion || got.Message == "" {
		t.Errorf("%s: %d %s, want %d %s %q", name, resp.StatusCode, text, status, code, suggestion)
	}
	if resp.Header.Get("Access-Control-Allow-Origin") != "" || resp.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("%s: headers %v", name, resp.Header)
	}
}

// What comes by a name that was allowed, from a page of its own, or by a link, is let
// in.
func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(cfg *control.Config) { cfg.Hosts = []string{"sandbox", "box.example:8490"} })
	for _, tt := range []struct{ host, origin, site, mode, dest string }{
		{host: "127.0.0.1:9"}, {host: "localhost"}, {host: "LOCALHOST:8490"}, {host: "[::1]:8490"}, {host: "[::1]"}, {host: "127.1.2.3"},
		{host: "sandbox:1"}, {host: "Sandbox"}, {host: "box.example:8490"},
		{host: "localhost:8490", origin: "http://localhost:8490", site: "same-origin", mode: "cors"},
		{host: "localhost:8490", site: "none", mode: "navigate", dest: "document"},
		{host: "localhost:8490", site: "cross-site", mode: "navigate", dest: "document"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/v1/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = tt.host
		for name, value := range map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site, "Sec-Fetch-Mode": tt.mode, "Sec-Fetch-Dest": tt.dest} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		if status, text := send(t, req); status != http.StatusOK {
			t.Errorf("%+v: %d %s", tt, status, text)
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(cfg *control.Config) { cfg.Token = issuing.NewSecret("let me in") })
	for given, status := range map[string]int{"": 401, "Bearer ": 401, "Bearer let me": 401, "let me in": 401, "Bearer let me in": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/v1/cards", nil)
		if err != nil {
			t.Fatal(err)
		}
		if given != "" {
			req.Header.Set("Authorization", given)
		}
		if got, text := send(t, req); got != status {
			t.Errorf("%q: %d %s", given, got, text)
		}
	}
	if status, text := s.ask(t, http.MethodGet, "/v1/health", ""); status != http.StatusOK { // for what watches a container
		t.Errorf("health: %d %s", status, text)
	}
}
