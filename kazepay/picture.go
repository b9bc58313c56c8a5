package kazepay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	issuing "github.com/issuing-sdk/issuing-go"
)

// picture is a file on its way: read once, or once per attempt when it can seek.
type picture struct {
	name, kind string
	size       int64 // -1 when unknown
	limit      int64

	source io.Reader
	seeker io.Seeker // nil when the source cannot seek
	begin  int64     // where the picture starts in the seeker
	first  []byte    // what was read to tell the kind, when the source cannot seek

	stream *pictureStream // of the last attempt
}

var (
	errPictureKind = errors.New("the picture is neither PNG nor JPEG")
	errPictureSize = errors.New("the picture has another size than was said")
	errPictureUsed = errors.New("the picture was read by an attempt that did not arrive, and cannot be read again")
)

// openPicture tells kind and size of the picture.
func openPicture(req UploadRequest, limit int64) (*picture, error) {
	p := &picture{name: req.FileName, source: req.File, size: -1, limit: limit}
	if req.Size > 0 {
		p.size = req.Size
	}
	if seeker, ok := req.File.(io.Seeker); ok {
		begin, err := seeker.Seek(0, io.SeekCurrent)
		if err == nil {
			end, endErr := seeker.Seek(0, io.SeekEnd)
			_, backErr := seeker.Seek(begin, io.SeekStart)
			if endErr != nil || backErr != nil {
				return nil, errors.Join(endErr, backErr)
			}
			p.seeker, p.begin, p.size = seeker, begin, end-begin
		}
	}
	if p.size > limit {
		return nil, fmt.Errorf("%d bytes, at most %d are allowed: %w", p.size, limit, issuing.ErrTooLarge)
	}
	p.first = make([]byte, 8)
	n, err := io.ReadFull(p.source, p.first)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	p.first = p.first[:n]
	if p.kind = imageType(p.first); p.kind == "" {
		return nil, errPictureKind
	}
	return p, nil
}

// start returns the stream of one attempt.
func (p *picture) start() (*pictureStream, error) {
	reader := p.source
	switch {
	case p.seeker != nil && p.stream != nil && !p.stream.stop():
		return nil, pictureError(errPictureUsed)
	case p.seeker != nil:
		if _, err := p.seeker.Seek(p.begin, io.SeekStart); err != nil {
			return nil, pictureError(err)
		}
	case p.stream == nil || !p.stream.touched():
		reader = io.MultiReader(bytes.NewReader(p.first), p.source)
	default:
		return nil, pictureError(errPictureUsed)
	}
	p.stream = &pictureStream{reader: reader, size: p.size, limit: p.limit}
	return p.stream, nil
}

// finish ends all reading and returns why the picture could not be sent whole,
// if it could not. A nil picture was never opened.
func (p *picture) finish(ctx context.Context) error {
	if p == nil || p.stream == nil {
		return nil
	}
	return p.stream.finish(ctx)
}

// pictureStream reads a picture within its limit and remembers what went wrong.
// The HTTP transport may go on reading after a call has ended, so a stream that
// was closed reads nothing more from its source.
type pictureStream struct {
	closed atomic.Bool

	mu     sync.Mutex
	reader io.Reader
	size   int64 // -1 when unknown
	limit  int64
	read   int64
	err    error
}

// Read implements io.Reader.
func (s *pictureStream) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed.Load():
		return 0, errors.New("the picture is closed")
	case s.err != nil:
		return 0, s.err
	}
	n, err := s.reader.Read(b)
	s.read += int64(n)
	switch {
	case s.read > s.limit:
		s.err = fmt.Errorf("over %d bytes: %w", s.limit, issuing.ErrTooLarge)
	case s.size >= 0 && (s.read > s.size || (err == io.EOF && s.read < s.size)):
		s.err = errPictureSize
	case err != nil && err != io.EOF:
		s.err = err
	}
	if s.err != nil {
		return 0, s.err
	}
	return n, err
}

// Close implements io.Closer. The source stays open.
func (s *pictureStream) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *pictureStream) touched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read > 0
}

// stop closes the stream and reports whether nobody reads it any more.
func (s *pictureStream) stop() bool {
	s.closed.Store(true)
	if !s.mu.TryLock() {
		return false
	}
	s.mu.Unlock()
	return true
}

// finish closes the stream and waits for a read that is under way, unless the
// context has ended and nobody may be waiting for the source.
func (s *pictureStream) finish(ctx context.Context) error {
	s.closed.Store(true)
	if ctx.Err() != nil {
		if !s.mu.TryLock() {
			return nil
		}
	} else {
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	return s.err
}
