package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// site is the wallet's page, and the gateway behind it when it is in memory.
type site struct {
	url     string
	wallet  *wallet
	gateway *unionpaytest.Server
	browser *http.Client
	close   func()
}

// connect makes client, links, notifications and page: for UnionPay when the
// environment names it, else for a gateway in memory.
func connect(listen string, getenv func(string) string) (*site, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", listen)
	if err != nil {
		return nil, err
	}
	s := &site{url: "http://" + listener.Addr().String(), browser: &http.Client{Timeout: 30 * time.Second}}
	var cfg unionpay.Config
	callbacks := map[string][]string{}
	if getenv("UNIONPAY_BASE_URL") != "" {
		cfg, err = fromEnvironment(getenv)
		callbacks[getenv("UNIONPAY_ISSUER_ID")] = []string{getenv("UNIONPAY_ISSUER_CALLBACK")}
	} else {
		s.gateway, err = unionpaytest.NewServer(unionpaytest.Config{WebhookURL: s.url + "/callbacks/unionpay"})
		if err == nil {
			cfg = s.gateway.ClientConfig()
			callbacks[unionpaytest.DefaultIssuerID] = []string{"issuerapp00010156://return"}
		}
	}
	if err == nil {
		s.wallet, err = newWallet(cfg, callbacks)
	}
	if err != nil {
		if s.gateway != nil {
			s.gateway.Close()
		}
		return nil, errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: s.wallet.routes(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	s.close = func() {
		if s.gateway != nil {
			s.gateway.Close()
		}
		_ = server.Close()
	}
	return s, nil
}

// fromEnvironment reads what UnionPay handed over. The suffixes are not
// published, so they are variables as well.
func fromEnvironment(getenv func(string) string) (unionpay.Config, error) {
	return unionpay.ParseConfig(unionpay.ConfigTexts{
		BaseURL: getenv("UNIONPAY_BASE_URL"), AppID: getenv("UNIONPAY_APP_ID"),
		SignKey: issuing.NewSecret(getenv("UNIONPAY_SIGN_KEY")), SignKeyID: getenv("UNIONPAY_SIGN_KEY_ID"),
		UPISignKeys: map[string]string{getenv("UNIONPAY_UPI_SIGN_KEY_ID"): getenv("UNIONPAY_UPI_SIGN_KEY")},
		Paths: map[unionpay.MessageType]string{
			unionpay.MessageTypeTokenRequest: getenv("UNIONPAY_PATH_TOKEN_REQUEST"),
		},
	})
}

// newWallet makes the page's parts from one configuration.
func newWallet(cfg unionpay.Config, callbacks map[string][]string) (*wallet, error) {
	client, err := unionpay.New(cfg)
	if err != nil {
		return nil, err
	}
	links, err := unionpay.NewLinks(unionpay.LinkConfig{TRID: cfg.AppID, Callbacks: callbacks})
	if err != nil {
		return nil, err
	}
	w := &wallet{client: client, links: links, pending: map[string]*unionpay.Link{}, changed: make(chan struct{})}
	src, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: cfg.SignKey, SignKeyID: cfg.SignKeyID, UPISignKeys: cfg.UPISignKeys,
		AppIDs: []string{cfg.AppID}, DecryptKeys: cfg.DecryptKeys,
	})
	if err != nil {
		return nil, err
	}
	w.notifications = webhook.NewHandler(src, w.notified)
	return w, nil
}
