package providertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Check is one row of the table.
type Check struct {
	Name string
	// Run checks one provider. Its calls use ctx, through which a test can switch
	// off what the core does. It calls Skip for what the provider has not.
	Run func(ctx context.Context, t testing.TB, p Provider)
}

// Checks is the table.
var Checks = []Check{
	{"a refused request fills CallInfo and is not sent", refusedRequest},
	{"a result that is no pointer is refused unsent", noPointer},
	{"a request is invalid before it is not configured, and neither is sent", notConfigured},
	{"what the limiter refuses is not sent, and a write has its key", limited},
	{"three attempts are three everywhere, and durations are of the whole call", threeAttempts},
	{"every end of a call fills CallInfo anew", everyEnd},
	{"a look-up settles what is open, and CallInfo says so", lookedUp},
	{"hooks tell of each attempt, and the platform counts the same", namesAgree},
	{"an observer is told of every call's end what the caller is told", observed},
	{"a call that panics ends for the observer, too", panics},
	{"each call is one line of the log, without words or secrets", callsLogged},
	{"a cancelled call ends at once, and knows what may have happened", cancelled},
	{"a key that does not answer does not hold a call", stuckKeys},
	{"every safety under every fault", everyFault},
	{"every list ends", listsEnd},
	{"a refusal that quotes the request's secrets prints none", quotedSecrets},
	{"a platform prints its address alone", printsAddress},
	{"an operation that does not exist is refused by the platform", unknownOperation},
	{"a fault that never fired is an error of Check", unfiredFault},
	{"choosing faults holds no lock", chooseFreely},
	{"a client sends the keys that the form of its row allows, and no other", keyForms},
	{"a write is recorded once, before it is sent, without a secret", recorded},
	{"what settling says agrees with what the platform did", settled},
	{"whatever an answer is turned into, what was carried out is not told as failed", mutated},
	{"a panic of the test leaves the platform usable", survives},
	{"callbacks go wrong as the test wants", callbacks},
}

// Providers are all of them.
var Providers = []Provider{WorldCard, Legacy, KazePay, UQPAY, Coshine, UnionPay, Acme}

// matrix collects what became of each check for each provider.
type matrix struct {
	mu     sync.Mutex
	states map[string]string
}

func (m *matrix) set(check, provider, state string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.states[check+"/"+provider] = state
}

// draw returns the matrix, a line for each check and a column for each provider.
func (m *matrix) draw(providers []Provider) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	width := 0
	for _, c := range Checks {
		width = max(width, len(c.Name))
	}
	var b strings.Builder
	line := func(name string, cell func(Provider) string) {
		fmt.Fprintf(&b, "\n%-*s", width, name)
		for _, p := range providers {
			fmt.Fprintf(&b, "  %-*s", len("worldcard"), cell(p))
		}
	}
	line("", func(p Provider) string { return p.Name })
	for _, c := range Checks {
		line(c.Name, func(p Provider) string { return m.states[c.Name+"/"+p.Name] })
	}
	return b.String() + "\n-: the provider has no such thing"
}

// tried lists the operations that the checks use, by provider and safety.
func tried(t *testing.T, providers []Provider) string {
	t.Helper()
	var b strings.Builder
	for _, p := range providers {
		name, bench := p.Name, p.Open(t)
		for _, safety := range safeties {
			var ops []string
			for _, op := range bench.Ops {
				text := op.Name
				if op.Look != "" {
					text += " (looked up with " + op.Look + ")"
				}
				if op.Safety == safety {
					ops = append(ops, text)
				}
			}
			if len(ops) > 0 {
				fmt.Fprintf(&b, "\n%-9s  %-7v  %s", name, safety, strings.Join(ops, ", "))
				name = ""
			}
		}
	}
	return b.String()
}

// Run runs every check for every provider and logs what they used and the matrix.
func Run(t *testing.T, providers []Provider) {
	t.Helper()
	m := &matrix{states: map[string]string{}}
	operations := tried(t, providers)
	t.Cleanup(func() { t.Log(operations + "\n" + m.draw(providers)) })
	for _, c := range Checks {
		for _, p := range providers {
			t.Run(c.Name+"/"+p.Name, func(t *testing.T) {
				t.Parallel()
				t.Cleanup(func() {
					switch {
					case t.Failed():
						m.set(c.Name, p.Name, "FAILS")
					case t.Skipped():
						m.set(c.Name, p.Name, "-")
					default:
						m.set(c.Name, p.Name, "holds")
					}
				})
				c.Run(t.Context(), t, p)
			})
		}
	}
}
