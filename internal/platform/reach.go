package platform

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// Reaches reports whether a platform may send callbacks to an address that a client named:
// one on this machine, or on the host and port of an address that whoever runs the
// platform configured. Anything else would have the platform ask on the client's behalf
// what the client cannot reach.
func Reaches(address string, configured ...string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback()) {
		return true
	}
	return slices.ContainsFunc(configured, func(own string) bool {
		c, err := url.Parse(own)
		return err == nil && c.Host != "" && strings.EqualFold(c.Host, u.Host) && c.Scheme == u.Scheme
	})
}
