package cases

import (
	"context"
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// What the rows call under names that may move stands here, each once.

type unionpayCallbacks = unionpay.CallbackConfig

func newUnionPayHandler(cfg unionpayCallbacks, fn webhook.Func) (http.Handler, error) {
	src, err := unionpay.NewCallbacks(cfg)
	if err != nil {
		return nil, err
	}
	return webhook.NewHandler(src, fn), nil
}

// coshineEventID is how an inbound request is named, for issuers that keep names.
func coshineEventID(t *testing.T, body string) string {
	t.Helper()
	src := source(t)(coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{issuing.NewSecret("in")}}))
	header := http.Header{"Authorization": {"Bearer in"}, "Timestamp": {"1776666652"}}
	event, err := src.ForType(string(coshine.APISendOTP)).Parse(header, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	asked, ok := event.Data.(*coshine.SendOTPRequest)
	if !ok {
		t.Fatalf("%T", event.Data)
	}
	return event.ID + " " + asked.DedupeKey()
}

// Sources of callbacks, at a time.

func worldCardSource(t *testing.T, now time.Time, change func(*worldcard.CallbackConfig)) *webhook.Source {
	t.Helper()
	cfg := worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{private().Public()}, AESKey: aesKey(), Now: func() time.Time { return now },
	}
	if change != nil {
		change(&cfg)
	}
	return source(t)(worldcard.NewCallbacks(cfg))
}

func uqpaySource(t *testing.T, now time.Time, change func(*uqpay.CallbackConfig)) *webhook.Source {
	t.Helper()
	cfg := uqpay.CallbackConfig{Secrets: []issuing.Secret{issuing.NewSecret(uqSecret)}, Now: func() time.Time { return now }}
	if change != nil {
		change(&cfg)
	}
	return source(t)(uqpay.NewCallbacks(cfg))
}

func legacySource(t *testing.T) *webhook.Source {
	t.Helper()
	return source(t)(legacy.NewCallbacks(legacy.CallbackConfig{AppKey: "app", AppSecrets: []sign.AppSecret{app()}}))
}

func source(t *testing.T) func(*webhook.Source, error) *webhook.Source {
	return func(src *webhook.Source, err error) *webhook.Source {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
}

// unionPayHandler takes messages of profile G at upiPath, signed with private.
func unionPayHandler(t *testing.T, now time.Time, fn func(*webhook.Event)) http.Handler {
	t.Helper()
	h, err := newUnionPayHandler(unionPayConfig(now), func(_ context.Context, event *webhook.Event) error {
		fn(event)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func unionPayConfig(now time.Time) unionpayCallbacks {
	return unionpayCallbacks{
		Profile: unionpay.ProfileG, SignKey: merchant(), SignKeyID: "our-kid", AppIDs: []string{"app"},
		UPISignKeys: map[string]sign.PublicKey{"upi-kid": private().Public()}, Now: func() time.Time { return now },
	}
}
