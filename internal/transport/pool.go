package transport

import (
	"net/http"
	"sync"
)

// maxIdlePerHost is how many idle connections to one host are kept where nobody
// set a number: net/http's own two would have every third of parallel calls dial
// and shake hands anew.
const maxIdlePerHost = 64

// shared serves all clients without a transport of their own, so that they share
// connections.
var shared pool

// pool sends through what http.DefaultTransport is when an attempt is made, so
// that whoever replaces or wraps it is honoured, at whatever time. One of
// net/http's own type is copied, with all its settings, because the pool keeps
// more connections than it would and watches them; the copy is made when it is
// first seen.
type pool struct {
	mu     sync.Mutex
	source *http.Transport // http.DefaultTransport when copy was made
	copy   *http.Transport
}

func (p *pool) transport() http.RoundTripper {
	current := http.DefaultTransport
	source, ok := current.(*http.Transport)
	if !ok || source == nil {
		return current
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.source != source {
		if p.copy != nil {
			p.copy.CloseIdleConnections()
		}
		p.source, p.copy = source, source.Clone()
		if p.copy.MaxIdleConnsPerHost == 0 {
			p.copy.MaxIdleConnsPerHost = maxIdlePerHost
		}
		if source.TLSNextProto["h2"] != nil {
			p.copy.ForceAttemptHTTP2 = true // which a dialler, and a copy, turn off
		}
		guard(p.copy)
	}
	return p.copy
}
