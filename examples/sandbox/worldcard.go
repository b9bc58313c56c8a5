package main

import "github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"

func startWorldCard(listen, webhookURL string) (*platform, error) {
	server, err := worldcardtest.NewServer(worldcardtest.Config{Listen: listen, WebhookURL: webhookURL})
	if err != nil {
		return nil, err
	}
	publicKey, err := server.PlatformKey().MarshalText()
	if err != nil {
		server.Close()
		return nil, err
	}
	return &platform{
		ready: struct {
			Provider           string `json:"provider"`
			BaseURL            string `json:"base_url"`
			AppID              string `json:"app_id"`
			MerchantPrivateKey string `json:"merchant_private_key"`
			AESKey             string `json:"aes_key"`
			PlatformPublicKey  string `json:"platform_public_key"`
		}{
			"worldcard", server.URL(), server.AppID(), server.MerchantPrivateKey().Reveal(),
			server.AESKeyText().Reveal(), string(publicKey),
		},
		close: server.Close,
	}, nil
}
