package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Bounds of the bodies that a handler holds at once, of which none has been
// authenticated. The documented callbacks fit into their beginnings, which have a
// share of their own: connections that stall in the middle of large bodies do not
// keep it from them.
const (
	beginning       = 8 << 10  // bytes of a body that are its beginning
	beginningsShare = 16 << 20 // for beginnings, some thousands of them
	restsShare      = 8 << 20  // for what goes beyond, or eight bodies of the source's limit if that is more
)

// errFull asks the platform to send again: too many bodies are on their way.
var errFull = fmt.Errorf("webhook: too many bodies at once: %w", issuing.ErrUnavailable)

// budget counts the bytes of bodies in flight.
type budget struct{ beginnings, rests atomic.Int64 }

// loan is what one delivery holds of a budget.
type loan struct {
	from             *budget
	beginning, rests int64
}

// take reserves n bytes more of a share.
func take(share *atomic.Int64, held *int64, n, limit int64) bool {
	if share.Add(n) > limit {
		share.Add(-n)
		return false
	}
	*held += n
	return true
}

// repay gives everything back.
func (l *loan) repay() {
	if l.from == nil {
		return
	}
	l.from.beginnings.Add(-l.beginning)
	l.from.rests.Add(-l.rests)
	*l = loan{}
}

// read returns the body of a request. What it holds is counted before it is
// allocated, and until the delivery has been answered.
func (d *delivery) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := d.source.maxBody
	if d.early != nil {
		return d.early.within(limit)
	}
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	body, err := d.collect(http.MaxBytesReader(w, r.Body, limit), r.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil && len(body) == 0 && r.ContentLength > 0:
		return nil, errUsed
	case err == nil || errors.Is(err, errFull):
		return body, err
	case errors.As(err, &tooLarge):
		return nil, ErrTooLarge
	}
	return nil, fmt.Errorf("%w: %w", ErrBody, err)
}

// collect reads all of a body; announced is its length, negative when that is not
// known.
func (d *delivery) collect(body io.Reader, announced int64) ([]byte, error) {
	d.loan.from = &d.h.budget
	limit := d.source.maxBody
	size := int64(beginning)
	if announced >= 0 {
		size = min(size, announced+1) // one more shows the end
	}
	if !take(&d.h.budget.beginnings, &d.loan.beginning, size, beginningsShare) {
		return nil, errFull
	}
	buf := make([]byte, 0, size)
	for {
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) < cap(buf):
			continue
		}
		grown := min(2*int64(cap(buf)), limit+1)
		if announced >= 0 {
			grown = min(grown, announced+1)
		}
		grown, former := max(grown, int64(cap(buf))+1), d.loan.rests
		if !take(&d.h.budget.rests, &d.loan.rests, grown, max(restsShare, 8*limit)) {
			return nil, errFull
		}
		buf = append(make([]byte, 0, grown), buf...)
		d.h.budget.rests.Add(-former)
		d.loan.rests -= former
	}
}
