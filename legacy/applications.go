package legacy

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// ApplicationService applies for cards (KYC). What the pages call KYC is the
// application for a card of any product; for virtual cards no identity is verified.
type ApplicationService struct{ c *Client }

// Application is an application for a card.
type Application struct {
	MerOrderNo string `json:"merOrderNo"` // the merchant's number
	OrderNo    string `json:"orderNo"`    // the platform's number
	// CardNumber is set after success: the PAN, or VIRTUAL-P's card id. The
	// services take it as it is.
	CardNumber   issuing.Secret `json:"cardNumber"`
	Status       OrderStatus    `json:"status"`          // new, processing, success or failed
	CreateTime   time.Time      `json:"createTime"`      // when it was received; +08:00 is assumed
	CompleteTime time.Time      `json:"completeTime"`    // zero before the end
	FailReason   string         `json:"failReason"`      // on failure; may be empty
	Ext          string         `json:"ext" wire:"json"` // reserved; a JSON object stays JSON
}

func (a *Application) incomplete() bool { return a.OrderNo == "" || a.MerOrderNo == "" }
func (a *Application) key() string      { return a.MerOrderNo }

// ApplyMasterE applies for a MASTER-E card (kyc/apply/master/E). The product is
// marked as discontinued. The result comes to NotifyURL ([ApplicationCompleted]) or by
// [ApplicationService.ApplicationByKey].
//
// Safety: once per MerOrderNo. After an unclear attempt the application is looked up and
// never sent again, because the page documents no answer to a repeat. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which looks it up.
func (s *ApplicationService) ApplyMasterE(
	ctx context.Context, req MasterEApplication, opts ...issuing.CallOption,
) (*Application, error) {
	return s.apply(ctx, opApplyMasterE, req, opts)
}

// ApplyVisaH applies for a VISA-H card (kyc/apply/visa/H).
//
// Safety: once per MerOrderNo, as [ApplicationService.ApplyMasterE].
func (s *ApplicationService) ApplyVisaH(
	ctx context.Context, req VisaHApplication, opts ...issuing.CallOption,
) (*Application, error) {
	return s.apply(ctx, opApplyVisaH, req, opts)
}

// ApplyVirtualL issues a VIRTUAL-L card (kyc/apply/virtual/L) and tops it up from the
// reserve.
//
// Safety: once per MerOrderNo, as [ApplicationService.ApplyMasterE].
func (s *ApplicationService) ApplyVirtualL(
	ctx context.Context, req VirtualLApplication, opts ...issuing.CallOption,
) (*Application, error) {
	o := opApplyVirtualL
	if req.Language == LanguageEnglish {
		o = opApplyVirtualLEnglish
	}
	return s.apply(ctx, o, req, opts)
}

// ApplyVirtualP issues a VIRTUAL-P card (kyc/apply/virtual/P) and tops it up from the
// reserve.
//
// Safety: once per MerOrderNo, as [ApplicationService.ApplyMasterE].
func (s *ApplicationService) ApplyVirtualP(
	ctx context.Context, req VirtualPApplication, opts ...issuing.CallOption,
) (*Application, error) {
	return s.apply(ctx, opApplyVirtualP, req, opts)
}

// apply sends an application. The query shows nothing of it that could be
// compared.
func (s *ApplicationService) apply(
	ctx context.Context, o operation, in order, opts []issuing.CallOption,
) (*Application, error) {
	return looked(ctx, s.c, o, in, s.applied(), opts)
}

// applied looks an application up.
func (s *ApplicationService) applied() func(context.Context, sought) (*Application, error) {
	return lookup(s.c, opApplicationByKey, func(*Application, sought) error { return nil })
}

// ApplicationByKey looks up an application (kyc/query) by the merchant's own number,
// the MerOrderNo of the request, at most 128 characters. It settles an
// issuing.ErrOutcomeUnknown of the four Apply methods: [CodeOrderNotFound] says
// that there is none, though shortly after a broken connection it may still be on
// its way.
//
// Safety: read.
func (s *ApplicationService) ApplicationByKey(
	ctx context.Context, merOrderNo string, opts ...issuing.CallOption,
) (*Application, error) {
	return call[Application](ctx, s.c, opApplicationByKey, merOrderQuery{merOrderNo}, opts)
}

// ApplicationByOrderNo looks up an application by the platform's number, the OrderNo
// of the answer, as it stands.
//
// Safety: read.
func (s *ApplicationService) ApplicationByOrderNo(
	ctx context.Context, orderNo string, opts ...issuing.CallOption,
) (*Application, error) {
	return call[Application](ctx, s.c, opApplicationByOrderNo, orderQuery{orderNo}, opts)
}
