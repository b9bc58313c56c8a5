package coshinetest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/issuing-sdk/issuing-go/coshine"
)

// The levers of this file go by the client's names of operations, as Inject does:
// "Cards.Deposit". A name that is none is an error; so is OAuth.Token,
// which has no response codes and no redirects.

// interfaceNamed returns an error unless op is an interface's name.
func interfaceNamed(op string) error {
	if slices.ContainsFunc(interfaces, func(o operation) bool { return o.op == op }) {
		return nil
	}
	return fmt.Errorf("coshinetest: no interface %q; they have the names of the client's methods, such as Cards.Deposit",
		op)
}

// FailNext answers the next request of an operation with a code instead of
// carrying it out. A request that is refused for another reason is not counted.
// One that never comes is an error of Check.
func (s *Server) FailNext(op string, code coshine.Code) error {
	if err := interfaceNamed(op); err != nil {
		return err
	}
	s.failures.Add(op, code)
	return nil
}

// Redirect answers the next requests of an operation with 307, one for each
// location, and carries nothing out. A location may be relative. The platform
// serves the same interfaces below /moved as well, see [Server.MovedURL]. A
// redirect that no request met is an error of Check.
func (s *Server) Redirect(op string, locations ...string) error {
	if err := interfaceNamed(op); err != nil {
		return err
	}
	s.redirects.Add(op, locations...)
	return nil
}

// Disable makes the platform answer an operation with [coshine.CodeRestricted],
// as it does for what it has not opened to an issuer.
func (s *Server) Disable(op string) error {
	if err := interfaceNamed(op); err != nil {
		return err
	}
	s.disabled.Store(op, true)
	return nil
}

// Enable ends what Disable began.
func (s *Server) Enable(op string) error {
	if err := interfaceNamed(op); err != nil {
		return err
	}
	s.disabled.Delete(op)
	return nil
}

// unmet lists what a lever asked for and no request has met.
func (s *Server) unmet() []error {
	var out []error
	failures, redirects := s.failures.Left(), s.redirects.Left()
	for _, op := range slices.Sorted(maps.Keys(failures)) {
		out = append(out, fmt.Errorf("coshinetest: FailNext for %s never fired: %q", op, failures[op]))
	}
	for _, op := range slices.Sorted(maps.Keys(redirects)) {
		out = append(out, fmt.Errorf("coshinetest: Redirect of %s never fired: %q", op, redirects[op]))
	}
	return out
}
