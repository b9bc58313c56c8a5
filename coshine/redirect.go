package coshine

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// maxHops is how many redirects one call follows.
const maxHops = 3

// route is where the attempts of one call go. Coshine may move a call by HTTP
// 307, which no other provider does: the very request then goes to another
// address.
type route struct {
	cfg  *Config
	url  string // of the next attempt
	hops int
}

// follow moves the route to where a 307 leads. The token and the body go there,
// so it must be the same host (or one that the configuration names) and https;
// plain http only where the base address is plain http on loopback already.
func (t *route) follow(location string) error {
	refuse := func(why string) error { return fmt.Errorf("%w: %s", issuing.ErrRedirected, why) }
	if t.hops >= maxHops {
		return refuse(fmt.Sprintf("more than %d redirects", maxHops))
	}
	base, err := url.Parse(t.cfg.BaseURL)
	if err != nil {
		return refuse("the base address cannot be read")
	}
	current, err := url.Parse(t.url)
	if err != nil || location == "" || len(location) > 2048 {
		return refuse("it names no usable address")
	}
	to, err := current.Parse(location)
	if err != nil || to.Host == "" {
		return refuse("it names no usable address")
	}
	if err := t.cfg.mayLeadTo(base, to); err != nil {
		return refuse(err.Error())
	}
	to.Fragment = ""
	t.url = to.String()
	t.hops++
	return nil
}

// mayLeadTo says why a redirect from a host below base may not lead to an address.
func (c *Config) mayLeadTo(base, to *url.URL) error {
	switch {
	case to.User != nil:
		return errors.New("the address has user information")
	case to.Scheme == "http" && base.Scheme == "http":
		// The base address passed CheckURL, so it is on loopback; the host
		// comparison below keeps the redirect there.
	case to.Scheme != "https":
		return errors.New("the address is not https")
	}
	host := hostPort(to)
	if host == hostPort(base) {
		return nil
	}
	if to.Scheme == "https" && slices.ContainsFunc(c.RedirectHosts, func(allowed string) bool {
		return hostPort(&url.URL{Scheme: "https", Host: allowed}) == host
	}) {
		return nil
	}
	return errors.New("it leads to another host")
}

// hostPort is a host with its port, in lower case.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
