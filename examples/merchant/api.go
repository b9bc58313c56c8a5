package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"

	issuing "github.com/issuing-sdk/issuing-go"
)

// view is an order as the API shows it. Card numbers and tokens are never part of it.
type view struct {
	ID         string           `json:"id"`
	Provider   string           `json:"provider"`
	Kind       kind             `json:"kind"`
	Key        string           `json:"key"`
	Card       string           `json:"card,omitempty"`
	Amount     *issuing.Amount  `json:"amount,omitempty"`
	Currency   issuing.Currency `json:"currency,omitempty"`
	State      state            `json:"state"`
	Final      bool             `json:"final"`
	PlatformID string           `json:"platform_id,omitempty"`
	Code       string           `json:"code,omitempty"`
	Note       string           `json:"note,omitempty"`
	Questions  int64            `json:"questions"`
	CreatedAt  time.Time        `json:"created_at"`
	DueAt      *time.Time       `json:"due_at,omitempty"`
}

func viewOf(o *order) view {
	v := view{
		ID: o.ID, Provider: o.Provider, Kind: o.Kind, Key: o.Key, Card: o.Card, State: o.State, Final: o.State.final(),
		PlatformID: o.PlatformID, Code: o.Code, Note: o.Note, Questions: o.Asked, CreatedAt: o.Created,
	}
	if o.Request.Amount.IsSet() {
		v.Amount, v.Currency = &o.Request.Amount, o.Request.Currency
	}
	if !o.Due.IsZero() {
		v.DueAt = &o.Due
	}
	return v
}

// handleAPI serves the merchant's own API.
func (m *merchant) handleAPI(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/orders", m.postOrder)
	mux.HandleFunc("GET /v1/orders/{id}", m.getOrder)
	mux.HandleFunc("POST /v1/orders/{id}/settle", m.postSettle)
	mux.HandleFunc("POST /v1/reconciliations", m.postReconciliation)
	mux.HandleFunc("POST /v1/files/coshine/{day}", m.postFile)
	mux.HandleFunc("GET /v1/differences", m.getDifferences)
}

// maxRequest bounds the body of a request.
const maxRequest = 64 << 10

// failure is an answer that is no success.
type failure struct {
	status int
	text   string
}

func (f *failure) Error() string { return f.text }

func bad(format string, args ...any) error {
	return &failure{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// readJSON reads a body, in which every member has to be known.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return bad("the body is not the JSON that is expected: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return bad("something follows the JSON")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// writeError answers with what the caller can know, and logs the rest.
func writeError(ctx context.Context, w http.ResponseWriter, err error) {
	var f *failure
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		f = &failure{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", large.Limit)}
	case errors.As(err, &f):
	case errors.Is(err, sql.ErrNoRows):
		f = &failure{http.StatusNotFound, "there is no such order"}
	case errors.Is(err, errKeyUsed):
		f = &failure{http.StatusConflict, err.Error()}
	default:
		slog.ErrorContext(ctx, "request failed", "reason", err)
		f = &failure{http.StatusServiceUnavailable, "not stored: send it again, under the same key"}
	}
	writeJSON(w, f.status, map[string]string{"error": f.text})
}

// postOrder takes an order: 202 with the order, new or the one that has the key. It is
// sent by a job that is stored with it, so that nothing is sent that is not stored.
func (m *merchant) postOrder(w http.ResponseWriter, r *http.Request) {
	var req request
	err := readJSON(w, r, &req)
	if err == nil {
		err = m.check(&req)
	}
	var o *order
	if err == nil {
		o, err = m.take(r.Context(), req)
	}
	if err != nil {
		writeError(r.Context(), w, err)
		return
	}
	w.Header().Set("Location", "/v1/orders/"+o.ID)
	writeJSON(w, http.StatusAccepted, viewOf(o))
}

// maxKey bounds the caller's key.
const maxKey = 128

// check completes a request and refuses what could not be sent. What a provider wants
// beyond that its client says, before anything is sent.
func (m *merchant) check(r *request) error {
	p := m.providers[r.Provider]
	switch {
	case p == nil:
		return bad("provider %q is not configured", cut(r.Provider))
	case p.calls[r.Kind] == nil:
		return bad("%s has no %q", r.Provider, cut(string(r.Kind)))
	case r.Key == "" || len(r.Key) > maxKey || strings.ContainsFunc(r.Key, unicode.IsControl):
		return bad("key is 1 to %d bytes without control characters", maxKey)
	case (r.Card == "") != (r.Kind == kindApply) || strings.ContainsFunc(r.Card, unicode.IsControl):
		return bad("card is the order that opened the card, and an application has none")
	case r.Kind == kindDeposit && (!r.Amount.IsSet() || r.Amount.Sign() <= 0):
		return bad("amount is more than 0")
	}
	if r.Currency == "" {
		r.Currency = issuing.CurrencyUSD
	}
	return nil
}

// take stores an order and its job.
func (m *merchant) take(ctx context.Context, r request) (o *order, err error) {
	err = m.store.tx(ctx, func(tx *sql.Tx) error {
		// What the key stands for already is answered whatever has become of its card.
		var added bool
		if o, added, err = m.store.add(ctx, tx, r); err != nil || !added {
			return err
		}
		if r.Card != "" {
			if err := m.cardFor(ctx, tx, r); err != nil {
				return err
			}
		}
		_, err = m.jobs.InsertTx(ctx, tx, sendArgs{o.ID, o.Epoch}, nil)
		return err
	})
	return o, err
}

// cardFor checks that an order's card is there. The card's row is locked, so that two
// orders cannot both find that nothing else is under way.
func (m *merchant) cardFor(ctx context.Context, tx *sql.Tx, r request) error {
	card, err := m.store.order(ctx, tx, r.Card)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && (card.Provider != r.Provider || card.Kind != kindApply):
		return bad("card is no application at %s", r.Provider)
	case err != nil:
		return err
	case card.State != stateDone:
		return &failure{http.StatusConflict, "the card's application is " + string(card.State)}
	}
	c := m.providers[r.Provider].calls[r.Kind]
	if !c.alone {
		return nil
	}
	kinds := []kind{kindFreeze, kindUnfreeze, kindClose}
	if r.Kind == kindDeposit {
		kinds = []kind{kindDeposit}
	}
	rival, err := m.store.rival(ctx, tx, r, kinds)
	if err == nil && rival != "" {
		err = &failure{http.StatusConflict, "order " + rival + " for the card has to end first"}
	}
	return err
}

func (m *merchant) getOrder(w http.ResponseWriter, r *http.Request) {
	o, err := m.store.order(r.Context(), m.store.db, r.PathValue("id"))
	if err != nil {
		writeError(r.Context(), w, err)
		return
	}
	writeJSON(w, http.StatusOK, viewOf(o))
}

// settleNow has an order asked about at once. One in review is asked about again, and only
// asked: a person has it.
func (m *merchant) settleNow(ctx context.Context, id string) (o *order, err error) {
	err = m.store.tx(ctx, func(tx *sql.Tx) error {
		if o, err = m.store.order(ctx, tx, id); err != nil {
			return err
		}
		if !o.State.asks() && o.State != stateReview {
			return &failure{http.StatusConflict, "the order is " + string(o.State) + ": there is nothing to ask"}
		}
		o.Epoch++
		_, err = m.store.exec(ctx, tx,
			"UPDATE orders SET epoch = $1, due_at = CASE WHEN state = 'review' THEN 0 ELSE {now} + $2 END WHERE id = $3",
			o.Epoch, m.cfg.Lease.Milliseconds(), id)
		if err == nil {
			_, err = m.jobs.InsertTx(ctx, tx, settleArgs{id, o.Epoch}, nil)
		}
		return err
	})
	return o, err
}

func (m *merchant) postSettle(w http.ResponseWriter, r *http.Request) {
	o, err := m.settleNow(r.Context(), r.PathValue("id"))
	if err != nil {
		writeError(r.Context(), w, err)
		return
	}
	writeJSON(w, http.StatusAccepted, viewOf(o))
}
