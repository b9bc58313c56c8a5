package legacy

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TransferService quotes, sends and queries remittances (Transfer V4).
type TransferService struct{ c *Client }

// Channel is how a remittance is paid out.
type Channel string

// Payout channels of the dictionary.
const (
	ChannelWire        Channel = "wire"         // global transfer
	ChannelEWallet     Channel = "ewallet"      // e-wallet
	ChannelBankAccount Channel = "bank_account" // local bank
	ChannelCashPickup  Channel = "cash_pickup"  // cash pickup
)

// Known reports whether the dictionary of Transfer V4 has c.
func (c Channel) Known() bool {
	return among(c, ChannelWire, ChannelEWallet, ChannelBankAccount, ChannelCashPickup)
}

// Business says whether sender and recipient are persons (C) or companies (B).
type Business string

// Business types. Only wire supports more than C2C.
const (
	BusinessC2C Business = "C2C" // person to person
	BusinessB2B Business = "B2B" // company to company
	BusinessB2C Business = "B2C" // company to person
	BusinessC2B Business = "C2B" // person to company
)

// Known reports whether the dictionary of Transfer V4 has b.
func (b Business) Known() bool { return among(b, BusinessC2C, BusinessB2B, BusinessB2C, BusinessC2B) }

// QuoteRequest asks for the rate and the fees of a remittance.
type QuoteRequest struct {
	SourceCurrency issuing.Currency `json:"sourceCurrency"` // the reserve's currency; required
	Country        string           `json:"country"`        // destination, ISO 3166-1 alpha-3, such as CHN; required
	Business       Business         `json:"business"`       // such as C2C; required
	Type           Channel          `json:"type"`           // payout channel; required
	TargetCurrency issuing.Currency `json:"targetCurrency"` // payout currency, such as CNY; required
}

func (r QuoteRequest) validate(p *check.Problems) {
	checkCurrency(p, "sourceCurrency", r.SourceCurrency)
	checkCountry(p, r.Country)
	checkBusiness(p, r.Business)
	checkChannel(p, r.Type)
	checkCurrency(p, "targetCurrency", r.TargetCurrency)
}

// checkCountry checks the destination of a remittance.
func checkCountry(p *check.Problems, country string) {
	if p.Required("country", country != "") {
		alpha3.check(p, field{"country", country})
	}
}

func checkBusiness(p *check.Problems, b Business) {
	checkKnown(p, "business", b, needed, "C2C, B2B, B2C or C2B")
}

func checkChannel(p *check.Problems, c Channel) {
	checkKnown(p, "type", c, needed, "wire, ewallet, bank_account or cash_pickup")
}

func checkCurrency(p *check.Problems, name string, currency issuing.Currency) {
	p.Required(name, currency != "")
	if currency != "" && !currency.Valid() && !told(p, name, string(currency)) {
		p.Add(name, "is not an ISO 4217 code such as USD")
	}
}

// Quote is the rate and the fees of a remittance, as they apply to the merchant.
type Quote struct {
	Input       issuing.Currency `json:"input"`       // source currency
	Output      issuing.Currency `json:"output"`      // payout currency
	Rate        issuing.Amount   `json:"rate"`        // payout currency per unit of source currency
	FixedFee    issuing.Amount   `json:"fixedFee"`    // in the source currency
	PreRatedFee issuing.Amount   `json:"preRatedFee"` // share of the send amount, a decimal ratio: 0.021 is 2.1 %
	FullPay     bool             `json:"fullPay"`     // left over: V4 supports SHA only
	FullPayFee  issuing.Amount   `json:"fullPayFee"`  // left over: V4 supports SHA only
}

func (q *Quote) incomplete() bool { return q.Rate.IsZero() }

// Quote asks for the rate and the fees of a remittance. [Quote.Charge] computes
// what it costs.
//
// Safety: read.
func (s *TransferService) Quote(ctx context.Context, req QuoteRequest, opts ...issuing.CallOption) (*Quote, error) {
	return call[Quote](ctx, s.c, opQuote, req, opts)
}

// Charge is what a remittance costs, in the source currency with four decimals.
type Charge struct {
	SendAmount issuing.Amount // the principal
	Fee        issuing.Amount // on top of the principal
	Total      issuing.Amount // principal and fee, which is frozen when the order is placed
}

// feeScale is the number of decimals that derived amounts are settled to.
const feeScale = 4

// Charge computes fee = sendAmount × PreRatedFee + FixedFee and the total exactly,
// then settles both to four decimals. The page does not name the rounding; it is
// upwards, as the platform rounds settlement amounts, so that the result never
// understates the charge.
//
// A ratio outside [0, 1) is refused: before 2026-06-04 the quote had another
// unit, and guessing it would multiply the fee by a hundred.
func (q *Quote) Charge(sendAmount issuing.Amount) (Charge, error) {
	var p check.Problems
	p.Amount("sendAmount", sendAmount, 2)
	p.Required("preRatedFee", !q.PreRatedFee.IsZero())
	if q.PreRatedFee.Sign() < 0 || q.PreRatedFee.Cmp(issuing.NewAmount(1, 0)) >= 0 {
		p.Add("preRatedFee", "must be a ratio of at least 0 and below 1")
	}
	p.Required("fixedFee", !q.FixedFee.IsZero())
	if q.FixedFee.Sign() < 0 {
		p.Add("fixedFee", "must not be negative")
	}
	if err := p.Err(providerName, "Quote.Charge"); err != nil {
		return Charge{}, err
	}
	fee, err := sendAmount.Mul(q.PreRatedFee).Add(q.FixedFee).Round(feeScale, issuing.RoundingUp)
	if err != nil {
		return Charge{}, &issuing.Error{Provider: providerName, Op: "Quote.Charge", Kind: issuing.ErrInvalid, Err: err}
	}
	return Charge{SendAmount: sendAmount, Fee: fee, Total: sendAmount.Add(fee)}, nil
}
