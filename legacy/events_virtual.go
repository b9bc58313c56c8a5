package legacy

import (
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// VirtualLBilled tells that the balance of a VIRTUAL-L card has changed. The
// documented example lacks fields that the table calls required, so every field
// may be empty.
type VirtualLBilled struct {
	CardNumber           issuing.Secret            `json:"cardNumber"`           // PAN
	RecordNo             string                    `json:"recordNo"`             // the platform's number of the record
	OccurTime            time.Time                 `json:"occurTime"`            // zero when it cannot be read
	TransCurrency        issuing.Currency          `json:"transCurrency"`        // the shop's currency
	TransAmount          issuing.Amount            `json:"transCurrencyAmt"`     // what the shop asked for
	LocalCurrency        issuing.Currency          `json:"localCurrency"`        // the card's currency
	LocalAmount          issuing.Amount            `json:"localCurrencyAmt"`     // what the card is charged
	RespCode             string                    `json:"respCode"`             // 000000 is success
	RespCodeDesc         string                    `json:"respCodeDesc"`         // for people
	MerchantName         string                    `json:"merchantName"`         // the shop
	MerchantCategoryCode string                    `json:"merchantCategoryCode"` // MCC, four digits
	ApprovalCode         string                    `json:"approvalCode"`         // of the authorization
	CrossBorderType      CrossBorderType           `json:"crossBoardType"`       // domestic or international
	Type                 VirtualLTransactionType   `json:"transType"`            // what it is
	Status               VirtualLTransactionStatus `json:"transStatus"`          // approved or declined
	PlatformType         string                    `json:"platformType"`         // description, for people
	AppKey               string                    `json:"appKey"`               // the merchant's
}

// identity implements [callbackEvent]: a record has a type and a verdict. The
// amount belongs to the key, so that a corrected record is not lost.
func (n *VirtualLBilled) identity() string {
	return eventKey(EventVirtualLBilled, n.RecordNo, string(n.Type), string(n.Status), n.LocalAmount.String())
}

// VirtualLClosed tells that a VIRTUAL-L card was closed. LocalAmount went back to
// the merchant's reserve; the merchant refunds the customer, once per RecordNo,
// after reading the card ([VirtualLService.Card]).
type VirtualLClosed struct {
	CardNumber    issuing.Secret   `json:"cardNumber"`       // PAN; missing in the documented example
	RecordNo      string           `json:"recordNo"`         // the platform's number of the record
	OccurTime     time.Time        `json:"occurTime"`        // zero when it cannot be read
	LocalCurrency issuing.Currency `json:"localCurrency"`    // the card's currency
	LocalAmount   issuing.Amount   `json:"localCurrencyAmt"` // the refund
	TransAmount   issuing.Amount   `json:"transCurrencyAmt"` // undocumented, in the example
	AppKey        string           `json:"appKey"`           // the merchant's
}

// identity implements [callbackEvent]: a record is sent for one closure.
func (n *VirtualLClosed) identity() string { return eventKey(EventVirtualLClosed, n.RecordNo) }

// VirtualLChallenged brings a one-time password for a purchase. It is sent once: pass it
// to the holder at once; never store or log it.
type VirtualLChallenged struct {
	OTP issuing.Secret `json:"otp"` // the password
	// such as 493193**1091, which several cards can fit; see Matches
	CardMask string           `json:"cardNo"`
	Currency issuing.Currency `json:"transactionCurrency"` // transaction currency
	Amount   issuing.Amount   `json:"transactionAmount"`   // transaction amount
	AppKey   string           `json:"appKey"`              // the merchant's
}

// identity implements [callbackEvent]: nothing identifies a password but its
// content.
func (n *VirtualLChallenged) identity() string { return "" }

// Matches reports whether the mask fits a card number: its visible digits stand at
// the number's beginning and end. Do not guess when it fits two cards.
func (n *VirtualLChallenged) Matches(cardNumber issuing.Secret) bool {
	number := cardNumber.Reveal()
	first := strings.IndexByte(n.CardMask, '*')
	if first < 0 {
		return n.CardMask != "" && n.CardMask == number
	}
	head, tail := n.CardMask[:first], strings.TrimLeft(n.CardMask[first:], "*")
	return len(head)+len(tail) > 0 && len(head)+len(tail) < len(number) &&
		strings.HasPrefix(number, head) && strings.HasSuffix(number, tail)
}

// VirtualPBilled (CardTransaction) tells of a transaction of a VIRTUAL-P
// card, or of a change of its state. Refund a closed card on the one of type
// DeleteCard, once per ID.
type VirtualPBilled struct {
	ID              string                    `json:"id"`              // the platform's id
	CardNumber      issuing.Secret            `json:"cardNo"`          // the card id
	Currency        issuing.Currency          `json:"currency"`        // transaction currency
	Amount          issuing.Amount            `json:"amount"`          // without a sign
	Type            VirtualPTransactionType   `json:"type"`            // what it is
	Status          VirtualPTransactionStatus `json:"status"`          // open set
	Detail          string                    `json:"detail"`          // the shop; may be empty
	TransactionTime time.Time                 `json:"transactionTime"` // zero when it cannot be read
}

// identity implements [callbackEvent]: a transaction reaches a status once. The
// amount belongs to the key, so that a corrected one is not lost.
func (n *VirtualPBilled) identity() string {
	return eventKey(EventVirtualPBilled, n.ID, string(n.Type), string(n.Status), n.Amount.String())
}

// VirtualPClosed (DeleteCard) tells that a VIRTUAL-P card was closed. It has no
// amount: refund on the [VirtualPBilled] of type DeleteCard.
type VirtualPClosed struct {
	CardNumber issuing.Secret     `json:"cardNo"`         // the card id
	Currency   issuing.Currency   `json:"currency"`       // the card's currency
	Status     VirtualPCardStatus `json:"status"`         // inactive
	UserName   issuing.Personal   `json:"userName"`       // the holder
	CreateTime time.Time          `json:"createTime"`     // when the card was created
	Last4      string             `json:"cardNoLastFour"` // last four digits of the PAN
}

// identity implements [callbackEvent]: nothing but the card identifies a closure,
// and no card number belongs in a key.
func (n *VirtualPClosed) identity() string { return "" }

// VirtualPChallenged (Card3dsOtp) brings a 3-D Secure one-time password. Pass it to the
// holder at once; never store or log it.
type VirtualPChallenged struct {
	CardNumber issuing.Secret   `json:"cardNo"`   // the card id
	Currency   issuing.Currency `json:"currency"` // transaction currency
	Amount     issuing.Amount   `json:"amount"`   // transaction amount
	OTP        issuing.Secret   `json:"otp"`      // the password
	Detail     string           `json:"detail"`   // the shop and so on
}

// identity implements [callbackEvent]: nothing identifies a password but its
// content.
func (n *VirtualPChallenged) identity() string { return "" }

// VirtualPForwarded (ThreeDomainSecureForwarding) brings the address of a page on
// which the holder confirms a purchase. Pass it on before ExpirationTime.
type VirtualPForwarded struct {
	CardNumber     issuing.Secret   `json:"cardNo"`         // the card id
	Currency       issuing.Currency `json:"currency"`       // transaction currency
	Amount         issuing.Amount   `json:"amount"`         // transaction amount
	Detail         string           `json:"detail"`         // the shop and so on
	Timestamp      time.Time        `json:"timestamp"`      // when it was made
	ExpirationTime time.Time        `json:"expirationTime"` // when the page stops working
	URL            issuing.Secret   `json:"url"`            // the page
}

// identity implements [callbackEvent]: nothing identifies a page but its content.
func (n *VirtualPForwarded) identity() string { return "" }
