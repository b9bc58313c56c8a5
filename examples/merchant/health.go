package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// readyz answers whether requests should come here: the database answers, with this
// release's tables, and this process is neither starting nor ending. The platforms do not
// count: without them orders are taken and wait.
func (m *merchant) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if !m.started.Load() {
		http.Error(w, "starting or ending", http.StatusServiceUnavailable)
		return
	}
	if err := m.store.ready(ctx); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// guarded asks for the token, where one is set, as a bearer's or as the password of a
// browser's dialog, and refuses what another site's page sends. Without a token it serves
// who names this machine alone: a browser can be led here under another site's name, and a
// proxy before it would open it to everybody.
func (m *merchant) guarded(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	want := sha256.Sum256([]byte(m.cfg.Token.Reveal()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m.cfg.Token.IsZero() && !loopback((&url.URL{Host: r.Host}).Hostname()) {
			http.Error(w, "without MERCHANT_TOKEN this is for loopback alone", http.StatusForbidden)
			return
		}
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if _, password, ok := r.BasicAuth(); ok {
			given = password
		}
		got := sha256.Sum256([]byte(given))
		if !m.cfg.Token.IsZero() && subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="merchant"`)
			http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
