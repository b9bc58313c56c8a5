package uqpaytest

import (
	"slices"
	"strconv"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
)

// owned is something of an account's.
type owned struct{ account string }

func (o owned) belongsTo(account string) bool { return o.account == account }

type ofAccount interface{ belongsTo(account string) bool }

// table keeps what belongs to accounts by its id, and in the order in which it
// came.
type table[T ofAccount] struct {
	missing *refusal // of what is not there, or another account's
	byID    map[string]T
	list    []T
}

func (t *table[T]) add(id string, item T) {
	if t.byID == nil {
		t.byID = map[string]T{}
	}
	t.byID[id] = item
	t.list = append(t.list, item)
}

// find returns an item of an account's.
func (t *table[T]) find(account, id string) (item T, missing *refusal) {
	item, found := t.byID[id]
	if !found || !item.belongsTo(account) {
		return item, t.missing
	}
	return item, nil
}

// latest returns the items of an account that fit, the latest first.
func (t *table[T]) latest(account string, fit func(T) bool) []T {
	var items []T
	for _, item := range slices.Backward(t.list) {
		if item.belongsTo(account) && fit(item) {
			items = append(items, item)
		}
	}
	return items
}

// fits reports whether a filter of the query is unset or met.
func (c *call) fits(name, value string) bool { return oneOf(c.query.Get(name), "", value) }

func oneOf[T comparable](v T, values ...T) bool { return slices.Contains(values, v) }

// one refuses a filter of the query whose value is not among some.
func (c *call) one(name string, known func(value string) bool) *refusal {
	if value := c.query.Get(name); value != "" && !known(value) {
		return invalid(name + ": is not one of the values of the API")
	}
	return nil
}

// isKnown reports whether an enumeration has a value.
func isKnown[T interface {
	~string
	Known() bool
}](value string) bool {
	return T(value).Known()
}

// paged answers with the page of a list that a query asks for.
func paged[T any](c *call, items []T, show func(T) map[string]any) (any, *refusal) {
	size, number := 10, 1
	for name, target := range map[string]*int{"page_size": &size, "page_number": &number} {
		if text := c.query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || (name == "page_size" && (n > 100 || n < c.smallest)) {
				return nil, invalid(name + ": is out of range")
			}
			*target = n
		}
	}
	data := []any{}
	for _, item := range platform.Page(items, number, size) {
		data = append(data, show(item))
	}
	return map[string]any{"total_pages": (len(items) + size - 1) / size, "total_items": len(items), "data": data}, nil
}

// period reads start_time and end_time of a query.
func (c *call) period() (within func(time.Time) bool, bad *refusal) {
	start, startOK := instant(c.query.Get("start_time"))
	end, endOK := instant(c.query.Get("end_time"))
	switch {
	case !startOK && !c.fits("start_time", ""):
		return nil, invalid("start_time: must be an ISO 8601 time")
	case !endOK && !c.fits("end_time", ""):
		return nil, invalid("end_time: must be an ISO 8601 time")
	case startOK && endOK && end.Before(start):
		return nil, invalid("end_time: lies before start_time")
	case startOK && endOK && end.Sub(start) > 90*24*time.Hour:
		return nil, invalid("end_time: the span is longer than 90 days")
	}
	return func(t time.Time) bool {
		return (start.IsZero() || !t.Before(start)) && (end.IsZero() || !t.After(end))
	}, nil
}
