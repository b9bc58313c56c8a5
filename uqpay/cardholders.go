package uqpay

import (
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardholderService creates, reads and updates the people who use the cards.
// There is no deletion.
type CardholderService struct{ c *Client }

// Address is where a cardholder lives.
type Address struct {
	Country    string           `json:"country,omitzero"`     // ISO 3166-1 alpha-2; required; see [RegionRules]
	City       issuing.Personal `json:"city,omitzero"`        // at most 128 characters; required
	Line1      issuing.Personal `json:"line1,omitzero"`       // street, at most 255 characters; required
	State      string           `json:"state,omitzero"`       // at most 128 characters; optional
	District   string           `json:"district,omitzero"`    // at most 128 characters; optional
	Line2      issuing.Personal `json:"line2,omitzero"`       // at most 255 characters; optional
	LineEN     issuing.Personal `json:"line_en,omitzero"`     // in English, at most 255 characters; some BINs need it
	PostalCode issuing.Personal `json:"postal_code,omitzero"` // at most 16 characters; optional, required for delivery
}

func (a *Address) check(p *check.Problems, field string) {
	if a == nil {
		return
	}
	p.Required(field+".country", a.Country != "")
	p.Country(field+".country", a.Country)
	p.Text(field+".city", string(a.City), 128)
	p.Text(field+".line1", string(a.Line1), 255)
	p.OptionalText(field+".state", a.State, 128)
	p.OptionalText(field+".district", a.District, 128)
	p.OptionalText(field+".line2", string(a.Line2), 255)
	p.OptionalText(field+".line_en", string(a.LineEN), 255)
	p.OptionalText(field+".postal_code", string(a.PostalCode), 16)
}

// Identity is an identity document. Images are Base64, bare or in a data URI; line
// breaks and blanks in it are not sent.
type Identity struct {
	Type      IdentityType   `json:"type"`                             // ID card or passport; required
	Number    issuing.Secret `json:"number"`                           // of the document; required
	FrontFile issuing.Secret `json:"front_file" wire:"base64"`         // image of the front; required
	BackFile  issuing.Secret `json:"back_file,omitzero" wire:"base64"` // image of the back; required for an ID card
	HandFile  issuing.Secret `json:"hand_file,omitzero" wire:"base64"` // image of the holder with the document; optional
}

func (i *Identity) check(p *check.Problems, field string) {
	if i == nil {
		return
	}
	choice(p, field+".type", i.Type, needed)
	p.Text(field+".number", i.Number.Reveal(), noLimit)
	p.Required(field+".front_file", !i.FrontFile.IsZero())
	if i.Type == IdentityTypeIDCard {
		p.Required(field+".back_file", !i.BackFile.IsZero())
	}
	image(p, field+".front_file", i.FrontFile, 0)
	image(p, field+".back_file", i.BackFile, 0)
	image(p, field+".hand_file", i.HandFile, 0)
}

// KYCVerification says how an identity is verified.
type KYCVerification struct {
	Method KYCMethod `json:"method"`             // third party or redirect; required
	Proof  *KYCProof `json:"kyc_proof,omitzero"` // required with KYCMethodThirdParty
}

// KYCProof is the proof of a verification that was done elsewhere.
type KYCProof struct {
	Provider    KYCProvider `json:"provider"`     // who verified; required
	ReferenceID string      `json:"reference_id"` // 10 to 64 characters, globally unique; required
}

func (v *KYCVerification) check(p *check.Problems, field string) {
	if v == nil {
		return
	}
	choice(p, field+".method", v.Method, needed)
	if v.Proof == nil {
		if v.Method == KYCMethodThirdParty {
			p.Required(field+".kyc_proof", false)
		}
		return
	}
	choice(p, field+".kyc_proof.provider", v.Proof.Provider, needed)
	p.Text(field+".kyc_proof.reference_id", v.Proof.ReferenceID, 64)
	if n := len(v.Proof.ReferenceID); n > 0 && n < 10 {
		p.Add(field+".kyc_proof.reference_id", "has %d characters, at least 10 are needed", n)
	}
}

// Person is what a product's KYC level can ask for beyond the basic fields.
// Which of it a product needs is in [Product.RequiredFields].
type Person struct {
	DateOfBirth        issuing.Date     `json:"date_of_birth,omitzero"`       // yyyy-mm-dd; age 18 to 79
	Gender             Gender           `json:"gender,omitzero"`              // male or female
	Nationality        string           `json:"nationality,omitzero"`         // ISO 3166-1 alpha-2; see [RegionRules]
	ResidentialAddress *Address         `json:"residential_address,omitzero"` // where the person lives
	Identity           *Identity        `json:"identity,omitzero"`            // identity document
	KYCVerification    *KYCVerification `json:"kyc_verification,omitzero"`    // for enhanced KYC
}

func (r *Person) check(p *check.Problems, prefix string) {
	p.Date(prefix+"date_of_birth", r.DateOfBirth)
	choice(p, prefix+"gender", r.Gender, optional)
	p.Country(prefix+"nationality", r.Nationality)
	r.ResidentialAddress.check(p, prefix+"residential_address")
	r.Identity.check(p, prefix+"identity")
	r.KYCVerification.check(p, prefix+"kyc_verification")
}

// CreateCardholderRequest creates a cardholder.
type CreateCardholderRequest struct {
	Email       issuing.Personal `json:"email"`        // unique in the account; one-time passwords go there; required
	FirstName   issuing.Personal `json:"first_name"`   // 1 to 40 letters, spaces and hyphens; fixed afterwards; required
	LastName    issuing.Personal `json:"last_name"`    // as FirstName; required
	CountryCode string           `json:"country_code"` // ISO 3166-1 alpha-2; decides the phone rule; required
	// PhoneNumber is the national number without dial code and plus, unique in
	// the account, of a length that depends on the country (SG: "91234567").
	// Required. The country's rule is left to the platform.
	PhoneNumber issuing.Personal `json:"phone_number"`

	Person // as far as the product's KYC level asks for it

	DocumentType DocumentType   `json:"document_type,omitzero"`          // format of Document; required with it
	Document     issuing.Secret `json:"document,omitzero" wire:"base64"` // base64, at most 2 MB; optional
	// DeliveryAddress is deprecated by the platform. Optional.
	DeliveryAddress *Address `json:"delivery_address,omitzero"`
}

func (r CreateCardholderRequest) validate(p *check.Problems) {
	p.Text("email", string(r.Email), noLimit)
	p.Email("email", string(r.Email))
	p.Required("first_name", r.FirstName != "")
	personName(p, "first_name", string(r.FirstName))
	p.Required("last_name", r.LastName != "")
	personName(p, "last_name", string(r.LastName))
	p.Required("country_code", r.CountryCode != "")
	p.Country("country_code", r.CountryCode)
	p.Text("phone_number", string(r.PhoneNumber), noLimit)
	checkPhone(p, string(r.PhoneNumber))
	r.Person.check(p, "")
	checkDocument(p, r.DocumentType, r.Document)
	r.DeliveryAddress.check(p, "delivery_address")
	if r.DeliveryAddress != nil {
		p.Required("delivery_address.postal_code", r.DeliveryAddress.PostalCode != "")
	}
}

// personName checks length and white space of a name that is given; which letters are allowed is told
// differently by page and guide and left to the platform.
func personName(p *check.Problems, field, name string) {
	p.OptionalText(field, name, 40)
	if name != "" && (name[0] == ' ' || name[len(name)-1] == ' ') {
		p.Add(field, "starts or ends with a space")
	}
}

func checkDocument(p *check.Problems, format DocumentType, document issuing.Secret) {
	choice(p, "document_type", format, presence(!document.IsZero()))
	image(p, "document", document, maxDocument)
}

// CardholderChange is the answer to a creation or an update.
type CardholderChange struct {
	ID     string           `json:"cardholder_id"`     // the platform's id
	Status CardholderStatus `json:"cardholder_status"` // SUCCESS at once for simplified KYC
	// VerificationURL is where the cardholder verifies their identity, with
	// KYCMethodSumsubRedirect. It lets whoever has it act as the cardholder there.
	VerificationURL issuing.Secret `json:"idv_verification_url"`
	ExpiresAt       time.Time      `json:"idv_url_expires_at"` // of VerificationURL; zero without one
}

func (c *CardholderChange) incomplete() bool { return c.ID == "" || unusable(c.ID) }

// Create creates a cardholder. With the five basic fields the status is SUCCESS
// at once and no event follows; otherwise the outcome of a verification comes as
// cardholder.kyc.status_changed ([CardholderKYCChanged]). With
// KYCMethodSumsubRedirect the status is PENDING or INCOMPLETE until then.
//
// Codes: [CodeEmailDuplicated], [CodeInvalidPhoneNumber].
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours, or look for the e-mail
// address in [CardholderService.List]; it being unique, a second cardholder cannot come
// of it later either.
func (s *CardholderService) Create(
	ctx context.Context, req CreateCardholderRequest, opts ...issuing.CallOption,
) (*CardholderChange, error) {
	return call[CardholderChange](ctx, s.c, opCardholderCreate, req, opts)
}

// UpdateCardholderRequest changes a cardholder. Empty fields stay as they are;
// the names cannot change.
type UpdateCardholderRequest struct {
	Email       issuing.Personal `json:"email,omitzero"`        // unique in the account
	CountryCode string           `json:"country_code,omitzero"` // ISO 3166-1 alpha-2
	PhoneNumber issuing.Personal `json:"phone_number,omitzero"` // national number, unique in the account

	Person // as far as it changes

	DocumentType DocumentType   `json:"document_type,omitzero"`          // format of Document; required with it
	Document     issuing.Secret `json:"document,omitzero" wire:"base64"` // base64, at most 2 MB
}

func (r UpdateCardholderRequest) validate(p *check.Problems) {
	p.Email("email", string(r.Email))
	p.Country("country_code", r.CountryCode)
	p.OptionalText("phone_number", string(r.PhoneNumber), noLimit)
	checkPhone(p, string(r.PhoneNumber))
	r.Person.check(p, "")
	checkDocument(p, r.DocumentType, r.Document)
	if (r == UpdateCardholderRequest{}) {
		p.Add("request", "changes nothing")
	}
}

// Update changes a cardholder. cardholder.updated ([CardholderUpdated]) follows,
// and cardholder.kyc.status_changed when the verification's outcome moves.
//
// Safety: keyed, as [CardholderService.Create].
func (s *CardholderService) Update(
	ctx context.Context, cardholderID string, req UpdateCardholderRequest, opts ...issuing.CallOption,
) (*CardholderChange, error) {
	return call[CardholderChange](ctx, s.c, opCardholderUpdate.at(cardholderID), req, opts)
}

// Cardholder is a person who uses cards.
type Cardholder struct {
	ID                 string           `json:"cardholder_id"`        // the platform's id
	Email              issuing.Personal `json:"email"`                // unique in the account
	FirstName          issuing.Personal `json:"first_name"`           // given name
	LastName           issuing.Personal `json:"last_name"`            // family name
	CountryCode        string           `json:"country_code"`         // ISO 3166-1 alpha-2
	PhoneNumber        issuing.Personal `json:"phone_number"`         // national number
	Status             CardholderStatus `json:"cardholder_status"`    // only SUCCESS can receive cards
	NumberOfCards      int              `json:"number_of_cards"`      // of every status
	CreateTime         time.Time        `json:"create_time"`          // zero when the platform's text cannot be read
	DateOfBirth        issuing.Date     `json:"date_of_birth"`        // zero when unset; events send 0001-01-01 then
	Gender             Gender           `json:"gender"`               // may be empty
	Nationality        string           `json:"nationality"`          // may be empty
	ResidentialAddress *Address         `json:"residential_address"`  // nil when unset
	DeliveryAddress    *Address         `json:"delivery_address"`     // deprecated by the platform
	ReviewStatus       string           `json:"review_status"`        // reserved by the platform
	IDVStatus          IDVStatus        `json:"idv_status"`           // empty without a verification
	VerificationURL    issuing.Secret   `json:"idv_verification_url"` // see [CardholderChange]
	URLExpiresAt       time.Time        `json:"idv_url_expires_at"`   // of VerificationURL
}

func (h *Cardholder) vague() bool { return h.ID == "" }

// Cardholder reads a cardholder.
//
// Safety: read.
func (s *CardholderService) Cardholder(
	ctx context.Context, cardholderID string, opts ...issuing.CallOption,
) (*Cardholder, error) {
	return call[Cardholder](ctx, s.c, opCardholder.at(cardholderID), none{}, opts)
}

// CardholdersRequest selects cardholders.
type CardholdersRequest struct {
	Paging
	Status CardholderStatus `json:"cardholder_status,omitzero"` // empty is any
}

func (r CardholdersRequest) validate(p *check.Problems) {
	r.Paging.validate(p)
	choice(p, "cardholder_status", r.Status, optional)
}

// List returns one page of cardholders.
//
// Safety: read.
func (s *CardholderService) List(
	ctx context.Context, req CardholdersRequest, opts ...issuing.CallOption,
) (*Page[Cardholder], error) {
	return call[Page[Cardholder]](ctx, s.c, opCardholders, req, opts)
}

// All iterates over cardholders, from the request's page on, each
// once. What leaves the list meanwhile can have others missed.
func (s *CardholderService) All(
	ctx context.Context, req CardholdersRequest, opts ...issuing.CallOption,
) iter.Seq2[*Cardholder, error] {
	return all[Cardholder](ctx, s.c, opCardholders, req, opts)
}
