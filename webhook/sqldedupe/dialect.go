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

// States of a row. A missing row is a new event. A position is a row that is done,
// with its time in lapses_at.
const (
	stateBusy = 0
	stateDone = 1
)

// statements are the package's SQL for one dialect and table, each with its
// arguments in order.
type statements struct {
	schema  []string
	insert  string // id, nonce, state, owner, claimed_at, lapses_at, answer
	find    string // id, nonce
	take    string // nonce, state, owner, claimed_at, lapses_at; id, and owner and lapses_at before
	done    string // answer, id
	answer  string // answer, id
	advance string // claimed_at, lapses_at, id, lapses_at
	latest  string // id
	release string // id, owner
	sweep   string // claimed_at, lapses_at, most rows; not MySQL: the first two twice
}

// newStatements writes the SQL. The table was checked by tableProblem; it is
// quoted all the same, for names such as "order".
func newStatements(d Dialect, table string) statements {
	quote := `"`
	if d == DialectMySQL {
		quote = "`"
	}
	name := quote + table + quote
	index := quote + table + "_claimed_at" + quote
	into := name + " (id, nonce, state, owner, claimed_at, lapses_at, answer) VALUES (?, ?, ?, ?, ?, ?, ?)"

	s := statements{
		schema: newSchema(d, name, index),
		// Without a target, so that the conflict of either key counts.
		insert: "INSERT INTO " + into + " ON CONFLICT DO NOTHING",
		find:   "SELECT id, nonce, state, owner, lapses_at, answer FROM " + name + " WHERE id = ? OR nonce = ?",
		take: "UPDATE " + name + " SET nonce = ?, state = ?, owner = ?, claimed_at = ?, lapses_at = ?" +
			" WHERE id = ? AND state = 0 AND owner = ? AND lapses_at = ?",
		// It changes no indexed column, so that PostgreSQL writes no index.
		done:    "UPDATE " + name + " SET state = 1, lapses_at = 0, answer = ? WHERE id = ? AND state = 0",
		answer:  "UPDATE " + name + " SET answer = ? WHERE id = ?",
		advance: "UPDATE " + name + " SET claimed_at = ?, lapses_at = ? WHERE id = ? AND lapses_at <= ?",
		latest:  "SELECT lapses_at FROM " + name + " WHERE id = ?",
		release: "DELETE FROM " + name + " WHERE id = ? AND state = 0 AND owner = ?",
	}
	// The condition stands outside the subquery as well: PostgreSQL evaluates
	// that part again for a row that a claim took over in the meantime.
	old := "claimed_at < ? AND (state = 1 OR lapses_at <= ?)"
	s.sweep = "DELETE FROM " + name + " WHERE " + old +
		" AND id IN (SELECT id FROM " + name + " WHERE " + old + " ORDER BY claimed_at LIMIT ?)"
	switch d {
	case DialectMySQL:
		s.insert = "INSERT IGNORE INTO " + into
		s.sweep = "DELETE FROM " + name + " WHERE " + old + " ORDER BY claimed_at LIMIT ?"
	case DialectPostgreSQL:
		for _, text := range []*string{
			&s.insert, &s.find, &s.take, &s.done, &s.answer, &s.advance, &s.latest, &s.release, &s.sweep,
		} {
			*text = numbered(*text)
		}
	}
	return s
}

// newSchema writes the statements that create the table and its index.
func newSchema(d Dialect, name, index string) []string {
	// Ids compare byte by byte in MySQL whatever the database's collation.
	ascii, key, engine, blob := "", "", "", "BLOB"
	switch d {
	case DialectMySQL:
		ascii, engine = " CHARACTER SET ascii COLLATE ascii_bin", " ENGINE = InnoDB"
		key = ",\n  KEY " + index + " (claimed_at)"
	case DialectPostgreSQL:
		blob = "BYTEA"
	}
	schema := []string{"CREATE TABLE IF NOT EXISTS " + name + " (\n" +
		"  id CHAR(64)" + ascii + " NOT NULL PRIMARY KEY,\n" + // SHA-256 of the event's name
		"  nonce CHAR(64)" + ascii + " NULL UNIQUE,\n" + // SHA-256 of the delivery's, where it has one
		"  state SMALLINT NOT NULL,\n" + // stateBusy, stateDone
		"  owner CHAR(32)" + ascii + " NOT NULL,\n" + // of the Deduper that claimed it last
		"  claimed_at BIGINT NOT NULL,\n" + // Unix milliseconds
		"  lapses_at BIGINT NOT NULL,\n" + // when a busy row may be taken over
		"  answer " + blob + " NULL" + // to a question, sealed
		key + "\n)" + engine}
	if d != DialectMySQL {
		schema = append(schema, "CREATE INDEX IF NOT EXISTS "+index+" ON "+name+" (claimed_at)")
	}
	return schema
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
