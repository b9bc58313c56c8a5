package main

import (
	"net/url"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
)

// startCoshine mounts the published paths and the inferred ones, so that every
// interface which has at least a guess can be tried. Notifications go to the
// webhook address with the interface's name in the query.
func startCoshine(listen, webhookURL string) (*platform, error) {
	server, err := coshinetest.NewServer(coshinetest.Config{
		Listen: listen, Paths: coshine.InferredPaths(),
		Issuer: func(api coshine.API) string { return withAPI(webhookURL, string(api)) },
	})
	if err != nil {
		return nil, err
	}
	return &platform{
		ready: struct {
			Provider      string `json:"provider"`
			BaseURL       string `json:"base_url"`
			Token         string `json:"token"`
			ParticipantID string `json:"participant_id"`
			TranBranch    string `json:"tran_branch"`
			IssuerToken   string `json:"issuer_token"`
		}{
			"coshine", server.URL(), server.Token().Reveal(), server.ParticipantID(), server.TranBranch(),
			server.IssuerToken().Reveal(),
		},
		close: server.Close,
	}, nil
}

// withAPI adds the name of an interface to an address.
func withAPI(address, api string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return address
	}
	query := u.Query()
	query.Set("api", api)
	u.RawQuery = query.Encode()
	return u.String()
}
