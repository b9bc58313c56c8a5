package uqpay

import (
	"bytes"
	"context"
	"io"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// ReportService orders and downloads reports.
type ReportService struct{ c *Client }

// ReportRequest orders a report.
type ReportRequest struct {
	Type  ReportType `json:"report_type"` // settlement or ledger; required
	Start time.Time  `json:"start_time"`  // required
	End   time.Time  `json:"end_time"`    // required
}

func (r ReportRequest) validate(p *check.Problems) {
	choice(p, "report_type", r.Type, needed)
	p.Required("start_time", !r.Start.IsZero())
	p.Required("end_time", !r.End.IsZero())
	if !r.Start.IsZero() && !r.End.IsZero() && r.End.Before(r.Start) {
		p.Add("end_time", "lies before start_time")
	}
}

// Report is a report that was ordered.
type Report struct {
	ID string `json:"report_id"` // see [ReportService.Download]
}

func (r *Report) incomplete() bool { return r.ID == "" || unusable(r.ID) }

// Create orders a report. issuing.report.created ([ReportCreated]) announces it.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours, or order another one.
func (s *ReportService) Create(ctx context.Context, req ReportRequest, opts ...issuing.CallOption) (*Report, error) {
	return call[Report](ctx, s.c, opReportCreate, req, opts)
}

// MaxReport bounds a report. A row has about 300 bytes, so it holds more than
// three million of them.
const MaxReport = 1 << 30

// Download writes a report, a CSV file, to w as it arrives; nothing of it is
// kept. It is there from its event on, for seven days. An error that comes after
// the first byte leaves a part in w; the call is not repeated then. The client's
// timeout bounds the whole download: for large reports use a clone with a longer
// one.
//
// Safety: read.
func (s *ReportService) Download(ctx context.Context, reportID string, w io.Writer, opts ...issuing.CallOption) error {
	_, err := call[struct{}](ctx, s.c, opReportDownload.at(reportID), &errorGuard{w: w}, opts)
	return err
}

// errorGuard is a download: it passes a file on and keeps an error body out of
// it, which can come under status 200: what starts like a JSON object is held
// back until it is too long for one.
type errorGuard struct {
	w      io.Writer
	held   []byte
	passed bool
}

func (g *errorGuard) validate(p *check.Problems) { p.Required("w", g.w != nil) }

// maxErrorBody bounds what is taken for an error body.
const maxErrorBody = 16 << 10

// Write implements io.Writer.
func (g *errorGuard) Write(p []byte) (int, error) {
	if g.passed {
		return g.w.Write(p)
	}
	g.held = append(g.held, p...)
	start := bytes.TrimLeft(g.held, " \t\r\n")
	if len(g.held) <= maxErrorBody && (len(start) == 0 || start[0] == '{') {
		return len(p), nil
	}
	return len(p), g.flush()
}

func (g *errorGuard) flush() error {
	g.passed = true
	held := g.held
	g.held = nil
	if len(held) == 0 {
		return nil
	}
	_, err := g.w.Write(held)
	return err
}

// finish returns the error body that was held back, or passes on what is none.
func (g *errorGuard) finish() ([]byte, error) {
	if !g.passed {
		if env := readEnvelope(g.held); env != nil && env.Message != "" {
			return g.held, nil
		}
	}
	return nil, g.flush()
}
