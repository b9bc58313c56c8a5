package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// handleCallbacks serves every provider's callbacks at /callbacks/{provider}, and where the
// address has to name the type, at /callbacks/{provider}/{type}. Claim, event and what it
// makes of its order are one transaction, and the acknowledgement follows its commit.
func (m *merchant) handleCallbacks(mux *http.ServeMux) {
	for name, p := range m.providers {
		handler := sqldedupe.NewHandler(m.claims, p.source, m.received(p), webhook.WithObserver(m.callbackSeen))
		mux.Handle("POST /callbacks/"+name, handler)
		mux.Handle("POST /callbacks/"+name+"/{type}", handler)
	}
}

// received is what happens to an event of a provider, within its claim's transaction.
func (m *merchant) received(p *provider) sqldedupe.Func {
	return func(ctx context.Context, tx *sql.Tx, ev *webhook.Event) error {
		if ev.Question && p.answer != nil {
			if err := p.answer(ctx, ev); err != nil {
				return err
			}
		}
		sealed, err := m.sealed(ev)
		if err != nil {
			return err
		}
		id, says, order := m.eventID(ev), p.event(ev), ""
		if says.nothing() {
			order = noOrder
		}
		// Claims are swept, and these rows stay: one that comes again after that is none.
		n, err := m.store.exec(ctx, tx, `INSERT INTO events (id, provider, type, sealed, order_id, received_at)
			VALUES ($1, $2, $3, $4, $5, {now}) ON CONFLICT DO NOTHING`, id, ev.Provider, cut(ev.Type), sealed, order)
		if err != nil || n == 0 || order == noOrder {
			return err
		}
		found, err := m.apply(ctx, tx, p, id, says)
		if err != nil || found {
			return err
		}
		_, err = m.jobs.InsertTx(ctx, tx, eventArgs{id}, nil)
		return err
	}
}

// noOrder stands with events that are about no order, such as a purchase.
const noOrder = "-"

// nothing reports whether an event names nothing that could be an order's.
func (t told) nothing() bool { return t.order == "" && t.platformID == "" && t.cardID == "" }

// sealed is an event as it is stored. A question has been answered, so that only what was
// asked is kept.
func (m *merchant) sealed(ev *webhook.Event) (string, error) {
	if ev.Question {
		return m.cfg.Key.Seal([]byte(ev.Raw.Reveal()))
	}
	return m.sealer.Seal(ev)
}

// eventID is what an event is stored by: its id, and where it has none, one that cannot be
// stored or one of another kind as a question has, its content.
func (m *merchant) eventID(ev *webhook.Event) string {
	if ev.ID == "" || ev.Question || cut(ev.ID) != ev.ID {
		return ev.Provider + ":" + m.cfg.Key.Fingerprint([]byte(ev.Type+"\n"+ev.Raw.Reveal()))
	}
	return ev.Provider + ":" + ev.ID
}

// apply gives an event to its order, and reports whether there is one.
func (m *merchant) apply(ctx context.Context, tx *sql.Tx, p *provider, id string, says told) (found bool, err error) {
	order, err := m.store.find(ctx, tx, p.name, says)
	if err != nil || order == "" {
		return false, err
	}
	if _, err := m.store.exec(ctx, tx, "UPDATE events SET order_id = $1 WHERE id = $2", order, id); err != nil {
		return false, err
	}
	if says.ask {
		return true, m.askNow(ctx, tx, order)
	}
	if _, err := m.store.exec(ctx, tx, "UPDATE orders SET callbacks = callbacks + 1 WHERE id = $1", order); err != nil {
		return false, err
	}
	says.evidence.from, says.evidence.wait = "callback", m.cfg.Steps[0]
	_, err = m.store.advance(ctx, tx, order, says.evidence)
	return true, err
}

// askNow has an order asked about that an event was about.
func (m *merchant) askNow(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := m.store.exec(ctx, tx, "UPDATE orders SET callbacks = callbacks + 1 WHERE id = $1", id)
	if err != nil {
		return err
	}
	n, err := m.store.exec(ctx, tx, `UPDATE orders SET epoch = epoch + 1,
		due_at = CASE WHEN state = 'review' THEN 0 ELSE {now} + $1 END
		WHERE id = $2 AND state IN ('accepted', 'open', 'review')`, m.cfg.Lease.Milliseconds(), id)
	if err != nil || n == 0 {
		return err
	}
	o, err := m.store.order(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = m.jobs.InsertTx(ctx, tx, settleArgs{id, o.Epoch}, nil)
	return err
}

// find returns the order that an event is about, "" when there is none.
func (s *store) find(ctx context.Context, tx *sql.Tx, provider string, t told) (id string, err error) {
	t.order, t.platformID, t.cardID = cut(t.order), cut(t.platformID), cut(t.cardID) // as advance stores them
	switch {
	case t.order != "":
		err = s.row(ctx, tx, "SELECT id FROM orders WHERE provider = $1 AND id = $2", provider, t.order).Scan(&id)
	case t.platformID != "":
		only := "" // a platform may number cards and top-ups alike
		if len(t.kinds) == 1 {
			only = string(t.kinds[0])
		}
		err = s.row(ctx, tx, "SELECT id FROM orders WHERE provider = $1 AND platform_id = $2 AND (kind = $3 OR $3 = '')",
			provider, t.platformID, only).Scan(&id)
	case t.cardID != "":
		return s.findByCard(ctx, tx, provider, t)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// findByCard prefers an order that has not ended, and among those the newest.
func (s *store) findByCard(ctx context.Context, tx *sql.Tx, provider string, t told) (string, error) {
	var card string
	err := s.row(ctx, tx, "SELECT id FROM orders WHERE provider = $1 AND platform_id = $2 AND kind = 'apply'", provider,
		t.cardID).Scan(&card)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	best, ended := "", ""
	for _, k := range t.kinds {
		column := "card"
		if k == kindApply {
			column = "id"
		}
		var id string
		var st state
		err := s.row(ctx, tx, "SELECT id, state FROM orders WHERE "+column+" = $1 AND kind = $2 "+
			"ORDER BY CASE WHEN state IN ('done', 'refused') THEN 1 ELSE 0 END, id DESC LIMIT 1", card, k).Scan(&id, &st)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return "", err
		case !st.final() && id > best:
			best = id
		case st.final() && id > ended:
			ended = id
		}
	}
	if best == "" {
		best = ended
	}
	return best, nil
}

// adopt tries once more to find the order of an event that has none.
func (m *merchant) adopt(ctx context.Context, id string) (found bool, err error) {
	err = m.store.tx(ctx, func(tx *sql.Tx) error {
		var provider, sealed, order string
		err := m.store.row(ctx, tx, "SELECT provider, sealed, order_id FROM events WHERE id = $1", id).
			Scan(&provider, &sealed, &order)
		if err != nil || order != "" {
			found = order != ""
			return err
		}
		p := m.providers[provider]
		if p == nil {
			return errors.New("provider " + provider + " is not configured")
		}
		ev, err := m.sealer.Open(sealed, p.source)
		if err != nil {
			return err
		}
		found, err = m.apply(ctx, tx, p, id, p.event(ev))
		return err
	})
	return found, err
}

// seen are the last callbacks that this process was sent, for the page. They are kept in
// memory: anybody can send what is refused.
type seen struct {
	mu   sync.Mutex
	last []sighting
}

type sighting struct {
	At      time.Time
	Report  webhook.Report
	Reason  string
	Refused bool
}

const maxSeen = 50

func (s *seen) add(r webhook.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry := sighting{At: time.Now().UTC(), Report: r, Refused: !r.Outcome.Acknowledged()}
	if r.Err != nil {
		entry.Reason = cut(r.Err.Error())
	}
	if len(s.last) == maxSeen {
		s.last = s.last[1:]
	}
	s.last = append(s.last[:len(s.last):len(s.last)], entry)
}

// list returns the newest first.
func (s *seen) list() []sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]sighting, 0, len(s.last))
	for i := len(s.last) - 1; i >= 0; i-- {
		out = append(out, s.last[i])
	}
	return out
}
