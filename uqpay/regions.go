package uqpay

// RegionRule limits whose cards a BIN can be, by UQPAY's guide "Cardholder Region
// Restrictions". The platform decides: nothing is refused for it here.
type RegionRule struct {
	BIN                  string   // whose cards it is about
	Residences           []string // allowed countries of Person.ResidentialAddress, ISO 3166-1 alpha-2
	RefusedNationalities []string // refused values of Person.Nationality, ISO 3166-1 alpha-2
}

// RegionRules returns the rules of the guide, to tell a cardholder early. The sandbox's
// guide names the BIN; that of production has the same lists without one.
func RegionRules() []RegionRule {
	return []RegionRule{{
		BIN:        "40433705",
		Residences: []string{"AU", "JP", "KR", "MY", "PH", "TW", "TH", "VN"},
		RefusedNationalities: []string{
			"AF", "BY", "BA", "BI", "CF", "CU", "CD", "ET", "GN", "GW", "HT", "IR", "IQ", "LB", "LR", "LY", "ML", "ME", "MM",
			"NI", "NE", "KP", "RU", "SL", "SO", "SS", "SD", "SY", "VE", "YE", "ZW",
		},
	}}
}
