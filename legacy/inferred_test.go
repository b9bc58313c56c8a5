package legacy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestInferred turns every setting of what the pages leave open: the platform is set to the
// other value, the client fails clearly, is configured, and works.
func TestInferred(t *testing.T) {
	t.Parallel()
	turns := clientTurns()
	for setting, turn := range callbackTurns() {
		turns[setting] = turn
	}
	conform.Inferred(t, "testdata/inferred.csv", turns, webhook.ErrPayload)
}

// Every contradiction that is known of these pages has a row: of the shared rules (L), of
// cards (K) and of remittances (T).
func TestEveryContradictionHasARow(t *testing.T) {
	t.Parallel()
	rows, err := conform.ReadInferred("testdata/inferred.csv")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range rows {
		for section := range strings.SplitSeq(row.Section, ", ") {
			listed[section] = true
		}
	}
	for letter, last := range map[string]int{"L": 16, "K": 25, "T": 14} {
		for n := 1; n <= last; n++ {
			if id := fmt.Sprint(letter, n); !listed[id] {
				t.Errorf("%s has no row", id)
			}
		}
	}
}

// settings are a platform's and what the client is told of it.
type settings struct {
	platform legacytest.Config
	unset    func(*legacy.Config) // back to the value that is inferred
	set      func(*legacy.Config) // nil leaves what the platform says of itself
	use      func(context.Context, testing.TB, *legacytest.Server, *legacy.Client) error
}

// turn makes the turn of a setting of the client's.
func (s settings) turn() conform.Turn {
	run := func(change func(*legacy.Config)) func(context.Context, testing.TB) error {
		return func(ctx context.Context, t testing.TB) error {
			server, _ := platform(t, s.platform)
			cfg := server.ClientConfig()
			if change != nil {
				change(&cfg)
			}
			client, err := legacy.New(cfg, issuing.WithClock(server.Clock().Now), quick())
			if err != nil {
				return err
			}
			return s.use(ctx, t, server, client)
		}
	}
	return conform.Turn{Unset: run(s.unset), Set: run(s.set)}
}

func clientTurns() map[string]conform.Turn {
	const closed = 5301 // a code of which no page knows
	return map[string]conform.Turn{
		"Config.BaseURL": settings{
			unset: func(c *legacy.Config) { c.BaseURL = "" },
			use: func(ctx context.Context, _ testing.TB, _ *legacytest.Server, client *legacy.Client) error {
				return just(client.Reference.TargetCountries(ctx))
			},
		}.turn(),
		"Config.Paths": settings{
			platform: legacytest.Config{Paths: map[string]string{"VirtualL.Close": "/op/card/L/close", "VirtualL.BINs": "/op/card/L/bin"}},
			unset:    func(c *legacy.Config) { c.Paths = nil },
			use: func(ctx context.Context, _ testing.TB, server *legacytest.Server, client *legacy.Client) error {
				if err := just(client.VirtualL.Close(ctx, server.IssueCard(legacytest.ProductVirtualL))); err != nil {
					return err
				}
				return errors.Join(just(client.VirtualL.BINs(ctx, legacy.LanguageEnglish)), just(client.VirtualL.BINs(ctx, legacy.LanguageChinese)))
			},
		}.turn(),
		"Config.Zone": settings{
			platform: legacytest.Config{Zone: time.UTC},
			unset:    func(c *legacy.Config) { c.Zone = nil },
			use: func(ctx context.Context, t testing.TB, server *legacytest.Server, client *legacy.Client) error {
				d, err := client.Cards.Deposit(ctx, depositRequest("d", server.IssueCard(legacytest.ProductVirtualL)))
				if err != nil {
					t.Fatal(err)
				}
				return conform.Differs("createTime", d.CreateTime.UTC(), server.Clock().Now().UTC())
			},
		}.turn(),
		"Config.Values": settings{
			platform: legacytest.Config{Values: map[string][]string{"sourceIdType": {"residence"}, "targetNationality": {"Kosovo"}}},
			unset:    func(c *legacy.Config) { c.Values = nil },
			use: func(ctx context.Context, _ testing.TB, _ *legacytest.Server, client *legacy.Client) error {
				req := transferRequest("t")
				req.TargetNationality = "Kosovo"
				req.SourceIDNumber, req.SourceIDType, req.SourceIDIssueCountry = issuing.NewSecret("R1"), "residence", "HKG"
				return just(client.Transfers.Create(ctx, req))
			},
		}.turn(),
		"Config.Refusals": settings{
			set: func(c *legacy.Config) { c.Refusals = []legacy.Code{closed} },
			use: func(ctx context.Context, t testing.TB, server *legacytest.Server, client *legacy.Client) error {
				inject(t, server, "Cards.Deposit", issuingtest.Refuse(http.StatusOK, refusedAs("5301")))
				err := just(client.Cards.Deposit(ctx, depositRequest("d", server.IssueCard(legacytest.ProductVirtualL))))
				if errors.Is(err, issuing.ErrDeclined) && errors.Is(err, legacy.Code(closed)) && len(server.Deposits()) == 0 {
					return nil // told as what it is
				}
				return err
			},
		}.turn(),
		"Config.VisaHFrozenStatus": settings{
			set: func(c *legacy.Config) { c.VisaHFrozenStatus = "suspended" },
			use: func(ctx context.Context, t testing.TB, server *legacytest.Server, client *legacy.Client) error {
				card := server.IssueCard(legacytest.ProductVisaH)
				inject(t, server, "VisaH.Freeze", issuingtest.DropAfter())
				if err := just(client.VisaH.Freeze(ctx, card)); err != nil {
					return err
				}
				inject(t, server, "VisaH.Unfreeze", issuingtest.DropBefore()) // read as locked, and sent again
				return just(client.VisaH.Unfreeze(ctx, card))
			},
		}.turn(),
		"VirtualLApplication.Language": {
			Unset: func(ctx context.Context, t testing.TB) error { return applied(ctx, t, legacy.LanguageChinese) },
			Set:   func(ctx context.Context, t testing.TB) error { return applied(ctx, t, legacy.LanguageEnglish) },
		},
	}
}

// applied applies for a card with names of the English edition.
func applied(ctx context.Context, t testing.TB, language legacy.Language) error {
	_, client := platform(t, legacytest.Config{})
	req := virtualLApplication("l")
	req.Language = language
	return just(client.Applications.ApplyVirtualL(ctx, req))
}

// read is how a source with a setting reads a callback that the platform signed.
func read(t testing.TB, change func(*legacy.CallbackConfig), address string, content map[string]any) (*webhook.Event, error) {
	t.Helper()
	server, _ := callbackPlatform(t, legacytest.Config{})
	cfg := legacy.CallbackConfig{AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()}}
	change(&cfg)
	source, err := legacy.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if address != "" {
		source = source.ForType(address)
	}
	return source.Parse(nil, callbackBody(t, server, content))
}

func callbackTurns() map[string]conform.Turn {
	plain := func(*legacy.CallbackConfig) {}
	in := func(zone *time.Location) func(context.Context, testing.TB) error {
		return func(_ context.Context, t testing.TB) error {
			event, err := read(t, func(c *legacy.CallbackConfig) { c.Zone = zone }, legacy.EventCardDeposited, depositNotice())
			if err != nil {
				return err
			}
			deposited, _ := event.Data.(*legacy.CardDeposited)
			return conform.Differs("completeTime", deposited.CompleteTime.UTC(), time.Date(2022, 3, 31, 12, 12, 12, 0, time.UTC))
		}
	}
	named := func(change func(*legacy.CallbackConfig)) func(context.Context, testing.TB) error {
		return func(_ context.Context, t testing.TB) error {
			event, err := read(t, change, legacy.EventVirtualP,
				map[string]any{"type": "3ds", "data": `{"cardNo":"5592922156696856","otp":"123456"}`})
			if err != nil {
				return err
			}
			return conform.Differs("the type", event.Type, legacy.EventVirtualPChallenged)
		}
	}
	bill := map[string]any{"recordNo": "2409031607063343947", "transType": "TOP UP", "localCurrencyAmt": "10"}
	at := func(address string) func(context.Context, testing.TB) error {
		return func(_ context.Context, t testing.TB) error { return just(read(t, plain, address, bill)) }
	}
	return map[string]conform.Turn{
		"CallbackConfig.Zone":  {Unset: in(nil), Set: in(time.UTC)},
		"CallbackConfig.Names": {Unset: named(plain), Set: named(renamed)},
		"Source.ForType":       {Unset: at(""), Set: at(legacy.EventVirtualLBilled)},
		"CallbackConfig.Deduper": {
			Unset: func(_ context.Context, t testing.TB) error { return handledOnce(t, nil) },
			Set:   func(_ context.Context, t testing.TB) error { return handledOnce(t, webhook.NewMemoryDeduper(0, 0)) },
		},
	}
}

// renamed gives the example's name of a type its meaning.
func renamed(c *legacy.CallbackConfig) {
	c.Names = map[string]string{"3ds": legacy.EventVirtualPChallenged}
}

// handledOnce delivers a callback to two replicas, which share a store or do not.
func handledOnce(t testing.TB, shared webhook.Deduper) error {
	server, _ := callbackPlatform(t, legacytest.Config{})
	body, n := callbackBody(t, server, depositNotice()), 0
	for range 2 {
		source, err := legacy.NewCallbacks(legacy.CallbackConfig{
			AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()}, Deduper: shared,
		})
		if err != nil {
			t.Fatal(err)
		}
		h := webhook.NewHandler(source.ForType(legacy.EventCardDeposited), func(context.Context, *webhook.Event) error { n++; return nil })
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
	}
	return conform.Differs("how often it was handled", n, 1)
}

// What a setting must not be is refused, all at once.
func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	server, _ := platform(t, legacytest.Config{})
	cfg := server.ClientConfig()
	cfg.Paths = map[string]string{"VirtualL.Shut": "/x", "VirtualL.Close": "x?y"}
	cfg.Refusals = []legacy.Code{legacy.CodeException}
	cfg.Values = map[string][]string{"idType": {""}}
	cfg.VisaHFrozenStatus = legacy.VisaHCardStatusActivated
	_, err := legacy.New(cfg)
	if e := want(t, err, issuing.ErrInvalid); len(e.Fields) != 5 {
		t.Errorf("%v", e.Fields)
	}
	_, err = legacy.NewCallbacks(legacy.CallbackConfig{
		AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()},
		Names: map[string]string{"3ds": legacy.EventCardDeposited},
	})
	want(t, err, issuing.ErrInvalid)
	texts := legacy.ConfigTexts{
		BaseURL: server.URL(), AppKey: "k", AppSecret: server.AppSecretText(), Zone: "Asia/Singapore", VisaHFrozenStatus: " suspended ",
	}
	if cfg, err = legacy.ParseConfig(texts); err != nil || cfg.Zone.String() != "Asia/Singapore" || cfg.VisaHFrozenStatus != "suspended" {
		t.Errorf("%+v, %v", cfg, err)
	}
}
