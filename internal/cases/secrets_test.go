package cases

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

var errTaken = errors.New("is taken as it is")

// refused returns an error when a constructor took what it was given.
func refused(err error) error {
	if err == nil {
		return errTaken
	}
	return nil
}

// An id or a secret from a file, from "echo x | base64" or from a cluster's secret
// ends in a line break. A constructor that takes it as it is refuses every call or
// callback later.
func TestLineBreakInClientConfig(t *testing.T) {
	t.Parallel()
	secret := issuing.NewSecret
	worldCardWith := func(url, id string) error {
		_, err := worldcard.New(worldcard.Config{BaseURL: url, AppID: id, PrivateKey: private(), AESKey: aesKey()})
		return err
	}
	legacyWith := func(key string) error {
		_, err := legacy.New(legacy.Config{BaseURL: base, AppKey: key, AppSecret: app()})
		return err
	}
	uqpayWith := func(id, key string) error {
		_, err := uqpay.New(uqpay.Config{BaseURL: base, ClientID: id, APIKey: secret(key)})
		return err
	}
	kazepayWith := func(id string) error {
		_, err := kazepay.New(kazepay.Config{BaseURL: base, SysID: id, PrivateKey: merchant(), PlatformKey: private().Public()})
		return err
	}
	coshineWith := func(id, token string) error {
		_, err := coshine.New(coshine.Config{BaseURL: base, ParticipantID: id, TranBranch: "1", Token: secret(token)})
		return err
	}
	for _, tt := range []struct {
		name, waits string
		err         error
	}{
		{"worldcard AppID and line break", "", worldCardWith(base, "a\n")},
		{"worldcard AppID and blank", "", worldCardWith(base, "a ")},
		{"worldcard BaseURL and line break", "", worldCardWith(base+"\n", "a")},
		{"legacy AppKey and line break", "", legacyWith("a\n")},
		{"legacy AppKey and blank", "", legacyWith("a ")},
		{"uqpay APIKey and line break", "", uqpayWith("c", "key\n")},
		{"uqpay ClientID and line break", "", uqpayWith("c\n", "key")},
		{"uqpay ClientID and blank", "", uqpayWith("c ", "key")},
		{"kazepay SysID and line break", "", kazepayWith("s\n")},
		{"kazepay SysID and blank", "", kazepayWith("s ")},
		{"coshine Token and line break", "", coshineWith("p", "t\n")},
		{"coshine ParticipantID and blank", "", coshineWith("p ", "t")},
	} {
		hold(t, tt.name, tt.waits, func(*testing.T) error { return refused(tt.err) })
	}
}

// The same for keys and for what checks callbacks: refused, or trimmed so that
// what is genuine verifies.
func TestLineBreakInSecrets(t *testing.T) {
	t.Parallel()
	uq := uqpayPush(t, `{"event_type":"card.create.succeeded","event_id":"e","data":{}}`, epoch)
	wc := worldCardPush(t, `{"card_id":"1"}`, epoch)
	lg := legacyPush(`"orderNo":"1","status":1`, map[string]string{"orderNo": "1", "status": "1"})
	takes := func(src *webhook.Source, err error, p push) error {
		if err == nil {
			_, err = src.Parse(p.header, p.body)
			return err
		}
		return nil
	}
	uqpayWith := func(secret string) error {
		src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{issuing.NewSecret(secret)}, Now: at(epoch)})
		return takes(src, err, uq)
	}
	legacyWith := func(key, secret string) error {
		s, err := sign.NewAppSecret(secret)
		if err != nil {
			return nil
		}
		src, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: key, AppSecrets: []sign.AppSecret{s}})
		if err != nil {
			return nil
		}
		return takes(src.ForType(legacy.EventCardDeposited), nil, lg)
	}
	worldCardWith := func(id string) error {
		src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
			PlatformKeys: []sign.PublicKey{private().Public()}, AESKey: aesKey(), AppID: id, Now: at(epoch),
		})
		if err != nil {
			return nil
		}
		return takes(src.ForType("card_open"), nil, wc)
	}
	for _, tt := range []struct {
		name, waits string
		err         error
	}{
		{"uqpay secret of callbacks", "", uqpayWith(uqSecret)},
		{"uqpay secret of callbacks and line break", "", uqpayWith(uqSecret + "\n")},
		{"uqpay secret of callbacks after a blank", "", uqpayWith(" " + uqSecret)},
		{"legacy callbacks", "", legacyWith("app", appSecret)},
		{"legacy secret of 16 characters and line break", "", legacyWith("app", appSecret+"\n")},
		{"legacy AppKey of callbacks and line break", "", legacyWith("app\n", appSecret)},
		{"legacy AppKey of callbacks and blank", "", legacyWith("app ", appSecret)},
		{"worldcard callbacks", "", worldCardWith("app")},
		{"worldcard AppID of callbacks and line break", "", worldCardWith("app\n")},
		{"worldcard AppID of callbacks and blank", "", worldCardWith("app ")},
	} {
		hold(t, tt.name, tt.waits, func(*testing.T) error { return tt.err })
	}
	hold(t, "AES key of 31 characters and line break", "", func(*testing.T) error {
		_, err := sign.ParseAESKey(aesText[:31] + "\n")
		return refused(err)
	})
	hold(t, "kazepay SysID of callbacks and line break", "", func(*testing.T) error {
		_, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
			PlatformKeys: []sign.PublicKey{private().Public()}, PrivateKey: merchant(), SysID: "s\n",
		})
		return refused(err)
	})
}

// An id that is logged and stored must not give away a one-time password: who
// knows the rest of the message finds six digits by trying, if the id holds an
// unkeyed digest of it.
func TestOneTimePasswordInIDs(t *testing.T) {
	t.Parallel()
	const otp = "493817"
	parsed := func(src *webhook.Source, p push) string {
		event, err := src.Parse(p.header, p.body)
		if err != nil {
			t.Fatal(err)
		}
		return event.ID
	}
	inbound := `{"participantId":"P","tranDate":"20260420","tranTime":"143052","tranId":"T1","acsTransId":"a-1","validTime":60000,"verifyCode":"` + otp + `","last4Digits":"1111"}`
	uq := `{"event_type":"card.3ds.otp","data":{"card_id":"c","otp":"` + otp + `"}}`
	wc := `{"card_id":"1","otp":"` + otp + `","amount":"1.00","currency":"USD"}`
	lg := legacyPush(`"otp":"`+otp+`","cardNo":"4931**1091"`, map[string]string{"otp": otp, "cardNo": "4931**1091"})
	for _, tt := range []struct {
		name, waits string
		id          func() string // by a source of its own, as another process has
		content     string
	}{
		{"coshine inbound", "", func() string { return coshineEventID(t, inbound) }, inbound},
		{"uqpay without event_id", "", func() string {
			return parsed(uqpaySource(t, epoch, nil), uqpayPush(t, uq, epoch))
		}, uq},
		{"worldcard", "", func() string {
			return parsed(worldCardSource(t, epoch, nil).ForType("card_3ds"), worldCardPush(t, wc, epoch))
		}, wc},
		{"legacy", "", func() string {
			return parsed(legacySource(t).ForType(legacy.EventVirtualLChallenged), lg)
		}, string(lg.body)},
	} {
		id, again := tt.id(), tt.id()
		hold(t, tt.name, tt.waits, func(*testing.T) error {
			if id == "" || id != again {
				return errors.New("there is no id, or another process has another one")
			}
			for _, content := range []string{tt.content, otp} {
				if opens(id, []byte(content)) {
					return errors.New("the id holds the content or its digest")
				}
			}
			return nil
		})
	}
}

// A log line with a verb that does not fit shows what stands behind one pointer, and
// go vet does not see it where the value is an any. What is derived from a key opens
// ids as the key does.
func TestDerivedKeysInSources(t *testing.T) {
	t.Parallel()
	fingerprints := func(key string) string {
		sum := sha256.Sum256([]byte("issuing-go fingerprint " + key))
		return string(sum[:])
	}
	token := sha256.Sum256([]byte("in"))
	for _, tt := range []struct {
		name   string
		value  any
		secret string
	}{
		{"worldcard client", worldCard(t, says(`{}`)), fingerprints(aesText)},
		{"worldcard source", worldCardSource(t, epoch, nil), fingerprints(aesText)},
		{"legacy client", legacyClient(t, says(`{}`)), fingerprints(appSecret)},
		{"legacy source", legacySource(t), fingerprints(appSecret)},
		{"uqpay source", uqpaySource(t, epoch, nil), fingerprints(uqSecret)},
		{"coshine source", source(t)(coshine.NewCallbacks(coshine.CallbackConfig{
			Tokens: []issuing.Secret{issuing.NewSecret("in")},
		})), string(token[:])},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			leaktest.Check(t, []string{tt.secret}, tt.value, holder{tt.value}, &holder{tt.value})
		})
	}
}

// holder is a service that keeps what it was given.
type holder struct{ inner any }

// opens reports whether an id holds a content or the beginning of its unkeyed
// digest.
func opens(id string, content []byte) bool {
	if strings.Contains(id, string(content)) {
		return true
	}
	d1, d2, d3, d4 := md5.Sum(content), sha1.Sum(content), sha256.Sum256(content), sha512.Sum512(content)
	for _, digest := range [][]byte{d1[:], d2[:], d3[:], d4[:]} {
		const length = 8 // bytes that tell a million codes apart
		if strings.Contains(strings.ToLower(id), hex.EncodeToString(digest[:length])) ||
			strings.Contains(id, base64.StdEncoding.EncodeToString(digest)[:10]) ||
			strings.Contains(id, base64.RawURLEncoding.EncodeToString(digest)[:10]) {
			return true
		}
	}
	return false
}
