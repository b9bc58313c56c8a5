package uqpay

import (
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// CardFeeCharged (issuing.fee.card) tells of a fee. SourceID is the id of the
// transaction, or of the finance or ledger entry, that it belongs to.
type CardFeeCharged struct {
	EventBase
	CardID              string            `json:"card_id"`                // the card
	Number              MaskedNumber      `json:"card_number"`            // masked
	CardholderID        string            `json:"cardholder_id"`          // whose card it is
	BillingAmount       issuing.Amount    `json:"billing_amount"`         // what the card is charged
	BillingCurrency     issuing.Currency  `json:"billing_currency"`       // the card's
	AvailableBalance    issuing.Amount    `json:"card_available_balance"` // after it
	TransactionAmount   issuing.Amount    `json:"transaction_amount"`     // the fee
	TransactionCurrency issuing.Currency  `json:"transaction_currency"`   // of the fee
	TransactionStatus   TransactionStatus `json:"transaction_status"`     // as sent
	TransactionType     TransactionType   `json:"transaction_type"`       // FEE
	TransactionTime     time.Time         `json:"transaction_time"`       // zero when it cannot be read
	PostedTime          time.Time         `json:"posted_time"`            // zero when it cannot be read
	ReferenceID         string            `json:"reference_id"`           // what it belongs to
	ShortReferenceID    string            `json:"short_reference_id"`     // for people and support
	Remark              string            `json:"remark"`                 // such as "3DS Fee"
}

// TransactionCreated (issuing.transaction.*) tells of a card transaction: an
// authorization, approved or declined, and what follows it. SourceID is the
// transaction's id. Read Status before booking.
type TransactionCreated struct {
	EventBase
	Transaction
}

// ReportCreated (issuing.report.created, issuing.report.succeeded) tells that a
// report can be downloaded, under either type. SourceID is the report's id.
type ReportCreated struct {
	EventBase
	ReportID   string         `json:"report_id"`   // see [ReportService.Download]
	ReportType string         `json:"report_type"` // a label such as "Card Settlement Report", not a [ReportType]
	DateRange  string         `json:"date_range"`  // for people
	ExpireTime time.Time      `json:"expire_time"` // until when it can be downloaded
	SecretKey  issuing.Secret `json:"secret_key"`  // opens the file of [CardService.Bulk]; empty otherwise
}

// TransferChanged (issuing.transfer.status_changed) tells how a transfer goes
// on. SourceID is the transfer's id.
type TransferChanged struct {
	EventBase
	TransferID           string           `json:"transfer_id"`            // the transfer
	Status               TransferStatus   `json:"status"`                 // in lower case; compare with Normal
	PreviousStatus       TransferStatus   `json:"previous_status"`        // in lower case
	SourceAccountID      string           `json:"source_account_id"`      // from
	DestinationAccountID string           `json:"destination_account_id"` // to
	Currency             issuing.Currency `json:"currency"`               // of Amount
	Amount               issuing.Amount   `json:"amount"`                 // what is moved
	Remark               string           `json:"remark"`                 // as given
	SucceededAt          time.Time        `json:"succeeded_at"`           // zero unless it has succeeded
	CreateTime           time.Time        `json:"create_time"`            // when it began
}

// CardholderChangeData is what the events about cardholders tell.
type CardholderChangeData struct {
	CardholderID string `json:"cardholder_id"` // the cardholder
	// SUCCESS approved, FAILED rejected, INCOMPLETE more is needed
	Status      CardholderStatus `json:"cardholder_status"`
	CountryCode string           `json:"country_code"`  // ISO 3166-1 alpha-2
	CreateTime  time.Time        `json:"create_time"`   // zero when it cannot be read
	UpdateTime  time.Time        `json:"update_time"`   // zero when it cannot be read
	DateOfBirth issuing.Date     `json:"date_of_birth"` // zero when unset
	Email       issuing.Personal `json:"email"`         // of the cardholder
	FirstName   issuing.Personal `json:"first_name"`    // given name
	LastName    issuing.Personal `json:"last_name"`     // family name
	PhoneNumber issuing.Personal `json:"phone_number"`  // national number
	Nationality string           `json:"nationality"`   // may be empty
	IDVProvider string           `json:"idv_provider"`  // who verifies; may be empty
	IDVStatus   IDVStatus        `json:"idv_status"`    // may be empty
	Reason      string           `json:"reason"`        // explains; Status decides
}

func (e *CardholderChangeData) tidy() { unset(&e.DateOfBirth) }

// CardholderKYCChanged (cardholder.kyc.status_changed) tells the outcome of a
// verification: Status. SourceID is the cardholder's id.
type CardholderKYCChanged struct {
	EventBase
	CardholderChangeData
}

// CardholderUpdated (cardholder.updated) tells that a cardholder was changed.
// SourceID is the cardholder's id.
type CardholderUpdated struct {
	EventBase
	CardholderChangeData
}
