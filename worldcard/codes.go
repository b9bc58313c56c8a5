package worldcard

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Code is a result code of the platform: of the body's "code", or of the HTTP
// status table that shares its numbers. 0 is success. It is an error, so
// errors.Is(err, worldcard.CodeCardNotFound) works.
type Code int

// Codes of code.md, and 10028, 10033 and 10044 of the physical card pages,
// which code.md leaves out. [Code.Meaning] has the pages' words.
const (
	CodeBadRequest         Code = 400
	CodeUnauthorized       Code = 401
	CodeForbidden          Code = 403
	CodeNotFound           Code = 404
	CodeConflict           Code = 409
	CodeTooManyRequests    Code = 429
	CodeInternalError      Code = 500 // the outcome of a write is open
	CodeServiceUnavailable Code = 503 // the outcome of a write is open

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

	CodeCardNotFound        Code = 10001
	CodeCardDisabled        Code = 10002
	CodeCardTypeNotFound    Code = 10005
	CodeInsufficientQuota   Code = 10007
	CodeBINNotFound         Code = 10008
	CodeBINDisabled         Code = 10009
	CodeOrderNotFound       Code = 10010
	CodeDuplicateOrder      Code = 10011 // the merchant's key was used before
	CodeInvalidAmount       Code = 10013
	CodeTransactionNotFound Code = 10016
	CodeUnsupportedCardType Code = 10017
	CodeInvalidParameter    Code = 10018
	CodeUserMismatch        Code = 10019
	CodeIssuanceFailed      Code = 10021
	CodeCloseFailed         Code = 10024
	CodeFreezeFailed        Code = 10025
	CodeUnfreezeFailed      Code = 10026
	CodeKYCNotCompleted     Code = 10028 // assigning has to wait
	CodeInsufficientReserve Code = 10031
	CodeKYCUnavailable      Code = 10033 // retried
	CodeKYCNotAllowed       Code = 10044

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
	CodeBadRequest:         {kind: issuing.ErrInvalid, meaning: "Bad Request"},
	CodeUnauthorized:       {kind: issuing.ErrUnauthorized, meaning: "Unauthorized"},
	CodeForbidden:          {kind: issuing.ErrUnauthorized, meaning: "Forbidden"},
	CodeNotFound:           {kind: issuing.ErrNotFound, meaning: "Resource Not Found"},
	CodeConflict:           {kind: issuing.ErrConflict, meaning: "Resource Conflict"},
	CodeTooManyRequests:    {kind: issuing.ErrRateLimited, retry: true, meaning: "Too Many Requests"},
	CodeInternalError:      {kind: issuing.ErrUnavailable, retry: true, meaning: "Internal Server Error"},
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

	CodeCardNotFound:        {kind: issuing.ErrNotFound, meaning: "Card does not exist"},
	CodeCardDisabled:        {kind: issuing.ErrConflict, meaning: "Card has been disabled"},
	CodeCardTypeNotFound:    {kind: issuing.ErrInvalid, meaning: "Card type does not exist"},
	CodeInsufficientQuota:   {kind: issuing.ErrInsufficientFunds, meaning: "Insufficient card quota"},
	CodeBINNotFound:         {kind: issuing.ErrNotFound, meaning: "Card BIN does not exist"},
	CodeBINDisabled:         {kind: issuing.ErrConflict, meaning: "Card BIN has been disabled"},
	CodeOrderNotFound:       {kind: issuing.ErrNotFound, meaning: "Card order does not exist"},
	CodeDuplicateOrder:      {kind: issuing.ErrDuplicate, meaning: "Duplicate card order"},
	CodeInvalidAmount:       {kind: issuing.ErrInvalid, meaning: "Invalid card amount"},
	CodeTransactionNotFound: {kind: issuing.ErrNotFound, meaning: "Card transaction record does not exist"},
	CodeUnsupportedCardType: {kind: issuing.ErrInvalid, meaning: "Unsupported card type"},
	CodeInvalidParameter:    {kind: issuing.ErrInvalid, meaning: "Invalid card parameter"},
	CodeUserMismatch:        {kind: issuing.ErrUnauthorized, meaning: "Card user mismatch"},
	CodeIssuanceFailed:      {kind: issuing.ErrDeclined, meaning: "Card issuance failed"},
	CodeCloseFailed:         {kind: issuing.ErrDeclined, meaning: "Card cancellation failed"},
	CodeFreezeFailed:        {kind: issuing.ErrDeclined, meaning: "Card freeze failed"},
	CodeUnfreezeFailed:      {kind: issuing.ErrDeclined, meaning: "Card unfreeze failed"},
	CodeKYCNotCompleted:     {kind: issuing.ErrConflict, meaning: "KYC not completed"},
	CodeInsufficientReserve: {kind: issuing.ErrInsufficientFunds, meaning: "Insufficient card reserve balance"},
	CodeKYCUnavailable:      {kind: issuing.ErrUnavailable, retry: true, meaning: "KYC service unavailable"},
	CodeKYCNotAllowed:       {kind: issuing.ErrConflict, meaning: "Card status does not allow initiating KYC"},

	CodeRemittanceNotFound:     {kind: issuing.ErrNotFound, meaning: "Remittance order does not exist"},
	CodeRemittanceExists:       {kind: issuing.ErrDuplicate, meaning: "Remittance order already exists"},
	CodeRemittanceCreateFailed: {kind: issuing.ErrDeclined, meaning: "Remittance order creation failed"},
	CodeRemittanceUpdateFailed: {kind: issuing.ErrDeclined, meaning: "Remittance order update failed"},
	CodeRemittanceDeleteFailed: {kind: issuing.ErrDeclined, meaning: "Remittance order deletion failed"},
	CodeRemittanceQueryFailed:  {kind: issuing.ErrUnavailable, meaning: "Remittance order query failed"},
	CodeRemittanceFieldMissing: {kind: issuing.ErrInvalid, meaning: "Remittance order missing required fields"},
	CodeNotificationNotFound:   {kind: issuing.ErrNotFound, meaning: "Order notification does not exist"},
	CodeInvalidQuote:           {kind: issuing.ErrInvalid, meaning: "Invalid quote exchange rate"},
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

// replayed recognises the answer to a nonce that the platform has seen. Every
// attempt of ours has its own nonce, so a copy of this very attempt was accepted
// before, and what came of it is open.
func replayed(status int, message string) bool {
	return status == http.StatusUnauthorized && strings.Contains(message, "duplicate nonce")
}
