package sqltoken

import (
	"bytes"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

func keyOf(t *testing.T, b byte) sign.AESKey {
	t.Helper()
	key, err := sign.NewAESKey(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func config(t *testing.T) Config {
	return Config{Dialect: sqldedupe.DialectSQLite, Credential: "client-1", Keys: []sign.AESKey{keyOf(t, 1)}}
}

func store(t *testing.T, change func(*Config)) *Store {
	t.Helper()
	cfg := config(t)
	change(&cfg)
	s, err := New(new(sql.DB), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*Config){
		"Dialect":    func(c *Config) { c.Dialect = "oracle" },
		"Credential": func(c *Config) { c.Credential = "" },
		"Keys":       func(c *Config) { c.Keys = []sign.AESKey{{}} },
		"Table":      func(c *Config) { c.Table = "a;b" },
		"Lease":      func(c *Config) { c.Lease = minimum - 1 },
	} {
		cfg := config(t)
		change(&cfg)
		var e *issuing.Error
		if _, err := New(new(sql.DB), cfg); !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) || len(e.Fields) != 1 || e.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := New(nil, config(t)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("no database: %v", err)
	}
	for name, good := range map[string]bool{
		"a": true, "_a1": true, "": false, "1a": false, "a-b": false, `a"`: false, "sqlite_x": false, strings.Repeat("a", 49): false,
	} {
		if identifier(name) != good {
			t.Errorf("table %q", name)
		}
	}
}

// A stored token opens with its key in its row alone.
func TestSealing(t *testing.T) {
	t.Parallel()
	token := uqpay.Token{Value: issuing.NewSecret("eyJhbGciOi.t.signature"), IssuedAt: time.UnixMilli(1000), ExpiresAt: time.UnixMilli(1_800_000_000_000)}
	s := store(t, func(*Config) {})
	sealed, err := s.seal(token)
	if err != nil || strings.Contains(sealed, "eyJ") {
		t.Fatal(sealed, err)
	}
	rotated := store(t, func(c *Config) { c.Keys = []sign.AESKey{keyOf(t, 2), keyOf(t, 1)} })
	for _, who := range []*Store{s, rotated} {
		if got := who.open(sealed); !got.Value.Equal(token.Value) || !got.IssuedAt.Equal(token.IssuedAt) || !got.ExpiresAt.Equal(token.ExpiresAt) {
			t.Errorf("%+v", got)
		}
	}
	for name, who := range map[string]*Store{
		"another key":        store(t, func(c *Config) { c.Keys = []sign.AESKey{keyOf(t, 2)} }),
		"another credential": store(t, func(c *Config) { c.Credential = "client-2" }),
	} {
		if got := who.open(sealed); !got.Value.IsZero() {
			t.Errorf("%s opens it", name)
		}
	}
	for _, broken := range []string{"", "zz", sealed[:len(sealed)-2], "00" + sealed} {
		if got := s.open(broken); !got.Value.IsZero() {
			t.Errorf("%q opens", broken)
		}
	}
	leaktest.Check(t, []string{"eyJhbGciOi.t.signature", string(bytes.Repeat([]byte{1}, 32))}, s, token)
}

func TestStatements(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[sqldedupe.Dialect]string{
		sqldedupe.DialectPostgreSQL: "UPDATE t SET token = $1, owner = '', lapses_at = 0 WHERE credential = $2 AND owner = $3",
		sqldedupe.DialectMySQL:      "UPDATE t SET token = ?, owner = '', lapses_at = 0 WHERE credential = ? AND owner = ?",
	} {
		if got := newStatements(dialect, "t").keep; got != want {
			t.Errorf("%s: %s", dialect, got)
		}
	}
	for text, want := range map[string]bool{
		"database is locked (5) (SQLITE_BUSY)": true, "ERROR: deadlock detected (SQLSTATE 40P01)": true,
		"Error 1205 (HY000): Lock wait timeout exceeded": true, "connection refused": false,
	} {
		if busy(errors.New(text)) != want {
			t.Errorf("%s: %t", text, !want)
		}
	}
	if busy(nil) {
		t.Error("nil is busy")
	}
}
