package main

import (
	"strings"

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
	var plastic []string // numbers of cards that can be assigned, which are nobody's
	for _, number := range server.Inventory() {
		plastic = append(plastic, number.Reveal())
	}
	return &running{server.Platform, map[string]string{
		"card_numbers": strings.Join(plastic, " "),
		"base_url":     server.URL(), "client_id": server.ClientID(), "api_key": server.APIKey().Reveal(),
		"webhook_secret": server.WebhookSecret().Reveal(),
	}, map[string]issuing.Secret{
		"client_id": issuing.NewSecret(server.ClientID()), "api_key": server.APIKey(), "webhook_secret": server.WebhookSecret(),
	}, server.Close}, nil
}
