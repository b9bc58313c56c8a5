package unionpay

import (
	"errors"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// What UnionPay sends to a token requestor: the msgType of the message's envelope.
// The constants are untyped, so they are values of [MessageType] too.
const (
	EventTokenStateChanged   = "TOKEN_STATE_NOTIFICATION" // [TokenStateChanged]
	EventTransactionReported = "TRX_STATUS_NOTIFICATION"  // [TransactionReported]; not of CAMS
	EventUserIDRequested     = "GET_USER_ID"              // [UserIDRequested]; a question
)

// EventTypes lists the three types.
func EventTypes() []string {
	return []string{EventTokenStateChanged, EventTransactionReported, EventUserIDRequested}
}

// msgHead is the head of a message, as far as it is read.
type msgHead struct {
	VersionNo string      `json:"versionNo"` // 1.0.0
	MsgID     string      `json:"msgID"`     // AN 17-49; UnionPay's start with U
	TimeStamp time.Time   `json:"timeStamp"` // zero when it cannot be read
	MsgType   MessageType `json:"msgType"`   // what the message is
}

// dedupeKey is equal for two deliveries of the same message.
func (m msgHead) dedupeKey() string { return string(m.MsgType) + "|" + m.MsgID }

// notification is the data of a message from UnionPay: one of the pointers to
// [TokenStateChanged], [TransactionReported] and [UserIDRequested].
type notification interface {
	// answer returns the business fields of our answer, as a value that encodes
	// to a JSON object.
	answer() any
	// check notes mandatory fields that are missing. An error says that there is no
	// answer without them.
	check(note func(member, reason string)) error
}

// decodeNotification decodes the business fields of an authenticated message. A
// type that is not known gives nil and no error; the opener's note is told of members
// that cannot be read.
func decodeNotification(typ MessageType, trxInfo []byte, open opener, cfg Config) (notification, error) {
	var n notification
	switch typ {
	case EventTokenStateChanged:
		n = new(TokenStateChanged)
	case EventTransactionReported:
		n = new(TransactionReported)
	case EventUserIDRequested:
		n = new(UserIDRequested)
	default:
		return nil, nil
	}
	note, told := open.note, map[string]bool{}
	open.note = func(member, reason string) {
		told[member] = true
		note("trxInfo."+member, reason)
	}
	unread := open.read(cfg, trxInfo, n) != nil
	if unread {
		note("trxInfo", errNotObject.Error())
	}
	return n, n.check(func(member, reason string) {
		if !unread && !told[member] {
			open.note(member, reason)
		}
	})
}

// empty is the business part of an acknowledgement.
type empty struct{}

// TokenStateChanged (TOKEN_STATE_NOTIFICATION) tells that the issuer suspended,
// resumed or deleted a token. SRC is secure remote commerce.
type TokenStateChanged struct {
	Token                     issuing.Secret    `json:"token"`                       // 16 to 19 digits
	State                     TokenState        `json:"tokenState"`                  // the new state
	SRCDigitalCardID          string            `json:"srcDigitalCardId"`            // SRC card id; optional
	SRCCorrelationID          string            `json:"srcCorrelationId"`            // correlation id; optional
	EncryptedConsumerIdentity *ConsumerIdentity `json:"encryptedConsumerIdentity"`   // optional
	Extra                     Extra             `json:"extra,omitzero" wire:"extra"` // further members
}

// ConsumerIdentity is the consumer behind a token.
type ConsumerIdentity struct {
	Provider string         `json:"identityProvider"` // who vouches for it
	Type     string         `json:"identityType"`     // kind of identity
	Value    issuing.Secret `json:"identityValue"`    // the identity
}

func (e *TokenStateChanged) answer() any { return empty{} }

var errMissing = errors.New("a mandatory field is missing or out of its format")

func (e *TokenStateChanged) check(note func(member, reason string)) error {
	if !isToken(e.Token.Reveal()) {
		note("token", errMissing.Error())
	}
	if e.State == "" || len(e.State) > maxState {
		note("tokenState", errMissing.Error())
	}
	return nil
}

// UserIDRequested (GET_USER_ID) asks for the user behind a one-time code. The
// function sets AppUserID; empty, it answers that there is no such user.
type UserIDRequested struct {
	UserAuthCode issuing.Secret `json:"userAuthCode"`                // the code
	AppUserID    string         `json:"appUserId,omitzero" wire:"-"` // the answer: our id of the user, 1-64
	Extra        Extra          `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// userIDAnswer writes the spelling that the wallet gateway uses.
type userIDAnswer struct {
	AppUserID string `json:"appUserId"`
}

func (e *UserIDRequested) answer() any { return userIDAnswer{e.AppUserID} }

func (e *UserIDRequested) check(func(member, reason string)) error {
	if e.UserAuthCode.IsZero() {
		return errMissing
	}
	return nil
}

// TransactionReported (TRX_STATUS_NOTIFICATION) tells how a payment with a token
// ended. It is no part of CAMS. A field that
// cannot be read, such as an amount with leading zeros, stays in Extra.
type TransactionReported struct {
	DeviceID                 string           `json:"deviceID"`                 // the device
	Token                    issuing.Secret   `json:"token"`                    // 16 to 19 digits
	SRCDigitalCardID         string           `json:"srcDigitalCardId"`         // secure-remote-commerce card id
	TxnID                    string           `json:"txnID"`                    // transaction id
	EMVPayloads              []issuing.Secret `json:"emvCpqrcPayload"`          // QR codes that were paid with
	BarcodePayloads          []issuing.Secret `json:"barcodeCpqrcPayload"`      // bar codes that were paid with
	SRCCorrelationID         string           `json:"srcCorrelationId"`         // correlation id
	Amount                   issuing.Amount   `json:"trxAmt"`                   // of the transaction
	Currency                 string           `json:"trxCurrency"`              // as sent; form not published
	Surcharge                issuing.Amount   `json:"trxSurcharge"`             // added by the shop
	Discounts                []Discount       `json:"discountDetails"`          // taken off
	OriginalAmount           issuing.Amount   `json:"originalAmount"`           // before discounts
	MerchantName             string           `json:"merchantName"`             // the shop
	QRCVoucherNo             string           `json:"qrcVoucherNo"`             // voucher number
	RetrievalReferenceNumber string           `json:"retrievalReferenceNumber"` // RRN
	MerchantID               string           `json:"merchantID"`               // the shop's id
	MCC                      string           `json:"mcc"`                      // merchant category code
	BillingAmount            issuing.Amount   `json:"cdhldrBillAmt"`            // what the card is charged
	BillingCurrency          string           `json:"cdhldrBillCurrency"`       // as sent
	BillingRate              issuing.Amount   `json:"cdhldrBillConvRate"`       // conversion rate, exact
	SettlementKey            SettlementKey    `json:"settlementKey"`            // identifies the transaction in settlement
	PaymentStatus            string           `json:"paymentStatus"`            // values not published
	RejectionReason          string           `json:"rejectionReason"`          // on refusal

	Extra Extra `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// Discount is one discount of a transaction.
type Discount struct {
	Amount issuing.Amount `json:"discountAmt"`  // as sent
	Note   string         `json:"discountNote"` // what for
}

// SettlementKey identifies a transaction in settlement.
type SettlementKey struct {
	AcquirerIIN      string `json:"acquirerIIN"`            // acquirer
	ForwardingIIN    string `json:"forwardingIIN"`          // forwarding institution
	TraceNumber      string `json:"systemTraceAuditNumber"` // 6 digits
	TransmissionTime string `json:"TransmissionDateTime"`   // MMDDhhmmss; its name begins with a capital T
}

func (e *TransactionReported) answer() any { return empty{} }

func (e *TransactionReported) check(func(member, reason string)) error { return nil }
