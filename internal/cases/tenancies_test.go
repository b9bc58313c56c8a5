package cases

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// tenancies are made once: keys take their time, and no bubble's.
func tenancies(t *testing.T) []tenancy {
	t.Helper()
	return []tenancy{
		worldCardTenancy(t), legacyTenancy(), kazePayTenancy(t), uqpayTenancy(t), coshineTenancy(t), unionPayTenancy(),
	}
}

// answer is the function of a merchant who grants everything.
func answer(ctx context.Context, ev *webhook.Event) error {
	switch data := ev.Data.(type) {
	case *unionpay.UserIDRequested:
		data.AppUserID = "user-" + data.UserAuthCode.Reveal()
	case *coshine.AuthorizationRequest:
		return coshine.Functions{
			Authorization: func(context.Context, *coshine.AuthorizationRequest) (coshine.Answer, error) {
				return coshine.Approve(), nil
			},
		}.Handle(ctx, ev)
	}
	return nil
}

// two is a pair of the same kind, one for each set of keys.
func two[T any](t *testing.T, make func(set int) (T, error)) (pair [2]T) {
	t.Helper()
	for set := range pair {
		var err error
		if pair[set], err = make(set); err != nil {
			t.Fatal(err)
		}
	}
	return pair
}

// closed ends platforms after the test.
func closed[T interface{ Close() }](t *testing.T, pair [2]T) [2]T {
	t.Helper()
	for _, p := range pair {
		t.Cleanup(p.Close)
	}
	return pair
}

// of returns the chosen ones of a pair.
func of[T, V any](pair [2]T, sets []int, get func(T) V) (out []V) {
	for _, set := range sets {
		out = append(out, get(pair[set]))
	}
	return out
}

func clock() *issuingtest.Clock { return issuingtest.NewClock(epoch) }

func bodyOf(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func worldCardTenancy(t *testing.T) tenancy {
	servers := closed(t, two(t, func(int) (*worldcardtest.Server, error) {
		return worldcardtest.NewServer(worldcardtest.Config{Clock: clock()})
	}))
	return tenancy{
		name: "worldcard",
		source: func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source {
			return source(t)(worldcard.NewCallbacks(worldcard.CallbackConfig{
				Lookup: lookIn[worldcard.Credential](v), DedupeSecret: dedupeSecret, Deduper: d, Now: at(epoch),
			}))
		},
		credential: func(id string, sets ...int) any {
			return worldcard.Credential{
				ID: id, PlatformKeys: of(servers, sets, (*worldcardtest.Server).PlatformKey),
				AESKeys: of(servers, sets, (*worldcardtest.Server).AESKey),
			}
		},
		callback: func(_ *testing.T, id string, set, n int) *http.Request {
			r := servers[set].SignCallback(map[string]any{
				"notify_type": worldcard.EventHolderChallenged, "card_id": "1234567890123456", "otp": fmt.Sprint(100000 + n),
			})
			r.Header.Set("X-App-Id", id)
			return r
		},
	}
}

func legacyTenancy() tenancy {
	texts := [2]string{"a secret of 16 b", "another one of 16"[:16]}
	secret := func(text string) sign.AppSecret {
		s, err := sign.NewAppSecret(text)
		if err != nil {
			panic(err)
		}
		return s
	}
	return tenancy{
		name: "legacy",
		source: func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source {
			return source(t)(legacy.NewCallbacks(legacy.CallbackConfig{
				Lookup: lookIn[legacy.Credential](v), DedupeSecret: dedupeSecret, Deduper: d, Now: at(epoch),
			}))
		},
		credential: func(id string, sets ...int) any {
			return legacy.Credential{ID: id, AppSecrets: of(texts, sets, secret)}
		},
		callback: func(t *testing.T, id string, set, n int) *http.Request {
			otp := fmt.Sprint(100000 + n)
			signature, err := secret(texts[set]).SignParams([]sign.Param{
				{Name: "appKey", Value: id}, {Name: "cardMask", Value: "493193**1091"}, {Name: "otp", Value: otp},
			})
			if err != nil {
				t.Error(err)
			}
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(
				`{"otp":"`+otp+`","cardMask":"493193**1091","appKey":"`+id+`","sign":"`+signature+`"}`))
			r.SetPathValue("type", legacy.EventVirtualLChallenged)
			return r
		},
	}
}

// kazePayKeys are the keys of both sides in both sets.
var kazePayKeys = sync.OnceValues(func() (keys [2]kazepaytest.Keys, err error) {
	for set := range keys {
		if keys[set], err = kazepaytest.NewKeys(); err != nil {
			return keys, err
		}
	}
	return keys, nil
})

func kazePayTenancy(t *testing.T) tenancy {
	keys, err := kazePayKeys()
	if err != nil {
		t.Fatal(err)
	}
	var servers [2]map[string]*kazepaytest.Server
	for set := range servers {
		servers[set] = map[string]*kazepaytest.Server{}
		for _, id := range merchants {
			s, err := kazepaytest.NewServer(kazepaytest.Config{SysID: id, Keys: keys[set], Clock: clock()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			servers[set][id] = s
		}
	}
	return tenancy{
		name: "kazepay",
		source: func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source {
			return source(t)(kazepay.NewCallbacks(kazepay.CallbackConfig{
				Lookup: lookIn[kazepay.Credential](v), DedupeSecret: dedupeSecret, Deduper: d, Now: at(epoch),
				Ack: kazepay.CallbackAckSigned,
			}))
		},
		credential: func(id string, sets ...int) any {
			c := kazepay.Credential{ID: id}
			for _, set := range sets {
				cfg := servers[set][id].ClientConfig()
				c.PlatformKeys, c.PrivateKeys = append(c.PlatformKeys, cfg.PlatformKey), append(c.PrivateKeys, cfg.PrivateKey)
			}
			return c
		},
		callback: func(_ *testing.T, id string, set, n int) *http.Request {
			return servers[set][id].SignCallback(kazepaytest.Callback{Type: kazepay.EventHolderChallenged, Content: map[string]any{
				"cardID": "3377", "cardNo": "4242424242413691", "code": fmt.Sprint(100000 + n),
			}})
		},
		answered: func(t *testing.T, id string, set int, w *httptest.ResponseRecorder) {
			t.Helper() // the answer is for the platform that asked, by the key that it asked with
			platform, err := sign.ParsePrivateKey(keys[set].Texts()["platform"].Reveal())
			if err != nil {
				t.Fatal(err)
			}
			e, err := sign.ParseEnvelope(w.Body.Bytes())
			if err != nil {
				t.Fatalf("%d %s: %v", w.Code, w.Body, err)
			}
			if _, err := (sign.Profile{}).Open(platform, servers[set][id].ClientConfig().PrivateKey.Public(), e); err != nil {
				t.Errorf("the answer is not of the merchant's key: %v", err)
			}
		},
	}
}

func uqpayTenancy(t *testing.T) tenancy {
	servers := closed(t, two(t, func(set int) (*uqpaytest.Server, error) {
		return uqpaytest.NewServer(uqpaytest.Config{Clock: clock(), WebhookSecret: issuing.NewSecret(fmt.Sprint("whsec_of_set_", set))})
	}))
	return tenancy{
		name: "uqpay",
		source: func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source {
			return source(t)(uqpay.NewCallbacks(uqpay.CallbackConfig{
				Lookup: lookIn[uqpay.Credential](v), DedupeSecret: dedupeSecret, Deduper: d, Now: at(epoch),
			}))
		},
		credential: func(id string, sets ...int) any {
			return uqpay.Credential{ID: id, Secrets: of(servers, sets, (*uqpaytest.Server).WebhookSecret)}
		},
		callback: func(_ *testing.T, id string, set, n int) *http.Request {
			r := servers[set].SignCallback(map[string]any{
				"version": "V1.6.0", "event_name": "ISSUING", "event_type": uqpay.EventHolderChallenged, "source_id": "s",
				"data": map[string]any{"card_id": "c", "otp": fmt.Sprint(100000 + n)},
			})
			r.SetPathValue("credential", id)
			return r
		},
	}
}

func coshineTenancy(t *testing.T) tenancy {
	servers := closed(t, two(t, func(int) (*coshinetest.Server, error) {
		return coshinetest.NewServer(coshinetest.Config{OAuth: true, Clock: clock()})
	}))
	return tenancy{
		name: "coshine",
		source: func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source {
			return source(t)(coshine.NewCallbacks(coshine.CallbackConfig{
				Lookup: lookIn[coshine.Credential](v), DedupeSecret: dedupeSecret, Deduper: d, Now: at(epoch), Deadline: time.Minute,
			}))
		},
		credential: func(id string, sets ...int) any {
			c := coshine.Credential{ID: id, Tokens: of(servers, sets, (*coshinetest.Server).IssuerToken), JWE: servers[sets[0]].InboundJWE()}
			for _, set := range sets[1:] {
				c.JWE.FormerKeys = append(c.JWE.FormerKeys, servers[set].InboundJWE().DecryptionKey)
			}
			return c
		},
		callback: func(_ *testing.T, id string, set, n int) *http.Request {
			r := servers[set].SignCallback(coshinetest.Callback{
				API: coshine.APIAuthorization, Fields: map[string]any{"amount": fmt.Sprint(n, ".00")},
			})
			r.SetPathValue("type", string(coshine.APIAuthorization))
			r.SetPathValue("credential", id)
			return r
		},
	}
}

// unionPayKeys are the keys of both sides in both sets.
var unionPayKeys = sync.OnceValues(func() (keys [2]*unionpaytest.Keys, err error) {
	for set := range keys {
		if keys[set], err = unionpaytest.NewKeys(); err != nil {
			return keys, err
		}
	}
	return keys, nil
})

// unionPayTenancy signs by itself: the gateway in memory has one certificate id.
func unionPayTenancy() tenancy {
	keys, err := unionPayKeys()
	if err != nil {
		panic(err)
	}
	own, upi := [2]string{"own-0", "own-1"}, [2]string{"upi-0", "upi-1"}
	return tenancy{
		name: "unionpay",
		source: func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source {
			return source(t)(unionpay.NewCallbacks(unionpay.CallbackConfig{
				Lookup: lookIn[unionpay.Credential](v), DedupeSecret: dedupeSecret, Deduper: d, Now: at(epoch),
			}))
		},
		credential: func(id string, sets ...int) any {
			c := unionpay.Credential{
				ID: id, SignKey: keys[sets[0]].Sign(), SignKeyID: own[sets[0]],
				UPISignKeys: map[string]sign.PublicKey{}, DecryptKeys: map[string]sign.PrivateKey{},
			}
			for _, set := range sets {
				c.UPISignKeys[upi[set]], c.DecryptKeys[own[set]] = keys[set].UPISign(), keys[set].Decrypt()
			}
			return c
		},
		callback: func(t *testing.T, id string, set, n int) *http.Request {
			number := unionPayMessages.next()
			body := fmt.Sprintf(`{"msgInfo":{"versionNo":"1.0.0","msgID":"U0052044620260504%012d","timeStamp":"20260504180000",`+
				`"msgType":"GET_USER_ID","walletID":"%s"},"trxInfo":{"userAuthCode":"code-%d"}}`, number, id, n)
			jws, err := sign.SignUPI(keys[set].UPISignPrivate(), sign.UPIHeader{
				KeyID: upi[set], UUID: fmt.Sprintf("%032d", number), Time: epoch, AppID: id, Path: upiPath,
			}, []byte(body))
			if err != nil {
				t.Error(err)
			}
			r := httptest.NewRequest(http.MethodPost, upiPath, strings.NewReader(body))
			r.Header.Set("UPI-JWS", jws)
			return r
		},
		answered: func(t *testing.T, id string, set int, w *httptest.ResponseRecorder) {
			t.Helper()
			signer := map[string]sign.PublicKey{own[set]: keys[set].Sign().Public()}
			verifier := sign.UPIVerifier{Keys: signer, AppIDs: []string{id}}
			header := map[string][]string(w.Header()) // as the documents spell it, which Get would change
			if _, err := verifier.Verify(header["UPI-JWS"][0], w.Body.Bytes(), sign.UPIExpect{Now: epoch}); err != nil ||
				!strings.Contains(w.Body.String(), `"appUserId":"user-code-`) {
				t.Errorf("%v: %s", err, w.Body)
			}
		},
	}
}

// counter numbers messages.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

var unionPayMessages counter
