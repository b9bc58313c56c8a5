package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TransferService moves money between the master account and its connected
// accounts.
type TransferService struct{ c *Client }

// TransferRequest moves money between two accounts.
type TransferRequest struct {
	SourceAccountID      string           `json:"source_account_id"`      // from; required
	DestinationAccountID string           `json:"destination_account_id"` // to; required
	Currency             issuing.Currency `json:"currency"`               // required
	Amount               issuing.Amount   `json:"amount"`                 // more than 0, two decimals; required
	Remark               string           `json:"remark,omitzero"`        // optional
}

func (r TransferRequest) validate(p *check.Problems) {
	p.Text("source_account_id", r.SourceAccountID, maxID)
	p.Text("destination_account_id", r.DestinationAccountID, maxID)
	if r.SourceAccountID != "" && r.SourceAccountID == r.DestinationAccountID {
		p.Add("destination_account_id", "is the source account")
	}
	currency(p, "currency", r.Currency)
	p.Amount("amount", r.Amount, 2)
	p.OptionalText("remark", r.Remark, noLimit)
}

// Transfer is a movement between two accounts. The answer to its creation has
// the ids only.
type Transfer struct {
	ID                   string           `json:"transfer_id"`            // the platform's id
	ShortID              string           `json:"short_transaction_id"`   // for people and support; may be empty
	ReferenceID          string           `json:"reference_id"`           // for people and support; may be empty
	SourceAccountID      string           `json:"source_account_id"`      // from
	DestinationAccountID string           `json:"destination_account_id"` // to
	Amount               issuing.Amount   `json:"amount"`                 // what was moved
	FeeAmount            issuing.Amount   `json:"fee_amount"`             // what it cost
	Currency             issuing.Currency `json:"currency"`               // of both amounts
	Status               TransferStatus   `json:"transfer_status"`        // compare with Normal; empty after creation
	CreateTime           time.Time        `json:"create_time"`            // when it began
	CompleteTime         time.Time        `json:"complete_time"`          // zero until it has ended
	CreatorID            string           `json:"creator_id"`             // who made it
	Remark               string           `json:"remark"`                 // as given
}

func (t *Transfer) incomplete() bool { return t.ID == "" || unusable(t.ID) }

// Create moves money. issuing.transfer.status_changed ([TransferChanged]) or
// [TransferService.Transfer] tells how it ended.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours; later, compare with
// [BalanceService.AllLedger]. Another key moves the money again.
func (s *TransferService) Create(
	ctx context.Context, req TransferRequest, opts ...issuing.CallOption,
) (*Transfer, error) {
	return call[Transfer](ctx, s.c, opTransferCreate, req, opts)
}

// Transfer reads a transfer.
//
// Safety: read.
func (s *TransferService) Transfer(
	ctx context.Context, transferID string, opts ...issuing.CallOption,
) (*Transfer, error) {
	return call[Transfer](ctx, s.c, opTransfer.at(transferID), none{}, opts)
}
