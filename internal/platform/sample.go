package platform

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing/iotest"
)

// SampleRequest is a callback as a platform sends it, to be given to a handler
// under test. An event that could not be signed has a body that fails with err
// when it is read, so that the handler's refusal tells the reason.
func SampleRequest(path string, header http.Header, body []byte, err error) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		r.Body = io.NopCloser(iotest.ErrReader(err))
		return r
	}
	for name, values := range header {
		r.Header[name] = values
	}
	return r
}
