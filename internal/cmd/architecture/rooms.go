package main

import (
	"path"
	"strings"
)

// module is the path of the module whose imports are drawn.
const module = "github.com/issuing-sdk/issuing-go"

// room is a box of the picture.
type room struct {
	name     string
	lines    []string // what lives there
	packages []string // folders from the root; one that ends in /… has all below it
	public   bool
	column   float64 // where it stands in its row, from 0 to 4
}

// rooms are drawn each in its column; its row follows from what it imports.
var rooms = []room{
	{"examples", []string{"runnable programs, the sandbox"}, []string{"examples/…"}, true, 3},
	{"issuingtest/control", []string{"the platforms over HTTP,", "with a page for a browser"},
		[]string{"issuingtest/control", "issuingtest/control/…"}, true, 4},
	{"<provider>test", []string{"six platforms in memory: they verify,", "keep books, call back, fail on demand"},
		[]string{
			"worldcard/worldcardtest", "legacy/legacytest", "kazepay/kazepaytest", "uqpay/uqpaytest", "coshine/coshinetest",
			"unionpay/unionpaytest",
		}, true, 3},
	{"providers", []string{"worldcard, legacy, kazepay, uqpay,", "coshine, unionpay: typed clients,", "events, callbacks"},
		[]string{
			"worldcard", "legacy", "kazepay", "uqpay", "uqpay/authdecision", "uqpay/sqltoken", "coshine", "unionpay",
		}, true, 1},
	{"internal/provider", []string{"the one way out: a call from request", "to result, and settling"},
		[]string{"internal/provider"}, false, 0},
	{"internal/keyring", []string{"credentials that are looked up"}, []string{"internal/keyring"}, false, 1},
	{"webhook/sqldedupe", []string{"claims in a database"}, []string{"webhook/sqldedupe"}, true, 2},
	{"webhook", []string{"the one way in: verify, decode,", "claim, acknowledge"}, []string{"webhook"}, true, 2},
	{"internal/transport", []string{"attempts over HTTP"}, []string{"internal/transport"}, false, 0},
	{"internal/platform", []string{"what all platforms' servers call"}, []string{"internal/platform"}, false, 3},
	{"issuingtest", []string{"clock, faults, deliveries, actions"}, []string{"issuingtest"}, true, 4},
	{"internal/ledger", []string{"double-entry books"}, []string{"internal/ledger"}, false, 3},
	{"sign/jose", []string{"JWE, client assertions"}, []string{"sign/jose"}, true, 1},
	{"sign", []string{"keys, envelopes, signatures"}, []string{"sign"}, true, 2},
	{"internal/wire, check, pages", []string{"JSON as platforms send it,", "validation, lists that end"},
		[]string{"internal/wire", "internal/check", "internal/pages"}, false, 1},
	{"internal/keytext, nearest", []string{"texts of keys; words that were meant"},
		[]string{"internal/keytext", "internal/nearest"}, false, 1},
	{"issuing", []string{"amounts, secrets, errors, options,", "records, verdicts"}, []string{"."}, true, 3},
}

// forTests are packages that no merchant compiles: they are not drawn.
var forTests = []string{
	"internal/acme", "internal/acme/acmetest", "internal/cases", "internal/cases/…", "internal/cmd/…",
	"internal/conform", "internal/coverage",
	"internal/crash", "internal/crash/…", "internal/hoptest",
	"internal/leaktest", "internal/optable", "internal/pendingtest",
	"internal/providertest", "internal/providertest/…", "internal/wycheproof",
}

// within reports whether a package is one of a list.
func within(list []string, dir string) bool {
	for _, p := range list {
		below, all := strings.CutSuffix(p, "/…")
		if p == dir || all && strings.HasPrefix(dir, below+"/") {
			return true
		}
	}
	return false
}

// roomOf is the room of a package, -1 for one that is not drawn; ok is false for one that
// nobody has placed.
func roomOf(dir string) (at int, ok bool) {
	for i, r := range rooms {
		if within(r.packages, dir) {
			return i, true
		}
	}
	return -1, within(forTests, dir)
}

// folder is the folder of a package of the module.
func folder(importPath string) (dir string, ok bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// library is the name of a package of another module, "" for the standard library.
func library(importPath string) string {
	first, _, _ := strings.Cut(importPath, "/")
	if !strings.Contains(first, ".") {
		return ""
	}
	parts := strings.Split(importPath, "/")
	name := parts[min(2, len(parts)-1)]
	return path.Base(name)
}
