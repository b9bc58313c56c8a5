package provider

import (
	"context"
	"io"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Op is what the core needs of a row of an operation table.
type Op struct {
	Name   string // service and method, such as "Cards.Deposit"
	Safety transport.Safety
	// LookFirst has a keyed operation looked up before each repeat, where the
	// provider's word about a repeated key is not enough.
	LookFirst bool
	// Settle says how an open outcome is settled.
	Settle Settle
	// Capability is what it offers, for merchants: no call reads it.
	Capability Capability
}

// Exchange is one logical call of a provider's protocol. Its methods run one
// after the other, on the calling goroutine. What they do with the merchant's own
// keys goes through [UseKey], within the context that they are given.
type Exchange interface {
	// Encode makes the request once, before the first attempt. An error ends the
	// call unsent: its kind is issuing.ErrInvalid unless it is an *issuing.Error
	// of another kind.
	Encode(cs issuing.CallSettings) (Plan, error)
	// Seal makes one attempt: envelope, nonce, time, signature, token. Attempts
	// are numbered from 1 over the whole logical call. A read whose protocol wants
	// a new key for each attempt gives it here.
	Seal(ctx context.Context, attempt int) (transport.Sealed, error)
	// Judge says what an answer means for the operation. What it reads of the body
	// it leaves in Parsed, for Open.
	Judge(ctx context.Context, r *transport.Response) Verdict
	// Open splits an answer that ends the call. An error that is a *Refusal is the
	// platform's word that it did not do what was asked; any other is a success
	// that cannot be believed.
	Open(ctx context.Context, r *transport.Response) (Answer, error)
}

// Plan is where and how an encoded request goes.
type Plan struct {
	Method   string // HTTP method; "" is POST
	URL      string // absolute
	Template string // path with placeholders, for hooks
	// Key is the key of a write that the protocol draws or takes from the call
	// option. Empty keeps the key of the Call.
	Key string
	// Once sends a request whose body cannot be sent again once, whatever the
	// row's safety is.
	Once bool
	// MaxResponse bounds the answer; 0 is transport.DefaultMaxResponse.
	MaxResponse int64
	// Sink receives the body of a successful answer to a read as it comes in.
	Sink io.Writer
}

// Verdict is what an answer means. The zero Verdict ends the call.
type Verdict struct {
	Judgement transport.Judgement
	// Maybe says that the operation may have been carried out, although the answer
	// is none that says so: one that nobody signed, or that an earlier request
	// with the same key is under way.
	Maybe bool
	// Again, when set, goes on with the same logical call.
	Again *Again
}

// Again is how a logical call goes on after an answer. The exchange bounds how
// often it may.
type Again struct {
	URL  string        // another address; "" is the same
	Wait time.Duration // before the next attempt
	Same bool          // the last attempt's bytes as they were, instead of a fresh seal
}

// Answer is an opened answer.
type Answer struct {
	Raw  []byte // the verified plaintext of all of it, for issuing.CallInfo
	Data []byte // the part that is decoded into the result
}

// Refusal is the error of an answer by which the platform did not do what was
// asked.
type Refusal struct {
	Err *issuing.Error // kind, code, message and cause
	// Final says that it is the operation's result even after an attempt that may
	// have been carried out, because the platform answers a repeat with the first
	// result.
	Final bool
	// Maybe says that the operation may have been carried out nevertheless.
	Maybe bool
	// Ambiguous says that it may mean that the key was used before: the operation
	// is looked up.
	Ambiguous bool
	// Absent says that it refuses the request before anything is carried out, which
	// stands once a look finds nothing: both together leave nothing open. Set it with
	// Maybe.
	Absent bool
	// Lasting says that a repeat would be answered in the same way.
	Lasting bool
}

// Error returns the platform's error.
func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the platform's error.
func (r *Refusal) Unwrap() error { return r.Err }

// StatusRefusal is the refusal of an answer that carries no code of the
// provider's.
func StatusRefusal(r *transport.Response) *Refusal { return &Refusal{Err: transport.StatusError(r)} }
