package wire

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// oddities are the members of a document that cannot be read, each of which costs
// itself alone.
type oddities struct {
	note  func(member, reason string)
	trail []step // to the value at hand
	told  int
}

// step is a part of a path: a member's name, or an element's place.
type step struct {
	name  string // "" for an element
	index int
}

// maxOddities bounds what is told of one document.
const maxOddities = 64

var errSealed = errors.New("is encrypted and does not open")

// tolerate reads a member or an element. It reports whether that can be read, and
// leaves it unset and tells of it otherwise.
func (d *decoder) tolerate(at step, data string, v reflect.Value, p *plan) bool {
	d.odd.trail = append(d.odd.trail, at)
	err := d.decode(data, v, p, "")
	d.odd.trail = d.odd.trail[:len(d.odd.trail)-1]
	if err != nil {
		v.SetZero()
		d.odd.tell(at, err)
	}
	return err == nil
}

// tell names a value one step from here.
func (o *oddities) tell(at step, err error) {
	switch o.told++; {
	case o.told > maxOddities:
		return
	case o.told == maxOddities:
		o.note("...", "further members cannot be read")
		return
	}
	reason := strings.TrimPrefix(err.Error(), "wire: ")
	var mismatched *DecodeError
	if errors.As(err, &mismatched) {
		reason = mismatched.reason()
	}
	o.note(pathOf(append(o.trail, at)), reason)
}

// pathOf returns a path such as "data.list[2].amount".
func pathOf(trail []step) string {
	var b strings.Builder
	for _, s := range trail {
		if s.name == "" {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
	}
	return b.String()
}
