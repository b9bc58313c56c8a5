package legacy

import (
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
)

// MasterEApplication applies for a MASTER-E card. The names of the fields are the
// page's, which asks for a Chinese first name, an English last name, and both in
// English; have WorldCard confirm what LastName should hold.
type MasterEApplication struct {
	// the merchant's own number, unique, at most 128 characters; required
	MerOrderNo   string           `json:"merOrderNo"`
	CardNumber   issuing.Secret   `json:"cardNumber,omitzero"` // a known card; ask WorldCard before using it
	NotifyURL    string           `json:"notifyUrl,omitzero"`  // where the notification goes, http or https
	FirstName    issuing.Personal `json:"firstName"`           // Chinese first name; required
	LastName     issuing.Personal `json:"lastName"`            // English last name; required
	FirstNameEn  issuing.Personal `json:"firstNameEn"`         // English first name; required
	LastNameEn   issuing.Personal `json:"lastNameEN"`          // English last name; required
	CountryCode  string           `json:"countryCode"`         // calling code, such as 86; required
	Phone        issuing.Personal `json:"phone"`               // digits alone, for delivery too; required
	Email        issuing.Personal `json:"email"`               // e-mail address; required
	Address      issuing.Personal `json:"address"`             // residence, for delivery too; required
	IDType       MasterEIDType    `json:"certType"`            // identity card or passport; required
	IDNumber     issuing.Secret   `json:"idNumber"`            // number of the document; required
	IDExpiryDate issuing.Date     `json:"idExpiryDate"`        // expiry of the document; required
	Country      string           `json:"country"`             // nationality, ISO 3166-1 numeric, such as 156; required
	Birthday     issuing.Date     `json:"birthday"`            // date of birth; required
	AnnualIncome issuing.Amount   `json:"annualIncome"`        // in units of 10,000 HKD; required
	Occupation   Occupation       `json:"occupation"`          // one of the page's dictionary; required
	Position     Position         `json:"position"`            // one of the page's dictionary; required
	// front of the card, file bytes; for an identity card of mainland China
	// or a permanent one of Hong Kong
	FaceImage issuing.Secret `json:"faceImage,omitzero"`
	BackImage issuing.Secret `json:"backImage,omitzero"` // its back, the same
	// page of the passport with the photograph, file bytes; for a passport
	PassImage issuing.Secret `json:"passImage,omitzero"`
	// handwritten signature, file bytes; recommended
	SignImage issuing.Secret `json:"signImage,omitzero"`
}

func (r MasterEApplication) validate(p *check.Problems) {
	checkOrder(p, r.MerOrderNo, r.NotifyURL)
	checkTexts(p, []field{
		{"firstName", string(r.FirstName)}, {"lastName", string(r.LastName)},
		{"firstNameEn", string(r.FirstNameEn)}, {"lastNameEN", string(r.LastNameEn)},
		{"countryCode", r.CountryCode}, {"phone", string(r.Phone)}, {"email", string(r.Email)},
		{"address", string(r.Address)},
		{"idNumber", r.IDNumber.Reveal()}, {"country", r.Country},
	}, []field{{"cardNumber", r.CardNumber.Reveal()}})
	p.Email("email", string(r.Email))
	checkKnown(p, "certType", r.IDType, needed, "0 (identity card) or -1 (passport)")
	checkKnown(p, "occupation", r.Occupation, needed, "1 to 17")
	checkKnown(p, "position", r.Position, needed, "1 to 3")
	callingCode.check(p, field{"countryCode", r.CountryCode})
	phoneNumber.check(p, field{"phone", string(r.Phone)})
	numeric3.check(p, field{"country", r.Country})
	p.EnglishName("firstNameEn", string(r.FirstNameEn))
	p.EnglishName("lastNameEN", string(r.LastNameEn))
	checkDate(p, "idExpiryDate", r.IDExpiryDate, needed)
	p.Required("birthday", !r.Birthday.IsZero())
	p.BirthDate("birthday", r.Birthday)
	p.Required("annualIncome", !r.AnnualIncome.IsZero())
	p.NotNegative("annualIncome", r.AnnualIncome, -1)
	identity{
		passport: r.IDType == MasterEIDTypePassport, country: r.Country,
		face: r.FaceImage, back: r.BackImage, pass: r.PassImage,
	}.validate(p)
	checkImage(p, "signImage", r.SignImage, optional)
}

func (r MasterEApplication) key() string { return r.MerOrderNo }

func (r MasterEApplication) wire(sign.AppSecret) (any, error) {
	encodeImages(&r.FaceImage, &r.BackImage, &r.PassImage, &r.SignImage)
	return r, nil
}

// VisaHApplication applies for a VISA-H card.
type VisaHApplication struct {
	// the merchant's own number, unique, at most 128 characters; required
	MerOrderNo  string           `json:"merOrderNo"`
	CardNumber  issuing.Secret   `json:"cardNumber,omitzero"` // a card that is known already
	NotifyURL   string           `json:"notifyUrl,omitzero"`  // where the notification goes, http or https
	FirstName   issuing.Personal `json:"firstName"`           // English first name; required
	LastName    issuing.Personal `json:"lastName"`            // English last name; required
	CountryCode string           `json:"countryCode"`         // calling code, such as 86; required
	Phone       issuing.Personal `json:"phone"`               // digits alone; required
	Email       issuing.Personal `json:"email"`               // e-mail address; required
	Line1       issuing.Personal `json:"line1"`               // residence: house and unit; required
	Line2       issuing.Personal `json:"line2"`               // residence: street; required
	Line3       issuing.Personal `json:"line3"`               // residence: district; required
	PostalCode  issuing.Personal `json:"postalCode"`          // residence: postal code; required
	City        issuing.Personal `json:"city"`                // residence: city; required
	// residence: country, ISO 3166-1 numeric, such as 156; required
	AddressCountry     string           `json:"addressCountry"`
	DeliveryLine1      issuing.Personal `json:"deliveryLine1"`      // delivery: house and unit; required
	DeliveryLine2      issuing.Personal `json:"deliveryLine2"`      // delivery: street; required
	DeliveryLine3      issuing.Personal `json:"deliveryLine3"`      // delivery: district; required
	DeliveryPostalCode issuing.Personal `json:"deliveryPostalCode"` // delivery: postal code; required
	DeliveryCity       issuing.Personal `json:"deliveryCity"`       // delivery: city; required
	DeliveryCountry    string           `json:"deliveryCountry"`    // delivery: country, ISO 3166-1 numeric; required
	IDType             VisaHIDType      `json:"certType"`           // identity card or passport; required
	// nationality of the document, ISO 3166-1 numeric; required
	Country        string         `json:"country"`
	IDNumber       issuing.Secret `json:"idNumber"`       // number of the document; required
	IDIssuanceDate issuing.Date   `json:"idIssuanceDate"` // issue of the document; required
	// expiry of the document, 2099-12-31 when it has none; required
	IDExpiryDate issuing.Date `json:"idExpiryDate"`
	// front of the card, file bytes; for an identity card of mainland China
	// or a permanent one of Hong Kong
	FaceImage issuing.Secret `json:"faceImage,omitzero"`
	BackImage issuing.Secret `json:"backImage,omitzero"` // its back, the same
	// page of the passport with the photograph, file bytes; for a passport
	PassImage issuing.Secret `json:"passImage,omitzero"`
}

func (r VisaHApplication) validate(p *check.Problems) {
	checkOrder(p, r.MerOrderNo, r.NotifyURL)
	checkTexts(p, []field{
		{"firstName", string(r.FirstName)}, {"lastName", string(r.LastName)}, {"countryCode", r.CountryCode},
		{"phone", string(r.Phone)},
		{"email", string(r.Email)}, {"line1", string(r.Line1)}, {"line2", string(r.Line2)},
		{"line3", string(r.Line3)}, {"postalCode", string(r.PostalCode)},
		{"city", string(r.City)}, {"addressCountry", r.AddressCountry}, {"deliveryLine1", string(r.DeliveryLine1)},
		{"deliveryLine2", string(r.DeliveryLine2)}, {"deliveryLine3", string(r.DeliveryLine3)},
		{"deliveryPostalCode", string(r.DeliveryPostalCode)}, {"deliveryCity", string(r.DeliveryCity)},
		{"deliveryCountry", r.DeliveryCountry}, {"country", r.Country}, {"idNumber", r.IDNumber.Reveal()},
	}, []field{{"cardNumber", r.CardNumber.Reveal()}})
	p.Email("email", string(r.Email))
	checkKnown(p, "certType", r.IDType, needed, "0 (identity card) or 1 (passport)")
	callingCode.check(p, field{"countryCode", r.CountryCode})
	phoneNumber.check(p, field{"phone", string(r.Phone)})
	numeric3.check(p, field{"addressCountry", r.AddressCountry}, field{"deliveryCountry", r.DeliveryCountry},
		field{"country", r.Country})
	p.EnglishName("firstName", string(r.FirstName))
	p.EnglishName("lastName", string(r.LastName))
	checkDate(p, "idIssuanceDate", r.IDIssuanceDate, needed)
	checkDate(p, "idExpiryDate", r.IDExpiryDate, needed)
	identity{
		passport: r.IDType == VisaHIDTypePassport, country: r.Country,
		face: r.FaceImage, back: r.BackImage, pass: r.PassImage,
	}.validate(p)
}

func (r VisaHApplication) key() string { return r.MerOrderNo }

func (r VisaHApplication) wire(sign.AppSecret) (any, error) {
	encodeImages(&r.FaceImage, &r.BackImage, &r.PassImage)
	return r, nil
}

// chinaNumeric is mainland China in ISO 3166-1 numeric. Whether an identity card
// of Hong Kong is a permanent one cannot be told, so it is left to the platform.
const chinaNumeric = "156"

// identity is an applicant's document with its pictures.
type identity struct {
	passport         bool
	country          string // that issued it
	face, back, pass issuing.Secret
}

// validate checks the pictures that the pages require for the kind of document.
func (i identity) validate(p *check.Problems) {
	card := presence(!i.passport && i.country == chinaNumeric)
	checkImage(p, "faceImage", i.face, card)
	checkImage(p, "backImage", i.back, card)
	checkImage(p, "passImage", i.pass, presence(i.passport))
}

// VirtualLApplication issues a VIRTUAL-L card. The three names come unchanged
// from [VirtualLService.BINs] in the same language.
type VirtualLApplication struct {
	// Language selects the edition that the names come from.
	Language Language `json:"language,omitzero" wire:"-"`

	// the merchant's own number, unique, at most 128 characters; required
	MerOrderNo    string `json:"merOrderNo"`
	NotifyURL     string `json:"notifyUrl,omitzero"` // where the notification goes, http or https
	CardType      string `json:"cardType"`           // network of the BIN list, such as VISA; required
	BusinessScene string `json:"businessScene"`      // scene of the BIN list; required
	CardArea      string `json:"cardArea"`           // area of the BIN list; required
	// initial top-up from the reserve: a whole number of at least 10, sent without decimals. Required here: the
	// platform would take 10 USD without it
	FirstRecharge issuing.Amount   `json:"firstRecharge"`
	CardHeader    string           `json:"cardHeader,omitzero"` // BIN of the list; a random one without it
	FirstName     issuing.Personal `json:"firstName,omitzero"`  // English characters only
	LastName      issuing.Personal `json:"lastName,omitzero"`   // English characters only
	Email         issuing.Personal `json:"email,omitzero"`      // e-mail address
	Birthday      issuing.Date     `json:"birthday,omitzero"`   // date of birth
}

// minFirstRecharge is the least initial top-up of a VIRTUAL-L card.
const minFirstRecharge = 10

func (r VirtualLApplication) validate(p *check.Problems) {
	checkOrder(p, r.MerOrderNo, r.NotifyURL)
	checkLanguage(p, r.Language)
	binDigits.check(p, field{"cardHeader", r.CardHeader})
	checkTexts(p,
		[]field{{"cardType", r.CardType}, {"businessScene", r.BusinessScene}, {"cardArea", r.CardArea}},
		[]field{{"cardHeader", r.CardHeader}, {"firstName", string(r.FirstName)}, {"lastName", string(r.LastName)},
			{"email", string(r.Email)}})
	if p.Required("firstRecharge", !r.FirstRecharge.IsZero()) &&
		(!whole(r.FirstRecharge) || r.FirstRecharge.Cmp(issuing.NewAmount(minFirstRecharge, 0)) < 0) {
		p.Add("firstRecharge", "must be a whole number of at least %d", minFirstRecharge)
	}
	p.EnglishName("firstName", string(r.FirstName))
	p.EnglishName("lastName", string(r.LastName))
	p.Email("email", string(r.Email))
	p.BirthDate("birthday", r.Birthday)
}

// whole reports whether an amount is a whole number, with decimals or without.
func whole(a issuing.Amount) bool {
	_, err := a.Rescale(0)
	return err == nil
}

func (r VirtualLApplication) key() string { return r.MerOrderNo }

// wire writes a whole number without decimals, as the page shows it.
func (r VirtualLApplication) wire(sign.AppSecret) (_ any, err error) {
	r.FirstRecharge, err = r.FirstRecharge.Rescale(0)
	return r, err
}

// VirtualPApplication issues a VIRTUAL-P card.
type VirtualPApplication struct {
	// the merchant's own number, unique, at most 128 characters; required
	MerOrderNo string `json:"merOrderNo"`
	NotifyURL  string `json:"notifyUrl,omitzero"` // where the notification goes, http or https
	CardBIN    string `json:"cardBin"`            // BIN of [VirtualPService.BINs]; required
	// initial top-up from the reserve, at most two decimals, may be 0. Required here: the
	// platform would take 10 without it
	FirstRecharge issuing.Amount   `json:"firstRecharge"`
	PhoneCode     string           `json:"phoneCode,omitzero"` // calling code
	Phone         issuing.Personal `json:"phone,omitzero"`     // digits alone
	Email         issuing.Personal `json:"email"`              // e-mail address; required
	// English only, at most 32 characters together with LastName
	FirstName issuing.Personal `json:"firstName,omitzero"`
	// English only, at most 32 characters together with FirstName
	LastName     issuing.Personal `json:"lastName,omitzero"`
	DateOfBirth  issuing.Date     `json:"dateOfBirth,omitzero"`  // date of birth
	Country      string           `json:"country,omitzero"`      // ISO 3166-1 alpha-2, the BIN's issuing country
	State        string           `json:"state,omitzero"`        // two letters for the US and Canada; random when empty
	City         issuing.Personal `json:"city,omitzero"`         // city
	AddressLine1 issuing.Personal `json:"addressLine1,omitzero"` // street and number
	AddressLine2 issuing.Personal `json:"addressLine2,omitzero"` // second line
	PostalCode   issuing.Personal `json:"postalCode,omitzero"`   // postal code
}

func (r VirtualPApplication) validate(p *check.Problems) {
	checkOrder(p, r.MerOrderNo, r.NotifyURL)
	checkTexts(p, []field{{"cardBin", r.CardBIN}, {"email", string(r.Email)}}, []field{
		{"phoneCode", r.PhoneCode}, {"phone", string(r.Phone)}, {"firstName", string(r.FirstName)},
		{"lastName", string(r.LastName)},
		{"state", r.State}, {"city", string(r.City)}, {"addressLine1", string(r.AddressLine1)},
		{"addressLine2", string(r.AddressLine2)},
		{"postalCode", string(r.PostalCode)},
	})
	p.Email("email", string(r.Email))
	binDigits.check(p, field{"cardBin", r.CardBIN})
	callingCode.check(p, field{"phoneCode", r.PhoneCode})
	phoneNumber.check(p, field{"phone", string(r.Phone)})
	p.Country("country", r.Country)
	if r.Country == "US" || r.Country == "CA" {
		stateCode.check(p, field{"state", r.State})
	}
	p.Required("firstRecharge", !r.FirstRecharge.IsZero())
	p.NotNegative("firstRecharge", r.FirstRecharge, 2)
	n := utf8.RuneCountInString(string(r.FirstName)) + utf8.RuneCountInString(string(r.LastName))
	if n > maxNames {
		p.Add("firstName, lastName", "have %d characters together, at most %d are allowed", n, maxNames)
	}
	p.EnglishName("firstName", string(r.FirstName))
	p.EnglishName("lastName", string(r.LastName))
	p.BirthDate("dateOfBirth", r.DateOfBirth)
}

func (r VirtualPApplication) key() string { return r.MerOrderNo }
