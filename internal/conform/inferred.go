package conform

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// columns are those of a file of inferred things.
var columns = []string{"section", "what", "setting", "reason"}

// Row is one thing that a provider's documents do not say and this module infers.
type Row struct {
	Section string // of the documents, or of the notes on them
	What    string // what is inferred
	Setting string // what sets it otherwise, such as Config.Zone; "" when nothing does
	Reason  string // why nothing does; "" when Setting is there
}

// ReadInferred reads a CSV file with the columns section, what, setting and reason.
// Every row has section and what, and of setting and reason exactly one. A setting may
// stand in several rows.
func ReadInferred(path string) ([]Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, fmt.Errorf("%s: the columns are not %s", path, strings.Join(columns, ","))
	}
	var rows []Row
	for i, r := range records[1:] {
		row := Row{Section: r[0], What: r[1], Setting: r[2], Reason: r[3]}
		switch {
		case row.Section == "" || row.What == "":
			return nil, fmt.Errorf("%s: row %d has no section, or does not say what", path, i+2)
		case (row.Setting == "") == (row.Reason == ""):
			return nil, fmt.Errorf("%s: row %d needs a setting, or else the reason why none", path, i+2)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Turn proves one setting. The platform in memory has the other value than the one
// that is inferred.
type Turn struct {
	// Unset uses a client as it is by default. It returns the error with which that
	// fails clearly: an [issuing.Error], one of the further sentinels, or [Differs] when
	// what is wrong is a value.
	Unset func(ctx context.Context, t testing.TB) error
	// Set uses a client that is configured, and otherwise the same. It returns nil.
	Set func(ctx context.Context, t testing.TB) error
}

// difference is the error of a value that came out wrong.
type difference struct{ what, got, want string }

func (d *difference) Error() string {
	return fmt.Sprintf("%s is %s, want %s", d.what, d.got, d.want)
}

// Differs returns an error when a value is not as it should be, nil otherwise.
func Differs[T comparable](what string, got, want T) error {
	if got == want {
		return nil
	}
	return &difference{what, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want)}
}

// clear reports whether an error says clearly that something is wrong with the answer
// or callback; further are sentinels of the provider's.
func clear(err error, further []error) bool {
	var call *issuing.Error
	var value *difference
	if errors.As(err, &call) {
		return call.Kind != nil && !errors.Is(err, context.DeadlineExceeded)
	}
	return errors.As(err, &value) || slices.ContainsFunc(further, func(s error) bool { return errors.Is(err, s) })
}

// Inferred turns every setting of a file as [Settings] does. Further are sentinels that
// count as a clear failure, such as those of callbacks.
func Inferred(t *testing.T, path string, turns map[string]Turn, further ...error) {
	t.Helper()
	settings := map[string]func(*testing.T){}
	for setting, turn := range turns {
		settings[setting] = func(t *testing.T) {
			switch err := turn.Unset(t.Context(), t); {
			case err == nil:
				t.Error("the client of the other value works without the setting")
			case !clear(err, further):
				t.Errorf("without the setting it fails by %v (%T), which says little", err, err)
			}
			if err := turn.Set(t.Context(), t); err != nil {
				t.Errorf("with the setting: %v", err)
			}
		}
	}
	Settings(t, path, nil, settings)
}

// Settings turns every setting of a file that is mine, nil is all, each by its function, in
// parallel, and logs how many rows have one. Each setting has a function, and each function
// a row.
func Settings(t *testing.T, path string, mine func(setting string) bool, turns map[string]func(*testing.T)) {
	t.Helper()
	rows, err := ReadInferred(path)
	if err != nil {
		t.Fatal(err)
	}
	turned, reasons := map[string]bool{}, 0
	for _, row := range rows {
		switch {
		case row.Setting == "":
			reasons++
		case mine != nil && !mine(row.Setting) || turned[row.Setting]:
		case turns[row.Setting] == nil:
			t.Errorf("%s, %s: nothing turns %s", row.Section, row.What, row.Setting)
		default:
			turned[row.Setting] = true
			t.Run(row.Setting, func(t *testing.T) { t.Parallel(); turns[row.Setting](t) })
		}
	}
	for setting := range turns {
		if !turned[setting] {
			t.Errorf("%s is turned and has no row in %s", setting, path)
		}
	}
	t.Logf("%s: %d inferred, %d settings turned, %d rows with a reason", path, len(rows), len(turned), reasons)
}
