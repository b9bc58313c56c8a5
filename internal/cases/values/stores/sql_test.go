package stores

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	issuing "github.com/issuing-sdk/issuing-go"
)

// column is a field of a type that has a column of its own.
type column struct {
	path  string
	index []int
	kind  string
}

// columnsOf lists the amounts, dates, currencies, enums and times of a type, in its
// own fields and those of its structs: what lists and maps hold is in other tables.
func columnsOf(t reflect.Type, path string, index []int) []column {
	var out []column
	for field := range t.Fields() {
		if !field.IsExported() {
			continue
		}
		at := append(append([]int(nil), index...), field.Index...)
		of := field.Type
		c := column{path: path + "." + field.Name, index: at, kind: "TEXT"}
		switch base := pointed(of); {
		case base == timeType:
			c.kind = "TIMESTAMP"
			out = append(out, c)
		case base == secretType, base.Kind() == reflect.String && base.PkgPath() != "":
			out = append(out, c)
		case of.Kind() == reflect.Struct:
			out = append(out, columnsOf(of, c.path, at)...)
		}
	}
	return out
}

func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func openSQLite(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file::memory:?_time_format=sqlite")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection has a memory of its own
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestTypesInColumns: the fields of every type, each in a column of a table.
func TestTypesInColumns(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	types, fields, rows := 0, 0, 0
	for n, of := range stored {
		columns := columnsOf(of, of.String(), nil)
		if len(columns) == 0 {
			continue
		}
		types, fields = types+1, fields+len(columns)
		table := createTable(t, db, n, columns)
		for _, in := range variants(t, of, "") {
			rows++
			out := reflect.New(of).Elem()
			inColumns(t, db, table, columns, in, out)
			for _, c := range columns {
				a, b := in.FieldByIndex(c.index), out.FieldByIndex(c.index)
				if field := different(a, b, time.Nanosecond, c.path); field != "" {
					t.Errorf("SQLite: %s comes back as another", field)
				}
			}
		}
	}
	if fields < 1000 {
		t.Errorf("only %d columns", fields)
	}
	t.Logf("SQLite: %d types with %d columns, %d rows equal", types, fields, rows)
}

func createTable(t *testing.T, db *sql.DB, n int, columns []column) string {
	t.Helper()
	table := fmt.Sprintf("t%d", n)
	var definitions []string
	for i, c := range columns {
		definitions = append(definitions, fmt.Sprintf("c%d %s", i, c.kind))
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE "+table+" ("+strings.Join(definitions, ", ")+")"); err != nil {
		t.Fatal(err)
	}
	return table
}

// inColumns writes a row of the fields of in and reads it into those of out.
func inColumns(t *testing.T, db *sql.DB, table string, columns []column, in, out reflect.Value) {
	t.Helper()
	arguments, targets := make([]any, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		arguments[i] = in.FieldByIndex(c.index).Interface()
		targets[i] = out.FieldByIndex(c.index).Addr().Interface()
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")
	if _, err := db.ExecContext(t.Context(), "DELETE FROM "+table); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO "+table+" VALUES ("+marks+")", arguments...); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRowContext(t.Context(), "SELECT * FROM "+table).Scan(targets...); err != nil {
		t.Errorf("%s: %v", in.Type(), err)
	}
}

// TestSecretsInColumns: database/sql refuses a secret, whatever the column.
func TestSecretsInColumns(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (c TEXT)"); err != nil {
		t.Fatal(err)
	}
	secret := issuing.NewSecret("4929420573595709")
	for _, argument := range []any{secret, &secret} {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO t VALUES (?)", argument); err == nil {
			t.Errorf("a column takes a %T", argument)
		}
	}
}
