package uqpay

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Uploads are streams, so this file makes attempts of its own, for the exchange
// of protocol.go.

// FileService uploads files to UQPAY's file service and makes links to them. The
// images of a cardholder's identity go into the cardholder's own request, not
// here. It uses the same token as all other calls.
type FileService struct{ c *Client }

// Limits of an upload.
const (
	MaxUpload      = 20 << 20 // bytes
	maxUploadNotes = 50       // characters
)

// uploadTypes are the files that the service takes, by extension.
var uploadTypes = []string{".jpeg", ".jpg", ".png", ".doc", ".docx", ".pdf"}

// UploadRequest uploads a file.
type UploadRequest struct {
	Name string // file name with its extension: jpeg, jpg, png, doc, docx or pdf; required
	// Content is read while it is sent, at most MaxUpload bytes, and is not
	// closed. Required. One that is an io.Seeker is sent from its present
	// position and can be sent again; any other is sent once.
	Content io.Reader
	Notes   string // at most 50 characters; optional
}

func (r UploadRequest) validate(p *check.Problems) {
	p.Text("file name", r.Name, noLimit)
	if r.Name != "" && !slices.Contains(uploadTypes, strings.ToLower(filepath.Ext(r.Name))) {
		p.Add("file name", "needs one of the extensions jpeg, jpg, png, doc, docx, pdf")
	}
	p.Required("file", r.Content != nil)
	p.OptionalText("notes", r.Notes, maxUploadNotes)
}

// File is an uploaded file.
type File struct {
	ID         string    `json:"file_id"`     // see [FileService.Links]
	Name       string    `json:"file_name"`   // as given
	Type       string    `json:"file_type"`   // media type or extension, as sent
	Size       int64     `json:"size"`        // bytes
	Notes      string    `json:"notes"`       // as given
	CreateTime time.Time `json:"create_time"` // when it was received
}

func (f *File) incomplete() bool { return f.ID == "" || unusable(f.ID) }

// Upload uploads a file without holding it in memory. The client's timeout bounds
// one whole attempt: for large files on slow lines use a clone with a longer one.
//
// Safety: keyed when the content can be rewound, otherwise once. On
// issuing.ErrOutcomeUnknown upload it again: a file that is there twice does no harm,
// and no pending holds its content.
func (s *FileService) Upload(ctx context.Context, req UploadRequest, opts ...issuing.CallOption) (*File, error) {
	body := &upload{req: req}
	defer body.stop()
	return call[File](ctx, s.c, opUpload, body, opts)
}

// upload is a request that makes the multipart body of each attempt itself. It
// exports nothing: a request's exported fields are searched for secrets, and the
// content is somebody else's.
type upload struct {
	req         UploadRequest
	seeker      io.Seeker // nil when the content can be read once only
	start, size int64     // of a seeker
	begun       atomic.Bool

	// mu keeps the content's position of a seeker to one attempt: net/http goes
	// on reading the body of an attempt that was answered before its end.
	mu      sync.Mutex
	present *bounded // the body of the last attempt, which alone may read
}

func (u *upload) validate(p *check.Problems) { u.req.validate(p) }

// once reports content that cannot be sent again, whatever the row says. A call
// without an upload has none.
func (u *upload) once() bool { return u != nil && u.seeker == nil }

// open finds out whether the content can be rewound, and returns the query.
func (u *upload) open() (url.Values, error) {
	if s, ok := u.req.Content.(io.Seeker); ok {
		start, err := s.Seek(0, io.SeekCurrent)
		if err == nil {
			var end int64
			if end, err = s.Seek(0, io.SeekEnd); err == nil {
				u.seeker, u.start, u.size = s, start, end-start
				_, err = s.Seek(start, io.SeekStart)
			}
		}
		if err != nil && u.seeker != nil {
			return nil, errors.New("the content cannot be rewound")
		}
		if u.size > MaxUpload {
			return nil, fmt.Errorf("the file has %d bytes, at most %d are allowed: %w", u.size, MaxUpload, issuing.ErrTooLarge)
		}
	}
	if u.req.Notes == "" {
		return nil, nil
	}
	return url.Values{"notes": {u.req.Notes}}, nil
}

// form makes what stands around the content. The boundary follows from the
// idempotency key, so that a caller who sends the same content under the same
// key sends the same body: the platform refuses another one.
func (u *upload) form(key string) (contentType, head, tail string) {
	sum := sha256.Sum256([]byte("boundary of " + key))
	boundary := hex.EncodeToString(sum[:])[:60]
	// Quoted always, as browsers write it: not every server reads a bare name.
	// Validation has left no line break in the name.
	name := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(u.req.Name)
	kind := cmp.Or(mime.TypeByExtension(strings.ToLower(filepath.Ext(u.req.Name))), "application/octet-stream")
	head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
		"\"\r\nContent-Type: " + kind + "\r\n\r\n"
	return "multipart/form-data; boundary=" + boundary, head, "\r\n--" + boundary + "--\r\n"
}

// attempt returns the body from its beginning and ends that of the attempt
// before.
func (u *upload) attempt(header http.Header) (transport.Sealed, error) {
	refused := func(kind error, what string) (transport.Sealed, error) {
		return transport.Sealed{}, &issuing.Error{Kind: kind, Err: errors.New(what)}
	}
	contentType, head, tail := u.form(header.Get(headerKey))
	body := &bounded{u: u, left: MaxUpload}
	length := int64(-1)
	switch {
	case u.seeker != nil:
		u.mu.Lock()
		defer u.mu.Unlock()
		if _, err := u.seeker.Seek(u.start, io.SeekStart); err != nil {
			return refused(issuing.ErrInvalid, "the content cannot be rewound")
		}
		u.present = body
		length = int64(len(head)) + u.size + int64(len(tail))
	case u.begun.Load():
		return refused(issuing.ErrUnavailable, "the content was read and cannot be rewound")
	}
	header["Content-Type"] = []string{contentType}
	stream := io.MultiReader(strings.NewReader(head), body, strings.NewReader(tail))
	return transport.Sealed{Stream: io.NopCloser(stream), Length: length}, nil
}

// stop ends the reading of content that can be rewound: after the call it is the
// caller's again.
func (u *upload) stop() {
	if u.seeker == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.present = nil
}

// errOvertaken ends the body of an attempt that another one has followed.
var errOvertaken = errors.New("the upload goes on elsewhere")

// bounded passes the content on as far as an upload may go.
type bounded struct {
	u    *upload
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	b.u.begun.Store(true)
	if b.u.seeker != nil {
		b.u.mu.Lock()
		defer b.u.mu.Unlock()
		if b.u.present != b {
			return 0, errOvertaken
		}
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.u.req.Content.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, issuing.ErrTooLarge
	}
	return n, err
}

// linksRequest asks for links.
type linksRequest struct {
	IDs []string `json:"file_ids"`
}

func (r linksRequest) validate(p *check.Problems) {
	p.Required("file_ids", len(r.IDs) > 0)
	for i, id := range r.IDs {
		p.Text(fmt.Sprintf("file_ids[%d]", i), id, maxID)
	}
}

// FileLinks are links to uploaded files.
type FileLinks struct {
	Files  []FileLink `json:"files"`        // those that exist
	Absent []string   `json:"absent_files"` // ids of those that do not
}

func (l *FileLinks) vague() bool { return l.Files == nil && l.Absent == nil }

// FileLink is a link to an uploaded file.
type FileLink struct {
	ID   string `json:"file_id"`   // of the file
	Name string `json:"file_name"` // as given
	Type string `json:"file_type"` // as sent
	Size int64  `json:"size"`      // bytes
	// URL fetches the file without further credentials.
	URL issuing.Secret `json:"url"`
}

// Links returns links to uploaded files.
//
// Safety: read, under a new idempotency key each time.
func (s *FileService) Links(ctx context.Context, fileIDs []string, opts ...issuing.CallOption) (*FileLinks, error) {
	return call[FileLinks](ctx, s.c, opFileLinks, linksRequest{slices.Clone(fileIDs)}, opts)
}
