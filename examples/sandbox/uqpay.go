package main

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

func startUQPAY(o options) (*running, error) {
	if _, err := o.webhooks.byType(nil); err != nil {
		return nil, err
	}
	server, err := uqpaytest.NewServer(uqpaytest.Config{
		Listener: o.listener, Clock: o.clock, WebhookURL: o.webhooks.all(), Seed: o.seed,
		ClientID: o.keys["client_id"].Reveal(), APIKey: o.keys["api_key"], WebhookSecret: o.keys["webhook_secret"],
	})
	if err != nil {
		return nil, err
	}
	return &running{server.Platform, map[string]string{
		"base_url": server.URL(), "client_id": server.ClientID(), "api_key": server.APIKey().Reveal(),
		"webhook_secret": server.WebhookSecret().Reveal(),
	}, map[string]issuing.Secret{
		"client_id": issuing.NewSecret(server.ClientID()), "api_key": server.APIKey(), "webhook_secret": server.WebhookSecret(),
	}, server.Close}, nil
}
