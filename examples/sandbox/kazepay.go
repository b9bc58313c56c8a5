package main

import (
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// startKazePay serves KazePay's platform in memory. Nobody reviews holders here,
// so every review passes after a moment.
func startKazePay(listen, webhookURL string) (*platform, error) {
	server, err := kazepaytest.NewServer(kazepaytest.Config{
		Listen: listen, WebhookURL: webhookURL, AutoKYC: kazepay.KYCStatusPassed,
	})
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
			SysID              string `json:"sys_id"`
			MerchantPrivateKey string `json:"merchant_private_key"`
			PlatformPublicKey  string `json:"platform_public_key"`
		}{"kazepay", server.URL(), server.SysID(), server.MerchantPrivateKey().Reveal(), string(publicKey)},
		close: server.Close,
	}, nil
}
