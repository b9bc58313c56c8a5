package legacy

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is a result code of the platform: the body's "status", or the "code" of
// the newer envelope. It is an error, so errors.Is(err, legacy.CodeOrderNotFound)
// works. 200 (or 0 in the newer envelope) is success.
type Code int

// Codes of the legacy pages. [Code.Meaning] has the page's words.
const (
	CodeSuccess             Code = 200
	CodeFailure             Code = 500  // failure; an order may exist all the same, and a query says nothing about it
	CodeException           Code = 5000 // operation exception; an order may exist all the same
	CodeInvalidParameters   Code = 5001 // invalid parameters, oversized images and bodies included
	CodeServiceError        Code = 5006
	CodeDocumentOrder       Code = 5010 // document upload: the card matches no order record
	CodeDocumentOwner       Code = 5011 // document upload: the card belongs to another user
	CodeDuplicateOrder      Code = 5101 // duplicate order: the merchant's order number was used before
	CodeInsufficientReserve Code = 5102 // insufficient reserve balance; no order was created
	CodeOrderNotFound       Code = 5201
)

// Codes of code.md, which the transfer pages under /api/v1 may answer with.
// [Code.Meaning] has the page's words.
const (
	CodeBadRequest         Code = 400
	CodeUnauthorized       Code = 401
	CodeForbidden          Code = 403
	CodeNotFound           Code = 404
	CodeConflict           Code = 409
	CodeTooManyRequests    Code = 429
	CodeServiceUnavailable Code = 503

	CodeValidation       Code = 1001
	CodeTooFrequent      Code = 1004
	CodeInvalidOperation Code = 1006
	CodeDateParse        Code = 1075
	CodeDateFormat       Code = 1076
	CodeFieldMissing     Code = 1101
	CodeFieldValue       Code = 1102
	CodePagination       Code = 1103
	CodePageSize         Code = 1104
	CodeDateRange        Code = 1105
	CodeOwnerMismatch    Code = 1133

	CodeRemittanceNotFound     Code = 16001
	CodeRemittanceExists       Code = 16002
	CodeRemittanceCreateFailed Code = 16003
	CodeRemittanceUpdateFailed Code = 16004
	CodeRemittanceDeleteFailed Code = 16005
	CodeRemittanceQueryFailed  Code = 16006
	CodeRemittanceFieldMissing Code = 16021
	CodeNotificationNotFound   Code = 16501
	CodeInvalidQuote           Code = 16708
)

// codeInfo is one row of the code table.
type codeInfo struct {
	kind    error
	retry   bool // the client repeats the call by itself, where it may
	meaning string
}

var codes = map[Code]codeInfo{
	CodeSuccess:             {meaning: "Success"},
	CodeFailure:             {kind: issuing.ErrUnavailable, retry: true, meaning: "Failure"},
	CodeException:           {kind: issuing.ErrUnavailable, retry: true, meaning: "Operation exception"},
	CodeInvalidParameters:   {kind: issuing.ErrInvalid, meaning: "Invalid parameters"},
	CodeServiceError:        {kind: issuing.ErrUnavailable, retry: true, meaning: "Service error"},
	CodeDocumentOrder:       {kind: issuing.ErrNotFound, meaning: "Order not found"},
	CodeDocumentOwner:       {kind: issuing.ErrUnauthorized, meaning: "Card does not belong to the user"},
	CodeDuplicateOrder:      {kind: issuing.ErrDuplicate, meaning: "Duplicate order submission"},
	CodeInsufficientReserve: {kind: issuing.ErrInsufficientFunds, meaning: "Insufficient reserve balance"},
	CodeOrderNotFound:       {kind: issuing.ErrNotFound, meaning: "Order not found"},

	CodeBadRequest:         {kind: issuing.ErrInvalid, meaning: "Bad Request"},
	CodeUnauthorized:       {kind: issuing.ErrUnauthorized, meaning: "Unauthorized"},
	CodeForbidden:          {kind: issuing.ErrUnauthorized, meaning: "Forbidden"},
	CodeNotFound:           {kind: issuing.ErrNotFound, meaning: "Resource Not Found"},
	CodeConflict:           {kind: issuing.ErrConflict, meaning: "Resource Conflict"},
	CodeTooManyRequests:    {kind: issuing.ErrRateLimited, retry: true, meaning: "Too Many Requests"},
	CodeServiceUnavailable: {kind: issuing.ErrUnavailable, retry: true, meaning: "Service Unavailable"},

	CodeValidation:       {kind: issuing.ErrInvalid, meaning: "Request parameter validation failed"},
	CodeTooFrequent:      {kind: issuing.ErrRateLimited, meaning: "Operation too frequent"},
	CodeInvalidOperation: {kind: issuing.ErrConflict, meaning: "Invalid operation"},
	CodeDateParse:        {kind: issuing.ErrInvalid, meaning: "Date parsing failed"},
	CodeDateFormat:       {kind: issuing.ErrInvalid, meaning: "Invalid date format"},
	CodeFieldMissing:     {kind: issuing.ErrInvalid, meaning: "Required field missing"},
	CodeFieldValue:       {kind: issuing.ErrInvalid, meaning: "Invalid field value"},
	CodePagination:       {kind: issuing.ErrInvalid, meaning: "Invalid pagination parameter"},
	CodePageSize:         {kind: issuing.ErrInvalid, meaning: "Invalid page size parameter"},
	CodeDateRange:        {kind: issuing.ErrInvalid, meaning: "Invalid date range"},
	CodeOwnerMismatch:    {kind: issuing.ErrUnauthorized, meaning: "Owner mismatch"},

	CodeRemittanceNotFound:     {kind: issuing.ErrNotFound, meaning: "Remittance order does not exist"},
	CodeRemittanceExists:       {kind: issuing.ErrDuplicate, meaning: "Remittance order already exists"},
	CodeRemittanceCreateFailed: {kind: issuing.ErrUnavailable, meaning: "Remittance order creation failed"},
	CodeRemittanceUpdateFailed: {kind: issuing.ErrUnavailable, meaning: "Remittance order update failed"},
	CodeRemittanceDeleteFailed: {kind: issuing.ErrUnavailable, meaning: "Remittance order deletion failed"},
	CodeRemittanceQueryFailed:  {kind: issuing.ErrUnavailable, meaning: "Remittance order query failed"},
	CodeRemittanceFieldMissing: {kind: issuing.ErrInvalid, meaning: "Remittance order missing required fields"},
	CodeNotificationNotFound:   {kind: issuing.ErrNotFound, meaning: "Order notification does not exist"},
	CodeInvalidQuote:           {kind: issuing.ErrInvalid, meaning: "Invalid quote exchange rate"},
}

// Error returns the number and, for a known code, its documented meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return fmt.Sprintf("status %d %s", int(c), m)
	}
	return "status " + strconv.Itoa(int(c))
}

// Known reports whether the code lists of the legacy pages, or code.md, have c.
func (c Code) Known() bool {
	_, ok := codes[c]
	return ok
}

// Meaning returns the documented text of a known code, and "" otherwise.
func (c Code) Meaning() string { return codes[c].meaning }

// Kind returns the kind of issuing error that a known code stands for, and nil
// otherwise.
func (c Code) Kind() error { return codes[c].kind }

// Retryable reports whether the client repeats a call with this code by itself,
// as far as the operation allows it.
func (c Code) Retryable() bool { return codes[c].retry }

// settlesOrder reports whether c ends the creation of an order. Every other
// code leaves it open, whatever it sounds like: the pages say of 500 and 5000
// that the order has to be queried.
func (c Code) settlesOrder() bool {
	return among(c, CodeDuplicateOrder, CodeRemittanceExists, CodeInsufficientReserve)
}

// refusedAtTheDoor reports a request that was not taken for one of the merchant's, so that
// no order can have come of it. Status and code have to agree: what stands before the
// platform answers with a status alone.
func refusedAtTheDoor(status int, code Code) bool {
	return among(code, CodeUnauthorized, CodeForbidden) && status == int(code)
}

// refusedForm reports a code that refuses a request for what stands in it. The pages do
// not say that no order comes of it, so a look has to find none as well.
func refusedForm(status int, code Code) bool {
	return (status == http.StatusOK || status == http.StatusBadRequest) && errors.Is(code.Kind(), issuing.ErrInvalid)
}
