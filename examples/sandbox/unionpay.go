package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// startUnionPay serves the gateway, and beside it the issuer's app: POST
// issuer_url/push makes the links of a new card, POST
// issuer_url/tokens/{reference}/suspend, resume and delete act on a token.
func startUnionPay(o options) (*running, error) {
	keys, err := keep(o, unionpaytest.ParseKeys, unionpaytest.NewKeys)
	if err != nil {
		return nil, err
	}
	if _, err := o.webhooks.byType(nil); err != nil {
		return nil, err
	}
	server, err := unionpaytest.NewServer(unionpaytest.Config{
		Keys: keys, Listener: o.listener, Clock: o.clock, WebhookURL: o.webhooks.all(), Seed: o.seed,
	})
	if err != nil {
		return nil, err
	}
	issuer, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		server.Close()
		return nil, err
	}
	sign, signErr := keys.UPISign().MarshalText()
	enc, encErr := keys.UPIEnc().MarshalText()
	app := &http.Server{Handler: issuerApp(server), ReadHeaderTimeout: 5 * time.Second}
	closeAll := func() {
		_ = app.Close()
		server.Close()
	}
	if err := errors.Join(signErr, encErr); err != nil {
		_ = issuer.Close()
		server.Close()
		return nil, err
	}
	go func() { _ = app.Serve(issuer) }()
	ready := map[string]string{
		"base_url": server.URL(), "app_id": server.AppID(),
		"sign_key": keys.SignPEM().Reveal(), "sign_key_id": unionpaytest.SignKeyID,
		"decrypt_key": keys.DecryptPEM().Reveal(), "decrypt_key_id": unionpaytest.DecryptKeyID,
		"upi_sign_key": string(sign), "upi_sign_key_id": unionpaytest.UPISignKeyID,
		"upi_enc_key": string(enc), "upi_enc_key_id": unionpaytest.UPIEncKeyID,
		"issuer_id": unionpaytest.DefaultIssuerID, "issuer_url": "http://" + issuer.Addr().String(),
	}
	for message, path := range server.ClientConfig().Paths {
		ready["path_"+strings.ToLower(string(message))] = path
	}
	return &running{server.Platform, ready, keys.Texts(), closeAll}, nil
}

// issuerApp is the issuer's app as an address that any language can post to.
func issuerApp(server *unionpaytest.Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /push", func(w http.ResponseWriter, _ *http.Request) {
		push, err := server.Push(unionpaytest.PushRequest{Origin: unionpaytest.OriginIOS})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		links := map[string]string{"push_id": push.PushID, "auth_data": push.AuthData.Reveal()}
		for _, route := range push.Routes {
			switch route.Scenario {
			case unionpaytest.ScenarioAppToApp:
				links["app_uri"] = route.URI.Reveal()
			case unionpaytest.ScenarioAppToWeb:
				links["web_uri"] = route.URI.Reveal()
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(links)
	})
	for name, act := range map[string]func(string) error{
		"suspend": server.Suspend, "resume": server.Resume, "delete": server.Delete,
	} {
		mux.HandleFunc("POST /tokens/{reference}/"+name, func(w http.ResponseWriter, r *http.Request) {
			if err := act(r.PathValue("reference")); err != nil {
				http.Error(w, err.Error(), http.StatusConflict)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	return mux
}
