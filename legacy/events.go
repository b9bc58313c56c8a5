package legacy

import (
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Callback types. Only VIRTUAL-P's callbacks name a type; for all others the
// address that they come to tells it, so each type needs an address of its own.
const (
	EventCardDeposited        = "deposit"         // [CardDeposited], to a top-up's NotifyURL
	EventApplicationCompleted = "kyc"             // [ApplicationCompleted], to an application's NotifyURL
	EventTransferCompleted    = "transfer"        // [TransferCompleted], to a remittance's NotifyURL
	EventVirtualLBilled       = "virtual_l_bill"  // [VirtualLBilled], to the address in the portal
	EventVirtualLClosed       = "virtual_l_close" // [VirtualLClosed], to the address in the portal
	EventVirtualLChallenged   = "virtual_l_otp"   // [VirtualLChallenged], to the address in the portal
	EventOOBRequested         = "visa_h_oob"      // [OOBRequested], to the address in the portal

	// EventVirtualP stands for the four types below, which share an address.
	EventVirtualP           = "virtual_p"
	EventVirtualPBilled     = "CardTransaction"             // [VirtualPBilled]
	EventVirtualPClosed     = "DeleteCard"                  // [VirtualPClosed]
	EventVirtualPChallenged = "Card3dsOtp"                  // [VirtualPChallenged]
	EventVirtualPForwarded  = "ThreeDomainSecureForwarding" // [VirtualPForwarded]
)

// EventTypes lists the callback types by which an address is told apart.
func EventTypes() []string {
	return []string{
		EventCardDeposited, EventApplicationCompleted, EventTransferCompleted, EventVirtualLBilled,
		EventVirtualLClosed, EventVirtualLChallenged, EventOOBRequested, EventVirtualP,
	}
}

// virtualPType reports whether typ is one of the four types that VIRTUAL-P's
// callbacks name.
func virtualPType(typ string) bool {
	return among(typ, EventVirtualPBilled, EventVirtualPClosed, EventVirtualPChallenged,
		EventVirtualPForwarded)
}

// callbackEvent is the content of a callback: a pointer to one of the structs that
// the Event constants name.
type callbackEvent interface {
	// identity is equal for two deliveries of the same event and differs
	// between events. It is "" when the event lacks what identifies it; compare
	// the whole content then.
	identity() string
}

// blankEvents makes an empty struct for each type.
var blankEvents = map[string]func() callbackEvent{
	EventCardDeposited:        func() callbackEvent { return new(CardDeposited) },
	EventApplicationCompleted: func() callbackEvent { return new(ApplicationCompleted) },
	EventTransferCompleted:    func() callbackEvent { return new(TransferCompleted) },
	EventVirtualLBilled:       func() callbackEvent { return new(VirtualLBilled) },
	EventVirtualLClosed:       func() callbackEvent { return new(VirtualLClosed) },
	EventVirtualLChallenged:   func() callbackEvent { return new(VirtualLChallenged) },
	EventOOBRequested:         func() callbackEvent { return new(OOBRequested) },
	EventVirtualPBilled:       func() callbackEvent { return new(VirtualPBilled) },
	EventVirtualPClosed:       func() callbackEvent { return new(VirtualPClosed) },
	EventVirtualPChallenged:   func() callbackEvent { return new(VirtualPChallenged) },
	EventVirtualPForwarded:    func() callbackEvent { return new(VirtualPForwarded) },
}

// identifying are the members that an event's identity stands on. When one of them
// cannot be read, the whole content identifies the event instead.
var identifying = map[string][]string{
	EventCardDeposited:        {"orderNo", "merOrderNo", "status"},
	EventApplicationCompleted: {"orderNo", "merOrderNo", "status"},
	EventTransferCompleted:    {"orderNo", "merOrderNo", "status"},
	EventOOBRequested:         {"acsTransactionId", "status"},
	EventVirtualLBilled:       {"recordNo", "transType", "transStatus", "localCurrencyAmt"},
	EventVirtualLClosed:       {"recordNo"},
	EventVirtualPBilled:       {"id", "type", "status", "amount"},
}

// decodeEvent decodes a verified callback. For VISA-H's and VIRTUAL-P's
// callbacks content is the value of data, for all others the whole body. A type
// that is not known gives nil and no error; the codec's note is told of members that
// cannot be read.
func decodeEvent(codec wire.Codec, typ string, content []byte) (callbackEvent, error) {
	empty := blankEvents[typ]
	if empty == nil {
		return nil, nil
	}
	n := empty()
	if err := codec.Unmarshal(content, n); err != nil {
		return nil, err
	}
	return n, nil
}

// eventKey joins what identifies an event; without an id there is none.
func eventKey(typ, id string, more ...string) string {
	if strings.Trim(id, "|") == "" {
		return ""
	}
	return strings.Join(append([]string{typ, id}, more...), "|")
}

// CardDeposited tells that a top-up has ended. Confirm it with
// [CardService.DepositByKey] before booking money.
type CardDeposited struct {
	OrderNo      string         `json:"orderNo"`         // the platform's number
	MerOrderNo   string         `json:"merOrderNo"`      // the merchant's number
	Status       OrderStatus    `json:"status"`          // success or failed
	FailReason   string         `json:"failReason"`      // on failure; may be empty
	SettleAmount issuing.Amount `json:"settleAmount"`    // what was settled
	CreateTime   time.Time      `json:"createTime"`      // zero when it cannot be read
	CompleteTime time.Time      `json:"completeTime"`    // zero when it cannot be read
	AppKey       string         `json:"appKey"`          // the merchant's
	Ext          string         `json:"ext" wire:"json"` // reserved
}

// identity implements [callbackEvent]: an order reaches a status once.
func (n *CardDeposited) identity() string {
	return eventKey(EventCardDeposited, n.OrderNo+"|"+n.MerOrderNo, n.Status.String())
}

// ApplicationCompleted tells that the status of an application has changed. Confirm it
// with [ApplicationService.ApplicationByKey].
type ApplicationCompleted struct {
	OrderNo      string         `json:"orderNo"`         // the platform's number
	MerOrderNo   string         `json:"merOrderNo"`      // the merchant's number
	CardNumber   issuing.Secret `json:"cardNumber"`      // after success: the PAN, or VIRTUAL-P's card id
	Status       OrderStatus    `json:"status"`          // processing, success or failed
	FailReason   string         `json:"failReason"`      // on failure
	CreateTime   time.Time      `json:"createTime"`      // zero when it cannot be read
	CompleteTime time.Time      `json:"completeTime"`    // zero when it cannot be read
	AppKey       string         `json:"appKey"`          // the merchant's
	Ext          string         `json:"ext" wire:"json"` // reserved; a JSON object stays JSON
}

// identity implements [callbackEvent]: an order reaches a status once.
func (n *ApplicationCompleted) identity() string {
	return eventKey(EventApplicationCompleted, n.OrderNo+"|"+n.MerOrderNo, n.Status.String())
}

// TransferCompleted tells that a remittance has ended. Confirm it with
// [TransferService.TransferByKey].
type TransferCompleted struct {
	OrderNo        string           `json:"orderNo"`         // the platform's number
	MerOrderNo     string           `json:"merOrderNo"`      // the merchant's number
	Status         OrderStatus      `json:"status"`          // success or failed
	Account        issuing.Secret   `json:"account"`         // where it was paid to; may be a card number
	SourceCurrency issuing.Currency `json:"sourceCurrency"`  // settlement currency
	SourceAmount   issuing.Amount   `json:"sourceAmount"`    // what was charged
	TargetCurrency issuing.Currency `json:"targetCurrency"`  // payout currency
	TargetAmount   issuing.Amount   `json:"targetAmount"`    // what was paid out
	FixedFee       issuing.Amount   `json:"fixedFee"`        // in SourceCurrency
	PreRatedFee    issuing.Amount   `json:"preRatedFee"`     // the fee page's name of the ratio; see Ratio
	ProRatedFee    issuing.Amount   `json:"proRatedFee"`     // the notification page's name of the ratio
	FailReason     string           `json:"failReason"`      // on failure, when it is clear
	CreateTime     time.Time        `json:"createTime"`      // zero when it cannot be read
	CompleteTime   time.Time        `json:"completeTime"`    // zero when it cannot be read
	AppKey         string           `json:"appKey"`          // the merchant's
	Ext            issuing.Secret   `json:"ext" wire:"json"` // JSON, perhaps in a string; see Extra. May hold a pickup code
}

// Ratio returns the fee's share of the principal under whichever name it came. ok
// is false when both came and differ: ask [TransferService.TransferByKey] then.
func (n *TransferCompleted) Ratio() (ratio issuing.Amount, ok bool) {
	switch {
	case n.PreRatedFee.IsZero():
		return n.ProRatedFee, true
	case n.ProRatedFee.IsZero(), n.PreRatedFee.Cmp(n.ProRatedFee) == 0:
		return n.PreRatedFee, true
	}
	return issuing.Amount(""), false
}

// Extra reads what Ext holds for the order's channel.
func (n *TransferCompleted) Extra() TransferExtra { return parseExtra(n.Ext) }

// identity implements [callbackEvent]. A notification with a UETR that was not
// known before is another event. What else Ext holds is no part of the key, because
// a pickup code is worth the money and keys reach logs: the event's ID has a
// keyed digest of it in addition.
func (n *TransferCompleted) identity() string {
	return eventKey(EventTransferCompleted, n.OrderNo+"|"+n.MerOrderNo, n.Status.String(), n.Extra().UETR)
}

// OOBRequested asks the holder of a VISA-H card to confirm an online purchase.
// Show it at once and answer with [VisaHService.ReplyOOB] before ExpireDate; the
// platform may not send it again.
type OOBRequested struct {
	CardNumber             issuing.Secret   `json:"cardNumber"`             // the card
	ACSTransactionID       string           `json:"acsTransactionId"`       // for the reply
	Status                 OOBStatus        `json:"status"`                 // in progress, or how it ended
	Transactions           []OOBTransaction `json:"transactionInformation"` // what is to be confirmed
	SettlementDate         time.Time        `json:"settlementDate"`         // in the table, not in the example
	ThreeDSRequestorAppURL string           `json:"threeDsRequestorAppUrl"` // in the example, not in the table
	CreatedDate            time.Time        `json:"createdDate"`            // when it was created
	LastModifiedDate       time.Time        `json:"lastModifiedDate"`       // when its status changed
	ExpireDate             time.Time        `json:"expireDate"`             // when a reply is too late
}

// OOBTransaction is a purchase that waits for confirmation.
type OOBTransaction struct {
	MerchantName        string           `json:"merchantName"`        // the shop
	PurchaseAmount      issuing.Amount   `json:"purchaseAmount"`      // in PurchaseCurrency
	PurchaseCurrency    issuing.Currency `json:"purchaseCurrency"`    // the shop's currency
	PurchaseDate        time.Time        `json:"purchaseDate"`        // when it was made
	MerchantCountryCode string           `json:"merchantCountryCode"` // ISO 3166-1 numeric, such as 840
	AcquirerMerchantID  string           `json:"acquirerMerchantID"`  // the shop's id
	MaskedPAN           string           `json:"maskedPAN"`           // such as 451888******8888
}

// identity implements [callbackEvent]: a confirmation reaches a status once.
func (n *OOBRequested) identity() string {
	return eventKey(EventOOBRequested, n.ACSTransactionID, strconv.Itoa(int(n.Status)))
}
