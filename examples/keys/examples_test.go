// Package keys_test holds the programs of docs/keys.md.
package keys_test

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/ThalesGroup/crypto11"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/hashicorp/vault/api"

	"github.com/issuing-sdk/issuing-go/examples/keys/awskms"
	"github.com/issuing-sdk/issuing-go/examples/keys/azurekv"
	"github.com/issuing-sdk/issuing-go/examples/keys/gcpkms"
	"github.com/issuing-sdk/issuing-go/examples/keys/hsm"
	"github.com/issuing-sdk/issuing-go/examples/keys/vault"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

var _ = []any{onAWS, onGoogle, onAzure, onVault, onHSM}

func onAWS(ctx context.Context, client *kms.Client, cfg worldcard.Config) (*worldcard.Client, error) {
	key, err := awskms.New(ctx, client, "alias/worldcard-signing")
	if err != nil {
		return nil, err
	}
	if cfg.PrivateKey, err = sign.NewPrivateKey(key); err != nil {
		return nil, err
	}
	return worldcard.New(cfg)
}

func onGoogle(ctx context.Context, client *http.Client, cfg worldcard.Config) (*worldcard.Client, error) {
	version := "projects/p/locations/europe-west3/keyRings/cards/cryptoKeys/worldcard/cryptoKeyVersions/1"
	key, err := gcpkms.New(ctx, client, gcpkms.Endpoint, version)
	if err != nil {
		return nil, err
	}
	if cfg.PrivateKey, err = sign.NewPrivateKey(key); err != nil {
		return nil, err
	}
	return worldcard.New(cfg)
}

func onAzure(ctx context.Context, client *azkeys.Client, cfg kazepay.Config) (*kazepay.Client, error) {
	key, err := azurekv.New(ctx, client, "kazepay", "5f0b1c7d8e9a4b2c9d3e4f5a6b7c8d9e")
	if err != nil {
		return nil, err
	}
	if cfg.PrivateKey, err = sign.NewPrivateKey(key); err != nil {
		return nil, err
	}
	return kazepay.New(cfg)
}

func onVault(ctx context.Context, client *api.Client, cfg kazepay.Config) (*kazepay.Client, error) {
	key, err := vault.New(ctx, client, "transit", "kazepay", 1)
	if err != nil {
		return nil, err
	}
	if cfg.PrivateKey, err = sign.NewPrivateKey(key); err != nil {
		return nil, err
	}
	return kazepay.New(cfg)
}

func onHSM(session *crypto11.Context, cfg unionpay.Config) (*unionpay.Client, error) {
	signing, err := hsm.Find(session, "unionpay-sign")
	if err != nil {
		return nil, err
	}
	opening, err := hsm.Find(session, "unionpay-enc")
	if err != nil {
		return nil, err
	}
	if cfg.SignKey, err = sign.NewPrivateKey(signing); err != nil {
		return nil, err
	}
	decrypting, err := sign.NewPrivateKey(opening)
	if err != nil {
		return nil, err
	}
	cfg.DecryptKeys = map[string]sign.PrivateKey{cfg.EncCertID: decrypting}
	return unionpay.New(cfg)
}
