package cases

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
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
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// received verifies a built callback.
func received(t *testing.T, src *webhook.Source, r *http.Request) (*webhook.Event, string, error) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	event, _, err := src.Receive(&webhook.Request{URL: r.URL, Header: r.Header, Body: body, Type: r.PathValue("type")})
	return event, string(body), err
}

// TestNewCallbackIsOfItsDelivery: what a delivery is told by is as it was given, fresh
// where nothing was, and outside of its time it is refused.
func TestNewCallbackIsOfItsDelivery(t *testing.T) {
	t.Parallel()
	world := func(nonce string, now time.Time) *http.Request {
		return must(worldcardtest.NewCallback(worldcardtest.CallbackConfig{
			Key: private(), AESKey: aesKey(), Nonce: nonce, Now: at(now),
		}, &worldcard.CardClosed{CardID: "1"}))
	}
	if got := world("n-1", epoch).Header; got.Get("X-Nonce") != "n-1" || got.Get("X-Timestamp") != "1777888800000" || got.Get("X-App-Id") != "" {
		t.Errorf("%v", got)
	}
	if a, b := world("", epoch).Header.Get("X-Nonce"), world("", epoch).Header.Get("X-Nonce"); a == b || len(a) != 36 {
		t.Errorf("nonces %s and %s", a, b)
	}
	if _, _, err := received(t, worldCardSource(t, epoch, nil), world("", epoch.Add(-72*time.Hour))); !errors.Is(err, webhook.ErrTimestamp) {
		t.Errorf("three days old: %v", err)
	}

	paid := &kazepay.CardDeposited{CardID: "1", Amount: "1.00", Status: kazepay.TransactionStatusSuccess}
	kaze := func(no string, name kazepaytest.CallbackName) string {
		_, body, err := received(t, oddKazePay().source(t), must(kazepaytest.NewCallback(kazepaytest.CallbackConfig{
			Key: private(), MerchantKey: merchant().Public(), RequestNo: no, Name: name, Now: at(epoch),
		}, paid)))
		if err != nil {
			t.Error(err)
		}
		return body
	}
	if body := kaze("7", kazepaytest.CallbackNameInHead); !strings.Contains(body, `"apiCode":"CARD_RECHARGE_RESULT"`) || !strings.Contains(body, `"requestNo":"7"`) {
		t.Error(body)
	}
	if body := kaze("", kazepaytest.CallbackNameNowhere); !strings.Contains(body, `"apiCode":"notify"`) || !strings.Contains(body, `"requestNo":"20260504100000`) {
		t.Error(body)
	}

	uq := must(uqpaytest.NewCallback(uqpaytest.CallbackConfig{Secret: issuing.NewSecret(uqSecret), Now: at(epoch)},
		&uqpay.HolderChallenged{EventBase: uqpay.EventBase{EventID: "e-9"}, CardID: "1"}))
	if event, _, err := received(t, uqpaySource(t, epoch, nil), uq); err != nil || event.ID != "e-9" || event.Type != uqpay.EventHolderChallenged || !event.Time.Equal(epoch) {
		t.Errorf("%+v, %v", event, err)
	}

	const msgID, uuid = "U00520446202605041000000000007", "0123456789abcdef0123456789abcdef"
	union := must(unionpaytest.NewCallback(unionpaytest.CallbackConfig{
		Key: private(), KeyID: "upi-kid", AppID: "app", Path: "/own", UUID: uuid, MsgID: msgID, Now: at(epoch),
	}, &unionpay.TokenStateChanged{Token: issuing.NewSecret("6299990000000000004"), State: unionpay.TokenStateDeleted}))
	event, _, err := received(t, source(t)(unionpay.NewCallbacks(unionPayConfig(epoch))), union)
	if err != nil || event.ID != "TOKEN_STATE_NOTIFICATION|"+msgID || union.URL.Path != "/own" || !event.Time.Equal(epoch) {
		t.Errorf("%+v, %v", event, err)
	}
}

// TestNewCallbackOfCoshine: what is not published comes from Raw, so that what arrived
// can be sent again; and the SMS-OTP webhook has no public header.
func TestNewCallbackOfCoshine(t *testing.T) {
	t.Parallel()
	src := oddCoshine().source(t)
	cfg := coshinetest.CallbackConfig{Token: issuing.NewSecret("in"), ParticipantID: "7", Now: at(epoch)}
	asked := &coshine.AuthorizationRequest{Inbound: coshine.Inbound{
		TranCode: "BUY", Raw: issuing.NewSecret(`{"tranAmount":"12.30","tranCode":"lost"}`),
	}}
	event, _, err := received(t, src, must(coshinetest.NewCallback(cfg, asked)))
	if err != nil {
		t.Fatal(err)
	}
	first := event.Data.(*coshine.AuthorizationRequest)
	var unpublished struct {
		Amount issuing.Amount `json:"tranAmount"`
	}
	if err := first.Decode(&unpublished); err != nil || unpublished.Amount != "12.30" || first.TranCode != "BUY" || first.ParticipantID != "7" {
		t.Errorf("%+v, %+v, %v", first, unpublished, err)
	}
	if at, ok := first.At(); !ok || !at.Equal(epoch) || first.TranID == "" {
		t.Errorf("%v, %q", at, first.TranID)
	}
	again, _, err := received(t, src, must(coshinetest.NewCallback(cfg, first)))
	if err != nil || again.ID != event.ID || again.Raw.Reveal() != event.Raw.Reveal() {
		t.Errorf("sent again: %+v, %v", again, err)
	}

	cfg.Form = coshinetest.CallbackFormSMSOTP
	event, body, err := received(t, src, must(coshinetest.NewCallback(cfg, &coshine.SendOTPRequest{CardToken: "c", VerifyCode: issuing.NewSecret("123456")})))
	if err != nil || event.Data.(*coshine.SendOTPRequest).VerifyCode.Reveal() != "123456" || strings.Contains(body, "tranId") {
		t.Errorf("%+v, %s, %v", event, body, err)
	}
}

// TestNewCallbackEncrypts: a field of UnionPay's that is to be encrypted is not in the
// body.
func TestNewCallbackEncrypts(t *testing.T) {
	t.Parallel()
	for _, b := range builders() {
		if !strings.HasPrefix(b.name, "unionpay") {
			continue
		}
		r := must(b.build(&unionpay.TokenStateChanged{Token: issuing.NewSecret("6299990000000000004"), State: "SUSPENDED"}))
		event, body, err := received(t, b.source(t), r)
		if err != nil || event.Data.(*unionpay.TokenStateChanged).Token.Reveal() != "6299990000000000004" || strings.Contains(body, "6299990") {
			t.Errorf("%s: %s, %v", b.name, body, err)
		}
	}
}

// TestNewCallbackSettings: what is missing in a configuration, and what an event cannot
// be written with, is an error that names it and no secret.
func TestNewCallbackSettings(t *testing.T) {
	t.Parallel()
	decision := &authdecision.Caller{}
	good := unionpaytest.CallbackConfig{Key: private(), KeyID: "upi-kid"}
	with := func(change func(*unionpaytest.CallbackConfig)) unionpaytest.CallbackConfig {
		cfg := good
		change(&cfg)
		return cfg
	}
	token := &unionpay.TokenStateChanged{}
	uq := uqpaytest.CallbackConfig{Secret: issuing.NewSecret(uqSecret)}
	in := coshinetest.CallbackConfig{Token: issuing.NewSecret("in")}
	for name, tt := range map[string]struct {
		build func() (*http.Request, error)
		want  string
	}{
		"worldcard": {func() (*http.Request, error) {
			return worldcardtest.NewCallback(worldcardtest.CallbackConfig{Nonce: "a\nb"}, &worldcard.CardOpened{})
		}, "Key AESKey Nonce"},
		"worldcard, amount": {func() (*http.Request, error) {
			return worldcardtest.NewCallback(worldcardtest.CallbackConfig{Key: private(), AESKey: aesKey()}, &worldcard.CardOpened{Amount: "1,5"})
		}, "amount"},
		"legacy": {func() (*http.Request, error) {
			return legacytest.NewCallback(legacytest.CallbackConfig{}, &legacy.CardDeposited{})
		}, "AppKey AppSecret"},
		"kazepay": {func() (*http.Request, error) {
			return kazepaytest.NewCallback(kazepaytest.CallbackConfig{Name: 9, Profile: sign.Profile{Cipher: 99}}, &kazepay.KYCReviewed{})
		}, "Key MerchantKey Profile Name"},
		"uqpay": {func() (*http.Request, error) {
			return uqpaytest.NewCallback(uqpaytest.CallbackConfig{}, &uqpay.CardActivated{})
		}, "Secret"},
		"uqpay, which type": {func() (*http.Request, error) {
			return uqpaytest.NewCallback(uq, &uqpay.CardCreated{})
		}, "card.create.succeeded card.create.failed"},
		"uqpay, another's type": {func() (*http.Request, error) {
			return uqpaytest.NewCallback(uq, &uqpay.CardActivated{EventBase: uqpay.EventBase{EventType: uqpay.EventCardFeeCharged}})
		}, "card.activation.status"},
		"decision, key":         {func() (*http.Request, error) { return decision.NewCallback(map[string]any{}) }, "key is missing"},
		"decision, transaction": {func() (*http.Request, error) { return decision.NewCallback(&authdecision.Request{}) }, "TransactionID"},
		"coshine": {func() (*http.Request, error) {
			return coshinetest.NewCallback(coshinetest.CallbackConfig{Form: 7, Serialization: 9}, &coshine.VerifyOTPRequest{})
		}, "Token Form Serialization"},
		"coshine, form": {func() (*http.Request, error) {
			cfg := in
			cfg.Form = coshinetest.CallbackFormSMSOTP
			return coshinetest.NewCallback(cfg, &coshine.VerifyOTPRequest{})
		}, "Form"},
		"coshine, raw": {func() (*http.Request, error) {
			return coshinetest.NewCallback(in, &coshine.ClearingRequest{Inbound: coshine.Inbound{Raw: issuing.NewSecret("[1]")}})
		}, "Inbound.Raw"},
		"unionpay": {func() (*http.Request, error) {
			return unionpaytest.NewCallback(unionpaytest.CallbackConfig{Profile: 9, Path: "x", EncryptFields: []string{"token"}}, token)
		}, "Profile Key KeyID Path EncryptKey"},
		"unionpay, uuid": {func() (*http.Request, error) {
			return unionpaytest.NewCallback(with(func(c *unionpaytest.CallbackConfig) { c.UUID = "a b" }), token)
		}, "UPI-JWS"},
		"unionpay, extra": {func() (*http.Request, error) {
			return unionpaytest.NewCallback(good, &unionpay.TokenStateChanged{Extra: unionpay.Extra{"x": issuing.NewSecret("4929420573595709,")}})
		}, "Extra"},
	} {
		r, err := tt.build()
		if err == nil || r != nil {
			t.Errorf("%s: built", name)
			continue
		}
		for _, word := range strings.Fields(tt.want) {
			if !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "4929420573595709") {
				t.Errorf("%s: %q does not name %s", name, err, word)
			}
		}
	}
}
