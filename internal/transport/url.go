package transport

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// JoinURL appends a path to a base address that New has checked with CheckURL.
func JoinURL(base, path string) string {
	return strings.TrimRight(base, "/") + "/" + strings.TrimLeft(path, "/")
}

// CheckURL accepts an absolute http or https address without user, query and
// fragment, and plain http only for loopback hosts.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return errors.New("is required")
	case err != nil || u.Hostname() == "":
		return errors.New("is not an absolute URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("needs the scheme https")
	case u.User != nil, strings.ContainsAny(text, "?#"):
		return errors.New("must not have user, query or fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("needs https: plain http is for loopback addresses only")
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Expand fills the {placeholders} of a path template with ids, in order. Every
// id is escaped as one path segment, so "../x?y#z" stays an id; an empty id and
// the dot segments, which servers resolve, are refused.
func Expand(template string, ids ...string) (string, error) {
	var b strings.Builder
	for _, id := range ids {
		before, rest, found := strings.Cut(template, "{")
		_, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return "", errors.New("the path has fewer placeholders than ids")
		}
		if id == "" || id == "." || id == ".." {
			return "", fmt.Errorf("the id for the path %s is empty or a dot segment", template)
		}
		b.WriteString(before + url.PathEscape(id))
		template = after
	}
	if strings.Contains(template, "{") {
		return "", errors.New("the path has more placeholders than ids")
	}
	return b.String() + template, nil
}
