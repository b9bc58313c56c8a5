package kazepay_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(nil, 1024)
	if err != nil {
		t.Fatal(err)
	}
	smallKey, err := sign.NewPrivateKey(small)
	if err != nil {
		t.Fatal(err)
	}
	good := (&wireServer{Server: newWireServer(t, plain(200, "")).Server}).config(t)
	for name, c := range map[string]struct {
		change func(*kazepay.Config)
		fields []string
	}{
		"good":               {func(*kazepay.Config) {}, nil},
		"nothing":            {func(c *kazepay.Config) { *c = kazepay.Config{} }, []string{"BaseURL", "SysID", "PrivateKey", "PlatformKey"}},
		"plain http":         {func(c *kazepay.Config) { c.BaseURL = "http://api.kazepay.io" }, []string{"BaseURL"}},
		"query":              {func(c *kazepay.Config) { c.UploadURL = "https://api.kazepay.io/?a=1" }, []string{"UploadURL"}},
		"small keys":         {func(c *kazepay.Config) { c.PrivateKey, c.PlatformKey = smallKey, smallKey.Public() }, []string{"PrivateKey", "PlatformKey"}},
		"the same key twice": {func(c *kazepay.Config) { c.PlatformKey = c.PrivateKey.Public() }, []string{"PlatformKey"}},
		"no profile":         {func(c *kazepay.Config) { c.Profile.Mode = 9 }, []string{"Profile"}},
		"no layout":          {func(c *kazepay.Config) { c.Upload.Layout = 3 }, []string{"Upload.Layout"}},
		"bad part name":      {func(c *kazepay.Config) { c.Upload.File = `a"b` }, []string{"Upload"}},
		"two parts alike":    {func(c *kazepay.Config) { c.Upload.Head = "file" }, []string{"Upload"}},
		"two fields alike": {func(c *kazepay.Config) {
			c.Upload = kazepay.UploadForm{Layout: kazepay.UploadLayoutFlat, Fields: map[string]string{"sign": "file"}}
		}, []string{"Upload"}},
		"unknown field":  {func(c *kazepay.Config) { c.Upload.Fields = map[string]string{"code": "x"} }, []string{"Upload.Fields"}},
		"negative limit": {func(c *kazepay.Config) { c.MaxUpload = -1 }, []string{"MaxUpload"}},
	} {
		cfg := good
		c.change(&cfg)
		_, err := kazepay.New(cfg)
		if len(c.fields) > 0 || err != nil {
			t.Run(name, func(t *testing.T) { wantFields(t, err, c.fields...) })
		}
	}
	if _, err := kazepay.New(good, issuing.WithMaxAttempts(0)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a bad option: %v", err)
	}
	client, err := kazepay.New(good)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Clone(issuing.WithTimeout(-1)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a bad option of Clone: %v", err)
	}
}

func TestParseConfig(t *testing.T) {
	t.Parallel()
	own, platform := keys().merchant, &keys().platform.PublicKey
	pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	pkix, err := x509.MarshalPKIXPublicKey(platform)
	if err != nil {
		t.Fatal(err)
	}
	block := func(label string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
	}
	for name, text := range map[string][2]string{
		"PKCS #8 and PKIX": {block("PRIVATE KEY", pkcs8), block("PUBLIC KEY", pkix)},
		"PKCS #1": {
			block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(own)), block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(platform)),
		},
		"bare Base64 of DER": {base64.StdEncoding.EncodeToString(pkcs8), base64.StdEncoding.EncodeToString(pkix)},
	} {
		cfg, err := kazepay.ParseConfig(kazepay.ConfigTexts{
			BaseURL: "https://api.kazepay.io", SysID: sysID, PrivateKey: issuing.NewSecret(text[0]), PlatformKey: text[1], Zone: "Etc/GMT-8",
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := kazepay.New(cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if at := time.Unix(0, 0).In(cfg.Zone).Hour(); at != 8 {
			t.Errorf("%s: it is %d o'clock in %v", name, at, cfg.Zone)
		}
	}
}

// TestParseConfigNamesEveryProblem: settings and keys in one error, each once.
func TestParseConfigNamesEveryProblem(t *testing.T) {
	t.Parallel()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(keys().merchant)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	all := []string{"BaseURL", "UploadURL", "SysID", "PrivateKey", "PlatformKey", "Zone"}
	_, err = kazepay.ParseConfig(kazepay.ConfigTexts{
		BaseURL: "http://api.kazepay.io", UploadURL: "nowhere", SysID: "a\nb", PrivateKey: issuing.NewSecret("not a key"),
		PlatformKey: private, Zone: "Asia/Nowhere",
	})
	wantFields(t, err, all...)
	if e := wantError(t, err, issuing.ErrInvalid); len(e.Fields) != len(all) || strings.Contains(e.Error(), "not a key") {
		t.Errorf("%v", e)
	}
	if text := wantError(t, err, issuing.ErrInvalid).Error(); strings.Contains(text, private[100:140]) || strings.Contains(text, "Nowhere") {
		t.Errorf("the error holds a value: %s", text)
	}
	_, err = kazepay.ParseConfig(kazepay.ConfigTexts{PrivateKey: issuing.NewSecret(" \n"), Zone: "Local"})
	wantFields(t, err, "BaseURL", "SysID", "PrivateKey", "PlatformKey", "Zone")
	leaktest.Check(t, []string{private[400:432]}, kazepay.ConfigTexts{PrivateKey: issuing.NewSecret(private)})
}

func TestClone(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, success(t, `{"avaBalance":1}`))
	client := s.client(t)
	events := 0
	clone, err := client.Clone(issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
		events++
		if e.Op != "Cards.Balance" || e.Template != "/gateway/api" || e.Provider != "kazepay" {
			t.Errorf("%+v", e)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*kazepay.Client{client, clone} {
		if err := read(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if events != 1 {
		t.Errorf("%d events", events)
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+8", 8*60*60)
	server := startServer(t, kazepaytest.Config{Zone: zone})
	client := newClient(t, server)
	id := activeCard(t, server, client, 1)
	d := deposit(t, server, client, id, issuing.NewAmount(5, 0))
	at := server.Clock().Now().Add(-delay)
	list, err := client.Cards.Transactions(t.Context(), kazepay.TransactionsRequest{
		CardID: id, TransactionID: d.ID, From: at.Add(-time.Minute), To: at.Add(time.Minute),
	})
	if err != nil || len(list.List) != 1 || !list.List[0].Time.Equal(at) {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = client.Cards.Transactions(t.Context(), kazepay.TransactionsRequest{CardID: id, From: at.Add(time.Minute)}); err != nil || len(list.List) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// roundTripper answers without a network, so that time can be turned.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answerOf makes an answer of the platform's.
func answerOf(payload string) (*http.Response, error) {
	body, err := sealed(head{Code: "SUCCESS"}, payload)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}, err
}

func TestAwait(t *testing.T) {
	t.Parallel()
	cfg := (&wireServer{Server: newWireServer(t, plain(200, "")).Server}).config(t)
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		client, err := kazepay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			asked++
			status := "AUDITING"
			if asked == 8 {
				status = "TBA"
			}
			return answerOf(`{"cardID":"1","status":"` + status + `"}`)
		})}))
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		a, err := client.Virtual.Await(t.Context(), "1")
		// 2, 4, 8, 16, 32, 60 and 60 seconds.
		if took := time.Since(begin); err != nil || a.Status != kazepay.CardStatusTBA || asked != 8 || took != 182*time.Second {
			t.Errorf("%+v, %v, asked %d times in %v", a, err, asked, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		asked = 0
		if a, err = client.Virtual.Await(ctx, "1"); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, issuing.ErrCanceled) || a.Status != kazepay.CardStatusAuditing || asked != 2 {
			t.Errorf("%+v, %v, asked %d times", a, err, asked)
		}
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if _, err = client.Virtual.Await(ctx, "1"); !errors.Is(err, context.Canceled) || asked != 2 {
			t.Errorf("%v, asked %d times", err, asked)
		}
	})
}

func TestAllTransactions(t *testing.T) {
	t.Parallel()
	// A page is the numbers of its rows, from the first to the last.
	page := func(from, to int) string {
		var rows []string
		for n := from; n <= to; n++ {
			rows = append(rows, fmt.Sprintf(`{"cardID":"1","transactionId":"T%d","transactionTime":"2024-02-08 13:17:02"}`, n))
		}
		return "[" + strings.Join(rows, ",") + "]"
	}
	ten := [][2]int{{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 9}, {10, 10}}
	cut, none := kazepay.ErrListCut, [2]int{1, 0}
	for name, c := range map[string]struct {
		size, first   int
		pages         [][2]int
		asked, wanted int
		kind, cause   error
	}{
		"nothing":             {0, 0, [][2]int{none}, 1, 0, nil, nil},
		"one page":            {0, 0, [][2]int{{1, 99}, none}, 2, 99, nil, nil},
		"a full page":         {0, 0, [][2]int{{1, 100}, none}, 2, 100, nil, nil},
		"two and a half":      {2, 0, [][2]int{{1, 2}, {3, 4}, {5, 5}, none}, 4, 5, nil, nil},
		"fewer than asked":    {100, 0, [][2]int{{1, 2}, {3, 4}, {5, 6}, none}, 4, 6, nil, nil},
		"from the ninth on":   {2, 9, [][2]int{{1, 2}, {3, 4}}, 2, 4, issuing.ErrInvalid, cut},
		"as far as it goes":   {1, 0, ten, 10, 10, issuing.ErrInvalid, cut},
		"ends on the tenth":   {2, 9, [][2]int{{1, 2}, {3, 3}}, 2, 3, nil, nil},
		"the tenth alone":     {9, 10, [][2]int{{1, 2}}, 1, 2, issuing.ErrInvalid, cut},
		"capped to the tenth": {9, 8, [][2]int{{1, 2}, {3, 4}, {5, 6}}, 3, 6, issuing.ErrInvalid, cut},
		"none on the tenth":   {2, 9, [][2]int{{1, 2}, none}, 2, 2, nil, nil},
		"the tenth again":     {2, 9, [][2]int{{1, 2}, {1, 2}}, 2, 2, issuing.ErrBadResponse, nil},
		"more than asked for": {1, 0, [][2]int{{1, 3}, none}, 2, 3, nil, nil},
		"grows meanwhile":     {2, 0, [][2]int{{1, 2}, {2, 3}, {4, 4}, none}, 4, 4, nil, nil},
		"grows by a page":     {2, 0, [][2]int{{1, 2}, {1, 2}, {3, 4}, none}, 4, 4, nil, nil},
		"paging is ignored":   {2, 0, [][2]int{{1, 2}}, 10, 2, issuing.ErrBadResponse, nil},
		"the last one again":  {2, 8, [][2]int{{1, 2}, {3, 4}, {3, 4}}, 3, 4, issuing.ErrBadResponse, nil},
	} {
		asked := 0
		s := newWireServer(t, func(w http.ResponseWriter, m *wireMessage) {
			success(t, page(c.pages[asked%len(c.pages)][0], c.pages[asked%len(c.pages)][1]))(w, m)
			asked++
		})
		list := s.client(t).Cards.AllTransactions(t.Context(), kazepay.TransactionsRequest{CardID: "1", PageSize: c.size, Page: c.first})
		for range 2 { // the same every time
			got, last := 0, error(nil)
			for tx, err := range list {
				if last = err; err == nil && tx.ID != "" {
					got++
				}
			}
			if got != c.wanted || asked != c.asked {
				t.Errorf("%s: %d rows of %d pages, want %d of %d", name, got, asked, c.wanted, c.asked)
			}
			if !errors.Is(last, c.kind) || c.cause != nil && !errors.Is(last, c.cause) || (last == nil) != (c.kind == nil) {
				t.Errorf("%s: ends with %v", name, last)
			}
			asked = 0
		}
	}
	// A total around the rows is believed as little: no page shows one.
	s := newWireServer(t, success(t, `{"total":1,"list":`+page(1, 2)+`}`))
	for tx, err := range s.client(t).Cards.AllTransactions(t.Context(), kazepay.TransactionsRequest{CardID: "1"}) {
		if wantError(t, err, issuing.ErrBadResponse); tx != nil {
			t.Error("a row of an answer of another form")
		}
	}
	s = newWireServer(t, plain(404, ""))
	for tx, err := range s.client(t).Cards.AllTransactions(t.Context(), kazepay.TransactionsRequest{CardID: "1"}) {
		if wantError(t, err, issuing.ErrNotFound); tx != nil {
			t.Error("a row with an error")
		}
	}
}
