package unionpaytest

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// CardStatus is what the issuer knows of a card.
type CardStatus int

// Card statuses.
const (
	CardStatusNormal     CardStatus = iota // usable
	CardStatusLost                         // reported lost: 41
	CardStatusStolen                       // reported stolen: 43
	CardStatusExpired                      // expired: 54
	CardStatusRestricted                   // restricted: 62
)

func (c CardStatus) code() unionpay.Code {
	return map[CardStatus]unionpay.Code{
		CardStatusNormal: unionpay.CodeApproved,
		CardStatusLost:   unionpay.CodeCardLost, CardStatusStolen: unionpay.CodeCardStolen,
		CardStatusExpired: unionpay.CodeCardExpired, CardStatusRestricted: unionpay.CodeRestrictedCard,
	}[c]
}

type card struct {
	id       string
	issuerID string
	pan      issuing.Secret
	expiry   string // MM/YY
	status   CardStatus
}

// authorization is one push of the issuer's.
type authorization struct {
	pushID    string
	nonce     string
	requestor string
	card      *card
	made      time.Time
	used      bool
}

// AddCard has the issuer issue a card and returns the issuer's id of it.
func (s *Server) AddCard(status CardStatus) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprintf("CARD-%06d", len(s.cards)+1)
	s.cards[id] = &card{
		id: id, issuerID: DefaultIssuerID, pan: ledger.PAN("625094", uint64(len(s.cards)+1), 16),
		expiry: s.now().AddDate(3, 0, 0).Format("01/06"), status: status,
	}
	return id
}

// SetCardStatus changes what the issuer knows of a card.
func (s *Server) SetCardStatus(cardID string, status CardStatus) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cards[cardID]
	if !ok {
		return errNoCard
	}
	c.status = status
	return nil
}

var errNoCard = errors.New("unionpaytest: no such card")

// PAN returns a card's number.
func (s *Server) PAN(cardID string) issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.cards[cardID]; ok {
		return c.pan
	}
	return issuing.Secret{}
}

// PushRequest is what a cardholder asks the issuer's app to do.
type PushRequest struct {
	CardID      string             // which card; empty issues a new one
	Origin      Origin             // where the cardholder is; empty is the issuer's site
	CallbackURI string             // where the answer goes; empty is https://issuer.example/cams/return
	Addresses   unionpay.Addresses // the token requestor's; zero is Config.Addresses
	AppID       string             // the token requestor's; empty is Config.AppID
}

// Push is a push of the issuer's.
type Push struct {
	PushID   string
	CardID   string
	AuthData issuing.Secret // the authorization, which only the gateway can open
	Routes   []Route        // what the issuer opens, in this order
}

// Push has the issuer push a card to the token requestor: it makes the URIs of
// Linking Card for the origin, app scheme first, with an authorization for the
// gateway.
func (s *Server) Push(req PushRequest) (*Push, error) {
	if req.CardID == "" {
		req.CardID = s.AddCard(CardStatusNormal)
	}
	req.Origin = cmp.Or(req.Origin, OriginWeb)
	req.CallbackURI = cmp.Or(req.CallbackURI, "https://issuer.example/cams/return")
	req.Addresses = cmp.Or(req.Addresses, s.cfg.Addresses)
	req.AppID = cmp.Or(req.AppID, s.cfg.AppID)
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cards[req.CardID]
	if !ok {
		return nil, errNoCard
	}
	now := s.now()
	random := s.ids.Bytes()
	link := s.cfg.Agreement.Link
	a := &authorization{
		pushID: link.id("P" + hex.EncodeToString(random[:8])), nonce: hex.EncodeToString(random[8:]),
		requestor: req.AppID, card: c, made: now,
	}
	sealed, err := jose.UPIJWE{}.Encrypt(s.cfg.Keys.UPIEnc(), UPIEncKeyID, platform.JSON(object{
		"pan": c.pan.Reveal(), "expiry": c.expiry, "issuerID": c.issuerID,
		"nonce": a.nonce, "time": strconv.FormatInt(now.Unix(), 10),
	}))
	if err != nil {
		return nil, err
	}
	s.auths[a.nonce] = a
	if s.cfg.Agreement.AuthorizationForm == unionpay.AuthorizationFormObject {
		sealed = flattened(sealed)
	}
	return &Push{PushID: a.pushID, CardID: c.id, AuthData: issuing.NewSecret(sealed), Routes: routes(
		req.Addresses, req.Origin, link.parameters(map[unionpay.LinkPart]string{
			unionpay.LinkPartIssuerID: c.issuerID, unionpay.LinkPartTRID: req.AppID, unionpay.LinkPartPushID: a.pushID,
			unionpay.LinkPartAuthData: sealed, unionpay.LinkPartCallbackURI: req.CallbackURI,
		}, link.stamp(s.cfg.Agreement, now)),
	)}, nil
}

// CreationNotice is a TOKEN_CREATION_NOTIFICATION, of which the issuer's backend
// is told.
type CreationNotice struct {
	IssuerID string
	CardID   string
	PushID   string
	RefID    string // the token's reference
	At       time.Time
}

// CreationNotices returns what the issuer was told, oldest first.
func (s *Server) CreationNotices() []CreationNotice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notices)
}

// Suspend has the issuer suspend a token and notifies the token requestor.
func (s *Server) Suspend(refID string) error { return s.act(refID, unionpay.TokenActionSuspend) }

// Resume has the issuer resume a token and notifies the token requestor.
func (s *Server) Resume(refID string) error { return s.act(refID, unionpay.TokenActionResume) }

// Delete has the issuer delete a token and notifies the token requestor.
func (s *Server) Delete(refID string) error { return s.act(refID, unionpay.TokenActionDelete) }

func (s *Server) act(refID string, action unionpay.TokenAction) error {
	change, err := s.change(refID, action)
	if err != nil {
		return err
	}
	return s.notify(unionpay.EventTokenStateChanged, change)
}

// change moves a token and returns what the requestor is told.
func (s *Server) change(refID string, action unionpay.TokenAction) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.find(func(t *token) bool { return t.RefID == refID })
	if t == nil {
		return nil, errors.New("unionpaytest: no such token")
	}
	out := t.move(action)
	if out.code != unionpay.CodeApproved {
		return nil, fmt.Errorf("unionpaytest: %s is refused: %w", action, out.code)
	}
	return out.business, nil
}
