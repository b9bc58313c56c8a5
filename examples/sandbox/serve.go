package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
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
	listen   string
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

// texts is an option that may be given several times.
type texts []string

func (t *texts) String() string     { return strings.Join(*t, ",") }
func (t *texts) Set(v string) error { *t = append(*t, v); return nil }

func (s *settings) flags(stderr io.Writer, as form) *flag.FlagSet {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: sandbox [serve] [options], or another command: see sandbox help\n\n")
		flags.PrintDefaults()
	}
	provider, address := "worldcard", "127.0.0.1:0"
	if as == served {
		provider, address = "all", defaultControl
	}
	flags.StringVar(&s.provider, "provider", provider, "platforms to serve: all, or some of "+strings.Join(providerNames(), ", ")+" with commas between them")
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "loopback address to listen on; of several platforms each takes the next port")
	flags.StringVar(&s.control, "control", address, "address of the control API")
	flags.Var(&s.webhook, "webhook", "`[provider[/type]=]URL` that callbacks are pushed to; may be given several times")
	flags.StringVar(&s.state, "state", "", "directory that keeps keys (0600), seed and clock across restarts; cards and books are new")
	flags.StringVar(&s.seed, "seed", "", "makes the same card numbers, ids and codes in every run; keys come from -state")
	flags.StringVar(&s.clock, "clock", "", "RFC 3339 time at which the clock stands until it is turned; without it the clock follows real time")
	flags.BoolVar(&s.public, "public", false, "allow -control beyond loopback; a token is asked for then")
	flags.Var(&s.hosts, "control-host", "name that requests to the control may use beside loopback's; may be given several times")
	return flags
}

// runServe starts platforms and their control, says where they are, and waits.
func runServe(ctx context.Context, args []string, stdout, stderr io.Writer, as form) error {
	var s settings
	flags := s.flags(stderr, as)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return &failure{exitUsage, err}
	}
	if flags.NArg() > 0 {
		return usage("unexpected argument %q; options begin with a dash", flags.Arg(0))
	}
	names, err := s.names()
	if err != nil {
		return err
	}
	hooks, err := parseWebhooks(s.webhook)
	if err != nil {
		return err
	}
	kept, err := openStore(s.state)
	if err != nil {
		return err
	}
	s.seed = kept.takeSeed(s.seed)
	b := &box{stderr: stderr, kept: kept, platforms: map[string]*running{}}
	defer b.close()
	for i, name := range names {
		if err := b.start(name, i, s, hooks, as); err != nil {
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
	if _, err := fmt.Fprintln(stdout, line); err != nil {
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
			return nil, usage("no provider %q; there are %s", name, strings.Join(providerNames(), ", "))
		}
		if slices.Contains(names[:i], name) {
			return nil, usage("provider %q stands twice", name)
		}
	}
	return names, nil
}

// box is what is being served.
type box struct {
	stderr    io.Writer
	kept      *store
	platforms map[string]*running
	handler   *control.Handler
	server    *http.Server
	cancel    context.CancelFunc
}

// start starts one platform.
func (b *box) start(name string, index int, s settings, hooks hookTable, as form) error {
	listen, err := nth(s.listen, index)
	if err != nil {
		return err
	}
	clock, err := b.kept.clock(name, s.clock)
	if err != nil {
		return err
	}
	o := options{listen: listen, clock: clock, webhooks: hooks.of(name), seed: s.seed, keys: b.kept.keys[name]}
	if as == alone { // nobody may be there to decide
		o.autoKYC = kazepay.KYCStatusPassed
	}
	p, err := providers[name](o)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.ready["provider"] = name
	b.platforms[name] = p
	p.platform.Observe(func(e issuingtest.Event) { b.tell(name, e) })
	return nil
}

// nth is the address of the nth platform: the next port for each, but for port 0,
// which is any free one.
func nth(address string, n int) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", usage("-listen is not host:port")
	}
	number, err := strconv.Atoi(port)
	if err != nil || number == 0 {
		return address, nil
	}
	return net.JoinHostPort(host, strconv.Itoa(number+n)), nil
}

// tell writes a line about what was refused, on either side.
func (b *box) tell(name string, e issuingtest.Event) {
	switch {
	case e.Request != nil && e.Request.Verdict == issuingtest.VerdictRefused:
		r := e.Request
		what := r.Operation
		if what == "" {
			what = r.Method + " " + r.Path
		}
		fmt.Fprintf(b.stderr, "sandbox: %s refused %s: %s; expected: %s\n", name, what, r.Check, r.Expected)
	case e.Delivery != nil && !e.Delivery.Accepted:
		d := e.Delivery
		fmt.Fprintf(b.stderr, "sandbox: %s callback %d (%s), attempt %d, was not accepted by %s: status %d, %q\n",
			name, d.ID, d.Type, d.Attempt, d.URL, d.Status, d.Answer)
	}
}

// serveControl starts the control API and returns the line that tells of everything.
func (b *box) serveControl(ctx context.Context, s settings, names []string, as form) (string, error) {
	cfg := control.Config{Hosts: s.hosts}
	for _, name := range names {
		p := b.platforms[name]
		cfg.Platforms = append(cfg.Platforms, control.Platform{Name: name, Platform: p.platform, Credentials: p.ready})
	}
	open := !loopback(s.control)
	if open && !s.public {
		return "", usage("-control %s is beyond loopback; say -public if that is meant", s.control)
	}
	if open {
		cfg.Token = b.kept.controlToken()
		fmt.Fprintf(b.stderr, "sandbox: WARNING: the control is open to the network at %s; it asks for the token\n", s.control)
	}
	var err error
	if b.handler, err = control.New(cfg); err != nil {
		return "", err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.control)
	if err != nil {
		return "", err
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b.cancel = cancel
	b.server = &http.Server{
		Handler: b.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return base },
	}
	go func() { _ = b.server.Serve(listener) }()
	address := "http://" + listener.Addr().String()
	line := map[string]any{"control": address}
	if open {
		line["control_token"] = cfg.Token.Reveal()
	}
	if len(names) == 1 && as == alone {
		for name, value := range b.platforms[names[0]].ready {
			line[name] = value
		}
	} else {
		all := map[string]any{}
		for _, name := range names {
			all[name] = b.platforms[name].ready
		}
		line["providers"] = all
	}
	text, err := json.Marshal(line)
	return string(text), err
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err != nil || host == "localhost" || ip != nil && ip.IsLoopback()
}

// wait serves until the context ends, and keeps the clocks meanwhile.
func (b *box) wait(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return b.kept.saveClocks(b.platforms)
		case <-ticker.C:
			if err := b.kept.saveClocks(b.platforms); err != nil {
				return err
			}
		}
	}
}

func (b *box) close() {
	if b.server != nil {
		b.handler.Close()
		b.cancel()
		_ = b.server.Close()
	}
	for _, p := range b.platforms {
		p.close()
	}
}

// hookTable are the addresses of callbacks: by "", by provider, by provider/type.
type hookTable map[string]string

// parseWebhooks reads [provider[/type]=]URL.
func parseWebhooks(given []string) (hookTable, error) {
	table := hookTable{}
	for _, text := range given {
		to, address := "", text
		if before, after, ok := strings.Cut(text, "="); ok && !strings.Contains(before, ":") {
			to, address = before, after
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, usage("-webhook needs an absolute http or https URL")
		}
		provider, _, _ := strings.Cut(to, "/")
		if to != "" && providers[provider] == nil {
			return nil, usage("-webhook: no provider %q; there are %s", provider, strings.Join(providerNames(), ", "))
		}
		if _, twice := table[to]; twice {
			return nil, usage("-webhook: two addresses for %q", to)
		}
		table[to] = address
	}
	return table, nil
}

// webhooks are the addresses of one provider's callbacks: by type, and "" for all.
type webhooks map[string]string

// of returns the addresses of one provider.
func (t hookTable) of(provider string) webhooks {
	out := webhooks{"": t[""]}
	for to, address := range t {
		switch name, typ, _ := strings.Cut(to, "/"); {
		case name != provider:
		case typ == "":
			out[""] = address
		default:
			out[typ] = address
		}
	}
	return out
}

// all is the address of what has none of its own.
func (w webhooks) all() string { return w[""] }

// byType returns the addresses of types, which must be some of the known ones.
func (w webhooks) byType(known []string) (map[string]string, error) {
	out := map[string]string{}
	for typ, address := range w {
		switch {
		case typ == "":
		case len(known) == 0:
			return nil, usage("-webhook: all callbacks of this provider go to one address")
		case !slices.Contains(known, typ):
			return nil, usage("-webhook: no type %q; there are %s", typ, strings.Join(slices.Sorted(slices.Values(known)), ", "))
		default:
			out[typ] = address
		}
	}
	return out, nil
}
