package uqpaytest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"path/filepath"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// reportLife is how long a report can be downloaded.
const reportLife = 7 * 24 * time.Hour

func createReport(c *call) answer {
	s, f := c.s, c.read()
	r := &report{
		id: newID(), account: c.account, typ: uqpay.ReportType(f.word("report_type", true, "SETTLEMENT", "LEDGER")),
		start: f.when("start_time", true), end: f.when("end_time", true),
	}
	if a, refused := f.refused(); refused {
		return a
	}
	label := map[uqpay.ReportType]string{uqpay.ReportSettlement: "Card Settlement Report", uqpay.ReportLedger: "Issuing Ledger Report"}[r.typ]
	s.announce(r, uqpay.EventReportCreated, label, "")
	return ok(map[string]any{"report_id": r.id})
}

// announce stores a report and tells the merchant when it is ready.
func (s *Server) announce(r *report, event, label, key string) {
	s.state.reports[r.id] = r
	s.later(func() {
		r.ready, r.expires = true, s.now().Add(reportLife)
		s.push(event, r.id, map[string]any{
			"date_range":  r.start.In(zone).Format(time.DateOnly) + " - " + r.end.In(zone).Format(time.DateOnly),
			"expire_time": r.expires.In(zone).Format(time.DateTime), "report_id": r.id, "report_type": label, "secret_key": key,
		})
	})
}

func downloadReport(c *call) answer {
	r, found := c.s.state.reports[c.id]
	if !found || r.account != c.account || !r.ready || !c.s.now().Before(r.expires) {
		return refusal(400, uqpay.ErrorTypeNotFound, uqpay.CodeNotFound, "report not found or not ready")
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{{"transaction_id", "transaction_type", "currency", "amount", "time"}}
	within := func(t time.Time) bool { return !t.Before(r.start) && !t.After(r.end) }
	if r.typ == uqpay.ReportLedger {
		for _, e := range c.s.state.ledger {
			if e.AccountID == c.account && within(e.CreateTime) {
				rows = append(rows, []string{e.ID, string(e.Type), string(e.Currency), e.Amount.String(), stamp(e.CreateTime)})
			}
		}
	} else {
		for _, id := range c.s.state.txIDs {
			tx := c.s.state.transactions[id]
			if tx.account == c.account && tx.SettlementStatus == uqpay.SettlementSettled && within(tx.Time) {
				rows = append(rows, []string{tx.ID, string(tx.Type), string(tx.BillingCurrency), tx.BillingAmount.String(), stamp(tx.Time)})
			}
		}
	}
	_ = w.WriteAll(rows)
	return answer{status: 200, raw: out.Bytes(), kind: "application/octet-stream"}
}

func bulkCards(c *call) answer {
	s, f := c.s, c.read()
	f.digits("card_bin", true, 6, 8)
	if n := f.number("numbers", true); n < 1 {
		f.problem("numbers", "must be positive")
	}
	if a, refused := f.refused(); refused {
		return a
	}
	now := s.now()
	r := &report{id: newID(), account: c.account, typ: uqpay.ReportLedger, start: now, end: now}
	s.announce(r, uqpay.EventReportSucceeded, "Bulk Card Number Report", newID())
	return ok(map[string]any{"report_id": r.id, "expire_date": stamp(now.Add(reportLife))})
}

// uploadTypes are the files that the service takes.
var uploadTypes = []string{".jpeg", ".jpg", ".png", ".doc", ".docx", ".pdf"}

func uploadFile(c *call) answer {
	s := c.s
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return invalid("file: the body must be multipart/form-data")
	}
	notes := c.r.URL.Query().Get("notes")
	if len([]rune(notes)) > 50 {
		return invalid("notes: at most 50 characters")
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return invalid("file: is required")
		}
		if part.FormName() != "file" {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(part, uqpay.MaxUpload+1))
		name := part.FileName()
		switch {
		case err != nil:
			return invalid("file: broke off")
		case len(content) > uqpay.MaxUpload:
			return invalid("file: at most 20 MB")
		case !slices.Contains(uploadTypes, strings.ToLower(filepath.Ext(name))):
			return invalid("file: this type is not taken")
		}
		file := &uqpay.File{
			ID: newID(), Name: name, Type: strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), "."),
			Size: int64(len(content)), Notes: notes, CreateTime: s.now(),
		}
		s.state.files[file.ID] = file
		return ok(map[string]any{
			"create_time": stamp(file.CreateTime), "file_id": file.ID, "file_name": file.Name,
			"file_type": file.Type, "size": file.Size, "notes": file.Notes,
		})
	}
}

func fileLinks(c *call) answer {
	f := c.read()
	var ids []string
	if !f.has("file_ids") || json.Unmarshal(f.values["file_ids"], &ids) != nil || len(ids) == 0 {
		return invalid("file_ids: is required")
	}
	found, absent := []any{}, []string{}
	for _, id := range ids {
		file, there := c.s.state.files[id]
		if !there {
			absent = append(absent, id)
			continue
		}
		found = append(found, map[string]any{
			"file_id": id, "file_type": file.Type, "file_name": file.Name, "size": file.Size,
			"url": issuing.NewSecret("https://files.example.com/" + id + "?signature=" + newID()),
		})
	}
	return ok(map[string]any{"files": found, "absent_files": absent})
}
