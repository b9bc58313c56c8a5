package conform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// node is a JSON value that can be changed: a scalar's text, or members in their order.
type node struct {
	text    string // of a scalar; of anything that a mutation wrote
	names   []string
	members []*node
	object  bool
	list    bool
}

// parse reads a value; nil when the text is none.
func parse(text []byte) *node {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	n, err := read(d)
	if err != nil {
		return nil
	}
	return n
}

func read(d *json.Decoder) (*node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		text, err := json.Marshal(token)
		return &node{text: string(text)}, err
	}
	n := &node{object: delim == '{', list: delim == '['}
	for d.More() {
		if n.object {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, fmt.Sprint(name))
		}
		member, err := read(d)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member)
	}
	_, err = d.Token()
	return n, err
}

func (n *node) write(out *strings.Builder) {
	if !n.object && !n.list || n.text != "" {
		out.WriteString(n.text)
		return
	}
	out.WriteByte("[{"[btoi(n.object)])
	for i, m := range n.members {
		if i > 0 {
			out.WriteByte(',')
		}
		if n.object {
			name, _ := json.Marshal(n.names[i])
			out.Write(name)
			out.WriteByte(':')
		}
		m.write(out)
	}
	out.WriteByte("]}"[btoi(n.object)])
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// all returns a value and everything in it.
func (n *node) all() []*node {
	found := []*node{n}
	for _, m := range n.members {
		found = append(found, m.all()...)
	}
	return found
}

// Sizes of what a mutation writes.
const (
	longText  = 100_000
	deepLevel = 20_000
	manyItems = 5_000
)

// oddities are values that stand where others are expected.
var oddities = []string{
	`null`, `true`, `false`, `""`, `" "`, `"0"`, `0`, `-0`, `-1`, `1e400`, `1E-400`, `1e99999999`,
	`0.1000000000000000000000001`, `12345678901234567890123456789`, `99999999999999`, `-62135596801000`,
	`"\u0000"`, `"\ud800"`, `"a\nb"`, `"../../x"`, `"NaN"`, `"9999-99-99"`, `"<b>"`, `"\u202e"`,
	`[]`, `{}`, `[null]`, `{"":null}`, `[[[[]]]]`, `"SUCCESS"`, `"FAILED"`,
	`+1`, `01`, `.5`, `'x'`, `undefined`, "\"\xff\xfe\"", `"` + "\t" + `"`,
}

// Mutate returns a document with one to three changes: values of other types, sizes and
// forms, members that are missing, twice, renamed or moved, nesting, and now and then
// bytes that are no JSON any more. The same seed makes the same document.
func Mutate(seed uint64, document []byte) []byte {
	r := rand.New(rand.NewPCG(seed, 0x6b617a65))
	root := parse(document)
	if root == nil || r.IntN(20) == 0 {
		return mutateBytes(r, document)
	}
	for range 1 + r.IntN(3) {
		nodes := root.all()
		mutateNode(r, nodes[r.IntN(len(nodes))])
	}
	var out strings.Builder
	root.write(&out)
	return []byte(out.String())
}

// mutateNode changes one value.
func mutateNode(r *rand.Rand, n *node) {
	choice := r.IntN(12)
	if len(n.members) > 0 && choice < 6 {
		mutateMembers(r, n, choice)
		return
	}
	switch choice {
	case 0:
		n.text = strconv.Quote(strings.Repeat("x", longText))
	case 1:
		n.text = strings.Repeat("9", longText)
	case 2:
		n.text = strings.Repeat("[", deepLevel) + strings.Repeat("]", deepLevel)
	case 3:
		n.text = strings.Repeat(`{"a":`, deepLevel) + "1" + strings.Repeat("}", deepLevel)
	case 4:
		var inner strings.Builder
		n.write(&inner)
		n.text = "[" + inner.String() + "]"
	case 5: // a text becomes what stands in it, anything else a text
		var inner strings.Builder
		n.write(&inner)
		if text, err := strconv.Unquote(inner.String()); err == nil && text != "" {
			n.text = text
		} else {
			n.text = strconv.Quote(inner.String())
		}
	case 6:
		n.text = "[" + strings.TrimSuffix(strings.Repeat(`{"a":1},`, manyItems), ",") + "]"
	default:
		n.text = oddities[r.IntN(len(oddities))]
	}
}

// mutateMembers changes the members of an object or list.
func mutateMembers(r *rand.Rand, n *node, choice int) {
	i, j := r.IntN(len(n.members)), r.IntN(len(n.members))
	switch choice {
	case 0: // one is missing
		n.members = append(append([]*node{}, n.members[:i]...), n.members[i+1:]...)
		if n.object {
			n.names = append(append([]string{}, n.names[:i]...), n.names[i+1:]...)
		}
	case 1: // two change places
		n.members[i], n.members[j] = n.members[j], n.members[i]
	case 2: // one stands twice, with another value
		n.members = append(n.members, &node{text: oddities[r.IntN(len(oddities))]})
		if n.object {
			n.names = append(n.names, n.names[i])
		}
	case 3: // one has another name
		if n.object {
			name := n.names[i]
			n.names[i] = []string{strings.ToUpper(name), name + " ", "", strings.Repeat(name, 1000), "__proto__"}[r.IntN(5)]
		}
	case 4: // many more
		for k := range manyItems {
			n.members = append(n.members, &node{text: strconv.Itoa(k)})
			if n.object {
				n.names = append(n.names, "m"+strconv.Itoa(k))
			}
		}
	default: // nothing left
		n.names, n.members = nil, nil
	}
}

// mutateBytes changes a document that is, or becomes, no JSON.
func mutateBytes(r *rand.Rand, document []byte) []byte {
	out := bytes.Clone(document)
	if len(out) == 0 {
		return []byte(oddities[r.IntN(len(oddities))])
	}
	switch i := r.IntN(len(out)); r.IntN(5) {
	case 0:
		return out[:i]
	case 1:
		out[i] ^= byte(1 << r.IntN(8))
	case 2:
		return append(out, out...)
	case 3:
		return append([]byte("\xef\xbb\xbf"), out...)
	default:
		return append(out, "<html>"...)
	}
	return out
}

// Limits of what one answer or callback may cost.
const (
	patience  = 30 * time.Second
	maxMemory = 64 << 20 // bytes allocated in all
)

// Unharmed runs what a hostile message is given to, and reports a panic, a run that
// does not end, and one that allocates more than 64 MiB. The last is measured over the
// whole process: nothing else may run meanwhile.
func Unharmed(t testing.TB, name string, run func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	panicked := make(chan any, 1)
	go func() {
		defer func() { panicked <- recover() }()
		run()
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case value := <-panicked:
		if value != nil {
			t.Fatalf("%s: panics: %v", name, value)
		}
	case <-timer.C:
		t.Fatalf("%s: does not end in %v", name, patience)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > maxMemory {
		t.Errorf("%s: allocates %d MiB", name, used>>20)
	}
}
