package legacy

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardService holds what the cards of every product share: the top-up.
type CardService struct{ c *Client }

// DepositRequest tops up a card.
type DepositRequest struct {
	// MerOrderNo is the merchant's own number of the top-up, unique, at most 128
	// characters. Required. It makes the top-up idempotent.
	MerOrderNo string `json:"merOrderNo"`
	// CardNumber is the card's number, or VIRTUAL-P's card id. Required.
	CardNumber issuing.Secret `json:"cardNumber"`
	// Amount is in the base unit of the card's currency, at most two decimals:
	// the platform would truncate more. Required. The platform asks for at least
	// 200 for physical and 20 for virtual cards.
	Amount issuing.Amount `json:"amount"`
	// NotifyURL is where the notification goes, an absolute http or https address; without
	// it there is none.
	NotifyURL string `json:"notifyUrl,omitzero"`
	// Ext is reserved for special business.
	Ext string `json:"ext,omitzero"`
}

func (r DepositRequest) validate(p *check.Problems) {
	checkOrder(p, r.MerOrderNo, r.NotifyURL)
	checkCard(p, r.CardNumber)
	p.Amount("amount", r.Amount, 2)
	p.OptionalText("ext", r.Ext, noLimit)
}

func (r DepositRequest) key() string { return r.MerOrderNo }

func (r DepositRequest) facts(f *facts) {
	f.Amount = r.Amount
	tellAccount(f, cardNumber, r.CardNumber)
}

// Deposit is a top-up.
type Deposit struct {
	MerOrderNo string         `json:"merOrderNo"` // the merchant's number
	OrderNo    string         `json:"orderNo"`    // the platform's number
	CardNumber issuing.Secret `json:"cardNumber"` // as in the request
	// as asked for; unset in the answer to the request, present in queries
	Amount       issuing.Amount `json:"amount"`
	SettleAmount issuing.Amount `json:"settleAmount"` // what is settled: truncated to two decimals
	Status       OrderStatus    `json:"status"`       // new, processing, success or failed
	CreateTime   time.Time      `json:"createTime"`   // when it was received; +08:00 is assumed
	CompleteTime time.Time      `json:"completeTime"` // zero before the end
	Ext          string         `json:"ext"`          // reserved
}

func (d *Deposit) incomplete() bool { return d.OrderNo == "" || d.MerOrderNo == "" }
func (d *Deposit) key() string      { return d.MerOrderNo }

// Deposit tops up a card (top/up) from the merchant's reserve. The answer says that the
// order was accepted; the result comes to NotifyURL ([CardDeposited]) or by
// [CardService.DepositByKey].
//
// [CodeInsufficientReserve] is a refusal and [CodeDuplicateOrder] says that the
// number was used before this call. [CodeUnauthorized], [CodeForbidden] and
// [CodeTooManyRequests] under the same HTTP status came before any order; a refusal of
// parameters is told when the look-up finds no order either, and a code of
// [Config].Refusals as it is. Everything else, [CodeFailure] and [CodeException] included,
// leaves the order open.
//
// Safety: keyed by MerOrderNo. After an unclear attempt the order is looked up, and sent
// again under the same number only when the platform does not know it. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which looks it up;
// never top up again with another number.
func (s *CardService) Deposit(ctx context.Context, req DepositRequest, opts ...issuing.CallOption) (*Deposit, error) {
	return looked(ctx, s.c, opDeposit, req, s.deposited(), opts)
}

// deposited looks a top-up up.
func (s *CardService) deposited() func(context.Context, sought) (*Deposit, error) {
	return lookup(s.c, opDepositByKey, func(d *Deposit, w sought) error {
		if (!d.Amount.IsZero() && d.Amount.Cmp(w.Amount) != 0) || !showsAccount(w, d.CardNumber, cardNumber) {
			return errOther
		}
		return nil
	})
}

// DepositByKey looks up a top-up by the merchant's own number, the MerOrderNo of the
// request, at most 128 characters. It settles an
// issuing.ErrOutcomeUnknown of [CardService.Deposit]: [CodeOrderNotFound] says
// that there is none, though shortly after a broken connection it may still be
// on its way. Any other failure of the query says nothing about the order.
//
// Safety: read.
func (s *CardService) DepositByKey(
	ctx context.Context, merOrderNo string, opts ...issuing.CallOption,
) (*Deposit, error) {
	return call[Deposit](ctx, s.c, opDepositByKey, merOrderQuery{merOrderNo}, opts)
}

// DepositByOrderNo looks up a top-up by the platform's number, the OrderNo of the
// answer, as it stands.
//
// Safety: read.
func (s *CardService) DepositByOrderNo(
	ctx context.Context, orderNo string, opts ...issuing.CallOption,
) (*Deposit, error) {
	return call[Deposit](ctx, s.c, opDepositByOrderNo, orderQuery{orderNo}, opts)
}
