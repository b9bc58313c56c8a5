package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// running is a running platform in memory.
type running struct {
	platform issuingtest.Platform
	ready    map[string]string         // what clients need to call
	keys     map[string]issuing.Secret // what --state keeps of it
	close    func()
}

// options are what a platform is started with.
type options struct {
	listener net.Listener
	clock    *issuingtest.Clock // nil follows real time
	webhooks webhooks
	seed     string
	keys     map[string]issuing.Secret // those that were kept; nil are none
	autoKYC  kazepay.KYCStatus
}

// providers are the platforms that can be served; each has a file of its own.
var providers = map[string]func(options) (*running, error){
	"worldcard": startWorldCard,
	"legacy":    startLegacy,
	"kazepay":   startKazePay,
	"uqpay":     startUQPAY,
	"coshine":   startCoshine,
	"unionpay":  startUnionPay,
}

func providerNames() []string { return slices.Sorted(maps.Keys(providers)) }

func noProvider(name string) string {
	names := providerNames()
	return fmt.Sprintf("no provider %q%s; there are %s", name, meant(name, names), strings.Join(names, ", "))
}

// keep reads the keys that were kept, or makes new ones.
func keep[K any](o options, parse func(map[string]issuing.Secret) (K, error), fresh func() (K, error)) (K, error) {
	if len(o.keys) == 0 {
		return fresh()
	}
	return parse(o.keys)
}

// form is how the sandbox is started.
type form int

const (
	alone  form = iota // without a command word
	served             // by serve
)

// settings are the options of serve.
type settings struct {
	provider, listen, control, state, seed, clock string
	public                                        bool
	hosts, webhook                                texts
}

const serveDoc = `Serves platforms in memory, each on its own port, and the control that drives them,
until SIGINT or SIGTERM. When they answer it prints one line of JSON with addresses,
keys and secrets; on a terminal, where they are. What is refused on either side is a
line on standard error.

The books are new at every start; --state keeps keys, seed and clock.`

// page are the options of serve and their help.
func (s *settings) page(as form) page {
	p := page{usage: "serve [options]", doc: serveDoc, flags: newFlags("serve")}
	provider, address := "all", defaultControl
	if as == alone {
		provider, address = "worldcard", "127.0.0.1:0"
		p.usage = "[options]   (without a command word: one platform, on free ports; see sandbox help)"
	}
	f := p.flags
	f.StringVar(&s.provider, "provider", provider,
		"platforms to serve, with commas between their `names`: all, or some of "+strings.Join(providerNames(), ", "))
	f.StringVar(&s.listen, "listen", "127.0.0.1:0",
		"`address` to listen on; of several platforms each takes the next port, or a free one for port 0")
	f.StringVar(&s.control, "control", address, "`address` of the control")
	f.Var(&s.webhook, "webhook",
		"where callbacks go, as `[provider[/type]=]url`; may be given several times, the closest one counts")
	f.StringVar(&s.state, "state", "",
		"`directory` that keeps keys (0600), seed and clock across restarts; cards and books are new")
	f.StringVar(&s.seed, "seed", "",
		"`text` that makes the same card numbers, ids and codes in every run; keys come from --state")
	f.StringVar(&s.clock, "clock", "",
		"RFC 3339 `time` at which the clock stands until it is turned, unless --state has a later one; "+
			"without it the clock follows real time")
	f.BoolVar(&s.public, "public", false,
		"listen beyond loopback where --listen and --control say so; the control asks for a token then, "+
			tokenVariable+" or a new one")
	f.Var(&s.hosts, "control-host",
		"`name` that requests to the control may use beside loopback's; the first one stands in the addresses of "+
			"what is --public; may be given several times")
	return p
}

// runServe starts platforms and their control, says where they are, and waits.
func runServe(ctx context.Context, args []string, stdout, stderr io.Writer, as form) error {
	var s settings
	others, helped, err := s.page(as).parse(args, stdout)
	if helped || err != nil {
		return err
	}
	if len(others) > 0 {
		return usage("unexpected argument %q; options begin with two dashes", others[0])
	}
	names, err := s.names()
	if err != nil {
		return err
	}
	hooks, err := parseWebhooks(s.webhook)
	if err != nil {
		return err
	}
	if name := hooks.unserved(names); name != "" {
		return usage("--webhook: %s is not served; --provider says what is", name)
	}
	kept, err := openStore(s.state)
	if err != nil {
		return err
	}
	s.seed = kept.takeSeed(s.seed)
	kept.takeToken(os.Getenv(tokenVariable))
	b := &box{stderr: stderr, kept: kept, platforms: map[string]*running{}}
	defer b.close()
	for i, name := range names {
		if err := b.start(ctx, name, i, s, hooks, as); err != nil {
			return err
		}
	}
	if err := kept.saveKeys(b.platforms); err != nil {
		return err
	}
	line, err := b.serveControl(ctx, s, names, as)
	if err != nil {
		return err
	}
	if err := b.announce(stdout, line, names, as); err != nil {
		return err
	}
	return b.wait(ctx)
}

// names are the platforms to serve.
func (s *settings) names() ([]string, error) {
	if s.provider == "all" {
		return providerNames(), nil
	}
	names := strings.Split(s.provider, ",")
	for i, name := range names {
		if providers[name] == nil {
			return nil, usage("%s", noProvider(name))
		}
		if slices.Contains(names[:i], name) {
			return nil, usage("provider %q stands twice", name)
		}
	}
	return names, nil
}

// open listens at an address, which --public lets be beyond loopback.
func (s *settings) open(ctx context.Context, option, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usage("%s is not host:port", option)
	}
	if !loopback(host) && !s.public {
		return nil, usage("%s %s is beyond loopback; say --public if that is meant", option, address)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", option, err)
	}
	return listener, nil
}

// loopback reports whether a host is this machine, for itself alone.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// named gives an address of what is public the name that others reach it by.
func (s *settings) named(address string) string {
	u, err := url.Parse(address)
	if err != nil || !s.public || len(s.hosts) == 0 {
		return address
	}
	host, _, err := net.SplitHostPort(s.hosts[0])
	if err != nil {
		host = s.hosts[0]
	}
	u.Host = net.JoinHostPort(host, u.Port())
	return u.String()
}

// nth is the address of the nth platform: the next port for each, but for port 0,
// which is any free one.
func nth(address string, n int) string {
	host, port, _ := net.SplitHostPort(address)
	number, err := strconv.Atoi(port)
	if err != nil || number == 0 {
		return address
	}
	return net.JoinHostPort(host, strconv.Itoa(number+n))
}
