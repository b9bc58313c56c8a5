package coshine_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

// TestCardStatusReadsBothTables: N and U mean opposite things, D and L the same.
func TestCardStatusReadsBothTables(t *testing.T) {
	t.Parallel()
	for letter, want := range map[coshine.CardStatus][3]string{
		"N": {"unknown", "active", "inactive"}, "U": {"unknown", "inactive", "active"},
		"D": {"cancelled", "cancelled", "cancelled"}, "L": {"lost", "lost", "lost"},
		"P": {"unknown", "password lost", "pending"}, "O": {"unknown", "password locked", "open"},
		"X": {"unknown", "counterfeit", "closed"}, "E": {"unknown", "unknown", "expired"},
		"Q": {"unknown", "unknown", "unknown"}, "": {"unknown", "unknown", "unknown"},
	} {
		for i, dialect := range []coshine.Dialect{coshine.DialectNone, coshine.DialectPortal, coshine.DialectReference} {
			state := dialect.State(letter)
			if state.String() != want[i] || state.Known() != (want[i] != "unknown") {
				t.Errorf("%q in %v: %v, want %s", letter, dialect, state, want[i])
			}
		}
		if letter.Known() != (letter != "" && letter != "Q") || letter.Terminal() != (letter == "D") {
			t.Errorf("%q: known %t, terminal %t", letter, letter.Known(), letter.Terminal())
		}
	}
	if !coshine.CardStateClosed.Terminal() || coshine.CardStateLost.Terminal() || coshine.CardState(99).String() != "unknown" {
		t.Error("states")
	}
}

// TestDialectsOfThePlatform activates, freezes, loses and cancels a card under
// both tables.
func TestDialectsOfThePlatform(t *testing.T) {
	t.Parallel()
	for dialect, letters := range map[coshine.Dialect]string{coshine.DialectReference: "NUULUUD", coshine.DialectPortal: "UNNLNOD"} {
		server, client := full(t, coshinetest.Config{CardStatus: dialect})
		req := application("C1")
		card, err := client.Cards.Apply(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		read := func(err error) {
			t.Helper()
			info, readErr := client.Cards.Card(t.Context(), coshine.CardRequest{CardToken: card.CardToken})
			if err = errors.Join(err, readErr); err != nil {
				t.Fatal(err)
			}
			got += string(info.CardStatus)
			if real, _ := server.Card(card.CardToken); client.CardState(info.CardStatus) != real.State && !real.PINLocked {
				t.Errorf("%v: %s is read as %v, is %v", dialect, info.CardStatus, client.CardState(info.CardStatus), real.State)
			}
		}
		opt := func(flag coshine.CardOptFlag) error {
			return drop(client.Cards.SetStatus(t.Context(), coshine.SetStatusRequest{CardToken: card.CardToken, CardOptFlag: flag}))
		}
		read(nil)
		read(drop(client.Cards.Activate(t.Context(), activation(req, card))))
		read(opt(coshine.CardOptFlagFreeze))
		read(errors.Join(opt(coshine.CardOptFlagUnfreeze), opt(coshine.CardOptFlagReportLost)))
		read(opt(coshine.CardOptFlagWithdrawLoss))
		read(opt(coshine.CardOptFlagLockPIN))
		read(drop(client.Cards.Close(t.Context(), coshine.CloseRequest{CardToken: card.CardToken})))
		if got != letters {
			t.Errorf("%v: letters %s, want %s", dialect, got, letters)
		}
	}
}

// known is what every enumeration has.
type known interface{ Known() bool }

func TestEnumsKnowTheirConstants(t *testing.T) {
	t.Parallel()
	for _, v := range []known{
		coshine.CardFlagVirtual, coshine.CardFlagPhysical, coshine.CardProdTypeCredit, coshine.CardProdTypeDebit, coshine.CardProdTypeGift,
		coshine.CardProdTypePrepaid, coshine.CardProdTypeBusiness, coshine.CardProdTypeCorporate, coshine.BlockStatusNormal, coshine.BlockStatusFrozen,
		coshine.CardOptFlagReportLost, coshine.CardOptFlagWithdrawLoss, coshine.CardOptFlagFreeze, coshine.CardOptFlagUnfreeze, coshine.CardOptFlagLockPIN, coshine.CardOptFlagUnlockPIN,
		coshine.ChannelCMS, coshine.ChannelWeb, coshine.ChannelApp, coshine.ChannelACS, coshine.ChannelUMPS,
		coshine.CustIDTypeDriverLicence, coshine.CustIDTypeDefault, coshine.CustIDTypeNational, coshine.CustIDTypeUMID, coshine.CustIDTypePostal, coshine.CustIDTypeVoter,
		coshine.CustIDTypeSSS, coshine.CustIDTypeTIN, coshine.CustIDTypeOther, coshine.ReplReasonDamaged, coshine.ReplReasonLost, coshine.ReplReasonStolen,
		coshine.ReplReasonExpired, coshine.ReplReasonOther, coshine.DropDownNameCardProd, coshine.DropDownNameCardStatus, coshine.DropDownNameReplReason,
		coshine.DropDownNameCloseReason, coshine.DropDownNameLimitType, coshine.TokenStateActive, coshine.TokenStateSuspended, coshine.TokenStateDeleted,
		coshine.UseCaseQRC, coshine.UseCaseHCE, coshine.UseCaseSE, coshine.UseCaseCOF, coshine.CVMExpiryDate, coshine.CVMCVN2, coshine.CVMName,
		coshine.CVMIDType, coshine.CVMIDNo, coshine.CVMMobileNo, coshine.CVMOTP, coshine.OTPTypeSMS, coshine.OTPTypeEmail,
		coshine.CodeSuccess, coshine.CodeInvalidPIN, coshine.LayoutDispute, coshine.FileKindDispute, coshine.DialectPortal,
	} {
		if !v.Known() {
			t.Errorf("%T %v is not known", v, v)
		}
		if unknown, ok := reflect.New(reflect.TypeOf(v)).Interface().(interface{ Known() bool }); ok && unknown.Known() &&
			reflect.TypeOf(v) != reflect.TypeFor[coshine.Dialect]() {
			t.Errorf("the zero %T is known", v)
		}
	}
	if !coshine.TokenStateDeleted.Terminal() || coshine.TokenStateSuspended.Terminal() {
		t.Error("token states")
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[coshine.Code]string{
		"00": "code 00", "04": "code 04 invalid card token", "Z9": "code Z9", "toolong-and-more": `code "toolong-"`, "\n\n": `code "\n\n"`, "": `code ""`,
	} {
		if code.Error() != want {
			t.Errorf("%q: %q, want %q", string(code), code.Error(), want)
		}
	}
	for _, open := range []coshine.Code{"99", "96", "91", "68", "22", "20", "09"} {
		if !open.Open() || open.Retryable() {
			t.Errorf("%s does not leave the outcome open", string(open))
		}
	}
	if coshine.CodeInvalidPIN.Open() || coshine.Code("Z9").Known() || coshine.Code("Z9").Kind() != nil {
		t.Error("codes")
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	if e := coshine.NewExpiry(2029, time.April); e != "2904" || !e.Valid() {
		t.Errorf("got %s", e)
	}
	if year, month, ok := coshine.Expiry("2912").YearMonth(); year != 2029 || month != time.December || !ok {
		t.Errorf("%d %v %t", year, month, ok)
	}
	for _, bad := range []coshine.Expiry{"", "2900", "2913", "29041", "29a4", "-101"} {
		if _, _, ok := bad.YearMonth(); ok || bad.Valid() {
			t.Errorf("%q is valid", bad)
		}
	}
}

// TestNothingPrintsASecret fills every exported type that holds a secret.
func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	const secret = "4929420573595709"
	for _, zero := range []any{
		coshine.Config{}, coshine.ApplyRequest{}, coshine.Application{}, coshine.Card{}, coshine.CardList{}, coshine.AccountList{},
		coshine.Record{}, coshine.Reply{}, coshine.Ack{}, coshine.CardInfo{}, coshine.ActivateRequest{}, coshine.Replacement{},
		coshine.CardSecrets{}, coshine.VerifyCVV2Request{}, coshine.DCVV{}, coshine.CardNumber{}, coshine.CardRef{}, coshine.PINKey{},
		coshine.PINResetRequest{}, coshine.PINChangeRequest{}, coshine.PINVerifyRequest{}, coshine.TransactionRequest{}, coshine.Transaction{},
		coshine.History{}, coshine.PaymentToken{}, coshine.TokenList{}, coshine.TokenRequest{}, coshine.TokenResult{},
		coshine.TokenMetadataRequest{}, coshine.DropDownList{}, coshine.CardProductList{}, coshine.Inbound{}, coshine.SendOTPRequest{},
		coshine.VerifyOTPRequest{}, coshine.StartOOBAuthenRequest{}, coshine.OOBResultInquiryRequest{}, coshine.TokenStateNotification{},
		coshine.AuthorizationRequest{}, coshine.RemoteBalanceRequest{}, coshine.ClearingRequest{}, coshine.AuthorizationNotification{},
		coshine.CallbackConfig{}, coshinetest.Config{}, coshinetest.NewCard{}, coshinetest.Request{}, coshinetest.CardInfo{}, coshinetest.IssuerReply{},
	} {
		filled := leaktest.Fill(t, secret, zero)
		leaktest.Check(t, []string{secret}, filled)
	}
	extra := coshine.OpenRequest{Extra: coshine.Extra{"pan": issuing.NewSecret(secret)}}
	leaktest.Check(t, []string{secret}, extra, coshine.Answer{Extra: extra.Extra})
}

// TestLiveObjectsPrintNoSecret checks what holds keys and tokens inside.
func TestLiveObjectsPrintNoSecret(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	card := activeCard(t, client, "C1")
	keys, err := sharedKeys()
	if err != nil {
		t.Fatal(err)
	}
	handler := handlerOf(t, coshine.CallbackConfig{Tokens: []issuing.Secret{server.IssuerToken()}}, coshine.Functions{
		SendOTP: nil, Authorization: decideBy(nil).Authorization,
	})
	secrets := []string{server.Token().Reveal(), server.IssuerToken().Reveal(), card.CardNumber.Reveal()}
	leaktest.Check(t, secrets, server.ClientConfig(), card, keys, server.Received(""))
	for _, live := range []any{client, handler, server} {
		for _, secret := range secrets {
			if strings.Contains(sprint(live), secret) {
				t.Errorf("%T prints a secret", live)
			}
		}
	}
}
