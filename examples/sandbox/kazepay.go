package main

import "github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"

// startKazePay serves KazePay's platform in memory. A review passes after a moment when
// nobody can decide it: without a command word, as in a program's test.
func startKazePay(o options) (*running, error) {
	keys, err := keep(o, kazepaytest.ParseKeys, kazepaytest.NewKeys)
	if err != nil {
		return nil, err
	}
	if _, err := o.webhooks.byType(nil); err != nil {
		return nil, err
	}
	server, err := kazepaytest.NewServer(kazepaytest.Config{
		Keys: keys, Listener: o.listener, Clock: o.clock, WebhookURL: o.webhooks.all(), Seed: o.seed, AutoKYC: o.autoKYC,
	})
	if err != nil {
		return nil, err
	}
	publicKey, err := server.PlatformKey().MarshalText()
	if err != nil {
		server.Close()
		return nil, err
	}
	return &running{server.Platform, map[string]string{
		"base_url": server.URL(), "sys_id": server.SysID(), "merchant_private_key": server.MerchantPrivateKey().Reveal(),
		"platform_public_key": string(publicKey),
	}, keys.Texts(), server.Close}, nil
}
