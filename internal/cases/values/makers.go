package values

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/uqpay/sqltoken"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// What keys are made of, so that a test can look for it.
const (
	AESText  = "0123456789abcdefGHIJKLMNOPQRSTUV"
	AppText  = "a0b1c2d3e4f5A6B7C8D9E0F1a2b3c4d5"
	HMACText = "whsec-Qm9yZWFsLWZvcmVzdC1rZXk"
	Token    = "token-7Hd82kLmNq0PzXw4"
)

// RSA and EC are the private keys behind [sign.PrivateKey] and [sign.ES256Key].
var (
	RSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	EC  = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })
	pgp = sync.OnceValues(func() (authdecision.PrivateKey, error) { return authdecision.GenerateKey("A", "a@example.com") })

	privateKey = sync.OnceValues(func() (sign.PrivateKey, error) {
		key, err := RSA()
		if err != nil {
			return sign.PrivateKey{}, err
		}
		return sign.NewPrivateKey(key)
	})

	// platformKey is the public key of another pair, as clients insist.
	platformKey = sync.OnceValues(func() (sign.PublicKey, error) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return sign.PublicKey{}, err
		}
		return sign.NewPublicKey(&key.PublicKey)
	})
)

type maker = func() (any, error)

// makers make what reflection cannot fill: what has no exported fields. The database
// below sqldedupe and sqltoken is never asked.
var makers = sync.OnceValue(func() map[reflect.Type]maker {
	table := map[reflect.Type]maker{
		reflect.TypeFor[coshine.FileReader](): func() (any, error) {
			return coshine.NewFileReader(strings.NewReader("HCAPTURED_300001,1,20260301\n"), coshine.LayoutCapture)
		},
		reflect.TypeFor[unionpay.Links](): func() (any, error) {
			return unionpay.NewLinks(unionpay.LinkConfig{TRID: "1", Callbacks: map[string][]string{"1": {"https://example.com/"}}})
		},
		reflect.TypeFor[webhook.MemoryDeduper](): func() (any, error) { return webhook.NewMemoryDeduper(time.Hour, 10), nil },
		reflect.TypeFor[webhook.Source]():        func() (any, error) { return source() },
		reflect.TypeFor[webhook.Handler](): func() (any, error) {
			src, err := source()
			return webhook.NewHandler(src, nil), err
		},
		reflect.TypeFor[webhook.Handlers](): func() (any, error) {
			src, err := source()
			if err != nil {
				return nil, err
			}
			return webhook.NewHandlers(webhook.NewHandler(src, func(context.Context, *webhook.Event) error { return nil }))
		},
		reflect.TypeFor[webhook.Sealer](): func() (any, error) {
			key, err := sign.ParseAESKey(AESText)
			if err != nil {
				return nil, err
			}
			return webhook.NewSealer(key)
		},
		reflect.TypeFor[control.Handler](): func() (any, error) {
			server, err := worldcardtest.NewServer(worldcardtest.Config{})
			if err != nil {
				return nil, err
			}
			server.Close()
			return control.New(control.Config{Platforms: []control.Platform{{Name: "worldcard", Platform: server.Platform}}})
		},
		reflect.TypeFor[sqldedupe.Deduper](): func() (any, error) {
			return sqldedupe.New(new(sql.DB), sqldedupe.Config{Dialect: sqldedupe.DialectSQLite})
		},
		reflect.TypeFor[sqltoken.Store](): func() (any, error) {
			key, err := sign.ParseAESKey(AESText)
			if err != nil {
				return nil, err
			}
			return sqltoken.New(new(sql.DB), sqltoken.Config{
				Dialect: sqldedupe.DialectSQLite, Credential: "client", Keys: []sign.AESKey{key},
			})
		},
		reflect.TypeFor[issuingtest.Clock](): func() (any, error) { return issuingtest.NewClock(time.Unix(0, 0)), nil },
	}
	addKeys(table)
	addClients(table)
	addPlatforms(table)
	return table
})

func addKeys(table map[reflect.Type]maker) {
	add := func(t reflect.Type, make maker) { table[t] = make }
	add(reflect.TypeFor[sign.AESKey](), func() (any, error) { return sign.ParseAESKey(AESText) })
	add(reflect.TypeFor[sign.AppSecret](), func() (any, error) { return sign.NewAppSecret(AppText) })
	add(reflect.TypeFor[sign.HMACKey](), func() (any, error) { return sign.NewHMACKey(issuing.NewSecret(HMACText)) })
	add(reflect.TypeFor[sign.PrivateKey](), func() (any, error) { return privateKey() })
	add(reflect.TypeFor[sign.PublicKey](), func() (any, error) { return platformKey() })
	add(reflect.TypeFor[sign.ES256Key](), func() (any, error) {
		key, err := EC()
		if err != nil {
			return nil, err
		}
		return sign.NewES256Key(key)
	})
	add(reflect.TypeFor[sign.ES256PublicKey](), func() (any, error) {
		key, err := EC()
		if err != nil {
			return nil, err
		}
		return sign.NewES256PublicKey(&key.PublicKey)
	})
	add(reflect.TypeFor[authdecision.PrivateKey](), func() (any, error) { return pgp() })
	add(reflect.TypeFor[authdecision.PublicKey](), func() (any, error) {
		key, err := pgp()
		return key.Public(), err
	})
}

// addClients adds the clients, and with each its services, which are its fields.
func addClients(table map[reflect.Type]maker) {
	clients := map[reflect.Type]maker{
		reflect.TypeFor[worldcard.Client](): func() (any, error) { return clientOf(worldcard.New, workingWorldCard) },
		reflect.TypeFor[legacy.Client]():    func() (any, error) { return clientOf(legacy.New, workingLegacy) },
		reflect.TypeFor[kazepay.Client]():   func() (any, error) { return clientOf(kazepay.New, workingKazePay) },
		reflect.TypeFor[uqpay.Client](): func() (any, error) {
			return uqpay.New(uqpay.Config{BaseURL: "https://example.com", ClientID: "id", APIKey: issuing.NewSecret(Token)})
		},
		reflect.TypeFor[coshine.Client](): func() (any, error) {
			return coshine.New(coshine.Config{
				BaseURL: "https://example.com", ParticipantID: "id", TranBranch: "b", Token: issuing.NewSecret(Token),
			})
		},
		reflect.TypeFor[unionpay.Client](): func() (any, error) { return clientOf(unionpay.New, workingUnionPay) },
	}
	for t, make := range clients {
		make := sync.OnceValues(make)
		table[t] = make
		for field := range t.Fields() {
			if !field.IsExported() {
				continue
			}
			service := field.Type
			if service.Kind() == reflect.Pointer {
				service = service.Elem()
			}
			table[service] = func() (any, error) {
				client, err := make()
				if err != nil {
					return nil, err
				}
				return reflect.ValueOf(client).Elem().FieldByIndex(field.Index).Interface(), nil
			}
		}
	}
}

// clientOf makes a client of a configuration that may have failed.
func clientOf[C, R any](new func(C, ...issuing.Option) (R, error), config func() (C, error)) (any, error) {
	cfg, err := config()
	if err != nil {
		return nil, err
	}
	return new(cfg)
}

func workingWorldCard() (worldcard.Config, error) {
	key, err := privateKey()
	aes, errAES := sign.ParseAESKey(AESText)
	return worldcard.Config{BaseURL: "https://example.com", AppID: "app", PrivateKey: key, AESKey: aes}, errors.Join(err, errAES)
}

func workingLegacy() (legacy.Config, error) {
	secret, err := sign.NewAppSecret(AppText)
	return legacy.Config{BaseURL: "https://example.com", AppKey: "app", AppSecret: secret}, err
}

func workingKazePay() (kazepay.Config, error) {
	key, err := privateKey()
	platform, errPlatform := platformKey()
	return kazepay.Config{
		BaseURL: "https://example.com", SysID: "202402271432298822660001", PrivateKey: key, PlatformKey: platform,
	}, errors.Join(err, errPlatform)
}

func workingUnionPay() (unionpay.Config, error) {
	key, err := privateKey()
	return unionpay.Config{
		BaseURL: "https://example.com", AppID: "app", SignKey: key, SignKeyID: "1",
		UPISignKeys: map[string]sign.PublicKey{"2": key.Public()},
	}, err
}

// source is the source that holds most: a key and a token.
func source() (*webhook.Source, error) {
	key, err := privateKey()
	aes, errAES := sign.ParseAESKey(AESText)
	if err := errors.Join(err, errAES); err != nil {
		return nil, err
	}
	return worldcard.NewCallbacks(worldcard.CallbackConfig{PlatformKeys: []sign.PublicKey{key.Public()}, AESKey: aes})
}

// addPlatforms adds the platforms in memory, stopped, and their keys.
func addPlatforms(table map[reflect.Type]maker) {
	add := func(t reflect.Type, make maker) { table[t] = sync.OnceValues(make) }
	add(reflect.TypeFor[worldcardtest.Keys](), func() (any, error) { return worldcardtest.NewKeys() })
	add(reflect.TypeFor[kazepaytest.Keys](), func() (any, error) { return kazepaytest.NewKeys() })
	add(reflect.TypeFor[coshinetest.Keys](), func() (any, error) { return coshinetest.NewKeys() })
	add(reflect.TypeFor[unionpaytest.Keys](), func() (any, error) { return unionpaytest.NewKeys() })
	add(reflect.TypeFor[worldcardtest.Server](), func() (any, error) { return stopped(worldcardtest.NewServer(worldcardtest.Config{})) })
	add(reflect.TypeFor[legacytest.Server](), func() (any, error) { return stopped(legacytest.NewServer(legacytest.Config{})) })
	add(reflect.TypeFor[kazepaytest.Server](), func() (any, error) { return stopped(kazepaytest.NewServer(kazepaytest.Config{})) })
	add(reflect.TypeFor[uqpaytest.Server](), func() (any, error) { return stopped(uqpaytest.NewServer(uqpaytest.Config{})) })
	add(reflect.TypeFor[coshinetest.Server](), func() (any, error) { return stopped(coshinetest.NewServer(coshinetest.Config{})) })
	add(reflect.TypeFor[unionpaytest.Server](), func() (any, error) { return stopped(unionpaytest.NewServer(unionpaytest.Config{})) })
	add(reflect.TypeFor[issuingtest.Platform](), func() (any, error) {
		server, err := legacytest.NewServer(legacytest.Config{})
		if err != nil {
			return nil, err
		}
		server.Close()
		return server.Platform, nil
	})
}

func stopped[S interface{ Close() }](server S, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	server.Close()
	return server, nil
}

var rawType = reflect.TypeFor[json.RawMessage]()
