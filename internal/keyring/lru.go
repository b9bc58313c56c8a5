package keyring

import "container/list"

// lru is a map of at most limit values by id. What was used the longest ago goes first.
type lru[V any] struct {
	limit int
	items map[string]*list.Element // of *item[V]
	order *list.List               // used last at the back
}

type item[V any] struct {
	id    string
	value V
}

func newLRU[V any](limit int) lru[V] {
	return lru[V]{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

func (l *lru[V]) get(id string) (value V, ok bool) {
	e, ok := l.items[id]
	if !ok {
		return value, false
	}
	l.order.MoveToBack(e)
	it, _ := e.Value.(*item[V])
	return it.value, true
}

func (l *lru[V]) put(id string, value V) {
	l.remove(id)
	if l.order.Len() >= l.limit {
		oldest, _ := l.order.Remove(l.order.Front()).(*item[V])
		delete(l.items, oldest.id)
	}
	l.items[id] = l.order.PushBack(&item[V]{id, value})
}

func (l *lru[V]) remove(id string) {
	if e, ok := l.items[id]; ok {
		l.order.Remove(e)
		delete(l.items, id)
	}
}
