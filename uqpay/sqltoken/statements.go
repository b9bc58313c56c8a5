package sqltoken

import (
	"strconv"
	"strings"

	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// maxTable bounds a table's name.
const maxTable = 48

// identifier reports whether a name needs no quotes in any dialect.
func identifier(name string) bool {
	const letters = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return name != "" && len(name) <= maxTable && strings.Trim(name[:1], letters) == "" &&
		strings.Trim(name, letters+"0123456789") == "" && !strings.HasPrefix(strings.ToLower(name), "sqlite_")
}

// statements are the package's SQL, each with its arguments in order. A row that nobody
// holds has lapses_at 0.
type statements struct {
	schema string
	insert string // credential
	owner  string // credential
	token  string // credential
	take   string // owner, lapses_at; credential, now
	keep   string // token; credential, owner
	free   string // credential, owner
}

func newStatements(d sqldedupe.Dialect, table string) statements {
	arg := func(int) string { return "?" }
	engine := ""
	switch d {
	case sqldedupe.DialectPostgreSQL:
		arg = func(n int) string { return "$" + strconv.Itoa(n) }
	case sqldedupe.DialectMySQL:
		engine = " ENGINE = InnoDB"
	}
	where := " WHERE credential = "
	return statements{
		schema: "CREATE TABLE IF NOT EXISTS " + table + " (\n" +
			"  credential CHAR(64) NOT NULL PRIMARY KEY,\n" + // SHA-256 of Config.Credential, hexadecimal
			"  token TEXT NOT NULL,\n" + // sealed, hexadecimal; empty for none
			"  owner CHAR(32) NOT NULL,\n" + // of the lease
			"  lapses_at BIGINT NOT NULL\n)" + engine, // the lease, in Unix milliseconds; 0 for none
		insert: "INSERT INTO " + table + " (credential, token, owner, lapses_at) VALUES (" + arg(1) + ", '', '', 0)",
		owner:  "SELECT owner FROM " + table + where + arg(1),
		token:  "SELECT token FROM " + table + where + arg(1),
		take: "UPDATE " + table + " SET owner = " + arg(1) + ", lapses_at = " + arg(2) + where + arg(3) +
			" AND lapses_at <= " + arg(4),
		keep: "UPDATE " + table + " SET token = " + arg(1) + ", owner = '', lapses_at = 0" + where + arg(2) +
			" AND owner = " + arg(3),
		free: "UPDATE " + table + " SET owner = '', lapses_at = 0" + where + arg(1) + " AND owner = " + arg(2),
	}
}

// busy recognises a statement that lost a race for its lock and was not carried out:
// MySQL's and PostgreSQL's deadlocks and waits, SQLite's lock of the whole database. No
// driver is imported: what all of them have is their text.
func busy(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	for _, sign := range []string{
		"40001", "40P01", "55P03", "Error 1213", "Error 1205", "database is locked", "database table is locked",
	} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
