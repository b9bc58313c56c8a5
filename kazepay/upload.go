package kazepay

// An upload is the one message of KazePay's that is a form with a stream in it.
// Unlike the other services this file makes its own attempts, and so names a type
// of internal/transport; picture.go guards what they read.

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// UploadLayout says how the message and the picture share a multipart form. No
// page shows it.
type UploadLayout int

// Upload layouts.
const (
	UploadLayoutHeadBody UploadLayout = iota // parts "head" and "body" with their JSON, and "file"; the default
	UploadLayoutEnvelope                     // part "data" with the whole message, and "file"
	UploadLayoutFlat                         // a part per field of head and body, and "file"
)

// UploadForm is the form of an upload. The zero UploadForm is the default; no
// page shows the names, so all can be changed.
type UploadForm struct {
	Layout   UploadLayout      // which layout
	File     string            // part of the picture; empty is "file". Upstream calls it "uCardFile"
	Head     string            // UploadLayoutHeadBody: part of the head; empty is "head"
	Body     string            // UploadLayoutHeadBody: part of the body; empty is "body"
	Envelope string            // UploadLayoutEnvelope: part of the message; empty is "data"
	Fields   map[string]string // UploadLayoutFlat: other names of its seven parts, such as apiCode
}

// flatFields are the parts of UploadLayoutFlat in their order.
var flatFields = []string{"apiCode", "sysId", "requestNo", "version", "sign", "keyEnc", "encrypt"}

func (f UploadForm) check(p *check.Problems) {
	if f.Layout < UploadLayoutHeadBody || f.Layout > UploadLayoutFlat {
		p.Add("Upload.Layout", "is none of the layouts")
	}
	names := []string{f.File, f.Head, f.Body, f.Envelope}
	for field, name := range f.Fields {
		if !slices.Contains(flatFields, field) || name == "" {
			p.Add("Upload.Fields", "renames an unknown field, or one to nothing")
		}
		names = append(names, name)
	}
	used := map[string]bool{}
	for _, name := range f.complete().names() {
		if used[name] {
			p.Add("Upload", "gives two parts the same name")
		}
		used[name] = true
	}
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			p.Add("Upload", "has a part name with characters that no form allows")
		}
	}
}

// names returns the parts of the layout.
func (f UploadForm) names() []string {
	switch f.Layout {
	case UploadLayoutEnvelope:
		return []string{f.Envelope, f.File}
	case UploadLayoutFlat:
		names := []string{f.File}
		for _, field := range flatFields {
			names = append(names, f.Fields[field])
		}
		return names
	default:
		return []string{f.Head, f.Body, f.File}
	}
}

// complete fills in the default names and takes a copy.
func (f UploadForm) complete() UploadForm {
	f.File, f.Envelope = cmp.Or(f.File, "file"), cmp.Or(f.Envelope, "data")
	f.Head, f.Body = cmp.Or(f.Head, "head"), cmp.Or(f.Body, "body")
	fields := make(map[string]string, len(flatFields))
	for _, name := range flatFields {
		fields[name] = cmp.Or(f.Fields[name], name)
	}
	f.Fields = fields
	return f
}

// UploadRequest is one picture for a KYC submission.
type UploadRequest struct {
	Email        issuing.Personal `json:"email"`        // the user's; required
	MobileNumber issuing.Personal `json:"mobileNumber"` // the user's, digits without the dialling code; required
	MobilePrefix string           `json:"mobilePrefix"` // dialling code, digits without +; required

	// File is the picture, PNG or JPEG, at most Config.MaxUpload bytes. Required.
	// It is streamed from where it stands and not closed. An io.Seeker can be
	// sent again when the first attempt never left, and tells its size.
	File io.Reader `json:"-"`
	// FileName is the name in the form, at most 255 characters; empty is
	// "picture.jpg" or "picture.png".
	FileName string `json:"-"`
	// Size in bytes, when it is known and File is no io.Seeker; 0 is unknown and
	// sends the form in chunks.
	Size int64 `json:"-"`
}

// Format implements [fmt.Formatter] for every verb. It leaves the picture out,
// which fmt would reach through File.
func (r UploadRequest) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "upload for %q, picture [redacted]", r.Email)
}

func (r UploadRequest) validate(p *check.Problems) {
	checkUser(p, string(r.Email), string(r.MobileNumber), r.MobilePrefix)
	p.Required("file", r.File != nil)
	p.OptionalText("file name", r.FileName, maxText)
	if r.Size < 0 {
		p.Add("file", "has a negative size")
	}
}

// UploadedFile is a picture that KazePay holds.
type UploadedFile struct {
	ID string `json:"fileId"` // UUID-shaped; for SubmitRequest
}

func (u *UploadedFile) incomplete() bool { return u.ID == "" || !sound(u.ID) }

// Upload (fileUpload) uploads one picture of a document for [KYCService.Submit].
// It is streamed: memory use does not grow with its size. The signature covers
// the user's fields, not the picture.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. After an
// issuing.ErrOutcomeUnknown upload again: a picture that nothing refers to has no effect.
// [Client.Settle] cannot tell whether the first one arrived.
func (s *KYCService) Upload(ctx context.Context, req UploadRequest, opts ...issuing.CallOption) (*UploadedFile, error) {
	in := req
	in.File = nil // errors are searched for what is in, when the file may still be read
	x := &exchange{c: s.c, o: opUpload, in: in, upload: &req}
	out, err := provider.Result[UploadedFile](ctx, s.c.core, s.c.call(x, req.validate, opts))
	if cause := x.picture.finish(ctx); err != nil && cause != nil {
		// The form was never completed, so nothing can have come of it.
		return nil, pictureError(cause)
	}
	return out, err
}

// pictureError is the error of a picture that cannot be sent.
func pictureError(cause error) error {
	return &issuing.Error{
		Provider: providerName, Op: opUpload.name, Kind: issuing.ErrInvalid, Err: cause,
		Fields: []issuing.FieldError{{Field: "file", Problem: "cannot be sent"}},
	}
}

// fileName is the name in the form.
func (p *picture) fileName() string {
	return cmp.Or(p.name, map[string]string{"image/png": "picture.png"}[p.kind], "picture.jpg")
}

// seal makes one attempt of a form: the message, then the picture.
func (u UploadForm) seal(e *sign.Envelope, head requestHead, file *picture) (transport.Sealed, error) {
	stream, err := file.start()
	if err != nil {
		return transport.Sealed{}, err
	}
	f, err := newForm()
	if err != nil {
		return transport.Sealed{}, err
	}
	switch u.Layout {
	case UploadLayoutEnvelope:
		f.text(u.Envelope, "application/json; charset=UTF-8", string(e.JSON()))
	case UploadLayoutFlat:
		for i, value := range []string{
			head.APICode, head.SysID, head.RequestNo, head.Version, e.Sign, e.KeyEnc.Reveal(), e.Encrypt,
		} {
			f.text(u.Fields[flatFields[i]], "", value)
		}
	default:
		headJSON, bodyJSON := e.Split()
		f.text(u.Head, "application/json; charset=UTF-8", string(headJSON))
		f.text(u.Body, "application/json; charset=UTF-8", string(bodyJSON))
	}
	f.part(u.File, file.kind, file.fileName())
	before, after := f.head.Bytes(), []byte("\r\n--"+f.boundary+"--\r\n")
	length := int64(-1)
	if file.size >= 0 {
		length = int64(len(before)) + file.size + int64(len(after))
	}
	header := http.Header{
		"Content-Type": {mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": f.boundary})},
		"Accept":       {"application/json"},
	}
	return transport.Sealed{
		Header: header, Length: length, RequestID: head.RequestNo,
		Stream: struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(before), stream, bytes.NewReader(after)), stream},
	}, nil
}

// form is a multipart form up to the content of its last part.
type form struct {
	head     bytes.Buffer
	boundary string
}

func newForm() (*form, error) {
	random := make([]byte, 20)
	if _, err := rand.Read(random); err != nil {
		return nil, errors.New("no randomness")
	}
	return &form{boundary: hex.EncodeToString(random)}, nil
}

// part begins a part.
func (f *form) part(name, contentType, fileName string) {
	if f.head.Len() > 0 {
		f.head.WriteString("\r\n")
	}
	disposition := fmt.Sprintf(`form-data; name="%s"`, name)
	if fileName != "" {
		disposition += fmt.Sprintf(`; filename="%s"`, quoteName.Replace(fileName))
	}
	f.head.WriteString("--" + f.boundary + "\r\nContent-Disposition: " + disposition + "\r\n")
	if contentType != "" {
		f.head.WriteString("Content-Type: " + contentType + "\r\n")
	}
	f.head.WriteString("\r\n")
}

// text adds a part of text.
func (f *form) text(name, contentType, value string) {
	f.part(name, contentType, "")
	f.head.WriteString(value)
}

// quoteName escapes a file name as browsers do.
var quoteName = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A", `\`, `\\`)
