package uqpaytest

import (
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/uqpay"
)

// Variants are what UQPAY's documents leave open or tell in two ways, and what only its
// libraries have. The zero Variants is what the pages say.
type Variants struct {
	// Amounts is the form of amounts in answers.
	Amounts AmountForm
	// Events is the form of a callback's envelope.
	Events EventForm
	// Unset is how answers write risk controls, metadata, addresses and a merchant of
	// which nothing is known.
	Unset UnsetForm
	// EndedToken are the words of the 401 that an ended token gets, everywhere; empty is
	// the refusal of each page: 401 "token has expired", of the account center 403.
	EndedToken string
	// Retired are operations, by their names, that answer as paths which do not exist:
	// Cards.ManagePIN, whose end was announced for 2026-10-17.
	Retired []string
	// SmallestPage is the least page_size that lists other than cards and accounts take,
	// 10 by their pages; 0 takes 1.
	SmallestPage int
	// Keys is which idempotency keys are taken.
	Keys KeyForm
	// Deposit says whether a simulated deposit has to name its account.
	Deposit DepositForm
	// ClientIDs says whether the account center asks for x-client-id.
	ClientIDs ClientIDForm
	// Accounts is the form of account ids in x-on-behalf-of.
	Accounts AccountForm
	// Phones is the form of phone numbers.
	Phones PhoneForm
	// ZonelessTimes has the creation times of cardholders written without a zone, in
	// this one; nil writes RFC 3339.
	ZonelessTimes *time.Location
	// Values are further values of enumerations in requests, by the member's name,
	// without "cardholder_required_fields.": "identity.type": {"DRIVER_LICENSE"}.
	Values map[string][]string
}

// AmountForm is how answers write amounts. Events have texts always.
type AmountForm string

// Forms of amounts.
const (
	AmountFormText   AmountForm = ""       // texts
	AmountFormNumber AmountForm = "number" // numbers
	AmountFormPage   AmountForm = "page"   // numbers in the simulator's answers, else texts: the pages of v1.6
)

// EventForm is the form of a callback's envelope.
type EventForm string

// Forms of envelopes.
const (
	EventFormIssuing EventForm = ""     // event_name ISSUING, event_type the type
	EventFormType    EventForm = "type" // both are the type, as older libraries know it of cardholders
	EventFormSwapped EventForm = "V1.5" // event_name the type, event_type ISSUING, no source_id
)

// UnsetForm is how an answer writes an object of which nothing is known.
type UnsetForm string

// Forms of what is unset.
const (
	UnsetFormMixed  UnsetForm = ""       // as the pages show each member
	UnsetFormAbsent UnsetForm = "absent" // it is not there
	UnsetFormNull   UnsetForm = "null"   // null
	UnsetFormObject UnsetForm = "object" // {}
	UnsetFormText   UnsetForm = "text"   // ""
)

// KeyForm is which idempotency keys are taken.
type KeyForm string

// Forms of idempotency keys.
const (
	KeyFormAny  KeyForm = ""     // 1 to 64 characters
	KeyFormUUID KeyForm = "uuid" // UUIDs
)

// DepositForm is the contract of simulated deposits.
type DepositForm string

// Contracts of simulated deposits.
const (
	DepositFormAny     DepositForm = ""        // account_id may be left out: whom the call acts for
	DepositFormAccount DepositForm = "account" // account_id is required, as in the newer contract
)

// ClientIDForm says whether the account center asks for x-client-id.
type ClientIDForm string

// Rules of client ids.
const (
	ClientIDFormAny      ClientIDForm = ""         // it may be left out, as some of UQPAY's libraries do
	ClientIDFormRequired ClientIDForm = "required" // it is refused without, as its error guide says
)

// AccountForm is the form of account ids.
type AccountForm string

// Forms of account ids.
const (
	AccountFormUUID  AccountForm = ""      // account_id
	AccountFormShort AccountForm = "short" // short_reference_id
)

// PhoneForm is the form of phone numbers.
type PhoneForm string

// Forms of phone numbers.
const (
	PhoneFormNational      PhoneForm = ""              // national: 91234567
	PhoneFormInternational PhoneForm = "international" // with plus and dial code: +6591234567
)

// SetAmounts changes the form of amounts in later answers.
func (s *Server) SetAmounts(form AmountForm) { s.locked(func() { s.cfg.Variants.Amounts = form }) }

// numbers reports whether an operation's answers have amounts as numbers.
func (v Variants) numbers(op string) bool {
	simulated := op == "Simulator.Authorize" || op == "Simulator.Reverse"
	return v.Amounts == AmountFormNumber || v.Amounts == AmountFormPage && simulated
}

// envelope is what stands around an event's data, in the variant's form.
func (v Variants) envelope(about uqpay.EventBase, data map[string]any) map[string]any {
	m := envelope(about, data)
	switch v.Events {
	case EventFormType:
		m["event_name"] = about.EventType
	case EventFormSwapped:
		m["version"], m["event_name"], m["event_type"] = "V1.5.2", about.EventType, "ISSUING"
		delete(m, "source_id")
	}
	return m
}

// sparse are the members that Variants.Unset is about.
var sparse = []string{"risk_controls", "metadata", "merchant_data", "residential_address"}

// tidy writes what is unset in its form, in an answer and everything within.
func (v Variants) tidy(answer any) {
	if v.Unset == UnsetFormMixed {
		return
	}
	switch answer := answer.(type) {
	case []any:
		for _, item := range answer {
			v.tidy(item)
		}
	case map[string]any:
		for _, name := range sparse {
			if value, ok := answer[name]; ok && unset(value) {
				v.write(answer, name)
			}
		}
		for _, value := range answer {
			v.tidy(value)
		}
	}
}

func (v Variants) write(answer map[string]any, name string) {
	switch v.Unset {
	case UnsetFormAbsent:
		delete(answer, name)
	case UnsetFormObject:
		answer[name] = map[string]any{}
	case UnsetFormText:
		answer[name] = ""
	default:
		answer[name] = nil
	}
}

// unset reports whether a value of an answer says nothing.
func unset(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == "" || value == "{}"
	case map[string]any:
		for _, member := range value {
			if member != "" {
				return false
			}
		}
		return true
	case map[string]string:
		return len(value) == 0
	case *uqpay.Address:
		return value == nil
	}
	return false
}

// accountCenter reports whether an operation belongs to the account center, which has
// refusals of its own.
func accountCenter(op string) bool {
	return strings.HasPrefix(op, "Accounts.") || strings.HasPrefix(op, "Files.")
}
