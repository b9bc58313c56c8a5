package kazepay

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// KYCService verifies the holder of a physical card: upload the pictures and
// submit them, or send the holder to a page of KazePay's. A card cannot be
// activated before the verdict is PASSED.
type KYCService struct{ c *Client }

// maxAddress is the one length that KazePay documents.
const maxAddress = 140

// Identity is who a holder is. All fields are required. KazePay gives the length
// of AddressLine alone; this package takes 255 characters for the other texts.
type Identity struct {
	Email        issuing.Personal `json:"email"`        // the user's, as in every call about the user
	MobileNumber issuing.Personal `json:"mobileNumber"` // digits without the dialling code
	MobilePrefix string           `json:"mobilePrefix"` // dialling code, digits without +, such as 60
	// MobilePrefixCountry is the country of the dialling code, ISO 3166-1 alpha-2.
	MobilePrefixCountry string `json:"mobilePrefixCountry"`

	FirstName   issuing.Personal `json:"firstName"`   // in English letters
	LastName    issuing.Personal `json:"lastName"`    // in English letters
	DateOfBirth issuing.Date     `json:"dateOfBirth"` // in the past
	AddressLine issuing.Personal `json:"addressLine"` // of residence, in English, at most 140 characters
	City        issuing.Personal `json:"city"`        // of residence
	CountryCode string           `json:"countryCode"` // of residence, ISO 3166-1 alpha-2
	PostCode    string           `json:"postCode"`    // such as C2A2EX
	State       string           `json:"state"`       // state or province

	IdentificationType       IdentificationType `json:"identificationType"`       // PASSPORT or ID_CARD
	IdentificationNumber     issuing.Secret     `json:"identificationNumber"`     // the document's number
	IdentificationExpiryDate issuing.Date       `json:"identificationExpiryDate"` // of the document
}

func (r Identity) validate(p *check.Problems) {
	checkUser(p, string(r.Email), string(r.MobileNumber), r.MobilePrefix)
	for _, f := range []struct {
		name, value string
		limit       int
	}{
		{"mobilePrefixCountry", r.MobilePrefixCountry, 0}, {"firstName", string(r.FirstName), maxText},
		{"lastName", string(r.LastName), maxText}, {"addressLine", string(r.AddressLine), maxAddress},
		{"city", string(r.City), maxText},
		{"countryCode", r.CountryCode, 0}, {"postCode", r.PostCode, maxText}, {"state", r.State, maxText},
		{"identificationType", string(r.IdentificationType), 0},
		{"identificationNumber", r.IdentificationNumber.Reveal(), maxText},
	} {
		p.Text(f.name, f.value, f.limit)
	}
	p.EnglishName("firstName", string(r.FirstName))
	p.EnglishName("lastName", string(r.LastName))
	if strings.ContainsFunc(string(r.AddressLine), func(c rune) bool { return c > '~' }) {
		p.Add("addressLine", "must be in English letters")
	}
	p.Country("mobilePrefixCountry", r.MobilePrefixCountry)
	p.Country("countryCode", r.CountryCode)
	p.Listed("identificationType", string(r.IdentificationType), r.IdentificationType.Known())
	p.Required("dateOfBirth", !r.DateOfBirth.IsZero())
	p.BirthDate("dateOfBirth", r.DateOfBirth)
	p.Required("identificationExpiryDate", !r.IdentificationExpiryDate.IsZero())
	p.Date("identificationExpiryDate", r.IdentificationExpiryDate)
}

// facts has the email as the reference: it is the holder's, and no record prints it.
func (r Identity) facts(f *facts) { f.Reference = issuing.NewSecret(string(r.Email)) }

// SubmitRequest submits a holder's identity with pictures that were uploaded.
// File ids have at most 128 characters; those shown are UUIDs.
type SubmitRequest struct {
	Identity // who the holder is; required

	FrontFileID    string `json:"frontImgFileId"`         // front of the document, from Upload; required
	BackFileID     string `json:"backImgFileId,omitzero"` // back of the document, from Upload; required for ID_CARD
	HandheldFileID string `json:"handheldImgFileId"`      // holder with the document, from Upload; required
}

func (r SubmitRequest) validate(p *check.Problems) {
	r.Identity.validate(p)
	p.Text("frontImgFileId", r.FrontFileID, maxID)
	p.Required("backImgFileId", r.IdentificationType != IdentificationTypeIDCard || r.BackFileID != "")
	p.OptionalText("backImgFileId", r.BackFileID, maxID)
	p.Text("handheldImgFileId", r.HandheldFileID, maxID)
}

// Review is where a verification stands.
type Review struct {
	Status KYCStatus `json:"status"` // WAITING_KYC, REJECTED or PASSED
}

func (r *Review) incomplete() bool { return r.Status == "" }

// Submit (setUcardKyc) submits a holder's identity for review. People may review
// it; [KYCService.Status], [KYCService.Await] or [KYCReviewed] bring the verdict.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. On issuing.ErrOutcomeUnknown give
// the pending, with the email (issuing.WithReference), to [Client.Settle], which asks for
// the user's status: PASSED is done, by this submission or an earlier one; any other
// leaves it open, because WAITING_KYC may be said before any submission, and REJECTED of an
// earlier one.
func (s *KYCService) Submit(ctx context.Context, req SubmitRequest, opts ...issuing.CallOption) (*Review, error) {
	return call[Review](ctx, s.c, opSubmit, req, opts)
}

// errNoVerdict is a user's status that says nothing of a submission.
var errNoVerdict = errors.New("the user's status does not tell: it may be that of an earlier submission, or of none")

// reviewed asks for the status of the user whose email is the reference.
func (s *KYCService) reviewed(ctx context.Context, w sought) (*Review, error) {
	found, err := s.Status(ctx, w.Reference.Reveal())
	if err == nil && found.Status != KYCStatusPassed {
		return nil, errNoVerdict
	}
	return found, err
}

// SubmitInlineRequest submits a holder's identity with the pictures in it. Make
// them with [InlineImage]; line breaks and blanks in them are not sent.
type SubmitInlineRequest struct {
	Identity // who the holder is; required

	FrontImage    issuing.Secret `json:"frontImgBase64" wire:"base64"`         // front of the document, a data URI; required
	BackImage     issuing.Secret `json:"backImgBase64,omitzero" wire:"base64"` // back of the document, a data URI; required for ID_CARD
	HandheldImage issuing.Secret `json:"handheldImgBase64" wire:"base64"`      // holder with the document, a data URI; required
}

func (r SubmitInlineRequest) validate(p *check.Problems) {
	r.Identity.validate(p)
	p.Required("backImgBase64", r.IdentificationType != IdentificationTypeIDCard || !r.BackImage.IsZero())
	p.Required("frontImgBase64", !r.FrontImage.IsZero())
	p.Required("handheldImgBase64", !r.HandheldImage.IsZero())
	for _, f := range []struct {
		name  string
		value issuing.Secret
	}{{"frontImgBase64", r.FrontImage}, {"backImgBase64", r.BackImage}, {"handheldImgBase64", r.HandheldImage}} {
		media, _ := p.Base64(f.name, wire.OneLine(f.value.Reveal()))
		if !f.value.IsZero() && media != "image/jpeg" && media != "image/png" {
			p.Add(f.name, "is not a data URI of a JPEG or PNG picture")
		}
	}
}

// InlineImage makes the data URI "data:image/jpeg;base64,…" of a JPEG or PNG
// picture.
func InlineImage(image []byte) (issuing.Secret, error) {
	kind := imageType(image)
	if kind == "" {
		var p check.Problems
		p.Add("image", "is neither JPEG nor PNG")
		return issuing.Secret{}, p.Err(providerName, "InlineImage")
	}
	return issuing.NewSecret("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(image)), nil
}

// imageType tells the media type by the first bytes, "" when it is none of those
// that KazePay takes.
func imageType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	}
	return ""
}

// SubmitInline (setUcardKyc with pictures inline) submits a holder's identity
// with the pictures in the payload. KazePay tells the form by the fields present.
//
// Safety: once, as [KYCService.Submit].
//
// Deprecated: KazePay marks this form as deprecated. Use [KYCService.Upload] and
// [KYCService.Submit].
func (s *KYCService) SubmitInline(
	ctx context.Context, req SubmitInlineRequest, opts ...issuing.CallOption,
) (*Review, error) {
	return call[Review](ctx, s.c, opSubmitInline, req, opts)
}

// Link is where a holder completes the verification.
type Link struct {
	URL issuing.Secret `json:"kycUrl"` // for the holder alone; its lifetime is not documented
}

func (l *Link) incomplete() bool { return l.URL.IsZero() }

// Link (setUserKyc) registers a holder's identity and returns the address of a
// page on which the holder completes the verification. Ask for the verdict with
// [KYCService.Status] and the same email.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. A link cannot be read back, so
// [Client.Settle] cannot tell; on issuing.ErrOutcomeUnknown ask [KYCService.Status], and
// for another link while the status is not PASSED.
func (s *KYCService) Link(ctx context.Context, identity Identity, opts ...issuing.CallOption) (*Link, error) {
	return call[Link](ctx, s.c, opLink, identity, opts)
}

// emailRequest names a user.
type emailRequest struct {
	Email issuing.Personal `json:"email"`
}

func (r emailRequest) validate(p *check.Problems) { checkEmail(p, string(r.Email)) }

// Status (queryUcardKycStatus) reads where a user's verification stands.
//
// Safety: read.
func (s *KYCService) Status(ctx context.Context, email string, opts ...issuing.CallOption) (*Review, error) {
	return call[Review](ctx, s.c, opKYCStatus, emailRequest{issuing.Personal(email)}, opts)
}

// Await asks for a user's verification until there is a verdict. It waits two
// seconds, then longer up to a minute; the context bounds it: the last answer comes
// with an error of kind issuing.ErrCanceled.
//
// Safety: read.
func (s *KYCService) Await(ctx context.Context, email string, opts ...issuing.CallOption) (*Review, error) {
	return poll(ctx, "KYC.Await", func() (*Review, bool, error) {
		r, err := s.Status(ctx, email, opts...)
		return r, err == nil && r.Status.Terminal(), err
	})
}
