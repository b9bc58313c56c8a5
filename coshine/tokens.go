package coshine

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// TokenService runs payment tokens (rows 38 to 43). None of its paths is
// published: every method returns issuing.ErrNotConfigured until [Config.Paths]
// has its path. Row 41, TokenStateNotification, is inbound: see [Functions].
type TokenService struct{ c *Client }

// TokensRequest names the card whose payment tokens are listed. The
// catalogue says "by card number"; the page takes the card token.
type TokensRequest struct {
	CardToken CardToken `json:"cardToken"` // the card's handle; required
}

func (r TokensRequest) validate(p *check.Problems) { checkToken(p, r.CardToken) }

// PaymentToken is a payment token of a card on a device.
type PaymentToken struct {
	// user who started the token, at most 32 characters
	AppUserID string `json:"appUserId,omitzero"`
	// IMEI on Android, IDFV on iOS, at most 64 characters
	DeviceID       string `json:"deviceId,omitzero"`
	CardMaskNumber string `json:"cardMaskNumber,omitzero"` // masked card number, at most 19 characters
	// the payment token's number, not the card's handle
	Number    issuing.Secret `json:"cardToken,omitzero"`
	State     TokenState     `json:"cardTokenState,omitzero"`      // active, suspended or deleted
	ExpiresAt time.Time      `json:"cardTokenExpiryDate,omitzero"` // GMT+8; zero when it cannot be read
	// HCE card data, at most 4096 characters; may be absent
	HCECardInfo issuing.Secret `json:"hceCardInfo,omitzero"`
}

// TokenList is the payment tokens of a card.
type TokenList struct {
	Reply
	RecordNum int            `json:"recordNum,omitzero"` // number of records
	Tokens    []PaymentToken `json:"recordList"`         // the tokens
}

func (l *TokenList) counted() (*int, int) { return &l.RecordNum, len(l.Tokens) }

// incomplete is that of [CardList]: an open request for a token must not look as
// if it had made none.
func (l *TokenList) incomplete() bool { return l.RecordNum > 0 && len(l.Tokens) == 0 }

// List (TokenInquiry, row 38) lists the payment tokens of a card.
//
// Safety: read.
func (s *TokenService) List(ctx context.Context, req TokensRequest, opts ...issuing.CallOption) (*TokenList, error) {
	return call[TokenList](ctx, s.c, opTokenInquiry, req, opts)
}

// TokenRequest starts a payment token. Fields 1 to 5 are published; more
// exist and go into Extra (deviceId and appUserId are likely names).
type TokenRequest struct {
	CardToken  CardToken      `json:"cardToken"`                    // the card's handle; required
	ExpiryDate Expiry         `json:"expiryDate"`                   // YYMM; required
	CVV2       issuing.Secret `json:"CVV2"`                         // 3 digits; required
	UseCases   []UseCase      `json:"useCaseIndicator"`             // at most 100 characters in all; required
	CVM        []CVM          `json:"cvm"`                          // at most 225 characters in all; required
	Extra      Extra          `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r TokenRequest) validate(p *check.Problems) {
	checkToken(p, r.CardToken)
	checkExpiry(p, "expiryDate", r.ExpiryDate)
	p.Digits("CVV2", r.CVV2, 3, 3)
	checkSet(p, "useCaseIndicator", r.UseCases, 100)
	checkSet(p, "cvm", r.CVM, 225)
}

func (r TokenRequest) facts(f *facts) { f.Card = string(r.CardToken) }

// maxListed is the length of the longest value of a set.
const maxListed = 16

// checkSet reports an empty set, an empty element, or one that is too long in
// all.
func checkSet[T listed](p *check.Problems, field string, set []T, limit int) {
	p.Required(field, len(set) > 0)
	total := 0
	for _, s := range set {
		if s == "" {
			p.Add(field, "has an empty element")
		}
		checkListed(p, field, s, maxListed)
		total += len(s)
	}
	if total > limit {
		p.Add(field, "has %d characters in all, at most %d are allowed", total, limit)
	}
}

// TokenResult is the answer to an interface that changes a payment token. All
// its fields are inferred from the token list and may be absent.
type TokenResult struct {
	Reply
	PaymentToken
}

// Request (TokenRequest, row 39) makes a payment token after a UnionPay virtual PAN was
// made for the user of the issuer's application. The answer is inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the card's tokens with
// [TokenService.List].
func (s *TokenService) Request(
	ctx context.Context, req TokenRequest, opts ...issuing.CallOption,
) (*TokenResult, error) {
	return call[TokenResult](ctx, s.c, opTokenRequest, req, opts)
}

// UpdateState (TokenStateUpdate, row 40) suspends, resumes or deletes a payment token from
// the application's side. Fields are unpublished (inferred to name a token and a
// [TokenState]).
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the card's tokens with
// [TokenService.List].
func (s *TokenService) UpdateState(
	ctx context.Context, req OpenRequest, opts ...issuing.CallOption,
) (*TokenResult, error) {
	return call[TokenResult](ctx, s.c, opTokenState, req, opts)
}

// TokenMetadataRequest updates a payment token after the card's expiry was
// renewed. Names are inferred.
type TokenMetadataRequest struct {
	Number    issuing.Secret `json:"cardToken,omitzero"`           // the payment token's number
	ExpiresAt time.Time      `json:"cardTokenExpiryDate,omitzero"` // sent as YYYYMMDDHHMISS in GMT+8
	Extra     Extra          `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r TokenMetadataRequest) validate(p *check.Problems) {
	if r.Number.IsZero() && len(r.Extra) == 0 {
		p.Add("cardToken", "is required, or Extra names the token")
	}
	p.OptionalText("cardToken", r.Number.Reveal(), maxCardToken)
}

// UpdateMetadata (TokenMetadataUpdate, row 42) updates a payment token's metadata, such as its
// expiry. Fields are inferred.
//
// Safety: once. On issuing.ErrOutcomeUnknown no program can tell: list the card's tokens with
// [TokenService.List].
func (s *TokenService) UpdateMetadata(
	ctx context.Context, req TokenMetadataRequest, opts ...issuing.CallOption,
) (*TokenResult, error) {
	return call[TokenResult](ctx, s.c, opTokenMetadata, req, opts)
}

// ReplenishLUK (ReplenishTokenLUK, row 43) fetches limited-use keys when the mobile SDK has
// none left for a token. Fields are unpublished (inferred to hold key material):
// read them with [Reply.Decode] into [issuing.Secret] fields and never log them.
//
// Safety: once. No inquiry shows what became of it.
func (s *TokenService) ReplenishLUK(ctx context.Context, req OpenRequest, opts ...issuing.CallOption) (*Ack, error) {
	return call[Ack](ctx, s.c, opTokenLUK, req, opts)
}
