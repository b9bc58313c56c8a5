package kazepaytest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// file is an uploaded picture. Its bytes are not kept.
type file struct {
	id, email, kind string
	size            int64
}

// parseForm reads a message and its picture from a multipart form.
func (s *Server) parseForm(boundary string, body []byte) (*message, *problem) {
	malformed := refusal("FAKE_FORMAT_ERROR", "the form is not of the expected layout")
	if boundary == "" {
		return nil, malformed
	}
	filePart := cmp.Or(s.cfg.Upload.File, "file")
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	texts := map[string]string{}
	var picture *file
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, malformed
		}
		if name := part.FormName(); name != filePart {
			if _, twice := texts[name]; twice {
				return nil, malformed
			}
			texts[name] = string(content)
			continue
		}
		if picture != nil || part.FileName() == "" {
			return nil, malformed
		}
		picture = &file{kind: http.DetectContentType(content), size: int64(len(content))}
	}
	if picture == nil {
		return nil, refusal("FAKE_FORMAT_ERROR", "the form has no picture")
	}
	m, failed := parseMessage(s.formMessage(texts))
	if failed == nil {
		m.file = picture
	}
	return m, failed
}

// formMessage puts the message of a form together.
func (s *Server) formMessage(texts map[string]string) []byte {
	form := s.cfg.Upload
	switch form.Layout {
	case kazepay.UploadLayoutEnvelope:
		return []byte(texts[cmp.Or(form.Envelope, "data")])
	case kazepay.UploadLayoutFlat:
		value := func(name string) string { return texts[cmp.Or(form.Fields[name], name)] }
		head := map[string]string{}
		for _, name := range []string{"apiCode", "sysId", "requestNo", "version", "sign", "keyEnc"} {
			head[name] = value(name)
		}
		return platform.JSON(map[string]any{"head": head, "body": map[string]string{"encrypt": value("encrypt")}})
	default:
		head, body := texts[cmp.Or(form.Head, "head")], texts[cmp.Or(form.Body, "body")]
		if !json.Valid([]byte(head)) || !json.Valid([]byte(body)) {
			return nil
		}
		return []byte(`{"head":` + head + `,"body":` + body + `}`)
	}
}
