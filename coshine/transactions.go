package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TransactionService moves balances that EastPay holds (rows 23 to 37). None of
// their paths and fields is published: every method returns
// issuing.ErrNotConfigured until [Config.Paths] has its path, and amounts,
// currencies and references go into Extra under the names that Coshine told you.
// Amounts are decimals in major units; give them as [issuing.Amount].
//
// Nothing that moves money is sent twice. Behind issuing.ErrOutcomeUnknown stands
// an [issuing.Unsettled] with the tranId: look the transaction up with
// TransactionHistory or AuthorizationHistory and, if it was carried out and is
// not wanted, take it back with Reversal.
type TransactionService struct{ c *Client }

// TransactionRequest is the request of most transaction interfaces. All its
// fields are inferred.
type TransactionRequest struct {
	CardRef

	Extra Extra `json:"-" wire:"inline"` // amount, currency, memo, original transaction, under Coshine's names
}

func (r TransactionRequest) validate(p *check.Problems) {
	r.CardRef.checkOptional(p)
	if r.CardToken == "" && r.CardNumber.IsZero() && len(r.Extra) == 0 {
		p.Add("cardToken, cardNumber", "needs one of them, or Extra names the card")
	}
}

// Transaction is the answer to a transaction. Its fields beyond the public
// header are not published: read them with [Reply.Decode].
type Transaction struct{ Reply }

// BalanceInquiry (row 23) reads the balance of a card account. Path and fields
// are inferred; read balances and currency with [Reply.Decode].
//
// Safety: read.
func (s *TransactionService) BalanceInquiry(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opBalance, req, opts)
}

// LoadFund (row 24) loads money onto a card account. Path and fields are
// inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.TransactionHistory]; [TransactionService.Reversal] takes
// it back.
func (s *TransactionService) LoadFund(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opLoadFund, req, opts)
}

// Withdraw (row 25) withdraws at an ATM, where prepaid cards support it. Path
// and fields are inferred.
//
// Safety: once, as [TransactionService.LoadFund].
func (s *TransactionService) Withdraw(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opWithdraw, req, opts)
}

// TransferFundRequest moves money between two cards. No field name is published,
// those of the two cards included.
type TransferFundRequest struct {
	Extra Extra `json:"-" wire:"inline"` // source card, target card, amount, currency, under Coshine's names; required
}

func (r TransferFundRequest) validate(p *check.Problems) { p.Required("Extra", len(r.Extra) > 0) }

// TransferFund (row 26) moves money between two cards. The path is inferred, the
// fields are unpublished.
//
// Safety: once, as [TransactionService.LoadFund].
func (s *TransactionService) TransferFund(ctx context.Context, req TransferFundRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opTransferFund, req, opts)
}

// Purchase (row 27) is a sale. Path and fields are inferred.
//
// Safety: once, as [TransactionService.LoadFund].
func (s *TransactionService) Purchase(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opPurchase, req, opts)
}

// Refund (row 28) refunds or voids a transaction. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.TransactionHistory]; the catalogue has no reversal of a
// refund.
func (s *TransactionService) Refund(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opRefund, req, opts)
}

// Reversal (row 29) takes back a LoadFund, Withdraw, TransferFund or Purchase,
// which Extra names. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.TransactionHistory] before another reversal.
func (s *TransactionService) Reversal(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opReversal, req, opts)
}

// BlockFund (row 30) holds an amount, as a pre-authorization or for another
// purpose. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.AuthorizationHistory]; [TransactionService.UnblockFund]
// releases it.
func (s *TransactionService) BlockFund(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opBlockFund, req, opts)
}

// UnblockFund (row 31) releases a hold, in full or in part. Path and fields are
// inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.AuthorizationHistory].
func (s *TransactionService) UnblockFund(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opUnblockFund, req, opts)
}

// ServiceCharge (row 32) charges a fee. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.TransactionHistory].
func (s *TransactionService) ServiceCharge(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opServiceCharge, req, opts)
}

// Verification (row 33) verifies a card or an account. Path and fields are
// inferred.
//
// Safety: once, because tries may count.
func (s *TransactionService) Verification(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opVerification, req, opts)
}

// DebitAdjustment (row 34) debits with a memo. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.TransactionHistory].
func (s *TransactionService) DebitAdjustment(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opDebitAdjust, req, opts)
}

// CreditAdjustment (row 35) credits with a memo. Path and fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown look it up with
// [TransactionService.TransactionHistory].
func (s *TransactionService) CreditAdjustment(ctx context.Context, req TransactionRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opCreditAdjust, req, opts)
}

// History is a list of transactions or authorizations. The objects' fields are
// not published: read them with [Record.Decode]. The list's name is inferred:
// when RecordNum counts records that Records does not have, read the answer with
// [Reply.Decode], and do not take it for "no transaction".
type History struct {
	Reply
	RecordNum int      `json:"recordNum,omitzero"` // inferred; number of records
	Records   []Record `json:"recordList"`         // inferred
}

func (h *History) counted() (*int, int) { return &h.RecordNum, len(h.Records) }

// TransactionHistory (row 36) lists the transactions of a card. Path and fields
// are inferred; period and paging are unpublished and go into Extra.
//
// Safety: read.
func (s *TransactionService) TransactionHistory(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*History, error) {
	return call[History](ctx, s.c, opTransactions, req, opts)
}

// AuthorizationHistory (row 37) lists the authorizations of a card. Path and
// fields are inferred; period and paging are unpublished and go into Extra.
//
// Safety: read.
func (s *TransactionService) AuthorizationHistory(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*History, error) {
	return call[History](ctx, s.c, opAuths, req, opts)
}

// Tran8583 (tran8583) carries an ISO 8583 message. The path is published; the
// message format, field numbering and encoding are not. Do not build on it
// without Coshine's specification.
//
// Safety: once, as [TransactionService.LoadFund].
func (s *TransactionService) Tran8583(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opTran8583, req, opts)
}

// FileDownload is named by a later edition; path and fields are unpublished
// (inferred). Read a downloaded reconciliation file with [NewFileReader].
//
// Safety: once, because nothing about it is published.
func (s *TransactionService) FileDownload(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opFileDownload, req, opts)
}
