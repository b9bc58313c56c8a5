package control

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

func (c *call) limit() (int, *problem) {
	limit, failed := number(c.query("limit"), 50)
	if failed == nil && (limit < 1 || limit > maxPageItems) {
		failed = fail(http.StatusBadRequest, "bad_query", "limit is from 1 to 1000")
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
	string(issuingtest.VerdictOK), string(issuingtest.VerdictRefused),
	string(issuingtest.VerdictFault), string(issuingtest.VerdictBroken),
}

func (c *call) requests() *problem {
	provider, op, verdict, card := c.query("provider"), c.query("operation"), c.query("verdict"), c.query("card")
	if verdict != "" && !slices.Contains(verdicts, verdict) {
		p := unknown("bad_query", "verdict", verdict, verdicts)
		p.status = http.StatusBadRequest
		return p
	}
	return page(c, "requests", c.h.log.requests, func(r *record) bool {
		return isAny(provider, r.Provider) && isAny(op, r.Operation) && isAny(verdict, string(r.Verdict)) &&
			(card == "" || r.about(card))
	})
}

func (c *call) request() *problem {
	return one(c, "request", c.h.log.requests)
}

func (c *call) callbackList() *problem {
	provider, typ, accepted, card := c.query("provider"), c.query("type"), c.query("accepted"), c.query("card")
	if accepted != "" && accepted != "true" && accepted != "false" {
		return fail(http.StatusBadRequest, "bad_query", "accepted is true or false")
	}
	return page(c, "callbacks", c.h.log.callbacks, func(cb *callback) bool {
		return isAny(provider, cb.Provider) && isAny(typ, cb.Type) && isAny(card, cb.Card) &&
			isAny(accepted, strconv.FormatBool(cb.Accepted))
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
	message := fmt.Sprintf("no %s %q; those up to %d were dropped", what, clip(c.path["id"]), dropped)
	return item, fail(http.StatusNotFound, "not_found", message)
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
