package authdecision

import (
	"errors"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TransactionType is the kind of transaction that is to be decided.
type TransactionType int

// Transaction types.
const (
	TransactionTypeAuthorization  TransactionType = 1000 // purchase
	TransactionTypeTransferOut    TransactionType = 1100 // transfer out
	TransactionTypeCashWithdrawal TransactionType = 1200 // cash withdrawal
	TransactionTypeRefund         TransactionType = 2000 // refund
)

// Known reports whether the decision page lists t.
func (t TransactionType) Known() bool {
	return slices.Contains([]TransactionType{TransactionTypeAuthorization, TransactionTypeTransferOut,
		TransactionTypeCashWithdrawal, TransactionTypeRefund}, t)
}

// Request is a transaction that is to be decided. Only TransactionID is certain
// to be there.
type Request struct {
	RequestID string `json:"requestId,omitzero" wire:"-"` // the x-request-id header: unique per request, for traces

	TransactionID       string           `json:"transaction_id"`            // UUID
	Type                TransactionType  `json:"transaction_type"`          // purchase, withdrawal, refund
	CardID              string           `json:"card_id"`                   // the card
	ProcessingCode      string           `json:"processing_code"`           // of the scheme, such as 00
	BillingAmount       issuing.Amount   `json:"billing_amount"`            // what the card would be charged
	BillingCurrency     issuing.Currency `json:"billing_currency_code"`     // the card's
	TransactionAmount   issuing.Amount   `json:"transaction_amount"`        // what the shop asks for
	TransactionCurrency issuing.Currency `json:"transaction_currency_code"` // the shop's
	AuthAmount          issuing.Amount   `json:"auth_amount"`               // what is to be authorized
	AuthCurrency        issuing.Currency `json:"auth_currency_code"`        // of AuthAmount
	CardBalance         issuing.Amount   `json:"card_balance"`              // before the transaction
	// zero when it cannot be read; see CallbackConfig.Zone
	Time             time.Time `json:"date_of_transaction"`
	MerchantID       string    `json:"merchant_id"`            // the shop's id
	MerchantName     string    `json:"merchant_name"`          // the shop
	MerchantCategory string    `json:"merchant_category_code"` // MCC, four digits
	MerchantCity     string    `json:"merchant_city"`          // may be empty
	MerchantCountry  string    `json:"merchant_country"`       // may be empty
	TerminalID       string    `json:"terminal_id"`            // the shop's terminal
	POSEntryMode     string    `json:"pos_entry_mode"`         // such as 01
	POSConditionCode string    `json:"pos_condition_code"`     // such as 08
	POSEnvironment   string    `json:"pos_env"`                // such as R
	// electronic commerce indicator, such as 02
	ECI                string           `json:"eci"`
	PINEntryCapability string           `json:"pin_entry_capability"`               // such as 2
	RetrievalReference string           `json:"retrieval_reference_number"`         // such as 529430718653
	SystemTrace        string           `json:"system_trace_audit_number"`          // such as 000653
	AcquirerCountry    string           `json:"acquiring_institution_country_code"` // of the acquirer
	AcquirerID         string           `json:"acquiring_institution_id"`           // of the acquirer
	WalletType         uqpay.WalletType `json:"wallet_type"`                        // open set, such as GOOGLE ECOMMERCE
	Raw                issuing.Secret   `json:"raw,omitzero" wire:"-"`              // the decrypted JSON
	// Problems name the members that came and could not be read, which are unset, and those
	// that came twice, of which the last one stands.
	Problems []webhook.Problem `json:"problems,omitzero" wire:"-"`

	decision Decision // the function's, for the answer
	unread   error    // why it was declined unasked
}

// decisive are the members that no decision can do without. When one of them came
// and cannot be read, the request is declined, and no function is asked.
var decisive = []string{
	"transaction_type", "card_id", "billing_amount", "billing_currency_code", "transaction_amount",
	"transaction_currency_code", "auth_amount", "auth_currency_code", "card_balance",
}

// ErrRequest is the cause of a request that was opened and cannot be read.
var ErrRequest = errors.New("authdecision: not an authorization request")

// decodeRequest reads a decrypted request. note is told of members that cannot be
// read, or that stand twice and so say two things; only without its transaction id there is no answer to it.
func decodeRequest(plaintext []byte, zone *time.Location, note func(member, reason string)) (*Request, error) {
	req := new(Request)
	if err := (wire.Codec{Zone: zone, Note: note}).Unmarshal(plaintext, req); err != nil {
		return nil, errors.Join(ErrRequest, err)
	}
	if req.TransactionID == "" {
		return nil, errors.Join(ErrRequest, errors.New("the transaction id is missing"))
	}
	req.Raw = issuing.NewSecret(string(plaintext))
	seen := map[string]bool{}
	for name := range wire.ReadMembers(string(plaintext)) {
		if seen[name] {
			note(name, "stands twice")
		}
		seen[name] = true
	}
	return req, nil
}

// ResponseCode is the answer: [ResponseCodeApprove], or anything else, which declines.
// The codes are two digits in the manner of ISO 8583; UQPAY's guide has more.
type ResponseCode string

// Response codes.
const (
	ResponseCodeApprove           ResponseCode = "00" // approve
	ResponseCodeDecline           ResponseCode = "05" // decline, general
	ResponseCodeInsufficientFunds ResponseCode = "51" // decline, insufficient funds
)

// Known reports whether the decision page lists c.
func (c ResponseCode) Known() bool {
	return c == ResponseCodeApprove || c == ResponseCodeDecline || c == ResponseCodeInsufficientFunds
}

// Decision is what the merchant decides. The zero Decision is none and is never
// sent.
type Decision struct {
	Code      ResponseCode // ResponseCodeApprove, or why not
	Reference string       // the merchant's own reference; optional; the pages give no limit
}

// Approve approves.
func Approve() Decision { return Decision{Code: ResponseCodeApprove} }

// Decline declines with a code; ResponseCodeApprove and "" become ResponseCodeDecline.
func Decline(code ResponseCode) Decision {
	if code == ResponseCodeApprove || code == "" {
		code = ResponseCodeDecline
	}
	return Decision{Code: code}
}

// Approved reports whether d approves.
func (d Decision) Approved() bool { return d.Code == ResponseCodeApprove }

func (d Decision) valid() bool {
	return len(d.Code) == 2 && d.Code[0] >= '0' && d.Code[1] >= '0' && d.Code[0] <= 'Z' && d.Code[1] <= 'Z'
}

// Answer is the answer to a request, before encryption.
type Answer struct {
	TransactionID string       `json:"transaction_id"`       // the request's
	Code          ResponseCode `json:"response_code"`        // ResponseCodeApprove approves
	Reference     string       `json:"partner_reference_id"` // the merchant's own; may be empty
}
