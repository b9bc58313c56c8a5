package cases

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// epoch is the time of callbacks.
var epoch = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// push is a callback as it arrives.
type push struct {
	header http.Header
	body   []byte
}

func worldCardPush(t *testing.T, json string, at time.Time) push {
	t.Helper()
	body, err := aesKey().SealBody([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	stamp, nonce := strconv.FormatInt(at.UnixMilli(), 10), fmt.Sprintf("%x", md5.Sum(body))
	signature, err := sign.SignPSS(private(), body, stamp, nonce)
	if err != nil {
		t.Fatal(err)
	}
	return push{http.Header{"X-App-Id": {"app"}, "X-Timestamp": {stamp}, "X-Nonce": {nonce}, "X-Signature": {signature}}, body}
}

func uqpayPush(t *testing.T, json string, at time.Time) push {
	t.Helper()
	key, err := sign.NewHMACKey(issuing.NewSecret(uqSecret))
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	signature, err := sign.SignHMAC512(key, []byte(json), stamp)
	if err != nil {
		t.Fatal(err)
	}
	return push{http.Header{"X-Wk-Timestamp": {stamp}, "X-Wk-Signature": {signature}}, []byte(json)}
}

// legacyPush signs the texts of a callback's members as the page says: sorted,
// with the secret among them, joined and hashed.
func legacyPush(members string, texts map[string]string) push {
	all := maps.Clone(texts)
	all["appKey"], all["appSecret"] = "app", appSecret
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, name+"="+all[name])
	}
	sum := md5.Sum([]byte(strings.Join(parts, "&")))
	return push{nil, []byte("{" + members + `,"appKey":"app","sign":"` + hex.EncodeToString(sum[:]) + `"}`)}
}

const upiPath = "/callbacks/unionpay"

func unionPayPush(t *testing.T, typ, trxInfo string) push {
	t.Helper()
	return unionPayPushOf(t, "", typ, trxInfo)
}

// unionPayPushOf puts something before the message, and signs that too.
func unionPayPushOf(t *testing.T, before, typ, trxInfo string) push {
	t.Helper()
	return unionPaySigned(t, []byte(before+`{"msgInfo":`+unionPayHead(typ)+`,"trxInfo":`+trxInfo+`}`))
}

func unionPayHead(typ string) string {
	stamp := epoch.In(time.FixedZone("", 8*60*60)).Format("20060102150405")
	return `{"versionNo":"1.0.0","msgID":"U00520446202605041000001234567","timeStamp":"` + stamp +
		`","msgType":"` + typ + `","walletID":"00520446"}`
}

func unionPaySigned(t *testing.T, message []byte) push {
	t.Helper()
	jws, err := sign.SignUPI(private(), sign.UPIHeader{
		KeyID: "upi-kid", UUID: strings.Repeat("0a", 16), Time: epoch, AppID: "app", Path: upiPath,
	}, message)
	if err != nil {
		t.Fatal(err)
	}
	return push{http.Header{"Upi-Jws": {jws}}, message}
}

// collect returns a handler that keeps what it is called with.
func collect(src *webhook.Source, events *[]*webhook.Event) http.Handler {
	return webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		*events = append(*events, event)
		return nil
	}, webhook.WithObserver(func(context.Context, webhook.Report) {}))
}

// serve gives a callback to a handler.
func serve(h http.Handler, p push) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, upiPath, strings.NewReader(string(p.body)))
	maps.Copy(r.Header, p.header)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// at is a clock that stands still.
func at(now time.Time) func() time.Time { return func() time.Time { return now } }
