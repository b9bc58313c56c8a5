package control

import (
	"net/http"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

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
