package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Balance (BalanceInquiry, row 23) reads the balance of a card account. Path and fields
// are inferred; read balances and currency with [Reply.Decode].
//
// Safety: read.
func (s *CardService) Balance(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opBalance, req, opts)
}

// Deposit (LoadFund, row 24) loads money onto a card account. Path and fields are
// inferred.
//
// Safety: once. Its key is the tranId, 1 to 32 letters and digits that the client draws
// unless [WithHeader] brings one ([NewTranID] makes one to store before). On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle]: it is done when a line of
// [CardService.Transactions] or [CardService.Authorizations] holds its tranId and does not
// contradict its amount, and open otherwise, whatever else they list; see
// [Config.HistoryTranID]. [TransactionService.Reverse] takes it back. An amount is compared
// when Extra has it as [issuing.Amount], a currency as [issuing.Currency].
func (s *CardService) Deposit(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opLoadFund, req, opts)
}

// Withdraw (row 25) withdraws at an ATM, where prepaid cards support it. Path
// and fields are inferred.
//
// Safety: once, as [CardService.Deposit].
func (s *CardService) Withdraw(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opWithdraw, req, opts)
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

// Transactions (TransactionHistory, row 36) lists the transactions of a card. Path and fields
// are inferred; period and paging are unpublished and go into Extra.
//
// Safety: read.
func (s *CardService) Transactions(ctx context.Context, req CardRequest, opts ...issuing.CallOption) (*History, error) {
	return call[History](ctx, s.c, opTransactions, req, opts)
}

// Authorizations (AuthorizationHistory, row 37) lists the authorizations of a card. Path and
// fields are inferred; period and paging are unpublished and go into Extra.
//
// Safety: read.
func (s *CardService) Authorizations(
	ctx context.Context, req CardRequest, opts ...issuing.CallOption,
) (*History, error) {
	return call[History](ctx, s.c, opAuths, req, opts)
}
