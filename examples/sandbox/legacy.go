package main

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

func startLegacy(o options) (*running, error) {
	addresses, err := o.webhooks.byType(legacy.EventTypes())
	if err != nil {
		return nil, err
	}
	server, err := legacytest.NewServer(legacytest.Config{
		Listener: o.listener, Clock: o.clock, WebhookURL: o.webhooks.all(), Webhooks: addresses,
		AppSecret: o.keys["app_secret"], Seed: o.seed,
	})
	if err != nil {
		return nil, err
	}
	return &running{server.Platform, map[string]string{
		"base_url": server.URL(), "app_key": server.AppKey(), "app_secret": server.AppSecretText().Reveal(),
	}, map[string]issuing.Secret{"app_secret": server.AppSecretText()}, server.Close}, nil
}
