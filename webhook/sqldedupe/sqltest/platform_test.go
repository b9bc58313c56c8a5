package sqltest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// providers are all that push, in the order in which the test's callbacks take turns.
var providers = []string{"worldcard", "legacy", "uqpay", "kazepay", "unionpay", "coshine"}

// Secrets and ids of the platforms that the test plays.
const (
	appKey    = "app"
	appSecret = "0123456789abcdef0123456789abcdef"
	upiKeyID  = "1555570302"
	upiPath   = "/callbacks/unionpay" // which a proxy rewrites
)

var (
	uqSecret    = issuing.NewSecret("a webhook secret of the dashboard")
	issuerToken = issuing.NewSecret("what EastPay presents")
)

// platform signs callbacks of all providers, and knows what a merchant checks them with.
type platform struct {
	own, merchant sign.PrivateKey
	aes           sign.AESKey
	app           sign.AppSecret
}

// writeKeys makes the key pairs of a platform in a folder.
func writeKeys(dir string) error {
	for _, name := range []string{"platform.pem", "merchant.pem"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return err
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func loadPlatform(dir string) (p platform, err error) {
	for name, key := range map[string]*sign.PrivateKey{"platform.pem": &p.own, "merchant.pem": &p.merchant} {
		var text []byte
		if text, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return p, err
		}
		if *key, err = sign.ParsePrivateKey(string(text)); err != nil {
			return p, err
		}
	}
	if p.aes, err = sign.NewAESKey(bytes.Repeat([]byte{5}, 32)); err != nil {
		return p, err
	}
	p.app, err = sign.NewAppSecret(appSecret)
	return p, err
}

// sources are a merchant's, by provider, over one deduper.
func (p platform) sources(d webhook.Deduper) (map[string]*webhook.Source, error) {
	keys := []sign.PublicKey{p.own.Public()}
	out := map[string]*webhook.Source{}
	var problems []error
	add := func(src *webhook.Source, err error) {
		if err != nil {
			problems = append(problems, err)
			return
		}
		out[src.Provider()] = src
	}
	add(worldcard.NewCallbacks(worldcard.CallbackConfig{PlatformKeys: keys, AESKey: p.aes, Deduper: d}))
	add(legacy.NewCallbacks(legacy.CallbackConfig{AppKey: appKey, AppSecrets: []sign.AppSecret{p.app}, Deduper: d}))
	add(uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{uqSecret}, Deduper: d}))
	add(kazepay.NewCallbacks(kazepay.CallbackConfig{PlatformKeys: keys, PrivateKey: p.merchant, Deduper: d}))
	add(unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: p.merchant, SignKeyID: "20190411000000", AppIDs: []string{unionpaytest.DefaultAppID}, Path: upiPath,
		UPISignKeys: map[string]sign.PublicKey{upiKeyID: p.own.Public()}, Deduper: d,
	}))
	add(coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{issuerToken}, Deduper: d}))
	return out, errors.Join(problems...)
}

// answered writes what questions are answered with.
func answered(ctx context.Context, event *webhook.Event) error {
	if asked, ok := event.Data.(*unionpay.UserIDRequested); ok {
		asked.AppUserID = "user"
	}
	if event.Provider != "coshine" {
		return nil
	}
	return coshine.Functions{
		Authorization: func(context.Context, *coshine.AuthorizationRequest) (coshine.Answer, error) {
			return coshine.Approve(), nil
		},
		TokenStateNotification: func(context.Context, *coshine.TokenStateNotification) (coshine.Answer, error) {
			return coshine.Approve(), nil
		},
	}.Handle(ctx, event)
}

// push is a callback of a provider.
type push struct {
	provider string
	event    any
	make     func() (*http.Request, error) // one delivery
	ready    *delivery                     // the one that every attempt repeats; nil signs each anew
}

// delivery is a signed request.
type delivery struct {
	typ    string
	header http.Header
	body   []byte
}

// address is the type of the address that it goes to.
func (d *delivery) address() string { return cmp.Or(d.typ, "event") }

func (p push) signed() (*delivery, error) {
	if p.ready != nil {
		return p.ready, nil
	}
	r, err := p.make()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	return &delivery{typ: r.PathValue("type"), header: r.Header, body: body}, err
}

// acknowledged reports whether an answer is what the platform waits for: some say in the
// body what a status says elsewhere.
func acknowledged(provider string, status int, body []byte) bool {
	coded := provider == "unionpay" || provider == "coshine"
	return status == http.StatusOK && (!coded || bytes.Contains(body, []byte(`"responseCode":"00"`)))
}

// sign makes the n-th callback. Its provider is the n-th in turn. UQPAY's and UnionPay's
// are signed anew for each delivery, because they are good for five minutes, and UnionPay
// names each.
func (p platform) sign(n int) (push, error) {
	id := fmt.Sprintf("%d%06d", time.Now().Unix(), n)
	out := push{provider: providers[n%len(providers)]}
	pick := func(events ...any) any { return events[n/len(providers)%len(events)] }
	switch out.provider {
	case "worldcard":
		out.event = pick(
			&worldcard.CardDeposited{TransactionID: id, CardID: "1", Amount: "1", Status: worldcard.DepositEventStatusSuccess},
			&worldcard.CardClosed{CardID: id, CardState: worldcard.CardStateCancelled, Amount: "7.50", Currency: "USD"},
		)
		cfg := worldcardtest.CallbackConfig{Key: p.own, AESKey: p.aes}
		out.make = func() (*http.Request, error) { return worldcardtest.NewCallback(cfg, out.event) }
	case "legacy":
		out.event = pick(
			&legacy.CardDeposited{OrderNo: id, MerOrderNo: "m" + id, Status: legacy.OrderStatusSuccess},
			&legacy.VirtualPBilled{ID: id, Amount: "3.20", Type: "Consumption", Status: "Approved"},
		)
		cfg := legacytest.CallbackConfig{AppKey: appKey, AppSecret: p.app}
		out.make = func() (*http.Request, error) { return legacytest.NewCallback(cfg, out.event) }
	case "uqpay":
		out.event = &uqpay.CardCreated{
			EventBase: uqpay.EventBase{EventType: uqpay.EventCardCreateSucceeded, EventID: id, SourceID: "s"}, CardID: "1",
		}
		cfg := uqpaytest.CallbackConfig{Secret: uqSecret}
		out.make = func() (*http.Request, error) { return uqpaytest.NewCallback(cfg, out.event) }
	case "kazepay":
		out.event = &kazepay.CardDeposited{
			CardID: "1", TransactionID: id, Amount: "1.00", Status: kazepay.TransactionStatusSuccess,
		}
		cfg := kazepaytest.CallbackConfig{Key: p.own, MerchantKey: p.merchant.Public()}
		out.make = func() (*http.Request, error) { return kazepaytest.NewCallback(cfg, out.event) }
	case "unionpay":
		token := issuing.NewSecret("62" + id)
		out.event = pick(
			&unionpay.TokenStateChanged{Token: token, State: unionpay.TokenStateSuspended},
			&unionpay.TransactionReported{Token: token, TxnID: id, Amount: "12.30"},
			&unionpay.UserIDRequested{UserAuthCode: issuing.NewSecret(id)},
		)
		cfg := unionpaytest.CallbackConfig{Key: p.own, KeyID: upiKeyID, MsgID: "U00520446" + id, Path: upiPath}
		out.make = func() (*http.Request, error) { return unionpaytest.NewCallback(cfg, out.event) }
	case "coshine":
		head := coshine.Inbound{TranID: id}
		out.event = pick(
			&coshine.AuthorizationRequest{Inbound: head},
			&coshine.TokenStateNotification{Inbound: head, Number: issuing.NewSecret("62" + id), State: coshine.TokenStateSuspended},
		)
		cfg := coshinetest.CallbackConfig{Token: issuerToken}
		out.make = func() (*http.Request, error) { return coshinetest.NewCallback(cfg, out.event) }
	}
	if slices.Contains([]string{"uqpay", "unionpay"}, out.provider) {
		return out, nil
	}
	var err error
	out.ready, err = out.signed()
	return out, err
}
