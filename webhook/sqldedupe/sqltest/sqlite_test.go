package sqltest

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// openSQLite opens a database of its own. Its file need not survive a crash of
// the machine, so it is not synced.
func openSQLite(t *testing.T) (*sql.DB, sqldedupe.Config) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "events.db")
	db := countedDB(t, "sqlite", "file:"+file+
		"?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	return db, sqldedupe.Config{Dialect: sqldedupe.DialectSQLite, Table: sqldedupe.DefaultTable}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	suite(t, openSQLite)
}
