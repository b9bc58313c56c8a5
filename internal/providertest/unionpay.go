package providertest

import (
	"context"
	"iter"
	"slices"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// UnionPay is provider unionpay.
var UnionPay = Provider{Name: "unionpay", Open: openUnionPay}

// unionpayKeys are shared by all platforms: RSA keys are slow to make.
var unionpayKeys = sync.OnceValues(unionpaytest.NewKeys)

// unionpays is a UnionPay gateway with tokens to try operations on.
type unionpays struct {
	t      testing.TB
	server *unionpaytest.Server
	client *unionpay.Client
	setUp  *unionpay.Client // without the test's options
	token  *unionpay.Token
	last   issuing.Secret // number of the token that was issued last
}

func openUnionPay(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	keys, err := unionpayKeys()
	check(t, err)
	server, err := unionpaytest.NewServer(unionpaytest.Config{
		Clock: issuingtest.NewClock(epoch), Keys: keys, WebhookURL: nobody,
	})
	check(t, err)
	t.Cleanup(server.Close)
	u := &unionpays{t: t, server: server}
	u.client, err = unionpay.New(server.ClientConfig(), patient(server.Clock(), opts)...)
	check(t, err)
	u.setUp, err = unionpay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	check(t, err)
	u.token = u.issue()
	cfg := server.ClientConfig()
	cfg.Paths = nil
	unconfigured, err := unionpay.New(cfg, patient(server.Clock(), opts)...)
	check(t, err)
	inquire := try(Op{Name: "Tokens.Token", Safety: transport.Read},
		unconfigured.Tokens.Token, always(unionpay.TokenQuery{RefID: u.token.RefID}), unionpay.TokenQuery{})
	return &Bench{
		Platform: server.Platform, Server: server,
		Secrets: []string{keys.SignPEM().Reveal(), keys.DecryptPEM().Reveal(), u.token.Token.Reveal()},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			query := unionpay.TokenQuery{RefID: u.token.RefID}
			return u.client.Do(ctx, unionpay.MessageTypeTokenStateInquiry, query, out, opts...)
		},
		Refuse: func(op, text string) {
			check(t, server.Next(op, unionpaytest.Behaviour{Code: unionpay.CodeIssuerRefused, Message: text}))
		},
		Bare:   &inquire,
		Notify: func() error { return server.Suspend(u.issue().RefID) },
		Ops:    u.ops(), Lists: u.lists(),
		Settle: u.client.Settle, Operations: unionpay.Operations(),
		Reference: map[string]func() issuing.Secret{
			"Tokens.UpdateState": func() issuing.Secret { return u.last },
		},
		Stuck: map[string]func() (*silentKey, Call){
			"signing": func() (*silentKey, Call) {
				s, key := stuckRSA(u.t)
				return s, u.with(func(cfg *unionpay.Config) { cfg.SignKey = key })
			},
			"opening a body":   u.opening(unionpaytest.Behaviour{EncryptBody: true}),
			"opening a member": u.opening(unionpaytest.Behaviour{EncryptToken: true}),
		},
	}
}

// opening makes the client that is to open an answer.
func (u *unionpays) opening(answer unionpaytest.Behaviour) func() (*silentKey, Call) {
	return func() (*silentKey, Call) {
		check(u.t, u.server.Next("Tokens.Token", answer))
		s, key := stuckRSA(u.t)
		return s, u.with(func(cfg *unionpay.Config) {
			cfg.DecryptKeys = map[string]sign.PrivateKey{unionpaytest.DecryptKeyID: key}
		})
	}
}

// with is a read of a client with other keys.
func (u *unionpays) with(change func(*unionpay.Config)) Call {
	cfg := u.server.ClientConfig()
	change(&cfg)
	client, err := unionpay.New(cfg, issuing.WithClock(u.server.Clock().Now))
	check(u.t, err)
	return func(ctx context.Context, opts ...issuing.CallOption) error {
		_, err := client.Tokens.Token(ctx, unionpay.TokenQuery{RefID: u.token.RefID}, opts...)
		return err
	}
}

const unionpayDevice = "00112233445566778899aabbccddeeff"

// issue returns a token of a card of its own.
func (u *unionpays) issue() *unionpay.Token {
	token, err := u.setUp.Tokens.Request(u.t.Context(), u.push())
	check(u.t, err)
	u.last = token.Token
	return token
}

// Secrets of a request for a token.
const (
	unionpayPAN = "6250945000000004"
	unionpayCVN = "493"
	unionpayOTP = "815162"
)

// push has the issuer push a card and returns the request for its token.
func (u *unionpays) push() unionpay.TokenRequest {
	push, err := u.server.Push(unionpaytest.PushRequest{})
	check(u.t, err)
	return unionpay.TokenRequest{
		DeviceID: unionpayDevice, AuthorizationData: push.AuthData, PAN: issuing.NewSecret(unionpayPAN),
		CVM: []unionpay.CVM{{CVN2: issuing.NewSecret(unionpayCVN), OTP: issuing.NewSecret(unionpayOTP)}},
	}
}

func (u *unionpays) ops() []Op {
	return []Op{
		try(Op{Name: "Tokens.Token", Safety: transport.Read},
			u.client.Tokens.Token, always(unionpay.TokenQuery{Token: u.token.Token}), unionpay.TokenQuery{}),
		try(Op{Name: "ATMs.List", Safety: transport.Read},
			u.client.ATMs.List, always(unionpay.ListRequest{CountryCode: "702"}), unionpay.ListRequest{}),
		try(Op{Name: "Tokens.UpdateState", Safety: transport.Checked, Look: "Tokens.Token", Done: u.suspended},
			u.client.Tokens.UpdateState, func() unionpay.UpdateStateRequest { return suspend(u.issue()) },
			unionpay.UpdateStateRequest{}),
		try(Op{
			Name: "Tokens.Request", Safety: transport.Once, Secrets: []string{unionpayPAN, unionpayCVN, unionpayOTP},
			Done: func() int { return len(u.server.Tokens()) },
		}, u.client.Tokens.Request, u.push, unionpay.TokenRequest{}),
	}
}

// suspend is the request to suspend a token.
func suspend(token *unionpay.Token) unionpay.UpdateStateRequest {
	return unionpay.UpdateStateRequest{DeviceID: unionpayDevice, Token: token.Token, Action: unionpay.TokenActionSuspend}
}

// suspended counts the tokens that are suspended.
func (u *unionpays) suspended() int {
	n := 0
	for _, token := range u.server.Tokens() {
		if slices.Contains(token.States, unionpay.TokenStateSuspended) {
			n++
		}
	}
	return n
}

func (u *unionpays) lists() []List {
	return []List{
		{"ATMs.List", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(u.client.ATMs.All(ctx, unionpay.ListRequest{CountryCode: "702", PageNo: 1, PageSize: 1}))
		}},
		{"ATMs.Nearby", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(u.client.ATMs.AllNearby(ctx, unionpay.NearbyRequest{
				Longitude: "+103.8519", Latitude: "+1.2902", PageNo: 1, PageSize: 1,
			}))
		}},
	}
}
