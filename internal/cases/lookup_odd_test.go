package cases

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// bare are credentials with an id and nothing else.
func bare(name, id string) any {
	return map[string]any{
		"worldcard": worldcard.Credential{ID: id}, "legacy": legacy.Credential{ID: id}, "kazepay": kazepay.Credential{ID: id},
		"uqpay": uqpay.Credential{ID: id}, "coshine": coshine.Credential{ID: id}, "unionpay": unionpay.Credential{ID: id},
	}[name]
}

// TestLookUpsThatGoWrong: what a look-up says that cannot be used is reported, and leaves
// the platform to send again; what another spelling of an id finds is nobody's.
func TestLookUpsThatGoWrong(t *testing.T) {
	t.Parallel()
	for _, p := range tenancies(t) {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var v vault
				var got dispatched
				h, id, n := got.handler(p.source(t, &v, nil)), merchants[0], 0
				refused := func(found any, kind error, words string) {
					t.Helper()
					n++
					v.put(id, found)
					time.Sleep(time.Minute)
					w := send(h, p.callback(t, id, 0, n))
					if err := got.last(); !errors.Is(err, kind) || !strings.Contains(err.Error(), words) {
						t.Errorf("%d, %v, want %v with %q", w.Code, err, kind, words)
					}
					if again := w.Code == http.StatusServiceUnavailable; again != errors.Is(kind, issuing.ErrUnavailable) {
						t.Errorf("status %d for %v", w.Code, kind)
					}
				}
				refused(bare(p.name, id), issuing.ErrUnavailable, "Lookup")
				refused(p.credential(merchants[1], 0), webhook.ErrUnknownKey, merchants[1])
				refused("nonsense", webhook.ErrUnknownKey, id)
				if len(got.of(id))+len(got.of(merchants[1])) > 0 {
					t.Error("something was dispatched")
				}
				v.put(id, p.credential(id, 0))
				time.Sleep(time.Minute)
				if w := send(h, p.callback(t, id, 0, 0)); w.Code != http.StatusOK {
					t.Errorf("afterwards: %d %s, %v", w.Code, w.Body, got.last())
				}
				v.put(id, bare(p.name, id)) // somebody's mistake ends nothing
				time.Sleep(time.Minute)
				if w := send(h, p.callback(t, id, 0, 100)); w.Code != http.StatusOK {
					t.Errorf("a mistake in the store: %d %s, %v", w.Code, w.Body, got.last())
				}
			})
		})
	}
}

// TestALookUpThatHangsCostsABoundedTime, and the callback comes again.
func TestALookUpThatHangsCostsABoundedTime(t *testing.T) {
	t.Parallel()
	servers := worldCardTenancy(t)
	synctest.Test(t, func(t *testing.T) {
		var got dispatched
		var hangs atomic.Bool // the look-up that is left behind reads it late
		hangs.Store(true)
		h := got.handler(source(t)(worldcard.NewCallbacks(worldcard.CallbackConfig{
			DedupeSecret: dedupeSecret, Now: at(epoch),
			Lookup: func(ctx context.Context, id string) (worldcard.Credential, error) {
				if hangs.Load() {
					<-ctx.Done()
					time.Sleep(time.Hour)
				}
				c, _ := servers.credential(id, 0).(worldcard.Credential)
				return c, nil
			},
		})))
		begun := time.Now()
		w := send(h, servers.callback(t, merchants[0], 0, 1))
		if took := time.Since(begun); w.Code != http.StatusServiceUnavailable || took != 2*time.Second {
			t.Errorf("%d after %v", w.Code, took)
		}
		hangs.Store(false)
		time.Sleep(5 * time.Second)
		if w := send(h, servers.callback(t, merchants[0], 0, 1)); w.Code != http.StatusOK {
			t.Errorf("%d %s, %v", w.Code, w.Body, got.last())
		}
		time.Sleep(time.Hour)
	})
}

// TestLookupReplacesTheFixedKeys: one or the other, and never without what keys ids.
func TestLookupReplacesTheFixedKeys(t *testing.T) {
	t.Parallel()
	made := func(_ *webhook.Source, err error) error { return err }
	uq := []issuing.Secret{issuing.NewSecret(uqSecret)}
	for name, configs := range map[string][3]error{
		"worldcard": {
			made(worldcard.NewCallbacks(worldcard.CallbackConfig{Lookup: none[worldcard.Credential], DedupeSecret: dedupeSecret})),
			made(worldcard.NewCallbacks(worldcard.CallbackConfig{Lookup: none[worldcard.Credential]})),
			made(worldcard.NewCallbacks(worldcard.CallbackConfig{Lookup: none[worldcard.Credential], DedupeSecret: dedupeSecret, AESKey: aesKey()})),
		},
		"legacy": {
			made(legacy.NewCallbacks(legacy.CallbackConfig{Lookup: none[legacy.Credential], DedupeSecret: dedupeSecret})),
			made(legacy.NewCallbacks(legacy.CallbackConfig{Lookup: none[legacy.Credential]})),
			made(legacy.NewCallbacks(legacy.CallbackConfig{Lookup: none[legacy.Credential], DedupeSecret: dedupeSecret, AppKey: "app"})),
		},
		"kazepay": {
			made(kazepay.NewCallbacks(kazepay.CallbackConfig{Lookup: none[kazepay.Credential], DedupeSecret: dedupeSecret})),
			made(kazepay.NewCallbacks(kazepay.CallbackConfig{Lookup: none[kazepay.Credential]})),
			made(kazepay.NewCallbacks(kazepay.CallbackConfig{Lookup: none[kazepay.Credential], DedupeSecret: dedupeSecret, PrivateKey: merchant()})),
		},
		"uqpay": {
			made(uqpay.NewCallbacks(uqpay.CallbackConfig{Lookup: none[uqpay.Credential], DedupeSecret: dedupeSecret})),
			made(uqpay.NewCallbacks(uqpay.CallbackConfig{Lookup: none[uqpay.Credential], DedupeSecret: issuing.NewSecret("short")})),
			made(uqpay.NewCallbacks(uqpay.CallbackConfig{Lookup: none[uqpay.Credential], DedupeSecret: dedupeSecret, Secrets: uq})),
		},
		"coshine": {
			made(coshine.NewCallbacks(coshine.CallbackConfig{Lookup: none[coshine.Credential], DedupeSecret: dedupeSecret})),
			made(coshine.NewCallbacks(coshine.CallbackConfig{Lookup: none[coshine.Credential]})),
			made(coshine.NewCallbacks(coshine.CallbackConfig{Lookup: none[coshine.Credential], DedupeSecret: dedupeSecret, Tokens: uq})),
		},
		"unionpay": {
			made(unionpay.NewCallbacks(unionpay.CallbackConfig{Lookup: none[unionpay.Credential], DedupeSecret: dedupeSecret})),
			made(unionpay.NewCallbacks(unionpay.CallbackConfig{Lookup: none[unionpay.Credential]})),
			made(unionpay.NewCallbacks(unionpay.CallbackConfig{Lookup: none[unionpay.Credential], DedupeSecret: dedupeSecret, AppIDs: []string{"a"}})),
		},
	} {
		for i, words := range []string{"", "DedupeSecret", "Lookup"} {
			err := configs[i]
			if (err == nil) != (words == "") || err != nil && (!errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), words)) {
				t.Errorf("%s, %d: %v, want %q", name, i, err, words)
			}
		}
	}
}

func none[C any](context.Context, string) (C, error) {
	var c C
	return c, webhook.ErrUnknownKey
}

// TestSealedEventsOfSeveralMerchants open with the credential that they came with.
func TestSealedEventsOfSeveralMerchants(t *testing.T) {
	t.Parallel()
	for _, p := range tenancies(t) {
		if p.name != "coshine" && p.name != "unionpay" { // whose samples here are questions
			t.Run(p.name, func(t *testing.T) { synctest.Test(t, p.travel) })
		}
	}
}

func (p tenancy) travel(t *testing.T) {
	s := sealer(t, sealKey(t, 1))
	var v vault
	var got dispatched
	src := p.source(t, &v, nil)
	for i, id := range merchants {
		v.put(id, p.credential(id, i))
		send(got.handler(src), p.callback(t, id, i, 1))
		event := got.of(id)[0]
		text, err := s.Seal(event)
		if err != nil || !strings.HasPrefix(text, "ev2.") || strings.Contains(text, id) {
			t.Fatalf("%s, %v", text, err)
		}
		opened, err := s.Open(text, src)
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(event, opened); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.name, diff)
		}
	}
}

// TestSealedFieldsAskForTheirCredential: what only the merchant's key opens.
func TestSealedFieldsAskForTheirCredential(t *testing.T) {
	t.Parallel()
	private() // made outside of the bubble
	synctest.Test(t, sealedFields)
}

func sealedFields(t *testing.T) {
	s := sealer(t, sealKey(t, 1))
	keys := map[string]sign.AESKey{merchants[0]: sealKey(t, 2), merchants[1]: sealKey(t, 3)}
	down := false
	src := source(t)(worldcard.NewCallbacks(worldcard.CallbackConfig{
		DedupeSecret: dedupeSecret,
		Lookup: func(_ context.Context, id string) (worldcard.Credential, error) {
			if down {
				return worldcard.Credential{}, errors.New("the store is down")
			}
			return worldcard.Credential{ID: id, PlatformKeys: []sign.PublicKey{private().Public()}, AESKeys: []sign.AESKey{keys[id]}}, nil
		},
	}))
	seal := func(id string) string {
		number, err := keys[id].Seal([]byte("4937241000003841"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Seal(&webhook.Event{
			Provider: "worldcard", Credential: id, Type: worldcard.EventCardOpened, ID: "1", Data: new(worldcard.CardOpened),
			Raw: issuing.NewSecret(fmt.Sprintf(`{"card_id":"1","card_number":%q}`, number)),
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	one, two := seal(merchants[0]), seal(merchants[1])
	event, err := s.Open(one, src)
	if err != nil {
		t.Fatal(err)
	}
	if opened, ok := event.Data.(*worldcard.CardOpened); !ok || opened.CardNumber.Reveal() != "4937241000003841" || event.Credential != merchants[0] {
		t.Errorf("%+v", event)
	}
	down = true
	if _, err := s.Open(two, src); !errors.Is(err, issuing.ErrUnavailable) || errors.Is(err, webhook.ErrPayload) {
		t.Errorf("while the look-up fails: %v", err)
	}
}
