package main

import (
	"net/url"
	"slices"
	"strings"
)

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
			return nil, usage("--webhook needs an absolute http or https URL")
		}
		provider, _, _ := strings.Cut(to, "/")
		if to != "" && providers[provider] == nil {
			return nil, usage("--webhook: %s", noProvider(provider))
		}
		if _, twice := table[to]; twice {
			return nil, usage("--webhook: two addresses for %q", to)
		}
		table[to] = address
	}
	return table, nil
}

// unserved returns a provider that has an address and is not served, "" if there is none.
func (t hookTable) unserved(names []string) string {
	for to := range t {
		if provider, _, _ := strings.Cut(to, "/"); provider != "" && !slices.Contains(names, provider) {
			return provider
		}
	}
	return ""
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
			return nil, usage("--webhook: all callbacks of this provider go to one address")
		case !slices.Contains(known, typ):
			return nil, usage("--webhook: no type %q%s; there are %s", typ, meant(typ, known),
				strings.Join(slices.Sorted(slices.Values(known)), ", "))
		default:
			out[typ] = address
		}
	}
	return out, nil
}
