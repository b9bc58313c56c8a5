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

// target checks where a 307 leads and returns its absolute address. The token
// and the body go there, so it must be the same host (or one that the
// configuration names) and https; plain http only where the base address is
// plain http on loopback already.
func (x *exchange) target(location string) (string, error) {
	refuse := func(why string) (string, error) {
		return "", fmt.Errorf("%w: %s", issuing.ErrRedirected, why)
	}
	if x.hops >= maxHops {
		return refuse(fmt.Sprintf("more than %d redirects", maxHops))
	}
	base, err := url.Parse(x.c.cfg.BaseURL)
	if err != nil {
		return refuse("the base address cannot be read")
	}
	current, err := url.Parse(x.url)
	if err != nil || location == "" || len(location) > 2048 {
		return refuse("it names no usable address")
	}
	to, err := current.Parse(location)
	if err != nil || to.Host == "" {
		return refuse("it names no usable address")
	}
	if err := x.c.allowed(base, to); err != nil {
		return refuse(err.Error())
	}
	to.Fragment = ""
	return to.String(), nil
}

func (c *Client) allowed(base, to *url.URL) error {
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
	if to.Scheme == "https" && slices.ContainsFunc(c.cfg.RedirectHosts, func(allowed string) bool {
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
