package uqpay

import (
	"cmp"
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// SimulatorService acts as shop and bank. It exists in the sandbox only: with
// the production base URL every method is issuing.ErrNotConfigured, and nothing
// is sent.
type SimulatorService struct{ c *Client }

// SimulatorMCC is the only merchant category that the simulator takes.
const SimulatorMCC = "5734"

// SimulatorBIN is the only BIN whose cards the simulator takes.
const SimulatorBIN = "40963608"

// AuthorizeRequest simulates a purchase.
type AuthorizeRequest struct {
	CardID       string           `json:"card_id"`                // of BIN SimulatorBIN, not cancelled; required
	Amount       issuing.Amount   `json:"transaction_amount"`     // below the available balance; required
	Currency     issuing.Currency `json:"transaction_currency"`   // required
	MerchantName string           `json:"merchant_name"`          // required
	MCC          string           `json:"merchant_category_code"` // four digits; empty is SimulatorMCC
	// Status asks for an approval or, with DECLINED, for a decline. Optional: only some
	// of UQPAY's libraries have it, so it is sent only when it is set.
	Status TransactionStatus `json:"transaction_status,omitzero"`
}

func (r AuthorizeRequest) validate(p *check.Problems) {
	p.Text("card_id", r.CardID, maxID)
	p.Amount("transaction_amount", r.Amount, 2)
	currency(p, "transaction_currency", r.Currency)
	p.Text("merchant_name", r.MerchantName, noLimit)
	if r.MCC != "" {
		p.Digits("merchant_category_code", issuing.NewSecret(r.MCC), 4, 4)
	}
	only(p, "transaction_status", r.Status, optional, TransactionStatusApproved, TransactionStatusDeclined)
}

// Authorize simulates a purchase. issuing.transaction.authorization
// ([TransactionCreated]) follows, for a declined one as well. A card of another BIN
// or a cancelled one is issuing.ErrNotFound.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours.
func (s *SimulatorService) Authorize(
	ctx context.Context, req AuthorizeRequest, opts ...issuing.CallOption,
) (*Transaction, error) {
	req.MCC = cmp.Or(req.MCC, SimulatorMCC)
	return call[Transaction](ctx, s.c, opSimAuthorization, req, opts)
}

type reverseRequest struct {
	TransactionID string `json:"transaction_id"`
}

func (r reverseRequest) validate(p *check.Problems) { p.Text("transaction_id", r.TransactionID, maxID) }

// Reverse takes a simulated authorization back. issuing.transaction.reversal
// ([TransactionCreated]) follows.
//
// Safety: keyed, as [SimulatorService.Authorize].
func (s *SimulatorService) Reverse(
	ctx context.Context, transactionID string, opts ...issuing.CallOption,
) (*Transaction, error) {
	return call[Transaction](ctx, s.c, opSimReversal, reverseRequest{transactionID}, opts)
}

// FundBalanceRequest simulates a bank transfer to the merchant.
type FundBalanceRequest struct {
	AccountID string           `json:"account_id"` // recipient, active and verified; required
	Amount    issuing.Amount   `json:"amount"`     // required
	Currency  issuing.Currency `json:"currency"`   // required
	// SenderSWIFT is the sender's bank: 8 or 11 characters; "WELGBE22" works. Required.
	SenderSWIFT           string           `json:"sender_swift_code"`
	ReceiverAccountNumber issuing.Secret   `json:"receiver_account_number,omitzero"` // optional
	SenderAccountNumber   issuing.Secret   `json:"sender_account_number,omitzero"`   // optional
	SenderCountry         string           `json:"sender_country,omitzero"`          // ISO 3166-1 alpha-2; optional
	SenderName            issuing.Personal `json:"sender_name,omitzero"`             // optional
}

func (r FundBalanceRequest) validate(p *check.Problems) {
	p.Text("account_id", r.AccountID, maxID)
	p.Amount("amount", r.Amount, 2)
	currency(p, "currency", r.Currency)
	swift(p, "sender_swift_code", r.SenderSWIFT)
	p.Country("sender_country", r.SenderCountry)
	p.OptionalText("sender_name", string(r.SenderName), noLimit)
}

// BalanceFunding is a simulated bank transfer.
type BalanceFunding struct {
	ID                    string           `json:"deposit_id"`              // the platform's id
	ShortID               string           `json:"short_reference_id"`      // for people and support
	Amount                issuing.Amount   `json:"amount"`                  // as given
	Currency              issuing.Currency `json:"currency"`                // as given
	Status                DepositStatus    `json:"deposit_status"`          // the sandbox's waits for UQPAY's staff
	CreateTime            time.Time        `json:"create_time"`             // when it began
	CompleteTime          time.Time        `json:"complete_time"`           // zero until it has ended
	ReceiverAccountNumber issuing.Secret   `json:"receiver_account_number"` // may be empty
	Sender                Sender           `json:"sender"`                  // who sent it
}

// Sender is who sent a deposit.
type Sender struct {
	Name          issuing.Personal `json:"sender_name"`           // may be empty
	Country       string           `json:"sender_country"`        // ISO 3166-1 alpha-2; may be empty
	AccountNumber issuing.Secret   `json:"sender_account_number"` // may be empty
	SWIFT         string           `json:"sender_swift_code"`     // of the sender's bank
}

func (d *BalanceFunding) incomplete() bool { return d.ID == "" || unusable(d.ID) }

// FundBalance simulates a deposit (UQPAY's simulate deposit): a bank transfer
// to the merchant's Banking balance, which is not the issuing balance.
//
// Safety: keyed, as [SimulatorService.Authorize].
func (s *SimulatorService) FundBalance(
	ctx context.Context, req FundBalanceRequest, opts ...issuing.CallOption,
) (*BalanceFunding, error) {
	return call[BalanceFunding](ctx, s.c, opSimFundBalance, req, opts)
}
