package check

import (
	"cmp"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Kinds are what a merchant knows of a platform's codes of failures, each with the kind
// of error that it stands for. They win over what the client has.
type Kinds[C ~string] map[C]error

// kindsOfFailure are those that a code can stand for.
var kindsOfFailure = []error{
	issuing.ErrInvalid, issuing.ErrUnauthorized, issuing.ErrNotFound, issuing.ErrDuplicate, issuing.ErrConflict,
	issuing.ErrInsufficientFunds, issuing.ErrDeclined, issuing.ErrOutcomeUnknown,
}

// Check reports entries for what is no code of a failure, and kinds that are none.
func (k Kinds[C]) Check(p *Problems, setting string, failure func(C) bool) {
	for code, kind := range k {
		field := fmt.Sprintf("%s[%.40q]", setting, string(code))
		switch {
		case !failure(code):
			p.Add(field, "is no code of a failure")
		case !slices.Contains(kindsOfFailure, kind):
			p.Add(field, "has a kind that is none of a failure's")
		}
	}
}

// Open reports whether a code leaves open if the operation was carried out. Own is the
// client's word, where the merchant has none.
func (k Kinds[C]) Open(code C, own bool) bool {
	if kind := k[code]; kind != nil {
		return kind == issuing.ErrOutcomeUnknown
	}
	return own
}

// Kind is the kind of a read's error, where own is the client's; a code that says nothing
// definite is issuing.ErrUnavailable there.
func (k Kinds[C]) Kind(code C, own error) error {
	if k.Open(code, false) {
		return issuing.ErrUnavailable
	}
	return cmp.Or(k[code], own)
}
