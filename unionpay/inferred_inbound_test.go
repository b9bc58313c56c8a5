package unionpay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// errRefused is a notification that was not taken.
var errRefused = errors.New("the notification was refused")

// linked are links as an issuer writes them, and what Links is told of that.
type linked struct {
	form     unionpaytest.LinkForm
	callback string                     // where the answer goes
	wait     time.Duration              // before the link is read
	set      func(*unionpay.LinkConfig) // what is configured
	answer   string                     // how the answer begins; "" is the default callback
	want     func(*unionpay.Link) error // further checks
}

func (l linked) turn() conform.Turn {
	run := func(change func(*unionpay.LinkConfig)) func(context.Context, testing.TB) error {
		return func(_ context.Context, t testing.TB) error {
			clock := issuingtest.NewClock(epoch)
			server := startServer(t, unionpaytest.Config{Clock: clock, Agreement: unionpaytest.Agreement{Link: l.form}})
			push, err := server.Push(unionpaytest.PushRequest{CallbackURI: l.callback})
			if err != nil {
				t.Fatal(err)
			}
			clock.Advance(l.wait)
			links := newLinks(t, clock.Now, change)
			link, err := links.Parse(push.Routes[0].URI.Reveal())
			if err != nil {
				return err
			}
			if err := links.Accept(link); err != nil {
				return err
			}
			if err := links.Accept(link); !errors.Is(err, issuing.ErrDuplicate) {
				t.Errorf("taken twice: %v", err)
			}
			answer, err := links.Answer(link, unionpay.LinkResult{Code: unionpay.CodeApproved})
			if err != nil {
				return err
			}
			if !strings.HasPrefix(answer, l.answer) {
				return conform.Differs("answer", answer, l.answer)
			}
			if l.want == nil {
				return nil
			}
			return l.want(link)
		}
	}
	return conform.Turn{Unset: run(nil), Set: run(l.set)}
}

func linkTurns() map[string]conform.Turn {
	turns := map[string]conform.Turn{
		"LinkConfig.Params": linked{
			form: unionpaytest.LinkForm{Params: unionpay.LinkParams{PushID: "pid", CallbackURI: "back"}},
			set:  func(c *unionpay.LinkConfig) { c.Params = unionpay.LinkParams{PushID: "pid", CallbackURI: "back"} },
		}.turn(),
		"LinkConfig.IDForm": linked{
			form: unionpaytest.LinkForm{PushID: func(string) string { return "5ba10d46-d5d1-48df-bcc2-119c08e01015" }},
			set:  func(c *unionpay.LinkConfig) { c.IDForm = unionpay.LinkIDFormVisible },
		}.turn(),
		"LinkConfig.ParseTime": linked{
			form: unionpaytest.LinkForm{Time: func(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }},
			set: func(c *unionpay.LinkConfig) {
				c.ParseTime = func(text string) (time.Time, bool) {
					at, err := time.Parse(time.RFC3339Nano, text)
					return at, err == nil
				}
			},
		}.turn(),
		"LinkConfig.Zone": linked{
			form: unionpaytest.LinkForm{Time: func(at time.Time) string { return at.UTC().Format("20060102150405") }},
			set:  func(c *unionpay.LinkConfig) { c.Zone = time.UTC },
		}.turn(),
		"LinkConfig.MaxAge": linked{
			wait: 20 * time.Minute, set: func(c *unionpay.LinkConfig) { c.MaxAge = time.Hour },
		}.turn(),
		"LinkConfig.Callbacks": linked{
			callback: "issuerapp:return", answer: "issuerapp:return?pushID=P",
			set: func(c *unionpay.LinkConfig) { c.Callbacks[unionpaytest.DefaultIssuerID] = []string{"issuerapp:return"} },
		}.turn(),
	}
	silent := linked{form: unionpaytest.LinkForm{Time: func(time.Time) string { return "" }}}.turn()
	strict := linked{
		form: unionpaytest.LinkForm{Time: func(time.Time) string { return "" }},
		set:  func(c *unionpay.LinkConfig) { c.RequireTime = true },
	}.turn()
	turns["LinkConfig.RequireTime"] = conform.Turn{
		Unset: func(ctx context.Context, t testing.TB) error {
			return conform.Differs("a link without a time is refused", silent.Unset(ctx, t) != nil, true)
		},
		Set: func(ctx context.Context, t testing.TB) error {
			return conform.Differs("a link without a time is refused", strict.Set(ctx, t) != nil, true)
		},
	}
	for part, answer := range map[unionpay.LinkPart]string{
		unionpay.LinkPartPushID: "https://issuer.example/cams/return?resultCode=00", unionpay.LinkPartTRID: "",
		unionpay.LinkPartIssuerID: "", unionpay.LinkPartCallbackURI: "https://issuer.example/cams?pushID=P", unionpay.LinkPartAuthData: "",
	} {
		turns["LinkConfig.Optional["+string(part)+"]"] = linked{
			form: unionpaytest.LinkForm{Without: []unionpay.LinkPart{part}}, answer: answer,
			set: func(c *unionpay.LinkConfig) {
				c.Optional = []unionpay.LinkPart{part}
				c.Callbacks[""] = []string{"https://issuer.example/cams"}
			},
		}.turn()
	}
	return turns
}

// notified are notifications as a gateway sends them, and what NewCallbacks is told.
type notified struct {
	platform unionpaytest.Config
	set      func(*unionpay.CallbackConfig)
	path     string // where it arrives; "" is as it was signed
	typ      string // of the address
	event    any    // nil is a suspended token
	want     func(*webhook.Event) error
}

func (n notified) turn() conform.Turn {
	run := func(change func(*unionpay.CallbackConfig)) func(context.Context, testing.TB) error {
		return func(ctx context.Context, t testing.TB) error {
			cfg := n.platform
			cfg.Clock = issuingtest.NewClock(epoch)
			server := startServer(t, cfg)
			keys := server.Keys()
			callbacks := unionpay.CallbackConfig{
				SignKey: keys.Sign(), SignKeyID: unionpaytest.SignKeyID, AppIDs: []string{server.AppID()}, Now: server.Clock().Now,
				UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: keys.UPISign()},
			}
			if change != nil {
				change(&callbacks)
			}
			source, err := unionpay.NewCallbacks(callbacks)
			if err != nil {
				return err
			}
			return n.deliver(ctx, source.ForType(n.typ), server)
		}
	}
	return conform.Turn{Unset: run(nil), Set: run(n.set)}
}

// deliver gives one notification to a handler and reads its answer.
func (n notified) deliver(ctx context.Context, source *webhook.Source, server *unionpaytest.Server) error {
	event := n.event
	if event == nil {
		event = &unionpay.TokenStateChanged{Token: issuing.NewSecret("6299990000000000004"), State: unionpay.TokenStateSuspended}
	}
	var wrong error
	handler := webhook.NewHandler(source, func(_ context.Context, got *webhook.Event) error {
		if asked, ok := got.Data.(*unionpay.UserIDRequested); ok {
			asked.AppUserID = "user-1"
		}
		if len(got.Problems) > 0 {
			wrong = conform.Differs("problems", fmt.Sprint(got.Problems), "[]")
		} else if n.want != nil {
			wrong = n.want(got)
		}
		return nil
	})
	req := server.SignCallback(event).WithContext(ctx)
	if n.path != "" {
		req.URL.Path = n.path
	}
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, req)
	var answer struct {
		Response struct{ ResponseCode string } `json:"msgResponse"`
	}
	if err := json.Unmarshal(out.Body.Bytes(), &answer); err != nil || out.Code != http.StatusOK || answer.Response.ResponseCode != "00" {
		return fmt.Errorf("%w: %d %s", errRefused, out.Code, out.Body)
	}
	return wrong
}

func callbackTurns() map[string]conform.Turn {
	flat := unionpaytest.Config{Agreement: unionpaytest.Agreement{PushShape: unionpay.ShapeFlat}}
	names := map[unionpay.MessageType]string{unionpay.EventTokenStateChanged: "TOKEN_STATUS_NOTIFY"}
	members := map[string]string{"token": "tokenNo", "tokenState": "status"}
	return map[string]conform.Turn{
		"CallbackConfig.Shape": notified{
			platform: flat, set: func(c *unionpay.CallbackConfig) { c.Shape = unionpay.ShapeFlat },
		}.turn(),
		"CallbackConfig.MessageNames": notified{
			platform: unionpaytest.Config{Agreement: unionpaytest.Agreement{MessageNames: names}},
			set:      func(c *unionpay.CallbackConfig) { c.MessageNames = names },
		}.turn(),
		"CallbackConfig.FieldNames": notified{
			platform: unionpaytest.Config{Agreement: unionpaytest.Agreement{FieldNames: members}},
			set:      func(c *unionpay.CallbackConfig) { c.FieldNames = members },
			want: func(e *webhook.Event) error {
				changed, _ := e.Data.(*unionpay.TokenStateChanged)
				return conform.Differs("token", changed.Token.Reveal(), "6299990000000000004")
			},
		}.turn(),
		"CallbackConfig.Profile": notified{
			platform: unionpaytest.Config{PushProfile: unionpay.ProfileU},
			set:      func(c *unionpay.CallbackConfig) { c.Profile = unionpay.ProfileU },
		}.turn(),
		"CallbackConfig.AppIDs": notified{
			platform: unionpaytest.Config{Agreement: unionpaytest.Agreement{AppID: "UPI00001"}},
			set:      func(c *unionpay.CallbackConfig) { c.AppIDs = []string{"UPI00001"} },
		}.turn(),
		"CallbackConfig.Path": notified{
			path: "/behind/proxy", set: func(c *unionpay.CallbackConfig) { c.Path = "/callbacks/unionpay" },
		}.turn(),
		"CallbackConfig.Zone": notified{
			platform: unionpaytest.Config{Agreement: unionpaytest.Agreement{Zone: time.UTC}},
			set:      func(c *unionpay.CallbackConfig) { c.Zone = time.UTC },
			want:     func(e *webhook.Event) error { return conform.Differs("time", e.Time.Unix(), epoch.Unix()) },
		}.turn(),
		"CallbackConfig.Accept": notified{
			platform: unionpaytest.Config{Agreement: unionpaytest.Agreement{MessageNames: map[unionpay.MessageType]string{
				unionpay.EventTokenStateChanged: "TOKEN_INFO_NOTIFICATION",
			}}},
			set: func(c *unionpay.CallbackConfig) { c.Accept = []unionpay.MessageType{"TOKEN_INFO_NOTIFICATION"} },
			want: func(e *webhook.Event) error {
				_, unknown := e.Data.(*webhook.Unknown)
				return conform.Differs("arrives as unknown", unknown, true)
			},
		}.turn(),
	}
}

// TestFlatNotifications: what a flat message lacks comes from its address and delivery, a
// question is answered beside the message's response, and a repeat gets the same answer.
func TestFlatNotifications(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileG, func(c *unionpay.CallbackConfig) {
		c.Shape, c.FieldNames = unionpay.ShapeFlat, map[string]string{"appUserId": "userID"}
	})
	for _, c := range []struct{ message, want string }{
		{
			`{"msgType":"GET_USER_ID","msgID":"U0052044620260401100000000001","userAuthCode":"c1","x":1}`,
			`{"msgType":"GET_USER_ID","msgID":"U0052044620260401100000000001","userID":"user-c1","msgResponse":{"responseCode":"00","responseMsg":"Approved"}}`,
		},
		{
			`{"msgInfo":{"msgType":"GET_USER_ID","msgID":"U0052044620260401100000000002"},"userAuthCode":"c2"}`,
			`{"msgInfo":{"msgType":"GET_USER_ID","msgID":"U0052044620260401100000000002"},"userID":"user-c2","msgResponse":{"responseCode":"00","responseMsg":"Approved"}}`,
		},
		{
			`{"token":"6299990000000000004","tokenState":"SUSPENDED"}`,
			`{"msgResponse":{"responseCode":"30","responseMsg":"Message format error"}}`,
		},
		{
			`{"msgType":"TOKEN_STATE_NOTIFICATION","msgType":"GET_USER_ID","userAuthCode":"c3"}`,
			`{"msgResponse":{"responseCode":"30","responseMsg":"Message format error"}}`,
		},
	} {
		if got := s.send(c.message); string(got.Body) != c.want {
			t.Errorf("%s\nanswered %s\nwant     %s", c.message, got.Body, c.want)
		}
	}
	events := len(s.events)
	handler := s.handler
	source, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		Shape: unionpay.ShapeFlat, SignKey: s.keys.Sign(), SignKeyID: unionpaytest.SignKeyID, AppIDs: []string{upiApp},
		UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: s.keys.UPISign()}, Now: func() time.Time { return s.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	s.handler = webhook.NewHandler(source.ForType(unionpay.EventTokenStateChanged), func(_ context.Context, e *webhook.Event) error {
		ids = append(ids, e.ID)
		return nil
	})
	for range 2 { // the same words under new UUIDs: suspended, and suspended again
		if got := s.send(`{"token":"6299990000000000004","tokenState":"SUSPENDED"}`); !strings.Contains(string(got.Body), `"00"`) {
			t.Errorf("answered %s", got.Body)
		}
	}
	if s.handler = handler; events != 2 || len(ids) != 2 || ids[0] == ids[1] {
		t.Errorf("%d events, ids %q", events, ids)
	}
}
