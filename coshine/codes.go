package coshine

import (
	"fmt"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is a response code: two characters. "00" is success. It is an error, so
// errors.Is(err, coshine.CodeInvalidCardNumber) works. The list is open; unknown
// codes are kept as they come.
type Code string

// Published response codes.
const (
	CodeSuccess            Code = "00" // no error
	CodeInvalidParticipant Code = "01" // participantId is missing or wrong
	CodeInvalidCardNumber  Code = "02" // invalid card number
	CodeInvalidCardStatus  Code = "03" // the card is cancelled or not activated
	CodeInvalidCardToken   Code = "04" // invalid card token
	CodeRestricted         Code = "10" // restricted access; Coshine enables each interface
	CodePINBlockFormat     Code = "24" // the (new) PIN block has a wrong format
	CodeInvalidPIN         Code = "55" // wrong PIN; it counts, never repeat it by a program
	CodeUnexpected         Code = "99" // unexpected data retrieval error; the outcome of a write is open
)

// Codes that Coshine has not published. The reference expects ISO 8583 values
// in answers about transactions; these are that standard's.
const (
	CodeInsufficientFunds Code = "51" // inferred: the balance does not cover it
	CodeDuplicate         Code = "94" // inferred: the transmission was seen before
)

// codeInfo is one row of the code table.
type codeInfo struct {
	kind    error
	meaning string
}

var codes = map[Code]codeInfo{
	CodeInvalidParticipant: {issuing.ErrUnauthorized, "invalid participant"},
	CodeInvalidCardNumber:  {issuing.ErrNotFound, "invalid card number"},
	CodeInvalidCardStatus:  {issuing.ErrConflict, "invalid card status"},
	CodeInvalidCardToken:   {issuing.ErrNotFound, "invalid card token"},
	CodeRestricted:         {issuing.ErrUnauthorized, "restricted access"},
	CodePINBlockFormat:     {issuing.ErrInvalid, "PIN block format error"},
	CodeInvalidPIN:         {issuing.ErrDeclined, "invalid PIN block or PIN"},
	CodeUnexpected:         {issuing.ErrUnavailable, "unexpected data retrieval error"},

	CodeInsufficientFunds: {issuing.ErrInsufficientFunds, "insufficient funds (inferred)"},
	CodeDuplicate:         {issuing.ErrDuplicate, "duplicate transmission (inferred)"},
}

// stillOpen lists the codes that leave open whether a write was carried out: the
// published one, and those of ISO 8583 for in progress, invalid response,
// suspected malfunction, late response, issuer unavailable and system failure.
// Calling one of them a failure could move money twice.
var stillOpen = map[Code]bool{
	CodeUnexpected: true, "09": true, "20": true, "22": true, "68": true, "91": true, "96": true,
}

// Error returns the code and, for a known one, its meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return "code " + clipCode(c) + " " + m
	}
	return "code " + clipCode(c)
}

// clipCode quotes a code that is not of the documented form.
func clipCode(c Code) string {
	if c.wellFormed() {
		return string(c)
	}
	return fmt.Sprintf("%.8q", string(c))
}

// wellFormed reports whether c has two letters or digits. Other texts, such as "[]" and
// "-1", say nothing about a write.
func (c Code) wellFormed() bool {
	return len(c) == 2 && strings.Trim(string(c), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

// Known reports whether c is published or one of the inferred codes above.
func (c Code) Known() bool {
	_, ok := codes[c]
	return ok || c == CodeSuccess
}

// Meaning returns the documented text of a known code, and "" otherwise.
func (c Code) Meaning() string { return codes[c].meaning }

// Kind returns the kind of issuing error that a known code stands for, and nil
// otherwise.
func (c Code) Kind() error {
	if stillOpen[c] {
		return issuing.ErrUnavailable
	}
	return codes[c].kind
}

// Open reports whether a write that was answered with c may have been carried
// out nevertheless.
func (c Code) Open() bool { return stillOpen[c] }

// Retryable reports whether the client repeats a call with this code by itself.
// No code is: the platform has answered.
func (c Code) Retryable() bool { return false }
