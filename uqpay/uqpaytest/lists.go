package uqpaytest

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// owned is something of an account's.
type owned struct{ account string }

func (o owned) belongsTo(account string) bool { return o.account == account }

// table keeps what belongs to accounts by its id, and in the order in which it
// came.
type table[T interface{ belongsTo(account string) bool }] struct {
	byID map[string]T
	list []T
}

func (t *table[T]) add(id string, item T) {
	if t.byID == nil {
		t.byID = map[string]T{}
	}
	t.byID[id] = item
	t.list = append(t.list, item)
}

// find returns an item of an account's.
func (t *table[T]) find(account, id string) (item T, found bool) {
	item, found = t.byID[id]
	return item, found && item.belongsTo(account)
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

// fits reports whether a filter is unset or met.
func fits(filter, value string) bool { return filter == "" || filter == value }

// paged answers with the page of a list that a query asks for.
func paged[T any](query url.Values, items []T, show func(T) map[string]any) (any, *refusal) {
	size, number := 10, 1
	for name, target := range map[string]*int{"page_size": &size, "page_number": &number} {
		if text := query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || (name == "page_size" && n > 100) {
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
func period(query url.Values) (within func(time.Time) bool, bad *refusal) {
	start, startOK := wire.ParseTime(query.Get("start_time"), zone)
	end, endOK := wire.ParseTime(query.Get("end_time"), zone)
	switch {
	case query.Get("start_time") != "" && !startOK:
		return nil, invalid("start_time: must be an ISO 8601 time")
	case query.Get("end_time") != "" && !endOK:
		return nil, invalid("end_time: must be an ISO 8601 time")
	case startOK && endOK && end.Sub(start) > 90*24*time.Hour:
		return nil, invalid("end_time: the span is longer than 90 days")
	}
	return func(t time.Time) bool {
		return (start.IsZero() || !t.Before(start)) && (end.IsZero() || !t.After(end))
	}, nil
}
