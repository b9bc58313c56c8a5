package kazepay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestInferred turns every setting of what no page says: the platform is set to the
// other value, the client fails clearly, is configured, and works.
func TestInferred(t *testing.T) {
	t.Parallel()
	turns := map[string]conform.Turn{}
	for _, part := range []map[string]conform.Turn{addressTurns(), profileTurns(), uploadTurns(), answerTurns(), callbackTurns()} {
		for setting, turn := range part {
			turns[setting] = turn
		}
	}
	conform.Inferred(t, "testdata/inferred.csv", turns, webhook.ErrSignature, kazepay.ErrUnsupportedEnvelope)
}

// settings are a platform's and what the client is told of it.
type settings struct {
	platform kazepaytest.Config
	unset    func(*kazepay.Config) // back to the value that is inferred
	use      func(context.Context, testing.TB, *kazepaytest.Server, *kazepay.Client) error
}

// readCard reads a card's balance.
func readCard(ctx context.Context, t testing.TB, server *kazepaytest.Server, client *kazepay.Client) error {
	id, err := server.IssueCard("ada@example.com", issuing.NewAmount(0, 2))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Cards.Balance(ctx, id, "")
	return err
}

// turn makes the turn of a setting of the client's: as the platform says, and without.
func (s settings) turn() conform.Turn {
	run := func(change func(*kazepay.Config)) func(context.Context, testing.TB) error {
		return func(ctx context.Context, t testing.TB) error {
			server := startServer(t, s.platform)
			cfg := server.ClientConfig()
			change(&cfg)
			client, err := kazepay.New(cfg, issuing.WithClock(server.Clock().Now))
			if err != nil {
				return err
			}
			return s.use(ctx, t, server, client)
		}
	}
	return conform.Turn{Unset: run(s.unset), Set: run(func(*kazepay.Config) {})}
}

func addressTurns() map[string]conform.Turn {
	upload := settings{kazepaytest.Config{Paths: map[string]string{"fileUpload": "/files"}}, nil, uploadOf(1000)}
	return map[string]conform.Turn{
		"Config.BaseURL": settings{kazepaytest.Config{}, func(c *kazepay.Config) { c.BaseURL = "" }, readCard}.turn(),
		"Config.Paths": settings{
			kazepaytest.Config{Paths: map[string]string{"cardBalance": "/api/v1/cardBalance"}},
			func(c *kazepay.Config) { c.Paths = nil }, readCard,
		}.turn(),
		"Config.ContentType": settings{
			kazepaytest.Config{ContentType: "application/json"}, func(c *kazepay.Config) { c.ContentType = "" }, readCard,
		}.turn(),
		"Config.UploadURL": {
			Unset: func(ctx context.Context, t testing.TB) error {
				upload.unset = func(c *kazepay.Config) { c.Paths = nil }
				return upload.turn().Unset(ctx, t)
			},
			Set: func(ctx context.Context, t testing.TB) error {
				upload := upload
				upload.unset = func(c *kazepay.Config) { c.Paths, c.UploadURL = nil, c.BaseURL+"/files" }
				return upload.turn().Unset(ctx, t)
			},
		},
		"Config.RequestNo": {
			Unset: func(ctx context.Context, t testing.TB) error { return numbered(ctx, t, nil) },
			Set: func(ctx context.Context, t testing.TB) error {
				return numbered(ctx, t, func(at time.Time) string { return fmt.Sprintf("M-%032d", at.UnixNano()) })
			},
		},
	}
}

// numbered reads a card of a platform that wants other message numbers.
func numbered(ctx context.Context, t testing.TB, make func(time.Time) string) error {
	return settings{
		kazepaytest.Config{RequestNo: func(no string) bool { return len(no) == 34 }},
		func(c *kazepay.Config) { c.RequestNo = make }, readCard,
	}.turn().Unset(ctx, t)
}

func profileTurns() map[string]conform.Turn {
	turns := map[string]conform.Turn{}
	for setting, p := range map[string]sign.Profile{
		"Cipher": {Cipher: sign.CipherAES256}, "Mode": {Mode: sign.ModeCBCZeroIV}, "Padding": {Padding: sign.PaddingNone},
		"Payload": {Payload: sign.PayloadTextBase64}, "KeyText": {KeyText: sign.KeyTextHex}, "Wrap": {Wrap: sign.KeyWrapOAEPSHA1},
		"Hash": {Hash: sign.SignatureHashMD5}, "Scheme": {Scheme: sign.SignatureSchemePSS}, "Signed": {Signed: sign.SignedBytesSorted},
		"Hooks": {Hooks: &sign.ProfileHooks{SignedBytes: func(p sign.SignedParts) []byte { return append(p.Head, p.Payload...) }}},
	} {
		turns["Config.Profile."+setting] = settings{
			kazepaytest.Config{Profile: p}, func(c *kazepay.Config) { c.Profile = sign.Profile{} }, readCard,
		}.turn()
	}
	turns["Config.Profile.MGF1"] = settings{
		kazepaytest.Config{Profile: sign.Profile{Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1}},
		func(c *kazepay.Config) { c.Profile.MGF1 = sign.MGF1Same }, readCard,
	}.turn()
	// The platform takes Base64 and answers in hexadecimal.
	mixed := kazepaytest.Config{Profile: sign.Profile{KeyText: sign.KeyTextHex, TolerantKey: true}}
	turns["Config.Profile.TolerantKey"] = conform.Turn{
		Unset: settings{mixed, func(c *kazepay.Config) { c.Profile = sign.Profile{} }, readCard}.turn().Unset,
		Set:   settings{mixed, func(c *kazepay.Config) { c.Profile = sign.Profile{TolerantKey: true} }, readCard}.turn().Unset,
	}
	return turns
}

// uploadOf uploads a picture of so many bytes.
func uploadOf(size int) func(context.Context, testing.TB, *kazepaytest.Server, *kazepay.Client) error {
	return func(ctx context.Context, _ testing.TB, _ *kazepaytest.Server, client *kazepay.Client) error {
		_, err := client.KYC.Upload(ctx, user(1).upload(picture(size)))
		return err
	}
}

func uploadTurns() map[string]conform.Turn {
	turns := map[string]conform.Turn{
		"Config.MaxUpload": settings{
			kazepaytest.Config{MaxUpload: kazepay.DefaultMaxUpload + 1}, func(c *kazepay.Config) { c.MaxUpload = 0 },
			uploadOf(kazepay.DefaultMaxUpload + 1),
		}.turn(),
	}
	for setting, c := range map[string]struct{ theirs, ours kazepay.UploadForm }{
		"Layout":   {theirs: kazepay.UploadForm{Layout: kazepay.UploadLayoutFlat}},
		"File":     {theirs: kazepay.UploadForm{File: "uCardFile"}},
		"Head":     {theirs: kazepay.UploadForm{Head: "header"}},
		"Body":     {theirs: kazepay.UploadForm{Body: "payload"}},
		"Envelope": {kazepay.UploadForm{Layout: kazepay.UploadLayoutEnvelope, Envelope: "json"}, kazepay.UploadForm{Layout: kazepay.UploadLayoutEnvelope}},
		"Fields": {
			kazepay.UploadForm{Layout: kazepay.UploadLayoutFlat, Fields: map[string]string{"sysId": "merchant"}},
			kazepay.UploadForm{Layout: kazepay.UploadLayoutFlat},
		},
	} {
		turns["Config.Upload."+setting] = settings{
			kazepaytest.Config{Upload: c.theirs}, func(cfg *kazepay.Config) { cfg.Upload = c.ours }, uploadOf(1000),
		}.turn()
	}
	return turns
}

// answerTurns are the settings that say how answers are read.
func answerTurns() map[string]conform.Turn {
	abroad := time.FixedZone("UTC+8", 8*60*60)
	sealed := kazepaytest.Config{Quirks: kazepaytest.Quirks{Errors: kazepaytest.ErrorFormSealed}}
	forged := func(signed bool) func(context.Context, testing.TB) error {
		return settings{sealed, func(c *kazepay.Config) { c.SignedFailures = signed }, forgedRefusal}.turn().Unset
	}
	otherSysID := func(require bool) func(context.Context, testing.TB) error {
		other := kazepaytest.Config{Quirks: kazepaytest.Quirks{OtherSysID: "H1"}}
		return settings{other, func(c *kazepay.Config) { c.RequireSysID = require }, refusesAnswer}.turn().Unset
	}
	learnt := map[kazepay.Code]error{"FAKE_BALANCE_ERROR": issuing.ErrInsufficientFunds}
	poor := func(codes map[kazepay.Code]error) func(context.Context, testing.TB) error {
		return settings{kazepaytest.Config{}, func(c *kazepay.Config) { c.Codes = codes }, tooMuch}.turn().Unset
	}
	return map[string]conform.Turn{
		"Config.Zone": settings{
			kazepaytest.Config{Zone: abroad}, func(c *kazepay.Config) { c.Zone = nil }, purchaseTime,
		}.turn(),
		"Config.SignedFailures": {Unset: forged(false), Set: forged(true)},
		"Config.RequireSysID":   {Unset: otherSysID(false), Set: otherSysID(true)},
		"Config.Values": settings{
			kazepaytest.Config{Values: map[string][]string{"identificationType": {"RESIDENCE_PERMIT"}}},
			func(c *kazepay.Config) { c.Values = nil }, submitPermit,
		}.turn(),
		"Config.Codes": {Unset: poor(nil), Set: poor(learnt)},
	}
}

// forgedRefusal tops a card up, and somebody on the way says that it was refused.
func forgedRefusal(ctx context.Context, t testing.TB, server *kazepaytest.Server, client *kazepay.Client) error {
	card, err := server.IssueCard("ada@example.com", issuing.NewAmount(0, 2))
	if err != nil {
		t.Fatal(err)
	}
	inject(t, server, "Cards.Deposit", issuingtest.Replace(`{"head":{"code":"212","detail":"balance not enough"},"body":{}}`))
	_, err = client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: card, Amount: issuing.NewAmount(5, 0)})
	booked := len(server.Deposits()) == 1
	return conform.Differs("a booked top-up told as open", booked && errors.Is(err, issuing.ErrOutcomeUnknown), true)
}

// refusesAnswer wants an answer for another merchant refused.
func refusesAnswer(ctx context.Context, t testing.TB, server *kazepaytest.Server, client *kazepay.Client) error {
	return conform.Differs("another merchant's answer refused", errors.Is(readCard(ctx, t, server, client), issuing.ErrSignature), true)
}

// tooMuch asks for more than there is, which the platform says by a code of its own.
func tooMuch(ctx context.Context, t testing.TB, server *kazepaytest.Server, client *kazepay.Client) error {
	card, err := server.IssueCard("ada@example.com", issuing.NewAmount(0, 2))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: card, Amount: issuing.NewAmount(9_000_000, 0)})
	if errors.Is(err, issuing.ErrInsufficientFunds) {
		return nil
	}
	return err
}

// purchaseTime reads when a purchase was.
func purchaseTime(ctx context.Context, t testing.TB, server *kazepaytest.Server, client *kazepay.Client) error {
	card, err := server.IssueCard("ada@example.com", issuing.NewAmount(50, 0))
	if err == nil {
		_, err = server.Purchase(card, issuing.NewAmount(5, 0), issuingtest.Merchant{Name: "shop"})
	}
	if err != nil {
		t.Fatal(err)
	}
	page, err := client.Cards.Transactions(ctx, kazepay.TransactionsRequest{CardID: card})
	if err != nil || len(page.List) != 1 {
		t.Fatalf("%v, %v", page, err)
	}
	return conform.Differs("the purchase's time", page.List[0].Time.UTC(), epoch)
}

// callbackOf reads one callback and returns what its event has, or the error.
func callbackOf(platform kazepaytest.Config, c kazepaytest.Callback, set func(*kazepay.CallbackConfig), want func(*webhook.Event) error) func(context.Context, testing.TB) error {
	return func(_ context.Context, t testing.TB) error {
		server := startServer(t, platform)
		body, err := io.ReadAll(server.SignCallback(c).Body)
		if err != nil {
			t.Fatal(err)
		}
		cfg := callbackConfig(server)
		set(&cfg)
		event, err := callbacks(t, cfg).Parse(nil, body)
		if err != nil {
			return err
		}
		return want(event)
	}
}

func callbackTurns() map[string]conform.Turn {
	isActivation := func(e *webhook.Event) error {
		data, ok := e.Data.(*kazepay.ActivationCodeSent)
		return conform.Differs("read as an activation code", ok && data.ActivationCode.Reveal() == "70795665", true)
	}
	isChange := func(e *webhook.Event) error {
		_, ok := e.Data.(*kazepay.CardStateChanged)
		return conform.Differs("read as a change of a card", ok, true)
	}
	code := kazepaytest.Callback{Type: "notify", Content: map[string]any{"cardID": "3377", "unlockWord": "70795665"}}
	named := kazepaytest.Callback{Type: "cardNotice", Content: map[string]any{"cardID": "3377", "status": "ON_ITS_WAY"}}
	verdict := kazepaytest.Callback{Type: kazepay.EventKYCReviewed, Content: map[string]any{
		"email": "a@b.c", "status": "PASSED", "createAt": "2026-04-01 10:00:00",
	}}
	abroad := time.FixedZone("UTC+8", 8*60*60)
	atTwo := func(e *webhook.Event) error { return conform.Differs("the verdict's time", e.Time.UTC(), epoch) }
	signed := kazepaytest.Config{Callbacks: kazepay.CallbackFormSigned}
	none := func(*kazepay.CallbackConfig) {}
	turn := func(platform kazepaytest.Config, c kazepaytest.Callback, set func(*kazepay.CallbackConfig), want func(*webhook.Event) error) conform.Turn {
		return conform.Turn{Unset: callbackOf(platform, c, none, want), Set: callbackOf(platform, c, set, want)}
	}
	return map[string]conform.Turn{
		"CallbackConfig.Names": turn(kazepaytest.Config{}, named, func(c *kazepay.CallbackConfig) {
			c.Names = map[string]string{"cardNotice": kazepay.EventCardStateChanged}
		}, isChange),
		"CallbackConfig.Fields": turn(kazepaytest.Config{}, code, func(c *kazepay.CallbackConfig) {
			c.Fields = map[string]string{"unlockWord": "activationCode"}
		}, isActivation),
		"CallbackConfig.Zone": turn(kazepaytest.Config{Zone: abroad}, verdict, func(c *kazepay.CallbackConfig) { c.Zone = abroad }, atTwo),
		"CallbackConfig.Form": turn(signed, verdict, func(c *kazepay.CallbackConfig) { c.Form = kazepay.CallbackFormSigned }, func(*webhook.Event) error { return nil }),
		"CallbackConfig.Ack":  {Unset: acknowledges(kazepay.CallbackAckText), Set: acknowledges(kazepay.CallbackAckJSON)},
	}
}

// acknowledges has a platform deliver that takes no acknowledgement but JSON.
func acknowledges(ack kazepay.CallbackAck) func(context.Context, testing.TB) error {
	return func(ctx context.Context, t testing.TB) error {
		front := httptest.NewUnstartedServer(nil)
		t.Cleanup(front.Close)
		server := startServer(t, kazepaytest.Config{
			WebhookURL: "http://" + front.Listener.Addr().String(),
			Accepted: func(status int, body []byte) bool {
				return status == http.StatusOK && string(body) == `{"code":"SUCCESS"}`
			},
		})
		cfg := callbackConfig(server)
		cfg.Ack = ack
		front.Config.Handler = webhook.NewHandler(callbacks(t, cfg), func(context.Context, *webhook.Event) error { return nil })
		front.Start()
		if _, err := newClient(t, server).Virtual.Apply(ctx, user(1).apply()); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(delay)
		deliveries := server.Deliveries()
		if len(deliveries) != 1 {
			t.Fatalf("%d deliveries", len(deliveries))
		}
		return conform.Differs("acknowledged", deliveries[0].Accepted, true)
	}
}

// submitPermit has a holder reviewed by a document of a kind that no page has.
func submitPermit(ctx context.Context, t testing.TB, _ *kazepaytest.Server, client *kazepay.Client) error {
	image, err := kazepay.InlineImage(picture(100))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.KYC.SubmitInline(ctx, kazepay.SubmitInlineRequest{
		Identity: user(5).identity("RESIDENCE_PERMIT"), FrontImage: image, HandheldImage: image,
	})
	return err
}
