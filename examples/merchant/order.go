package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// state is where an order stands.
type state string

// The states. README.md has the crossings.
const (
	stateQueued   state = "queued"   // stored, to be sent
	stateSending  state = "sending"  // recorded; the first byte may have left
	stateAccepted state = "accepted" // the platform has it and is at it
	stateOpen     state = "open"     // nobody knows; it is asked for
	stateReview   state = "review"   // no program can find out: a person decides
	stateDone     state = "done"     // carried out; final
	stateRefused  state = "refused"  // not carried out, and never will be; final
)

func (s state) final() bool { return s == stateDone || s == stateRefused }

// asks reports whether the platform is asked about orders in this state.
func (s state) asks() bool { return s == stateSending || s == stateAccepted || s == stateOpen }

// kind is what an order wants.
type kind string

// The kinds. Not every provider has every one.
const (
	kindApply    kind = "apply"
	kindActivate kind = "activate"
	kindDeposit  kind = "deposit"
	kindFreeze   kind = "freeze"
	kindUnfreeze kind = "unfreeze"
	kindClose    kind = "close"
)

// request is what the API's caller wants, as it is stored, sealed.
type request struct {
	Provider string           `json:"provider"`
	Kind     kind             `json:"kind"`
	Key      string           `json:"key"`                // the caller's own; one order for each
	Card     string           `json:"card,omitzero"`      // the order that opened the card
	Amount   issuing.Amount   `json:"amount,omitzero"`    // deposits, and what a new card begins with
	Currency issuing.Currency `json:"currency,omitzero"`  // empty is USD
	Product  string           `json:"product,omitzero"`   // of an application, in the provider's words
	BIN      string           `json:"bin,omitzero"`       // of an application, where there is a choice
	Holder   holder           `json:"holder,omitzero"`    // of an application
	Device   string           `json:"device,omitzero"`    // UnionPay: what the token is for
	AuthData text             `json:"auth_data,omitzero"` // UnionPay: the issuer's authorization, from its link
}

// holder is whose card it will be. Which fields are needed depends on the provider.
type holder struct {
	ID          string           `json:"id,omitzero"` // the merchant's own, at Coshine
	Document    text             `json:"document,omitzero"`
	FirstName   issuing.Personal `json:"first_name,omitzero"`
	LastName    issuing.Personal `json:"last_name,omitzero"`
	Email       issuing.Personal `json:"email,omitzero"`
	Phone       issuing.Personal `json:"phone,omitzero"`
	PhonePrefix string           `json:"phone_prefix,omitzero"`
	Country     string           `json:"country,omitzero"`
}

// text is a secret that goes into a sealed column whole, and prints as [redacted].
type text string

func (text) String() string   { return "[redacted]" }
func (text) GoString() string { return "[redacted]" }

func (t text) secret() issuing.Secret { return issuing.NewSecret(string(t)) }

// result is what the platform said of an order, as it is stored, sealed: what later orders
// for the card need.
type result struct {
	Card   text   `json:"card,omitzero"`   // the platform's handle of the card; of some it is the number
	ID     string `json:"id,omitzero"`     // the platform's id of the order
	Device string `json:"device,omitzero"` // UnionPay
	Status string `json:"status,omitzero"`
	// Coshine's activation proves these, which its application alone tells. They are erased
	// with it.
	Expiry string `json:"expiry,omitzero"`
	CVV2   text   `json:"cvv2,omitzero"`
}

// order is a row. Its request and result are opened.
type order struct {
	ID, Provider, Key, Card string
	Kind                    kind
	State                   state
	Epoch, Asked            int64
	Pending                 string
	Due, Sent, Created      time.Time
	PlatformID, Code, Note  string
	Callbacks               int64
	Request                 request
	Result                  result
}

// pending is what was recorded before it was sent.
func (o *order) pending() (p issuing.Pending, ok bool, err error) {
	if o.Pending == "" {
		return p, false, nil
	}
	err = json.Unmarshal([]byte(o.Pending), &p)
	return p, err == nil, err
}

// newOrderID draws an id that is also the platform's key: digits alone, because KazePay
// takes up to 24 digits, Coshine letters and digits, UnionPay at least 17 of them.
func newOrderID(now time.Time) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%013d%011d", now.UnixMilli(), n), nil
}

const orderColumns = "o.id, o.provider, o.kind, o.key, o.card, o.request, o.state, o.epoch, o.asked, o.pending, " +
	"o.due_at, o.sent_at, o.created_at, o.platform_id, o.code, o.note, o.callbacks, o.result"

// scanOrder reads orderColumns.
func (s *store) scanOrder(row interface{ Scan(...any) error }) (*order, error) {
	var o order
	var due, sent, created int64
	var sealedRequest, sealedResult []byte
	err := row.Scan(&o.ID, &o.Provider, &o.Kind, &o.Key, &o.Card, &sealedRequest, &o.State, &o.Epoch, &o.Asked,
		&o.Pending, &due,
		&sent, &created, &o.PlatformID, &o.Code, &o.Note, &o.Callbacks, &sealedResult)
	if err != nil {
		return nil, err
	}
	o.Due, o.Sent, o.Created = at(due), at(sent), at(created)
	if err := s.open(sealedRequest, "request "+o.ID, &o.Request); err != nil {
		return nil, err
	}
	return &o, s.open(sealedResult, "result "+o.ID, &o.Result)
}

func at(milli int64) time.Time {
	if milli == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milli).UTC()
}

// order reads an order, sql.ErrNoRows when there is none. In a transaction it is locked.
func (s *store) order(ctx context.Context, in session, id string) (*order, error) {
	lock := ""
	if _, inside := in.(*sql.Tx); inside {
		lock = " {lock}"
	}
	return s.scanOrder(s.row(ctx, in, "SELECT "+orderColumns+" FROM orders o WHERE o.id = $1"+lock, id))
}

// errKeyUsed says that the caller's key stands for another request.
var errKeyUsed = errors.New("the key was used for another request")

// add stores a new order. Where the caller's key is known it returns the order that it
// stands for, and errKeyUsed when that wants something else.
func (s *store) add(ctx context.Context, tx *sql.Tx, r request) (o *order, added bool, err error) {
	id, err := newOrderID(time.Now())
	if err != nil {
		return nil, false, err
	}
	sealed, err := s.seal(r, "request "+id)
	if err != nil {
		return nil, false, err
	}
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, false, err
	}
	digest := s.key.Fingerprint(plain)
	n, err := s.exec(ctx, tx,
		`INSERT INTO orders (id, provider, kind, key, digest, card, request, state, epoch, pending, sent_at,
		due_at, asked, platform_id, result, code, note, callbacks, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, '', 0, {now} + $8, 0, '', $9, '', '', 0, {now}, {now})
		ON CONFLICT DO NOTHING`,
		id, r.Provider, r.Kind, r.Key, digest, r.Card, sealed, s.lease.Milliseconds(), []byte{})
	if err != nil {
		return nil, false, err
	}
	if n == 1 {
		o, err = s.order(ctx, tx, id)
		return o, true, err
	}
	var known string
	err = s.row(ctx, tx, "SELECT id, digest FROM orders WHERE provider = $1 AND key = $2", r.Provider, r.Key).Scan(&id,
		&known)
	if err != nil {
		return nil, false, err
	}
	if known != digest {
		return nil, false, errKeyUsed
	}
	o, err = s.order(ctx, tx, id)
	return o, false, err
}

// rival returns the id of an order for the same card that has to end first, "" for none:
// two that change a card's state at once could overtake each other, and a top-up that
// only a list shows can be told from no other that is under way.
func (s *store) rival(ctx context.Context, tx *sql.Tx, r request, kinds []kind) (string, error) {
	for _, k := range kinds {
		var id string
		err := s.row(ctx, tx, `SELECT id FROM orders WHERE card = $1 AND kind = $2 AND key <> $3
			AND state IN ('queued', 'sending', 'accepted', 'open')`, r.Card, k, r.Key).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return id, err
		}
	}
	return "", nil
}
