package control

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

// pageFiles are the page: no build makes them, and nothing of them comes from elsewhere.
//
//go:embed page
var pageFiles embed.FS

// pagePolicy lets a browser run the page's own files and nothing else. No text becomes
// markup or code: where a script tries, the browser refuses.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// pageTypes are the media types of the page's files.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// servePage answers a request for a file of the page, and reports whether it was one.
// The files hold nothing of the platforms', so nobody has to say a token for them.
func servePage(w http.ResponseWriter, r *http.Request) bool {
	if !slices.Contains([]string{http.MethodGet, http.MethodHead}, r.Method) {
		return false
	}
	name, ok := strings.CutPrefix(r.URL.EscapedPath(), "/page/")
	if r.URL.EscapedPath() == "/" {
		name, ok = "index.html", true
	}
	typ := pageTypes[path.Ext(name)]
	if !ok || typ == "" || strings.Contains(name, "/") {
		return false
	}
	text, err := fs.ReadFile(pageFiles, "page/"+name)
	if err != nil {
		return false
	}
	w.Header().Set("Content-Type", typ)
	if name == "index.html" {
		w.Header().Set("Content-Security-Policy", pagePolicy)
	}
	_, _ = w.Write(text)
	return true
}
