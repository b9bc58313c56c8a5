package platform

import "net/http"

// Named makes a route of a function that names a request and one that carries it
// out. It is for the platforms that have no list of operations yet; the last of
// them that gets one takes this file away. The request's body can be read again
// from its start by name.
func Named(name func(*http.Request) string, handle func(*http.Request, []byte) Reply) Route {
	return func(r *http.Request, body []byte) (string, func() Reply) {
		return name(r), func() Reply { return handle(r, body) }
	}
}

// Path names a request by its URL path.
func Path(r *http.Request) string { return r.URL.Path }
