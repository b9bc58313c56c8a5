package coshine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
)

// effect is what a card says about an operation.
type effect int

const (
	untold   effect = iota // its state does not tell
	happened               // it is as the operation leaves it
	missing                // it is as the operation finds it
)

// letters is how a client reads the letters of cards.
type letters struct {
	Dialect
	lost LostMeaning
}

// reading tells an operation's effect from a card.
type reading func(l letters, card *Card, w sought) effect

// changed reads the card of an operation. What it says holds for the time of the reading:
// somebody else may have changed the card since, or before.
func (c *Client) changed(read reading) func(context.Context, sought) (*Ack, error) {
	return func(ctx context.Context, w sought) (*Ack, error) {
		card, reply, err := c.find(ctx, w)
		if err != nil {
			return nil, err
		}
		switch read(letters{c.cfg.CardStatus, c.cfg.CardStatusLost}, card, w) {
		case happened:
			return &Ack{reply}, nil
		case missing:
			return nil, nil
		}
		return nil, errUntold
	}
}

var (
	errUntold = errors.New("the card's state does not tell; without Config.CardStatus only the letters tell " +
		"on which both of Coshine's tables agree")
	errNoToken   = errors.New("the request named no card token, by which alone the inquiries ask")
	errOtherCard = errors.New("the answer is about another card")
	errNoCard    = errors.New("the card is not among the customer's")
)

// find reads the card of a write: in the customer's list, whose fields are published, when
// the write names the customer, else alone.
func (c *Client) find(ctx context.Context, w sought) (*Card, Reply, error) {
	token, customer := CardToken(w.Card), w.Details["customerId"]
	if token == "" {
		return nil, Reply{}, errNoToken
	}
	var listErr error
	if customer != "" {
		list, err := c.Customers.Cards(ctx, CustomerRequest{CustomerID: customer}, onBehalf(w))
		if err == nil {
			for i := range list.Cards {
				if list.Cards[i].CardToken == token {
					return &list.Cards[i], list.Reply, nil
				}
			}
			err = errNoCard
		}
		listErr = err
	}
	info, err := c.Cards.Card(ctx, CardRequest{CardToken: token}, onBehalf(w))
	switch {
	case err != nil:
		return nil, Reply{}, errors.Join(listErr, err)
	case info.CardToken != "" && info.CardToken != token:
		return nil, Reply{}, errOtherCard
	}
	return &info.Card, info.Reply, nil
}

// means reports whether a letter stands for one of some states, whichever of the tables
// that the dialect leaves possible is right.
func (l letters) means(s CardStatus, states ...CardState) bool {
	tables := []map[CardStatus]CardState{portalStatuses, referenceStatuses}
	switch l.Dialect {
	case DialectPortal:
		tables = tables[:1]
	case DialectReference:
		tables = tables[1:]
	}
	known := false
	for _, table := range tables {
		state, ok := table[s]
		if ok && !slices.Contains(states, state) {
			return false
		}
		known = known || ok
	}
	return known
}

// between is the effect of an operation that leads from some states to others.
func between(l letters, s CardStatus, from, to []CardState) effect {
	switch {
	case l.means(s, to...):
		return happened
	case l.means(s, from...):
		return missing
	}
	return untold
}

var (
	active    = []CardState{CardStateActive}
	inactive  = []CardState{CardStateInactive}
	usable    = []CardState{CardStateActive, CardStateInactive}
	lost      = []CardState{CardStateLost}
	pinLocked = []CardState{CardStatePasswordLocked}
	cancelled = []CardState{CardStateCancelled}

	// lasting are the states in which a card is not cancelled, which is final.
	lasting = []CardState{
		CardStateActive, CardStateInactive, CardStateLost, CardStatePasswordLost, CardStatePasswordLocked,
		CardStateCounterfeit, CardStatePending, CardStateExpired,
	}
)

func activated(l letters, card *Card, _ sought) effect {
	return between(l, card.CardStatus, inactive, active)
}

func closed(l letters, card *Card, _ sought) effect {
	return between(l, card.CardStatus, lasting, cancelled)
}

// optioned reads the field that the operation of a flag changes. That a PIN is locked has
// a letter in one of the tables alone, and that the lock of a flag shows in it is not
// published: it proves something only where it shows.
func optioned(l letters, card *Card, w sought) effect {
	switch CardOptFlag(w.Details["cardOptFlag"]) {
	case CardOptFlagFreeze:
		return blocked(card, BlockStatusNormal, BlockStatusFrozen)
	case CardOptFlagUnfreeze:
		return blocked(card, BlockStatusFrozen, BlockStatusNormal)
	case CardOptFlagReportLost:
		if l.vague(card) {
			return untold
		}
		return between(l, card.CardStatus, usable, lost)
	case CardOptFlagWithdrawLoss:
		if l.vague(card) {
			return untold
		}
		return between(l, card.CardStatus, lost, usable)
	case CardOptFlagLockPIN:
		return between(l, card.CardStatus, nil, pinLocked)
	case CardOptFlagUnlockPIN:
		return between(l, card.CardStatus, pinLocked, nil)
	}
	return untold
}

// vague reports whether the letter of a card may be that of a freeze.
func (l letters) vague(card *Card) bool {
	return l.lost == LostMeaningBlocked && card.CardStatus == CardStatusLost && card.BlockStatus != BlockStatusNormal
}

func blocked(card *Card, from, to BlockStatus) effect {
	switch card.BlockStatus {
	case to:
		return happened
	case from:
		return missing
	}
	return untold
}

func expires(_ letters, card *Card, w sought) effect {
	switch want := w.Details["expiryDate"]; {
	case want == "" || !card.ExpiryDate.Valid():
		return untold
	case string(card.ExpiryDate) == want:
		return happened
	}
	return missing
}

// ownNumber is the name of the number that an application chose, among its secrets.
const ownNumber = "cardNumber"

// applied looks for the card of an application among the customer's. Only a number that
// the application chose tells it from another: the list shows no tranId. Without one, or
// where the list masks numbers, a card that fits may be an older application's.
func (c *Client) applied(ctx context.Context, w sought) (*Application, error) {
	customer := w.Details["customerId"]
	list, err := c.Customers.Cards(ctx, CustomerRequest{CustomerID: customer}, onBehalf(w))
	if err != nil {
		return nil, err
	}
	var alike []CardToken
	for i := range list.Cards {
		card := &list.Cards[i]
		if !c.fits(card, w) {
			continue
		}
		if w.Same(ownNumber, card.CardNumber) {
			return &Application{
				Reply: list.Reply, CustomerID: customer, CardNumber: card.CardNumber, CardToken: card.CardToken,
				ExpiryDate: card.ExpiryDate,
			}, nil
		}
		alike = append(alike, card.CardToken)
	}
	if len(alike) > 0 {
		return nil, fmt.Errorf("nothing in a list of cards names the application that made one; "+
			"it may be the card with the token %q", alike)
	}
	return nil, nil
}

// fits reports whether a card may be an application's, as far as it says.
func (c *Client) fits(card *Card, w sought) bool {
	flag, product := CardFlag(w.Details["cardFlag"]), CardProdCode(w.Details["cardProdCode"])
	day := issuing.DateOf(w.SentAt.In(c.cfg.Zone).AddDate(0, 0, -1)) // in whatever zone the platform counts
	return (card.CardFlag == "" || card.CardFlag == flag) &&
		(card.CardProdCode == "" || card.CardProdCode == product) &&
		(card.OpenDate.IsZero() || card.OpenDate >= day)
}
