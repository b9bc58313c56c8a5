package issuing

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"time"
)

// Value gives the digits, NULL when unset, and an error for a malformed amount; it
// implements [driver.Valuer]. The column is a text, or a decimal of fixed point.
func (a Amount) Value() (driver.Value, error) {
	if a == "" {
		return nil, nil
	}
	return string(a), a.Check()
}

// Scan reads a text, an integer, or NULL, which is unset; it implements sql.Scanner. A
// column of floating point is refused, because it does not hold decimals; a column of
// SQLite that is declared as NUMERIC or DECIMAL is one.
func (a *Amount) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*a = ""
		return nil
	case string:
		return a.UnmarshalText([]byte(src))
	case []byte:
		return a.UnmarshalText(src)
	case int64:
		*a = Amount(strconv.FormatInt(src, 10))
		return nil
	}
	return fmt.Errorf("amount: a column of type %T holds no exact decimal; make it text or numeric", src)
}

// Value gives YYYY-MM-DD, NULL when unset, and an error for a date that does not exist; it
// implements [driver.Valuer].
func (d Date) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	text, err := d.MarshalText()
	return string(text), err
}

// Scan reads a text, a time, of which the date in its own zone counts, or NULL, which is
// unset; it implements sql.Scanner.
func (d *Date) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*d = ""
		return nil
	case string:
		return d.UnmarshalText([]byte(src))
	case []byte:
		return d.UnmarshalText(src)
	case time.Time:
		*d = DateOf(src)
		return nil
	}
	return fmt.Errorf("date: a column of type %T is not a date", src)
}
