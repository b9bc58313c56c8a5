package unionpaytest

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// carryOut applies the business rule. The server's lock is held.
func (s *Server) carryOut(q *request) (unionpay.Code, string, any) {
	switch q.message {
	case unionpay.MessageATMFeedback:
		return s.takeFeedback(q)
	case unionpay.MessageATMList:
		return s.listATMs(q)
	case unionpay.MessageATMNearby:
		return s.nearbyATMs(q)
	case unionpay.MessageATMCityBank:
		return s.citiesAndBanks(q)
	case unionpay.MessageTokenRequest:
		return s.requestToken(q)
	case unionpay.MessageTokenStateUpdate:
		return s.updateToken(q)
	case unionpay.MessageTokenStateInquiry:
		return s.inquireToken(q)
	case unionpay.MessageKeyExchange:
		return unionpay.CodeApproved, "", fields{{"upiSignCertID", UPISignKeyID}, {"upiEncCertID", UPIEncKeyID}}
	case unionpay.MessageKeyInquiryExchange:
		return unionpay.CodeApproved, "", fields{{"umpsSignCertID", UPISignKeyID}, {"umpsEncCertID", UPIEncKeyID}}
	case unionpay.MessageKeyResetResult:
		return unionpay.CodeApproved, "", fields{}
	}
	return unionpay.CodeInvalidTransaction, "", nil
}

// text returns a business field's text, "" when it is missing.
func (q *request) text(name string) string {
	text, _ := textOf(q.business[name])
	return text
}

func (s *Server) takeFeedback(q *request) (unionpay.Code, string, any) {
	if !unionpay.ReportReason(q.text("reportReason")).Known() {
		return unionpay.CodeFormat, "field reportReason", nil
	}
	id := q.text("atmId")
	if id != "" && !slices.ContainsFunc(s.cfg.ATMs, func(a unionpay.ATM) bool { return a.ID == id }) {
		return unionpay.CodeRecordNotFound, "", nil
	}
	s.feedback = append(s.feedback, unionpay.FeedbackRequest{
		ATMID: id, CountryCode: q.text("countryCode"), CityName: q.text("cityName"), BankName: q.text("bankName"),
		Address: q.text("address"), Longitude: q.text("longitude"), Latitude: q.text("latitude"),
		ReportReason: unionpay.ReportReason(q.text("reportReason")), OtherReason: q.text("otherReason"),
	})
	return unionpay.CodeApproved, "", nil
}

func (s *Server) listATMs(q *request) (unionpay.Code, string, any) {
	var found []unionpay.ATM
	keyword := strings.ToLower(q.text("keyword"))
	for _, a := range s.cfg.ATMs {
		city, bank := q.text("cityName"), q.text("bankName")
		if a.CountryCode == q.text("countryCode") && (city == "" || a.CityName == city) && (bank == "" || a.BankName == bank) &&
			strings.Contains(strings.ToLower(a.Name+"\n"+a.Address+"\n"+a.BankName), keyword) {
			found = append(found, a)
		}
	}
	return unionpay.CodeApproved, "", atmFields(q, found)
}

// earthRadius is in metres.
const earthRadius = 6_371_000

// defaultRadius is the distance, in metres, of a request that names none.
const defaultRadius = 5_000

func (s *Server) nearbyATMs(q *request) (unionpay.Code, string, any) {
	lon, err1 := strconv.ParseFloat(q.text("longitude"), 64)
	lat, err2 := strconv.ParseFloat(q.text("latitude"), 64)
	if err1 != nil || err2 != nil {
		return unionpay.CodeFormat, "field longitude or latitude", nil
	}
	radius := defaultRadius
	if text := q.text("radius"); text != "" {
		radius, _ = strconv.Atoi(text)
	}
	var found []unionpay.ATM
	for _, a := range s.cfg.ATMs {
		aLon, err1 := strconv.ParseFloat(a.Longitude, 64)
		aLat, err2 := strconv.ParseFloat(a.Latitude, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		if d := distance(lat, lon, aLat, aLon); d <= radius {
			a.Distance = strconv.Itoa(d)
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b unionpay.ATM) int {
		return cmp.Or(cmp.Compare(len(a.Distance), len(b.Distance)), cmp.Compare(a.Distance, b.Distance))
	})
	return unionpay.CodeApproved, "", atmFields(q, found)
}

// distance is the great-circle distance in metres.
func distance(lat1, lon1, lat2, lon2 float64) int {
	rad := math.Pi / 180
	dLat, dLon := (lat2-lat1)*rad, (lon2-lon1)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin(dLon/2), 2)
	return int(2 * earthRadius * math.Asin(math.Sqrt(min(h, 1))))
}

// atmFields is one page of a list.
func atmFields(q *request, found []unionpay.ATM) fields {
	total := len(found)
	number, size := 1, total
	if text := q.text("pageNo"); text != "" {
		number, _ = strconv.Atoi(text)
	}
	if text := q.text("pageSize"); text != "" {
		size, _ = strconv.Atoi(text)
	}
	from := min(max(number-1, 0)*max(size, 0), total)
	found = found[from:min(from+max(size, 0), total)]
	list := make([]fields, 0, len(found))
	for _, a := range found {
		f := fields{
			{"atmId", a.ID}, {"atmName", a.Name}, {"bankName", a.BankName}, {"cityName", a.CityName},
			{"countryCode", a.CountryCode}, {"address", a.Address}, {"longitude", a.Longitude}, {"latitude", a.Latitude},
		}
		if a.Distance != "" {
			f = append(f, member{"distance", a.Distance})
		}
		if q.behaviour.NewValues {
			f = append(f, member{"features", json.RawMessage(`["24H","SOMETHING_NEW"]`)})
		} else if len(a.Features) > 0 {
			f = append(f, member{"features", a.Features})
		}
		list = append(list, f)
	}
	return fields{{"totalCount", strconv.Itoa(total)}, {"atmList", list}}
}

func (s *Server) citiesAndBanks(q *request) (unionpay.Code, string, any) {
	cities, banks := []string{}, []string{}
	for _, a := range s.cfg.ATMs {
		if a.CountryCode != q.text("countryCode") {
			continue
		}
		cities, banks = append(cities, a.CityName), append(banks, a.BankName)
	}
	slices.Sort(cities)
	slices.Sort(banks)
	return unionpay.CodeApproved, "", fields{{"cityList", slices.Compact(cities)}, {"bankList", slices.Compact(banks)}}
}

// stringsOf returns an array of strings.
func stringsOf(value json.RawMessage) []string {
	var out []string
	if (wire.Codec{}).Unmarshal(value, &out) != nil {
		return nil
	}
	return out
}
