package transport

import (
	"net/http"
	"strings"
	"testing"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://card.example": "", "https://card.example/": "", "https://card.example:8443/api/v1": "", "HTTPS://card.example": "",
		"http://localhost:8080": "", "http://127.0.0.1": "", "http://[::1]:80/x": "", "http://api.localhost": "", "http://127.8.9.1": "",
		"": "is required", " ": "absolute", "card.example": "absolute", "/api": "absolute", "https://": "absolute", "https:card.example": "absolute",
		"https:///api": "absolute", "https://:443": "absolute", "https://:443/api": "absolute", "https://card.example\x00": "absolute",
		"http://card.example": "needs https", "http://localhost.evil.example": "needs https", "http://127.0.0.1.evil.example": "needs https",
		"http://0.0.0.0": "needs https", "http://10.0.0.1": "needs https", "http://evil.example/localhost": "needs https",
		"ftp://card.example": "scheme", "file:///etc/passwd": "absolute", "ws://localhost": "scheme",
		"https://user@card.example": "must not", "https://user:pass@card.example": "must not", "https://card.example?x=1": "must not",
		"https://card.example#f": "must not", "https://card.example/?": "must not", "https://card.example/#": "must not",
		"https://card.example/api#": "must not", "https://card.example/api?": "must not",
	} {
		err := CheckURL(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("CheckURL(%q) = %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pass") {
			t.Errorf("CheckURL(%q) shows the password: %v", text, err)
		}
	}
}

func TestJoinURL(t *testing.T) {
	t.Parallel()
	for _, tt := range [][3]string{
		{"https://a", "/b", "https://a/b"}, {"https://a/", "/b", "https://a/b"}, {"https://a/v1/", "b/c", "https://a/v1/b/c"}, {"https://a/v1", "b", "https://a/v1/b"},
	} {
		if got := JoinURL(tt[0], tt[1]); got != tt[2] {
			t.Errorf("JoinURL(%q, %q) = %q", tt[0], tt[1], got)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		template string
		ids      []string
		want     string // "" is an error
	}{
		{"/cards", nil, "/cards"},
		{"/cards/{id}", []string{"c-1"}, "/cards/c-1"},
		{"/cards/{id}/pins/{n}", []string{"a", "b"}, "/cards/a/pins/b"},
		{"/cards/{id}", []string{"../admin?x=1#y"}, "/cards/..%2Fadmin%3Fx=1%23y"},
		{"/cards/{id}", []string{"a b\x00\\é%2F"}, "/cards/a%20b%00%5C%C3%A9%252F"},
		{"/cards/{id}/x/{n}", []string{"{n}", "7"}, "/cards/%7Bn%7D/x/7"},
		{"/cards/{id}", []string{"..."}, "/cards/..."},
		{"/cards/{id}", []string{""}, ""},
		{"/cards/{id}", []string{"."}, ""},
		{"/cards/{id}", []string{".."}, ""},
		{"/cards/{id}", nil, ""},
		{"/cards/{id}/{n}", []string{"a"}, ""},
		{"/cards/{id}", []string{"a", "b"}, ""},
		{"/cards", []string{"a"}, ""},
		{"/cards/{id", []string{"a"}, ""},
	} {
		got, err := Expand(tt.template, tt.ids...)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("Expand(%q, %q) = %q, %v; want %q", tt.template, tt.ids, got, err, tt.want)
		}
	}
}

// What Expand escapes must arrive as one segment of the same path.
func TestExpandOnTheWire(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"../admin?x=1#y", "a/b", "%2e%2e", "é\\", "a;b,c", "..%2f"} {
		path, err := Expand("/cards/{id}/pin", id)
		if err != nil {
			t.Fatal(err)
		}
		var segments []string
		rt := roundTripper(func(r *http.Request) (*http.Response, error) {
			segments = strings.Split(r.URL.EscapedPath(), "/")
			if r.URL.Path != "/v1/cards/"+id+"/pin" || r.URL.RawQuery != "" || r.Host != "card.example" {
				t.Errorf("%q went to %q of %s", id, r.URL, r.Host)
			}
			return answer(200, ""), nil
		})
		if _, err := run(t.Context(), newClient(t, rt), newCall(JoinURL("https://card.example/v1", path), Read)); err != nil || len(segments) != 5 {
			t.Errorf("%q: %q, %v", id, segments, err)
		}
	}
}
