package uqpaytest

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// reportLife is how long a report can be downloaded.
const reportLife = 7 * 24 * time.Hour

func createReport(s *Server, c *call) (any, *refusal) {
	c.require("report_type", "start_time", "end_time")
	r := &report{
		owned: owned{c.account}, id: s.ids.UUID(), typ: uqpay.ReportType(c.word("report_type", "SETTLEMENT", "LEDGER")),
		start: c.when("start_time"), end: c.when("end_time"),
	}
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if r.end.Before(r.start) {
		return nil, invalid("end_time: lies before start_time")
	}
	label := map[uqpay.ReportType]string{uqpay.ReportTypeSettlement: "Card Settlement Report",
		uqpay.ReportTypeLedger: "Issuing Ledger Report"}[r.typ]
	s.announce(r, uqpay.EventReportCreated, label, "")
	return map[string]any{"report_id": r.id}, nil
}

// announce stores a report and tells the merchant when it is ready.
func (s *Server) announce(r *report, event, label, key string) {
	s.reports.add(r.id, r)
	s.later(func() {
		r.ready, r.expires = true, s.now().Add(reportLife)
		s.push(event, r.id, map[string]any{
			"date_range":  r.start.In(zone).Format(time.DateOnly) + " - " + r.end.In(zone).Format(time.DateOnly),
			"expire_time": r.expires.In(zone).Format(time.DateTime), "report_id": r.id, "report_type": label, "secret_key": key,
		})
	})
}

func downloadReport(s *Server, c *call) (any, *refusal) {
	r, missing := s.reports.find(c.account, c.id)
	if missing != nil || !r.ready || !s.now().Before(r.expires) {
		return nil, refuse(http.StatusBadRequest, uqpay.ErrorTypeNotFound, uqpay.CodeNotFound,
			"report not found or not ready")
	}
	rows := [][]string{{"transaction_id", "transaction_type", "currency", "amount", "time"}}
	add := func(account string, at time.Time, row ...string) {
		if account == c.account && !at.Before(r.start) && !at.After(r.end) {
			rows = append(rows, append(row, stamp(at)))
		}
	}
	if r.typ == uqpay.ReportTypeLedger {
		for _, e := range s.ledger.list {
			add(e.account, e.CreateTime, e.ID, string(e.Type), string(e.Currency), e.Amount.String())
		}
	} else {
		for _, tx := range s.transactions.list {
			if tx.SettlementStatus == uqpay.SettlementStatusSettled {
				add(tx.account, tx.Time, tx.ID, string(tx.Type), string(tx.BillingCurrency), tx.BillingAmount.String())
			}
		}
	}
	var out bytes.Buffer
	_ = csv.NewWriter(&out).WriteAll(rows)
	return csvFile(out.Bytes()), nil
}

func bulkCards(s *Server, c *call) (any, *refusal) {
	c.require("card_bin", "numbers")
	bin := c.digits("card_bin", 6, 8).Reveal()
	if len(bin) == 7 {
		c.problem("card_bin", "must have 6 or 8 digits")
	}
	if c.number("numbers") > uqpay.MaxBulk {
		c.problem("numbers", "is above the limit")
	}
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if !slices.ContainsFunc(s.products, func(p uqpay.Product) bool { return p.BIN == bin }) {
		return nil, accountError("card product not found")
	}
	now := s.now()
	r := &report{owned: owned{c.account}, id: s.ids.UUID(), typ: uqpay.ReportTypeLedger, start: now, end: now}
	s.announce(r, uqpay.EventReportSucceeded, "Bulk Card Number Report", s.ids.UUID())
	return map[string]any{"report_id": r.id, "expire_date": stamp(now.Add(reportLife))}, nil
}

// uploadTypes are the files that the service takes.
var uploadTypes = []string{".jpeg", ".jpg", ".png", ".doc", ".docx", ".pdf"}

func uploadFile(s *Server, c *call) (any, *refusal) {
	part, head, err := c.r.FormFile("file")
	if err != nil {
		return nil, invalid("file: is required, in a body of multipart/form-data")
	}
	_ = part.Close() // its content is of no interest
	// The page has the notes in the query, one of UQPAY's libraries in the form.
	notes := cmp.Or(c.query.Get("notes"), c.r.PostFormValue("notes"))
	if len([]rune(notes)) > 50 {
		return nil, invalid("notes: at most 50 characters")
	}
	extension := strings.ToLower(filepath.Ext(head.Filename))
	switch {
	case head.Size > uqpay.MaxUpload:
		return nil, invalid("file: at most 20 MB")
	case !slices.Contains(uploadTypes, extension):
		return nil, invalid("file: this type is not taken")
	}
	file := &uqpay.File{
		ID: s.ids.UUID(), Name: head.Filename, Type: strings.TrimPrefix(extension, "."),
		Size: head.Size, Notes: notes, CreateTime: s.now(),
	}
	s.files[file.ID] = file
	return map[string]any{
		"create_time": stamp(file.CreateTime), "file_id": file.ID, "file_name": file.Name,
		"file_type": file.Type, "size": file.Size, "notes": file.Notes,
	}, nil
}

func fileLinks(s *Server, c *call) (any, *refusal) {
	ids := c.list("file_ids")
	if len(ids) == 0 {
		c.problem("file_ids", "is required")
	}
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	found, absent := []any{}, []string{}
	for _, id := range ids {
		file, there := s.files[id]
		if !there {
			absent = append(absent, id)
			continue
		}
		found = append(found, map[string]any{
			"file_id": id, "file_type": file.Type, "file_name": file.Name, "size": file.Size,
			"url": issuing.NewSecret("https://files.example.com/" + id + "?signature=" + s.ids.UUID()),
		})
	}
	return map[string]any{"files": found, "absent_files": absent}, nil
}
