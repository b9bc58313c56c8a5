package sqldedupe

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/sign"
)

func TestNewNamesEveryProblem(t *testing.T) {
	t.Parallel()
	db := sql.OpenDB(&script{})
	t.Cleanup(func() { _ = db.Close() })
	tests := []struct {
		name string
		db   *sql.DB
		cfg  Config
		want []string // parts of the error; none for no error
	}{
		{"Defaults", db, Config{Dialect: DialectPostgreSQL}, nil},
		{"Everything", db, Config{Dialect: DialectMySQL, Table: "A_1", Lease: time.Millisecond, Keep: time.Millisecond, Now: time.Now}, nil},
		{"LongLease", db, Config{Dialect: DialectSQLite, Lease: 30 * 24 * time.Hour}, nil},
		{"Nothing", nil, Config{}, []string{"db is required", "Dialect is required"}},
		{"All", nil, Config{Dialect: "oracle", Table: "a b", Lease: -1, Keep: -2, Timeout: -1, AnswerKeys: []sign.AESKey{{}}},
			[]string{"db is", "Dialect is not", "Table is not", "Lease is", "Keep is", "Timeout is", "AnswerKeys has"}},
		{"ShortLease", db, Config{Dialect: DialectSQLite, Lease: time.Microsecond}, []string{"Lease is shorter"}},
		{"ShortKeep", db, Config{Dialect: DialectSQLite, Keep: time.Second}, []string{"Keep is shorter than Lease"}},
		{"LongestTable", db, Config{Dialect: DialectSQLite, Table: strings.Repeat("a", 48)}, nil},
		{"LongTable", db, Config{Dialect: DialectSQLite, Table: strings.Repeat("a", 49)}, []string{"Table is longer than 48"}},
		{"SQLitesOwn", db, Config{Dialect: DialectSQLite, Table: "SQLite_x"}, []string{"Table begins with sqlite_"}},
		{"NotSQLites", db, Config{Dialect: DialectMySQL, Table: "sqlite_x"}, nil},
	}
	for _, test := range tests {
		d, err := New(test.db, test.cfg)
		if (err == nil) != (len(test.want) == 0) || (d == nil) != (err != nil) {
			t.Errorf("%s: %v, %v", test.name, d, err)
			continue
		}
		for _, part := range test.want {
			if !strings.Contains(err.Error(), part) || !strings.HasPrefix(err.Error(), "sqldedupe: ") {
				t.Errorf("%s: %q lacks %q", test.name, err, part)
			}
		}
	}
}

func TestTableNames(t *testing.T) {
	t.Parallel()
	for _, dialect := range []Dialect{DialectPostgreSQL, DialectMySQL, DialectSQLite} {
		for _, table := range []string{"a", "_", "Z9", "webhook_events", "order"} {
			if problem := tableProblem(dialect, table); problem != "" {
				t.Errorf("%s: %q %s", dialect, table, problem)
			}
		}
		for _, table := range []string{"1a", "a b", "a.b", "a-b", `a"`, "a`", "a'", "a;", "a\\", "a\x00", "é", "ａ", "a?", "a$1", "a\n"} {
			if tableProblem(dialect, table) == "" {
				t.Errorf("%s: %q passes", dialect, table)
			}
		}
	}
}

func TestOwnersDiffer(t *testing.T) {
	t.Parallel()
	a, _ := follow(t, DialectSQLite)
	b, _ := follow(t, DialectSQLite)
	if a.owner == b.owner || len(a.owner) != 32 || len(keyOf("")) != 64 {
		t.Errorf("owners %q and %q", a.owner, b.owner)
	}
}

func TestDialectKnown(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[Dialect]bool{DialectPostgreSQL: true, DialectMySQL: true, DialectSQLite: true, "": false, "MySQL": false} {
		if dialect.Known() != want {
			t.Errorf("%q.Known() = %v", dialect, !want)
		}
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	standard := `CREATE TABLE IF NOT EXISTS "webhook_events" (
  id CHAR(64) NOT NULL PRIMARY KEY,
  nonce CHAR(64) NULL UNIQUE,
  state SMALLINT NOT NULL,
  owner CHAR(32) NOT NULL,
  claimed_at BIGINT NOT NULL,
  lapses_at BIGINT NOT NULL,
  answer BLOB NULL
);
CREATE INDEX IF NOT EXISTS "webhook_events_claimed_at" ON "webhook_events" (claimed_at);
`
	want := map[Dialect]string{
		DialectPostgreSQL: strings.Replace(standard, "BLOB", "BYTEA", 1),
		DialectSQLite:     standard,
		DialectMySQL: "CREATE TABLE IF NOT EXISTS `webhook_events` (\n" +
			"  id CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,\n" +
			"  nonce CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE,\n" +
			"  state SMALLINT NOT NULL,\n" +
			"  owner CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,\n" +
			"  claimed_at BIGINT NOT NULL,\n" +
			"  lapses_at BIGINT NOT NULL,\n" +
			"  answer BLOB NULL,\n" +
			"  KEY `webhook_events_claimed_at` (claimed_at)\n" +
			") ENGINE = InnoDB;\n",
	}
	for dialect, schema := range want {
		d, _ := follow(t, dialect)
		if diff := cmp.Diff(schema, d.Schema()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dialect, diff)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	got := newStatements(DialectPostgreSQL, "T")
	want := statements{
		schema:  got.schema,
		insert:  `INSERT INTO "T" (id, nonce, state, owner, claimed_at, lapses_at, answer) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		find:    `SELECT id, nonce, state, owner, lapses_at, answer FROM "T" WHERE id = $1 OR nonce = $2`,
		take:    `UPDATE "T" SET nonce = $1, state = $2, owner = $3, claimed_at = $4, lapses_at = $5 WHERE id = $6 AND state = 0 AND owner = $7 AND lapses_at = $8`,
		done:    `UPDATE "T" SET state = 1, lapses_at = 0, answer = $1 WHERE id = $2 AND state = 0`,
		answer:  `UPDATE "T" SET answer = $1 WHERE id = $2`,
		advance: `UPDATE "T" SET claimed_at = $1, lapses_at = $2 WHERE id = $3 AND lapses_at <= $4`,
		latest:  `SELECT lapses_at FROM "T" WHERE id = $1`,
		release: `DELETE FROM "T" WHERE id = $1 AND state = 0 AND owner = $2`,
		sweep:   `DELETE FROM "T" WHERE claimed_at < $1 AND (state = 1 OR lapses_at <= $2) AND id IN (SELECT id FROM "T" WHERE claimed_at < $3 AND (state = 1 OR lapses_at <= $4) ORDER BY claimed_at LIMIT $5)`,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(statements{})); diff != "" {
		t.Errorf("PostgreSQL (-want +got):\n%s", diff)
	}
	mysql := newStatements(DialectMySQL, "T")
	for got, want := range map[string]string{
		mysql.insert: "INSERT IGNORE INTO `T` (id, nonce, state, owner, claimed_at, lapses_at, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
		mysql.sweep:  "DELETE FROM `T` WHERE claimed_at < ? AND (state = 1 OR lapses_at <= ?) ORDER BY claimed_at LIMIT ?",
	} {
		if got != want {
			t.Errorf("MySQL:\n%s\nwant\n%s", got, want)
		}
	}
	if sqlite := newStatements(DialectSQLite, "T"); numbered(sqlite.sweep) != want.sweep || numbered(sqlite.insert) != want.insert {
		t.Error("SQLite's statements differ from PostgreSQL's in more than the placeholders")
	}
}
