package main

import "github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"

func startUQPAY(listen, webhookURL string) (*platform, error) {
	server, err := uqpaytest.NewServer(uqpaytest.Config{Listen: listen, WebhookURL: webhookURL})
	if err != nil {
		return nil, err
	}
	return &platform{
		ready: struct {
			Provider      string `json:"provider"`
			BaseURL       string `json:"base_url"`
			ClientID      string `json:"client_id"`
			APIKey        string `json:"api_key"`
			WebhookSecret string `json:"webhook_secret"`
		}{"uqpay", server.URL(), server.ClientID(), server.APIKey().Reveal(), server.WebhookSecret().Reveal()},
		close: server.Close,
	}, nil
}
