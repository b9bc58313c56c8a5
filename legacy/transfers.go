package legacy

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// ChargeCode says who bears the fee of a wire.
type ChargeCode string

// Charge codes. V4 supports SHA only; FP is left over in examples of answers.
const (
	ChargeCodeSHA ChargeCode = "SHA" // the sender
	ChargeCodeFP  ChargeCode = "FP"  // full pay; in answers only
)

// Known reports whether chargeCode of the Transfer V4 order pages has c.
func (c ChargeCode) Known() bool { return c == ChargeCodeSHA || c == ChargeCodeFP }

// Gender is a sender's gender.
type Gender string

// Genders of the order page.
const (
	GenderMale   Gender = "M" // male
	GenderFemale Gender = "F" // female
)

// Known reports whether sourceGender of the Transfer V4 order page lists g.
func (g Gender) Known() bool { return g == GenderMale || g == GenderFemale }

// TransferIDType is the kind of a sender's or recipient's document.
type TransferIDType string

// Document kinds of the order page.
const (
	TransferIDTypeNational TransferIDType = "national" // national identity card
	TransferIDTypePassport TransferIDType = "passport" // passport
)

// Known reports whether the document types of the Transfer V4 order page have t.
func (t TransferIDType) Known() bool {
	return t == TransferIDTypeNational || t == TransferIDTypePassport
}

// TransferRequest places a remittance. Which of the optional fields are needed
// depends on the payout path; those conditions contradict themselves in places
// and are the platform's to judge. "For a person" and "for a company" below are
// the pages' C and B: the sender is the first letter of Business, the recipient
// the last.
type TransferRequest struct {
	MerOrderNo string `json:"merOrderNo"`         // the merchant's own number, unique, at most 128 characters; required
	NotifyURL  string `json:"notifyUrl,omitzero"` // where the notification goes, http or https
	Ext        string `json:"ext,omitzero"`       // reserved

	// the reserve's currency; required. CNY to a bank account in CHN supports USD only
	SourceCurrency issuing.Currency `json:"sourceCurrency"`
	// in SourceCurrency, at most two decimals; required. The fee is charged on top
	SendAmount issuing.Amount `json:"sendAmount"`
	ChargeCode ChargeCode     `json:"chargeCode,omitzero"` // SHA or nothing; wire

	Country  string           `json:"country"`          // destination, ISO 3166-1 alpha-3, such as HKG; required
	Business Business         `json:"business"`         // such as C2C; required. Only wire supports more than C2C
	Type     Channel          `json:"type"`             // payout channel; required
	Currency issuing.Currency `json:"currency"`         // payout currency, such as HKD; required
	Partner  string           `json:"partner,omitzero"` // the channel's partner, from [ReferenceService.Currencies]

	// bank account; bank_account and wire, unless IBAN is given
	AccountNumber issuing.Secret `json:"accountNumber,omitzero"`
	// IBAN; bank_account in EUR and wire, unless AccountNumber is given
	IBAN           issuing.Secret `json:"iban,omitzero"`
	TargetBankCode string         `json:"targetBankCode,omitzero"` // from [ReferenceService.Banks]; bank_account
	// from [ReferenceService.Branches], spaces included; bank_account
	TargetBankBranch string         `json:"targetBankBranch,omitzero"`
	SWIFTCode        string         `json:"swiftCode,omitzero"`     // wire
	CorrSWIFTCode    string         `json:"corrSwiftCode,omitzero"` // correspondent bank; wire, optional
	EWalletID        issuing.Secret `json:"ewalletId,omitzero"`     // e-wallet account; ewallet
	// ABA routing code, nine digits; the page asks for it for AUS
	RoutingCode string `json:"routingCode,omitzero"`
	// six digits, perhaps in pairs; bank_account in GBP to GBR
	SortCode string `json:"sortCode,omitzero"`

	Recipient
	Sender

	RemittancePurpose string `json:"remittancePurpose"`        // from [ReferenceService.RemittancePurposes]; required
	SourceOfFunds     string `json:"sourceOfFunds"`            // from [ReferenceService.SourcesOfFunds]; required
	Relationship      string `json:"relationship"`             // from [ReferenceService.Relationships]; required
	Occupation        string `json:"occupation,omitzero"`      // from [ReferenceService.Occupations]
	UnformattedNote   string `json:"unformattedNote,omitzero"` // note, at most 64 characters
}

// Recipient is whom a remittance is paid to.
type Recipient struct {
	// street, without country and city; required
	TargetAddressLine issuing.Personal `json:"targetAddressLine"`
	TargetAddressCity issuing.Personal `json:"targetAddressCity"` // city; required
	// from [ReferenceService.Cities]; ewallet to IDN
	TargetAddressCityCode string `json:"targetAddressCityCode,omitzero"`
	TargetAddressState    string `json:"targetAddressState,omitzero"` // code of the state, its name for IDN
	// postal code; person, bank account in Canada
	TargetAddressZip     issuing.Personal `json:"targetAddressZip,omitzero"`
	TargetAddressCountry string           `json:"targetAddressCountry,omitzero"` // ISO 3166-1 alpha-3
	// with + and calling code; see the page's rules
	TargetMobileNumber    issuing.Personal `json:"targetMobileNumber,omitzero"`
	TargetCompanyName     issuing.Personal `json:"targetCompanyName,omitzero"`     // required for a company
	TargetNameFirst       issuing.Personal `json:"targetNameFirst,omitzero"`       // required for a person
	TargetNameLast        issuing.Personal `json:"targetNameLast,omitzero"`        // required for a person
	TargetNativeNameFirst issuing.Personal `json:"targetNativeNameFirst,omitzero"` // person, bank account in CHN
	TargetNativeNameLast  issuing.Personal `json:"targetNativeNameLast,omitzero"`  // person, bank account in CHN
	// ISO 3166-1 alpha-3; required for a person
	TargetNationality string       `json:"targetNationality,omitzero"`
	TargetDateOfBirth issuing.Date `json:"targetDateOfBirth,omitzero"` // person, bank account in KOR
	// person, bank account in KOR without a +82 number
	TargetEmail    issuing.Personal `json:"targetEmail,omitzero"`
	TargetIDNumber issuing.Secret   `json:"targetIdNumber,omitzero"` // number of the document
	TargetIDType   TransferIDType   `json:"targetIdType,omitzero"`   // required with TargetIDNumber
	// expiry of the document, 2099-12-31 when it has none
	TargetIDExpiration issuing.Date `json:"targetIdExpiration,omitzero"`
}

// Sender is whom a remittance comes from.
type Sender struct {
	// ISO 3166-1 alpha-3, other than Country; required
	SourceCountry string `json:"sourceCountry"`
	// the merchant's id of the sender; required for a person
	SourceReferenceNumber string           `json:"sourceReferenceNumber,omitzero"`
	SourceAddressLine     issuing.Personal `json:"sourceAddressLine"`           // street; required
	SourceAddressCity     issuing.Personal `json:"sourceAddressCity"`           // city; required
	SourceAddressState    string           `json:"sourceAddressState,omitzero"` // state or province
	// ISO 3166-1 alpha-3; required
	SourceAddressCountry string           `json:"sourceAddressCountry"`
	SourceAddressZip     issuing.Personal `json:"sourceAddressZip,omitzero"` // postal code
	// required for a person
	SourceNameFirst issuing.Personal `json:"sourceNameFirst,omitzero"`
	// required for a person
	SourceNameLast issuing.Personal `json:"sourceNameLast,omitzero"`
	// person, to NPL and not by wire
	SourceGender Gender `json:"sourceGender,omitzero"`
	// ISO 3166-1 alpha-3; required for a person
	SourceNationality string `json:"sourceNationality,omitzero"`
	// required for a person
	SourceDateOfBirth issuing.Date `json:"sourceDateOfBirth,omitzero"`
	// number of the document; see the page's rules
	SourceIDNumber issuing.Secret `json:"sourceIdNumber,omitzero"`
	// required with SourceIDNumber
	SourceIDType TransferIDType `json:"sourceIdType,omitzero"`
	// expiry of the document, 2099-12-31 when it has none
	SourceIDExpiration issuing.Date `json:"sourceIdExpiration,omitzero"`
	// required with SourceIDNumber
	SourceIDIssueCountry string `json:"sourceIdIssueCountry,omitzero"`
	// with + and calling code; see the page's rules
	SourceMobileNumber issuing.Personal `json:"sourceMobileNumber,omitzero"`
	// required for a company
	SourceCompanyName issuing.Personal `json:"sourceCompanyName,omitzero"`
	// required for a company
	SourceCompanyTradingName         string `json:"sourceCompanyTradingName,omitzero"`
	SourceCompanyRegistrationNumber  string `json:"sourceCompanyRegistrationNumber,omitzero"`  // company
	SourceCompanyRegistrationCountry string `json:"sourceCompanyRegistrationCountry,omitzero"` // company
}

func (r TransferRequest) validate(p *check.Problems) {
	checkOrder(p, r.MerOrderNo, r.NotifyURL)
	p.OptionalText("ext", r.Ext, noLimit)
	checkCurrency(p, "sourceCurrency", r.SourceCurrency)
	p.Amount("sendAmount", r.SendAmount, 2)
	if r.ChargeCode != "" && r.ChargeCode != ChargeCodeSHA && !told(p, "chargeCode", string(r.ChargeCode)) {
		p.Add("chargeCode", "must be SHA or empty: nothing else is supported")
	}
	checkCountry(p, r.Country)
	checkBusiness(p, r.Business)
	checkChannel(p, r.Type)
	checkCurrency(p, "currency", r.Currency)
	checkTexts(p, []field{
		{"remittancePurpose", r.RemittancePurpose}, {"sourceOfFunds", r.SourceOfFunds}, {"relationship", r.Relationship},
	}, []field{
		{"partner", r.Partner}, {"accountNumber", r.AccountNumber.Reveal()}, {"iban", r.IBAN.Reveal()},
		{"targetBankCode", r.TargetBankCode}, {"targetBankBranch", r.TargetBankBranch}, {"swiftCode", r.SWIFTCode},
		{"corrSwiftCode", r.CorrSWIFTCode}, {"ewalletId", r.EWalletID.Reveal()}, {"routingCode", r.RoutingCode},
		{"sortCode", r.SortCode}, {"occupation", r.Occupation},
	})
	if !r.AccountNumber.IsZero() && !r.IBAN.IsZero() {
		p.Add("accountNumber, iban", "are mutually exclusive")
	}
	swiftCode.check(p, field{"swiftCode", r.SWIFTCode}, field{"corrSwiftCode", r.CorrSWIFTCode})
	routingCode.check(p, field{"routingCode", r.RoutingCode})
	sortCode.check(p, field{"sortCode", r.SortCode})
	p.OptionalText("unformattedNote", r.UnformattedNote, maxNote)
	r.Recipient.validate(p)
	r.Sender.validate(p)
	if r.SourceCountry != "" && r.SourceCountry == r.Country {
		p.Add("sourceCountry", "must differ from country: a remittance is cross-border")
	}
}

func (r TransferRequest) key() string { return r.MerOrderNo }

func (r TransferRequest) facts(f *facts) {
	f.Amount, f.Currency = r.SendAmount, r.SourceCurrency
	f.Detail("currency", string(r.Currency))
	tellAccount(f, "accountNumber", r.AccountNumber)
	tellAccount(f, "iban", r.IBAN)
	tellAccount(f, "ewalletId", r.EWalletID)
}

func (r Recipient) validate(p *check.Problems) {
	checkTexts(p, []field{{"targetAddressLine", string(r.TargetAddressLine)},
		{"targetAddressCity", string(r.TargetAddressCity)}}, []field{
		{"targetAddressCityCode", r.TargetAddressCityCode}, {"targetAddressState", r.TargetAddressState},
		{"targetAddressZip", string(r.TargetAddressZip)}, {"targetAddressCountry", r.TargetAddressCountry},
		{"targetMobileNumber", string(r.TargetMobileNumber)}, {"targetCompanyName", string(r.TargetCompanyName)},
		{"targetNameFirst", string(r.TargetNameFirst)}, {"targetNameLast", string(r.TargetNameLast)},
		{"targetNativeNameFirst", string(r.TargetNativeNameFirst)},
		{"targetNativeNameLast", string(r.TargetNativeNameLast)},
		{"targetNationality", r.TargetNationality}, {"targetIdNumber", r.TargetIDNumber.Reveal()},
	})
	mobileNumber.check(p, field{"targetMobileNumber", string(r.TargetMobileNumber)})
	p.Email("targetEmail", string(r.TargetEmail))
	p.BirthDate("targetDateOfBirth", r.TargetDateOfBirth)
	p.Date("targetIdExpiration", r.TargetIDExpiration)
	p.Required("targetIdType", r.TargetIDNumber.IsZero() || r.TargetIDType != "")
	checkKnown(p, "targetIdType", r.TargetIDType, optional, "national or passport")
	alpha3.check(p, field{"targetAddressCountry", r.TargetAddressCountry}, field{"targetNationality", r.TargetNationality})
}

func (r Sender) validate(p *check.Problems) {
	checkTexts(p, []field{
		{"sourceCountry", r.SourceCountry}, {"sourceAddressLine", string(r.SourceAddressLine)},
		{"sourceAddressCity", string(r.SourceAddressCity)}, {"sourceAddressCountry", r.SourceAddressCountry},
	}, []field{
		{"sourceReferenceNumber", r.SourceReferenceNumber}, {"sourceAddressState", r.SourceAddressState},
		{"sourceAddressZip", string(r.SourceAddressZip)}, {"sourceNameFirst", string(r.SourceNameFirst)},
		{"sourceNameLast", string(r.SourceNameLast)}, {"sourceNationality", r.SourceNationality},
		{"sourceIdNumber", r.SourceIDNumber.Reveal()}, {"sourceIdIssueCountry", r.SourceIDIssueCountry},
		{"sourceMobileNumber", string(r.SourceMobileNumber)}, {"sourceCompanyName", string(r.SourceCompanyName)},
		{"sourceCompanyTradingName", r.SourceCompanyTradingName},
		{"sourceCompanyRegistrationNumber", r.SourceCompanyRegistrationNumber},
		{"sourceCompanyRegistrationCountry", r.SourceCompanyRegistrationCountry},
	})
	mobileNumber.check(p, field{"sourceMobileNumber", string(r.SourceMobileNumber)})
	p.BirthDate("sourceDateOfBirth", r.SourceDateOfBirth)
	p.Date("sourceIdExpiration", r.SourceIDExpiration)
	checkKnown(p, "sourceGender", r.SourceGender, optional, "M or F")
	alpha3.check(p, field{"sourceCountry", r.SourceCountry}, field{"sourceAddressCountry", r.SourceAddressCountry},
		field{"sourceNationality", r.SourceNationality})
	p.Required("sourceIdType", r.SourceIDNumber.IsZero() || r.SourceIDType != "")
	p.Required("sourceIdIssueCountry", r.SourceIDNumber.IsZero() || r.SourceIDIssueCountry != "")
	checkKnown(p, "sourceIdType", r.SourceIDType, optional, "national or passport")
}

// Create places a remittance (order/create). The answer says that it was accepted and holds
// little more than the numbers; amounts and fees come by
// [TransferService.TransferByKey], the result to NotifyURL ([TransferCompleted])
// or by the same lookup.
//
// What ends it and what leaves it open is as for [CardService.Deposit].
//
// Safety: keyed by MerOrderNo. After an unclear attempt the order is looked up, and sent
// again under the same number only when the platform does not know it. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which looks it up;
// where it shows another account the outcome stays open: compare yourself. Never send
// again with another number.
func (s *TransferService) Create(
	ctx context.Context, req TransferRequest, opts ...issuing.CallOption,
) (*Transfer, error) {
	return looked(ctx, s.c, opTransfer, req, s.placed(), opts)
}

// placed looks a remittance up.
func (s *TransferService) placed() func(context.Context, sought) (*Transfer, error) {
	return lookup(s.c, opTransferByKey, func(t *Transfer, w sought) error {
		switch {
		case t.SendAmount.Sign() != 0 && t.SendAmount.Cmp(w.Amount) != 0, // 0 where there is none to show
			t.SourceCurrency != "" && t.SourceCurrency != w.Currency,
			t.TargetCurrency != "" && string(t.TargetCurrency) != w.Details["currency"]:
			return errOther
		case !showsAccount(w, t.Account, "accountNumber", "iban", "ewalletId"):
			return errOtherAccount
		}
		return nil
	})
}

// TransferByKey looks up a remittance (order/query) by the merchant's own number, the
// MerOrderNo of the request, at most 128 characters. It settles an
// issuing.ErrOutcomeUnknown of [TransferService.Create]: [CodeOrderNotFound] says
// that there is none, though shortly after a broken connection it may still be on
// its way.
//
// Safety: read.
func (s *TransferService) TransferByKey(
	ctx context.Context, merOrderNo string, opts ...issuing.CallOption,
) (*Transfer, error) {
	return call[Transfer](ctx, s.c, opTransferByKey, merOrderQuery{merOrderNo}, opts)
}

// TransferByOrderNo looks up a remittance (order/query) by the platform's number, the
// OrderNo of the answer, as it stands.
//
// Safety: read.
func (s *TransferService) TransferByOrderNo(
	ctx context.Context, orderNo string, opts ...issuing.CallOption,
) (*Transfer, error) {
	return call[Transfer](ctx, s.c, opTransferByOrderNo, orderQuery{orderNo}, opts)
}
