package worldcard_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// TestInferred turns every setting of what the pages contradict themselves on or leave
// open: the platform is set to the other value, the client fails clearly, is configured, and
// works.
func TestInferred(t *testing.T) {
	t.Parallel()
	turns := callTurns()
	for setting, turn := range callbackTurns() {
		turns[setting] = turn
	}
	conform.Inferred(t, "testdata/inferred.csv", turns, webhook.ErrSignature, webhook.ErrTimestamp, webhook.ErrPayload)
}

// abroad is a zone that no page shows.
var abroad = time.FixedZone("UTC-5", -5*60*60)

// callTurn uses a client of a platform, as the platform says but for what change does.
func callTurn(platform worldcardtest.Config, change func(*worldcard.Config),
	use func(context.Context, testing.TB, *worldcardtest.Server, *worldcard.Client) error,
) func(context.Context, testing.TB) error {
	return func(ctx context.Context, t testing.TB) error {
		platform.Keys, platform.Clock = deskKeys(t), issuingtest.NewClock(epoch)
		server := startServer(t, platform)
		cfg := server.ClientConfig()
		change(&cfg)
		client, err := worldcard.New(cfg, issuing.WithClock(server.Clock().Now),
			issuing.WithRetryWait(time.Millisecond, time.Millisecond))
		if err != nil {
			return err
		}
		return use(ctx, t, server, client)
	}
}

func callTurns() map[string]conform.Turn {
	asItIs := func(*worldcard.Config) {}
	encrypted, elsewhere := worldcardtest.Config{EncryptedFields: true}, worldcardtest.Config{Zone: abroad}
	learnt := func(c *worldcard.Config) { c.Codes = map[worldcard.Code]error{codeNotReady: issuing.ErrUnavailable} }
	return map[string]conform.Turn{
		"Config.BaseURL": {
			Unset: callTurn(worldcardtest.Config{}, func(c *worldcard.Config) { c.BaseURL = "" }, createdNow),
			Set:   callTurn(worldcardtest.Config{}, asItIs, createdNow),
		},
		"Config.EncryptFields": {
			Unset: callTurn(encrypted, func(c *worldcard.Config) { c.EncryptFields = false }, withNumberAndPIN),
			Set:   callTurn(encrypted, asItIs, withNumberAndPIN),
		},
		"Config.Zone": {
			Unset: callTurn(elsewhere, func(c *worldcard.Config) { c.Zone = nil }, createdNow),
			Set:   callTurn(elsewhere, asItIs, createdNow),
		},
		"Config.Codes": {
			Unset: callTurn(worldcardtest.Config{}, asItIs, notReady),
			Set:   callTurn(worldcardtest.Config{}, learnt, notReady),
		},
	}
}

// createdNow applies for a card, whose time must be the platform's.
func createdNow(ctx context.Context, t testing.TB, server *worldcardtest.Server, client *worldcard.Client) error {
	card, err := client.Physical.Apply(ctx, physicalG("pc"))
	if err != nil {
		return err
	}
	return conform.Differs("the time of creation", card.CreatedAt.UTC(), server.Clock().Now().UTC())
}

// withNumber gives a new card a number.
func withNumber(
	ctx context.Context, t testing.TB, server *worldcardtest.Server, client *worldcard.Client,
) (worldcard.CardRef, error) {
	t.Helper()
	card, err := client.Physical.Apply(ctx, physicalG("pc"))
	if err == nil {
		_, err = client.KYC.Init(ctx, "pc")
	}
	if err = errors.Join(err, server.ApproveKYC("pc")); err != nil {
		t.Fatal(err)
	}
	ref := worldcard.ByCardID(card.ID)
	_, err = client.Physical.Assign(ctx, worldcard.AssignRequest{CardRef: ref, CardNumber: issuing.NewSecret(cardNumber)})
	return ref, err
}

// withNumberAndPIN gives a new card both, and another PIN.
func withNumberAndPIN(ctx context.Context, t testing.TB, server *worldcardtest.Server, client *worldcard.Client) error {
	ref, err := withNumber(ctx, t, server, client)
	if err == nil {
		_, err = client.Physical.Activate(ctx, worldcard.ActivateRequest{CardRef: ref, PIN: issuing.NewSecret(cardPIN)})
	}
	server.Clock().Advance(time.Minute)
	if err == nil {
		err = client.Physical.SetPIN(ctx, worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("246801")})
	}
	return err
}

// codeNotReady stands for "card not ready, retry later", of which no page gives the code.
const codeNotReady worldcard.Code = 10050

// notReady activates a card that is not ready: nothing was carried out, and it may be tried
// again.
func notReady(ctx context.Context, t testing.TB, server *worldcardtest.Server, client *worldcard.Client) error {
	ref, err := withNumber(ctx, t, server, client)
	if err != nil {
		t.Fatal(err)
	}
	refusal := worldcardtest.Refuse(codeNotReady, "card not ready, retry later")
	inject(t, server, opActivate, refusal, refusal, refusal)
	_, err = client.Physical.Activate(ctx, worldcard.ActivateRequest{CardRef: ref, PIN: issuing.NewSecret(cardPIN)})
	var e *issuing.Error
	if errors.As(err, &e) && e.Kind == issuing.ErrUnavailable && e.Attempts == 1 && errors.Is(err, codeNotReady) {
		return nil
	}
	return err
}

// callbackTurn has a source read a callback of a platform's.
func callbackTurn(platform worldcardtest.Config, age time.Duration, set func(*worldcard.CallbackConfig),
	read func(*webhook.Source, *http.Request) error,
) func(context.Context, testing.TB) error {
	return func(_ context.Context, t testing.TB) error {
		platform.Keys, platform.Clock = deskKeys(t), issuingtest.NewClock(epoch)
		server := startServer(t, platform)
		cfg := worldcard.CallbackConfig{
			PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey(),
			Now: func() time.Time { return epoch.Add(age) },
		}
		set(&cfg)
		source, err := worldcard.NewCallbacks(cfg)
		if err != nil {
			return err
		}
		content := map[string]any{
			"notify_type": worldcard.EventCardOpened, "card_id": "1", "status": 2, "create_time": "2026-03-31 21:00:00",
		}
		if platform.NoNotifyType {
			delete(content, "notify_type")
		}
		return read(source, server.SignCallback(content))
	}
}

// opened reads a callback of card_open.
func opened(source *webhook.Source, r *http.Request) (*worldcard.CardOpened, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	event, err := source.Parse(r.Header, body)
	if err != nil {
		return nil, err
	}
	data, ok := event.Data.(*worldcard.CardOpened)
	if !ok {
		return nil, conform.Differs("the event", event.Type, worldcard.EventCardOpened)
	}
	return data, nil
}

func parsed(source *webhook.Source, r *http.Request) error {
	_, err := opened(source, r)
	return err
}

// ofType is parsed for the type that an address has.
func ofType(source *webhook.Source, r *http.Request) error {
	return parsed(source.ForType(worldcard.EventCardOpened), r)
}

// parsedAbroad is parsed, and compares the time.
func parsedAbroad(source *webhook.Source, r *http.Request) error {
	data, err := opened(source, r)
	if err != nil {
		return err
	}
	return conform.Differs("the time", data.CreateTime.UTC(), epoch)
}

func callbackTurns() map[string]conform.Turn {
	asItIs := func(*worldcard.CallbackConfig) {}
	patient := func(c *worldcard.CallbackConfig) { c.MaxAge, c.MaxAhead = 72*time.Hour, 2*time.Hour }
	away := func(c *worldcard.CallbackConfig) { c.Zone = abroad }
	older, err := sign.NewPublicKey(&merchantKey().PublicKey)
	if err != nil {
		panic(err)
	}
	before := func(c *worldcard.CallbackConfig) { c.PlatformKeys = []sign.PublicKey{older} }
	meanwhile := func(c *worldcard.CallbackConfig) { c.PlatformKeys = append(c.PlatformKeys, older) }
	untyped := worldcardtest.Config{NoNotifyType: true}
	return map[string]conform.Turn{
		"Source.ForType": {
			Unset: callbackTurn(untyped, 0, asItIs, parsed), Set: callbackTurn(untyped, 0, asItIs, ofType),
		},
		"CallbackConfig.PlatformKeys": {
			Unset: callbackTurn(worldcardtest.Config{}, 0, before, parsed),
			Set:   callbackTurn(worldcardtest.Config{}, 0, meanwhile, parsed),
		},
		"CallbackConfig.MaxAge": {
			Unset: callbackTurn(worldcardtest.Config{}, 60*time.Hour, asItIs, parsed),
			Set:   callbackTurn(worldcardtest.Config{}, 60*time.Hour, patient, parsed),
		},
		"CallbackConfig.MaxAhead": {
			Unset: callbackTurn(worldcardtest.Config{}, -time.Hour, asItIs, parsed),
			Set:   callbackTurn(worldcardtest.Config{}, -time.Hour, patient, parsed),
		},
		"CallbackConfig.Zone": {
			Unset: callbackTurn(worldcardtest.Config{}, 0, asItIs, parsedAbroad),
			Set:   callbackTurn(worldcardtest.Config{}, 0, away, parsedAbroad),
		},
	}
}
