package unionpaytest

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// defaultATMs are the fixtures of a gateway that was given none.
var defaultATMs = []unionpay.ATM{
	{
		ID: "ATM-000123", Name: "Raffles Place 1", BankName: "Example Bank", CityName: "Singapore", CountryCode: "702",
		Address: "1 Example Road", Longitude: "+103.8519", Latitude: "+1.2902",
	},
	{
		ID: "ATM-000124", Name: "Orchard 5", BankName: "Sample Bank", CityName: "Singapore", CountryCode: "702",
		Address: "5 Orchard Example", Longitude: "+103.8320", Latitude: "+1.3040",
	},
	{
		ID: "ATM-000125", Name: "Jurong 2", BankName: "Example Bank", CityName: "Jurong", CountryCode: "702",
		Address: "2 Jurong Example", Longitude: "+103.7420", Latitude: "+1.3330",
	},
	{
		ID: "ATM-000200", Name: "Central 9", BankName: "Harbour Bank", CityName: "Hong Kong", CountryCode: "344",
		Address: "9 Example Street", Longitude: "+114.1580", Latitude: "+22.2820",
	},
	{
		ID: "ATM-000300", Name: "Alameda 3", BankName: "Banco Ejemplo", CityName: "São Paulo", CountryCode: "076",
		Address: "3 Alameda Exemplo", Longitude: "-46.6333", Latitude: "-23.5505",
	},
}

// takeFeedback is ATM_FEEDBACK_INFORM.
func (s *Server) takeFeedback(q *request) outcome {
	reason, id := unionpay.ReportReason(q.Text("reportReason")), q.Text("atmId")
	if !reason.Known() {
		return wrongField("reportReason")
	}
	if id != "" && !slices.ContainsFunc(s.cfg.ATMs, func(a unionpay.ATM) bool { return a.ID == id }) {
		return refuse(unionpay.CodeRecordNotFound)
	}
	s.feedback = append(s.feedback, unionpay.FeedbackRequest{
		ATMID: id, CountryCode: q.Text("countryCode"), CityName: q.Text("cityName"), BankName: q.Text("bankName"),
		Address: q.Text("address"), Longitude: q.Text("longitude"), Latitude: q.Text("latitude"),
		ReportReason: reason, OtherReason: q.Text("otherReason"),
	})
	return approve(nil)
}

// listATMs is ATM_LIST_INQUIRY.
func (s *Server) listATMs(q *request) outcome {
	var found []unionpay.ATM
	country, city, bank := q.Text("countryCode"), q.Text("cityName"), q.Text("bankName")
	keyword := strings.ToLower(q.Text("keyword"))
	for _, a := range s.cfg.ATMs {
		if a.CountryCode == country && (city == "" || a.CityName == city) && (bank == "" || a.BankName == bank) &&
			strings.Contains(strings.ToLower(a.Name+"\n"+a.Address+"\n"+a.BankName), keyword) {
			found = append(found, a)
		}
	}
	return page(q, found)
}

// defaultRadius is the distance, in metres, of a request that names none.
const defaultRadius = 5_000

// nearbyATMs is NEARBY_ATM_INQUIRY.
func (s *Server) nearbyATMs(q *request) outcome {
	here, ok := placeOf(q.Text("longitude"), q.Text("latitude"))
	switch _, given := q.fields["longitude"]; {
	case !given: // where that is agreed: the place is known otherwise
		return page(q, s.cfg.ATMs)
	case !ok:
		return wrongField("longitude or latitude")
	}
	radius := number(q, "radius", defaultRadius)
	var found []unionpay.ATM
	for _, a := range s.cfg.ATMs {
		there, ok := placeOf(a.Longitude, a.Latitude)
		if d := here.distance(there); ok && d <= radius {
			a.Distance = strconv.Itoa(d)
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b unionpay.ATM) int {
		return cmp.Or(cmp.Compare(len(a.Distance), len(b.Distance)), cmp.Compare(a.Distance, b.Distance))
	})
	return page(q, found)
}

// place is a point on the earth, in radians.
type place [2]float64

// placeOf reads a place in degrees.
func placeOf(longitude, latitude string) (place, bool) {
	lon, err1 := strconv.ParseFloat(longitude, 64)
	lat, err2 := strconv.ParseFloat(latitude, 64)
	ok := err1 == nil && err2 == nil && math.Abs(lon) <= 180 && math.Abs(lat) <= 90
	return place{lon * math.Pi / 180, lat * math.Pi / 180}, ok
}

// earthRadius is in metres.
const earthRadius = 6_371_000

// distance is the great-circle distance in metres.
func (p place) distance(to place) int {
	east, north := math.Sin((to[0]-p[0])/2), math.Sin((to[1]-p[1])/2)
	h := north*north + math.Cos(p[1])*math.Cos(to[1])*east*east
	return int(2 * earthRadius * math.Asin(math.Sqrt(min(h, 1))))
}

// number returns a member of digits, or what stands for one that is absent.
func number(q *request, name string, absent int) int {
	n, err := strconv.Atoi(q.Text(name))
	if err != nil {
		return absent
	}
	return n
}

// page answers with one page of a list.
func page(q *request, found []unionpay.ATM) outcome {
	list := []object{}
	for _, a := range platform.Page(found, number(q, "pageNo", 1), number(q, "pageSize", max(len(found), 1))) {
		atm := object{
			"atmId": a.ID, "atmName": a.Name, "bankName": a.BankName, "cityName": a.CityName,
			"countryCode": a.CountryCode, "address": a.Address, "longitude": a.Longitude, "latitude": a.Latitude,
		}
		if a.Distance != "" {
			atm["distance"] = a.Distance
		}
		if q.behaviour.NewValues {
			atm["features"] = []string{"24H", "SOMETHING_NEW"}
		} else if json.Valid(a.Features) {
			atm["features"] = a.Features
		}
		list = append(list, atm)
	}
	return approve(object{"totalCount": strconv.Itoa(len(found)), "atmList": list})
}

// citiesAndBanks is ATM_CITY_AND_BANK_LIST_INQUIRY.
func (s *Server) citiesAndBanks(q *request) outcome {
	cities, banks := []string{}, []string{}
	for _, a := range s.cfg.ATMs {
		if code := q.Text("countryCode"); code == "" || a.CountryCode == code {
			cities, banks = append(cities, a.CityName), append(banks, a.BankName)
		}
	}
	slices.Sort(cities)
	slices.Sort(banks)
	return approve(object{"cityList": slices.Compact(cities), "bankList": slices.Compact(banks)})
}
