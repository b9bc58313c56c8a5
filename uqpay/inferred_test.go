package uqpay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// settings turn the platform to the other value of what the documents leave open: the
// client fails clearly, is configured, and works. Each has the name that the column
// "setting" of testdata/inferred.csv has.
var settings = map[string]func(t *testing.T){
	"Config.Tokens": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		alternate := func(cfg uqpay.Config) int {
			before := s.Mints()
			one, two := configured(t, s, cfg), configured(t, s, cfg)
			for range 5 {
				for _, c := range []*uqpay.Client{one, two} {
					wants(t, ignore(c.Products.List(t.Context(), uqpay.Paging{})), nil)
				}
			}
			return s.Mints() - before
		}
		cfg := s.ClientConfig()
		if n := alternate(cfg); n != 10 {
			t.Errorf("%d mints of two clients that take the token from each other", n)
		}
		cfg.Tokens = uqpay.NewMemoryTokenStore()
		if n := alternate(cfg); n != 1 {
			t.Errorf("%d mints of two clients with one store", n)
		}
	},
	"Client.DropToken": func(t *testing.T) {
		// Words that mean something else by the pages, though the token is dead.
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{EndedToken: "invalid auth token format"}})
		c := newClient(t, s)
		token, err := c.Token(t.Context())
		wants(t, err, nil)
		s.EndToken()
		wants(t, ignore(c.Products.List(t.Context(), uqpay.Paging{})), issuing.ErrUnauthorized)
		c.DropToken(token)
		wants(t, ignore(c.Products.List(t.Context(), uqpay.Paging{})), nil)
	},
	"issuing.WithIdempotencyKey": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Keys: uqpaytest.KeyFormUUID}})
		c := newClient(t, s)
		create := func(key string) error {
			return ignore(c.Cardholders.Create(t.Context(), alex(), issuing.WithIdempotencyKey(key)))
		}
		wants(t, create("order-4711"), issuing.ErrDuplicate)
		wants(t, create("5b6f0d0e-7d1f-4a52-9c7d-3b6a2f1e0d4c"), nil)
	},
	"Config.Zone": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{ZonelessTimes: time.UTC}})
		cfg := s.ClientConfig()
		id := newHolder(t, configured(t, s, cfg))
		created := func() time.Duration {
			h, err := configured(t, s, cfg).Cardholders.Cardholder(t.Context(), id)
			wants(t, err, nil)
			return s.Clock().Now().Sub(h.CreateTime)
		}
		if off := created(); off != 8*time.Hour {
			t.Errorf("off by %v", off)
		}
		cfg.Zone = time.UTC
		if off := created(); off != 0 {
			t.Errorf("off by %v with the zone", off)
		}
	},
	"CallbackConfig.Zone": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		event := map[string]any{"event_type": uqpay.EventReportCreated, "event_id": "e",
			"data": map[string]any{"report_id": "r", "expire_time": s.Clock().Now().UTC().Format(time.DateTime)}}
		for zone, want := range map[*time.Location]time.Duration{nil: 8 * time.Hour, time.UTC: 0} {
			got := receive(t, s, uqpay.CallbackConfig{Zone: zone}, s.SignCallback(event))
			report, ok := got.Data.(*uqpay.ReportCreated)
			if !ok || s.Clock().Now().Truncate(time.Second).Sub(report.ExpireTime) != want {
				t.Errorf("%v: %+v", zone, got.Data)
			}
		}
	},
	"Paging.PageSize": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{SmallestPage: 10}})
		c := newClient(t, s)
		wants(t, ignore(c.Products.List(t.Context(), uqpay.Paging{PageSize: 5})), issuing.ErrInvalid)
		wants(t, ignore(c.Products.List(t.Context(), uqpay.Paging{PageSize: 10})), nil)
		wants(t, ignore(c.Cards.List(t.Context(), uqpay.CardsRequest{Paging: uqpay.Paging{PageSize: 5}})), nil)
	},
	"CreateCardholderRequest.PhoneNumber": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Phones: uqpaytest.PhoneFormInternational}})
		c := newClient(t, s)
		req := alex()
		wants(t, ignore(c.Cardholders.Create(t.Context(), req)), uqpay.CodeInvalidPhoneNumber)
		req.PhoneNumber = "+65" + req.PhoneNumber
		wants(t, ignore(c.Cardholders.Create(t.Context(), req)), nil)
	},
	"Identity.HandFile": func(t *testing.T) {
		refuse := roundTrip(func(r *http.Request) (*http.Response, error) {
			switch {
			case isMint(r):
				return answerTo(r, 200, tokenBody), nil
			case strings.Contains(bodyOf(r), `"hand_file"`):
				return answerTo(r, 200, `{"cardholder_id":"h","cardholder_status":"PENDING"}`), nil
			}
			return answerTo(r, 400, `{"type":"invalid_request_error","code":"invalid_request_error","message":"identity.hand_file: is required"}`), nil
		})
		req, image := alex(), issuing.NewSecret("aW1n")
		req.Identity = &uqpay.Identity{Type: uqpay.IdentityTypePassport, Number: issuing.NewSecret("E1"), FrontFile: image}
		wants(t, ignore(stubClient(t, refuse).Cardholders.Create(t.Context(), req)), issuing.ErrInvalid)
		req.Identity.HandFile = image
		wants(t, ignore(stubClient(t, refuse).Cardholders.Create(t.Context(), req)), nil)
	},
	"Config.Values": func(t *testing.T) {
		values := map[string][]string{
			"identity.type": {"DRIVER_LICENSE"}, "spending_controls.interval": {"DAILY"}, "gender": {"OTHER"},
		}
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Values: values}})
		cfg := s.ClientConfig()
		req := alex()
		req.Gender = uqpay.GenderOther // in the client's list, and not on the page
		req.Identity = &uqpay.Identity{Type: "DRIVER_LICENSE", Number: issuing.NewSecret("E1"), FrontFile: issuing.NewSecret("aW1n")}
		card := uqpay.ApplyRequest{Currency: "USD", ProductID: uqpaytest.ProductShare,
			SpendingControls: []uqpay.SpendingControl{{Amount: "5", Interval: "DAILY"}}}
		send := func(want error) {
			c := configured(t, s, cfg)
			h, err := c.Cardholders.Create(t.Context(), req)
			wants(t, err, want)
			card.CardholderID = "h"
			if h != nil {
				card.CardholderID = h.ID
				s.Clock().Advance(time.Second)
			}
			wants(t, ignore(c.Cards.Apply(t.Context(), card)), want)
		}
		send(issuing.ErrInvalid)
		cfg.Values = values
		send(nil)
	},
	"Client.Do": func(t *testing.T) {
		c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if isMint(r) {
				return answerTo(r, 200, tokenBody), nil
			}
			return answerTo(r, 200, `{"report_id":"r"}`), nil
		}))
		req := uqpay.BulkRequest{BIN: "40963608", Count: uqpay.MaxBulk + 1}
		wants(t, ignore(c.Cards.Bulk(t.Context(), req)), issuing.ErrInvalid)
		var report uqpay.BulkReport
		wants(t, c.Do(t.Context(), "POST /v1/issuing/cards/bulk", req, &report), nil)
		if report.ReportID != "r" {
			t.Errorf("%+v", report)
		}
	},
	"CallbackConfig.Deduper": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		event := map[string]any{"event_type": uqpay.EventCardActivated, "event_id": "e", "data": map[string]any{"card_id": "c"}}
		handled := func(shared webhook.Deduper) (n int) {
			for range 2 { // two replicas
				src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{
					Secrets: []issuing.Secret{s.WebhookSecret()}, Now: s.Clock().Now, Deduper: shared,
				})
				wants(t, err, nil)
				h := webhook.NewHandler(src, func(context.Context, *webhook.Event) error { n++; return nil })
				h.ServeHTTP(httptest.NewRecorder(), s.SignCallback(event))
			}
			return n
		}
		if handled(nil) != 2 || handled(webhook.NewMemoryDeduper(0, 0)) != 1 {
			t.Error("a store that is shared and one that is not give the same")
		}
	},
	"CallbackConfig.Tolerance": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		for tolerance, accepted := range map[time.Duration]bool{0: false, time.Hour: true} {
			src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{
				Secrets: []issuing.Secret{s.WebhookSecret()}, Now: s.Clock().Now, Tolerance: tolerance,
			})
			wants(t, err, nil)
			late := s.SignCallback(map[string]any{"event_type": uqpay.EventCardActivated, "event_id": "e", "data": map[string]any{}})
			s.Clock().Advance(10 * time.Minute)
			w := httptest.NewRecorder()
			webhook.NewHandler(src, func(context.Context, *webhook.Event) error { return nil }).ServeHTTP(w, late)
			if (w.Code == http.StatusOK) != accepted {
				t.Errorf("%v: %d", tolerance, w.Code)
			}
		}
	},
	"AuthorizeRequest.Status": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		c := newClient(t, s)
		req := uqpay.AuthorizeRequest{CardID: newCard(t, s, c, "10"), Amount: "1", Currency: "USD", MerchantName: "M"}
		for status, want := range map[uqpay.TransactionStatus]uqpay.TransactionStatus{
			"": uqpay.TransactionStatusApproved, uqpay.TransactionStatusDeclined: uqpay.TransactionStatusDeclined,
		} {
			req.Status = status
			tx, err := c.Simulator.Authorize(t.Context(), req)
			if err != nil || tx.Status != want || (want == uqpay.TransactionStatusDeclined) != (tx.Reason() != "" && tx.BillingAmount.Sign() == 0) {
				t.Errorf("%q: %+v, %v", status, tx, err)
			}
		}
	},
	"FundBalanceRequest.AccountID": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Deposit: uqpaytest.DepositFormAccount}})
		c := newClient(t, s)
		req := uqpay.FundBalanceRequest{Amount: "1", Currency: "USD", SenderSWIFT: "WELGBE22"}
		wants(t, ignore(c.Simulator.FundBalance(t.Context(), req)), issuing.ErrInvalid)
		wants(t, c.Do(t.Context(), "POST /v1/simulation/deposit", map[string]any{
			"amount": req.Amount, "currency": req.Currency, "sender_swift_code": req.SenderSWIFT,
		}, nil), issuing.ErrInvalid)
		req.AccountID = uqpaytest.SubAccount
		wants(t, ignore(c.Simulator.FundBalance(t.Context(), req)), nil)
	},
	"Config.FilesURL": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		cfg := s.ClientConfig()
		cfg.FilesURL = ""
		links := func() error { return ignore(configured(t, s, cfg).Files.Links(t.Context(), []string{"f"})) }
		wants(t, links(), issuing.ErrNotConfigured)
		cfg.FilesURL = s.URL()
		wants(t, links(), nil)
	},
	"Config.IframeURL": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{})
		cfg := s.ClientConfig()
		cfg.IframeURL = ""
		show := func() error {
			return ignore(configured(t, s, cfg).IframeURL("c", issuing.NewSecret("pan_x"), uqpay.Iframe{}))
		}
		wants(t, show(), issuing.ErrNotConfigured)
		cfg.IframeURL = "https://cards.example.com"
		wants(t, show(), nil)
	},
	"Iframe.Extra": func(t *testing.T) {
		c := newClient(t, newPlatform(t, uqpaytest.Config{}))
		const styles = `{"color":"red"}`
		for look, want := range map[*uqpay.Iframe]string{
			{Styles: map[string]any{"color": "red"}}:                      styles,
			{Extra: map[string]string{"styles": url.QueryEscape(styles)}}: url.QueryEscape(styles),
		} {
			address, err := c.IframeURL("c", issuing.NewSecret("pan_x"), *look)
			wants(t, err, nil)
			u, err := url.Parse(address.Reveal())
			if err != nil || u.Query().Get("styles") != want {
				t.Errorf("%v, want %s", u.Query(), want)
			}
		}
	},
	"Config.OnBehalfOf": func(t *testing.T) {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Accounts: uqpaytest.AccountFormShort}})
		cfg := s.ClientConfig()
		list := func() error { return ignore(configured(t, s, cfg).Cards.List(t.Context(), uqpay.CardsRequest{})) }
		cfg.OnBehalfOf = uqpaytest.SubAccount
		wants(t, list(), issuing.ErrInvalid)
		cfg.OnBehalfOf = "CL260411-1"
		wants(t, list(), nil)
	},
}

// TestInferred turns every setting of what no page says; those of authdecision are turned
// in its own test.
func TestInferred(t *testing.T) {
	t.Parallel()
	mine := func(setting string) bool { return !strings.HasPrefix(setting, "authdecision.") }
	conform.Settings(t, "testdata/inferred.csv", mine, settings)
}

// configured is a client of a configuration that the test has changed.
func configured(t *testing.T, s *uqpaytest.Server, cfg uqpay.Config) *uqpay.Client {
	t.Helper()
	c, err := uqpay.New(cfg, issuing.WithClock(s.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func bodyOf(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	return string(body)
}

// wants fails unless an error is of a kind; nil wants none.
func wants(t *testing.T, err, kind error) {
	t.Helper()
	if (err == nil) != (kind == nil) || !errors.Is(err, kind) {
		t.Errorf("%v, want %v", err, kind)
	}
}

// receive has a callback handled and returns its event.
func receive(t *testing.T, s *uqpaytest.Server, cfg uqpay.CallbackConfig, r *http.Request) (event *webhook.Event) {
	t.Helper()
	cfg.Secrets, cfg.Now = []issuing.Secret{s.WebhookSecret()}, s.Clock().Now
	src, err := uqpay.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := webhook.NewHandler(src, func(_ context.Context, e *webhook.Event) error { event = e; return nil })
	h.ServeHTTP(httptest.NewRecorder(), r)
	if event == nil {
		t.Fatal("the callback was refused")
	}
	return event
}
