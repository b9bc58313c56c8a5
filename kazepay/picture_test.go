package kazepay

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// TestPictureIsReadOnce shows that a reader that cannot seek is sent again only
// while nothing of it was sent.
func TestPictureIsReadOnce(t *testing.T) {
	t.Parallel()
	content := append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte{7}, 100)...)
	for _, seeks := range []bool{false, true} {
		var file io.Reader = bytes.NewReader(content)
		if !seeks {
			file = struct{ io.Reader }{file}
		}
		p, err := openPicture(UploadRequest{File: file}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.start(); err != nil {
			t.Fatalf("the first attempt: %v", err)
		}
		s, err := p.start()
		if err != nil {
			t.Fatalf("an attempt after one that sent nothing: %v", err)
		}
		if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		s, err = p.start()
		if !seeks {
			if !errors.Is(err, errPictureUsed) {
				t.Errorf("an attempt after one that sent something: %v", err)
			}
			continue
		}
		if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, content) {
			t.Errorf("again: %d bytes, %v", len(got), err)
		}
		if err := p.finish(t.Context()); err != nil {
			t.Error(err)
		}
		if n, err := s.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, io.EOF) {
			t.Errorf("a closed stream reads %d, %v", n, err)
		}
	}
}
