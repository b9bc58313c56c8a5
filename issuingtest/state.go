package issuingtest

import (
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// State is what a platform holds, in the words that all platforms share. Nothing in
// it is secret: card numbers are masked.
type State struct {
	Cards        []Item `json:"cards"`
	Holders      []Item `json:"holders"`
	Balances     []Item `json:"balances"`
	Orders       []Item `json:"orders"`
	Transactions []Item `json:"transactions"`
	Tokens       []Item `json:"tokens"`
}

// Item is one thing of a [State]. What it does not have is empty.
type Item struct {
	ID       string           `json:"id"`               // what actions and requests name it by
	Key      string           `json:"key,omitempty"`    // the merchant's own id
	Kind     string           `json:"kind,omitempty"`   // product, type of order, of transaction
	Of       string           `json:"of,omitempty"`     // the card or holder that it belongs to
	Name     string           `json:"name,omitempty"`   // the holder's, the shop's
	Number   string           `json:"number,omitempty"` // masked
	Status   string           `json:"status,omitempty"`
	Amount   issuing.Amount   `json:"amount,omitzero"` // a card's available balance
	Held     issuing.Amount   `json:"held,omitzero"`   // by authorizations
	Currency issuing.Currency `json:"currency,omitempty"`
	Reason   string           `json:"reason,omitempty"` // of a failure, of a decline
	At       time.Time        `json:"at,omitzero"`
	Open     bool             `json:"open,omitempty"` // of a transaction: it can be settled or reversed
}
