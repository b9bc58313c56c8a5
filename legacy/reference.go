package legacy

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// ReferenceService reads what remittances can be made of. Its fourteen methods
// ask only. Codes are opaque: pass them on unchanged, spaces included.
type ReferenceService struct{ c *Client }

// Country is a country of remittances.
type Country struct {
	Code      string `json:"code"`      // ISO 3166-1 alpha-3, used in orders
	Name      string `json:"name"`      // for people
	ShortCode string `json:"shortCode"` // ISO 3166-1 alpha-2
}

// CodeName is a code with its meaning.
type CodeName struct {
	Code string `json:"code"` // used in orders, as it stands
	Name string `json:"name"` // for people; Chinese for relationships
}

// BusinessMode is a business type that a channel supports.
type BusinessMode struct {
	Business Business `json:"business"` // such as C2C
}

// PayoutOption is a channel of a country with its currency and partner.
type PayoutOption struct {
	Country  string           `json:"country"`  // destination, ISO 3166-1 alpha-3
	Currency issuing.Currency `json:"currency"` // payout currency
	Type     Channel          `json:"type"`     // payout channel
	Partner  string           `json:"partner"`  // the channel's partner; may be empty
}

// The requests are the pages' parameters; every one of them is required.
type (
	countryRequest struct {
		Country string `json:"country"`
	}
	channelRequest struct {
		Type Channel `json:"type"`
	}
	countryChannelRequest struct {
		Country string  `json:"country"`
		Type    Channel `json:"type"`
	}
	branchRequest struct {
		Country  string `json:"country"`
		BankCode string `json:"bankCode"`
	}
	cityRequest struct {
		Country   string `json:"country"`
		StateCode string `json:"stateCode"`
	}
	fundsRequest struct {
		Country  string   `json:"country"`
		Business Business `json:"business"`
	}
)

// RemittancePurposesRequest selects the purposes of a payout path.
type RemittancePurposesRequest struct {
	Country  string           `json:"country"`  // destination, ISO 3166-1 alpha-3; required
	Business Business         `json:"business"` // such as C2C; required
	Type     Channel          `json:"type"`     // payout channel; required
	Currency issuing.Currency `json:"currency"` // payout currency; required
}

func (r countryRequest) validate(p *check.Problems) { checkCountry(p, r.Country) }

func (r channelRequest) validate(p *check.Problems) { checkChannel(p, r.Type) }

func (r countryChannelRequest) validate(p *check.Problems) {
	checkCountry(p, r.Country)
	checkChannel(p, r.Type)
}

func (r branchRequest) validate(p *check.Problems) {
	checkCountry(p, r.Country)
	checkTexts(p, []field{{"bankCode", r.BankCode}}, nil)
}

func (r cityRequest) validate(p *check.Problems) {
	checkCountry(p, r.Country)
	checkTexts(p, []field{{"stateCode", r.StateCode}}, nil)
}

func (r fundsRequest) validate(p *check.Problems) {
	checkCountry(p, r.Country)
	checkBusiness(p, r.Business)
}

func (r RemittancePurposesRequest) validate(p *check.Problems) {
	checkCountry(p, r.Country)
	checkBusiness(p, r.Business)
	checkChannel(p, r.Type)
	checkCurrency(p, "currency", r.Currency)
}

// BusinessModes returns the business types of a channel to a country.
//
// Safety: read.
func (s *ReferenceService) BusinessModes(
	ctx context.Context, country string, channel Channel, opts ...issuing.CallOption,
) ([]BusinessMode, error) {
	return list[BusinessMode](ctx, s.c, opBusinessModes, countryChannelRequest{country, channel}, opts)
}

// SourceCountries returns the countries that can be sent from: sourceCountry of an
// order.
//
// Safety: read.
func (s *ReferenceService) SourceCountries(ctx context.Context, opts ...issuing.CallOption) ([]Country, error) {
	return list[Country](ctx, s.c, opSourceCountries, noRequest{}, opts)
}

// TargetCountries returns the countries that can be sent to: country of an order.
//
// Safety: read.
func (s *ReferenceService) TargetCountries(ctx context.Context, opts ...issuing.CallOption) ([]Country, error) {
	return list[Country](ctx, s.c, opTargetCountries, noRequest{}, opts)
}

// Channels returns the payout channels of a country.
//
// Safety: read.
func (s *ReferenceService) Channels(
	ctx context.Context, country string, opts ...issuing.CallOption,
) ([]PayoutOption, error) {
	return list[PayoutOption](ctx, s.c, opChannels, countryRequest{country}, opts)
}

// ChannelCountries returns the countries that a payout channel reaches.
//
// Safety: read.
func (s *ReferenceService) ChannelCountries(
	ctx context.Context, channel Channel, opts ...issuing.CallOption,
) ([]Country, error) {
	return list[Country](ctx, s.c, opChannelCountries, channelRequest{channel}, opts)
}

// Currencies returns the currencies and partners of a channel to a country.
//
// Safety: read.
func (s *ReferenceService) Currencies(
	ctx context.Context, country string, channel Channel, opts ...issuing.CallOption,
) ([]PayoutOption, error) {
	return list[PayoutOption](ctx, s.c, opCurrencies, countryChannelRequest{country, channel}, opts)
}

// Banks returns the banks of a country: targetBankCode of an order.
//
// Safety: read.
func (s *ReferenceService) Banks(ctx context.Context, country string, opts ...issuing.CallOption) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opBanks, countryRequest{country}, opts)
}

// Branches returns the branches of a bank: targetBankBranch of an order.
//
// Safety: read.
func (s *ReferenceService) Branches(
	ctx context.Context, country, bankCode string, opts ...issuing.CallOption,
) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opBranches, branchRequest{country, bankCode}, opts)
}

// States returns the states of a country, used for Indonesia: targetAddressState
// of an order, which takes the name there.
//
// Safety: read.
func (s *ReferenceService) States(ctx context.Context, country string, opts ...issuing.CallOption) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opStates, countryRequest{country}, opts)
}

// Cities returns the cities of a state, used for Indonesia: targetAddressCityCode
// of an order.
//
// Safety: read.
func (s *ReferenceService) Cities(
	ctx context.Context, country, stateCode string, opts ...issuing.CallOption,
) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opCities, cityRequest{country, stateCode}, opts)
}

// Relationships returns the relationships of sender and recipient: relationship of
// an order. The names are Chinese.
//
// Safety: read.
func (s *ReferenceService) Relationships(ctx context.Context, opts ...issuing.CallOption) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opRelationships, noRequest{}, opts)
}

// RemittancePurposes returns the purposes of a payout path: remittancePurpose of an
// order.
//
// Safety: read.
func (s *ReferenceService) RemittancePurposes(
	ctx context.Context, req RemittancePurposesRequest, opts ...issuing.CallOption,
) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opRemittancePurposes, req, opts)
}

// SourcesOfFunds returns where the money can come from: sourceOfFunds of an order.
//
// Safety: read.
func (s *ReferenceService) SourcesOfFunds(
	ctx context.Context, country string, business Business, opts ...issuing.CallOption,
) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opSourcesOfFunds, fundsRequest{country, business}, opts)
}

// Occupations returns the occupations of a sender: occupation of an order. They are
// not those of a MASTER-E applicant ([Occupation]).
//
// Safety: read.
func (s *ReferenceService) Occupations(ctx context.Context, opts ...issuing.CallOption) ([]CodeName, error) {
	return list[CodeName](ctx, s.c, opTransferOccupations, noRequest{}, opts)
}
