package uqpay

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// ArtService lists the designs of cards in wallets and sets the default one.
type ArtService struct{ c *Client }

// Arts are the designs that an account can use.
type Arts struct {
	DefaultID string `json:"default_card_art_id"` // the account's default; may be empty
	List      []Art  `json:"card_arts"`           // all of them
}

func (a *Arts) vague() bool { return a.DefaultID == "" && a.List == nil }

// Art is the design of a card, shown in Apple Wallet for cards with enhanced KYC.
type Art struct {
	ID           string `json:"card_art_id"`      // given as card_art_id when a card is created
	Description  string `json:"description"`      // for people
	Default      bool   `json:"is_default"`       // the account's default
	SystemConfig bool   `json:"is_system_config"` // set by the platform
}

// artsRequest selects arts.
type artsRequest struct {
	ProductID string `json:"card_product_id,omitzero"`
}

func (r artsRequest) validate(p *check.Problems) {
	p.OptionalText("card_product_id", r.ProductID, maxID)
}

// List returns the arts, of one product when productID is not empty. The page
// does not list that filter, UQPAY's libraries have it.
//
// Safety: read.
func (s *ArtService) List(ctx context.Context, productID string, opts ...issuing.CallOption) (*Arts, error) {
	return call[Arts](ctx, s.c, opArts, artsRequest{productID}, opts)
}

// defaultArtRequest sets the default art.
type defaultArtRequest struct {
	ID string `json:"card_art_id"`
}

func (r defaultArtRequest) validate(p *check.Problems) { p.Text("card_art_id", r.ID, maxID) }

func (r defaultArtRequest) facts(f *facts) { f.Detail("card_art_id", r.ID) }

// DefaultArt is the account's default art.
type DefaultArt struct {
	ID        string    `json:"default_card_art_id"` // the default
	UpdatedAt time.Time `json:"updated_at"`          // when it was set
}

func (a *DefaultArt) incomplete() bool { return a.ID == "" || unusable(a.ID) }

// SetDefault sets the account's default art.
//
// Safety: keyed. Setting it again does no harm.
func (s *ArtService) SetDefault(ctx context.Context, artID string, opts ...issuing.CallOption) (*DefaultArt, error) {
	return call[DefaultArt](ctx, s.c, opArtDefault, defaultArtRequest{artID}, opts)
}
