package legacy

import (
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Transfer is a remittance. The answer to its creation holds the numbers, the
// currencies, the status and the time; everything else is unset until a query.
// Amounts are as the platform says: nothing is recomputed.
type Transfer struct {
	MerOrderNo     string           `json:"merOrderNo"`      // the merchant's number
	OrderNo        string           `json:"orderNo"`         // the platform's number
	Account        issuing.Secret   `json:"account"`         // where it is paid to; may be a card number
	SourceCurrency issuing.Currency `json:"sourceCurrency"`  // settlement currency
	SourceAmount   issuing.Amount   `json:"sourceAmount"`    // what is charged, up to four decimals
	SendAmount     issuing.Amount   `json:"sendAmount"`      // the principal; 0 where the platform does not show it
	TargetCurrency issuing.Currency `json:"targetCurrency"`  // payout currency
	TargetAmount   issuing.Amount   `json:"targetAmount"`    // what is paid out
	Rate           issuing.Amount   `json:"merQuotes"`       // rate at submission
	ChargeCode     ChargeCode       `json:"chargeCode"`      // who bears the fee of a wire
	FixedFee       issuing.Amount   `json:"fixedFee"`        // in SourceCurrency
	PreRatedFee    issuing.Amount   `json:"preRatedFee"`     // share of the principal, a decimal ratio
	FullPayFee     issuing.Amount   `json:"fullPayFee"`      // left over
	Status         OrderStatus      `json:"status"`          // new, processing, success or failed
	FailReason     string           `json:"failReason"`      // on failure
	CreateTime     time.Time        `json:"createTime"`      // when it was received; +08:00 is assumed
	CompleteTime   time.Time        `json:"completeTime"`    // zero before the end
	Ext            issuing.Secret   `json:"ext" wire:"json"` // JSON, perhaps in a string; see Extra. May hold a pickup code
}

func (t *Transfer) incomplete() bool { return t.OrderNo == "" || t.MerOrderNo == "" }
func (t *Transfer) key() string      { return t.MerOrderNo }

// Extra reads what Ext holds for the order's channel.
func (t *Transfer) Extra() TransferExtra { return parseExtra(t.Ext) }

// TransferExtra is what a finished remittance comes with. Both fields are empty
// for other channels, and before they are known: a UETR is there five to thirty
// minutes after completion.
type TransferExtra struct {
	PickupCode issuing.Secret `json:"pickupCode"` // cash_pickup: whoever shows it gets the money
	UETR       string         `json:"uetr"`       // wire: lets the receiving bank trace the payment
}

func parseExtra(ext issuing.Secret) TransferExtra {
	var extra TransferExtra
	if ext.IsZero() || codec.Unmarshal([]byte(ext.Reveal()), &extra) != nil {
		return TransferExtra{}
	}
	return extra
}
