//go:build unix

package main

import (
	"database/sql"
	"reflect"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// What each event says, and of which order; what names none is nothing.
func TestEvents(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	base := func(typ, source string) uqpay.EventBase { return uqpay.EventBase{EventType: typ, SourceID: source} }
	token := issuing.NewSecret("6299990000000000017")
	states := []kind{kindApply, kindFreeze, kindUnfreeze, kindClose}
	for name, test := range map[string]struct {
		provider string
		data     any
		want     told
	}{
		"opened": {"worldcard", &worldcard.CardOpened{CardID: "c", MerchantCardID: "o",
			Status: worldcard.OpenEventStatusSuccess},
			told{order: "o", evidence: evidence{finding: foundDone, id: "c", result: result{Card: "c"}}}},
		"not opened": {"worldcard", &worldcard.CardOpened{MerchantCardID: "o", Status: worldcard.OpenEventStatusFailed,
			FailureReason: "no"},
			told{order: "o", evidence: evidence{finding: foundRefused, note: "no"}}},
		"topped up": {"worldcard", &worldcard.CardDeposited{MerchantTransactionID: "o",
			Status: worldcard.DepositEventStatusSuccess},
			told{order: "o", ask: true}},
		"blocked": {"worldcard", &worldcard.CardStateChanged{CardID: "c", CardState: worldcard.CardStateBlocked},
			told{cardID: "c", kinds: []kind{kindFreeze}, ask: true}},
		"closed": {"worldcard", &worldcard.CardClosed{CardID: "c"},
			told{cardID: "c", kinds: []kind{kindClose}, evidence: evidence{finding: foundDone}}},
		"billed":  {"worldcard", &worldcard.CardBilled{CardID: "c"}, told{}},
		"unknown": {"worldcard", &webhook.Unknown{Type: "new"}, told{}},
		"legacy": {"legacy", &legacy.CardDeposited{MerOrderNo: "o", Status: legacy.OrderStatusSuccess},
			told{order: "o", ask: true}},
		"legacy card": {"legacy", &legacy.ApplicationCompleted{MerOrderNo: "o"}, told{order: "o", ask: true}},
		"kazepay": {"kazepay", &kazepay.CardDeposited{CardID: "c", TransactionID: "t"}, told{platformID: "t",
			kinds: []kind{kindDeposit}, ask: true}},
		"kazepay, no id": {"kazepay", &kazepay.CardDeposited{CardID: "c"}, told{cardID: "c", kinds: []kind{kindDeposit},
			ask: true}},
		"kazepay's state": {"kazepay", &kazepay.CardStateChanged{CardID: "c"}, told{cardID: "c", kinds: states, ask: true}},
		"uqpay": {"uqpay", &uqpay.CardDeposited{EventBase: base("card.recharge.succeeded", "s"),
			BalanceChange: uqpay.BalanceChange{CardID: "c"}},
			told{platformID: "s", evidence: evidence{finding: foundDone, result: result{Card: "c"}}}},
		"uqpay, failed": {"uqpay", &uqpay.CardCreated{EventBase: base("card.create.failed", "s")},
			told{platformID: "s", evidence: evidence{finding: foundRefused}}},
		"uqpay, older": {"uqpay", &uqpay.CardDeposited{EventBase: base("card.recharge.succeeded", ""),
			BalanceChange: uqpay.BalanceChange{OrderID: "o"}},
			told{platformID: "o", evidence: evidence{finding: foundDone}}},
		"unionpay": {"unionpay", &unionpay.TokenStateChanged{Token: token, State: unionpay.TokenStateSuspended},
			told{cardID: s.cfg.Key.Fingerprint([]byte("unionpay token " + token.Reveal())), kinds: []kind{kindFreeze},
				ask: true}},
		"unionpay, no order's state": {"unionpay", &unionpay.TokenStateChanged{Token: token, State: "INACTIVE"}, told{}},
	} {
		got := s.providers[test.provider].event(&webhook.Event{Provider: test.provider, Data: test.data})
		if !reflect.DeepEqual(got, test.want) || got.nothing() != reflect.DeepEqual(test.want, told{}) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// A platform may number cards and top-ups alike: what names a top-up is no application's.
func TestEventOfANumberThatACardHasToo(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, s *service) {
		card := s.card("kazepay")
		o := s.deposit("kazepay", card, "k")
		s.tell(o.ID, evidence{finding: foundAccepted, id: "platform's kazepay"})
		says := s.providers["kazepay"].event(&webhook.Event{
			Data: &kazepay.CardDeposited{CardID: "platform's kazepay", TransactionID: "platform's kazepay"},
		})
		open := told{platformID: "platform's kazepay"}
		ok(t, s.store.tx(t.Context(), func(tx *sql.Tx) error {
			if id, err := s.store.find(t.Context(), tx, "kazepay", says); err != nil || id != o.ID {
				t.Errorf("%s, %v, want %s and not the card's %s", id, err, o.ID, card)
			}
			id, err := s.store.find(t.Context(), tx, "kazepay", open)
			if err != nil || id == "" {
				t.Errorf("%q, %v", id, err)
			}
			return nil
		}))
	})
}

// A platform's reason may quote a card. It is kept in clear, and shown: without the number.
func TestReasonsQuoteNoCard(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("worldcard")
	const reason = "card 4242 4242 4242 4242 (4242424242424242) of order 12345678901 is blocked"
	for _, e := range []evidence{
		legacyApplied(&legacy.Application{Status: legacy.OrderStatusFailed, FailReason: reason}),
		uqpayOrdered(&uqpay.CardOrder{Status: uqpay.OrderStatusFailed, Message: reason}),
		uqpayOrder(&uqpay.Order{Status: uqpay.OrderStatusFailed, FailureCode: reason}),
		worldcardEvent(&webhook.Event{Data: &worldcard.CardOpened{Status: worldcard.OpenEventStatusFailed,
			FailureReason: reason}}).evidence,
	} {
		id := s.deposit("worldcard", card, rand8(t)).ID
		s.tell(id, e)
		got := s.has(id, stateRefused)
		want := "card [redacted] ([redacted]) of order 12345678901 is blocked"
		if got.Note != want && got.Code != want {
			t.Errorf("%q, %q", got.Note, got.Code)
		}
	}
}

// An event that tells a card's state goes to the order that is under way, and among those
// that have ended to the newest.
func TestEventsOfACard(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	card := s.card("worldcard")
	order := func(k kind, key string) string {
		o, err := s.take(t.Context(), request{Provider: "worldcard", Kind: k, Key: key, Card: card})
		ok(t, err)
		return o.ID
	}
	found := func(kinds ...kind) string {
		tx, err := s.store.db.BeginTx(t.Context(), nil)
		ok(t, err)
		defer func() { _ = tx.Rollback() }()
		id, err := s.store.find(t.Context(), tx, "worldcard", told{cardID: "platform's worldcard", kinds: kinds})
		ok(t, err)
		return id
	}
	if got := found(kindFreeze, kindClose); got != "" {
		t.Errorf("an order that is not there: %s", got)
	}
	first := order(kindFreeze, "1")
	s.tell(first, evidence{finding: foundDone})
	if got := found(kindFreeze, kindClose); got != first {
		t.Errorf("%s, want the one that has ended", got)
	}
	second := order(kindClose, "2")
	if got := found(kindFreeze, kindClose); got != second {
		t.Errorf("%s, want the one that is under way", got)
	}
	// The newest of a kind may have ended before an older one.
	ok(t, s.store.record(t.Context(), second, 0, "{}", time.Minute))
	s.tell(second, evidence{finding: foundNothing, epoch: 1})
	s.tell(order(kindClose, "3"), evidence{finding: foundRefused})
	if got := found(kindFreeze, kindClose); got != second {
		t.Errorf("%s, want the one in review", got)
	}
	if got := found(kindApply); got != card {
		t.Errorf("%s, want the application", got)
	}
}

// A callback has an order in review asked about once more: what a person waits for may be
// known by now.
func TestEventOfAnOrderInReview(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	o := s.deposit("worldcard", s.card("worldcard"), "k")
	ok(t, s.store.record(t.Context(), o.ID, o.Epoch, "{}", time.Minute))
	s.tell(o.ID, evidence{finding: foundNothing, epoch: 1, note: "nobody knows"})
	ok(t, s.store.tx(t.Context(), func(tx *sql.Tx) error { return s.askNow(t.Context(), tx, o.ID) }))
	got := s.has(o.ID, stateReview)
	if got.Epoch != 2 || !got.Due.IsZero() || got.Callbacks != 1 {
		t.Errorf("%+v", got)
	}
	if n := s.count("SELECT COUNT(*) FROM river_job WHERE kind = 'settle'"); n != 1 {
		t.Errorf("%d questions, want 1", n)
	}
}
