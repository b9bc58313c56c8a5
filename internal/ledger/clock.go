package ledger

import (
	"container/heap"
	"sync"
	"time"
)

// Clock is the time of a platform in memory, and the agenda of what happens
// later. A following clock runs with real time; a turned clock stands still
// until Advance moves it. Both run their jobs in the order of their times, one
// after the other. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	turned bool
	now    time.Time     // of a turned clock
	offset time.Duration // of a following clock, what Advance has added
	jobs   agenda
	seq    uint64
	timer  *time.Timer
	closed bool

	running sync.Mutex // held while a job runs, so jobs never overlap
}

// NewClock returns a turned clock that stands at start.
func NewClock(start time.Time) *Clock { return &Clock{turned: true, now: start} }

// NewRealClock returns a clock that follows real time and runs jobs as they
// fall due, until Close.
func NewRealClock() *Clock { return &Clock{} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *Clock) nowLocked() time.Time {
	if c.turned {
		return c.now
	}
	return time.Now().Add(c.offset)
}

// After runs job when d has passed on this clock. A job may call After.
func (c *Clock) After(d time.Duration, job func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.seq++
	heap.Push(&c.jobs, &entry{at: c.nowLocked().Add(max(d, 0)), seq: c.seq, job: job})
	c.armLocked()
}

// Advance moves the clock by d and runs every job that falls due on the way,
// each at its own time, including jobs that they add. Advance(0) runs what is
// due now. It must not be called from a job.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	target := c.nowLocked().Add(max(d, 0))
	if !c.turned {
		c.offset += max(d, 0)
	}
	c.mu.Unlock()
	c.runUntil(target)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turned && c.now.Before(target) {
		c.now = target
	}
	c.armLocked()
}

// runUntil runs the jobs that are due at target.
func (c *Clock) runUntil(target time.Time) {
	c.running.Lock()
	defer c.running.Unlock()
	for {
		c.mu.Lock()
		if c.closed || len(c.jobs) == 0 || c.jobs[0].at.After(target) {
			c.mu.Unlock()
			return
		}
		next := heap.Pop(&c.jobs).(*entry)
		if c.turned && c.now.Before(next.at) {
			c.now = next.at
		}
		c.mu.Unlock()
		next.job()
	}
}

// armLocked sets the timer of a following clock to the next job.
func (c *Clock) armLocked() {
	if c.turned || c.closed || len(c.jobs) == 0 {
		return
	}
	wait := max(c.jobs[0].at.Sub(c.nowLocked()), 0)
	if c.timer != nil {
		c.timer.Stop()
	}
	c.timer = time.AfterFunc(wait, func() {
		c.runUntil(c.Now())
		c.mu.Lock()
		defer c.mu.Unlock()
		c.armLocked()
	})
}

// Pending returns the number of jobs that have not run.
func (c *Clock) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.jobs)
}

// Close drops all jobs and waits for a running one.
func (c *Clock) Close() {
	c.mu.Lock()
	c.closed, c.jobs = true, nil
	if c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	c.running.Lock()
	defer c.running.Unlock()
}

type entry struct {
	at  time.Time
	seq uint64
	job func()
}

type agenda []*entry

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if a[i].at.Equal(a[j].at) {
		return a[i].seq < a[j].seq
	}
	return a[i].at.Before(a[j].at)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(*entry)) }
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*a = old[:len(old)-1]
	return last
}
