package uqpay_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

const fileOK = `{"file_id":"f-1","file_name":"a.pdf","size":1}`

// TestUploadOvertaken: net/http may go on reading the body of an attempt that
// was answered early. It must not take the content from the next attempt, nor
// from the caller after the call.
func TestUploadOvertaken(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content ", 10_000)
	var old io.Reader
	client := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		switch {
		case isMint(r):
			return answerTo(r, 200, tokenBody), nil
		case old == nil:
			old = r.Body
			if _, err := io.CopyN(io.Discard, old, 5000); err != nil {
				t.Error(err)
			}
			return answerTo(r, 502, "<html>"), nil
		}
		if _, err := io.ReadAll(old); err == nil {
			t.Error("the body of the first attempt can still be read")
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(body), content) || int64(len(body)) != r.ContentLength {
			t.Errorf("the second attempt has %d bytes of %d, %v", len(body), r.ContentLength, err)
		}
		old = r.Body
		return answerTo(r, 200, fileOK), nil
	}))
	file := strings.NewReader(content)
	if _, err := client.Files.Upload(t.Context(), uqpay.UploadRequest{Name: "a.pdf", Content: file}); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(old)
	if file.Len() != len(content) {
		t.Error("the content is read after the call")
	}
}

// TestUploadRepeat: the same content under the same key is the same body, which
// the platform recognises; under another key the form has another boundary.
func TestUploadRepeat(t *testing.T) {
	t.Parallel()
	var bodies []string
	client := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, string(body))
		return answerTo(r, 200, fileOK), nil
	}))
	for _, key := range []string{"key-1", "key-1", "key-2"} {
		req := uqpay.UploadRequest{Name: "a.pdf", Content: strings.NewReader("content")}
		if _, err := client.Files.Upload(t.Context(), req, issuing.WithIdempotencyKey(key)); err != nil {
			t.Fatal(err)
		}
	}
	if bodies[0] != bodies[1] || bodies[0] == bodies[2] {
		t.Errorf("%q", bodies)
	}
}

// TestUploadInFlight: what can be sent once only is not waited for, but is not
// called failed either.
func TestUploadInFlight(t *testing.T) {
	t.Parallel()
	client := stubClient(t, &script{answers: []scripted{{400, inFlight, nil}}})
	req := uqpay.UploadRequest{Name: "a.pdf", Content: io.MultiReader(strings.NewReader("content"))}
	if _, err := client.Files.Upload(t.Context(), req, issuing.WithIdempotencyKey("key-1")); !errors.Is(err, issuing.ErrOutcomeUnknown) {
		t.Error(err)
	}
}
