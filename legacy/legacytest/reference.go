package legacytest

import (
	"maps"
)

// tables are the reference data. Every country has the same banks, branches and
// codes; the documents' own examples are among them.
var tables = map[string]any{
	"business": []map[string]string{{"business": "C2C"}, {"business": "B2B"}, {"business": "B2C"}, {"business": "C2B"}},
	"countries": []map[string]string{
		{"code": "CHN", "name": "China", "shortCode": "CN"}, {"code": "HKG", "name": "Hong Kong", "shortCode": "HK"},
		{"code": "IDN", "name": "Indonesia", "shortCode": "ID"}, {"code": "PHL", "name": "Philippines", "shortCode": "PH"},
		{"code": "USA", "name": "United States", "shortCode": "US"}, {"code": "ABW", "name": "Aruba", "shortCode": "AW"},
	},
	"banks":         codeNames("7083", "Bank Of China Limited", "7126", "The Bank Of Tokyo-Mitsubishi UFJ, Ltd"),
	"branches":      codeNames("127 000", "127 - DHAKA-SOUTH - TRUNCATION POINT", "127 151", "127 - DHAKA-SOUTH - DHAKA"),
	"states":        codeNames("01", "Jawa Barat", "02", "Banten"),
	"cities":        codeNames("0100", "Kepala Daerah Provinsi Jawa Barat", "0102", "Kab. Bekasi"),
	"relationships": codeNames("01", "父母", "02", "兄弟姐妹"),
	"purposes":      codeNames("001-01", "Family/living expense", "001-02", "Education"),
	"funds":         codeNames("01", "Bank Deposit", "03", "Redemption of Investment products", "05", "Loan"),
	"occupations":   codeNames("001", "Agriculture", "002", "Doctor"),
}

func codeNames(pairs ...string) []map[string]string {
	var out []map[string]string
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, map[string]string{"code": pairs[i], "name": pairs[i+1]})
	}
	return out
}

// options are channels with currency and partner, the same for every country.
var options = []map[string]string{
	{"currency": "CNH", "type": "bank_account", "partner": ""},
	{"currency": "USD", "type": "wire", "partner": "partner_wire"},
	{"currency": "IDR", "type": "ewallet", "partner": "partner_dana"},
	{"currency": "IDR", "type": "ewallet", "partner": "partner_ovo"},
	{"currency": "USD", "type": "cash_pickup", "partner": "partner_cash"},
}

// What the reference data are asked for by.
var (
	countryRules = rules{{mandatory, alpha3Country, "country"}}
	channelRules = rules{{mandatory, channelForm, "type"}}
	bothRules    = countryRules.with(channelRules...)
	branchRules  = countryRules.with(rule{mandatory, textForm, "bankCode"})
	cityRules    = countryRules.with(rule{mandatory, textForm, "stateCode"})
	fundsRules   = countryRules.with(rule{mandatory, businessForm, "business"})
	purposeRules = fundsRules.with(channelRules...).with(rule{mandatory, currencyForm, "currency"})
)

// reference returns the operation that answers with a table.
func reference(table string) func(*Server, fields) (any, *problem) {
	return func(_ *Server, f fields) (any, *problem) {
		if table != "options" {
			return tables[table], nil
		}
		list := []map[string]string{}
		for _, o := range options {
			if channel := f.Text("type"); channel == "" || channel == o["type"] {
				o = maps.Clone(o)
				o["country"] = f.Text("country")
				list = append(list, o)
			}
		}
		return list, nil
	}
}
