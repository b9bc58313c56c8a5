package unionpay_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func newLinks(t testing.TB, now func() time.Time, change func(*unionpay.LinkConfig)) *unionpay.Links {
	t.Helper()
	cfg := unionpay.LinkConfig{
		TRID: unionpaytest.DefaultAppID, Now: now,
		Callbacks: map[string][]string{
			unionpaytest.DefaultIssuerID: {"https://issuer.example/cams", "issuerapp00010156://return"},
		},
	}
	if change != nil {
		change(&cfg)
	}
	links, err := unionpay.NewLinks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return links
}

// TestLinkScenarios pushes in all three scenarios, in the recommended order.
func TestLinkScenarios(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	links := newLinks(t, server.Clock().Now, nil)
	for _, c := range []struct {
		origin   unionpaytest.Origin
		callback string
		want     []unionpaytest.Scenario
		answer   string
	}{
		{unionpaytest.OriginIOS, "issuerapp00010156://return/ios?s=1", []unionpaytest.Scenario{unionpaytest.ScenarioAppToApp, unionpaytest.ScenarioAppToWeb}, "issuerapp00010156://return/ios?s=1&pushID=%&resultCode=00&resultMsg=Card%20added"},
		{unionpaytest.OriginAndroid, "issuerapp00010156://return", []unionpaytest.Scenario{unionpaytest.ScenarioAppToApp, unionpaytest.ScenarioAppToWeb}, "issuerapp00010156://return?pushID=%&resultCode=00&resultMsg=Card%20added"},
		{unionpaytest.OriginWeb, "https://issuer.example/cams/return", []unionpaytest.Scenario{unionpaytest.ScenarioWebToWeb}, "https://issuer.example/cams/return?pushID=%&resultCode=00&resultMsg=Card%20added"},
	} {
		push, err := server.Push(unionpaytest.PushRequest{Origin: c.origin, CallbackURI: c.callback})
		if err != nil {
			t.Fatal(err)
		}
		var got []unionpaytest.Scenario
		for _, route := range push.Routes {
			got = append(got, route.Scenario)
			link, err := links.Parse(route.URI.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			if link.PushID != push.PushID || !link.AuthData.Equal(push.AuthData) || link.CallbackURI != c.callback || !link.Time.Equal(epoch) {
				t.Errorf("link %+v", link)
			}
			answer, err := links.Answer(link, unionpay.LinkResult{Code: unionpay.CodeApproved, Message: "Card added"})
			if want := strings.Replace(c.answer, "%", push.PushID, 1); err != nil || answer != want {
				t.Errorf("answer %s, %v, want %s", answer, err, want)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.origin, diff)
		}
		link, err := links.Parse(push.Routes[0].URI.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if err := links.Accept(link); err != nil {
			t.Fatal(err)
		}
		if err := links.Accept(link); !errors.Is(err, issuing.ErrDuplicate) {
			t.Errorf("accepted twice: %v", err)
		}
		req := unionpay.TokenRequest{DeviceID: device, IssuerID: link.IssuerID, AuthorizationData: link.AuthData}
		if _, err := client.Tokens.Request(t.Context(), req); err != nil {
			t.Errorf("%s: %v", c.origin, err)
		}
	}
}

func TestLinkRefusals(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return epoch }
	links := newLinks(t, now, nil)
	stamp := "20260401100000"
	build := func(change func(url.Values)) string {
		v := url.Values{
			"issuerID": {"00010156"}, "trID": {"00520446"}, "pushID": {"P1"}, "authData": {"eyJ.a.b.c.d"},
			"callbackUri": {"https://issuer.example/cams/return"}, "timeStamp": {stamp},
		}
		if change != nil {
			change(v)
		}
		return "tr00520446wallet://cams/link?" + v.Encode()
	}
	set := func(name, value string) string {
		return build(func(v url.Values) { v.Set(name, value) })
	}
	if _, err := links.Parse(build(nil)); err != nil {
		t.Fatal(err)
	}
	callback := func(uri string) [2]string { return [2]string{"callbackUri", set("callbackUri", uri)} }
	for name, c := range map[string][2]string{
		"no issuer":            {"issuerID", build(func(v url.Values) { v.Del("issuerID") })},
		"issuer long":          {"issuerID", set("issuerID", strings.Repeat("1", 17))},
		"no TR":                {"trID", build(func(v url.Values) { v.Del("trID") })},
		"other TR":             {"trID", set("trID", "00520447")},
		"no push":              {"pushID", build(func(v url.Values) { v.Del("pushID") })},
		"push with a slash":    {"pushID", set("pushID", "a/b")},
		"no authorization":     {"authData", set("authData", "")},
		"no callback":          {"callbackUri", set("callbackUri", "")},
		"other issuer":         {"callbackUri", set("issuerID", "00010157")},
		"javascript":           callback("javascript:alert(1)"),
		"data":                 callback("data:text/html,x"),
		"intent":               callback("intent://issuer.example/cams"),
		"user part":            callback("https://issuer.example@evil.example/cams"),
		"user in host":         callback("https://u:p@issuer.example/cams"),
		"fragment":             callback("https://issuer.example/cams#x"),
		"empty fragment":       callback("https://issuer.example/cams#"),
		"other host":           callback("https://evil.example/cams"),
		"host prefix":          callback("https://issuer.example.evil.example/cams"),
		"path prefix":          callback("https://issuer.example/camsx"),
		"dot segments":         callback("https://issuer.example/cams/../open"),
		"escaped dots":         callback("https://issuer.example/cams/%2e%2e/open"),
		"dots and a parameter": callback("https://issuer.example/cams/..;x/open"),
		"escaped slash":        callback("https://issuer.example/cams%2fopen"),
		"escaped backslash":    callback("https://issuer.example/cams/..%5Copen"),
		"backslash":            callback(`https://issuer.example\@evil.example/cams`),
		"other scheme":         callback("http://issuer.example/cams"),
		"relative":             callback("/cams"),
		"opaque":               callback("issuerapp00010156:return"),
		"answer's parameter":   callback("https://issuer.example/cams?resultCode=00"),
		"newline":              callback("https://issuer.example/cams\r\nX: y"),
		"old":                  {"timeStamp", set("timeStamp", "20260401095500")},
		"future":               {"timeStamp", set("timeStamp", "20260401100501")},
		"no time":              {"timeStamp", set("timeStamp", "noon")},
		"date only":            {"timeStamp", set("timeStamp", "20260401")},
		"twice":                {"uri", build(nil) + "&pushID=P1"},
		"twice in fragment":    {"uri", build(nil) + "#pushID=P1"},
		"twice by escape":      {"uri", build(nil) + "&push%49D=P1"},
		"bad escape":           {"uri", build(nil) + "&x=%zz"},
		"invalid UTF-8":        {"uri", build(nil) + "&x=%ff"},
		"too large":            {"uri", build(nil) + "&x=" + strings.Repeat("a", 9000)},
		"relative link":        {"uri", "/link?pushID=P1"},
		"empty":                {"uri", ""},
	} {
		_, err := links.Parse(c[1])
		e := asError(t, err)
		if !errors.Is(err, issuing.ErrInvalid) || !slices.ContainsFunc(e.Fields, func(f issuing.FieldError) bool { return f.Field == c[0] }) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(err.Error(), "eyJ") || strings.Contains(err.Error(), "evil") {
			t.Errorf("%s: the error quotes the link: %v", name, err)
		}
	}
	// Base64's plus sign stays one, in the fragment as well as in the query.
	link, err := links.Parse(strings.Replace(set("authData", "AUTH"), "AUTH", "a+b/c==", 1))
	if err != nil || link.AuthData.Reveal() != "a+b/c==" {
		t.Errorf("standard Base64: %v", err)
	}
	link, err = links.Parse(strings.Replace(build(nil), "?", "#", 1))
	if err != nil || link.PushID != "P1" {
		t.Errorf("parameters in the fragment: %v", err)
	}
	if link, err = links.Parse(set("timeStamp", "1775008799")); err != nil || link.Time.Unix() != 1775008799 {
		t.Errorf("Unix seconds: %+v, %v", link, err)
	}
	timeless := build(func(v url.Values) { v.Del("timeStamp") })
	if _, err := links.Parse(timeless); err != nil {
		t.Errorf("no time stamp: %v", err)
	}
	strict := newLinks(t, now, func(c *unionpay.LinkConfig) { c.RequireTime = true })
	if _, err := strict.Parse(timeless); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("no time stamp where one is required: %v", err)
	}
}

func TestLinkAcceptExpires(t *testing.T) {
	t.Parallel()
	now := epoch
	links := newLinks(t, func() time.Time { return now }, func(c *unionpay.LinkConfig) {
		c.Params = unionpay.LinkParams{PushID: "txn", CallbackURI: "back"}
	})
	link, err := links.Parse("https://wallet.example/l?issuerID=00010156&trID=00520446&txn=P1&authData=x&back=https%3A%2F%2Fissuer.example%2Fcams")
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(unionpay.DefaultLinkAge)
	if err := links.Accept(link); !errors.Is(err, issuing.ErrConflict) {
		t.Errorf("accepted after its time: %v", err)
	}
	now = epoch
	if err := links.Accept(link); err != nil {
		t.Error(err)
	}
	answer, err := links.Answer(link, unionpay.LinkResult{Code: "71"})
	if err != nil || answer != "https://issuer.example/cams?txn=P1&resultCode=71" {
		t.Errorf("%s, %v", answer, err)
	}
	for name, result := range map[string]unionpay.LinkResult{
		"no code": {}, "PAN": {Code: "00", Message: "card 6250 9450 0000 0004 added"}, "long": {Code: "00", Message: strings.Repeat("x", 101)},
		"code": {Code: "a&b"},
	} {
		if _, err := links.Answer(link, result); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	forged := *link
	forged.CallbackURI = "https://evil.example/"
	if _, err := links.Answer(&forged, unionpay.LinkResult{Code: "00"}); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a link that Parse did not make: %v", err)
	}
}

func TestLinkConfig(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]unionpay.LinkConfig{
		"empty":     {},
		"callback":  {TRID: "1", Callbacks: map[string][]string{"1": {"javascript:x"}}},
		"no entry":  {TRID: "1", Callbacks: map[string][]string{"1": {}}},
		"same name": {TRID: "1", Callbacks: map[string][]string{"1": {"https://a.example"}}, Params: unionpay.LinkParams{PushID: "jws"}},
		"age":       {TRID: "1", Callbacks: map[string][]string{"1": {"https://a.example"}}, MaxAge: -1},
	} {
		if _, err := unionpay.NewLinks(cfg); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	good := unionpay.Addresses{IOS: "tr00520446wallet://cams", Android: "tr00520446wallet://cams", Web: "https://wallet.example/cams"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, a := range map[string]unionpay.Addresses{
		"none": {}, "short scheme": {IOS: "pay://x", Android: good.Android, Web: good.Web},
		"web scheme": {IOS: "https://wallet.example", Android: good.Android, Web: good.Web},
		"no https":   {IOS: good.IOS, Android: good.Android, Web: "http://wallet.example"},
		"no scheme":  {IOS: "wallet", Android: good.Android, Web: good.Web},
		"user part":  {IOS: "tr00520446wallet://u@cams", Android: good.Android, Web: good.Web},
	} {
		if err := a.Validate(); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzLinksParse(f *testing.F) {
	f.Add("tr00520446wallet://cams/link?issuerID=00010156&trID=00520446&pushID=P1&authData=x&callbackUri=https%3A%2F%2Fissuer.example%2Fcams&timeStamp=20260401100000")
	f.Add("https://wallet.example/#issuerID=%ff")
	f.Add("a:?callbackUri=%00")
	links := newLinks(f, func() time.Time { return epoch }, nil)
	f.Fuzz(func(t *testing.T, uri string) {
		link, err := links.Parse(uri)
		if err != nil {
			return
		}
		if link.TRID != "00520446" || link.AuthData.IsZero() || link.PushID == "" {
			t.Errorf("accepted %+v", link)
		}
		answer, err := links.Answer(link, unionpay.LinkResult{Code: "00"})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(answer)
		if err != nil || (u.Host != "issuer.example" && u.Host != "return") {
			t.Errorf("the answer goes to %s", answer)
		}
	})
}
