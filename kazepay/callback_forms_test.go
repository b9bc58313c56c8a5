package kazepay_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

var callbackForms = []kazepay.CallbackForm{kazepay.CallbackFormSealed, kazepay.CallbackFormSigned, kazepay.CallbackFormPlain}

// A source takes its own form and no other: nothing in a message chooses how it is
// checked.
func TestCallbackFormsAreNotMixed(t *testing.T) {
	t.Parallel()
	for _, sent := range callbackForms {
		server := startServer(t, kazepaytest.Config{Callbacks: sent})
		body := genuine(t, server, kazepay.EventCardDeposited, depositResult)
		if readable := bytes.Contains(body, []byte(`"receiveAmount":"99.50"`)); readable != (sent != kazepay.CallbackFormSealed) {
			t.Errorf("form %d: readable is %t", sent, readable)
		}
		for _, expected := range callbackForms {
			cfg := callbackConfig(server)
			cfg.Form = expected
			event, err := callbacks(t, cfg).Parse(nil, body)
			if accepted := err == nil && event.Type == kazepay.EventCardDeposited; accepted {
				if _, known := event.Data.(*kazepay.CardDeposited); !known {
					t.Errorf("form %d as %d: %+v", sent, expected, event)
				}
				// In clear a source that asks for no signature does not look for one.
				if sent != expected && (expected != kazepay.CallbackFormPlain || sent == kazepay.CallbackFormSealed) {
					t.Errorf("form %d was taken as form %d", sent, expected)
				}
			} else if sent == expected {
				t.Errorf("form %d: %+v, %v", sent, event, err)
			}
		}
	}
}

func TestSignedCallbacksAreHeldByTheirSignature(t *testing.T) {
	t.Parallel()
	for _, profile := range []sign.Profile{{}, {Signed: sign.SignedBytesSorted, Hash: sign.SignatureHashSHA256}, {Scheme: sign.SignatureSchemePSS, Signed: sign.SignedBytesMessage}} {
		server := startServer(t, kazepaytest.Config{Callbacks: kazepay.CallbackFormSigned, Profile: profile})
		cfg := callbackConfig(server)
		cfg.Form = kazepay.CallbackFormSigned
		src := callbacks(t, cfg)
		body := genuine(t, server, kazepay.EventCardDeposited, depositResult)
		if _, err := src.Parse(nil, body); err != nil {
			t.Errorf("%v: %v", profile, err)
		}
		for name, forged := range map[string][]byte{
			"another amount": bytes.Replace(body, []byte(`"99.50"`), []byte(`"9950"`), 1),
			"no signature":   bytes.Replace(body, []byte(`"sign":`), []byte(`"sgin":`), 1),
		} {
			if event, err := src.Parse(nil, forged); !errors.Is(err, webhook.ErrSignature) {
				t.Errorf("%v: %s: %+v, %v", profile, name, event, err)
			}
		}
	}
}

// Plain callbacks are read with a head and without, as upstream sends them.
func TestPlainCallbacks(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{Callbacks: kazepay.CallbackFormPlain})
	cfg := callbackConfig(server)
	cfg.Form, cfg.Names = kazepay.CallbackFormPlain, map[string]string{"topped_up": kazepay.EventCardDeposited}
	src := callbacks(t, cfg)
	const content = `{"userBankcardId":140,"amount":100.00,"receiveAmount":99.50,"currency":"USD","status":"SUCCESS","createAt":1691550780785}`
	for name, body := range map[string]string{
		"the platform's":     string(genuine(t, server, kazepay.EventCardDeposited, depositResult)),
		"type and result":    `{"type":"CARD_RECHARGE_RESULT","result":` + content + `}`,
		"a name of its own":  `{"type":"topped_up","result":` + content + `}`,
		"the content alone":  content,
		"a byte order mark":  "\ufeff" + content,
		"named by itself":    strings.Replace(content, "{", `{"type":"CARD_RECHARGE_RESULT",`, 1),
		"a head beside body": `{"head":{"sysId":"` + server.SysID() + `","apiCode":"topped_up"},"body":` + content + `}`,
	} {
		event, err := src.Parse(nil, []byte(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		data, ok := event.Data.(*kazepay.CardDeposited)
		if !ok || data.CardID != "140" || data.ReceiveAmount.Cmp(amount("99.50")) != 0 || event.Type != kazepay.EventCardDeposited {
			t.Errorf("%s: %+v", name, event)
		}
	}
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"no object":        {`[1]`, kazepay.ErrUnsupportedEnvelope},
		"HTML":             {`<html>`, kazepay.ErrUnsupportedEnvelope},
		"another merchant": {`{"head":{"sysId":"H1"},"body":` + content + `}`, webhook.ErrUnknownKey},
	} {
		if event, err := src.Parse(nil, []byte(c.body)); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, event, err)
		}
	}
}

// The platform delivers every form, and every form is acknowledged in every way.
func TestCallbackFormsAreDelivered(t *testing.T) {
	t.Parallel()
	for _, form := range callbackForms {
		for _, ack := range []kazepay.CallbackAck{kazepay.CallbackAckText, kazepay.CallbackAckSigned} {
			in := &inbox{}
			server, client := merchantOf(t, kazepaytest.Config{Callbacks: form}, in, func(c *kazepay.CallbackConfig) { c.Form, c.Ack = form, ack })
			activeCard(t, server, client, 1)
			server.Clock().Advance(delay)
			deliveries := server.Deliveries()
			if len(in.types()) != 1 || len(deliveries) != 1 || !deliveries[0].Accepted {
				t.Errorf("form %d, acknowledgement %d: %v, %+v", form, ack, in.types(), deliveries)
			}
		}
	}
}

func TestNewSettingsAreChecked(t *testing.T) {
	t.Parallel()
	good := startServer(t, kazepaytest.Config{}).ClientConfig()
	for field, change := range map[string]func(*kazepay.Config){
		"Paths relative":             func(c *kazepay.Config) { c.Paths = map[string]string{"cardBalance": "api"} },
		"Paths unnamed":              func(c *kazepay.Config) { c.Paths = map[string]string{"": "/api"} },
		"Paths query":                func(c *kazepay.Config) { c.Paths = map[string]string{"cardBalance": "/api?x=1"} },
		"Paths host":                 func(c *kazepay.Config) { c.Paths = map[string]string{"cardBalance": "/a b"} },
		"ContentType":                func(c *kazepay.Config) { c.ContentType = "application json" },
		`Codes["SUCCESS"]`:           func(c *kazepay.Config) { c.Codes = map[kazepay.Code]error{"SUCCESS": issuing.ErrDeclined} },
		`Codes["E1"] without a kind`: func(c *kazepay.Config) { c.Codes = map[kazepay.Code]error{"E1": nil} },
		"Values[identificationType]": func(c *kazepay.Config) { c.Values = map[string][]string{"identificationType": {""}} },
		`Codes["E1"] of no failure`:  func(c *kazepay.Config) { c.Codes = map[kazepay.Code]error{"E1": issuing.ErrSignature} },
	} {
		cfg := good
		change(&cfg)
		_, err := kazepay.New(cfg)
		if e := wantError(t, err, issuing.ErrInvalid); len(e.Fields) != 1 || !strings.HasPrefix(field, e.Fields[0].Field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	server := startServer(t, kazepaytest.Config{})
	for field, change := range map[string]func(*kazepay.CallbackConfig){
		"Form":   func(c *kazepay.CallbackConfig) { c.Form = 3 },
		"Fields": func(c *kazepay.CallbackConfig) { c.Fields = map[string]string{"code": ""} },
	} {
		cfg := callbackConfig(server)
		change(&cfg)
		_, err := kazepay.NewCallbacks(cfg)
		if e := wantError(t, err, issuing.ErrInvalid); len(e.Fields) != 1 || e.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// What the merchant has learnt of KazePay's codes counts: which kind a failure is, and
// that a code says nothing definite.
func TestCodesOfTheMerchants(t *testing.T) {
	t.Parallel()
	const code = kazepay.Code("FAKE_NOT_FOUND")
	for _, c := range []struct{ learnt, write, read error }{
		{nil, issuing.ErrDeclined, issuing.ErrDeclined}, {issuing.ErrNotFound, issuing.ErrNotFound, issuing.ErrNotFound},
		{issuing.ErrOutcomeUnknown, issuing.ErrOutcomeUnknown, issuing.ErrUnavailable},
	} {
		server := startServer(t, kazepaytest.Config{})
		cfg := server.ClientConfig()
		if c.learnt != nil {
			cfg.Codes = map[kazepay.Code]error{code: c.learnt}
		}
		client := clientOf(t, server, cfg)
		_, err := client.Cards.Freeze(t.Context(), "1")
		if e := wantError(t, err, c.write); c.learnt != issuing.ErrOutcomeUnknown && !errors.Is(e, code) {
			t.Errorf("%v lost its code", err)
		}
		_, err = client.Cards.Card(t.Context(), "1")
		wantError(t, err, c.read)
	}
	server := startServer(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{UpstreamCodes: true}})
	cfg := server.ClientConfig()
	cfg.Codes = map[kazepay.Code]error{kazepay.CodeBusiness: issuing.ErrConflict}
	_, err := clientOf(t, server, cfg).Cards.Freeze(t.Context(), "1")
	wantError(t, err, issuing.ErrConflict)
}
