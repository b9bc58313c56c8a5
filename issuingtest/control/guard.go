package control

import (
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"
)

// setHeaders says of every answer what a browser may do with it: nothing for other
// origins, and nothing but show it for this one.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// guard refuses requests that somebody else's page sends, before anything of them is
// looked at.
func (h *Handler) guard(r *http.Request) *problem {
	switch {
	case !h.ownHost(r.Host):
		return fail(http.StatusMisdirectedRequest, "bad_host",
			"Host must be 127.0.0.1, localhost, [::1] or a name that was allowed")
	case foreign(r):
		return fail(http.StatusForbidden, "other_origin", "the request comes from a page of another origin")
	}
	return nil
}

// admit refuses requests without the token, and those that no JSON comes with.
func (h *Handler) admit(r *http.Request) *problem {
	switch {
	case r.URL.Path != healthPath && !h.authorized(r):
		return fail(http.StatusUnauthorized, "unauthorized", "Authorization: Bearer and the token is missing or wrong")
	case r.Method == http.MethodPost && !isJSON(r.Header.Get("Content-Type")):
		return fail(http.StatusUnsupportedMediaType, "not_json",
			"Content-Type must be application/json (curl --json does that)")
	}
	return nil
}

// ownHost reports whether a request names this server. A name that was rebound to
// loopback is another one; the port may be mapped.
func (h *Handler) ownHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	name = strings.ToLower(name)
	if ip := net.ParseIP(name); name == "localhost" || ip != nil && ip.IsLoopback() {
		return true
	}
	return slices.ContainsFunc(h.cfg.Hosts, func(allowed string) bool {
		return strings.EqualFold(allowed, host) || strings.EqualFold(allowed, name)
	})
}

// foreign reports whether a browser says that a page of another origin sent the
// request. A person who follows a link is none.
func foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host && origin != "https://"+r.Host {
		return true
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	navigates := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return r.Method != http.MethodGet || !navigates
}

func isJSON(contentType string) bool {
	typ, _, err := mime.ParseMediaType(contentType)
	return err == nil && typ == "application/json"
}
