package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// storeFormat and storeVersion stand in the files of a store; another version is
// refused and left alone.
const (
	storeFormat  = "issuing-go-sandbox"
	storeVersion = 1
)

// store keeps keys, seed and clocks in a directory. One without a directory keeps
// nothing.
type store struct {
	dir      string
	keys     map[string]map[string]issuing.Secret // by provider
	settings storedSettings
	turned   bool
	saved    string // settings as they were written last
}

// storedKeys is keys.json. A Secret would be written as [redacted].
type storedKeys struct {
	Format  string                       `json:"format"`
	Version int                          `json:"version"`
	Control string                       `json:"control_token"`
	Keys    map[string]map[string]string `json:"keys"`
}

// storedSettings is sandbox.json.
type storedSettings struct {
	Format  string                 `json:"format"`
	Version int                    `json:"version"`
	Seed    string                 `json:"seed"`
	Clocks  map[string]storedClock `json:"clocks"`
	control issuing.Secret
}

// storedClock is where a turned clock stood, or how far a following one was ahead.
type storedClock struct {
	Now   time.Time     `json:"now,omitzero"`
	Ahead time.Duration `json:"ahead_ns,omitempty"`
}

// openStore reads a store, and makes its directory.
func openStore(dir string) (*store, error) {
	s := &store{dir: dir, keys: map[string]map[string]issuing.Secret{}}
	s.settings = storedSettings{Format: storeFormat, Version: storeVersion, Clocks: map[string]storedClock{}}
	if dir == "" {
		return s, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	info, err := os.Stat(s.path("keys.json"))
	if err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" { // which has no such bits
		return nil, fmt.Errorf("%s can be read by others (mode %o); chmod 600 mends that", s.path("keys.json"), info.Mode().Perm())
	}
	stored := storedKeys{Format: storeFormat, Version: storeVersion}
	if err := errors.Join(s.read("keys.json", &stored), s.read("sandbox.json", &s.settings)); err != nil {
		return nil, err
	}
	for _, file := range []struct {
		format  string
		version int
	}{{stored.Format, stored.Version}, {s.settings.Format, s.settings.Version}} {
		if file.format != storeFormat || file.version != storeVersion {
			return nil, fmt.Errorf("%s holds files of another version; they are left alone", dir)
		}
	}
	for provider, texts := range stored.Keys {
		s.keys[provider] = map[string]issuing.Secret{}
		for name, text := range texts {
			s.keys[provider][name] = issuing.NewSecret(text)
		}
	}
	s.settings.control = issuing.NewSecret(stored.Control)
	if s.settings.Clocks == nil {
		s.settings.Clocks = map[string]storedClock{}
	}
	return s, nil
}

func (s *store) path(name string) string { return filepath.Join(s.dir, name) }

// read reads a file; one that is not there leaves the value as it is.
func (s *store) read(name string, into any) error {
	text, err := os.ReadFile(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s is no file of a sandbox's", s.path(name)) // an error of the decoder could quote a key
	}
	return nil
}

// write replaces a file as a whole.
func (s *store) write(name string, text []byte) error {
	file, err := os.CreateTemp(s.dir, name+".*") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), s.path(name))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// takeSeed returns the seed that was given, or else the one that was kept.
func (s *store) takeSeed(given string) string {
	if given != "" {
		s.settings.Seed = given
	}
	return s.settings.Seed
}

// takeToken has the control ask for a token that was given.
func (s *store) takeToken(given string) {
	if given != "" {
		s.settings.control = issuing.NewSecret(given)
	}
}

// controlToken returns the token that was given or kept, or a new one.
func (s *store) controlToken() issuing.Secret {
	if s.settings.control.IsZero() {
		s.settings.control = issuing.NewSecret(rand.Text())
	}
	return s.settings.control
}

// clock makes a platform's clock: where it stood, where it is said to stand, or with
// real time.
func (s *store) clock(provider, stands string) (*issuingtest.Clock, error) {
	kept := s.settings.Clocks[provider]
	if stands != "" {
		at, err := time.Parse(time.RFC3339, stands)
		if err != nil {
			return nil, usage("-clock is no time of RFC 3339, such as 2026-04-01T02:00:00Z")
		}
		s.turned = true
		if kept.Now.After(at) {
			at = kept.Now
		}
		return issuingtest.NewClock(at), nil
	}
	if !kept.Now.IsZero() {
		s.turned = true
		return issuingtest.NewClock(kept.Now), nil
	}
	clock := issuingtest.NewRealClock()
	clock.Advance(kept.Ahead)
	return clock, nil
}

// saveKeys keeps what was made at this start, beside what other platforms left.
func (s *store) saveKeys(platforms map[string]*running) error {
	if s.dir == "" {
		return nil
	}
	out := storedKeys{Format: storeFormat, Version: storeVersion, Control: s.controlToken().Reveal(), Keys: map[string]map[string]string{}}
	for name, p := range platforms {
		s.keys[name] = p.keys
	}
	for name, keys := range s.keys {
		out.Keys[name] = map[string]string{}
		for key, text := range keys {
			out.Keys[name][key] = text.Reveal()
		}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return errors.New("the keys do not encode")
	}
	return s.write("keys.json", text)
}

// saveClocks keeps seed and clocks, when they have changed.
func (s *store) saveClocks(platforms map[string]*running) error {
	if s.dir == "" {
		return nil
	}
	for name, p := range platforms {
		now := p.platform.Clock().Now()
		kept := storedClock{Now: now}
		if !s.turned {
			kept = storedClock{Ahead: time.Until(now).Round(time.Second)}
		}
		s.settings.Clocks[name] = kept
	}
	text, err := json.MarshalIndent(s.settings, "", "  ")
	if err != nil || string(text) == s.saved {
		return err
	}
	s.saved = string(text)
	return s.write("sandbox.json", text)
}
