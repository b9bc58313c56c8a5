package main

import (
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func startWorldCard(o options) (*running, error) {
	keys, err := keep(o, worldcardtest.ParseKeys, worldcardtest.NewKeys)
	if err != nil {
		return nil, err
	}
	addresses, err := o.webhooks.byType(worldcard.EventTypes())
	if err != nil {
		return nil, err
	}
	server, err := worldcardtest.NewServer(worldcardtest.Config{
		Keys: keys, Listener: o.listener, Clock: o.clock, WebhookURL: o.webhooks.all(), Webhooks: addresses,
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
		"base_url": server.URL(), "app_id": server.AppID(), "merchant_private_key": server.MerchantPrivateKey().Reveal(),
		"aes_key": server.AESKeyText().Reveal(), "platform_public_key": string(publicKey),
	}, keys.Texts(), server.Close}, nil
}
