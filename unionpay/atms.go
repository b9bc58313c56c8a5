package unionpay

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
)

// ATMService finds ATMs and reports errors in their data.
type ATMService struct{ c *Client }

// FeedbackRequest reports that an ATM's data is wrong. Every field, length and
// default is UnionPay's published table. Lengths count characters. The published
// defaults (country 156, reason 0, longitude +30, latitude -120, other reason 0)
// are not filled in: a report that names a place says so.
type FeedbackRequest struct {
	ATMID        string       `json:"atmId,omitzero"`       // from List or Nearby; 1-100; absent for a new ATM alone
	CountryCode  string       `json:"countryCode"`          // ISO 3166 numeric, 3 digits, such as 156; required
	CityName     string       `json:"cityName"`             // city of the ATM; 1-100; required
	BankName     string       `json:"bankName"`             // owner of the ATM; 1-100; required
	Address      string       `json:"address"`              // 1-500; required
	Longitude    string       `json:"longitude,omitzero"`   // signed degrees as text, such as +103.8519; 1-100; optional
	Latitude     string       `json:"latitude,omitzero"`    // signed degrees as text, such as +1.2902; 1-100; optional
	ReportReason ReportReason `json:"reportReason"`         // what is wrong; 1 digit; required
	OtherReason  string       `json:"otherReason,omitzero"` // text for ReportReasonOther; 1-100; optional

	Extra map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r FeedbackRequest) validate(p *check.Problems) {
	optionalText(p, "atmId", r.ATMID, 100)
	country(p, r.CountryCode)
	text(p, "cityName", r.CityName, 100)
	text(p, "bankName", r.BankName, 100)
	text(p, "address", r.Address, 500)
	optionalText(p, "longitude", r.Longitude, 100)
	optionalText(p, "latitude", r.Latitude, 100)
	digits(p, "reportReason", string(r.ReportReason), 1)
	if len(r.ReportReason) == 1 {
		p.Listed("reportReason", string(r.ReportReason), r.ReportReason.Known())
	}
	optionalText(p, "otherReason", r.OtherReason, 100)
}

// Warnings lists what UnionPay does not forbid and is probably a mistake: no ATM
// id although the ATM is not a new one, and coordinates that do not exist (the
// published samples have a latitude of -120, so they look swapped).
func (r FeedbackRequest) Warnings() []issuing.FieldError {
	var p check.Problems
	if r.ATMID == "" && r.ReportReason != ReportReasonNewATM {
		p.Add("atmId", "is empty although the reason is not a new ATM")
	}
	if beyond(r.Longitude, 180) {
		p.Add("longitude", "is not within -180 to 180")
	}
	if beyond(r.Latitude, 90) {
		p.Add("latitude", "is not within -90 to 90")
	}
	return p.Refusal().Fields
}

// beyond reports whether a coordinate cannot be read or is farther than limit
// from zero.
func beyond(degrees string, limit int64) bool {
	if degrees == "" {
		return false
	}
	a, err := issuing.ParseAmount(strings.TrimPrefix(degrees, "+"))
	if err != nil {
		return true
	}
	if a.Sign() < 0 {
		a = a.Neg()
	}
	return a.Cmp(issuing.NewAmount(limit, 0)) > 0
}

func (r FeedbackRequest) facts(f *facts) { f.Card = r.ATMID }

// Feedback is the acknowledgement of a report.
type Feedback struct {
	Extra Extra `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// Feedback reports to UnionPay that an ATM's data is wrong
// (ATM_FEEDBACK_INFORM).
//
// A flat message carries no msgID, so its key is the caller's alone: that of
// issuing.WithIdempotencyKey, 17 to 49 letters and digits, which goes into errors and
// CallInfo and is not sent.
//
// Codes: [CodeFormat], [CodeRecordNotFound] for an unknown ATM.
//
// Safety: once. On issuing.ErrOutcomeUnknown the report may have arrived; there
// is no inquiry, and a second one does no harm: [Client.Settle] sends it with
// issuing.WithResend.
func (s *ATMService) Feedback(ctx context.Context, req FeedbackRequest, opts ...issuing.CallOption) (*Feedback, error) {
	return call[Feedback](ctx, s.c, opATMFeedback, req, opts)
}

// Number is a whole number that goes on the wire as a string of digits, as every
// scalar of this interface does.
type Number int

// MarshalText returns the digits.
func (n Number) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(n), 10), nil }

// UnmarshalText reads digits; empty text is 0.
func (n *Number) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*n = 0
		return nil
	}
	value, err := strconv.Atoi(string(text))
	if err != nil {
		return errors.New("number: not a whole number")
	}
	*n = Number(value)
	return nil
}

// ListRequest selects a page of ATMs. The names of the paging members are
// inferred: UnionPay's table breaks off at a field that begins with "Page".
type ListRequest struct {
	CountryCode string         `json:"countryCode"`                  // ISO 3166 numeric, 3 digits; required
	CityName    string         `json:"cityName,omitzero"`            // from CitiesAndBanks; 1-100
	BankName    string         `json:"bankName,omitzero"`            // from CitiesAndBanks; 1-100
	Keyword     string         `json:"keyword,omitzero"`             // free search word; 1-10
	PageNo      Number         `json:"pageNo,omitzero"`              // from 1; 0 leaves it out
	PageSize    Number         `json:"pageSize,omitzero"`            // ATMs per page; 0 leaves it out
	Extra       map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r ListRequest) validate(p *check.Problems) {
	country(p, r.CountryCode)
	optionalText(p, "cityName", r.CityName, 100)
	optionalText(p, "bankName", r.BankName, 100)
	optionalText(p, "keyword", r.Keyword, 10)
	paging(p, r.PageNo, r.PageSize)
}

// NearbyRequest selects a page of the ATMs around a place. Only the purpose of
// this message is published; its members are inferred.
type NearbyRequest struct {
	Longitude string         `json:"longitude,omitzero"`           // signed degrees as text; 1-100; required
	Latitude  string         `json:"latitude,omitzero"`            // signed degrees as text; 1-100; required
	Radius    Number         `json:"radius,omitzero"`              // metres; 0 leaves it out
	PageNo    Number         `json:"pageNo,omitzero"`              // from 1; 0 leaves it out
	PageSize  Number         `json:"pageSize,omitzero"`            // ATMs per page; 0 leaves it out
	Extra     map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r NearbyRequest) validate(p *check.Problems) {
	text(p, "longitude", r.Longitude, 100)
	text(p, "latitude", r.Latitude, 100)
	if r.Radius < 0 {
		p.Add("radius", "must not be negative")
	}
	paging(p, r.PageNo, r.PageSize)
}

// ATM is one cash machine. Only atmId is certain as an output; the other names
// are inferred.
type ATM struct {
	ID          string          `json:"atmId"`                       // 1-100; the key of Feedback
	Name        string          `json:"atmName"`                     // name
	BankName    string          `json:"bankName"`                    // owner
	CityName    string          `json:"cityName"`                    // city
	CountryCode string          `json:"countryCode"`                 // ISO 3166 numeric
	Address     string          `json:"address"`                     // 1-500
	Longitude   string          `json:"longitude"`                   // signed degrees
	Latitude    string          `json:"latitude"`                    // signed degrees
	Distance    string          `json:"distance"`                    // from the place asked for, Nearby only; unit unknown
	Features    json.RawMessage `json:"features,omitzero"`           // a string or an array
	Extra       Extra           `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// Page is one page of a list.
type Page[T any] struct {
	Total int   // items in all pages; 0 when the answer does not say
	List  []T   // the items of this page
	Extra Extra // members that this version does not know
}

// atmAnswer is the wire form of a page: the array may have another name.
type atmAnswer struct {
	TotalCount int               `json:"totalCount"`
	List       []json.RawMessage `json:"atmList"`
	Extra      Extra             `json:"extra,omitzero" wire:"extra"`

	atms []ATM // the elements of List
}

// unfold reads the ATMs of a page.
func (a *atmAnswer) unfold(cfg Config) error {
	if a.List == nil {
		a.List = firstObjects(a.Extra)
	}
	if a.Extra.Member(cfg.wireName("atmList")) != nil {
		return errNoList
	}
	for _, element := range a.List {
		atm := ATM{}
		if err := (opener{}).read(cfg, element, &atm); err != nil {
			return err
		}
		a.atms = append(a.atms, atm)
	}
	return nil
}

func atmPage(ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) (*Page[ATM], error) {
	a, err := call[atmAnswer](ctx, c, o, in, opts)
	if err != nil {
		return nil, err
	}
	return &Page[ATM]{Total: max(a.TotalCount, 0), List: a.atms, Extra: a.Extra}, nil
}

var errNoList = errors.New("the list of ATMs is no array")

// firstObjects takes the array of objects out of extra, when there is exactly
// one: the array's name is not published.
func firstObjects(extra Extra) []json.RawMessage {
	found, name := []json.RawMessage(nil), ""
	for member, value := range extra {
		var list []json.RawMessage
		if json.Unmarshal([]byte(value.Reveal()), &list) != nil || len(list) == 0 ||
			!strings.HasPrefix(string(list[0]), "{") {
			continue
		}
		if found != nil {
			return nil
		}
		found, name = list, member
	}
	delete(extra, name)
	return found
}

// List returns one page of a country's ATMs (ATM_LIST_INQUIRY).
//
// Safety: read.
func (s *ATMService) List(ctx context.Context, req ListRequest, opts ...issuing.CallOption) (*Page[ATM], error) {
	return atmPage(ctx, s.c, opATMList, req, opts)
}

// All iterates over a country's ATMs, from the request's page on, each once, until
// a page brings nothing new, or is empty where no answer says how many there are. Pages
// that go on repeating what was there end it with an error. Pages are numbered, so while
// the list shrinks an ATM may be left out.
func (s *ATMService) All(ctx context.Context, req ListRequest, opts ...issuing.CallOption) iter.Seq2[*ATM, error] {
	return allATMs(req.PageNo, req.PageSize, func(page Number) (*Page[ATM], error) {
		req := req
		req.PageNo = page
		return s.List(ctx, req, opts...)
	})
}

// Nearby returns one page of the ATMs around a place (NEARBY_ATM_INQUIRY).
//
// Safety: read.
func (s *ATMService) Nearby(ctx context.Context, req NearbyRequest, opts ...issuing.CallOption) (*Page[ATM], error) {
	return atmPage(ctx, s.c, opATMNearby, req, opts)
}

// AllNearby iterates over the ATMs around a place as [ATMService.All] does.
func (s *ATMService) AllNearby(
	ctx context.Context, req NearbyRequest, opts ...issuing.CallOption,
) iter.Seq2[*ATM, error] {
	return allATMs(req.PageNo, req.PageSize, func(page Number) (*Page[ATM], error) {
		req := req
		req.PageNo = page
		return s.Nearby(ctx, req, opts...)
	})
}

// allATMs iterates over a list whose answers carry no page number.
func allATMs(first, size Number, fetch func(page Number) (*Page[ATM], error)) iter.Seq2[*ATM, error] {
	id := func(a *ATM) string { return a.ID }
	return pages.Complete(int(first), id, func(number int) (pages.Listed[ATM], error) {
		page, err := fetch(Number(number))
		if err != nil {
			return pages.Listed[ATM]{}, err
		}
		return pages.Listed[ATM]{Items: page.List, Last: pages.LastPage(page.Total, int(size)), Total: page.Total}, nil
	})
}

// CitiesAndBanksRequest asks for the cities and banks of a country. Its member is
// inferred.
type CitiesAndBanksRequest struct {
	CountryCode string         `json:"countryCode,omitzero"`         // ISO 3166 numeric, 3 digits; required
	Extra       map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r CitiesAndBanksRequest) validate(p *check.Problems) {
	country(p, r.CountryCode)
}

// CitiesAndBanks are the values that List takes for a country. Their names on
// the wire are inferred.
type CitiesAndBanks struct {
	Cities []string `json:"cityList"`                    // for ListRequest.CityName
	Banks  []string `json:"bankList"`                    // for ListRequest.BankName
	Extra  Extra    `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// CitiesAndBanks returns the cities and banks that [ATMService.List] can filter
// by (ATM_CITY_AND_BANK_LIST_INQUIRY).
//
// Safety: read.
func (s *ATMService) CitiesAndBanks(
	ctx context.Context, req CitiesAndBanksRequest, opts ...issuing.CallOption,
) (*CitiesAndBanks, error) {
	return call[CitiesAndBanks](ctx, s.c, opATMCitiesAndBanks, req, opts)
}

func paging(p *check.Problems, number, size Number) {
	if number < 0 {
		p.Add("pageNo", "must not be negative")
	}
	if size < 0 {
		p.Add("pageSize", "must not be negative")
	}
}
