package kazepay

import (
	"cmp"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Kinds of callbacks. The first six are the names of the platform that KazePay
// is built on; KazePay's own are not published. The last two are implied by
// KazePay's pages, and their names are this package's.
const (
	EventHolderChallenged   = "TRANSACTION_VERIFICATION_CODE" // [HolderChallenged]
	EventCardStateChanged   = "CARD_STATUS_CHANGE"            // [CardStateChanged]
	EventTransactionCreated = "TRANSACTION_CREATED"           // [TransactionCreated]
	EventCardDeposited      = "CARD_RECHARGE_RESULT"          // [CardDeposited]
	EventCardClosed         = "CARD_CLOSE_RESULT"             // [CardClosed]
	EventCoinDeposited      = "COIN_RECHARGE_RESULT"          // [CoinDeposited]
	EventActivationCodeSent = "ACTIVATION_CODE"               // [ActivationCodeSent]
	EventKYCReviewed        = "KYC_RESULT"                    // [KYCReviewed]
)

// EventTypes lists the eight kinds.
func EventTypes() []string {
	return []string{
		EventHolderChallenged, EventCardStateChanged, EventTransactionCreated, EventCardDeposited,
		EventCardClosed, EventCoinDeposited, EventActivationCodeSent, EventKYCReviewed,
	}
}

// callbackEvent is the data of a callback: one of the pointers to
// [HolderChallenged], [CardStateChanged], [TransactionCreated],
// [CardDeposited], [CardClosed], [CoinDeposited], [ActivationCodeSent] and
// [KYCReviewed]. The envelope has no timestamp and its head may be unsigned:
// where money depends on an event, ask with a query before acting.
type callbackEvent interface {
	// identity is equal for two deliveries of the same event and differs
	// between events. It is "" when the event lacks what identifies it; compare
	// the whole content then.
	identity() string
	// when is the event's own time, zero when it has none; webhook.Event has it.
	when() time.Time
}

// dedupeKey joins what identifies an event: its kind, an id that must be there,
// and what else tells it apart.
func dedupeKey(kind, id string, more ...string) string {
	if id == "" {
		return ""
	}
	return strings.Join(append([]string{kind, id}, more...), "|")
}

// dedupeAt is dedupeKey for an event that can recur and is told apart by its
// time.
func dedupeAt(at time.Time, kind, id string, more ...string) string {
	if at.IsZero() {
		return ""
	}
	return dedupeKey(kind, id, append(more, at.UTC().Format(time.RFC3339Nano))...)
}

// HolderChallenged (TRANSACTION_VERIFICATION_CODE) brings a one-time code, of
// 3-D Secure or for binding the card to a wallet, that has to reach the holder.
// Pass it on at once; never store or log it.
type HolderChallenged struct {
	CardID     string         `json:"cardID"`   // KazePay's card id
	CardNumber issuing.Secret `json:"cardNo"`   // PAN
	Code       issuing.Secret `json:"code"`     // the one-time code
	CreatedAt  time.Time      `json:"createAt"` // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *HolderChallenged) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent]. It is always "": two codes can be made within
// the second that a time tells, and a key must not give a code away.
func (e *HolderChallenged) identity() string { return "" }

// CardStateChanged (CARD_STATUS_CHANGE) tells that a card moved to another
// status. Deliveries can overtake each other: never take a card back from
// [CardStatusClosed].
type CardStateChanged struct {
	CardID     string         `json:"cardID"`   // KazePay's card id
	Status     CardStatus     `json:"status"`   // the new status
	Reason     string         `json:"reason"`   // when the review failed
	CardNumber issuing.Secret `json:"cardNo"`   // PAN; absent when the review failed
	CreatedAt  time.Time      `json:"createAt"` // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *CardStateChanged) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent].
func (e *CardStateChanged) identity() string {
	return dedupeAt(e.CreatedAt, EventCardStateChanged, e.CardID, string(e.Status.Normal()))
}

// NotifiedTransaction is a card transaction in a callback. Amounts are in their
// currency's base unit and signed.
type NotifiedTransaction struct {
	RecordID            string            `json:"id"`               // upstream's row id
	ID                  string            `json:"transactionId"`    // as in CardService.Transactions
	ReceiptNo           string            `json:"receiptNo"`        // on fees: the ID of the transaction that caused it
	AuthType            AuthType          `json:"authType"`         // PURCHASE or ATM
	CardCurrency        issuing.Currency  `json:"cardCurrency"`     // ISO 4217
	CardAmount          issuing.Amount    `json:"cardCurrencyAmt"`  // what the card is charged
	TransactionCurrency issuing.Currency  `json:"transCurrency"`    // the shop's, ISO 4217
	TransactionAmount   issuing.Amount    `json:"transCurrencyAmt"` // what the shop asked for
	MerchantName        string            `json:"merchantName"`     // the shop
	Status              TransactionStatus `json:"transStatus"`      // compare with Normal
	Type                TransactionType   `json:"transType"`        // compare with Normal
	RespCode            RespCode          `json:"respCode"`         // 000000 is success
	RespDescription     string            `json:"respCodeDesc"`     // its text
	Time                time.Time         `json:"transactionTime"`  // zero when it cannot be read
}

// TransactionCreated (TRANSACTION_CREATED) tells of a card transaction.
type TransactionCreated struct {
	CardID      string              `json:"cardID"`      // KazePay's card id
	Currency    issuing.Currency    `json:"currency"`    // USD
	CardNumber  issuing.Secret      `json:"cardNo"`      // PAN
	CreatedAt   time.Time           `json:"createAt"`    // zero when it cannot be read
	Transaction NotifiedTransaction `json:"transaction"` // the transaction
}

// when implements [callbackEvent].
func (e *TransactionCreated) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent]. A transaction comes once per status.
func (e *TransactionCreated) identity() string {
	t := &e.Transaction
	id := cmp.Or(t.ID, t.RecordID)
	return dedupeKey(EventTransactionCreated, id, t.RecordID, string(t.Status.Normal()), string(t.Type.Normal()))
}

// CardDeposited (CARD_RECHARGE_RESULT) tells that a top-up became final. Do not
// book money on it alone: read [CardService.Balance] or
// [CardService.Transactions].
type CardDeposited struct {
	CardID        string            `json:"cardID"`        // KazePay's card id
	CardNumber    issuing.Secret    `json:"cardNo"`        // PAN
	TransactionID string            `json:"transactionId"` // Deposit.ID; upstream sends none
	Amount        issuing.Amount    `json:"amount"`        // asked for
	ReceiveAmount issuing.Amount    `json:"receiveAmount"` // credited; on success only
	Currency      issuing.Currency  `json:"currency"`      // ISO 4217
	Status        TransactionStatus `json:"status"`        // SUCCESS or FAILED
	CreatedAt     time.Time         `json:"createAt"`      // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *CardDeposited) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent].
func (e *CardDeposited) identity() string {
	status := string(e.Status.Normal())
	if e.TransactionID != "" {
		return dedupeKey(EventCardDeposited, e.TransactionID, status)
	}
	return dedupeAt(e.CreatedAt, EventCardDeposited, e.CardID, status, e.Amount.String())
}

// CardClosed (CARD_CLOSE_RESULT) tells that a card was closed and what was
// returned to the merchant. Its fields are inferred; the event's raw JSON holds
// all of them.
type CardClosed struct {
	CardID        string           `json:"cardID"`    // KazePay's card id
	CardNumber    issuing.Secret   `json:"cardNo"`    // PAN
	Status        CardStatus       `json:"status"`    // usually CLOSE
	RefundAmount  issuing.Amount   `json:"refundAmt"` // returned to the merchant
	Currency      issuing.Currency `json:"currency"`  // ISO 4217
	TransactionID string           `json:"txnId"`     // as Close answered it
	CreatedAt     time.Time        `json:"createAt"`  // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *CardClosed) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent]: a card closes once.
func (e *CardClosed) identity() string {
	return dedupeKey(EventCardClosed, e.CardID, string(e.Status.Normal()))
}

// CoinDeposited (COIN_RECHARGE_RESULT) tells of a user's top-up in a
// cryptocurrency. KazePay probably does not expose it.
type CoinDeposited struct {
	UID           string            `json:"uid"`           // the user
	OrderNo       string            `json:"orderNo"`       // the platform's order
	Symbol        string            `json:"symbol"`        // the coin
	CoinAmount    issuing.Amount    `json:"coinAmount"`    // in the coin
	Amount        issuing.Amount    `json:"amount"`        // in Currency
	ReceiveAmount issuing.Amount    `json:"receiveAmount"` // credited
	Currency      issuing.Currency  `json:"currency"`      // ISO 4217
	Status        TransactionStatus `json:"status"`        // SUCCESS or FAILED
	CreatedAt     time.Time         `json:"createAt"`      // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *CoinDeposited) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent].
func (e *CoinDeposited) identity() string {
	return dedupeKey(EventCoinDeposited, e.OrderNo, string(e.Status.Normal()))
}

// ActivationCodeSent brings the code for [PhysicalService.Activate]. It comes
// once: store it until the card is active. Name and fields of this kind are
// inferred.
type ActivationCodeSent struct {
	CardID         string           `json:"cardID"`         // KazePay's card id
	CardNumber     issuing.Secret   `json:"cardNo"`         // PAN
	Email          issuing.Personal `json:"email"`          // the user's
	ActivationCode issuing.Secret   `json:"activationCode"` // eight digits in the published sample
	CreatedAt      time.Time        `json:"createAt"`       // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *ActivationCodeSent) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent]. It is always "": only the code tells such
// events apart, and a key must not give it away.
func (e *ActivationCodeSent) identity() string { return "" }

// KYCReviewed brings the verdict on a holder. Ask [KYCService.Status] before
// acting on it. Name and fields of this kind are inferred.
type KYCReviewed struct {
	Email     issuing.Personal `json:"email"`    // the user's
	Status    KYCStatus        `json:"status"`   // REJECTED or PASSED
	Reason    string           `json:"reason"`   // of a rejection
	CreatedAt time.Time        `json:"createAt"` // zero when it cannot be read
}

// when implements [callbackEvent].
func (e *KYCReviewed) when() time.Time { return e.CreatedAt }

// identity implements [callbackEvent]. It is always "": nothing but the user's
// address tells whose verdict this is, and a key must not hold it.
func (e *KYCReviewed) identity() string { return "" }
