package sqldedupe

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialect says which database's SQL is spoken.
type Dialect string

// Dialects.
const (
	DialectPostgreSQL Dialect = "postgresql" // DialectPostgreSQL 9.5 and later
	DialectMySQL      Dialect = "mysql"      // DialectMySQL 5.7 and later, MariaDB 10.2 and later
	DialectSQLite     Dialect = "sqlite"     // DialectSQLite 3.24 and later
)

// Known reports whether d is one of the dialects of this package.
func (d Dialect) Known() bool {
	return d == DialectPostgreSQL || d == DialectMySQL || d == DialectSQLite
}

// maxTable bounds a table's name, so that its index's name fits into the 63
// bytes of PostgreSQL.
const maxTable = 48

// tableProblem says what is wrong with a table's name, "" when nothing is. Only
// names that need no escaping in any dialect pass.
func tableProblem(d Dialect, table string) string {
	if len(table) > maxTable {
		return fmt.Sprintf("is longer than %d characters", maxTable)
	}
	for i, r := range []byte(table) {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return "is not an identifier: ASCII letters, digits and underscores, not a digit first"
		}
	}
	if d == DialectSQLite && strings.HasPrefix(strings.ToLower(table), "sqlite_") {
		return "begins with sqlite_, which SQLite keeps for itself"
	}
	return ""
}

// States of a row. A missing row is a new event.
const (
	stateBusy = 0
	stateDone = 1
)

// statements are the package's SQL for one dialect and table, each with its
// arguments in order.
type statements struct {
	schema  []string
	insert  string // id, state, owner, changed_at, lapses_at
	read    string // id
	take    string // owner, changed_at, lapses_at, id, and owner and lapses_at before
	done    string // id, state, owner, changed_at, lapses_at; MySQL: all but id again
	release string // id, owner
	sweep   string // changed_at, lapses_at, most rows; not MySQL: the first two twice
}

// newStatements writes the SQL. The table was checked by tableProblem; it is
// quoted all the same, for names such as "order".
func newStatements(d Dialect, table string) statements {
	quote := `"`
	if d == DialectMySQL {
		quote = "`"
	}
	name := quote + table + quote
	index := quote + table + "_changed_at" + quote
	columns := " (id, state, owner, changed_at, lapses_at) VALUES (?, ?, ?, ?, ?)"

	s := statements{
		insert: "INSERT INTO " + name + columns + " ON CONFLICT (id) DO NOTHING",
		read:   "SELECT state, owner, lapses_at FROM " + name + " WHERE id = ?",
		take: "UPDATE " + name + " SET owner = ?, changed_at = ?, lapses_at = ?" +
			" WHERE id = ? AND state = 0 AND owner = ? AND lapses_at = ?",
		release: "DELETE FROM " + name + " WHERE id = ? AND state = 0 AND owner = ?",
		done: "INSERT INTO " + name + columns + " ON CONFLICT (id) DO UPDATE SET" +
			" state = excluded.state, owner = excluded.owner, changed_at = excluded.changed_at, lapses_at = excluded.lapses_at",
	}
	// The condition stands outside the subquery as well: PostgreSQL evaluates
	// that part again for a row that a claim took over in the meantime.
	old := "changed_at < ? AND (state = 1 OR lapses_at <= ?)"
	s.sweep = "DELETE FROM " + name + " WHERE " + old +
		" AND id IN (SELECT id FROM " + name + " WHERE " + old + " ORDER BY changed_at LIMIT ?)"

	// Ids compare byte by byte in MySQL whatever the database's collation.
	ascii, key, engine := "", "", ""
	if d == DialectMySQL {
		ascii, engine = " CHARACTER SET ascii COLLATE ascii_bin", " ENGINE = InnoDB"
		key = ",\n  KEY " + index + " (changed_at)"
	}
	s.schema = []string{"CREATE TABLE IF NOT EXISTS " + name + " (\n" +
		"  id CHAR(64)" + ascii + " NOT NULL PRIMARY KEY,\n" + // SHA-256 of the event's id
		"  state SMALLINT NOT NULL,\n" + // stateBusy, stateDone
		"  owner CHAR(32)" + ascii + " NOT NULL,\n" + // of the Deduper that claimed it last
		"  changed_at BIGINT NOT NULL,\n" + // when it was claimed or done, Unix milliseconds
		"  lapses_at BIGINT NOT NULL" + // when a busy row may be taken over
		key + "\n)" + engine}
	if d == DialectMySQL {
		s.insert = "INSERT IGNORE INTO " + name + columns
		s.done = "INSERT INTO " + name + columns +
			" ON DUPLICATE KEY UPDATE state = ?, owner = ?, changed_at = ?, lapses_at = ?"
		s.sweep = "DELETE FROM " + name + " WHERE " + old + " ORDER BY changed_at LIMIT ?"
	} else {
		s.schema = append(s.schema, "CREATE INDEX IF NOT EXISTS "+index+" ON "+name+" (changed_at)")
	}
	if d == DialectPostgreSQL {
		for _, text := range []*string{&s.insert, &s.read, &s.take, &s.done, &s.release, &s.sweep} {
			*text = numbered(*text)
		}
	}
	return s
}

// numbered writes PostgreSQL's $1, $2, … for the question marks, of which no
// statement here has another kind.
func numbered(text string) string {
	parts := strings.Split(text, "?")
	var b strings.Builder
	for i, part := range parts[:len(parts)-1] {
		b.WriteString(part)
		b.WriteString("$")
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteString(parts[len(parts)-1])
	return b.String()
}
