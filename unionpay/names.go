package unionpay

import (
	"cmp"
	"fmt"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/check"
)

// AuthorizationForm is how the issuer's authorization stands in a token request. The
// member is not published, and so is not its form.
type AuthorizationForm int

// Forms of authorizationData.
const (
	AuthorizationFormText   AuthorizationForm = iota // the payload as a JSON string; the default
	AuthorizationFormObject                          // the payload, which is the text of a JSON object, as that object
)

// known reports whether f is one of the constants.
func (f AuthorizationForm) known() bool {
	return f == AuthorizationFormText || f == AuthorizationFormObject
}

// messages are the business parts of all messages, in both directions, and what lists in
// them hold.
var messages = []any{
	FeedbackRequest{}, ListRequest{}, NearbyRequest{}, CitiesAndBanksRequest{}, TokenRequest{}, UpdateStateRequest{},
	TokenQuery{}, KeyExchangeRequest{}, KeyInquiryRequest{}, Feedback{}, atmAnswer{}, ATM{}, CitiesAndBanks{}, Token{},
	TokenChange{}, KeyExchange{}, KeyInquiry{}, TokenStateChanged{}, TransactionReported{}, UserIDRequested{},
	userIDAnswer{},
}

// memberOf returns the name that a struct's field has in messages, "" for none.
func memberOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if tag := f.Tag.Get("wire"); tag == "inline" || tag == "extra" || tag == "-" || !f.IsExported() {
		return ""
	}
	return name
}

// membersOf returns the names of a struct's fields in messages.
func membersOf(message any) []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(message)) {
		if name := memberOf(f); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// inferredFields are the members that are required by inference alone.
var inferredFields = []string{"authorizationData", "deviceID", "longitude", "latitude", "countryCode"}

// checkNames checks what gives messages and members other names than this package does.
func (c Config) checkNames(p *check.Problems) {
	for message, name := range c.MessageNames {
		if p.Bare(fmt.Sprintf("MessageNames[%q]", message), name) && (name == "" || len(name) > maxMsgType) {
			p.Add(fmt.Sprintf("MessageNames[%q]", message), "needs 1 to %d characters", maxMsgType)
		}
	}
	for action, name := range c.ActionNames {
		if p.Bare(fmt.Sprintf("ActionNames[%q]", action), name) && (name == "" || len(name) > maxAction) {
			p.Add(fmt.Sprintf("ActionNames[%q]", action), "needs 1 to %d characters", maxAction)
		}
	}
	for i, name := range c.OptionalFields {
		if !slices.Contains(inferredFields, name) {
			p.Add(fmt.Sprintf("OptionalFields[%d]", i), "is none of %s", strings.Join(inferredFields, ", "))
		}
	}
	if !c.AuthorizationForm.known() {
		p.Add("AuthorizationForm", "is unknown")
	}
	if _, _, err := mime.ParseMediaType(c.JWEContentType); c.JWEContentType != "" && err != nil {
		p.Add("JWEContentType", "is no media type")
	}
	c.checkFieldNames(p)
	check.Kinds[Code](c.Codes).Check(p, "Codes", func(code Code) bool {
		return isCode(string(code)) && code != CodeApproved
	})
	p.CheckValues(c.Values)
}

// checkFieldNames checks that a renamed member can be told from the others of its
// message, whatever the case of the names.
func (c Config) checkFieldNames(p *check.Problems) {
	known := map[string]bool{}
	for _, message := range messages {
		taken := map[string]bool{}
		for _, name := range membersOf(message) {
			known[name] = true
			lower := strings.ToLower(c.wireName(name))
			if taken[lower] && len(c.FieldNames) > 0 {
				p.Add("FieldNames", "gives two members of a message the name %.64q", c.wireName(name))
			}
			taken[lower] = true
		}
	}
	for name, wire := range c.FieldNames {
		if !known[name] || !validName(wire) {
			p.Add(fmt.Sprintf("FieldNames[%q]", name), "is not a member of this package's, or not a usable name")
		}
	}
}

// wireName returns the name that a member has on the wire.
func (c Config) wireName(name string) string { return cmp.Or(c.FieldNames[name], name) }

// msgType returns the name that a message has on the wire.
func (c Config) msgType(message MessageType) string {
	return cmp.Or(c.MessageNames[message], string(message))
}

// ownMessages are this package's names of messages by those on the wire, as far as they
// differ.
func ownMessages(names map[MessageType]string) map[MessageType]MessageType {
	own := map[MessageType]MessageType{}
	for message, name := range names {
		own[MessageType(name)] = message
	}
	return own
}

// ownNames maps what members may be called on the wire to the names of this
// package, both in lower case.
func (c Config) ownNames() map[string]string {
	if len(c.FieldNames) == 0 {
		return spellings
	}
	own := maps.Clone(spellings)
	for name, wireName := range c.FieldNames {
		own[strings.ToLower(wireName)] = strings.ToLower(name)
	}
	return own
}

// optional reports which of a request's members may be missing.
func (c Config) optional(in any) func(field string) bool {
	extra := extraOf(in)
	_, lists := in.(ListRequest)
	_, reports := in.(FeedbackRequest)
	return func(field string) bool {
		_, given := extra[field]
		if _, renamed := extra[c.wireName(field)]; given || renamed {
			return true
		}
		documented := field == "countryCode" && (lists || reports)
		return slices.Contains(c.OptionalFields, field) && !documented
	}
}

// extraOf returns the further members of a request.
func extraOf(in any) map[string]any {
	v := reflect.ValueOf(in)
	if v.Kind() != reflect.Struct {
		return nil
	}
	if f := v.FieldByName("Extra"); f.IsValid() {
		extra, _ := f.Interface().(map[string]any)
		return extra
	}
	return nil
}

// envelopeNames stand beside the business members or around them.
var envelopeNames = []string{"msgInfo", "trxInfo", "msgResponse", "encCertId", "certificateSignature"}

// checkExtra reports further members of a request that would not be sent, or beside
// another of their name.
func (c Config) checkExtra(p *check.Problems, in any) {
	extra := extraOf(in)
	if len(extra) == 0 {
		return
	}
	v, written, seen := reflect.ValueOf(in), map[string]bool{}, map[string]bool{}
	for _, f := range reflect.VisibleFields(v.Type()) {
		_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		omitted := options != "" && v.FieldByIndex(f.Index).IsZero()
		if name := memberOf(f); name != "" && !omitted {
			written[strings.ToLower(name)], written[strings.ToLower(c.wireName(name))] = true, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		lower, field := strings.ToLower(c.wireName(name)), fmt.Sprintf("Extra[%.64q]", name)
		switch {
		case name == "" || len(name) > maxExtraName:
			p.Add(field, "needs a name of 1 to %d characters", maxExtraName)
		case slices.ContainsFunc(envelopeNames, func(own string) bool { return strings.EqualFold(own, name) }):
			p.Add(field, "belongs to the message around the request")
		case written[lower], written[strings.ToLower(name)]:
			p.Add(field, "is a field of the request itself")
		case seen[lower]:
			p.Add(field, "is given twice, in letters of another case")
		}
		seen[lower] = true
	}
}

// Limits of names.
const (
	maxMsgType   = 50
	maxAction    = 50
	maxState     = 50
	maxExtraName = 64
)
