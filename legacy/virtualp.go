package legacy

import (
	"cmp"
	"context"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
)

// VirtualPService manages VIRTUAL-P cards. They are named by a card id, which the
// pages call cardNumber and which looks like a card number; it is kept as a
// Secret like one.
type VirtualPService struct{ c *Client }

// VirtualPBIN is a BIN that VIRTUAL-P cards can be applied for.
type VirtualPBIN struct {
	BIN           string             `json:"bin"`           // cardBin of the application
	IssuerCountry string             `json:"issuerCountry"` // ISO 3166-1 alpha-2
	Network       string             `json:"network"`       // the card scheme, such as Visa or MasterCard
	Platforms     []VirtualPPlatform `json:"platforms"`     // where it is known to work
}

// VirtualPPlatform is a shop where cards of a BIN are known to work.
type VirtualPPlatform struct {
	Label       string `json:"platformLabel"` // the shop
	SuccessRate string `json:"successRate"`   // share of purchases that succeed, as sent: 1 in every example
}

// BINs returns what VIRTUAL-P cards can be applied for.
//
// Safety: read.
func (s *VirtualPService) BINs(ctx context.Context, opts ...issuing.CallOption) ([]VirtualPBIN, error) {
	return list[VirtualPBIN](ctx, s.c, opVirtualPBINs, noRequest{}, opts)
}

// VirtualPCard is a VIRTUAL-P card ("info, version 2").
type VirtualPCard struct {
	BIN            string             `json:"bin"`            // first digits of the PAN
	Last4          string             `json:"last4"`          // last four digits of the PAN
	FirstName      issuing.Personal   `json:"firstName"`      // the holder's first name
	LastName       issuing.Personal   `json:"lastName"`       // the holder's last name
	Status         VirtualPCardStatus `json:"status"`         // active, frozen, inactive
	BillingAddress VirtualPAddress    `json:"billingAddress"` // for card-not-present purchases
	Balance        VirtualPBalance    `json:"balance"`        // what the card holds
	CardInfo       VirtualPCardInfo   `json:"cardInfo"`       // PAN, CVV and expiry, decrypted
	// SecureURL shows the card data once. The notes mention it, the page does
	// not; empty where the platform sends none.
	SecureURL issuing.Secret `json:"secureUrl"`
}

// VirtualPAddress is a card's billing address. Every field may be empty.
type VirtualPAddress struct {
	AddressLine1 issuing.Personal `json:"addressLine1"` // street and number
	AddressLine2 issuing.Personal `json:"addressLine2"` // second line
	City         issuing.Personal `json:"city"`         // city
	State        string           `json:"state"`        // state or province
	PostalCode   issuing.Personal `json:"postalCode"`   // postal code
	Country      string           `json:"country"`      // US or USA in the examples
}

// VirtualPBalance is what a card holds.
type VirtualPBalance struct {
	Available issuing.Amount   `json:"available"` // to spend
	Frozen    issuing.Amount   `json:"frozen"`    // held
	Pending   issuing.Amount   `json:"pending"`   // being settled
	Currency  issuing.Currency `json:"currency"`  // the card's currency
}

// VirtualPCardInfo is the card data, which the platform encrypts field by field.
type VirtualPCardInfo struct {
	CardNumber  issuing.Secret `json:"cardNo"`   // PAN
	CVV         issuing.Secret `json:"cvv"`      // three digits
	ExpiryMonth issuing.Secret `json:"expMonth"` // month
	ExpiryYear  issuing.Secret `json:"expYear"`  // year, two or four digits
}

func (c *VirtualPCard) incomplete() bool { return c.Status == "" && c.Last4 == "" }

func (c *VirtualPCard) open(secret sign.AppSecret) error {
	info := &c.CardInfo
	return cmp.Or(
		openField(secret, "cardInfo.cardNo", &info.CardNumber), openField(secret, "cardInfo.cvv", &info.CVV),
		openField(secret, "cardInfo.expMonth", &info.ExpiryMonth), openField(secret, "cardInfo.expYear", &info.ExpiryYear))
}

// Expiry returns month and year of expiry.
func (c *VirtualPCard) Expiry() (month time.Month, year int, ok bool) {
	return ParseExpiry(c.CardInfo.ExpiryMonth.Reveal() + "/" + c.CardInfo.ExpiryYear.Reveal())
}

// Card reads a card with its data and balance (info/v2). VIRTUAL-P's cards are named
// by the card id of the application, which the platform draws and which looks like a
// card number.
//
// Safety: read.
func (s *VirtualPService) Card(
	ctx context.Context, cardID issuing.Secret, opts ...issuing.CallOption,
) (*VirtualPCard, error) {
	return call[VirtualPCard](ctx, s.c, opVirtualPCard, cardNumberRequest{cardID}, opts)
}

// Freeze freezes a card ("Lock").
//
// Safety: checked. After an attempt that may have arrived the card is read; only one
// that is still active is frozen again. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithReference(cardID), which reads the card again.
func (s *VirtualPService) Freeze(
	ctx context.Context, cardID issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[virtualPState](ctx, s.c, toVirtualPFrozen, opVirtualPCard, cardID, opts)
}

// Unfreeze makes a frozen card usable again ("Unlock").
//
// Safety: checked, as [VirtualPService.Freeze].
func (s *VirtualPService) Unfreeze(
	ctx context.Context, cardID issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[virtualPState](ctx, s.c, toVirtualPActive, opVirtualPCard, cardID, opts)
}

// Close closes a card for good. It says that the request was accepted; a
// [VirtualPBilled] of type DeleteCard brings the amount to refund.
//
// Safety: checked, never repeated: a card that is not inactive may have a closure under
// way. On issuing.ErrOutcomeUnknown give the pending to [Client.Settle] with
// issuing.WithReference(cardID) until it is done or the merchant decides to close the
// card again.
func (s *VirtualPService) Close(
	ctx context.Context, cardID issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return switched[virtualPState](ctx, s.c, toVirtualPClosed, opVirtualPCard, cardID, opts)
}

// DocumentRequest submits the holder's identity document for a card.
type DocumentRequest struct {
	CardNumber issuing.Secret `json:"cardNumber"` // the card id; required
	IDType     DocumentType   `json:"idType"`     // one of the page's five values; required
	// FaceImage is the front of the document: the file's bytes, at most 1 MB,
	// not Base64. Required. Images are not signed.
	FaceImage issuing.Secret `json:"faceImage"`
	// BackImage is the back, with the same limit; whether it is needed depends on
	// the document.
	BackImage issuing.Secret `json:"backImage,omitzero"`
}

func (r DocumentRequest) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	checkKnown(p, "idType", r.IDType, needed, "one of CN-RIC, PASSPORT, HK-HKID, DLN and Government-Issued ID Card")
	checkImage(p, "faceImage", r.FaceImage, needed)
	checkImage(p, "backImage", r.BackImage, optional)
	checkImageSize(p, "faceImage", r.FaceImage)
	checkImageSize(p, "backImage", r.BackImage)
}

func (r DocumentRequest) key() string { return r.CardNumber.Last4() }

func (r DocumentRequest) wire(sign.AppSecret) (any, error) {
	encodeImages(&r.FaceImage, &r.BackImage)
	return r, nil
}

// UploadDocument submits the holder's identity document. Once it is approved, the
// purchases that risk control had restricted work again; nothing announces that.
//
// Codes: [CodeDocumentOrder], [CodeDocumentOwner], [CodeInvalidParameters].
//
// Safety: keyed by the card, because the latest record overwrites the previous one. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle] with
// issuing.WithResend(req), which uploads it again.
func (s *VirtualPService) UploadDocument(ctx context.Context, req DocumentRequest, opts ...issuing.CallOption) error {
	return perform(ctx, s.c, opVirtualPDocument, req, opts)
}

// VirtualPTransaction is a transaction of a VIRTUAL-P card.
type VirtualPTransaction struct {
	ID                string                    `json:"id"`                // the platform's id
	CardNumber        issuing.Secret            `json:"cardNumber"`        // the card id
	Amount            issuing.Amount            `json:"amount"`            // in Currency, without a sign
	Currency          issuing.Currency          `json:"currency"`          // transaction currency
	DebitOrCreditFlag Direction                 `json:"debitOrCreditFlag"` // take no sign from it; use Type
	Type              VirtualPTransactionType   `json:"type"`              // what it is
	Status            VirtualPTransactionStatus `json:"status"`            // open set
	TransactionTime   time.Time                 `json:"transactionTime"`   // when it happened
	Detail            string                    `json:"detail"`            // the shop; may be empty
}

// Transactions returns one page of a card's transactions of at most three months.
//
// Safety: read.
func (s *VirtualPService) Transactions(
	ctx context.Context, req VirtualTransactionsRequest, opts ...issuing.CallOption,
) (*Page[VirtualPTransaction], error) {
	return call[Page[VirtualPTransaction]](ctx, s.c, opVirtualPTransactions, req, opts)
}

// AllTransactions iterates over a card's transactions of at most three months. The
// page calls the token a cursor but answers with page numbers, so those are what
// it is given. It ends and treats repeats as [VirtualLService.AllTransactions]
// does.
func (s *VirtualPService) AllTransactions(
	ctx context.Context, req VirtualTransactionsRequest, opts ...issuing.CallOption,
) iter.Seq2[*VirtualPTransaction, error] {
	return numbered(req, func(req VirtualTransactionsRequest) (*Page[VirtualPTransaction], error) {
		return s.Transactions(ctx, req, opts...)
	})
}
