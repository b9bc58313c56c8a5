package main

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// newUnionPay speaks to UnionPay International for a token requestor: an application is a
// token request with the issuer's authorization, and its states are the token's.
func newUnionPay(cfg unionpay.Config, path string, key sign.AESKey, d webhook.Deduper,
	opts []issuing.Option) (*provider, error) {
	c, err := unionpay.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	source, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: cfg.SignKey, SignKeyID: cfg.SignKeyID, UPISignKeys: cfg.UPISignKeys, AppIDs: []string{cfg.AppID},
		DecryptKeys: cfg.DecryptKeys, Path: path, Deduper: d,
	})
	if err != nil {
		return nil, err
	}
	nameOf := func(token issuing.Secret) string { return key.Fingerprint([]byte("unionpay token " + token.Reveal())) }
	move := func(action unionpay.TokenAction, done unionpay.TokenState) *call {
		one := newCall("Tokens.UpdateState", plain(func(w work) unionpay.UpdateStateRequest {
			return unionpay.UpdateStateRequest{DeviceID: w.card.Device, Token: w.card.Card.secret(), Action: action}
		}), method(c.Tokens.UpdateState), func(x *unionpay.TokenChange) evidence {
			if x.State == done {
				return evidence{finding: foundDone}
			}
			return evidence{finding: foundAccepted}
		})
		one.alone, one.reference = true, func(w work) issuing.Secret { return w.card.Card.secret() }
		return one
	}
	return &provider{
		name: "unionpay", rows: byName(unionpay.Operations()), settle: c.Settle, source: source, answer: unionpayAnswer,
		event: func(ev *webhook.Event) told {
			e, ok := ev.Data.(*unionpay.TokenStateChanged)
			if !ok {
				return told{}
			}
			kinds := map[unionpay.TokenState]kind{
				unionpay.TokenStateActive: kindUnfreeze, unionpay.TokenStateSuspended: kindFreeze,
				unionpay.TokenStateDeleted: kindClose,
			}
			of, moved := kinds[e.State]
			if !moved {
				return told{}
			}
			return told{cardID: nameOf(e.Token), kinds: []kind{of}, ask: true}
		},
		calls: map[kind]*call{
			kindApply: newCall("Tokens.Request", plain(func(w work) unionpay.TokenRequest {
				return unionpay.TokenRequest{DeviceID: w.Request.Device, AuthorizationData: w.Request.AuthData.secret()}
			}), func(ctx context.Context, w work, r unionpay.TokenRequest, opts ...issuing.CallOption) (*unionpay.Token, error) {
				token, err := c.Tokens.Request(ctx, r, opts...)
				if err == nil && token.DeviceID == "" {
					token.DeviceID = r.DeviceID
				}
				return token, err
			}, func(t *unionpay.Token) evidence {
				return evidence{finding: foundDone, id: nameOf(t.Token), result: result{
					Card: text(t.Token.Reveal()), ID: t.RefID, Device: t.DeviceID, Status: string(t.State),
				}}
			}),
			kindFreeze:   move(unionpay.TokenActionSuspend, unionpay.TokenStateSuspended),
			kindUnfreeze: move(unionpay.TokenActionResume, unionpay.TokenStateActive),
			kindClose:    move(unionpay.TokenActionDelete, unionpay.TokenStateDeleted),
		},
	}, nil
}

// unionpayAnswer answers messages. Who is behind a user's one-time code this service does
// not know, and says so by leaving the answer empty.
func unionpayAnswer(context.Context, *webhook.Event) error { return nil }
