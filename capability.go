package issuing

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Concept is something that several providers offer, in the field's terms. It is about a
// card, or about what a provider has in a card's place, such as a token.
type Concept string

// The concepts.
const (
	ConceptApply        Concept = "apply"        // apply for a card
	ConceptCard         Concept = "card"         // read a card with its state
	ConceptDeposit      Concept = "deposit"      // money onto a card
	ConceptWithdraw     Concept = "withdraw"     // money off a card
	ConceptBalance      Concept = "balance"      // the balance of a card; of some it stands in the card itself
	ConceptFreeze       Concept = "freeze"       // block a card for a while
	ConceptUnfreeze     Concept = "unfreeze"     // make a frozen one usable again
	ConceptClose        Concept = "close"        // end a card for good
	ConceptAssign       Concept = "assign"       // give a printed card to a holder
	ConceptActivate     Concept = "activate"     // make an assigned card usable
	ConceptPIN          Concept = "PIN"          // set, change or verify a PIN
	ConceptByKey        Concept = "by key"       // look an operation up by the merchant's key, or by its order
	ConceptTransactions Concept = "transactions" // list the transactions of a card
	ConceptKYC          Concept = "KYC"          // verify a holder
	ConceptSecrets      Concept = "secrets"      // read card number or CVV; of some they stand in the card itself
	ConceptTokens       Concept = "tokens"       // tokens of wallets: request, read, change
)

// Concepts lists them, in the order of a card's life.
func Concepts() []Concept {
	return []Concept{
		ConceptKYC, ConceptApply, ConceptAssign, ConceptActivate, ConceptPIN, ConceptCard, ConceptSecrets, ConceptBalance,
		ConceptDeposit, ConceptWithdraw, ConceptTransactions, ConceptByKey, ConceptTokens, ConceptFreeze, ConceptUnfreeze,
		ConceptClose,
	}
}

// Offer is a concept that an operation offers, with the client's method for it.
type Offer struct {
	Concept Concept
	Method  string // service and method, such as "Cards.Freeze", which may send the operation "Cards.SetStatus"
}

// Completion is when the effect of an operation is there, of which the answer is a success.
type Completion string

// The completions. The zero Completion is that of a write of which the provider's pages
// say nothing.
const (
	CompletionAtOnce Completion = "at once" // with the answer
	CompletionLater  Completion = "later"   // the answer says that the request was received
	CompletionEither Completion = "either"  // the answer's state says whether it is final
)

// Characters is what a key may consist of.
type Characters string

// The alphabets of keys.
const (
	CharactersDigits       Characters = "digits"                     // 0-9
	CharactersAlphanumeric Characters = "letters and digits"         // 0-9, A-Z and a-z
	CharactersASCII        Characters = "printable ASCII characters" // no blanks, and no quotes around all of it
	CharactersText         Characters = "characters"                 // UTF-8 without control characters, not blanks alone
)

// holds reports whether s consists of them.
func (c Characters) holds(s string) bool {
	foreign := func(r rune) bool { return r < ' ' || r == 0x7f }
	switch c {
	case CharactersDigits:
		foreign = func(r rune) bool { return r < '0' || r > '9' }
	case CharactersAlphanumeric:
		foreign = func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }
	case CharactersASCII:
		quoted := len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[0] == s[len(s)-1]
		foreign = func(r rune) bool { return r <= ' ' || r > '~' || quoted }
	}
	return utf8.ValidString(s) && !strings.ContainsFunc(s, foreign) && strings.TrimSpace(s) != ""
}

// KeyForm is the form of the key by which a write is known, as the client checks it. The
// zero KeyForm is that of an operation without a key.
type KeyForm struct {
	Field      string // as errors name it, such as "merOrderNo"
	Characters Characters
	Min, Max   int    // characters
	Drawn      bool   // the client draws one where issuing.WithIdempotencyKey gives none; otherwise the request has it
	Source     string // the provider's page that says so; "" is the client's own bound, where no page gives one
}

// String returns such as "1 to 24 digits".
func (f KeyForm) String() string { return fmt.Sprintf("%d to %d %s", f.Min, f.Max, f.Characters) }

// Limit is a limit of an operation that the provider's pages state.
type Limit struct {
	Field  string // of the request, as errors name it, such as "page_size"; in brackets what it holds for
	Min    int64  // 0 is none
	Max    int64  // 0 is none
	Unit   string // such as "entries", "days", "digits"; "units" of the currency of an amount
	Source string // the page
}

// String returns such as "page_size: 1 to 100 entries".
func (l Limit) String() string {
	switch {
	case l.Max == 0:
		return fmt.Sprintf("%s: at least %d %s", l.Field, l.Min, l.Unit)
	case l.Min == 0:
		return fmt.Sprintf("%s: at most %d %s", l.Field, l.Max, l.Unit)
	case l.Min == l.Max:
		return fmt.Sprintf("%s: %d %s", l.Field, l.Max, l.Unit)
	}
	return fmt.Sprintf("%s: %d to %d %s", l.Field, l.Min, l.Max, l.Unit)
}
