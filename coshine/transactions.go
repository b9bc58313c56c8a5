package coshine

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TransactionService moves balances that EastPay holds (rows 26 to 35; what is one
// card's alone, rows 23 to 25, 36 and 37, is [CardService]'s). None of
// their paths and fields is published: every method returns
// issuing.ErrNotConfigured until [Config.Paths] has its path, and amounts,
// currencies and references go into Extra under the names that Coshine told you.
// Amounts are decimals in major units; give them as [issuing.Amount].
//
// Nothing that moves money is sent twice. Behind issuing.ErrOutcomeUnknown stands
// an [issuing.Unsettled] with the tranId (1 to 32 letters and digits, drawn by the client
// unless [WithHeader] brings one): give its pending to [Client.Settle], which looks for the
// tranId in the card's histories, as [CardService.Deposit] says. They are asked by the
// card's token, so name cards by it. What was carried out and is not wanted is taken back
// with [TransactionService.Reverse].
type TransactionService struct{ c *Client }

// TransactionRequest is the request of most transaction interfaces. All its
// fields are inferred.
type TransactionRequest struct {
	CardRef

	// amount, currency, memo, original transaction, under Coshine's names
	Extra Extra `json:"extra,omitzero" wire:"inline"`
}

func (r TransactionRequest) validate(p *check.Problems) {
	r.CardRef.checkOptional(p)
	if r.CardToken == "" && r.CardNumber.IsZero() && len(r.Extra) == 0 {
		p.Add("cardToken, cardNumber", "needs one of them, or Extra names the card")
	}
}

func (r TransactionRequest) facts(f *facts) {
	r.CardRef.facts(f)
	r.Extra.facts(f)
}

// Transaction is the answer to a transaction. Its fields beyond the public
// header are not published: read them with [Reply.Decode].
type Transaction struct{ Reply }

// TransferRequest moves money between two cards. No field name is published,
// those of the two cards included.
type TransferRequest struct {
	// source card, target card, amount, currency, under Coshine's names; required
	Extra Extra `json:"extra,omitzero" wire:"inline"`
}

func (r TransferRequest) validate(p *check.Problems) { p.Required("Extra", len(r.Extra) > 0) }

// facts takes what Extra has under the name of cards' tokens for the card that pays: its
// history lists the transfer.
func (r TransferRequest) facts(f *facts) {
	switch token := r.Extra["cardToken"].(type) {
	case CardToken:
		f.Card = string(token)
	case string:
		f.Card = token
	}
	r.Extra.facts(f)
}

// Transfer (TransferFund, row 26) moves money between two cards. The path is inferred, the
// fields are unpublished.
//
// Safety: once, as [CardService.Deposit].
func (s *TransactionService) Transfer(
	ctx context.Context, req TransferRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opTransferFund, req, opts)
}

// Purchase (row 27) is a sale. Path and fields are inferred.
//
// Safety: once, as [CardService.Deposit].
func (s *TransactionService) Purchase(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opPurchase, req, opts)
}

// Refund (row 28) refunds or voids a transaction. Path and fields are inferred.
//
// Safety: once, settled as [CardService.Deposit]; the catalogue has no reversal of a
// refund.
func (s *TransactionService) Refund(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opRefund, req, opts)
}

// Reverse (Reversal, row 29) takes back a LoadFund, Withdraw, TransferFund or Purchase,
// which Extra names. Path and fields are inferred.
//
// Safety: once, settled as [CardService.Deposit]. Settle it before another reversal.
func (s *TransactionService) Reverse(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opReversal, req, opts)
}

// Block (BlockFund, row 30) holds an amount, as a pre-authorization or for another
// purpose. Path and fields are inferred.
//
// Safety: once, settled as [CardService.Deposit]; [TransactionService.Unblock] releases
// it.
func (s *TransactionService) Block(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opBlockFund, req, opts)
}

// Unblock (UnblockFund, row 31) releases a hold, in full or in part. Path and fields are
// inferred.
//
// Safety: once, settled as [CardService.Deposit].
func (s *TransactionService) Unblock(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opUnblockFund, req, opts)
}

// Charge (ServiceCharge, row 32) charges a fee. Path and fields are inferred.
//
// Safety: once, settled as [CardService.Deposit].
func (s *TransactionService) Charge(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opServiceCharge, req, opts)
}

// Verify (Verification, row 33) verifies a card or an account. Path and fields are
// inferred.
//
// Safety: once, because tries may count; settled as [CardService.Deposit], if histories
// list it.
func (s *TransactionService) Verify(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opVerification, req, opts)
}

// AdjustDebit (DebitAdjustment, row 34) debits with a memo. Path and fields are inferred.
//
// Safety: once, settled as [CardService.Deposit].
func (s *TransactionService) AdjustDebit(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opDebitAdjust, req, opts)
}

// AdjustCredit (CreditAdjustment, row 35) credits with a memo. Path and fields are inferred.
//
// Safety: once, settled as [CardService.Deposit].
func (s *TransactionService) AdjustCredit(
	ctx context.Context, req TransactionRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opCreditAdjust, req, opts)
}

// ISO8583 (Tran8583, tran8583) carries an ISO 8583 message. The path is published; the
// message format, field numbering and encoding are not. Do not build on it
// without Coshine's specification.
//
// Safety: once. [Client.Settle] does not read the message, so it leaves the outcome open:
// look at [CardService.Transactions] and [CardService.Authorizations].
func (s *TransactionService) ISO8583(
	ctx context.Context, req OpenRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opTran8583, req, opts)
}

// DownloadFile (FileDownload) is named by a later edition; path and fields are unpublished
// (inferred). Read a downloaded reconciliation file with [NewFileReader].
//
// Safety: once, because nothing about it is published.
func (s *TransactionService) DownloadFile(
	ctx context.Context, req OpenRequest, opts ...issuing.CallOption,
) (*Ack, error) {
	return call[Ack](ctx, s.c, opFileDownload, req, opts)
}
