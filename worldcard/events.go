package worldcard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Callback types, the notify_type of webhook.md. Each has its own address in the
// merchant portal.
const (
	EventCardOpened       = "card_open"          // [CardOpened]
	EventCardDeposited    = "card_deposit"       // [CardDeposited]
	EventCardClosed       = "card_close"         // [CardClosed]
	EventCardStateChanged = "card_status_change" // [CardStateChanged]
	EventCardBilled       = "card_billing"       // [CardBilled]
	EventHolderChallenged = "card_3ds"           // [HolderChallenged]
	EventKYCReviewed      = "card_kyc"           // [KYCReviewed]
)

// EventTypes lists the seven callback types.
func EventTypes() []string {
	return []string{
		EventCardOpened, EventCardDeposited, EventCardClosed, EventCardStateChanged,
		EventCardBilled, EventHolderChallenged, EventKYCReviewed,
	}
}

// callbackEvent is the data of a callback: one of the pointers to [CardOpened],
// [CardDeposited], [CardClosed], [CardStateChanged], [CardBilled], [HolderChallenged] and
// [KYCReviewed].
type callbackEvent interface {
	// identity is equal for two deliveries of the same event and differs
	// between events. It is "" when the event lacks what identifies it; compare
	// the whole content then.
	identity() string
}

// blank makes an empty event of each type.
var blank = map[string]func() callbackEvent{
	EventCardOpened:       func() callbackEvent { return new(CardOpened) },
	EventCardDeposited:    func() callbackEvent { return new(CardDeposited) },
	EventCardClosed:       func() callbackEvent { return new(CardClosed) },
	EventCardStateChanged: func() callbackEvent { return new(CardStateChanged) },
	EventCardBilled:       func() callbackEvent { return new(CardBilled) },
	EventHolderChallenged: func() callbackEvent { return new(HolderChallenged) },
	EventKYCReviewed:      func() callbackEvent { return new(KYCReviewed) },
}

// identifying are the members that an event's identity stands on. When one of them
// cannot be read, the whole content identifies the event instead.
var identifying = map[string][]string{
	EventCardOpened:       {"card_id", "merchant_card_id", "status"},
	EventCardDeposited:    {"transaction_id", "merchant_transaction_id", "status", "failure_reason"},
	EventCardClosed:       {"card_id", "merchant_card_id"},
	EventCardStateChanged: {"card_id", "merchant_card_id", "card_status", "change_time"},
	EventCardBilled: {
		"transaction_id", "card_id", "transaction_type", "transaction_status", "billing_amount", "transaction_time",
	},
	EventKYCReviewed: {"card_id", "merchant_card_id", "status", "retry_allowed", "reviewed_at"},
}

// decodeNotification decodes the verified and decrypted JSON of a callback. A
// type that is not known gives nil and no error; the codec's Note is told of members that
// cannot be read.
func decodeNotification(
	typ string, plaintext []byte, keys []sign.AESKey, codec wire.Codec,
) (callbackEvent, error) {
	empty, known := blank[typ]
	if !known {
		return nil, nil
	}
	event := empty()
	if err := codec.Unmarshal(plaintext, event); err != nil {
		return nil, err
	}
	if e, ok := event.(interface{ sealed() *issuing.Secret }); ok {
		if !slices.ContainsFunc(keys, func(key sign.AESKey) bool { return openField(key, "", e.sealed()) == nil }) {
			*e.sealed() = issuing.Secret{}
			codec.Note("card_number", "is neither digits nor an encrypted value that opens")
		}
	}
	return event, nil
}

// dedupeKey joins what identifies an event: its type, the platform's id or,
// without one, the merchant's, and what else distinguishes it. It holds one id
// only, so that a delivery which leaves the other out is still the same event.
func dedupeKey(typ, id, otherID string, more ...string) string {
	switch {
	case id == "" && otherID == "":
		return ""
	case id == "":
		id = "merchant:" + otherID
	}
	return strings.Join(append([]string{typ, id}, more...), "|")
}

// dedupeAt is dedupeKey for an event that can recur and is told apart by its
// time.
func dedupeAt(at time.Time, typ, id, otherID string, more ...string) string {
	if at.IsZero() {
		return ""
	}
	return dedupeKey(typ, id, otherID, append(more, at.UTC().Format(time.RFC3339Nano))...)
}

// OpenEventStatus is the result in [CardOpened]. Its numbers are the callback's
// own.
type OpenEventStatus int

// Statuses of card_open.
const (
	OpenEventStatusSuccess OpenEventStatus = 2 // the card was issued, or the physical card activated
	OpenEventStatusFailed  OpenEventStatus = 3 // it never will be
)

// Known reports whether webhook.md lists s.
func (s OpenEventStatus) Known() bool {
	return s == OpenEventStatusSuccess || s == OpenEventStatusFailed
}

// CardOpened (card_open) tells how an application ended: a virtual card was
// issued or not, a physical card was activated or failed for good.
type CardOpened struct {
	CardID         string           `json:"card_id"`          // the platform's card id
	MerchantCardID string           `json:"merchant_card_id"` // the merchant's card id
	CardNumber     issuing.Secret   `json:"card_number"`      // PAN, 16 digits on success; may be empty on failure
	Status         OpenEventStatus  `json:"status"`           // success or failed
	Amount         issuing.Amount   `json:"amount"`           // issuance amount
	Currency       issuing.Currency `json:"currency"`         // ISO 4217
	CreateTime     time.Time        `json:"create_time"`      // zero when it cannot be read
	CompleteTime   time.Time        `json:"complete_time"`    // zero when it cannot be read
	FailureReason  string           `json:"failure_reason"`   // on failure
}

// identity implements [callbackEvent]: a card opens or fails once.
func (e *CardOpened) identity() string {
	return dedupeKey(EventCardOpened, e.CardID, e.MerchantCardID, fmt.Sprint(int(e.Status)))
}

func (e *CardOpened) sealed() *issuing.Secret { return &e.CardNumber }

// DepositEventStatus is the status in [CardDeposited]. Its numbers collide with
// those of [DepositStatus]: here 1 is success and 2 failed, there 1 is
// processing and 2 success.
type DepositEventStatus int

// Statuses of card_deposit as webhook.md numbers them.
const (
	DepositEventStatusSuccess DepositEventStatus = 1 // the card was credited
	DepositEventStatusFailed  DepositEventStatus = 2 // nothing was credited
)

// Known reports whether webhook.md lists s.
func (s DepositEventStatus) Known() bool {
	return s == DepositEventStatusSuccess || s == DepositEventStatusFailed
}

// CardDeposited (card_deposit) tells that a top-up was processed. Because of the
// colliding numbers of its status, do not book money on it: look the top-up up
// with [CardService.DepositByKey] and act on that.
type CardDeposited struct {
	TransactionID         string             `json:"transaction_id"`          // the platform's id
	MerchantTransactionID string             `json:"merchant_transaction_id"` // the merchant's id
	CardID                string             `json:"card_id"`                 // the platform's card id
	Amount                issuing.Amount     `json:"amount"`                  // asked for
	SettleAmount          issuing.Amount     `json:"settle_amount"`           // credited
	Currency              issuing.Currency   `json:"currency"`                // ISO 4217
	Status                DepositEventStatus `json:"status"`                  // raw number; see Hint
	CreateTime            time.Time          `json:"create_time"`             // zero when it cannot be read
	CompleteTime          time.Time          `json:"complete_time"`           // zero when it cannot be read
	FailureReason         string             `json:"failure_reason"`          // on failure
}

// identity implements [callbackEvent].
func (e *CardDeposited) identity() string {
	return dedupeKey(EventCardDeposited, e.TransactionID, e.MerchantTransactionID, fmt.Sprint(int(e.Status)),
		e.FailureReason)
}

// Hint reads the status as far as it is certain: a failure reason means failed,
// 1 without one success, 3 failed in the API's numbering. ok is false for
// everything else, 2 included, which both numberings use for opposite things.
func (e *CardDeposited) Hint() (status DepositStatus, ok bool) {
	switch {
	case e.FailureReason != "", e.Status == 3:
		return DepositStatusFailed, true
	case e.Status == DepositEventStatusSuccess:
		return DepositStatusSuccess, true
	}
	return 0, false
}

// CardClosed (card_close) tells that a card was closed and what was left on it,
// which the merchant refunds to the customer, once.
type CardClosed struct {
	CardID         string           `json:"card_id"`          // the platform's card id
	MerchantCardID string           `json:"merchant_card_id"` // the merchant's card id
	CardNumber     issuing.Secret   `json:"card_number"`      // PAN, 16 digits
	CardState      CardState        `json:"card_status"`      // usually cancelled
	Amount         issuing.Amount   `json:"amount"`           // remaining balance
	Currency       issuing.Currency `json:"currency"`         // ISO 4217
	CompleteTime   time.Time        `json:"complete_time"`    // zero when it cannot be read
}

// identity implements [callbackEvent]: a card closes once, so a second close
// with another amount or time is still the same event and refunds nothing more.
func (e *CardClosed) identity() string {
	return dedupeKey(EventCardClosed, e.CardID, e.MerchantCardID)
}

func (e *CardClosed) sealed() *issuing.Secret { return &e.CardNumber }

// CardStateChanged (card_status_change) tells that a card was frozen, unfrozen
// or closed. A closed card sends card_close as well.
type CardStateChanged struct {
	CardID         string         `json:"card_id"`          // the platform's card id
	MerchantCardID string         `json:"merchant_card_id"` // the merchant's card id
	CardNumber     issuing.Secret `json:"card_number"`      // PAN; may be masked
	CardState      CardState      `json:"card_status"`      // compare with Normal: frozen also comes as blocked
	ChangeTime     time.Time      `json:"change_time"`      // zero when it cannot be read
}

// identity implements [callbackEvent].
func (e *CardStateChanged) identity() string {
	return dedupeAt(e.ChangeTime, EventCardStateChanged, e.CardID, e.MerchantCardID, string(e.CardState.Normal()))
}

func (e *CardStateChanged) sealed() *issuing.Secret { return &e.CardNumber }

// CardBilled (card_billing) tells of a spending transaction: authorization,
// settlement, refund or reversal, each with its own event.
type CardBilled struct {
	TransactionID       string            `json:"transaction_id"`       // the platform's id
	CardID              string            `json:"card_id"`              // the platform's card id
	CardTypeID          int64             `json:"card_type_id"`         // card type id
	TransactionTime     time.Time         `json:"transaction_time"`     // zero when it cannot be read
	TransactionType     TransactionType   `json:"transaction_type"`     // authorization, settlement, refund, reversal
	TransactionStatus   TransactionStatus `json:"transaction_status"`   // pending, declined, complete
	ResultCode          string            `json:"result_code"`          // transaction result code
	FailReason          string            `json:"fail_reason"`          // on decline
	TransactionAmount   issuing.Amount    `json:"transaction_amount"`   // what the shop asked for
	TransactionCurrency issuing.Currency  `json:"transaction_currency"` // the shop's currency
	BillingAmount       issuing.Amount    `json:"billing_amount"`       // what the card is charged
	BillingCurrency     issuing.Currency  `json:"billing_currency"`     // the card's currency
	AuthCode            string            `json:"auth_code"`            // authorization code
	MerchantName        string            `json:"merchant_name"`        // the shop
	MerchantCountry     string            `json:"merchant_country"`     // the shop's country
	MerchantCity        string            `json:"merchant_city"`        // the shop's city
	MCC                 string            `json:"mcc"`                  // merchant category code, four digits
	Description         string            `json:"description"`          // transaction description
}

// identity implements [callbackEvent]. One transaction id can bring several
// events, so type, status, amount and time belong to the key.
func (e *CardBilled) identity() string {
	return dedupeAt(e.TransactionTime, EventCardBilled, e.TransactionID, e.CardID,
		string(e.TransactionType), string(e.TransactionStatus), e.BillingAmount.String())
}

// ThreeDSForwarding is the documented business type of a 3-D Secure page. The
// value for one-time passwords is not documented.
const ThreeDSForwarding = "ThreeDomainSecureForwarding"

// HolderChallenged (card_3ds) brings a 3-D Secure one-time password or the address of a
// page. Pass it to the cardholder at once; never store or log it.
type HolderChallenged struct {
	CardID       string           `json:"card_id"`       // the platform's card id
	Currency     issuing.Currency `json:"currency"`      // transaction currency
	Amount       issuing.Amount   `json:"amount"`        // transaction amount
	OTP          issuing.Secret   `json:"otp"`           // the password, when it is one
	Detail       string           `json:"detail"`        // the shop and so on
	BusinessType string           `json:"business_type"` // open set; decide by OTP and URL
	ExpiresAt    time.Time        `json:"expires_at"`    // when the password stops working
	URL          issuing.Secret   `json:"url"`           // the page, when it is one
}

// identity implements [callbackEvent]. It is always "": nothing but the password
// or page tells two events for one purchase apart, and a key, which reaches logs
// and databases, must not hold even a hash of six digits.
func (e *HolderChallenged) identity() string { return "" }

// KYCEventStatus is the verdict in [KYCReviewed]. Its numbers are the
// callback's own.
type KYCEventStatus int

// Verdicts of card_kyc.
const (
	KYCEventStatusApproved KYCEventStatus = 2 // the card moves to pending assignment
	KYCEventStatusRejected KYCEventStatus = 3 // see RetryAllowed
)

// Known reports whether webhook.md lists s.
func (s KYCEventStatus) Known() bool {
	return s == KYCEventStatusApproved || s == KYCEventStatusRejected
}

// KYCReviewed (card_kyc) brings the verdict on a physical card's holder. It can
// come more than once for a card; the one with the greatest ReviewedAt counts,
// in both directions. Without ReviewedAt ask [KYCService.Status]. After a
// rejection that allows no retry read the card: where it is still pending KYC,
// end it with [KYCService.Cancel].
type KYCReviewed struct {
	CardID         string         `json:"card_id"`          // the platform's card id
	MerchantCardID string         `json:"merchant_card_id"` // the merchant's card id
	CardType       CardType       `json:"card_type"`        // PHYSICAL-G
	Status         KYCEventStatus `json:"status"`           // approved or rejected
	RetryAllowed   bool           `json:"retry_allowed"`    // after a rejection: whether Init may be called again
	Reason         string         `json:"reason"`           // generic description; optional
	ReviewedAt     time.Time      `json:"reviewed_at"`      // zero when it cannot be read
}

// identity implements [callbackEvent].
func (e *KYCReviewed) identity() string {
	return dedupeAt(e.ReviewedAt, EventKYCReviewed, e.CardID, e.MerchantCardID, fmt.Sprint(int(e.Status)),
		fmt.Sprint(e.RetryAllowed))
}
