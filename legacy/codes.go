package legacy

import (
	"fmt"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is a result code of the platform: the body's "status", or the "code" of
// the newer envelope. It is an error, so errors.Is(err, legacy.CodeOrderNotFound)
// works. 200 (or 0 in the newer envelope) is success.
type Code int

// Codes of the legacy pages.
const (
	CodeSuccess             Code = 200  // success
	CodeFailure             Code = 500  // failure; an order may exist all the same, and a query says nothing about it
	CodeException           Code = 5000 // operation exception; an order may exist all the same
	CodeInvalidParameters   Code = 5001 // invalid parameters, oversized images and bodies included
	CodeServiceError        Code = 5006 // service error
	CodeDocumentOrder       Code = 5010 // document upload: the card matches no order record
	CodeDocumentOwner       Code = 5011 // document upload: the card belongs to another user
	CodeDuplicateOrder      Code = 5101 // duplicate order: the merchant's order number was used before
	CodeInsufficientReserve Code = 5102 // insufficient reserve balance; no order was created
	CodeOrderNotFound       Code = 5201 // order not found
)

// Codes of code.md, which the transfer pages under /api/v1 may answer with.
const (
	CodeBadRequest         Code = 400 // bad request
	CodeUnauthorized       Code = 401 // unauthorized
	CodeForbidden          Code = 403 // forbidden
	CodeNotFound           Code = 404 // resource not found
	CodeConflict           Code = 409 // resource conflict
	CodeTooManyRequests    Code = 429 // too many requests
	CodeServiceUnavailable Code = 503 // service unavailable

	CodeValidation       Code = 1001 // request parameter validation failed
	CodeTooFrequent      Code = 1004 // operation too frequent
	CodeInvalidOperation Code = 1006 // invalid operation
	CodeDateParse        Code = 1075 // date parsing failed
	CodeDateFormat       Code = 1076 // invalid date format
	CodeFieldMissing     Code = 1101 // required field missing
	CodeFieldValue       Code = 1102 // invalid field value
	CodePagination       Code = 1103 // invalid pagination parameter
	CodePageSize         Code = 1104 // invalid page size parameter
	CodeDateRange        Code = 1105 // invalid date range
	CodeOwnerMismatch    Code = 1133 // owner mismatch

	CodeRemittanceNotFound     Code = 16001 // remittance order does not exist
	CodeRemittanceExists       Code = 16002 // remittance order already exists
	CodeRemittanceCreateFailed Code = 16003 // remittance order creation failed
	CodeRemittanceUpdateFailed Code = 16004 // remittance order update failed
	CodeRemittanceDeleteFailed Code = 16005 // remittance order deletion failed
	CodeRemittanceQueryFailed  Code = 16006 // remittance order query failed
	CodeRemittanceFieldMissing Code = 16021 // remittance order missing required fields
	CodeNotificationNotFound   Code = 16501 // order notification does not exist
	CodeInvalidQuote           Code = 16708 // invalid quote exchange rate
)

// codeInfo is one row of the code table.
type codeInfo struct {
	kind    error
	retry   bool // the client repeats the call by itself, where it may
	meaning string
}

var codes = map[Code]codeInfo{
	CodeSuccess:             {nil, false, "Success"},
	CodeFailure:             {issuing.ErrUnavailable, true, "Failure"},
	CodeException:           {issuing.ErrUnavailable, true, "Operation exception"},
	CodeInvalidParameters:   {issuing.ErrInvalid, false, "Invalid parameters"},
	CodeServiceError:        {issuing.ErrUnavailable, true, "Service error"},
	CodeDocumentOrder:       {issuing.ErrNotFound, false, "Order not found"},
	CodeDocumentOwner:       {issuing.ErrUnauthorized, false, "Card does not belong to the user"},
	CodeDuplicateOrder:      {issuing.ErrDuplicate, false, "Duplicate order submission"},
	CodeInsufficientReserve: {issuing.ErrInsufficientFunds, false, "Insufficient reserve balance"},
	CodeOrderNotFound:       {issuing.ErrNotFound, false, "Order not found"},

	CodeBadRequest:         {issuing.ErrInvalid, false, "Bad Request"},
	CodeUnauthorized:       {issuing.ErrUnauthorized, false, "Unauthorized"},
	CodeForbidden:          {issuing.ErrUnauthorized, false, "Forbidden"},
	CodeNotFound:           {issuing.ErrNotFound, false, "Resource Not Found"},
	CodeConflict:           {issuing.ErrConflict, false, "Resource Conflict"},
	CodeTooManyRequests:    {issuing.ErrRateLimited, true, "Too Many Requests"},
	CodeServiceUnavailable: {issuing.ErrUnavailable, true, "Service Unavailable"},

	CodeValidation:       {issuing.ErrInvalid, false, "Request parameter validation failed"},
	CodeTooFrequent:      {issuing.ErrRateLimited, false, "Operation too frequent"},
	CodeInvalidOperation: {issuing.ErrConflict, false, "Invalid operation"},
	CodeDateParse:        {issuing.ErrInvalid, false, "Date parsing failed"},
	CodeDateFormat:       {issuing.ErrInvalid, false, "Invalid date format"},
	CodeFieldMissing:     {issuing.ErrInvalid, false, "Required field missing"},
	CodeFieldValue:       {issuing.ErrInvalid, false, "Invalid field value"},
	CodePagination:       {issuing.ErrInvalid, false, "Invalid pagination parameter"},
	CodePageSize:         {issuing.ErrInvalid, false, "Invalid page size parameter"},
	CodeDateRange:        {issuing.ErrInvalid, false, "Invalid date range"},
	CodeOwnerMismatch:    {issuing.ErrUnauthorized, false, "Owner mismatch"},

	CodeRemittanceNotFound:     {issuing.ErrNotFound, false, "Remittance order does not exist"},
	CodeRemittanceExists:       {issuing.ErrDuplicate, false, "Remittance order already exists"},
	CodeRemittanceCreateFailed: {issuing.ErrUnavailable, false, "Remittance order creation failed"},
	CodeRemittanceUpdateFailed: {issuing.ErrUnavailable, false, "Remittance order update failed"},
	CodeRemittanceDeleteFailed: {issuing.ErrUnavailable, false, "Remittance order deletion failed"},
	CodeRemittanceQueryFailed:  {issuing.ErrUnavailable, false, "Remittance order query failed"},
	CodeRemittanceFieldMissing: {issuing.ErrInvalid, false, "Remittance order missing required fields"},
	CodeNotificationNotFound:   {issuing.ErrNotFound, false, "Order notification does not exist"},
	CodeInvalidQuote:           {issuing.ErrInvalid, false, "Invalid quote exchange rate"},
}

// Error returns the number and, for a known code, its documented meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return fmt.Sprintf("status %d %s", int(c), m)
	}
	return "status " + strconv.Itoa(int(c))
}

// Known reports whether c was documented when this version was released.
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
