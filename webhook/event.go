package webhook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Why a callback is refused. errors.Is tells them apart; none holds an expected
// signature, a header or a body.
var (
	// ErrSignature: the signature is missing or does not verify.
	ErrSignature = fmt.Errorf("webhook: %w", issuing.ErrSignature)
	// ErrTimestamp: the callback is older or further in the future than allowed.
	ErrTimestamp = errors.New("webhook: timestamp outside the allowed window")
	// ErrUnknownKey: the callback names a key or merchant that is not
	// configured. A look-up of credentials returns it for an id that has none.
	ErrUnknownKey = errors.New("webhook: unknown key or merchant")
	// ErrReplay: Verified.Delivery came before, with another event, or although it
	// may come once only.
	ErrReplay = errors.New("webhook: the delivery came before, and may come once only")
	// ErrPayload: the callback is authentic, but its content cannot be opened
	// or decoded.
	ErrPayload = errors.New("webhook: unreadable payload")
	// ErrMethod: the request is not a POST.
	ErrMethod = errors.New("webhook: not a POST")
	// ErrTooLarge: the body is over the source's limit.
	ErrTooLarge = fmt.Errorf("webhook: body %w", issuing.ErrTooLarge)
	// ErrUnrecognized: several sources share the address, and the request looks like
	// none of theirs.
	ErrUnrecognized = errors.New("webhook: no source of this address knows such requests")
	// ErrBody: the body broke off or did not arrive in time.
	ErrBody = errors.New("webhook: the body broke off")
)

var (
	// errUsed: the body was announced and is gone.
	errUsed = fmt.Errorf("%w: it was read before the handler got it", ErrBody)
	// errMissing: what must stand in the head of a signed callback is not there.
	errMissing = errors.New("its headers are missing or malformed")
)

// Why an authentic callback is not acknowledged, or is without its function.
var (
	// ErrPanic: the function panicked. The text says where, and not with what.
	ErrPanic = errors.New("webhook: the function panicked")
	// ErrLate: the function had not ended when the source's deadline passed.
	ErrLate = errors.New("webhook: no answer in time")
	// ErrDuplicate is returned by a [Func], or by a source's dispatch, that finds
	// the event in a record of its own: it is acknowledged, as
	// [OutcomeDuplicate].
	ErrDuplicate = errors.New("webhook: handled before")
)

// Event is one authenticated callback.
type Event struct {
	Provider string // the provider's package name, such as "worldcard"
	Type     string // the provider's type, such as "card_open"
	// Credential names the credential that authenticated the event, of a source that
	// looks them up; empty where it has one alone. It is no secret.
	Credential string
	// ID is the same for every delivery of the event and differs between
	// events of a credential. The Deduper remembers it, with the credential.
	ID   string
	Time time.Time // when the platform sent it; zero when it does not say
	// Question reports that the platform waits for an answer, which the function
	// writes into Data as its type's documentation says. A repeat cannot just be
	// acknowledged, so it reaches the function as well, unless the source still
	// has the first answer.
	Question bool
	// Data points to the provider package's event struct, or is *Unknown.
	Data any
	// Problems name the members that came and could not be read. They are unset in
	// Data; everything else is there, and Raw has them as they came.
	Problems []Problem
	// Raw is the verified plaintext JSON. It may hold card data.
	Raw issuing.Secret
}

// AddProblem notes a member that cannot be read. A scheme calls it and dispatches the
// rest: what is authentic reaches the merchant, unless its type, its id or what it
// claims cannot be told.
func (e *Event) AddProblem(member, reason string) {
	e.Problems = append(e.Problems, Problem{Member: member, Reason: reason})
}

// HasProblem reports whether one of the members, something inside it, or what it
// stands in could not be read.
func (e *Event) HasProblem(members ...string) bool {
	return slices.ContainsFunc(e.Problems, func(p Problem) bool {
		return slices.ContainsFunc(members, func(name string) bool {
			return within(p.Member, name) || within(name, p.Member)
		})
	})
}

// within reports whether a member is another one, or stands inside it.
func within(member, other string) bool {
	rest, ok := strings.CutPrefix(member, other)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Problem is a member of an authentic callback that could not be read. It holds no
// value.
type Problem struct {
	Member string // its path in the callback, such as "list[2].amount"
	Reason string // such as "cannot read a JSON object as issuing.Amount"
}

// Unknown is the Data of an event whose type this version does not know.
type Unknown struct {
	Type string         // the provider's type
	Raw  issuing.Secret // the verified plaintext JSON
}
