package issuingtest

import (
	"container/heap"
	"sync"
	"time"
)

// Clock is the time of a platform in memory, and the agenda of what happens
// later on it: cards that are issued, orders that end, callbacks that are sent.
// There are two kinds. A turned clock, from [NewClock], stands still until
// [Clock.Advance] moves it, which makes a test quick and its order certain. A
// following clock, from [NewRealClock], runs with real time; a platform that was
// given no clock has one. Both run their jobs in the order of their times, one
// after the other.
//
// A client that talks to a platform with a turned clock needs the same time:
// pass issuing.WithClock(clock.Now). A Clock is safe for concurrent use.
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

// NewClock returns a turned clock: it stands at start until [Clock.Advance]
// moves it.
func NewClock(start time.Time) *Clock { return &Clock{turned: true, now: start} }

// NewRealClock returns a clock that follows real time and runs jobs as they fall
// due, until [Clock.Close]. Advance puts it ahead of real time.
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

// After runs job when d has passed on this clock; a d of zero or less is as soon
// as the clock runs jobs, which a turned clock does in Advance alone. A job may
// call After. On a closed clock, and with a nil job, After does nothing.
func (c *Clock) After(d time.Duration, job func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || job == nil {
		return
	}
	c.seq++
	heap.Push(&c.jobs, &entry{at: c.nowLocked().Add(max(d, 0)), seq: c.seq, job: job})
	c.armLocked()
}

// Advance moves the clock by d and runs every job that falls due on the way,
// each at its own time, including jobs that they add. When it returns, all of
// them have run. Advance(0) runs what is due now; a negative d is 0. It must not
// be called from a job.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	target := c.nowLocked().Add(max(d, 0))
	if !c.turned {
		c.offset += max(d, 0)
	}
	c.mu.Unlock()
	defer c.arm()
	c.runUntil(target)
	c.reach(target)
}

// reach moves a turned clock to target when its jobs have not brought it there.
func (c *Clock) reach(target time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turned && c.now.Before(target) {
		c.now = target
	}
}

// runUntil runs the jobs that are due at target. A job that panics or ends its
// goroutine leaves no lock held, and the jobs behind it stay on the agenda.
func (c *Clock) runUntil(target time.Time) {
	c.running.Lock()
	defer c.running.Unlock()
	for job := c.next(target); job != nil; job = c.next(target) {
		job()
	}
}

// next takes the first job that is due at target from the agenda, and moves a
// turned clock to its time.
func (c *Clock) next(target time.Time) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.jobs) == 0 || c.jobs[0].at.After(target) {
		return nil
	}
	next := heap.Pop(&c.jobs).(*entry)
	if c.turned && c.now.Before(next.at) {
		c.now = next.at
	}
	return next.job
}

func (c *Clock) arm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armLocked()
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
		defer c.arm() // also after a job that ended this goroutine
		c.runUntil(c.Now())
	})
}

// Pending returns the number of jobs that have not run.
func (c *Clock) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.jobs)
}

// Close drops all jobs and waits for a running one. Closing a platform closes its
// clock. It must not be called from a job.
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
