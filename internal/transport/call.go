package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Safety says what a repeat of an operation does.
type Safety int

const (
	// Read asks only; it may be repeated freely.
	Read Safety = iota
	// Keyed writes once per merchant key; it may be repeated with the same key.
	Keyed
	// Checked writes a state that can be read back. The transport repeats it
	// only when it provably never left; the provider package reads the state
	// before any further attempt.
	Checked
	// Once may act again when repeated; it is repeated only when the request
	// provably never left.
	Once
)

// String returns the word that documentation uses.
func (s Safety) String() string {
	switch s {
	case Read:
		return "read"
	case Keyed:
		return "keyed"
	case Checked:
		return "checked"
	default:
		return "once"
	}
}

// Judgement says what an answer means for the operation.
type Judgement int

const (
	// Final: the provider carried the operation out or refused it.
	Final Judgement = iota
	// Busy: the provider did not carry it out and may be asked again later.
	Busy
	// Unclear: the operation may or may not have been carried out.
	Unclear
)

// Call is one logical call: a method body turned into data, for one Do.
type Call struct {
	Op       string // "Cards.Deposit"
	Method   string // HTTP method; "" is POST
	URL      string // absolute
	Template string // path with placeholders, for hooks
	Safety   Safety
	Key      string // the merchant's key, for errors and CallInfo
	// Progress is what the attempts of the logical call have come to, earlier Dos
	// included: attempts are numbered on from it, and one that may have been
	// carried out stays so. A Do has its full number of attempts, and leaves the
	// event of its last one to [Client.Conclude]. Required.
	Progress *Progress

	// Seal makes headers and body of one attempt, numbered from 1. It runs once
	// per attempt, with the attempt's context. An error ends the call.
	Seal func(ctx context.Context, attempt int) (Sealed, error)
	// Judge classifies an answer, with the attempt's context; nil is JudgeStatus.
	Judge func(context.Context, *Response) Judgement
	// MaxResponse bounds the answer; 0 is DefaultMaxResponse.
	MaxResponse int64
	// Sink, when set, receives the body of a 2xx answer as it comes in instead
	// of Response.Body; MaxResponse still holds. Such a call must be a Read and
	// is not repeated once a byte has been written.
	Sink io.Writer
}

// Progress is what the attempts of one logical call have come to, over any
// number of Dos. The zero Progress is that of a call that has not begun.
type Progress struct {
	Attempts  int    // made so far
	Maybe     bool   // one of them may have been carried out
	RequestID string // of the last one

	held    issuing.CallEvent // of the last attempt, until it is known whether another follows
	heldCtx context.Context   // that attempt's
}

// Sealed is what one attempt sends.
type Sealed struct {
	Header http.Header
	Body   []byte
	// Stream, when set, is sent instead of Body. It is closed after use.
	Stream io.ReadCloser
	// Length of Stream; -1 when unknown.
	Length int64
	// RequestID goes into errors and CallInfo: a nonce or trace id.
	RequestID string
	// Key is what this attempt is known by, where a call draws a key for each of
	// them; "" keeps the call's.
	Key string
}

// Response is the last answer of a call, with its whole body.
type Response struct {
	Status    int
	Header    http.Header
	Body      []byte
	RequestID string
	Judgement Judgement
	// Parsed is what Judge made of the body, for the provider's decoder.
	Parsed any
	// Maybe is set by Judge when the operation may have been carried out although
	// the answer is not Unclear.
	Maybe bool

	way *way
}

// HangUp ends the connection of an answer that is to another request: all that follows on
// it may be late by one. It leaves one of HTTP/2 alone, whose answers carry the numbers of
// their requests, and one that another attempt has by now.
func (r *Response) HangUp() {
	if r.way != nil {
		r.way.hangUp()
	}
}

// OK reports a status of success.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Redirected reports a redirect, which is never followed.
func (r *Response) Redirected() bool { return r.Status >= 300 && r.Status < 400 }

// DefaultMaxResponse bounds an answer. The largest documented answers are lists
// of 100 records of below 2 kB each.
const DefaultMaxResponse = 4 << 20

// JudgeStatus classifies by HTTP status alone: 429 is busy, 5xx, 3xx and the
// statuses of a broken hop are unclear, everything else is final.
func JudgeStatus(r *Response) Judgement {
	switch {
	case r.Status == http.StatusTooManyRequests:
		return Busy
	case r.Status >= 500, r.Status >= 300 && r.Status < 400, r.Status == http.StatusRequestTimeout, r.Status == 499:
		return Unclear
	default:
		return Final
	}
}

// KindOfStatus is the kind of an answer whose code, if it has one, is unknown.
func KindOfStatus(status int) error {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return issuing.ErrUnauthorized
	case status == http.StatusNotFound, status == http.StatusGone:
		return issuing.ErrNotFound
	case status == http.StatusConflict:
		return issuing.ErrConflict
	case status == http.StatusPaymentRequired:
		return issuing.ErrInsufficientFunds
	case status == http.StatusTooManyRequests:
		return issuing.ErrRateLimited
	case status >= 500, status == http.StatusRequestTimeout, status == 499:
		return issuing.ErrUnavailable
	case status >= 400:
		return issuing.ErrInvalid
	default:
		return issuing.ErrBadResponse
	}
}

// StatusError is the error of an answer that carries no code of the provider's.
func StatusError(resp *Response) *issuing.Error {
	e := &issuing.Error{Kind: KindOfStatus(resp.Status)}
	switch {
	case resp.Status >= 300 && resp.Status < 400:
		e.Err = issuing.ErrRedirected
	case resp.Status < 300:
		e.Err = fmt.Errorf("not an answer of the documented form (%d bytes, %s)", len(resp.Body), describe(resp))
	}
	return e
}

// describe names the media type of an answer without quoting it.
func describe(resp *Response) string {
	trimmed := bytes.TrimSpace(resp.Body)
	switch {
	case len(trimmed) == 0:
		return "empty"
	case trimmed[0] == '<':
		return "HTML or XML"
	case trimmed[0] == '{' || trimmed[0] == '[':
		return "JSON"
	default:
		return "neither JSON nor HTML"
	}
}

// Unknown turns err into one of unknown outcome.
func Unknown(err *issuing.Error) *issuing.Error {
	if errors.Is(err.Kind, issuing.ErrOutcomeUnknown) {
		return err
	}
	out := *err
	out.Kind, out.Code = issuing.ErrOutcomeUnknown, nil
	var last []string
	if err.Kind != nil {
		last = append(last, err.Kind.Error())
	}
	if err.Code != nil {
		last = append(last, err.Code.Error())
	}
	if len(last) > 0 {
		out.Err = fmt.Errorf("the last attempt ended with: %s", strings.Join(last, ", "))
		if cause := harmless(err.Err); cause != nil {
			out.Err = fmt.Errorf("%w: %w", out.Err, cause)
		}
	}
	return &out
}

// harmless keeps the causes that do not read like a definite failure.
func harmless(err error) error {
	for _, keep := range []error{context.Canceled, context.DeadlineExceeded, issuing.ErrTooLarge, issuing.ErrRedirected} {
		if errors.Is(err, keep) {
			return keep
		}
	}
	if err != nil {
		return errors.New(err.Error())
	}
	return nil
}

// longDigits is a run of digits, perhaps grouped, that could be a card number.
var longDigits = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){11,}`)

// MaskNumbers takes what could be a card number out of a provider's text.
func MaskNumbers(text string) string { return longDigits.ReplaceAllString(text, "[redacted]") }
