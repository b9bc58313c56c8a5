package issuingtest

import issuing "github.com/issuing-sdk/issuing-go"

// Merchant is the shop where a card is used. Platforms show as much of it as their
// protocol has room for; all fields may be empty.
type Merchant struct {
	Name    string
	ID      string // the acquirer's number for it
	MCC     string // merchant category code, four digits
	Country string // ISO 3166-1 alpha-2
	City    string
}

// Authorization is a platform's answer to a shop that asks for a card's money.
// That a card is frozen or holds too little is an answer too: it declines.
type Authorization struct {
	ID       string // of the transaction, which is recorded when it is declined too
	Approved bool
	Reason   string // why it is declined, in the platform's words; empty when approved
}

// Challenge is what a card's holder is asked to confirm: a one-time code to enter,
// or a page to open.
type Challenge struct {
	Amount issuing.Amount // of the purchase; unset where there is none
	Code   issuing.Secret // the one-time code, for SendOTP
	URL    string         // the page, for Forward3DS
	Detail string         // shown to the holder, such as the shop's name
}

// KYCRetry says whether a refused applicant may try again.
type KYCRetry bool

// What a refused applicant may do.
const (
	KYCRetryAllowed   KYCRetry = true
	KYCRetryForbidden KYCRetry = false
)
