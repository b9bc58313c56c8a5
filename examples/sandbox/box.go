package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// box is what is being served.
type box struct {
	stderr    io.Writer
	kept      *store
	platforms map[string]*running
	handler   *control.Handler
	server    *http.Server
	cancel    context.CancelFunc
	address   string // of the control
}

// start starts one platform.
func (b *box) start(ctx context.Context, name string, index int, s settings, hooks hookTable, as form) error {
	clock, err := b.kept.clock(name, s.clock)
	if err != nil {
		return err
	}
	listener, err := s.open(ctx, "--listen", nth(s.listen, index))
	if err != nil {
		return err
	}
	o := options{listener: listener, clock: clock, webhooks: hooks.of(name), seed: s.seed, keys: b.kept.keys[name]}
	if as == alone { // nobody may be there to decide
		o.autoKYC = kazepay.KYCStatusPassed
	}
	p, err := providers[name](o)
	if err != nil {
		_ = listener.Close()
		return fmt.Errorf("%s: %w", name, err)
	}
	p.ready["provider"] = name
	if !loopbackAddress(listener.Addr()) {
		p.ready["base_url"] = s.named(p.ready["base_url"])
		b.warn("%s is open to the network at %s", name, listener.Addr())
	}
	b.platforms[name] = p
	p.platform.Observe(func(e issuingtest.Event) { b.tell(name, e) })
	return nil
}

func loopbackAddress(a net.Addr) bool {
	host, _, err := net.SplitHostPort(a.String())
	return err == nil && loopback(host)
}

func (b *box) warn(format string, args ...any) {
	fmt.Fprintf(b.stderr, "sandbox: WARNING: "+format+"\n", args...)
}

// tell writes a line about what was refused, on either side.
func (b *box) tell(name string, e issuingtest.Event) {
	if r := e.Request; r != nil && (r.Verdict == issuingtest.VerdictRefused || r.Verdict == issuingtest.VerdictBroken) {
		what := r.Operation
		if what == "" {
			what = r.Method + " " + r.Path
		}
		text := fmt.Sprintf("sandbox: %s: %s %s", name, what, r.Verdict)
		if r.Check != "" {
			text += ": " + r.Check
		}
		if r.Expected != "" {
			text += "; expected: " + r.Expected
		}
		fmt.Fprintln(b.stderr, text)
	}
	if d := e.Delivery; d != nil && !d.Accepted {
		text := fmt.Sprintf("sandbox: %s: callback %d (%s), attempt %d, was not accepted by %s:",
			name, d.ID, d.Type, d.Attempt, d.URL)
		if d.Status != 0 {
			text += fmt.Sprintf(" status %d,", d.Status)
		}
		fmt.Fprintf(b.stderr, "%s %q\n", text, d.Answer)
	}
}

// serveControl starts the control and returns the line that tells of everything.
func (b *box) serveControl(ctx context.Context, s settings, names []string, as form) (string, error) {
	cfg := control.Config{Hosts: s.hosts}
	for _, name := range names {
		p := b.platforms[name]
		cfg.Platforms = append(cfg.Platforms, control.Platform{Name: name, Platform: p.platform, Credentials: p.ready})
	}
	listener, err := s.open(ctx, "--control", s.control)
	if err != nil {
		return "", err
	}
	line, open := map[string]any{}, !loopbackAddress(listener.Addr())
	if open {
		cfg.Token = b.kept.controlToken()
		line["control_token"] = cfg.Token.Reveal()
		b.warn("the control is open to the network at %s; it asks for the token", listener.Addr())
	}
	if b.handler, err = control.New(cfg); err != nil {
		_ = listener.Close()
		return "", err
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b.cancel = cancel
	b.server = &http.Server{
		Handler: b.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return base },
	}
	go func() { _ = b.server.Serve(listener) }()
	b.address = controlURL(listener.Addr())
	if open {
		b.address = s.named(b.address)
	}
	line["control"] = b.address
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

// controlURL is an address for a client on this machine.
func controlURL(a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// announce says that all is served: by the line of JSON, or where a person looks on,
// without the keys.
func (b *box) announce(stdout io.Writer, line string, names []string, as form) error {
	if as == alone || !terminal(stdout) {
		_, err := fmt.Fprintln(stdout, line)
		return err
	}
	var text strings.Builder
	for _, name := range names {
		fmt.Fprintf(&text, "%-10s %s\n", name, b.platforms[name].ready["base_url"])
	}
	fmt.Fprintf(&text, "%-10s %s\n\n", "control", b.address)
	text.WriteString("The control's address shows a page in a browser; sandbox keys prints keys and secrets,\n" +
		"sandbox actions what can be done. Ctrl-C ends it.\n")
	_, err := io.WriteString(stdout, text.String())
	return err
}

// terminal reports whether somebody looks at what is written.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
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
