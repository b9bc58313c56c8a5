package uqpay

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Event types. Switch on them, or on the Go type of the event's data.
const (
	EventCardCreateSucceeded       = "card.create.succeeded"        // [CardCreated]
	EventCardCreateFailed          = "card.create.failed"           // [CardCreated]
	EventCardUpdateSucceeded       = "card.update.succeeded"        // [CardUpdated]
	EventCardUpdateFailed          = "card.update.failed"           // [CardUpdated]
	EventCardStateSucceeded        = "card.status.update.succeeded" // [CardStateChanged]
	EventCardStateFailed           = "card.status.update.failed"    // [CardStateChanged]
	EventCardDepositSucceeded      = "card.recharge.succeeded"      // [CardDeposited]
	EventCardDepositFailed         = "card.recharge.failed"         // [CardDeposited]
	EventCardWithdrawSucceeded     = "card.withdraw.succeeded"      // [CardWithdrawn]
	EventCardWithdrawFailed        = "card.withdraw.failed"         // [CardWithdrawn]
	EventActivationCodeSent        = "card.activation.code"         // [ActivationCodeSent]
	EventCardActivated             = "card.activation.status"       // [CardActivated]
	EventHolderChallenged          = "card.3ds.otp"                 // [HolderChallenged]
	EventVerificationCodeSent      = "card.verification.otp"        // [VerificationCodeSent]
	EventCardElevateLimitSucceeded = "card.elevate_limit.succeeded" // [CardLimitElevated]
	EventCardElevateLimitFailed    = "card.elevate_limit.failed"    // [CardLimitElevated]

	EventProtectionEnrolled = "card.risk_control.network_protection.enrolled" // [ProtectionChanged]
	EventProtectionRemoved  = "card.risk_control.network_protection.removed"  // [ProtectionChanged]
	// [ProtectionFeeCharged]
	EventProtectionEnrollmentFee = "card.risk_control.network_protection.enrollment_fee.charged"
	// [ProtectionFeeCharged]
	EventProtectionMaintenanceFee = "card.risk_control.network_protection.maintenance_fee.charged"

	EventCardFeeCharged       = "issuing.fee.card"                        // [CardFeeCharged]
	EventAuthorization        = "issuing.transaction.authorization"       // [TransactionCreated]
	EventReversal             = "issuing.transaction.reversal"            // [TransactionCreated]
	EventRefund               = "issuing.transaction.refund"              // [TransactionCreated]
	EventSettlementCredit     = "issuing.transaction.settlement.credit"   // [TransactionCreated]
	EventSettlementDebit      = "issuing.transaction.settlement.debit"    // [TransactionCreated]
	EventSettlementReversal   = "issuing.transaction.settlement.reversal" // [TransactionCreated]
	EventFundCollection       = "issuing.transaction.fund.collection"     // [TransactionCreated]
	EventFundTransfer         = "issuing.transaction.fund.transfer"       // [TransactionCreated]
	EventValidation           = "issuing.transaction.validation"          // [TransactionCreated]
	EventATMDeposit           = "issuing.transaction.atm.deposit"         // [TransactionCreated]
	EventChargebackCredit     = "issuing.transaction.chargeback.credit"   // [TransactionCreated]
	EventChargebackDebit      = "issuing.transaction.chargeback.debit"    // [TransactionCreated]
	EventReportCreated        = "issuing.report.created"                  // [ReportCreated]
	EventReportSucceeded      = "issuing.report.succeeded"                // [ReportCreated], with a secret key
	EventTransferChanged      = "issuing.transfer.status_changed"         // [TransferChanged]
	EventCardholderKYCChanged = "cardholder.kyc.status_changed"           // [CardholderKYCChanged]
	EventCardholderUpdated    = "cardholder.updated"                      // [CardholderUpdated]
)

// eventData makes the data of each type.
var eventData = map[string]func() any{
	EventCardCreateSucceeded: of[CardCreated], EventCardCreateFailed: of[CardCreated],
	EventCardUpdateSucceeded: of[CardUpdated], EventCardUpdateFailed: of[CardUpdated],
	EventCardStateSucceeded: of[CardStateChanged], EventCardStateFailed: of[CardStateChanged],
	EventCardDepositSucceeded: of[CardDeposited], EventCardDepositFailed: of[CardDeposited],
	EventCardWithdrawSucceeded: of[CardWithdrawn], EventCardWithdrawFailed: of[CardWithdrawn],
	EventActivationCodeSent:        of[ActivationCodeSent],
	EventCardActivated:             of[CardActivated],
	EventHolderChallenged:          of[HolderChallenged],
	EventVerificationCodeSent:      of[VerificationCodeSent],
	EventCardElevateLimitSucceeded: of[CardLimitElevated], EventCardElevateLimitFailed: of[CardLimitElevated],
	EventProtectionEnrolled: of[ProtectionChanged], EventProtectionRemoved: of[ProtectionChanged],
	EventProtectionEnrollmentFee: of[ProtectionFeeCharged], EventProtectionMaintenanceFee: of[ProtectionFeeCharged],
	EventCardFeeCharged: of[CardFeeCharged],
	EventAuthorization:  of[TransactionCreated], EventReversal: of[TransactionCreated],
	EventRefund: of[TransactionCreated], EventSettlementCredit: of[TransactionCreated],
	EventSettlementDebit: of[TransactionCreated], EventSettlementReversal: of[TransactionCreated],
	EventFundCollection: of[TransactionCreated], EventFundTransfer: of[TransactionCreated],
	EventValidation: of[TransactionCreated], EventATMDeposit: of[TransactionCreated],
	EventChargebackCredit: of[TransactionCreated], EventChargebackDebit: of[TransactionCreated],
	EventReportCreated: of[ReportCreated], EventReportSucceeded: of[ReportCreated],
	EventTransferChanged:      of[TransferChanged],
	EventCardholderKYCChanged: of[CardholderKYCChanged],
	EventCardholderUpdated:    of[CardholderUpdated],
}

func of[T any]() any { return new(T) }

// EventTypes lists the documented event types in alphabetical order.
func EventTypes() []string { return slices.Sorted(maps.Keys(eventData)) }

// event is a decoded callback.
type event struct {
	// Type is such as "card.create.succeeded", also of the older envelope, which swaps
	// it with the name.
	Type     string `json:"event_type"`
	Name     string `json:"event_name"` // ISSUING
	Version  string `json:"version"`    // V1.6.0
	ID       string `json:"event_id"`   // the same for every delivery of the event
	SourceID string `json:"source_id"`  // the thing that it is about; see the data; empty in the older envelope
	// Data points to the struct of the type, and is nil for a type that this
	// version does not know.
	Data any            `json:"-"`
	Raw  issuing.Secret `json:"-"` // the data as sent
}

// EventBase is in every event's data: what the envelope says about it.
type EventBase struct {
	EventType string `json:"eventType,omitzero" wire:"-"` // such as "card.create.succeeded" or ".failed"
	EventID   string `json:"eventId,omitzero" wire:"-"`   // the same for every delivery of the event
	SourceID  string `json:"sourceId,omitzero" wire:"-"`  // what it is about, such as an order; empty in the older envelope
}

// Failed reports whether the event tells of a failed operation.
func (b *EventBase) Failed() bool { return strings.HasSuffix(b.EventType, ".failed") }

func (b *EventBase) base() *EventBase { return b }

// decodeEvent decodes the verified body of a callback, in both generations of the
// envelope. zone is that of times without one; note is told of members that cannot be
// read.
func decodeEvent(body []byte, zone *time.Location, note func(member, reason string)) (*event, error) {
	var head struct {
		event
		Data json.RawMessage `json:"data"`
	}
	codec := codec
	codec.Zone, codec.Note = zone, note
	if err := codec.Unmarshal(body, &head); err != nil {
		return nil, err
	}
	e, data := &head.event, head.Data
	if !strings.Contains(e.Type, ".") && strings.Contains(e.Name, ".") {
		// The older envelope swaps the two; only a type has a dot.
		e.Type, e.Name = e.Name, e.Type
	}
	if e.Type == "" {
		return nil, errNoType
	}
	e.Raw = issuing.NewSecret(string(data))
	create, ok := eventData[e.Type]
	if !ok {
		return e, nil
	}
	e.Data = create()
	if len(data) > 0 {
		codec.Note = func(member, reason string) { note("data."+member, reason) }
		if codec.Unmarshal(data, e.Data) != nil {
			note("data", "is not a JSON object")
		}
	}
	if b, ok := e.Data.(interface{ base() *EventBase }); ok {
		*b.base() = EventBase{EventType: e.Type, EventID: e.ID, SourceID: e.SourceID}
	}
	if t, ok := e.Data.(interface{ tidy() }); ok {
		t.tidy()
	}
	return e, nil
}

// errNoType marks a body that names no event.
var errNoType = errors.New("the event has no type")

// unset turns the date that events send for none into none.
func unset(d *issuing.Date) {
	if year, _, _, ok := d.Parts(); ok && year == 1 {
		*d = ""
	}
}

// CardholderSummary is the cardholder in events about cards.
type CardholderSummary struct {
	ID            string           `json:"cardholder_id"`     // the platform's id
	Status        CardholderStatus `json:"cardholder_status"` // see [CardholderStatus]
	CreateTime    time.Time        `json:"create_time"`       // zero when it cannot be read
	Email         issuing.Personal `json:"email"`             // of the cardholder
	FirstName     issuing.Personal `json:"first_name"`        // given name
	LastName      issuing.Personal `json:"last_name"`         // family name
	CountryCode   string           `json:"country_code"`      // in card.update events
	DateOfBirth   issuing.Date     `json:"date_of_birth"`     // in card.update events
	NumberOfCards int              `json:"number_of_cards"`   // in card.update events
	PhoneNumber   issuing.Personal `json:"phone_number"`      // in card.update events
	Reason        string           `json:"reason"`            // explains Status; in newer events, and may be empty
}
