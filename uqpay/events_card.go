package uqpay

import (
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// CardCreated (card.create.succeeded, card.create.failed) tells how a card's
// creation ended. SourceID is the order's id. Only success is documented with
// data; every field may be empty after a failure. Fields that the page does not have
// are in events of UQPAY's own libraries.
type CardCreated struct {
	EventBase
	CardID           string            `json:"card_id"`                                              // the card
	OrderID          string            `json:"card_order_id"`                                        // not on the page
	OrderStatus      OrderStatus       `json:"order_status"`                                         // not on the page; compare with Normal
	AvailableBalance issuing.Amount    `json:"card_available_balance" wire:"also=available_balance"` // what can be spent
	BIN              string            `json:"card_bin"`                                             // 6 or 8 digits
	Currency         issuing.Currency  `json:"card_currency"`                                        // not on the page
	Limit            issuing.Amount    `json:"card_limit"`                                           // not on the page
	Number           MaskedNumber      `json:"card_number"`                                          // masked
	ProductID        string            `json:"card_product_id"`                                      // [Product.ID]
	Scheme           Scheme            `json:"card_scheme"`                                          // Visa or Mastercard
	CardStatus       CardStatus        `json:"card_status"`                                          // PENDING for a plastic card
	Cardholder       CardholderSummary `json:"cardholder"`                                           // whose card it is
	FormFactor       FormFactor        `json:"form_factor"`                                          // virtual or physical
	Metadata         map[string]string `json:"metadata"`                                             // the merchant's own
	Mode             Mode              `json:"mode_type"`                                            // single or share
	RiskControls     RiskControls      `json:"risk_control"`                                         // as set
	SpendingControls []SpendingControl `json:"spending_limits" wire:"also=spending_controls"`        // limits
}

func (e *CardCreated) tidy() { unset(&e.Cardholder.DateOfBirth) }

// CardUpdated (card.update.succeeded, card.update.failed) tells how a card's
// update ended. SourceID is the order's id.
type CardUpdated struct {
	EventBase
	CardID      string      `json:"card_id"`       // the card
	OrderID     string      `json:"card_order_id"` // the order
	OrderStatus OrderStatus `json:"order_status"`  // in lower case; compare with Normal
	// what can be spent
	AvailableBalance   issuing.Amount    `json:"available_balance" wire:"also=card_available_balance"`
	BIN                string            `json:"card_bin"`                                      // 6 or 8 digits
	Currency           issuing.Currency  `json:"card_currency"`                                 // of the card
	Limit              issuing.Amount    `json:"card_limit"`                                    // see [ApplyRequest]
	Number             MaskedNumber      `json:"card_number"`                                   // masked
	ProductID          string            `json:"card_product_id"`                               // [Product.ID]
	Scheme             Scheme            `json:"card_scheme"`                                   // Visa or Mastercard
	CardStatus         CardStatus        `json:"card_status"`                                   // of the card
	Cardholder         CardholderSummary `json:"cardholder"`                                    // whose card it is
	FormFactor         FormFactor        `json:"form_factor"`                                   // virtual or physical
	Metadata           map[string]string `json:"metadata"`                                      // the merchant's own
	Mode               Mode              `json:"mode_type"`                                     // single or share
	NoPINPaymentAmount AmountText        `json:"no_pin_payment_amount"`                         // may be "USD" alone
	RiskControls       RiskControls      `json:"risk_control"`                                  // as set
	SpendingControls   []SpendingControl `json:"spending_controls" wire:"also=spending_limits"` // limits
}

func (e *CardUpdated) tidy() { unset(&e.Cardholder.DateOfBirth) }

// CardStateChanged (card.status.update.succeeded, .failed) tells of a card's
// new status, or that a change failed. SourceID is the order's id. It comes for
// ACTIVE, FROZEN, BLOCKED, PRE_CANCEL and CANCELLED, but not for a card's first
// ACTIVE.
type CardStateChanged struct {
	EventBase
	CardID           string           `json:"card_id"`           // the card
	Number           MaskedNumber     `json:"card_number"`       // masked
	AvailableBalance issuing.Amount   `json:"available_balance"` // unset in older events
	Currency         issuing.Currency `json:"currency"`          // empty in older events
	CardStatus       CardStatus       `json:"card_status"`       // the new status
	Reason           string           `json:"update_reason"`     // empty in older events
	UpdateTime       time.Time        `json:"update_time"`       // zero when it cannot be read
}

// CardDeposited (card.recharge.succeeded, .failed) tells how a recharge ended.
// SourceID is the order's id.
type CardDeposited struct {
	EventBase
	BalanceChange
}

// CardWithdrawn (card.withdraw.succeeded, .failed) tells how a withdrawal ended.
// SourceID is the order's id.
type CardWithdrawn struct {
	EventBase
	BalanceChange
}

// BalanceChange is what a recharge or withdrawal did.
type BalanceChange struct {
	CardID           string           `json:"card_id"`                // the card
	OrderID          string           `json:"card_order_id"`          // not on the page; SourceID is the same
	OrderType        OrderType        `json:"order_type"`             // not on the page
	Amount           issuing.Amount   `json:"amount"`                 // what was moved
	Currency         issuing.Currency `json:"card_currency"`          // of the card
	AvailableBalance issuing.Amount   `json:"card_available_balance"` // after it
	CardStatus       CardStatus       `json:"card_status"`            // of the card
	OrderStatus      OrderStatus      `json:"order_status"`           // compare with Normal
	CreateTime       time.Time        `json:"create_time"`            // not on the page; zero when not sent
	CompleteTime     time.Time        `json:"complete_time"`          // zero when it cannot be read
	UpdateTime       time.Time        `json:"update_time"`            // zero when it cannot be read
}

// ActivationCodeSent (card.activation.code) brings the code that activates a
// plastic card. Pass it to the cardholder; never log it.
type ActivationCodeSent struct {
	EventBase
	CardID string         `json:"card_id"`         // the card
	Number MaskedNumber   `json:"card_number"`     // masked
	Code   issuing.Secret `json:"activation_code"` // 8 digits, never expires
}

// CardActivated (card.activation.status) tells that a plastic card was
// activated.
type CardActivated struct {
	EventBase
	CardID string       `json:"card_id"`           // the card
	Number MaskedNumber `json:"card_number"`       // masked
	Status string       `json:"activation_status"` // Activated, the one that is documented
}

// HolderChallenged (card.3ds.otp) brings a one-time password for an online payment.
// Pass it to the cardholder at once; never log it.
type HolderChallenged struct {
	EventBase
	CardID              string           `json:"card_id"`              // the card
	Number              MaskedNumber     `json:"card_number"`          // masked
	OTP                 issuing.Secret   `json:"otp"`                  // the password
	ReferenceCode       string           `json:"reference_code"`       // shown beside the password
	OTPType             string           `json:"otp_type"`             // not on the page
	TransactionID       string           `json:"transaction_id"`       // not on the page
	CardholderID        string           `json:"cardholder_id"`        // not on the page
	CustomerID          string           `json:"customer_id"`          // as sent
	TransactionAmount   issuing.Amount   `json:"transaction_amount"`   // what the shop asks for
	TransactionCurrency issuing.Currency `json:"transaction_currency"` // the shop's
	MerchantName        string           `json:"merchant_name"`        // the shop
}

// VerificationCodeSent (card.verification.otp) brings a one-time password for
// adding a card to Google Pay or Apple Pay. Pass it to the cardholder at once; never log it.
type VerificationCodeSent struct {
	EventBase
	CardID     string         `json:"card_id"`     // the card
	Number     MaskedNumber   `json:"card_number"` // masked
	OTP        issuing.Secret `json:"otp"`         // the password
	WalletType WalletType     `json:"wallet_type"` // GOOGLE_PAY; Apple's name is not documented
}

// CardLimitElevated (card.elevate_limit.succeeded, .failed) tells how
// [CardService.ElevateLimit] ended. Take the card from CardID: samples of
// SourceID differ from it.
type CardLimitElevated struct {
	EventBase
	CardID    string           `json:"card_id"`               // the card
	Limit     issuing.Amount   `json:"per_transaction_limit"` // while it lasts
	Currency  issuing.Currency `json:"currency"`              // of the limit
	ExpiresAt time.Time        `json:"expires_at"`            // when it ends
	CreatedAt time.Time        `json:"created_at"`            // when it began
}

// ProtectionChanged (card.risk_control.network_protection.enrolled, .removed)
// tells that network protection began or ended. SourceID is a record id such as
// ASAF_REC_1.
type ProtectionChanged struct {
	EventBase
	Protection
}

// ProtectionFeeCharged (card.risk_control.network_protection.enrollment_fee.charged,
// .maintenance_fee.charged) tells of a fee: one for a card's enrolment, and one
// a month for the account.
type ProtectionFeeCharged struct {
	EventBase
	CardID              string            `json:"card_id"`              // enrolment only
	Action              ProtectionAction  `json:"action_code"`          // enrolment only
	AccountID           string            `json:"account_id"`           // maintenance only
	BillingPeriod       string            `json:"billing_period"`       // maintenance only
	CardCount           int               `json:"card_count"`           // maintenance only
	TransactionID       string            `json:"transaction_id"`       // of the fee
	TransactionType     LedgerType        `json:"transaction_type"`     // as sent
	TransactionAmount   issuing.Amount    `json:"transaction_amount"`   // the fee
	TransactionCurrency issuing.Currency  `json:"transaction_currency"` // of the fee
	BalanceAmount       issuing.Amount    `json:"balance_amount"`       // after it
	TransactionTime     time.Time         `json:"transaction_time"`     // zero when it cannot be read
	PostedTime          time.Time         `json:"posted_time"`          // zero when it cannot be read
	TransactionStatus   TransactionStatus `json:"transaction_status"`   // as sent
	Remark              string            `json:"remark"`               // for people
}
