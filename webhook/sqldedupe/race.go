package sqldedupe

import (
	"errors"
	"strings"
)

// raceTries bounds how often a statement is carried out. Each time some other
// statement won, so that few are enough.
const raceTries = 6

// repeat runs a statement again when the database rolled it back in favour of
// another: MySQL finds deadlocks between inserts that wait for a deletion, and
// PostgreSQL conflicts where transactions are serializable by default. A Done
// that gave up here would let a handled event be dispatched again.
func repeat(run func() error) (err error) {
	for range raceTries {
		if err = run(); !lostRace(err) {
			return err
		}
	}
	return err
}

// lostRace recognises a rolled back statement without importing a driver.
// PostgreSQL's drivers have the method; MySQL's shows the state in its message
// alone.
func lostRace(err error) bool {
	if err == nil {
		return false
	}
	var coded interface{ SQLState() string }
	if errors.As(err, &coded) {
		return coded.SQLState() == "40001" || coded.SQLState() == "40P01"
	}
	return strings.HasPrefix(err.Error(), "Error 1213 ") || strings.HasPrefix(err.Error(), "Error 1213:")
}
