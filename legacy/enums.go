package legacy

import (
	"slices"
	"strconv"
)

// OrderStatus is the status of a top-up, an application and a remittance, in
// answers and callbacks alike.
type OrderStatus int

// Order statuses. The pages' tables begin with 1; their examples show 0 too,
// which is not final either.
const (
	OrderStatusNew        OrderStatus = 0 // received; not final
	OrderStatusProcessing OrderStatus = 1 // being carried out; not final
	OrderStatusSuccess    OrderStatus = 2 // carried out; final
	OrderStatusFailed     OrderStatus = 3 // not carried out, money given back; final
)

var orderStatusNames = map[OrderStatus]string{
	OrderStatusNew: "new", OrderStatusProcessing: "processing",
	OrderStatusSuccess: "success", OrderStatusFailed: "failed",
}

// Known reports whether the status tables of top-ups, applications and remittances have s.
func (s OrderStatus) Known() bool { return orderStatusNames[s] != "" }

// Terminal reports whether the status is final.
func (s OrderStatus) Terminal() bool { return s == OrderStatusSuccess || s == OrderStatusFailed }

// String returns the status in words.
func (s OrderStatus) String() string { return named(orderStatusNames[s], int(s)) }

// among reports whether a value is one of a set.
func among[T comparable](value T, set ...T) bool { return slices.Contains(set, value) }

func named(name string, n int) string {
	if name != "" {
		return name
	}
	return "unknown (" + strconv.Itoa(n) + ")"
}

// Language selects one of the two editions of VIRTUAL-L's BINs and
// applications. The names of an edition are valid for applications of the same
// edition only.
type Language int

// Languages of VIRTUAL-L.
const (
	LanguageChinese Language = iota // names in Chinese, the paths without a suffix
	LanguageEnglish                 // names in English, the paths with /en
)

// Known reports whether the BIN page has an edition in l.
func (l Language) Known() bool { return l == LanguageChinese || l == LanguageEnglish }

// MasterEIDType is the kind of a MASTER-E applicant's document. Its numbers are
// this page's own: VISA-H counts a passport as 1.
type MasterEIDType string

// Document kinds of the MASTER-E page.
const (
	MasterEIDTypeCard     MasterEIDType = "0"  // identity card
	MasterEIDTypePassport MasterEIDType = "-1" // passport
)

// Known reports whether certType of the MASTER-E application page lists t.
func (t MasterEIDType) Known() bool { return t == MasterEIDTypeCard || t == MasterEIDTypePassport }

// VisaHIDType is the kind of a VISA-H applicant's document. Its numbers are this
// page's own: MASTER-E counts a passport as -1.
type VisaHIDType string

// Document kinds of the VISA-H page.
const (
	VisaHIDTypeCard     VisaHIDType = "0" // identity card
	VisaHIDTypePassport VisaHIDType = "1" // passport
)

// Known reports whether certType of the VISA-H application page lists t.
func (t VisaHIDType) Known() bool { return t == VisaHIDTypeCard || t == VisaHIDTypePassport }

// DocumentType is the kind of a document that [VirtualPService.UploadDocument]
// sends.
type DocumentType string

// Document kinds of the document page, which calls them the allowed values.
const (
	DocumentTypeMainlandID     DocumentType = "CN-RIC"                    // identity card of mainland China
	DocumentTypePassport       DocumentType = "PASSPORT"                  // passport
	DocumentTypeHongKongID     DocumentType = "HK-HKID"                   // identity card of Hong Kong
	DocumentTypeDrivingLicence DocumentType = "DLN"                       // driver's licence
	DocumentTypeGovernmentID   DocumentType = "Government-Issued ID Card" // another identity card of a government
)

// Known reports whether idType of the VIRTUAL-P document page lists t.
func (t DocumentType) Known() bool {
	return among(t, DocumentTypeMainlandID, DocumentTypePassport, DocumentTypeHongKongID,
		DocumentTypeDrivingLicence, DocumentTypeGovernmentID)
}

// Occupation is the occupation of a MASTER-E applicant. Remittances have codes
// of their own ([ReferenceService.Occupations]).
type Occupation string

// Occupations of the MASTER-E page.
const (
	OccupationActor            Occupation = "1"  // Actor
	OccupationAircraftMechanic Occupation = "2"  // Aircraft Mechanic
	OccupationBookAuthor       Occupation = "3"  // Book Author
	OccupationBusiness         Occupation = "4"  // Businessmen
	OccupationCashier          Occupation = "5"  // Cashier
	OccupationCleaner          Occupation = "6"  // Cleaner
	OccupationDancer           Occupation = "7"  // Dancer
	OccupationDentist          Occupation = "8"  // Dentist
	OccupationFireman          Occupation = "9"  // Fireman
	OccupationHousewife        Occupation = "10" // Housewife
	OccupationJournalist       Occupation = "11" // Journalist
	OccupationMedical          Occupation = "12" // Medical
	OccupationAssistant        Occupation = "13" // Assistant
	OccupationMusician         Occupation = "14" // Musician
	OccupationTeacher          Occupation = "15" // Teacher
	OccupationPainter          Occupation = "16" // Painter
	OccupationPoliceman        Occupation = "17" // Policeman
)

var occupations = map[Occupation]string{
	OccupationActor:            "Actor",
	OccupationAircraftMechanic: "Aircraft Mechanic",
	OccupationBookAuthor:       "Book Author",
	OccupationBusiness:         "Businessmen",
	OccupationCashier:          "Cashier",
	OccupationCleaner:          "Cleaner",
	OccupationDancer:           "Dancer",
	OccupationDentist:          "Dentist",
	OccupationFireman:          "Fireman",
	OccupationHousewife:        "Housewife",
	OccupationJournalist:       "Journalist",
	OccupationMedical:          "Medical",
	OccupationAssistant:        "Assistant",
	OccupationMusician:         "Musician",
	OccupationTeacher:          "Teacher",
	OccupationPainter:          "Painter",
	OccupationPoliceman:        "Policeman",
}

// Known reports whether the dictionary of the MASTER-E application page has o.
func (o Occupation) Known() bool { return occupations[o] != "" }

// Meaning returns the words of the dictionary, and "" for an unknown value.
func (o Occupation) Meaning() string { return occupations[o] }

// Position is the position of a MASTER-E applicant.
type Position string

// Positions of the MASTER-E page.
const (
	PositionAccountManager   Position = "1" // Account manage
	PositionSeniorManagement Position = "2" // Senior management
	PositionBoss             Position = "3" // Boss
)

// Known reports whether the dictionary of the MASTER-E application page has p.
func (p Position) Known() bool {
	return p == PositionAccountManager || p == PositionSeniorManagement || p == PositionBoss
}
