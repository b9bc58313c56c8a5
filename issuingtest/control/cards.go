package control

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// ofPlatform is an item with the name of its platform.
type ofPlatform struct {
	Provider string `json:"provider"`
	issuingtest.Item
}

// cards lists the cards that fit, the latest first; and whatever fits, how many each
// platform has, in which statuses, and the money behind them.
func (c *call) cards() *problem {
	platforms, failed := c.platforms()
	if failed != nil {
		return failed
	}
	offset, failed := number(c.query("offset"), 0)
	if failed != nil {
		return failed
	}
	limit, failed := number(c.query("limit"), math.MaxInt64)
	if failed != nil {
		return failed
	}
	status, search := c.query("status"), strings.ToLower(c.query("search"))
	last, _ := c.h.log.events.counts()
	cards, balances, statuses, counts := []ofPlatform{}, []ofPlatform{}, []string{}, map[string]int{}
	for _, p := range platforms {
		state := p.State()
		counts[p.Name] = len(state.Cards)
		for _, item := range slices.Backward(state.Cards) {
			statuses = append(statuses, item.Status)
			if isAny(status, item.Status) && (search == "" || speaksOf(item, search)) {
				cards = append(cards, ofPlatform{p.Name, item})
			}
		}
		for _, item := range state.Balances {
			balances = append(balances, ofPlatform{p.Name, item})
		}
	}
	slices.Sort(statuses)
	total := uint64(len(cards))
	from := min(offset, total)
	cards = cards[from : from+min(limit, total-from)]
	writeJSON(c.w, http.StatusOK, map[string]any{
		"cards": cards, "total": total, "balances": balances,
		"counts": counts, "statuses": slices.Compact(statuses), "last_event": c.h.cursor(last),
	})
	return nil
}

// speaksOf reports whether an item has a text in one of its names.
func speaksOf(i issuingtest.Item, lower string) bool {
	return slices.ContainsFunc([]string{i.ID, i.Key, i.Kind, i.Of, i.Name, i.Number}, func(text string) bool {
		return strings.Contains(strings.ToLower(text), lower)
	})
}

// moment is one thing in the life of a card.
type moment struct {
	At       time.Time         `json:"at"` // on the platform's clock
	Kind     string            `json:"kind"`
	Item     *issuingtest.Item `json:"item,omitempty"`
	Request  *record           `json:"request,omitempty"`
	Callback *callback         `json:"callback,omitempty"`
}

// kinds are the kinds of moments. Of several at one time, the one whose kind stands
// later here is told as the later.
var kinds = []string{"card", "request", "order", "holder", "token", "transaction", "callback"}

// maxMoments bounds a timeline, and what of each list goes into it.
const maxMoments = 200

// life answers with a card and what happened to it, the latest first.
func (c *call) life() *problem {
	p, failed := c.platform(c.query("provider"))
	if failed != nil {
		return failed
	}
	last, _ := c.h.log.events.counts()
	state, id := p.State(), c.query("card")
	at := slices.IndexFunc(state.Cards, func(i issuingtest.Item) bool { return i.ID == id })
	if at < 0 {
		var ids []string
		for _, i := range state.Cards[:min(len(state.Cards), maxLive)] {
			ids = append(ids, i.ID)
		}
		return unknown("not_found", "card of "+p.Name, id, ids)
	}
	wanted := kinds
	if given := c.query("kinds"); given != "" {
		wanted = strings.Split(given, ",")
	}
	for _, kind := range wanted {
		if !slices.Contains(kinds, kind) {
			failed := unknown("bad_query", "kind", kind, kinds)
			failed.status = http.StatusBadRequest
			return failed
		}
	}
	card := state.Cards[at]
	all := append(itemMoments(state, card), c.h.log.moments(p.Name, id)...)
	all = slices.DeleteFunc(all, func(m moment) bool { return !slices.Contains(wanted, m.Kind) })
	slices.SortStableFunc(all, func(a, b moment) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(slices.Index(kinds, b.Kind), slices.Index(kinds, a.Kind)))
	})
	writeJSON(c.w, http.StatusOK, map[string]any{
		"provider": p.Name, "card": card, "timeline": all[:min(len(all), maxMoments)],
		"more": len(all) > maxMoments, "last_event": c.h.cursor(last),
	})
	return nil
}

// itemMoments are what a state says of a card: what is of it, and its holder.
func itemMoments(state issuingtest.State, card issuingtest.Item) []moment {
	all := []moment{}
	add := func(kind string, items []issuingtest.Item, fits func(issuingtest.Item) bool) {
		before := len(all)
		for _, item := range slices.Backward(items) {
			if fits(item) && !item.At.IsZero() && len(all)-before <= maxMoments {
				all = append(all, moment{At: item.At, Kind: kind, Item: &item})
			}
		}
	}
	ofCard := func(i issuingtest.Item) bool { return i.Of == card.ID }
	add("card", []issuingtest.Item{card}, func(issuingtest.Item) bool { return true })
	add("holder", state.Holders, func(i issuingtest.Item) bool { return ofCard(i) || i.ID == card.Of })
	add("order", state.Orders, ofCard)
	add("transaction", state.Transactions, ofCard)
	add("token", state.Tokens, ofCard)
	return all
}

// moments are the requests and callbacks about a card.
func (l *log) moments(provider, card string) (all []moment) {
	requests, _ := l.requests.before(0, maxMoments+1, func(r *record) bool {
		return r.Provider == provider && r.about(card)
	})
	for _, r := range requests {
		all = append(all, moment{At: r.At, Kind: "request", Request: &r})
	}
	callbacks, _ := l.callbacks.before(0, maxMoments+1, func(cb *callback) bool {
		return cb.Provider == provider && cb.Card == card
	})
	for _, cb := range callbacks {
		if len(cb.Attempts) > 0 {
			all = append(all, moment{At: cb.Attempts[0].At, Kind: "callback", Callback: &cb})
		}
	}
	return all
}

// about reports whether a request is about a card.
func (r *record) about(card string) bool { return r.Card == card || names(r.Path, card) }
