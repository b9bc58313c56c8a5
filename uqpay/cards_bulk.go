package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// BulkRequest orders card numbers.
type BulkRequest struct {
	BIN   string `json:"card_bin"` // 6 or 8 digits; required
	Count int    `json:"numbers"`  // how many, at most MaxBulk; required
}

// MaxBulk is how many card numbers can be ordered at once, as UQPAY's libraries have it.
const MaxBulk = 5000

func (r BulkRequest) validate(p *check.Problems) {
	p.Digits("card_bin", issuing.NewSecret(r.BIN), 6, 8)
	if len(r.BIN) == 7 {
		p.Add("card_bin", "has 7 digits, 6 or 8 are needed")
	}
	if r.Count < 1 || r.Count > MaxBulk {
		p.Add("numbers", "must lie between 1 and %d", MaxBulk)
	}
}

// BulkReport is where ordered card numbers will be.
type BulkReport struct {
	ReportID   string    `json:"report_id"`   // see [ReportService.Download]
	ExpireDate time.Time `json:"expire_date"` // until when; zero when it cannot be read
}

func (r *BulkReport) incomplete() bool { return r.ReportID == "" || unusable(r.ReportID) }

// Bulk orders card numbers of a BIN, where UQPAY has turned that on. The file is
// announced by issuing.report.succeeded ([ReportCreated]), whose secret key opens
// it.
//
// Experimental: only libraries of UQPAY have it, no page describes it.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown give the pending to
// [Client.Settle] with issuing.WithResend(req) within 24 hours.
func (s *CardService) Bulk(ctx context.Context, req BulkRequest, opts ...issuing.CallOption) (*BulkReport, error) {
	return call[BulkReport](ctx, s.c, opCardBulk, req, opts)
}
