package unionpay_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func TestFeedback(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	if _, err := client.ATMs.Feedback(t.Context(), feedback()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]unionpay.FeedbackRequest{feedback()}, server.Feedback()); diff != "" {
		t.Errorf("the gateway kept something else (-want +got):\n%s", diff)
	}
	unknown := feedback()
	unknown.ATMID = "ATM-404"
	_, err := client.ATMs.Feedback(t.Context(), unknown)
	if !errors.Is(err, issuing.ErrNotFound) || !errors.Is(err, unionpay.CodeRecordNotFound) {
		t.Errorf("unknown ATM: %v", err)
	}
}

func TestATMLists(t *testing.T) {
	t.Parallel()
	_, client := turned(t, unionpaytest.Config{})
	ctx := t.Context()
	page, err := client.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "702", BankName: "Example Bank", PageNo: 1, PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := &unionpay.Page[unionpay.ATM]{Total: 2, List: []unionpay.ATM{{
		ID: "ATM-000123", Name: "Raffles Place 1", BankName: "Example Bank", CityName: "Singapore", CountryCode: "702",
		Address: "1 Example Road", Longitude: "+103.8519", Latitude: "+1.2902",
	}}}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	var ids []string
	for atm, err := range client.ATMs.All(ctx, unionpay.ListRequest{CountryCode: "702", PageSize: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, atm.ID)
	}
	if diff := cmp.Diff([]string{"ATM-000123", "ATM-000124", "ATM-000125"}, ids); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	ids = nil
	for atm, err := range client.ATMs.AllNearby(ctx, unionpay.NearbyRequest{Longitude: "103.85", Latitude: "+1.29", Radius: 4000, PageSize: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, atm.ID+" "+atm.Distance)
	}
	if diff := cmp.Diff([]string{"ATM-000123 212", "ATM-000124 2535"}, ids); diff != "" {
		t.Errorf("nearby (-want +got):\n%s", diff)
	}
	lists, err := client.ATMs.CitiesAndBanks(ctx, unionpay.CitiesAndBanksRequest{CountryCode: "702"})
	if err != nil {
		t.Fatal(err)
	}
	wantLists := &unionpay.CitiesAndBanks{Cities: []string{"Jurong", "Singapore"}, Banks: []string{"Example Bank", "Sample Bank"}}
	if diff := cmp.Diff(wantLists, lists); diff != "" {
		t.Errorf("cities and banks (-want +got):\n%s", diff)
	}
	empty, err := client.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "010"})
	if err != nil || len(empty.List) != 0 || empty.Total != 0 {
		t.Errorf("no hit: %+v, %v", empty, err)
	}
}

// TestTokenLife takes a token through its life in both profiles.
func TestTokenLife(t *testing.T) {
	t.Parallel()
	for _, profile := range []unionpay.Profile{unionpay.ProfileG, unionpay.ProfileU} {
		t.Run(profile.String(), func(t *testing.T) {
			t.Parallel()
			profiles := map[unionpay.MessageType]unionpay.Profile{}
			for message := range unionpay.InferredPaths() {
				profiles[message] = profile
			}
			server, _ := turned(t, unionpaytest.Config{Profiles: profiles})
			client := newClient(t, server, func(c *unionpay.Config) { c.Values = map[string][]string{"tokenAction": {"EXPLODE"}} })
			ctx := t.Context()
			req := pushed(t, server, "")
			req.PAN = issuing.NewSecret("6250945000000004")
			req.CVM = []unionpay.CVM{{ExpiryDate: "12/30", CVN2: issuing.NewSecret("123")}}
			req.RiskInfo = &unionpay.RiskInfo{
				CaptureMethod: unionpay.CaptureMethodUnknown, IPAddress: "203.0.113.7",
				UserEnrolDate: unionpay.EnrolDate(issuing.NewDate(2025, time.March, 4)),
			}
			var info issuing.CallInfo
			token, err := client.Tokens.Request(ctx, req, issuing.WithCallInfo(&info))
			if err != nil {
				t.Fatal(err)
			}
			records := server.Tokens()
			if len(records) != 1 || !records[0].Token.Equal(token.Token) || records[0].MsgID != info.Key || records[0].DeviceID != device {
				t.Fatalf("the registry has %+v, the call %s", records, info.Key)
			}
			if token.State != unionpay.TokenStateActive || token.RefID != records[0].RefID || len(token.MaskedPAN) != 16 {
				t.Errorf("token %+v", token)
			}
			if at, ok := token.Expiry.Time(nil); !ok || !at.Equal(epoch.AddDate(5, 0, 0)) {
				t.Errorf("expiry %s is %v, %v", token.Expiry, at, ok)
			}
			update := unionpay.UpdateStateRequest{DeviceID: device, Token: token.Token}
			for _, step := range []struct {
				action unionpay.TokenAction
				want   unionpay.TokenState
				code   unionpay.Code
			}{
				{unionpay.TokenActionResume, "", unionpay.CodeState},
				{unionpay.TokenActionSuspend, unionpay.TokenStateSuspended, ""},
				{unionpay.TokenActionSuspend, "", unionpay.CodeState},
				{unionpay.TokenActionResume, unionpay.TokenStateActive, ""},
				{unionpay.TokenActionDelete, unionpay.TokenStateDeleted, ""},
				{unionpay.TokenActionResume, "", unionpay.CodeState},
				{"EXPLODE", "", unionpay.CodeFormat},
			} {
				update.Action = step.action
				got, err := client.Tokens.UpdateState(ctx, update)
				switch {
				case step.code != "":
					if !errors.Is(err, step.code) {
						t.Errorf("%s: got %v, want %v", step.action, err, step.code)
					}
				case err != nil:
					t.Errorf("%s: %v", step.action, err)
				case got.State != step.want:
					t.Errorf("%s: state %s, want %s", step.action, got.State, step.want)
				}
			}
			for name, query := range map[string]unionpay.TokenQuery{
				"by token": {Token: token.Token, DeviceID: device}, "by reference": {RefID: token.RefID},
			} {
				if got, err := client.Tokens.Token(ctx, query); err != nil || got.State != unionpay.TokenStateDeleted {
					t.Errorf("%s: %+v, %v", name, got, err)
				}
			}
			if got, err := client.Tokens.TokenByRequest(ctx, info.Key); err != nil || !got.Token.Equal(token.Token) {
				t.Errorf("by request: %+v, %v", got, err)
			}
			check(t, server)
		})
	}
}

// TestTokenRefusals covers the business rules of the token request.
func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	ctx := t.Context()
	for status, want := range map[unionpaytest.CardStatus]unionpay.Code{
		unionpaytest.CardStatusLost: unionpay.CodeCardLost, unionpaytest.CardStatusStolen: unionpay.CodeCardStolen,
		unionpaytest.CardStatusExpired: unionpay.CodeCardExpired, unionpaytest.CardStatusRestricted: unionpay.CodeRestrictedCard,
	} {
		_, err := client.Tokens.Request(ctx, pushed(t, server, server.AddCard(status)))
		if !errors.Is(err, want) || !errors.Is(err, issuing.ErrDeclined) {
			t.Errorf("card status %d: %v, want %v", status, err, want)
		}
	}
	first := pushed(t, server, "")
	if _, err := client.Tokens.Request(ctx, first); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Tokens.Request(ctx, first); !errors.Is(err, issuing.ErrDuplicate) || !errors.Is(err, unionpay.CodeTokenAlreadyIssued) {
		t.Errorf("the same authorization again: %v", err)
	}
	again := pushed(t, server, server.Tokens()[0].CardID)
	if _, err := client.Tokens.Request(ctx, again); !errors.Is(err, unionpay.CodeTokenAlreadyIssued) {
		t.Errorf("another push of a card with a live token: %v", err)
	}
	foreign := pushed(t, server, "")
	foreign.AuthorizationData = issuing.NewSecret("made-up")
	if _, err := client.Tokens.Request(ctx, foreign); !errors.Is(err, unionpay.CodeIssuerRefused) {
		t.Errorf("an authorization that no issuer made: %v", err)
	}
	old := pushed(t, server, "")
	server.Clock().Advance(10*time.Minute + time.Second)
	if _, err := client.Tokens.Request(ctx, old); !errors.Is(err, unionpay.CodeEnrolmentTimeout) {
		t.Errorf("an authorization past its time: %v", err)
	}
	if n := len(server.Tokens()); n != 1 {
		t.Errorf("%d tokens, want 1", n)
	}
	if n := server.CreationNotices(); len(n) != 1 || n[0].RefID != server.Tokens()[0].RefID {
		t.Errorf("the issuer was told %+v", n)
	}
	check(t, server)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	paths := unionpay.InferredPaths()
	paths[unionpay.MessageTypeKeyInquiryExchange] = "/umpsqrgw/inquiry"
	paths[unionpay.MessageTypeKeyResetResult] = "/umpsqrgw/reset"
	server, client := turned(t, unionpaytest.Config{Paths: paths})
	ctx := t.Context()
	text := texts(t, server).UPISignKeys[unionpaytest.UPISignKeyID]
	got, err := client.Keys.Exchange(ctx, unionpay.KeyExchangeRequest{
		SignCertID: "1", SignPublicKey: text, EncCertID: "2", EncPublicKey: text,
	})
	if err != nil || got.SignCertID != unionpaytest.UPISignKeyID || got.EncCertID != unionpaytest.UPIEncKeyID {
		t.Errorf("KEY_EXCHANGE: %+v, %v", got, err)
	}
	inquiry, err := client.Keys.InquireExchange(ctx, unionpay.KeyInquiryRequest{
		SignCertID: "1", SignPublicKey: text, EncCertID: "2", EncPublicKey: text,
	})
	if err != nil || inquiry.SignCertID != unionpaytest.UPISignKeyID {
		t.Errorf("KEY_INQUIRY_EXCHANGE: %+v, %v", inquiry, err)
	}
	if _, err := client.Keys.ConfirmReset(ctx, unionpay.KeyResetRequest{Extra: map[string]any{"result": "00"}}); err != nil {
		t.Errorf("KEY_RESET_RESULT: %v", err)
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	var out map[string]any
	in := map[string]any{"tokenRefID": "1000000404"}
	err := client.Do(t.Context(), unionpay.MessageTypeTokenStateInquiry, in, &out)
	if !errors.Is(err, issuing.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := client.Tokens.Request(t.Context(), pushed(t, server, "")); err != nil {
		t.Fatal(err)
	}
	in["tokenRefID"] = server.Tokens()[0].RefID
	if err := client.Do(t.Context(), unionpay.MessageTypeTokenStateInquiry, in, &out); err != nil || out["tokenState"] != "ACTIVE" {
		t.Errorf("got %v, %v", out["tokenState"], err)
	}
	var own struct {
		State string         `json:"TOKENSTATE"`
		Rest  unionpay.Extra `json:"-" wire:"extra"`
	}
	err = client.Do(t.Context(), unionpay.MessageTypeTokenStateInquiry, in, &own)
	if err != nil || own.State != "ACTIVE" || own.Rest.Member("tokenRefID") == nil || own.Rest.Member("tokenState") != nil {
		t.Errorf("a struct of one's own: %+v, %v", own, err)
	}
	if err := client.Do(t.Context(), "TOKEN_INFO_UPDATE", in, nil); !errors.Is(err, issuing.ErrNotConfigured) {
		t.Errorf("a message without a path: %v", err)
	}
}

// TestOneEndpoint: the UMPS gateway has one address for all messages and
// dispatches on msgType.
func TestOneEndpoint(t *testing.T) {
	t.Parallel()
	paths, profiles := map[unionpay.MessageType]string{}, map[unionpay.MessageType]unionpay.Profile{}
	for message := range unionpay.InferredPaths() {
		paths[message], profiles[message] = "/umpsqrgw", unionpay.ProfileU
	}
	for _, info := range []bool{false, true} {
		server, client := turned(t, unionpaytest.Config{Paths: paths, Profiles: profiles, UMPSDigestInfo: info})
		token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
		if err != nil {
			t.Fatal(err)
		}
		change, err := client.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{DeviceID: device, Token: token.Token, Action: unionpay.TokenActionDelete})
		if err != nil || change.State != unionpay.TokenStateDeleted {
			t.Errorf("%+v, %v", change, err)
		}
		other := newClient(t, server, func(c *unionpay.Config) { c.UMPSDigestInfo = !info })
		if _, err := other.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: token.RefID}); !errors.Is(err, issuing.ErrUnauthorized) {
			t.Errorf("the other padding: %v", err)
		}
		check(t, server)
	}
}

// TestProfileUAnswers: an answer without a signature, or with a wrong one, leaves
// a token request open in profile U as well.
func TestProfileUAnswers(t *testing.T) {
	t.Parallel()
	profiles := map[unionpay.MessageType]unionpay.Profile{
		unionpay.MessageTypeTokenRequest: unionpay.ProfileU, unionpay.MessageTypeTokenStateInquiry: unionpay.ProfileU,
	}
	for name, c := range map[string]struct {
		behaviour unionpaytest.Behaviour
		kind      error
	}{
		"good":            {unionpaytest.Behaviour{ExtraMembers: true, CapitalM: true}, nil},
		"encrypted token": {unionpaytest.Behaviour{EncryptToken: true}, nil},
		"unsigned":        {unionpaytest.Behaviour{Unsigned: true}, issuing.ErrOutcomeUnknown},
		"wrong signature": {unionpaytest.Behaviour{WrongSignature: true}, issuing.ErrOutcomeUnknown},
		"other message":   {unionpaytest.Behaviour{OtherMsgID: true}, issuing.ErrOutcomeUnknown},
		"refused":         {unionpaytest.Behaviour{Code: unionpay.CodeIssuerRefused}, issuing.ErrDeclined},
	} {
		server, client := turned(t, unionpaytest.Config{Profiles: profiles})
		next(t, server, "Tokens.Request", c.behaviour)
		token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
		if (c.kind == nil) != (err == nil) || (c.kind != nil && !errors.Is(err, c.kind)) {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
		if err == nil && !token.Token.Equal(server.Tokens()[0].Token) {
			t.Errorf("%s: another token", name)
		}
		if errors.Is(err, issuing.ErrOutcomeUnknown) {
			settled, err := client.Tokens.TokenByRequest(t.Context(), asError(t, err).Key)
			if err != nil || !settled.Token.Equal(server.Tokens()[0].Token) {
				t.Errorf("%s: the inquiry says %v", name, err)
			}
		}
	}
}

// TestInquiryIsNamedByWhatItHolds: an inquiry by a request's id alone is named so,
// whichever method makes it.
func TestInquiryIsNamedByWhatItHolds(t *testing.T) {
	t.Parallel()
	const msgID = "A0052044620260401100000000777"
	_, client := record(t, approved, func(c *unionpay.Config) { c.Paths = nil })
	for want, queries := range map[string][]unionpay.TokenQuery{
		"Tokens.Token":          {{RefID: "1"}, {RefID: "1", OriginalMsgID: msgID}, {Token: issuing.NewSecret("6299990000000000004"), OriginalMsgID: msgID}, {}},
		"Tokens.TokenByRequest": {{OriginalMsgID: msgID}, {OriginalMsgID: msgID, DeviceID: device}},
	} {
		for _, query := range queries {
			_, err := client.Tokens.Token(t.Context(), query)
			if op := asError(t, err).Op; op != want {
				t.Errorf("%+v: %s, want %s", query, op, want)
			}
		}
	}
}

// everyCall makes one call of every method, and of every form that shares its
// message with another.
func everyCall(t *testing.T, server *unionpaytest.Server) map[string]func(context.Context, *unionpay.Client) error {
	t.Helper()
	key := texts(t, server).UPISignKeys[unionpaytest.UPISignKeyID]
	request, number := pushed(t, server, ""), issuing.NewSecret("6299990000000000004")
	const msgID = "A0052044620260401100000000777"
	inquire := func(query unionpay.TokenQuery) func(context.Context, *unionpay.Client) error {
		return func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Tokens.Token(ctx, query)
			return err
		}
	}
	return map[string]func(context.Context, *unionpay.Client) error{
		"feedback": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.ATMs.Feedback(ctx, feedback())
			return err
		},
		"list": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "702"})
			return err
		},
		"nearby": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.ATMs.Nearby(ctx, unionpay.NearbyRequest{Longitude: "+103.85", Latitude: "+1.29"})
			return err
		},
		"cities and banks": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.ATMs.CitiesAndBanks(ctx, unionpay.CitiesAndBanksRequest{CountryCode: "702"})
			return err
		},
		"token request": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Tokens.Request(ctx, request)
			return err
		},
		"update": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Tokens.UpdateState(ctx, unionpay.UpdateStateRequest{DeviceID: device, Token: number, Action: unionpay.TokenActionSuspend})
			return err
		},
		"inquiry by number":                inquire(unionpay.TokenQuery{Token: number, DeviceID: device}),
		"inquiry by reference":             inquire(unionpay.TokenQuery{RefID: "1000000001"}),
		"inquiry by reference and request": inquire(unionpay.TokenQuery{RefID: "1000000001", OriginalMsgID: msgID}),
		"inquiry by request":               inquire(unionpay.TokenQuery{OriginalMsgID: msgID}),
		"by request": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Tokens.TokenByRequest(ctx, msgID)
			return err
		},
		"key exchange": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Keys.Exchange(ctx, unionpay.KeyExchangeRequest{SignCertID: "1", SignPublicKey: key, EncCertID: "2", EncPublicKey: key})
			return err
		},
		"key inquiry": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Keys.InquireExchange(ctx, unionpay.KeyInquiryRequest{SignCertID: "1", SignPublicKey: key, EncCertID: "2", EncPublicKey: key})
			return err
		},
		"key reset": func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Keys.ConfirmReset(ctx, unionpay.KeyResetRequest{Extra: map[string]any{"result": "00"}})
			return err
		},
	}
}

// The platform in memory counts every operation under the name that hooks print,
// whatever is agreed on addresses, names and encryption.
func TestPlatformNamesOperationsAsHooksDo(t *testing.T) {
	t.Parallel()
	paths := unionpay.InferredPaths()
	paths[unionpay.MessageTypeKeyInquiryExchange] = "/umpsqrgw/inquiry"
	paths[unionpay.MessageTypeKeyResetResult] = "/umpsqrgw/reset"
	shared, enveloped, encrypted, profiles := maps.Clone(paths), map[unionpay.MessageType]unionpay.Shape{},
		map[unionpay.MessageType]unionpay.BodyEncryption{}, map[unionpay.MessageType]unionpay.Profile{}
	for message := range paths {
		shared[message], enveloped[message] = "/umpsqrgw", unionpay.ShapeEnveloped
		encrypted[message], profiles[message] = unionpay.BodyEncryptionJWE, unionpay.ProfileU
	}
	for name, c := range map[string]struct {
		config unionpaytest.Config
		change func(*unionpay.Config)
	}{
		"default":    {config: unionpaytest.Config{Paths: paths}},
		"one path":   {config: unionpaytest.Config{Paths: shared, Shapes: enveloped, Profiles: profiles}},
		"two shapes": {config: unionpaytest.Config{Paths: paths, Shapes: enveloped, BodyEncryption: encrypted}},
		"renamed": {unionpaytest.Config{Paths: paths}, func(c *unionpay.Config) {
			c.FieldNames = map[string]string{"originalMsgID": "origMsgId"}
		}},
		"other keys": {unionpaytest.Config{Paths: paths}, func(c *unionpay.Config) { c.SignKeyID = "1" }},
	} {
		server, _ := turned(t, c.config)
		server.Choose(func(string) issuingtest.Fault { return issuingtest.Refuse(400, "") })
		seen, all := map[string]int{}, 0
		client := newClient(t, server, c.change, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
			seen[event.Op]++
			all++
		}))
		for what, call := range everyCall(t, server) {
			if err := call(t.Context(), client); err == nil {
				t.Errorf("%s, %s: no error", name, what)
			}
		}
		for _, op := range slices.Sorted(maps.Keys(seen)) {
			if n := server.Requests(op); n != seen[op] {
				t.Errorf("%s, %s: the platform counts %d requests, the hook %d", name, op, n, seen[op])
			}
		}
		if len(seen) != 11 || server.Requests("") != all {
			t.Errorf("%s: %d operations, %d requests of %d", name, len(seen), server.Requests(""), all)
		}
		check(t, server)
	}
}
