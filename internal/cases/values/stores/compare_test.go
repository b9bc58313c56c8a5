package stores

import (
	"reflect"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestDifferentFinds proves that the comparison can fail, and what it lets pass.
func TestDifferentFinds(t *testing.T) {
	t.Parallel()
	type inner struct{ A issuing.Amount }
	type outer struct {
		A       issuing.Amount
		D       issuing.Date
		S       issuing.Secret
		T       time.Time
		P       *inner
		L       []inner
		M       map[string]inner
		V       any
		ignored int
	}
	at := time.Date(2026, 3, 1, 23, 30, 0, 123456789, time.FixedZone("UTC+8", 8*3600))
	full := func() outer {
		return outer{
			A: "1.50", D: "2024-02-29", S: issuing.NewSecret("s"), T: at, P: &inner{"1"}, L: []inner{{"1"}},
			M: map[string]inner{"k": {"1"}}, V: "text", ignored: 1,
		}
	}
	for name, c := range map[string]struct {
		change func(*outer)
		same   bool
	}{
		"digits":          {func(o *outer) { o.A = "1.5" }, false},
		"unset":           {func(o *outer) { o.A = "" }, false},
		"date":            {func(o *outer) { o.D = "" }, false},
		"secret":          {func(o *outer) { o.S = issuing.Secret{} }, false},
		"time":            {func(o *outer) { o.T = at.Add(time.Second) }, false},
		"pointer":         {func(o *outer) { o.P = nil }, false},
		"behind pointer":  {func(o *outer) { o.P = &inner{"2"} }, false},
		"element":         {func(o *outer) { o.L[0].A = "" }, false},
		"list":            {func(o *outer) { o.L = nil }, false},
		"member":          {func(o *outer) { o.M["k"] = inner{} }, false},
		"name of member":  {func(o *outer) { o.M = map[string]inner{"l": {"1"}} }, false},
		"type of content": {func(o *outer) { o.V = 1 }, false},
		"nothing":         {func(*outer) {}, true},
		"secret anew":     {func(o *outer) { o.S = issuing.NewSecret("s") }, true},
		"zone":            {func(o *outer) { o.T = at.UTC() }, true},
		"precision":       {func(o *outer) { o.T = at.Truncate(time.Millisecond) }, true},
		"unexported":      {func(o *outer) { o.ignored = 2 }, true},
	} {
		changed := full()
		c.change(&changed)
		found := different(reflect.ValueOf(full()), reflect.ValueOf(changed), time.Millisecond, "outer")
		if (found == "") != c.same {
			t.Errorf("%s: %q", name, found)
		}
	}
	empty := outer{L: []inner{}, M: map[string]inner{}}
	if found := different(reflect.ValueOf(empty), reflect.ValueOf(outer{}), 1, "outer"); found != "" {
		t.Errorf("empty and nil differ: %s", found)
	}
}
