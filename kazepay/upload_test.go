package kazepay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

const uploadAnswer = `{"encrypt":"SUCCESS","fileId":"` + fileID + `"}`

// formServer reads uploads part by part.
type formServer struct {
	*httptest.Server
	parts  []string // name, file name and content type of each part
	texts  map[string]string
	length int64
	size   int64
	first  []byte
}

func newFormServer(t testing.TB) *formServer {
	t.Helper()
	s := &formServer{texts: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.length = r.ContentLength
		kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/form-data" || r.Method != http.MethodPost {
			t.Errorf("%s %s, %v", r.Method, kind, err)
		}
		reader := multipart.NewReader(r.Body, params["boundary"])
		for {
			part, err := reader.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return // the client broke off
			}
			s.parts = append(s.parts, part.FormName()+" "+part.FileName()+" "+part.Header.Get("Content-Type"))
			if part.FileName() == "" {
				text, _ := io.ReadAll(part)
				s.texts[part.FormName()] = string(text)
				continue
			}
			s.first = make([]byte, 4)
			_, _ = io.ReadFull(part, s.first)
			n, err := io.Copy(io.Discard, part)
			s.size = n + 4
			if err != nil {
				return
			}
		}
		body, err := sealed(head{Code: "SUCCESS"}, uploadAnswer)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *formServer) config(t testing.TB) kazepay.Config {
	cfg := (&wireServer{Server: s.Server}).config(t)
	cfg.BaseURL, cfg.UploadURL = "https://nowhere.invalid/", s.URL+"/upload"
	return cfg
}

func (s *formServer) client(t testing.TB, change func(*kazepay.Config), opts ...issuing.Option) *kazepay.Client {
	t.Helper()
	cfg := s.config(t)
	if change != nil {
		change(&cfg)
	}
	return (&wireServer{Server: s.Server}).clientOf(t, cfg, opts...)
}

func TestUploadLayouts(t *testing.T) {
	t.Parallel()
	const jsonType = " application/json; charset=UTF-8"
	for name, c := range map[string]struct {
		form  kazepay.UploadForm
		parts []string
		whole func(texts map[string]string) string
	}{
		"head and body": {
			kazepay.UploadForm{},
			[]string{"head " + jsonType, "body " + jsonType, "file picture.jpg image/jpeg"},
			func(texts map[string]string) string {
				return `{"head":` + texts["head"] + `,"body":` + texts["body"] + `}`
			},
		},
		"other names": {
			kazepay.UploadForm{File: "uCardFile", Head: "h", Body: "b"},
			[]string{"h " + jsonType, "b " + jsonType, "uCardFile picture.jpg image/jpeg"},
			func(texts map[string]string) string { return `{"head":` + texts["h"] + `,"body":` + texts["b"] + `}` },
		},
		"envelope": {
			kazepay.UploadForm{Layout: kazepay.UploadLayoutEnvelope},
			[]string{"data " + jsonType, "file picture.jpg image/jpeg"},
			func(texts map[string]string) string { return texts["data"] },
		},
		"flat": {
			kazepay.UploadForm{Layout: kazepay.UploadLayoutFlat, Fields: map[string]string{"encrypt": "payload"}},
			[]string{"apiCode  ", "sysId  ", "requestNo  ", "version  ", "sign  ", "keyEnc  ", "payload  ", "file picture.jpg image/jpeg"},
			func(texts map[string]string) string {
				body := map[string]string{"encrypt": texts["payload"]}
				delete(texts, "payload")
				out, _ := json.Marshal(map[string]any{"head": texts, "body": body})
				return string(out)
			},
		},
	} {
		s := newFormServer(t)
		client := s.client(t, func(cfg *kazepay.Config) { cfg.Upload = c.form })
		var info issuing.CallInfo
		got, err := client.KYC.Upload(t.Context(), sampleUser.upload(picture(4096)), issuing.WithCallInfo(&info))
		if err != nil || got.ID != fileID {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		if diff := cmp.Diff(c.parts, s.parts); diff != "" || s.size != 4096 || s.length < 4096 || string(s.first) != "\xff\xd8\xff\xe0" {
			t.Errorf("%s: %d bytes of %d\n%s", name, s.size, s.length, diff)
		}
		m := &wireMessage{}
		if err := json.Unmarshal([]byte(c.whole(s.texts)), m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		payload, err := m.open()
		if want := `{"email":"kyc@kazepay.io","mobileNumber":"15659874544","mobilePrefix":"60"}`; err != nil || payload != want {
			t.Errorf("%s: %s, %v", name, payload, err)
		}
		if m.Head.APICode != "fileUpload" || info.Key != m.Head.RequestNo || info.Raw.Reveal() != uploadAnswer {
			t.Errorf("%s: %+v, %+v", name, m.Head, info)
		}
	}
}

func TestUploadToThePlatform(t *testing.T) {
	t.Parallel()
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)
	for _, form := range []kazepay.UploadForm{
		{}, {Layout: kazepay.UploadLayoutEnvelope, File: "uCardFile"},
		{Layout: kazepay.UploadLayoutFlat, Fields: map[string]string{"sign": "signature"}},
	} {
		_, client := start(t, kazepaytest.Config{Upload: form})
		req := user(1).upload(png)
		req.FileName = "päss\"port\\.png"
		if f, err := client.KYC.Upload(t.Context(), req); err != nil || f.ID == "" {
			t.Errorf("%+v: %+v, %v", form, f, err)
		}
	}
}

// only hides everything of a reader but Read.
type only struct{ io.Reader }

// failing fails after some bytes.
type failing struct{ left int }

func (f *failing) Read(b []byte) (int, error) {
	if f.left <= 0 {
		return 0, errors.New("the disk broke")
	}
	n := copy(b, picture(len(b)))
	f.left -= n
	return n, nil
}

func TestUploadReaders(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	for name, c := range map[string]struct {
		file io.Reader
		size int64
		want error // kind; nil is success
		also error
		sent int // attempts
	}{
		"seekable":                    {bytes.NewReader(picture(limit)), 0, nil, nil, 1},
		"stream":                      {only{bytes.NewReader(picture(limit))}, 0, nil, nil, 1},
		"stream of known size":        {only{bytes.NewReader(picture(limit))}, limit, nil, nil, 1},
		"no file":                     {nil, 0, issuing.ErrInvalid, nil, 0},
		"negative size":               {bytes.NewReader(picture(10)), -1, issuing.ErrInvalid, nil, 0},
		"empty":                       {bytes.NewReader(nil), 0, issuing.ErrInvalid, nil, 0},
		"neither PNG nor JPEG":        {strings.NewReader("GIF89a too bad"), 0, issuing.ErrInvalid, nil, 0},
		"too large":                   {bytes.NewReader(picture(limit + 1)), 0, issuing.ErrInvalid, issuing.ErrTooLarge, 0},
		"said to be too large":        {only{bytes.NewReader(picture(10))}, limit + 1, issuing.ErrInvalid, issuing.ErrTooLarge, 0},
		"too large, found on the way": {only{bytes.NewReader(picture(50 * limit))}, 0, issuing.ErrInvalid, issuing.ErrTooLarge, 1},
		"shorter than said":           {only{bytes.NewReader(picture(limit / 2))}, limit, issuing.ErrInvalid, nil, 1},
		"longer than said":            {only{bytes.NewReader(picture(limit))}, limit / 2, issuing.ErrInvalid, nil, 1},
		"breaks off":                  {&failing{limit / 2}, 0, issuing.ErrInvalid, nil, 1},
		"breaks at once":              {&failing{0}, 0, issuing.ErrInvalid, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFormServer(t)
			client := s.client(t, func(cfg *kazepay.Config) { cfg.MaxUpload = limit })
			req := sampleUser.upload(nil)
			req.File, req.Size = c.file, c.size
			info := issuing.CallInfo{Status: 1, Attempts: 7} // of an earlier call
			_, err := client.KYC.Upload(t.Context(), req, issuing.WithCallInfo(&info))
			if info.Op != "KYC.Upload" || info.Attempts != c.sent || info.Status == 1 {
				t.Errorf("%+v", info)
			}
			if c.want == nil {
				if err != nil || s.size != limit {
					t.Errorf("%d bytes, %v", s.size, err)
				}
				return
			}
			e := wantError(t, err, c.want)
			if c.also != nil && !errors.Is(e, c.also) {
				t.Errorf("%v", e)
			}
			if len(e.Fields) == 0 || e.Fields[0].Field != "file" {
				t.Errorf("%v", e)
			}
		})
	}
}

// A refused message number leaves the picture unread, so that the same stream can
// be sent with another.
func TestRefusedUploadReadsNothing(t *testing.T) {
	t.Parallel()
	s := newFormServer(t)
	client := s.client(t, nil)
	req := sampleUser.upload(nil)
	req.File = only{bytes.NewReader(picture(500))}
	_, err := client.KYC.Upload(t.Context(), req, issuing.WithIdempotencyKey("12a"))
	wantError(t, err, issuing.ErrInvalid)
	if _, err := client.KYC.Upload(t.Context(), req); err != nil || s.size != 500 {
		t.Errorf("%d bytes, %v", s.size, err)
	}
}

// flaky is a transport whose first dials fail.
func flaky(t testing.TB, failures int32) *http.Client {
	t.Helper()
	var dials atomic.Int32
	pool := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) <= failures {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("refused")}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	t.Cleanup(pool.CloseIdleConnections)
	return &http.Client{Transport: pool}
}

func TestUploadAgainWhenItNeverLeft(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]io.Reader{
		"seekable": bytes.NewReader(picture(5000)), "stream": only{bytes.NewReader(picture(5000))},
	} {
		s := newFormServer(t)
		client := s.client(t, nil, issuing.WithHTTPClient(flaky(t, 2)))
		req := sampleUser.upload(nil)
		req.File = file
		var info issuing.CallInfo
		if _, err := client.KYC.Upload(t.Context(), req, issuing.WithCallInfo(&info)); err != nil || s.size != 5000 || info.Attempts != 3 {
			t.Errorf("%s: %d bytes in %d attempts, %v", name, s.size, info.Attempts, err)
		}
	}
}

func TestUploadFromTheMiddleOfAFile(t *testing.T) {
	t.Parallel()
	s := newFormServer(t)
	file := bytes.NewReader(append([]byte("header"), picture(500)...))
	if _, err := file.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	req := sampleUser.upload(nil)
	req.File = file
	if _, err := s.client(t, nil).KYC.Upload(t.Context(), req); err != nil || s.size != 500 {
		t.Errorf("%d bytes, %v", s.size, err)
	}
}

func TestUploadHooksAndPrinting(t *testing.T) {
	t.Parallel()
	s := newFormServer(t)
	template := ""
	client := s.client(t, nil, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { template = e.Template }))
	if _, err := client.KYC.Upload(t.Context(), sampleUser.upload(picture(10))); err != nil || template != "/upload" {
		t.Errorf("%q, %v", template, err)
	}
	// The picture is behind an io.Reader of the caller's, which fmt would follow.
	req := sampleUser.upload([]byte(leaked))
	for _, v := range []any{req, &req, []any{req}, map[string]any{"k": req}, struct{ R *kazepay.UploadRequest }{&req}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%t", "%q"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, leaked[:8]) || strings.Contains(text, "52 57 51 55") || strings.Contains(text, "0x34, 0x39") || strings.Contains(text, "34393337") {
				t.Errorf("%T %s shows the picture: %s", v, verb, text)
			}
		}
		if text, err := json.Marshal(v); err != nil || bytes.Contains(text, []byte(leaked[:8])) {
			t.Errorf("%T as JSON: %s, %v", v, text, err)
		}
	}
}

func TestUploadOutcomeUnknown(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	inject(t, server, "KYC.Upload", issuingtest.DropAfter())
	_, err := client.KYC.Upload(t.Context(), user(1).upload(picture(100)))
	e := wantError(t, err, issuing.ErrOutcomeUnknown)
	if e.Key == "" || server.Requests("KYC.Upload") != 1 {
		t.Errorf("%v", e)
	}
}

// heapDuring returns by how much the heap grew at most while f ran, sampled
// whenever the picture is read.
func heapDuring(f func(sample func())) uint64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.GC() // what finalizers let go of
	runtime.ReadMemStats(&before)
	var grown uint64
	f(func() {
		runtime.ReadMemStats(&now)
		if now.HeapAlloc > before.HeapAlloc {
			grown = max(grown, now.HeapAlloc-before.HeapAlloc)
		}
	})
	return grown
}

// pattern is a picture of any size that needs no memory. It can seek.
type pattern struct {
	size, at int64
	sample   func()
	reads    int
}

func (p *pattern) Read(b []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	n := min(int64(len(b)), p.size-p.at)
	clear(b[:n])
	if p.at < 3 {
		copy(b[:n], "\xff\xd8\xff"[p.at:])
	}
	p.at += n
	if p.reads++; p.reads%16 == 0 && p.sample != nil {
		p.sample()
	}
	return int(n), nil
}

func (p *pattern) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.at
	case io.SeekEnd:
		offset += p.size
	}
	p.at = offset
	return offset, nil
}

const largePicture = 8 << 20

// TestUploadStreams does not run beside other tests, which would grow the heap.
func TestUploadStreams(t *testing.T) {
	for _, seek := range []bool{true, false} {
		s := newFormServer(t)
		client := s.client(t, func(cfg *kazepay.Config) { cfg.MaxUpload = 16 << 20 }, issuing.WithHTTPClient(flaky(t, 1)))
		grown := heapDuring(func(sample func()) {
			req := sampleUser.upload(nil)
			req.File = &pattern{size: largePicture, sample: sample}
			if !seek {
				req.File = only{req.File}
			}
			if _, err := client.KYC.Upload(t.Context(), req); err != nil {
				t.Error(err)
			}
			sample()
		})
		if s.size != largePicture || grown > 2<<20 {
			t.Errorf("seekable %t: %d bytes arrived, the heap grew by %d", seek, s.size, grown)
		}
	}
}

func BenchmarkUpload8MB(b *testing.B) {
	s := newFormServer(b)
	client := s.client(b, func(cfg *kazepay.Config) { cfg.MaxUpload = 16 << 20 })
	var grown uint64
	b.SetBytes(largePicture)
	b.ReportAllocs()
	for b.Loop() {
		s.parts = nil
		grown = max(grown, heapDuring(func(sample func()) {
			req := sampleUser.upload(nil)
			req.File = &pattern{size: largePicture, sample: sample}
			if _, err := client.KYC.Upload(b.Context(), req); err != nil {
				b.Fatal(err)
			}
		}))
	}
	b.ReportMetric(float64(grown), "heap-bytes")
}
