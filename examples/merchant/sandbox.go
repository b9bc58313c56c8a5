package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// sandbox is the six platforms in memory, which push their callbacks to this service.
// Copy the service without this file and its line in main.go.
type sandbox struct {
	platforms []control.Platform
	variables map[string]string // as the environment would name them
	ends      []func()

	worldcard *worldcardtest.Server
	previous  *legacytest.Server
	kazepay   *kazepaytest.Server
	uqpay     *uqpaytest.Server
	coshine   *coshinetest.Server
	unionpay  *unionpaytest.Server
}

// newSandbox starts the platforms. Callbacks go below the address hooks.
func newSandbox(hooks string) (*sandbox, error) {
	b := &sandbox{variables: map[string]string{}}
	err := errors.Join(b.startWorldCard(hooks), b.startLegacy(hooks), b.startKazePay(hooks), b.startUQPAY(hooks),
		b.startCoshine(hooks), b.startUnionPay(hooks))
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *sandbox) getenv(name string) string { return b.variables[name] }

// Close ends the platforms.
func (b *sandbox) Close() {
	for _, end := range b.ends {
		end()
	}
}

// add keeps a platform and the variables that a client of it would be given.
func (b *sandbox) add(name string, p issuingtest.Platform, end func(), variables map[string]string) {
	b.platforms = append(b.platforms, control.Platform{Name: name, Platform: p})
	b.ends = append(b.ends, end)
	for variable, value := range variables {
		b.variables[strings.ToUpper(name)+"_"+variable] = value
	}
}

func (b *sandbox) startWorldCard(hooks string) error {
	server, err := worldcardtest.NewServer(worldcardtest.Config{
		WebhookURL: hooks + "/callbacks/worldcard", Delay: 200 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	b.worldcard = server
	key, err := server.PlatformKey().MarshalText()
	b.add("worldcard", server.Platform, server.Close, map[string]string{
		"BASE_URL": server.URL(), "APP_ID": server.AppID(), "PRIVATE_KEY": server.MerchantPrivateKey().Reveal(),
		"AES_KEY": server.AESKeyText().Reveal(), "PLATFORM_KEY": string(key),
	})
	return err
}

// startLegacy sends each type of callback to an address of its own, because legacy's do
// not name theirs.
func (b *sandbox) startLegacy(hooks string) error {
	addresses := map[string]string{}
	for _, typ := range legacy.EventTypes() {
		addresses[typ] = hooks + "/callbacks/legacy/" + typ
	}
	server, err := legacytest.NewServer(legacytest.Config{Webhooks: addresses})
	if err != nil {
		return err
	}
	b.previous = server
	b.add("legacy", server.Platform, server.Close, map[string]string{
		"BASE_URL": server.URL(), "APP_KEY": server.AppKey(), "APP_SECRET": server.AppSecretText().Reveal(),
	})
	return nil
}

func (b *sandbox) startKazePay(hooks string) error {
	server, err := kazepaytest.NewServer(kazepaytest.Config{WebhookURL: hooks + "/callbacks/kazepay"})
	if err != nil {
		return err
	}
	b.kazepay = server
	key, err := server.PlatformKey().MarshalText()
	b.add("kazepay", server.Platform, server.Close, map[string]string{
		"BASE_URL": server.URL(), "SYS_ID": server.SysID(), "PRIVATE_KEY": server.MerchantPrivateKey().Reveal(),
		"PLATFORM_KEY": string(key),
	})
	return err
}

func (b *sandbox) startUQPAY(hooks string) error {
	server, err := uqpaytest.NewServer(uqpaytest.Config{
		WebhookURL: hooks + "/callbacks/uqpay", Reserve: issuing.NewAmount(10_000_000, 0), Limits: &uqpaytest.Limits{},
		Delay: 200 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	b.uqpay = server
	b.add("uqpay", server.Platform, server.Close, map[string]string{
		"BASE_URL": server.URL(), "CLIENT_ID": server.ClientID(), "API_KEY": server.APIKey().Reveal(),
		"WEBHOOK_SECRET": server.WebhookSecret().Reveal(),
	})
	return nil
}

func (b *sandbox) startCoshine(hooks string) error {
	server, err := coshinetest.NewServer(coshinetest.Config{
		Paths:  coshine.InferredPaths(),
		Issuer: func(api coshine.API) string { return hooks + "/callbacks/coshine/" + string(api) },
	})
	if err != nil {
		return err
	}
	b.coshine = server
	b.add("coshine", server.Platform, server.Close, map[string]string{
		"BASE_URL": server.URL(), "PARTICIPANT_ID": server.ParticipantID(), "TRAN_BRANCH": server.TranBranch(),
		"TOKEN": server.Token().Reveal(), "ISSUER_TOKEN": server.IssuerToken().Reveal(), "INFERRED_PATHS": "confirmed",
	})
	return nil
}

func (b *sandbox) startUnionPay(hooks string) error {
	keys, err := unionpaytest.NewKeys()
	if err != nil {
		return err
	}
	server, err := unionpaytest.NewServer(unionpaytest.Config{
		Keys: keys, WebhookURL: hooks + "/callbacks/unionpay", AuthorizationLife: time.Hour,
	})
	if err != nil {
		return err
	}
	b.unionpay = server
	upi, err := keys.UPISign().MarshalText()
	variables := map[string]string{
		"BASE_URL": server.URL(), "APP_ID": server.AppID(), "SIGN_KEY": keys.SignPEM().Reveal(),
		"SIGN_KEY_ID":  unionpaytest.SignKeyID,
		"UPI_SIGN_KEY": string(upi), "UPI_SIGN_KEY_ID": unionpaytest.UPISignKeyID, "CALLBACK_PATH": "/callbacks/unionpay",
		"DECRYPT_KEY": keys.DecryptPEM().Reveal(), "DECRYPT_KEY_ID": unionpaytest.DecryptKeyID,
	}
	for message, path := range server.ClientConfig().Paths {
		variables["PATH_"+strings.ToUpper(string(message))] = path
	}
	b.add("unionpay", server.Platform, server.Close, variables)
	return err
}

// serveControl serves the control of the platforms, and its page.
func (b *sandbox) serveControl(ctx context.Context, address string) (url string, end io.Closer, err error) {
	handler, err := control.New(control.Config{Platforms: b.platforms})
	if err != nil {
		return "", nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	b.ends = append(b.ends, handler.Close)
	return "http://" + listener.Addr().String(), server, nil
}
