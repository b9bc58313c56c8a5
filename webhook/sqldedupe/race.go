package sqldedupe

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"
)

// Repeats of what lost a race for its locks. Each time some other transaction won,
// so that few are enough; the waits differ, so that the losers do not meet again.
const (
	raceRepeats = 3
	leastWait   = 5 * time.Millisecond
	mostWait    = 100 * time.Millisecond
)

// repeat runs a statement again when the database rolled it back in favour of
// another: MySQL finds deadlocks between inserts that wait for a rollback, and
// PostgreSQL conflicts where transactions are serializable by default.
func repeat(ctx context.Context, run func() error) error {
	for n := 0; ; n++ {
		err := run()
		if !lostRace(err) || n == raceRepeats {
			return err
		}
		timer := time.NewTimer(leastWait + rand.N(mostWait-leastWait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// lostRace recognises what was rolled back so that another could go on: a deadlock, a
// conflict of serializable transactions, MySQL's wait for a lock.
func lostRace(err error) bool {
	switch stateOf(err) {
	case "40001", "40P01", "1213", "1205":
		return true
	}
	return false
}

// locked recognises what is in another transaction's hands for longer than the
// connection waits. To try again at once would wait again.
func locked(err error) bool {
	return stateOf(err) == "55P03" || err != nil && strings.Contains(err.Error(), "database is locked")
}

// stateOf returns the SQLSTATE of PostgreSQL's drivers, which have the method, and
// the number of MySQL's, which shows it in its message alone. No driver is imported.
func stateOf(err error) string {
	if err == nil {
		return ""
	}
	var coded interface{ SQLState() string }
	if errors.As(err, &coded) {
		return coded.SQLState()
	}
	if number, ok := strings.CutPrefix(err.Error(), "Error "); ok {
		number, _, _ = strings.Cut(number, ":")
		number, _, _ = strings.Cut(number, " ")
		return number
	}
	return ""
}
