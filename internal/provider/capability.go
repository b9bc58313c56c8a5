package provider

import (
	"cmp"
	"slices"
	"sort"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Capability is the part of a row that says what the operation is in the field's terms,
// when it is complete, and what the provider's pages limit. The zero Capability is a
// speciality of which the pages say nothing more. See [issuing.Operation] for the fields.
type Capability struct {
	Offers     []issuing.Offer
	Completion issuing.Completion
	Events     []string
	ShownBy    []string
	Key        issuing.KeyForm
	Limits     []issuing.Limit
}

// Offering is that of an operation of which the row's own method offers a concept.
func Offering(concept issuing.Concept) Capability { return Capability{}.And(concept, "") }

// And returns c with a further concept, of another method than the row's unless it is "".
func (c Capability) And(concept issuing.Concept, method string) Capability {
	c.Offers = slices.Concat(c.Offers, []issuing.Offer{{Concept: concept, Method: method}})
	return c
}

// AtOnce returns c for an operation that is complete with its answer. Events tell its
// effect all the same.
func (c Capability) AtOnce(events ...string) Capability {
	c.Completion, c.Events = issuing.CompletionAtOnce, events
	return c
}

// Later returns c for an operation whose end the events tell.
func (c Capability) Later(events ...string) Capability {
	c.Completion, c.Events = issuing.CompletionLater, events
	return c
}

// Either returns c for an operation whose answer says whether it is final; where it is not,
// the events tell its end.
func (c Capability) Either(events ...string) Capability {
	c.Completion, c.Events = issuing.CompletionEither, events
	return c
}

// Shown returns c with the reads that show how the operation ended.
func (c Capability) Shown(by ...string) Capability { c.ShownBy = by; return c }

// Keyed returns c with the form of the operation's key.
func (c Capability) Keyed(form issuing.KeyForm) Capability { c.Key = form; return c }

// Limited returns c with further limits.
func (c Capability) Limited(limits ...issuing.Limit) Capability {
	c.Limits = slices.Concat(c.Limits, limits)
	return c
}

// Operations is a table as merchants see it, in the order of the names. A method with two
// addresses is one of them.
func Operations(provider string, rows []Op) []issuing.Operation {
	all := make([]issuing.Operation, 0, len(rows))
	seen := map[string]bool{}
	for _, o := range rows {
		if seen[o.Name] {
			continue
		}
		seen[o.Name] = true
		all = append(all, operation(provider, o))
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// operation is a row as merchants see it, who may change what they get.
func operation(provider string, o Op) issuing.Operation {
	s, c := o.Settle, o.Capability
	offers := slices.Clone(c.Offers)
	for i := range offers {
		offers[i].Method = cmp.Or(offers[i].Method, o.Name)
	}
	if o.Safety == transport.Read {
		c.Completion = cmp.Or(c.Completion, issuing.CompletionAtOnce)
	}
	return issuing.Operation{
		Provider: provider, Name: o.Name, Safety: o.Safety.String(),
		Offers: offers, Completion: c.Completion, Events: slices.Clone(c.Events), ShownBy: slices.Clone(c.ShownBy),
		Key: c.Key, Limits: slices.Clone(c.Limits),
		SettledBy: s.By, Inquiry: slices.Clone(s.Inquiry), Reversal: s.Reversal,
		Note: s.Note, Resend: s.Resend, Window: s.Window,
	}
}

// WithKey gives all writes that have no key of their own form the one that they share.
func WithKey(form issuing.KeyForm, all []issuing.Operation) []issuing.Operation {
	for i, o := range all {
		if o.SettledBy != "" && o.Key.Field == "" {
			all[i].Key = form
		}
	}
	return all
}
