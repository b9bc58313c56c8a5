package cases

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// builders are those of all providers, in each form that their callbacks can have.
func builders() []builder {
	return []builder{
		buildWorldCard(), buildLegacy(),
		buildKazePay("kazepay, named in the head", kazepaytest.CallbackNameInHead),
		buildKazePay("kazepay, named in the content", kazepaytest.CallbackNameInContent),
		buildUQPAY(), buildDecision(),
		buildCoshine("coshine", nil), buildCoshine("coshine, encrypted", &coshine.JWE{
			DecryptionKey: merchant(), PlatformKey: private().Public(),
		}),
		buildUnionPay("unionpay, profile G", unionpay.ProfileG),
		buildUnionPay("unionpay, profile U", unionpay.ProfileU),
	}
}

func buildWorldCard() builder {
	return builder{
		name: "worldcard", listed: worldcard.EventTypes(),
		source: func(t *testing.T) *webhook.Source {
			return worldCardSource(t, epoch, func(cfg *worldcard.CallbackConfig) { cfg.AppID = "app" })
		},
		build: func(event any) (*http.Request, error) {
			return worldcardtest.NewCallback(worldcardtest.CallbackConfig{
				Key: private(), AESKey: aesKey(), AppID: "app", Now: at(epoch),
			}, event)
		},
		types: map[string]any{
			worldcard.EventCardOpened: new(worldcard.CardOpened), worldcard.EventCardDeposited: new(worldcard.CardDeposited),
			worldcard.EventCardClosed: new(worldcard.CardClosed), worldcard.EventCardStateChanged: new(worldcard.CardStateChanged),
			worldcard.EventCardBilled: new(worldcard.CardBilled), worldcard.EventKYCReviewed: new(worldcard.KYCReviewed),
			worldcard.EventHolderChallenged: new(worldcard.HolderChallenged),
		},
	}
}

func buildLegacy() builder {
	virtualP := []string{
		legacy.EventVirtualPBilled, legacy.EventVirtualPClosed, legacy.EventVirtualPChallenged, legacy.EventVirtualPForwarded,
	}
	return builder{
		name: "legacy", source: legacySource,
		// VIRTUAL-P's four types share an address.
		listed: append(slices.DeleteFunc(legacy.EventTypes(), func(typ string) bool { return typ == legacy.EventVirtualP }), virtualP...),
		build: func(event any) (*http.Request, error) {
			return legacytest.NewCallback(legacytest.CallbackConfig{AppKey: "app", AppSecret: app()}, event)
		},
		types: map[string]any{
			legacy.EventCardDeposited: new(legacy.CardDeposited), legacy.EventApplicationCompleted: new(legacy.ApplicationCompleted),
			legacy.EventTransferCompleted: new(legacy.TransferCompleted), legacy.EventVirtualLBilled: new(legacy.VirtualLBilled),
			legacy.EventVirtualLClosed: new(legacy.VirtualLClosed), legacy.EventVirtualLChallenged: new(legacy.VirtualLChallenged),
			legacy.EventOOBRequested: new(legacy.OOBRequested), legacy.EventVirtualPBilled: new(legacy.VirtualPBilled),
			legacy.EventVirtualPClosed: new(legacy.VirtualPClosed), legacy.EventVirtualPChallenged: new(legacy.VirtualPChallenged),
			legacy.EventVirtualPForwarded: new(legacy.VirtualPForwarded),
		},
		expect: func(sent, _ any) {
			if appKey := reflect.ValueOf(sent).Elem().FieldByName("AppKey"); appKey.IsValid() {
				appKey.SetString("app") // whose callback it is
			}
		},
	}
}

func buildKazePay(name string, named kazepaytest.CallbackName) builder {
	b := builder{
		name: name, listed: kazepay.EventTypes(),
		source: func(t *testing.T) *webhook.Source {
			return source(t)(kazepay.NewCallbacks(kazepay.CallbackConfig{
				PlatformKeys: []sign.PublicKey{private().Public()}, PrivateKey: merchant(), SysID: "sys", Now: at(epoch),
				Zone: time.FixedZone("", 3600),
			}))
		},
		build: func(event any) (*http.Request, error) {
			return kazepaytest.NewCallback(kazepaytest.CallbackConfig{
				Key: private(), MerchantKey: merchant().Public(), SysID: "sys", Name: named, Zone: time.FixedZone("", 3600), Now: at(epoch),
			}, event)
		},
		types: map[string]any{
			kazepay.EventHolderChallenged: new(kazepay.HolderChallenged), kazepay.EventCardStateChanged: new(kazepay.CardStateChanged),
			kazepay.EventTransactionCreated: new(kazepay.TransactionCreated), kazepay.EventCardDeposited: new(kazepay.CardDeposited),
			kazepay.EventCardClosed: new(kazepay.CardClosed), kazepay.EventCoinDeposited: new(kazepay.CoinDeposited),
			kazepay.EventActivationCodeSent: new(kazepay.ActivationCodeSent), kazepay.EventKYCReviewed: new(kazepay.KYCReviewed),
		},
	}
	if named == kazepaytest.CallbackNameInHead { // which is not signed, so that the members have to tell as well
		b.sparse = func(event any) { (&distinct{n: 500}).fill(reflect.ValueOf(event).Elem()) }
	}
	return b
}

func buildUQPAY() builder {
	b := builder{
		name: "uqpay", listed: uqpay.EventTypes(), types: map[string]any{},
		source: func(t *testing.T) *webhook.Source { return uqpaySource(t, epoch, nil) },
		build: func(event any) (*http.Request, error) {
			return uqpaytest.NewCallback(uqpaytest.CallbackConfig{Secret: issuing.NewSecret(uqSecret), Now: at(epoch)}, event)
		},
		expect: func(sent, arrived any) {
			want, got := uqpayBase(sent), uqpayBase(arrived)
			want.EventID = cmp.Or(want.EventID, got.EventID)
			want.EventType = cmp.Or(want.EventType, got.EventType)
		},
	}
	for typ, empty := range map[string]any{
		uqpay.EventActivationCodeSent: new(uqpay.ActivationCodeSent), uqpay.EventCardActivated: new(uqpay.CardActivated),
		uqpay.EventHolderChallenged: new(uqpay.HolderChallenged), uqpay.EventVerificationCodeSent: new(uqpay.VerificationCodeSent),
		uqpay.EventCardFeeCharged: new(uqpay.CardFeeCharged), uqpay.EventTransferChanged: new(uqpay.TransferChanged),
		uqpay.EventCardholderKYCChanged: new(uqpay.CardholderKYCChanged), uqpay.EventCardholderUpdated: new(uqpay.CardholderUpdated),
	} {
		b.types[typ] = empty // the struct alone tells its type
	}
	for typ, empty := range map[string]any{
		uqpay.EventCardCreateSucceeded: new(uqpay.CardCreated), uqpay.EventCardCreateFailed: new(uqpay.CardCreated),
		uqpay.EventCardUpdateSucceeded: new(uqpay.CardUpdated), uqpay.EventCardUpdateFailed: new(uqpay.CardUpdated),
		uqpay.EventCardStateSucceeded: new(uqpay.CardStateChanged), uqpay.EventCardStateFailed: new(uqpay.CardStateChanged),
		uqpay.EventCardDepositSucceeded: new(uqpay.CardDeposited), uqpay.EventCardDepositFailed: new(uqpay.CardDeposited),
		uqpay.EventCardWithdrawSucceeded: new(uqpay.CardWithdrawn), uqpay.EventCardWithdrawFailed: new(uqpay.CardWithdrawn),
		uqpay.EventCardElevateLimitSucceeded: new(uqpay.CardLimitElevated), uqpay.EventCardElevateLimitFailed: new(uqpay.CardLimitElevated),
		uqpay.EventProtectionEnrolled: new(uqpay.ProtectionChanged), uqpay.EventProtectionRemoved: new(uqpay.ProtectionChanged),
		uqpay.EventProtectionEnrollmentFee: new(uqpay.ProtectionFeeCharged), uqpay.EventProtectionMaintenanceFee: new(uqpay.ProtectionFeeCharged),
		uqpay.EventAuthorization: new(uqpay.TransactionCreated), uqpay.EventReversal: new(uqpay.TransactionCreated),
		uqpay.EventRefund: new(uqpay.TransactionCreated), uqpay.EventSettlementCredit: new(uqpay.TransactionCreated),
		uqpay.EventSettlementDebit: new(uqpay.TransactionCreated), uqpay.EventSettlementReversal: new(uqpay.TransactionCreated),
		uqpay.EventFundCollection: new(uqpay.TransactionCreated), uqpay.EventFundTransfer: new(uqpay.TransactionCreated),
		uqpay.EventValidation: new(uqpay.TransactionCreated), uqpay.EventATMDeposit: new(uqpay.TransactionCreated),
		uqpay.EventChargebackCredit: new(uqpay.TransactionCreated), uqpay.EventChargebackDebit: new(uqpay.TransactionCreated),
		uqpay.EventReportCreated: new(uqpay.ReportCreated), uqpay.EventReportSucceeded: new(uqpay.ReportCreated),
	} {
		*uqpayBase(empty) = uqpay.EventBase{EventType: typ, EventID: "e-1"}
		b.types[typ] = empty
	}
	return b
}

// uqpayBase returns the part that every event of UQPAY's has.
func uqpayBase(event any) *uqpay.EventBase {
	base, _ := reflect.ValueOf(event).Elem().FieldByName("EventBase").Addr().Interface().(*uqpay.EventBase)
	return base
}

// pgpKeys are the merchant's and UQPAY's.
var pgpKeys = sync.OnceValue(func() [2]authdecision.PrivateKey {
	return [2]authdecision.PrivateKey{
		must(authdecision.GenerateKey("M", "m@example.com")), must(authdecision.GenerateKey("U", "u@example.com")),
	}
})

// buildDecision is UQPAY's request for a decision.
func buildDecision() builder {
	keys := pgpKeys()
	caller := &authdecision.Caller{Key: keys[1], MerchantKey: keys[0].Public()}
	return builder{
		name: "uqpay, decision", listed: []string{authdecision.EventRequest}, free: true,
		types: map[string]any{authdecision.EventRequest: new(authdecision.Request)},
		source: func(t *testing.T) *webhook.Source {
			return source(t)(authdecision.NewCallbacks(authdecision.CallbackConfig{
				Key: keys[0], PlatformKey: keys[1].Public(), Window: 5 * time.Second,
			}))
		},
		build: func(event any) (*http.Request, error) {
			r, err := caller.NewCallback(event)
			if err == nil {
				r.URL.Path = "/uqpay/authorize"
			}
			return r, err
		},
		answer: authdecision.Decide(func(context.Context, *authdecision.Request) (authdecision.Decision, error) {
			return authdecision.Approve(), nil
		}),
		sparse: func(event any) { event.(*authdecision.Request).TransactionID = "t-1" },
		expect: func(sent, arrived any) {
			want, got := sent.(*authdecision.Request), arrived.(*authdecision.Request)
			want.RequestID, want.Raw = cmp.Or(want.RequestID, got.RequestID), got.Raw
		},
	}
}

func buildCoshine(name string, jwe *coshine.JWE) builder {
	approve := coshine.Approve()
	b := builder{
		name: name,
		// What an issuer is asked that holds the balance has no row in the catalogue.
		listed: []string{
			string(coshine.APIAuthorization), string(coshine.APIRemoteBalanceInquiry), string(coshine.APIClearing),
			string(coshine.APIAuthorizationNotification),
		},
		types: map[string]any{
			string(coshine.APISendOTP): new(coshine.SendOTPRequest), string(coshine.APIVerifyOTP): new(coshine.VerifyOTPRequest),
			string(coshine.APIStartOOBAuthen):         new(coshine.StartOOBAuthenRequest),
			string(coshine.APIOOBResultInquiry):       new(coshine.OOBResultInquiryRequest),
			string(coshine.APITokenStateNotification): new(coshine.TokenStateNotification),
			string(coshine.APIAuthorization):          new(coshine.AuthorizationRequest),
			string(coshine.APIRemoteBalanceInquiry):   new(coshine.RemoteBalanceRequest),
			string(coshine.APIClearing):               new(coshine.ClearingRequest),

			string(coshine.APIAuthorizationNotification): new(coshine.AuthorizationNotification),
		},
		source: func(t *testing.T) *webhook.Source {
			return source(t)(coshine.NewCallbacks(coshine.CallbackConfig{
				Tokens: []issuing.Secret{issuing.NewSecret("in")}, JWE: jwe, MaxAge: time.Minute, Now: at(epoch), Deadline: time.Minute,
			}))
		},
		build: func(event any) (*http.Request, error) {
			cfg := coshinetest.CallbackConfig{Token: issuing.NewSecret("in"), Now: at(epoch)}
			if jwe != nil {
				cfg.IssuerKey = jwe.DecryptionKey.Public()
			}
			return coshinetest.NewCallback(cfg, event)
		},
		answer: coshine.Functions{
			SendOTP:        func(context.Context, *coshine.SendOTPRequest) (coshine.Answer, error) { return approve, nil },
			VerifyOTP:      func(context.Context, *coshine.VerifyOTPRequest) (coshine.Answer, error) { return approve, nil },
			StartOOBAuthen: func(context.Context, *coshine.StartOOBAuthenRequest) (coshine.Answer, error) { return approve, nil },
			OOBResultInquiry: func(context.Context, *coshine.OOBResultInquiryRequest) (coshine.Answer, error) {
				return approve, nil
			},
			TokenStateNotification: func(context.Context, *coshine.TokenStateNotification) (coshine.Answer, error) {
				return approve, nil
			},
			Authorization:  func(context.Context, *coshine.AuthorizationRequest) (coshine.Answer, error) { return approve, nil },
			BalanceInquiry: func(context.Context, *coshine.RemoteBalanceRequest) (coshine.Answer, error) { return approve, nil },
			Clearing:       func(context.Context, *coshine.ClearingRequest) (coshine.Answer, error) { return approve, nil },
			AuthorizationNotification: func(context.Context, *coshine.AuthorizationNotification) (coshine.Answer, error) {
				return approve, nil
			},
		}.Handle,
		expect: func(sent, arrived any) {
			want, got := reflect.ValueOf(sent).Elem().FieldByName("Inbound"), reflect.ValueOf(arrived).Elem().FieldByName("Inbound")
			for i := range want.NumField() {
				if f := want.Type().Field(i); f.IsExported() && want.Field(i).IsZero() {
					want.Field(i).Set(got.Field(i)) // what the header's defaults and the source fill
				}
			}
		},
	}
	for _, row := range coshine.Catalogue() {
		if row.Inbound {
			b.listed = append(b.listed, string(row.API))
		}
	}
	return b
}

func buildUnionPay(name string, profile unionpay.Profile) builder {
	return builder{
		name: name, listed: unionpay.EventTypes(),
		types: map[string]any{
			unionpay.EventTokenStateChanged: new(unionpay.TokenStateChanged), unionpay.EventUserIDRequested: new(unionpay.UserIDRequested),
			unionpay.EventTransactionReported: new(unionpay.TransactionReported),
		},
		source: func(t *testing.T) *webhook.Source {
			cfg := unionPayConfig(epoch)
			cfg.Profile, cfg.DecryptKeys = profile, map[string]sign.PrivateKey{"our-enc": merchant()}
			return source(t)(unionpay.NewCallbacks(cfg))
		},
		build: func(event any) (*http.Request, error) {
			return unionpaytest.NewCallback(unionpaytest.CallbackConfig{
				Profile: profile, Key: private(), KeyID: "upi-kid", AppID: "app", Now: at(epoch),
				EncryptFields: []string{"token"}, EncryptKey: merchant().Public(), EncryptKeyID: "our-enc",
			}, event)
		},
		answer: func(_ context.Context, event *webhook.Event) error {
			if asked, ok := event.Data.(*unionpay.UserIDRequested); ok {
				asked.AppUserID = "user"
			}
			return nil
		},
		sparse: func(event any) {
			switch e := event.(type) {
			case *unionpay.UserIDRequested:
				e.UserAuthCode = issuing.NewSecret("code")
			case *unionpay.TokenStateChanged:
				e.Token, e.State = issuing.NewSecret("6299990000000000004"), unionpay.TokenStateSuspended
			}
		},
		expect: func(sent, arrived any) {
			if asked, ok := sent.(*unionpay.UserIDRequested); ok {
				asked.AppUserID = arrived.(*unionpay.UserIDRequested).AppUserID // the answer
			}
		},
	}
}
