package main

import "github.com/issuing-sdk/issuing-go/legacy/legacytest"

func startLegacy(listen, webhookURL string) (*platform, error) {
	server, err := legacytest.NewServer(legacytest.Config{Listen: listen, WebhookURL: webhookURL})
	if err != nil {
		return nil, err
	}
	return &platform{
		ready: struct {
			Provider  string `json:"provider"`
			BaseURL   string `json:"base_url"`
			AppKey    string `json:"app_key"`
			AppSecret string `json:"app_secret"`
		}{"legacy", server.URL(), server.AppKey(), server.AppSecretText().Reveal()},
		close: server.Close,
	}, nil
}
