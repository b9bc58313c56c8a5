package control

import (
	"slices"
	"sync"
)

// ring keeps the latest of what is added, numbered from 1 for ever.
type ring[T any] struct {
	mu    sync.RWMutex
	last  uint64
	items []T // item n at (n-1) % size
	size  int
}

func newRing[T any](size int) *ring[T] { return &ring[T]{size: size} }

// add keeps what make gives for the next number, and returns it.
func (r *ring[T]) add(item func(id uint64) T) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	made := item(r.last)
	if at := int((r.last - 1) % uint64(r.size)); at < len(r.items) {
		r.items[at] = made
	} else {
		r.items = append(r.items, made)
	}
	return made
}

// get returns the item of a number, if it is still kept.
func (r *ring[T]) get(id uint64) (item T, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if !r.has(id) {
		return item, false
	}
	return r.items[(id-1)%uint64(r.size)], true
}

func (r *ring[T]) has(id uint64) bool {
	return id > 0 && id <= r.last && r.last-id < uint64(len(r.items))
}

// change replaces the item of a number by what do makes of it.
func (r *ring[T]) change(id uint64, do func(T) T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.has(id) {
		at := (id - 1) % uint64(r.size)
		r.items[at] = do(r.items[at])
	}
}

// before returns up to limit items that fit and have a smaller number, the latest
// first. A number of 0 is behind the last.
func (r *ring[T]) before(id uint64, limit int, fits func(*T) bool) (items []T, more bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if id == 0 || id > r.last+1 {
		id = r.last + 1
	}
	items = []T{} // a list in JSON is never null
	for id--; r.has(id); id-- {
		item := &r.items[(id-1)%uint64(r.size)]
		if !fits(item) {
			continue
		}
		if len(items) == limit {
			return items, true
		}
		items = append(items, *item)
	}
	return items, false
}

// after returns up to limit items with a greater number, oldest first, and whether
// some of them are lost.
func (r *ring[T]) after(id uint64, limit int) (items []T, lost bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if id > r.last || r.last-id > uint64(len(r.items)) {
		return nil, true
	}
	for next := id + 1; next <= r.last && len(items) < limit; next++ {
		items = append(items, r.items[(next-1)%uint64(r.size)])
	}
	return items, false
}

// counts returns the last number, and how many were dropped.
func (r *ring[T]) counts() (last, dropped uint64) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.last, r.last - uint64(len(r.items))
}

// tail keeps the end of a list.
func tail[T any](list []T, most int) []T {
	if len(list) <= most {
		return list
	}
	return slices.Clone(list[len(list)-most:])
}
