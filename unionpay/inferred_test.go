package unionpay_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestInferred turns every setting of what no page says: the gateway is set to the other
// value, the client fails clearly, is configured, and works.
func TestInferred(t *testing.T) {
	t.Parallel()
	turns := map[string]conform.Turn{}
	for _, part := range []map[string]conform.Turn{
		securityTurns(), messageTurns(), nameTurns(), optionalTurns(), linkTurns(), callbackTurns(),
	} {
		maps.Copy(turns, part)
	}
	conform.Inferred(t, "testdata/inferred.csv", turns, webhook.ErrSignature, webhook.ErrPayload, errRefused)
}

// agreed are a gateway's settings and what the client is told of them.
type agreed struct {
	platform unionpaytest.Config
	unset    func(*unionpay.Config) // back to what is inferred
	use      func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error
}

func (a agreed) run(change func(*unionpay.Config)) func(context.Context, testing.TB) error {
	return func(ctx context.Context, t testing.TB) error {
		cfg := a.platform
		cfg.Clock = issuingtest.NewClock(epoch)
		server := startServer(t, cfg)
		settings := server.ClientConfig()
		change(&settings)
		client, err := unionpay.New(settings, issuing.WithClock(server.Clock().Now), issuing.WithMaxAttempts(1))
		if err != nil {
			return err
		}
		return a.use(ctx, t, server, client)
	}
}

// turn makes the turn of a setting that the gateway's ClientConfig has.
func (a agreed) turn() conform.Turn {
	return conform.Turn{Unset: a.run(a.unset), Set: a.run(func(*unionpay.Config) {})}
}

// Uses of a client, from one message to all that tokens need.

func report(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
	_, err := client.ATMs.Feedback(ctx, feedback())
	return err
}

func list(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
	_, err := client.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "702"})
	return err
}

// requested asks for a token with a request that change has changed.
func requested(change func(*unionpay.TokenRequest)) func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error {
	return func(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
		req := pushed(t, server, "")
		if change != nil {
			change(&req)
		}
		_, err := client.Tokens.Request(ctx, req)
		return err
	}
}

func withPAN(req *unionpay.TokenRequest) {
	req.PAN, req.UserID = issuing.NewSecret("6250945000000004"), "user-1"
}

// life requests, suspends, resumes and reads a token.
func life(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
	token, err := client.Tokens.Request(ctx, pushed(t, server, ""))
	if err != nil {
		return err
	}
	ref := unionpay.TokenRef{DeviceID: device, Token: token.Token}
	if _, err := client.Tokens.Suspend(ctx, ref); err != nil {
		return err
	}
	if _, err := client.Tokens.Resume(ctx, ref); err != nil {
		return err
	}
	read, err := client.Tokens.Token(ctx, unionpay.TokenQuery{RefID: token.RefID})
	if err != nil {
		return err
	}
	return conform.Differs("state", read.State, unionpay.TokenStateActive)
}

func securityTurns() map[string]conform.Turn {
	other := unionpaytest.Config{}
	behaving := func(be unionpaytest.Behaviour, refused bool) func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error {
		return func(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
			next(t, server, "ATMs.Feedback", be)
			err := report(ctx, t, server, client)
			if !refused {
				return err
			}
			return conform.Differs("the answer of another request is refused", err != nil, true)
		}
	}
	turns := map[string]conform.Turn{
		"Config.BaseURL": agreed{other, func(c *unionpay.Config) { c.BaseURL = "" }, report}.turn(),
		"Config.Paths":   agreed{other, func(c *unionpay.Config) { c.Paths = nil }, report}.turn(),
		"Config.PayloadMode": agreed{
			unionpaytest.Config{PayloadMode: sign.UPIModeRaw}, func(c *unionpay.Config) { c.PayloadMode = sign.UPIModeEncoded }, report,
		}.turn(),
		"Config.AnswerAppIDs": agreed{
			unionpaytest.Config{Agreement: unionpaytest.Agreement{AppID: "UPI00001"}}, func(c *unionpay.Config) { c.AnswerAppIDs = nil }, report,
		}.turn(),
		"Config.EscapeSlash": agreed{
			unionpaytest.Config{Agreement: unionpaytest.Agreement{EscapeSlash: true}}, func(c *unionpay.Config) { c.EscapeSlash = false },
			func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
				req := feedback()
				req.Address = `Block 5/6 \/`
				_, err := client.ATMs.Feedback(ctx, req)
				return err
			},
		}.turn(),
		"Config.JWE": agreed{
			unionpaytest.Config{JWE: jose.UPIJWE{Alg: jose.UPIKeyAlgorithmRSAOAEP256, Enc: jose.UPIContentEncryptionA256GCM}},
			func(c *unionpay.Config) { c.JWE = jose.UPIJWE{} }, requested(withPAN),
		}.turn(),
		"Config.EncryptFields": agreed{
			unionpaytest.Config{Agreement: unionpaytest.Agreement{EncryptFields: []string{"pan", "cvm", "userID"}}},
			func(c *unionpay.Config) { c.EncryptFields = nil }, requested(withPAN),
		}.turn(),
		"Config.SendEncCertID": agreed{
			unionpaytest.Config{Agreement: unionpaytest.Agreement{SendEncCertID: true}}, func(c *unionpay.Config) { c.SendEncCertID = false }, requested(withPAN),
		}.turn(),
		"Config.BodyEncryption": agreed{encryptedLists(""), func(c *unionpay.Config) { c.BodyEncryption = nil }, list}.turn(),
		"Config.JWEContentType": agreed{
			encryptedLists("application/jose+json"), func(c *unionpay.Config) { c.JWEContentType = "" }, list,
		}.turn(),
		"Config.Profiles": agreed{
			unionpaytest.Config{Profiles: map[unionpay.MessageType]unionpay.Profile{unionpay.MessageTypeTokenRequest: unionpay.ProfileU}},
			func(c *unionpay.Config) { c.Profiles = nil }, requested(nil),
		}.turn(),
		"Config.UMPSDigestInfo": agreed{
			unionpaytest.Config{UMPSDigestInfo: true, Profiles: map[unionpay.MessageType]unionpay.Profile{unionpay.MessageTypeATMFeedback: unionpay.ProfileU}},
			func(c *unionpay.Config) { c.UMPSDigestInfo = false }, report,
		}.turn(),
		"Config.SignKeyID": {
			Unset: agreed{use: report}.run(func(c *unionpay.Config) { c.SignKeyID = "3185569896925184" }),
			Set: agreed{use: func(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
				server.AddRequestor(server.AppID(), "3185569896925184", server.Keys().Sign().Public())
				return report(ctx, t, server, client)
			}}.run(func(c *unionpay.Config) { c.SignKeyID = "3185569896925184" }),
		},
	}
	// Of these two the gateway has no setting: a behaviour of its answers is the other value.
	uuid := agreed{other, nil, behaving(unionpaytest.Behaviour{OtherUUID: true}, true)}
	turns["Config.RequireUUIDEcho"] = conform.Turn{
		Unset: uuid.run(func(*unionpay.Config) {}), Set: uuid.run(func(c *unionpay.Config) { c.RequireUUIDEcho = true }),
	}
	bare := agreed{other, nil, behaving(unionpaytest.Behaviour{Unsigned: true}, false)}
	turns["Config.AcceptUnsigned"] = conform.Turn{
		Unset: bare.run(func(*unionpay.Config) {}), Set: bare.run(func(c *unionpay.Config) { c.AcceptUnsigned = true }),
	}
	return turns
}

func encryptedLists(contentType string) unionpaytest.Config {
	return unionpaytest.Config{
		BodyEncryption: map[unionpay.MessageType]unionpay.BodyEncryption{unionpay.MessageTypeATMList: unionpay.BodyEncryptionJWE},
		Agreement:      unionpaytest.Agreement{JWEContentType: contentType},
	}
}

func messageTurns() map[string]conform.Turn {
	with := func(a unionpaytest.Agreement) unionpaytest.Config { return unionpaytest.Config{Agreement: a} }
	long := func(id string) bool { return len(id) == 37 }
	return map[string]conform.Turn{
		"Config.Shapes": agreed{
			unionpaytest.Config{Shapes: map[unionpay.MessageType]unionpay.Shape{unionpay.MessageTypeATMFeedback: unionpay.ShapeEnveloped}},
			func(c *unionpay.Config) { c.Shapes = nil }, report,
		}.turn(),
		"Config.MessageNames": agreed{
			with(unionpaytest.Agreement{MessageNames: map[unionpay.MessageType]string{unionpay.MessageTypeTokenStateInquiry: "TOKEN_INFO_INQUIRY"}}),
			func(c *unionpay.Config) { c.MessageNames = nil }, life,
		}.turn(),
		"Config.ActionNames": agreed{
			with(unionpaytest.Agreement{ActionNames: map[unionpay.TokenAction]string{unionpay.TokenActionSuspend: "PAUSE", unionpay.TokenActionResume: "ACTIVE"}}),
			func(c *unionpay.Config) { c.ActionNames = nil }, life,
		}.turn(),
		"Config.AuthorizationForm": agreed{
			with(unionpaytest.Agreement{AuthorizationForm: unionpay.AuthorizationFormObject}),
			func(c *unionpay.Config) { c.AuthorizationForm = unionpay.AuthorizationFormText }, requested(nil),
		}.turn(),
		"Config.IdentityField": agreed{
			with(unionpaytest.Agreement{IdentityField: "tokenRequestorID"}), func(c *unionpay.Config) { c.IdentityField = "" }, life,
		}.turn(),
		"Config.IdentityValue": agreed{
			with(unionpaytest.Agreement{IdentityValue: "TR0001"}), func(c *unionpay.Config) { c.IdentityValue = "" }, life,
		}.turn(),
		"Config.Zone": agreed{with(unionpaytest.Agreement{Zone: time.UTC}), func(c *unionpay.Config) { c.Zone = nil }, life}.turn(),
		"Config.NewMsgID": {
			Unset: agreed{with(unionpaytest.Agreement{MsgID: long}), nil, life}.run(func(*unionpay.Config) {}),
			Set: agreed{with(unionpaytest.Agreement{MsgID: long}), nil, life}.run(func(c *unionpay.Config) {
				n := 0
				c.NewMsgID = func(at time.Time) string {
					n++
					return "U" + at.UTC().Format("20060102150405") + strings.Repeat("0", 21) + string(rune('0'+n))
				}
			}),
		},
		"Config.Codes": agreed{
			with(unionpaytest.Agreement{Codes: map[unionpay.Code]unionpay.Code{unionpay.CodeRecordNotFound: "A1"}}),
			func(c *unionpay.Config) { c.Codes = nil },
			func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
				_, err := client.Tokens.Token(ctx, unionpay.TokenQuery{RefID: "404"})
				return conform.Differs("not found is told as such", errors.Is(err, issuing.ErrNotFound) && errors.Is(err, unionpay.Code("A1")), true)
			},
		}.turn(),
	}
}

// nameTurns turn the names of members, one each.
func nameTurns() map[string]conform.Turn {
	turns := map[string]conform.Turn{}
	for name, use := range map[string]func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error{
		"authorizationData": requested(nil), "deviceID": life, "tokenState": life, "tokenRefID": life,
		"issuerID": func(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
			err := requested(func(r *unionpay.TokenRequest) { r.IssuerID = "99999999" })(ctx, t, server, client)
			return conform.Differs("another issuer's id is seen", errors.Is(err, unionpay.CodeIssuerRefused), true)
		},
		"originalMsgID": func(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
			var info issuing.CallInfo
			if _, err := client.Tokens.Request(ctx, pushed(t, server, ""), issuing.WithCallInfo(&info)); err != nil {
				return err
			}
			_, err := client.Tokens.TokenByRequest(ctx, info.Key)
			return err
		},
		"pageNo": page(func(p *unionpay.Page[unionpay.ATM]) error {
			return conform.Differs("second ATM", p.List[0].ID, "ATM-000124")
		}),
		"pageSize": page(func(p *unionpay.Page[unionpay.ATM]) error {
			return conform.Differs("ATMs of a page", len(p.List), 1)
		}),
		"totalCount": page(func(p *unionpay.Page[unionpay.ATM]) error { return conform.Differs("ATMs in all", p.Total, 3) }),
		"atmName": page(func(p *unionpay.Page[unionpay.ATM]) error {
			return conform.Differs("name", p.List[0].Name, "Orchard 5")
		}),
		"cityList": places(func(p *unionpay.CitiesAndBanks) int { return len(p.Cities) }),
		"bankList": places(func(p *unionpay.CitiesAndBanks) int { return len(p.Banks) }),
		"radius": func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
			near, err := client.ATMs.Nearby(ctx, unionpay.NearbyRequest{Longitude: "+103.8519", Latitude: "+1.2902", Radius: 50_000})
			if err != nil {
				return err
			}
			return conform.Differs("ATMs within 50 km", near.Total, 3)
		},
	} {
		turns["Config.FieldNames["+name+"]"] = agreed{
			unionpaytest.Config{Agreement: unionpaytest.Agreement{FieldNames: map[string]string{name: "upi_" + name}}},
			func(c *unionpay.Config) { c.FieldNames = nil }, use,
		}.turn()
	}
	return turns
}

// page reads the second page of one ATM.
func page(check func(*unionpay.Page[unionpay.ATM]) error) func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error {
	return func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
		got, err := client.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "702", PageNo: 2, PageSize: 1})
		switch {
		case err != nil:
			return err
		case len(got.List) == 0:
			return conform.Differs("ATMs of a page", 0, 1)
		}
		return check(got)
	}
}

// places asks for the cities and banks of Singapore, two each.
func places(count func(*unionpay.CitiesAndBanks) int) func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error {
	return func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
		got, err := client.ATMs.CitiesAndBanks(ctx, unionpay.CitiesAndBanksRequest{CountryCode: "702"})
		if err != nil {
			return err
		}
		return conform.Differs("names", count(got), 2)
	}
}

func optionalTurns() map[string]conform.Turn {
	turns := map[string]conform.Turn{}
	for name, use := range map[string]func(context.Context, testing.TB, *unionpaytest.Server, *unionpay.Client) error{
		"authorizationData": func(ctx context.Context, t testing.TB, server *unionpaytest.Server, client *unionpay.Client) error {
			push, err := server.Push(unionpaytest.PushRequest{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Tokens.Request(ctx, unionpay.TokenRequest{DeviceID: device, Extra: map[string]any{"pushID": push.PushID}})
			return err
		},
		"deviceID": requested(func(r *unionpay.TokenRequest) { r.DeviceID = "" }),
		"longitude": func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
			_, err := client.ATMs.Nearby(ctx, unionpay.NearbyRequest{Extra: map[string]any{"place": "Orchard"}})
			return err
		},
		"countryCode": func(ctx context.Context, _ testing.TB, _ *unionpaytest.Server, client *unionpay.Client) error {
			_, err := client.ATMs.CitiesAndBanks(ctx, unionpay.CitiesAndBanksRequest{})
			return err
		},
	} {
		turns["Config.OptionalFields["+name+"]"] = agreed{
			unionpaytest.Config{Agreement: unionpaytest.Agreement{OptionalFields: []string{name, "latitude"}}},
			func(c *unionpay.Config) { c.OptionalFields = nil }, use,
		}.turn()
	}
	return turns
}
