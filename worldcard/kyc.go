package worldcard

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// KYCService verifies the identity of a physical card's holder. The documents go
// from the holder to Sumsub's WebSDK, never through the merchant: the merchant
// hands the SDK a token ([KYCService.Init]) and learns the verdict by card_kyc
// ([KYCReviewed]) or [KYCService.Status].
type KYCService struct{ c *Client }

// kycRequest is the request of all three operations.
type kycRequest struct {
	MerchantCardID string   `json:"merchant_card_id"`
	CardType       CardType `json:"card_type"`
}

func physicalKYC(merchantCardID string) kycRequest {
	return kycRequest{MerchantCardID: merchantCardID, CardType: CardTypePhysicalG}
}

func (r kycRequest) validate(p *check.Problems) { p.Text("merchant_card_id", r.MerchantCardID, maxID) }

func (r kycRequest) key() string { return r.MerchantCardID }

// KYCSession lets the holder's browser run the verification.
type KYCSession struct {
	// AccessToken initialises the Sumsub WebSDK. It expires after about 600
	// seconds: fetch it right before the flow starts, and again when the SDK
	// asks for a new one.
	AccessToken issuing.Secret `json:"access_token"`
	// ExternalUserID names the verification; the guide says that it is the card
	// id.
	ExternalUserID string `json:"external_user_id"`
	// Status is pending right after Init.
	Status KYCStatus `json:"status"`
}

func (s *KYCSession) incomplete() bool { return s.AccessToken.IsZero() }

// Init starts or continues the verification of a card that is pending KYC and
// returns a fresh token for the WebSDK. It needs the merchant's card id. A
// repeat renews the token and restarts nothing.
//
// Codes: [CodeOrderNotFound], [CodeKYCUnavailable] (retried),
// [CodeKYCNotAllowed].
//
// Safety: read, because the platform documents it as idempotent.
func (s *KYCService) Init(ctx context.Context, merchantCardID string, opts ...issuing.CallOption) (*KYCSession, error) {
	return call[KYCSession](ctx, s.c, opKYCInit, physicalKYC(merchantCardID), opts)
}

// KYCReview is the state of a verification.
type KYCReview struct {
	Status       KYCStatus `json:"status"`        // not started, pending, approved, rejected
	RetryAllowed bool      `json:"retry_allowed"` // after a rejection: whether Init may be called again
	ReviewAnswer string    `json:"review_answer"` // GREEN or RED; optional
	ReviewedAt   time.Time `json:"reviewed_at"`   // zero before a verdict; the greatest one counts
}

// Status reads the verdict. A manual review may still override it, in both
// directions: the one with the greatest ReviewedAt counts. After a rejection
// that allows no retry, read the card: where it is still pending KYC, cancel it.
//
// Safety: read.
func (s *KYCService) Status(
	ctx context.Context, merchantCardID string, opts ...issuing.CallOption,
) (*KYCReview, error) {
	answer, err := call[reviewAnswer](ctx, s.c, opKYCStatus, physicalKYC(merchantCardID), opts)
	if err != nil {
		return nil, err
	}
	answer.KYCReview.Status = *answer.Status
	return &answer.KYCReview, nil
}

// reviewAnswer tells an answer without a status from one of "not started", which
// is 0.
type reviewAnswer struct {
	KYCReview
	Status *KYCStatus `json:"status"`
}

func (a *reviewAnswer) incomplete() bool { return a.Status == nil }

// cancelAnswer is the answer of kyc/cancel, whose status is the card's and not
// the verification's.
type cancelAnswer struct {
	Status CardStatus `json:"status"`
}

func (a *cancelAnswer) incomplete() bool { return a.Status == 0 }

// Cancel gives up an application that is pending KYC: the card fails and its
// quota is given back, announced by card_open with status failed. For a card in
// another state it changes nothing and returns the card's status.
//
// Safety: keyed by the card, because the platform documents it as idempotent; a repeat
// gives nothing back twice. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(merchantCardID), which calls it again.
func (s *KYCService) Cancel(
	ctx context.Context, merchantCardID string, opts ...issuing.CallOption,
) (CardStatus, error) {
	answer, err := call[cancelAnswer](ctx, s.c, opKYCCancel, physicalKYC(merchantCardID), opts)
	if err != nil {
		return 0, err
	}
	return answer.Status, nil
}
