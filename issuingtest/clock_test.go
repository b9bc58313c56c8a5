package issuingtest

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var start = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

func TestTurnedClock(t *testing.T) {
	t.Parallel()
	c := NewClock(start)
	var log []string
	job := func(name string) func() {
		return func() { log = append(log, name+"@"+c.Now().Sub(start).String()) }
	}
	c.After(2*time.Second, job("b"))
	c.After(time.Second, job("a"))
	c.After(2*time.Second, job("c"))
	c.After(-time.Hour, job("now"))
	c.After(time.Second, func() {
		job("chain")()
		c.After(time.Second, job("added"))
		c.After(0, job("at once"))
		c.After(time.Hour, job("later"))
	})
	if len(log) != 0 || c.Pending() != 5 || !c.Now().Equal(start) {
		t.Errorf("before: %v, %d pending, %v", log, c.Pending(), c.Now())
	}
	c.Advance(0)
	c.Advance(-time.Hour)
	c.Advance(3 * time.Second)
	want := []string{"now@0s", "a@1s", "chain@1s", "at once@1s", "b@2s", "c@2s", "added@2s"}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !c.Now().Equal(start.Add(3*time.Second)) || c.Pending() != 1 {
		t.Errorf("afterwards %v, %d pending", c.Now(), c.Pending())
	}
	c.Close()
	c.After(0, job("after Close"))
	c.Advance(2 * time.Hour)
	if len(log) != len(want) || c.Pending() != 0 {
		t.Errorf("a closed clock runs jobs: %v", log)
	}
}

func TestRealClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		c := NewRealClock()
		var log []string
		job := func(name string) func() {
			return func() { log = append(log, name+"@"+time.Since(begin).String()) }
		}
		c.After(3*time.Second, job("late"))
		c.After(time.Second, func() { job("early")(); c.After(time.Second, job("chained")) })
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		if diff := cmp.Diff([]string{"early@1s", "chained@2s"}, log); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		c.After(time.Hour, job("advanced"))
		c.Advance(time.Hour)
		synctest.Wait()
		if got := strings.Join(log[2:], " "); got != "late@2.5s advanced@2.5s" {
			t.Errorf("after Advance: %s", got)
		}
		if got := c.Now().Sub(begin); got != time.Hour+2500*time.Millisecond {
			t.Errorf("the clock is %v on", got)
		}
		c.After(time.Minute, job("never"))
		c.Close()
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(log) != 4 {
			t.Errorf("a closed clock ran %v", log[4:])
		}
	})
}

// Close waits for the job that runs and drops the rest.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	c := NewRealClock()
	started, leave := make(chan struct{}), make(chan struct{})
	finished := 0
	c.After(0, func() {
		close(started)
		<-leave
		finished++
	})
	c.After(0, func() { finished++ })
	<-started
	closing := make(chan struct{})
	c.After(0, func() { t.Error("a job that Close should have dropped") })
	go func() {
		for c.Pending() > 0 { // Close has dropped the jobs
			runtime.Gosched()
		}
		close(closing)
		close(leave)
	}()
	c.Close()
	<-closing
	if finished != 1 {
		t.Errorf("%d jobs finished before Close returned, want the running one", finished)
	}
}

// A job that panics or ends its goroutine leaves the clock usable and the jobs
// behind it on the agenda.
func TestJobsThatDoNotReturn(t *testing.T) {
	t.Parallel()
	c := NewClock(start)
	var log []string
	job := func(name string) func() {
		return func() { log = append(log, name+"@"+c.Now().Sub(start).String()) }
	}
	c.After(0, nil)
	c.After(time.Second, func() { panic("job") })
	c.After(2*time.Second, job("b"))
	c.After(3*time.Second, runtime.Goexit)
	c.After(4*time.Second, job("d"))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach the caller of Advance")
			}
		}()
		c.Advance(time.Minute)
	}()
	if got := c.Now().Sub(start); got != time.Second || c.Pending() != 3 {
		t.Errorf("stands at %v with %d jobs", got, c.Pending())
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		c.Advance(time.Minute)
		t.Error("Advance came back from a job that ended the goroutine")
	}()
	<-exited
	c.Advance(time.Minute)
	if diff := cmp.Diff([]string{"b@2s", "d@4s"}, log); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.Close()
}

func TestRealClockGoesOnBehindAJobThatExits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewRealClock()
		defer c.Close()
		ran := false
		c.After(time.Second, runtime.Goexit)
		c.After(2*time.Second, func() { ran = true })
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if !ran {
			t.Error("the clock has stopped")
		}
	})
}
