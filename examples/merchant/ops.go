package main

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"html/template"
	"net/http"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// pulse counts what is not final, and says how late the oldest due order is.
func (s *store) pulse(ctx context.Context) (counts map[state]int64, late time.Duration, err error) {
	counts = map[state]int64{stateQueued: 0, stateSending: 0, stateAccepted: 0, stateOpen: 0, stateReview: 0}
	err = s.each(ctx, s.db, func(rows *sql.Rows) error {
		var st state
		var n, milli int64
		if err := rows.Scan(&st, &n, &milli); err != nil {
			return err
		}
		counts[st] = n
		late = max(late, time.Duration(milli)*time.Millisecond)
		return nil
	}, `SELECT state, COUNT(*), COALESCE(MAX(CASE WHEN due_at > 0 THEN {now} - due_at ELSE 0 END), 0) FROM orders
		WHERE state IN ('queued', 'sending', 'accepted', 'open', 'review') GROUP BY state`)
	return counts, late, err
}

// maxRows bounds each table of the page.
const maxRows = 50

// overview is what the page shows.
type overview struct {
	Now         time.Time
	Counts      map[state]int64
	Late        time.Duration
	Open        []row
	Review      []row
	Jobs        []*rivertype.JobRow
	Callbacks   []sighting
	Orphans     []orphan
	Differences []difference
}

// row is an order on the page.
type row struct {
	*order
	Age, Next time.Duration
	Op        string
	Inquiry   []string // what a person asks
	Reversal  string
	Hint      string
}

// orphan is an event without an order.
type orphan struct {
	ID, Provider, Type string
	At                 time.Time
}

func (m *merchant) overview(ctx context.Context) (v overview, err error) {
	v = overview{Now: time.Now().UTC(), Callbacks: m.seen.list()}
	if v.Counts, v.Late, err = m.store.pulse(ctx); err != nil {
		return v, err
	}
	if v.Open, err = m.rows(ctx,
		"o.state IN ('queued', 'sending', 'accepted', 'open') ORDER BY o.created_at"); err != nil {
		return v, err
	}
	if v.Review, err = m.rows(ctx, "o.state = 'review' ORDER BY o.updated_at"); err != nil {
		return v, err
	}
	jobs, err := m.jobs.JobList(ctx, river.NewJobListParams().First(maxRows).
		States(rivertype.JobStateDiscarded, rivertype.JobStateCancelled,
			rivertype.JobStateRetryable).OrderBy(river.JobListOrderByID, river.SortOrderDesc))
	if err != nil {
		return v, err
	}
	v.Jobs = jobs.Jobs
	err = m.store.each(ctx, m.store.db, func(rows *sql.Rows) error {
		var o orphan
		var milli int64
		err := rows.Scan(&o.ID, &o.Provider, &o.Type, &milli)
		o.At = at(milli)
		v.Orphans = append(v.Orphans, o)
		return err
	}, "SELECT id, provider, type, received_at FROM events WHERE order_id = '' "+
		"ORDER BY received_at DESC LIMIT $1", maxRows)
	if err != nil {
		return v, err
	}
	v.Differences, err = m.store.differences(ctx)
	return v, err
}

// rows reads orders for the page.
func (m *merchant) rows(ctx context.Context, which string) (out []row, err error) {
	now := time.Now()
	err = m.store.each(ctx, m.store.db, func(rows *sql.Rows) error {
		o, err := m.store.scanOrder(rows)
		if err != nil {
			return err
		}
		r := row{order: o, Age: now.Sub(o.Created)}
		if !o.Due.IsZero() {
			r.Next = o.Due.Sub(now)
		}
		if p, c, err := m.callOf(o); err == nil {
			known := p.rows[c.op]
			r.Op, r.Inquiry, r.Reversal, r.Hint = c.op, known.Inquiry, known.Reversal, known.Note
		}
		out = append(out, r)
		return nil
	}, "SELECT "+orderColumns+" FROM orders o WHERE "+which+" LIMIT $1", maxRows)
	return out, err
}

func (s *store) differences(ctx context.Context) (out []difference, err error) {
	err = s.each(ctx, s.db, func(rows *sql.Rows) error {
		var d difference
		err := rows.Scan(&d.Provider, &d.Kind, &d.Ref, &d.Day, &d.Detail)
		out = append(out, d)
		return err
	}, "SELECT provider, kind, ref, day, detail FROM differences ORDER BY found_at DESC LIMIT $1", maxRows)
	return out, err
}

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.New("ops.html").Funcs(template.FuncMap{
	"short": func(d time.Duration) string {
		if d < 0 {
			return "now"
		}
		if d < time.Minute {
			return d.Round(time.Second).String()
		}
		return d.Round(time.Minute).String()
	},
	"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
	"lastError": func(j *rivertype.JobRow) string {
		if len(j.Errors) == 0 {
			return ""
		}
		return cut(j.Errors[len(j.Errors)-1].Error)
	},
}).ParseFS(pageFiles, "page/ops.html"))

// handlePage serves the page for operations. It is plain HTML without a script: what it
// shows came from platforms and callers, and none of it becomes markup.
func (m *merchant) handlePage(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", m.getPage)
	mux.HandleFunc("GET /ops.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pageFiles, "page/ops.css")
	})
	mux.HandleFunc("POST /settle", m.postSettleForm)
}

func (m *merchant) getPage(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	v, err := m.overview(ctx)
	var text bytes.Buffer
	if err == nil {
		err = pageTemplate.Execute(&text, v)
	}
	if err != nil {
		writeError(ctx, w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(text.Bytes())
}

// postSettleForm is the button. [http.CrossOriginProtection] lets no other site press it.
func (m *merchant) postSettleForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if _, err := m.settleNow(r.Context(), r.PostFormValue("order")); err != nil {
		writeError(r.Context(), w, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
