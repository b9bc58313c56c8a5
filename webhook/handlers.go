package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Likeness says how far a request looks like one of a source's. It authenticates
// nothing: the source that is chosen by it does.
type Likeness int

// Likenesses.
const (
	LikenessNone Likeness = iota // it is no request of the source's
	LikenessBody                 // its head does not tell; its body will
	LikenessFull                 // it looks like one
)

// WithLikeness sets what tells the source's requests from those of other sources on
// one address ([NewHandlers]): by their form alone, such as the names of headers. It
// is asked with the head, and once more with the body when no source's is told by it.
func WithLikeness(looks func(*Request) Likeness) SourceOption {
	return func(s *Source) error {
		s.looks = looks
		return nil
	}
}

// Handlers serves several sources on one address. It is safe for concurrent use.
type Handlers struct {
	list  []*Handler
	front *Handler // of what is none of theirs
}

// NewHandlers returns a handler for one address that several sources share. A request
// goes to the first handler whose source it looks like, and goes on from there as if it
// had come to that one alone: the form of a request chooses, and the chosen source
// authenticates. What looks like nobody's is refused with [ErrUnrecognized], which the
// first handler's observer is told.
//
// The providers' sources can all share an address. Where the form stands in the body, as
// with legacy, kazepay, UnionPay's profile U and UQPAY's decisions, that is read first,
// within the largest of the sources' limits and ten seconds.
//
// Sources that no form can tell apart, such as those of two merchants of one provider,
// are an error: let one source look the credentials up. So is a source without
// [WithLikeness].
func NewHandlers(handlers ...*Handler) (*Handlers, error) {
	refuse := func(format string, args ...any) (*Handlers, error) {
		return nil, &issuing.Error{
			Provider: "webhook", Op: "NewHandlers", Kind: issuing.ErrInvalid, Err: fmt.Errorf(format, args...),
		}
	}
	if len(handlers) == 0 {
		return refuse("there is no handler")
	}
	known, largest := map[form]bool{}, int64(0)
	for i, h := range handlers {
		switch {
		case h == nil:
			return refuse("handler %d is nil", i)
		case h.source == nil || h.fn == nil:
			return refuse("handler %d: %w", i, cmp.Or(h.fault, errUnconfigured))
		case h.source.looks == nil:
			return refuse("handler %d: its source of %s has no WithLikeness", i, h.source.provider)
		case known[h.source.form()]:
			return refuse("handler %d: its source's requests look like those of another one of %s;"+
				" let one source look the credentials up", i, h.source.provider)
		}
		known[h.source.form()] = true
		largest = max(largest, h.source.maxBody)
	}
	front := &Source{scheme: nobody{}, now: handlers[0].source.now, maxBody: largest}
	return &Handlers{slices.Clone(handlers), &Handler{source: front, observe: handlers[0].observe}}, nil
}

// form is what a source's requests look like.
type form struct {
	provider string
	looks    uintptr
}

func (s *Source) form() form { return form{s.provider, reflect.ValueOf(s.looks).Pointer()} }

// choose returns the handler that a request is for, nil when it is for none, and
// whether its body has to be seen for that.
func (hs *Handlers) choose(req *Request) (chosen *Handler, open bool) {
	for _, h := range hs.list {
		switch h.source.looks(req) {
		case LikenessFull:
			return h, false
		case LikenessBody:
			open = true
		}
	}
	return nil, open
}

// Handle does what ServeHTTP does for a request that arrived some other way; see
// [Handler.Handle].
func (hs *Handlers) Handle(ctx context.Context, req *Request) Answer {
	front := hs.front.delivery(req)
	front.req.Body = nil
	h, open := hs.choose(&front.req)
	front.req.Body = req.Body
	if h == nil && open {
		h, _ = hs.choose(&front.req)
	}
	if h != nil {
		return h.Handle(ctx, req)
	}
	return front.answered(ctx)
}

// ServeHTTP handles one callback.
func (hs *Handlers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := arrival(r)
	d := hs.front.delivery(&req)
	defer d.loan.repay()
	h, open := hs.choose(&d.req)
	switch {
	case h != nil:
		h.ServeHTTP(w, r)
		return
	case !open || r.Method != http.MethodPost:
		d.early = &early{err: ErrUnrecognized}
		d.serve(w, r)
		return
	}
	arrived := d.await(http.NewResponseController(w), r)
	body, err := d.read(w, r)
	if err == nil {
		arrived()
		d.req.Body = body
		if h, _ = hs.choose(&d.req); h == nil {
			err = ErrUnrecognized
		}
	}
	way := d
	if h != nil {
		way = h.delivery(&req)
		way.begun = d.begun
	}
	way.early = &early{body, err}
	way.serve(w, r)
}

// early is a body that was read to choose the handler.
type early struct {
	body []byte
	err  error
}

// within returns the body for a source that takes limit bytes.
func (e *early) within(limit int64) ([]byte, error) {
	if e.err == nil && int64(len(e.body)) > limit {
		return nil, ErrTooLarge
	}
	return e.body, e.err
}

// nobody is the scheme of what is for no source.
type nobody struct{}

var errNobody = errors.New("webhook: nobody's request was verified")

// Verify implements [Scheme].
func (nobody) Verify(context.Context, *Request) (Verified, error) {
	return Verified{}, ErrUnrecognized
}

// Open implements [Scheme]. Nothing is verified.
func (nobody) Open(context.Context, *Request, Verified) (*Event, error) { return nil, errNobody }

// Answer implements [Scheme].
func (nobody) Answer(_ *Request, result Result) Answer { return StandardAnswer(result) }
