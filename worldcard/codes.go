package worldcard

import (
	"fmt"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is a result code of the platform: of the body's "code", or of the HTTP
// status table that shares its numbers. 0 is success. It is an error, so
// errors.Is(err, worldcard.CodeCardNotFound) works.
type Code int

// Codes of code.md, and 10028, 10033 and 10044 of the physical card pages,
// which code.md leaves out.
const (
	CodeBadRequest         Code = 400 // bad request
	CodeUnauthorized       Code = 401 // unauthorized
	CodeForbidden          Code = 403 // forbidden
	CodeNotFound           Code = 404 // resource not found
	CodeConflict           Code = 409 // resource conflict
	CodeTooManyRequests    Code = 429 // too many requests
	CodeInternalError      Code = 500 // internal server error; the outcome of a write is open
	CodeServiceUnavailable Code = 503 // service unavailable; the outcome of a write is open

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

	CodeCardNotFound        Code = 10001 // card does not exist
	CodeCardDisabled        Code = 10002 // card has been disabled
	CodeCardTypeNotFound    Code = 10005 // card type does not exist
	CodeInsufficientQuota   Code = 10007 // insufficient card quota
	CodeBINNotFound         Code = 10008 // card BIN does not exist
	CodeBINDisabled         Code = 10009 // card BIN has been disabled
	CodeOrderNotFound       Code = 10010 // card order does not exist
	CodeDuplicateOrder      Code = 10011 // duplicate card order: the merchant's key was used before
	CodeInvalidAmount       Code = 10013 // invalid card amount
	CodeTransactionNotFound Code = 10016 // card transaction record does not exist
	CodeUnsupportedCardType Code = 10017 // unsupported card type
	CodeInvalidParameter    Code = 10018 // invalid card parameter
	CodeUserMismatch        Code = 10019 // card user mismatch
	CodeIssuanceFailed      Code = 10021 // card issuance failed
	CodeCloseFailed         Code = 10024 // card cancellation failed
	CodeFreezeFailed        Code = 10025 // card freeze failed
	CodeUnfreezeFailed      Code = 10026 // card unfreeze failed
	CodeKYCNotCompleted     Code = 10028 // KYC not completed; assigning has to wait
	CodeInsufficientReserve Code = 10031 // insufficient card reserve balance
	CodeKYCUnavailable      Code = 10033 // KYC service unavailable; retried
	CodeKYCNotAllowed       Code = 10044 // card status does not allow initiating KYC

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
	CodeBadRequest:         {issuing.ErrInvalid, false, "Bad Request"},
	CodeUnauthorized:       {issuing.ErrUnauthorized, false, "Unauthorized"},
	CodeForbidden:          {issuing.ErrUnauthorized, false, "Forbidden"},
	CodeNotFound:           {issuing.ErrNotFound, false, "Resource Not Found"},
	CodeConflict:           {issuing.ErrConflict, false, "Resource Conflict"},
	CodeTooManyRequests:    {issuing.ErrRateLimited, true, "Too Many Requests"},
	CodeInternalError:      {issuing.ErrUnavailable, true, "Internal Server Error"},
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

	CodeCardNotFound:        {issuing.ErrNotFound, false, "Card does not exist"},
	CodeCardDisabled:        {issuing.ErrConflict, false, "Card has been disabled"},
	CodeCardTypeNotFound:    {issuing.ErrInvalid, false, "Card type does not exist"},
	CodeInsufficientQuota:   {issuing.ErrInsufficientFunds, false, "Insufficient card quota"},
	CodeBINNotFound:         {issuing.ErrNotFound, false, "Card BIN does not exist"},
	CodeBINDisabled:         {issuing.ErrConflict, false, "Card BIN has been disabled"},
	CodeOrderNotFound:       {issuing.ErrNotFound, false, "Card order does not exist"},
	CodeDuplicateOrder:      {issuing.ErrDuplicate, false, "Duplicate card order"},
	CodeInvalidAmount:       {issuing.ErrInvalid, false, "Invalid card amount"},
	CodeTransactionNotFound: {issuing.ErrNotFound, false, "Card transaction record does not exist"},
	CodeUnsupportedCardType: {issuing.ErrInvalid, false, "Unsupported card type"},
	CodeInvalidParameter:    {issuing.ErrInvalid, false, "Invalid card parameter"},
	CodeUserMismatch:        {issuing.ErrUnauthorized, false, "Card user mismatch"},
	CodeIssuanceFailed:      {issuing.ErrDeclined, false, "Card issuance failed"},
	CodeCloseFailed:         {issuing.ErrDeclined, false, "Card cancellation failed"},
	CodeFreezeFailed:        {issuing.ErrDeclined, false, "Card freeze failed"},
	CodeUnfreezeFailed:      {issuing.ErrDeclined, false, "Card unfreeze failed"},
	CodeKYCNotCompleted:     {issuing.ErrConflict, false, "KYC not completed"},
	CodeInsufficientReserve: {issuing.ErrInsufficientFunds, false, "Insufficient card reserve balance"},
	CodeKYCUnavailable:      {issuing.ErrUnavailable, true, "KYC service unavailable"},
	CodeKYCNotAllowed:       {issuing.ErrConflict, false, "Card status does not allow initiating KYC"},

	CodeRemittanceNotFound:     {issuing.ErrNotFound, false, "Remittance order does not exist"},
	CodeRemittanceExists:       {issuing.ErrDuplicate, false, "Remittance order already exists"},
	CodeRemittanceCreateFailed: {issuing.ErrDeclined, false, "Remittance order creation failed"},
	CodeRemittanceUpdateFailed: {issuing.ErrDeclined, false, "Remittance order update failed"},
	CodeRemittanceDeleteFailed: {issuing.ErrDeclined, false, "Remittance order deletion failed"},
	CodeRemittanceQueryFailed:  {issuing.ErrUnavailable, false, "Remittance order query failed"},
	CodeRemittanceFieldMissing: {issuing.ErrInvalid, false, "Remittance order missing required fields"},
	CodeNotificationNotFound:   {issuing.ErrNotFound, false, "Order notification does not exist"},
	CodeInvalidQuote:           {issuing.ErrInvalid, false, "Invalid quote exchange rate"},
}

// Error returns the number and, for a known code, its documented meaning.
func (c Code) Error() string {
	if m := c.Meaning(); m != "" {
		return fmt.Sprintf("code %d %s", int(c), m)
	}
	return "code " + strconv.Itoa(int(c))
}

// Known reports whether code.md lists c.
func (c Code) Known() bool {
	_, ok := codes[c]
	return ok || c == 0
}

// Meaning returns the documented text of a known code, and "" otherwise.
func (c Code) Meaning() string { return codes[c].meaning }

// Kind returns the kind of issuing error that a known code stands for, and nil
// otherwise.
func (c Code) Kind() error { return codes[c].kind }

// Retryable reports whether the client repeats a call with this code by itself,
// as far as the operation allows it.
func (c Code) Retryable() bool { return codes[c].retry }
