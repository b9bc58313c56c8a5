package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/nearest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// maxBody bounds the body of a request.
const maxBody = 64 << 10

// problem is an error that a request is answered with.
type problem struct {
	status     int
	code       string
	message    string
	suggestion string
	arguments  []issuingtest.ArgumentProblem
}

func fail(status int, code, message string) *problem {
	return &problem{status: status, code: code, message: message}
}

func (p *problem) write(w http.ResponseWriter) {
	body := map[string]any{"code": p.code, "message": p.message}
	if p.suggestion != "" {
		body["suggestion"] = p.suggestion
	}
	if p.arguments != nil {
		body["arguments"] = p.arguments
	}
	writeJSON(w, p.status, map[string]any{"error": body})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil { // a state that does not encode is ours to mend
		status = http.StatusInternalServerError
		buf.Reset()
		buf.WriteString(`{"error":{"code":"internal","message":"the answer does not encode"}}` + "\n")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes())
}

// unknown is the problem of a name that is none of some.
func unknown(code, what, name string, names []string) *problem {
	near := nearest.Word(name, names)
	message := fmt.Sprintf("no %s %q", what, clip(name))
	if near != "" {
		message += fmt.Sprintf(", did you mean %q?", near)
	} else if len(names) > 0 && len(names) <= 40 {
		message += "; there are " + strings.Join(names, ", ")
	}
	return &problem{http.StatusNotFound, code, message, near, nil}
}

// clip shortens what a client sent.
func clip(text string) string { return text[:min(len(text), 80)] }

// call is one request on its way.
type call struct {
	h    *Handler
	w    http.ResponseWriter
	r    *http.Request
	path map[string]string // what stands for the names in the route's path
}

// find returns the route of a request.
func (c *call) find() (*route, *problem) {
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var methods, paths []string
	for i := range c.h.routes {
		r := &c.h.routes[i]
		values, ok := match(r.path, c.r.URL.EscapedPath()) // an escaped slash is no slash
		if ok && r.method == method {
			c.path = values
			return r, nil
		}
		if ok {
			methods = append(methods, r.method)
		}
		paths = append(paths, r.path)
	}
	if methods != nil {
		c.w.Header().Set("Allow", strings.Join(methods, ", "))
		return nil, fail(http.StatusMethodNotAllowed, "method_not_allowed", "this path takes "+strings.Join(methods, ", "))
	}
	p := unknown("not_found", "path", c.r.URL.Path, nil)
	if p.suggestion = nearest.Word(c.r.URL.Path, paths); p.suggestion != "" {
		p.message += fmt.Sprintf(", did you mean %q?", p.suggestion)
	} else {
		p.message += "; GET /openapi.json lists all"
	}
	return nil, p
}

// match fits a path to a pattern, in which {name} stands for one segment.
func match(pattern, path string) (values map[string]string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values = map[string]string{}
	for i, segment := range want {
		name, named := strings.CutPrefix(segment, "{")
		switch {
		case named && got[i] != "" && !strings.Contains(got[i], "%"): // no name needs an escape
			values[strings.TrimSuffix(name, "}")] = got[i]
		case segment != got[i]:
			return nil, false
		}
	}
	return values, true
}

// checkQuery refuses parameters of the query that the route does not have.
func (c *call) checkQuery(r *route) *problem {
	var names []string
	for _, q := range r.query {
		names = append(names, q.name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.r.URL.Query())) {
		if !slices.Contains(names, name) {
			p := unknown("bad_query", "parameter", name, names)
			p.status = http.StatusBadRequest
			return p
		}
	}
	return nil
}

func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

// number reads a number of the query, or of the path.
func number(text string, otherwise uint64) (uint64, *problem) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, fail(http.StatusBadRequest, "bad_query", fmt.Sprintf("%q is no number", clip(text)))
	}
	return n, nil
}

// platform returns the platform of a name.
func (c *call) platform(name string) (Platform, *problem) {
	i := slices.Index(c.h.names, name)
	if i < 0 {
		return Platform{}, unknown("unknown_provider", "provider", name, c.h.names)
	}
	return c.h.cfg.Platforms[i], nil
}

// platforms returns the platform that the query names, or all.
func (c *call) platforms() ([]Platform, *problem) {
	name := c.query("provider")
	if name == "" {
		return c.h.cfg.Platforms, nil
	}
	p, failed := c.platform(name)
	return []Platform{p}, failed
}

// members reads the body: one JSON object of scalars and objects, each name once, or
// nothing. Everything comes out as a text, as an argument does.
func (c *call) members() (map[string]string, *problem) {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, fail(http.StatusRequestEntityTooLarge, "too_large",
				fmt.Sprintf("the body has more than %d bytes", maxBody))
		}
		return nil, badJSON("the body broke off")
	}
	out := map[string]string{}
	if len(bytes.TrimSpace(body)) == 0 {
		return out, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, badJSON("the body is no JSON object")
	}
	for d.More() {
		name, err := d.Token()
		key, ok := name.(string)
		if err != nil || !ok {
			return nil, badJSON("the body is no JSON object")
		}
		if _, twice := out[key]; twice {
			return nil, badJSON(fmt.Sprintf("the name %q stands twice", clip(key)))
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, badJSON("the body is no JSON object")
		}
		if out[key], ok = argument(value); !ok {
			return nil, badJSON(fmt.Sprintf("%q is an array; text, number, true, false or an object can be given", clip(key)))
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, badJSON("the body is no JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badJSON("something stands behind the JSON object")
	}
	return out, nil
}

func badJSON(message string) *problem {
	return fail(http.StatusBadRequest, "bad_json", message)
}

// argument is a member's value as the text of an argument: null is none.
func argument(value json.RawMessage) (text string, ok bool) {
	switch value[0] {
	case '[':
		return "", false
	case '"':
		err := json.Unmarshal(value, &text)
		return text, err == nil
	case 'n':
		return "", true
	}
	return string(value), true
}
