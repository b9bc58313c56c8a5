package uqpaytest

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// CallbackConfig is what [NewCallback] signs with: the other side of
// [uqpay.CallbackConfig].
type CallbackConfig struct {
	// Secret is one of the merchant's Secrets. Required.
	Secret issuing.Secret
	// Now is the clock of the timestamp; nil is time.Now.
	Now func() time.Time
}

// sampleCodec writes events as callbacks have them, times with all their digits.
var sampleCodec = wire.Codec{Zone: zone, TimeLayout: time.RFC3339Nano, Sparse: true}

// NewCallback makes the callback that tells of an event, signed as the platform does,
// without a platform: for tests of a merchant's own handler. The event is a pointer to
// one of the structs that the Event constants of package uqpay name; what it leaves
// unset is left out. Its EventBase becomes the envelope: EventType may stay empty where
// a struct has one type only, an empty EventID is a fresh UUID, and the same one again
// is another delivery of the event.
//
// The request's path is /callbacks/uqpay. Give it to a handler or a mux, with
// [net/http/httptest.ResponseRecorder]; or set its URL and send it; or hand its Header
// and body to Source.Receive. Its body is read once: make a new request for a repeat.
// UQPAY's requests for decisions are made by the Caller of package authdecision.
func NewCallback(cfg CallbackConfig, event any) (*http.Request, error) {
	var p check.Problems
	key, err := sign.NewHMACKey(cfg.Secret)
	p.Cause("Secret", err)
	base, types := baseOf(event)
	p.Cause("event", platform.CheckEvent(event, types != nil))
	if base.EventType == "" && len(types) == 1 {
		base.EventType = types[0]
	}
	if types != nil && !slices.Contains(types, base.EventType) {
		p.Add("event", "needs an EventType, one of %s", strings.Join(types, ", "))
	}
	if err := p.Err("uqpaytest", "NewCallback"); err != nil {
		return nil, err
	}
	fields, err := platform.EventFields(sampleCodec.Marshal, event)
	if err != nil {
		return nil, fmt.Errorf("uqpaytest: NewCallback: %w", err)
	}
	base.EventID = cmp.Or(base.EventID, uuid.NewString())
	body := platform.JSON(envelope(base, fields))
	header, err := signedHeader(key, body, strconv.FormatInt(platform.Now(cfg.Now).Unix(), 10))
	if err != nil {
		return nil, fmt.Errorf("uqpaytest: NewCallback: %w", err)
	}
	return platform.CallbackRequest(callbackPath, "", header, body)
}

// eventTypes are the types that each struct is for.
var eventTypes = map[reflect.Type][]string{
	reflect.TypeFor[uqpay.CardCreated]():          {uqpay.EventCardCreateSucceeded, uqpay.EventCardCreateFailed},
	reflect.TypeFor[uqpay.CardUpdated]():          {uqpay.EventCardUpdateSucceeded, uqpay.EventCardUpdateFailed},
	reflect.TypeFor[uqpay.CardStateChanged]():     {uqpay.EventCardStateSucceeded, uqpay.EventCardStateFailed},
	reflect.TypeFor[uqpay.CardDeposited]():        {uqpay.EventCardDepositSucceeded, uqpay.EventCardDepositFailed},
	reflect.TypeFor[uqpay.CardWithdrawn]():        {uqpay.EventCardWithdrawSucceeded, uqpay.EventCardWithdrawFailed},
	reflect.TypeFor[uqpay.ActivationCodeSent]():   {uqpay.EventActivationCodeSent},
	reflect.TypeFor[uqpay.CardActivated]():        {uqpay.EventCardActivated},
	reflect.TypeFor[uqpay.HolderChallenged]():     {uqpay.EventHolderChallenged},
	reflect.TypeFor[uqpay.VerificationCodeSent](): {uqpay.EventVerificationCodeSent},
	reflect.TypeFor[uqpay.CardLimitElevated](): {
		uqpay.EventCardElevateLimitSucceeded, uqpay.EventCardElevateLimitFailed,
	},
	reflect.TypeFor[uqpay.ProtectionChanged](): {uqpay.EventProtectionEnrolled, uqpay.EventProtectionRemoved},
	reflect.TypeFor[uqpay.ProtectionFeeCharged](): {
		uqpay.EventProtectionEnrollmentFee, uqpay.EventProtectionMaintenanceFee,
	},
	reflect.TypeFor[uqpay.CardFeeCharged](): {uqpay.EventCardFeeCharged},
	reflect.TypeFor[uqpay.TransactionCreated](): {
		uqpay.EventAuthorization, uqpay.EventReversal, uqpay.EventRefund, uqpay.EventSettlementCredit,
		uqpay.EventSettlementDebit, uqpay.EventSettlementReversal, uqpay.EventFundCollection, uqpay.EventFundTransfer,
		uqpay.EventValidation, uqpay.EventATMDeposit, uqpay.EventChargebackCredit, uqpay.EventChargebackDebit,
	},
	reflect.TypeFor[uqpay.ReportCreated]():        {uqpay.EventReportCreated, uqpay.EventReportSucceeded},
	reflect.TypeFor[uqpay.TransferChanged]():      {uqpay.EventTransferChanged},
	reflect.TypeFor[uqpay.CardholderKYCChanged](): {uqpay.EventCardholderKYCChanged},
	reflect.TypeFor[uqpay.CardholderUpdated]():    {uqpay.EventCardholderUpdated},
}

// baseOf returns what an event says about its envelope, and the types that its struct
// is for, none for anything else.
func baseOf(event any) (base uqpay.EventBase, types []string) {
	v := reflect.ValueOf(event)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return base, nil
	}
	if types = eventTypes[v.Type().Elem()]; types != nil {
		base, _ = v.Elem().FieldByName("EventBase").Interface().(uqpay.EventBase)
	}
	return base, types
}
