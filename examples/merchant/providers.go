package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// account is a provider as the environment names it.
type account struct {
	address, name string // the variables of the platform's address and of the account
	open          func(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error)
}

// accounts are those that this service knows. A provider whose address is not set is not
// used.
var accounts = map[string]account{
	"worldcard": {"WORLDCARD_BASE_URL", "WORLDCARD_APP_ID", openWorldCard},
	"legacy":    {"LEGACY_BASE_URL", "LEGACY_APP_KEY", openLegacy},
	"kazepay":   {"KAZEPAY_BASE_URL", "KAZEPAY_SYS_ID", openKazePay},
	"uqpay":     {"UQPAY_BASE_URL", "UQPAY_CLIENT_ID", openUQPAY},
	"coshine":   {"COSHINE_BASE_URL", "COSHINE_PARTICIPANT_ID", openCoshine},
	"unionpay":  {"UNIONPAY_BASE_URL", "UNIONPAY_APP_ID", openUnionPay},
}

func accountNames() []string { return slices.Sorted(maps.Keys(accounts)) }

// named lists the accounts that the environment names, for a person.
func named(getenv func(string) string) (lines []string) {
	for _, name := range accountNames() {
		if address := getenv(accounts[name].address); address != "" {
			lines = append(lines, fmt.Sprintf("%-10s %s, account %s", name, address, getenv(accounts[name].name)))
		}
	}
	return lines
}

// openProviders makes the clients that the environment names.
func (m *merchant) openProviders(getenv func(string) string, observers []issuing.Observer) error {
	opts := []issuing.Option{
		issuing.WithTimeout(m.cfg.CallTimeout), issuing.WithMaxAttempts(m.cfg.Attempts),
		issuing.WithRetryWait(min(retryWait, m.cfg.CallTimeout)/8, min(retryWait, m.cfg.CallTimeout)),
	}
	for _, o := range observers {
		opts = append(opts, issuing.WithObserver(o))
	}
	m.providers = map[string]*provider{}
	var problems []error
	for _, name := range accountNames() {
		if getenv(accounts[name].address) == "" {
			continue
		}
		p, err := accounts[name].open(m, getenv, opts)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		m.providers[name] = p
	}
	if len(m.providers) == 0 && len(problems) == 0 {
		return errors.New("no provider is configured: README.md lists the variables")
	}
	return errors.Join(problems...)
}

func openWorldCard(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error) {
	cfg, err := worldcard.ParseConfig(worldcard.ConfigTexts{
		BaseURL: get("WORLDCARD_BASE_URL"), AppID: get("WORLDCARD_APP_ID"),
		PrivateKey: issuing.NewSecret(get("WORLDCARD_PRIVATE_KEY")), AESKey: issuing.NewSecret(get("WORLDCARD_AES_KEY")),
	})
	if err != nil {
		return nil, err
	}
	platform, err := sign.ParsePublicKey(get("WORLDCARD_PLATFORM_KEY"))
	if err != nil {
		return nil, fmt.Errorf("WORLDCARD_PLATFORM_KEY: %w", err)
	}
	return newWorldCard(cfg, []sign.PublicKey{platform}, m.claims, opts)
}

func openLegacy(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error) {
	cfg, err := legacy.ParseConfig(legacy.ConfigTexts{
		BaseURL: get("LEGACY_BASE_URL"), AppKey: get("LEGACY_APP_KEY"),
		AppSecret: issuing.NewSecret(get("LEGACY_APP_SECRET")),
	})
	if err != nil {
		return nil, err
	}
	return newLegacy(cfg, m.claims, opts)
}

func openKazePay(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error) {
	cfg, err := kazepay.ParseConfig(kazepay.ConfigTexts{
		BaseURL: get("KAZEPAY_BASE_URL"), SysID: get("KAZEPAY_SYS_ID"),
		PrivateKey: issuing.NewSecret(get("KAZEPAY_PRIVATE_KEY")), PlatformKey: get("KAZEPAY_PLATFORM_KEY"),
	})
	if err != nil {
		return nil, err
	}
	return newKazePay(cfg, m.claims, opts)
}

func openUQPAY(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error) {
	cfg, err := uqpay.ParseConfig(uqpay.ConfigTexts{
		BaseURL: get("UQPAY_BASE_URL"), ClientID: get("UQPAY_CLIENT_ID"), APIKey: issuing.NewSecret(get("UQPAY_API_KEY")),
	})
	if err != nil {
		return nil, err
	}
	if cfg.Tokens, err = m.store.tokens(cfg.BaseURL + " " + cfg.ClientID); err != nil {
		return nil, err
	}
	return newUQPAY(cfg, issuing.NewSecret(get("UQPAY_WEBHOOK_SECRET")), m.claims, opts)
}

// openCoshine takes the paths that Coshine has not published only where the merchant has
// confirmed them.
func openCoshine(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error) {
	cfg, err := coshine.ParseConfig(coshine.ConfigTexts{
		BaseURL: get("COSHINE_BASE_URL"), ParticipantID: get("COSHINE_PARTICIPANT_ID"),
		TranBranch: get("COSHINE_TRAN_BRANCH"),
		Token:      issuing.NewSecret(get("COSHINE_TOKEN")),
	})
	if err != nil {
		return nil, err
	}
	if get("COSHINE_INFERRED_PATHS") == "confirmed" {
		cfg.Paths = coshine.InferredPaths()
	}
	return newCoshine(cfg, issuing.NewSecret(get("COSHINE_ISSUER_TOKEN")), m.claims, opts)
}

// openUnionPay reads the path of each message from UNIONPAY_PATH_ and its name.
func openUnionPay(m *merchant, get func(string) string, opts []issuing.Option) (*provider, error) {
	paths := map[unionpay.MessageType]string{}
	for message := range unionpay.InferredPaths() {
		if path := get("UNIONPAY_PATH_" + strings.ToUpper(string(message))); path != "" {
			paths[message] = path
		}
	}
	texts := unionpay.ConfigTexts{
		BaseURL: get("UNIONPAY_BASE_URL"), AppID: get("UNIONPAY_APP_ID"), SignKeyID: get("UNIONPAY_SIGN_KEY_ID"),
		SignKey:     issuing.NewSecret(get("UNIONPAY_SIGN_KEY")),
		UPISignKeys: map[string]string{get("UNIONPAY_UPI_SIGN_KEY_ID"): get("UNIONPAY_UPI_SIGN_KEY")}, Paths: paths,
	}
	if id := get("UNIONPAY_DECRYPT_KEY_ID"); id != "" {
		texts.DecryptKeys = map[string]issuing.Secret{id: issuing.NewSecret(get("UNIONPAY_DECRYPT_KEY"))}
	}
	cfg, err := unionpay.ParseConfig(texts)
	if err != nil {
		return nil, err
	}
	return newUnionPay(cfg, get("UNIONPAY_CALLBACK_PATH"), m.cfg.Key, m.claims, opts)
}
