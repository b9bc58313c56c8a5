package main

import (
	"net/url"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
)

// startCoshine mounts the published paths and the inferred ones, so that every
// interface which has at least a guess can be tried. Notifications go to the
// webhook address with the interface's name in the query, or to the interface's own.
func startCoshine(o options) (*running, error) {
	var inbound []string
	for _, row := range coshine.Catalogue() {
		inbound = append(inbound, string(row.API))
	}
	own, err := o.webhooks.byType(inbound)
	if err != nil {
		return nil, err
	}
	server, err := coshinetest.NewServer(coshinetest.Config{
		Listener: o.listener, Clock: o.clock, Paths: coshine.InferredPaths(), Token: o.keys["token"], IssuerToken: o.keys["issuer_token"],
		Issuer: func(api coshine.API) string {
			if address, ok := own[string(api)]; ok {
				return address
			}
			return withAPI(o.webhooks.all(), string(api))
		},
	})
	if err != nil {
		return nil, err
	}
	return &running{server.Platform, map[string]string{
		"base_url": server.URL(), "token": server.Token().Reveal(), "participant_id": server.ParticipantID(),
		"tran_branch": server.TranBranch(), "issuer_token": server.IssuerToken().Reveal(),
	}, map[string]issuing.Secret{"token": server.Token(), "issuer_token": server.IssuerToken()}, server.Close}, nil
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
