package cases

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// joined puts members before those of an object.
func joined(before, object string) string {
	if object == "{}" {
		return "{" + before + "}"
	}
	return "{" + before + "," + object[1:]
}

func one(names ...string) func(string, string) bool {
	return func(_, member string) bool { return slices.Contains(names, member) }
}

func oddProviders() []oddProvider {
	return []oddProvider{
		oddWorldCard(), oddLegacy(), oddLegacyData(), oddKazePay(), oddUQPAY(), oddUnionPay(), oddCoshine(),
	}
}

func oddWorldCard() oddProvider {
	return oddProvider{
		name: "worldcard", types: worldcard.EventTypes(), refused: one(),
		source:   func(t *testing.T) *webhook.Source { return worldCardSource(t, epoch, nil) },
		document: func(typ, data string) string { return joined(`"notify_type":"`+typ+`"`, data) },
		sign: func(t *testing.T, typ, document string) (push, string) {
			return worldCardPush(t, document, epoch), typ
		},
	}
}

// legacySigned signs a body as the page says: sorted, with the secret among them.
func legacySigned(document string) push {
	var parts []string
	all := map[string]string{"appSecret": appSecret}
	for name, value := range wire.Texts([]byte(document)) {
		all[name] = value
	}
	for name, value := range all {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	slices.Sort(parts)
	sum := md5.Sum([]byte(strings.Join(parts, "&")))
	return push{nil, []byte(joined(`"sign":"`+hex.EncodeToString(sum[:])+`"`, document))}
}

func oddLegacy() oddProvider {
	return oddProvider{
		name: "legacy", source: legacySource, refused: one("appKey"),
		types: []string{
			legacy.EventCardDeposited, legacy.EventApplicationCompleted, legacy.EventTransferCompleted,
			legacy.EventVirtualLBilled, legacy.EventVirtualLClosed, legacy.EventVirtualLChallenged,
		},
		document: func(_, data string) string {
			if data = strings.Replace(data, `"appKey":"USD"`, `"appKey":"app"`, 1); strings.Contains(data, `"appKey"`) {
				return data
			}
			return joined(`"appKey":"app"`, data)
		},
		sign: func(_ *testing.T, typ, document string) (push, string) { return legacySigned(document), typ },
	}
}

// oddLegacyData are the callbacks whose data is JSON in a text.
func oddLegacyData() oddProvider {
	return oddProvider{
		name: "legacy, in data", source: legacySource, refused: one(),
		types: []string{
			legacy.EventOOBRequested, legacy.EventVirtualPBilled, legacy.EventVirtualPClosed,
			legacy.EventVirtualPChallenged, legacy.EventVirtualPForwarded,
		},
		document: func(_, data string) string { return data },
		sign: func(t *testing.T, typ, document string) (push, string) {
			data, _ := json.Marshal(document)
			return legacySigned(`{"appKey":"app","type":"` + typ + `","data":` + string(data) + `}`), typ
		},
	}
}

func oddKazePay() oddProvider {
	return oddProvider{
		name: "kazepay", types: kazepay.EventTypes(), refused: one(),
		source: func(t *testing.T) *webhook.Source {
			return source(t)(kazepay.NewCallbacks(kazepay.CallbackConfig{
				PlatformKeys: []sign.PublicKey{private().Public()}, PrivateKey: merchant(), Now: at(epoch),
			}))
		},
		// The content names its type: what names it otherwise are the members.
		document: func(typ, data string) string { return joined(`"type":"`+typ+`"`, data) },
		sign: func(t *testing.T, typ, document string) (push, string) {
			head := []byte(`{"apiCode":"` + typ + `","requestNo":"1"}`)
			e, err := (sign.Profile{}).Seal(private(), merchant().Public(), head, []byte(document))
			if err != nil {
				t.Fatal(err)
			}
			return push{nil, e.JSON()}, ""
		},
	}
}

func oddUQPAY() oddProvider {
	return oddProvider{
		name: "uqpay", types: uqpay.EventTypes(), at: "data", refused: one("event_type"),
		source: func(t *testing.T) *webhook.Source { return uqpaySource(t, epoch, nil) },
		document: func(typ, data string) string {
			return `{"version":"V1.6.0","event_name":"ISSUING","event_type":"` + typ + `","event_id":"e","source_id":"s","data":` + data + `}`
		},
		sign: func(t *testing.T, _, document string) (push, string) { return uqpayPush(t, document, epoch), "" },
	}
}

func oddUnionPay() oddProvider {
	return oddProvider{
		name: "unionpay", types: unionpay.EventTypes(), at: "trxInfo",
		refused: func(typ, member string) bool {
			question := typ == unionpay.EventUserIDRequested && strings.HasPrefix(member, "trxInfo")
			return question || slices.Contains([]string{"msgInfo", "msgInfo.msgID", "msgInfo.msgType"}, member)
		},
		source: func(t *testing.T) *webhook.Source {
			return source(t)(unionpay.NewCallbacks(unionPayConfig(epoch)))
		},
		document: func(typ, data string) string {
			return `{"msgInfo":` + unionPayHead(typ) + `,"trxInfo":` + data + `}`
		},
		sign: func(t *testing.T, _, document string) (push, string) { return unionPaySigned(t, []byte(document)), "" },
	}
}

func oddCoshine() oddProvider {
	needed := map[string][]string{
		string(coshine.APISendOTP):          {"cardToken", "verifyCode"},
		string(coshine.APIVerifyOTP):        {"acsTransId", "cardToken", "verifyCode"},
		string(coshine.APIStartOOBAuthen):   {"acsTransId", "cardToken", "amount", "currency"},
		string(coshine.APIOOBResultInquiry): {"acsTransId", "cardToken"},
		string(coshine.APIAuthorization):    {}, string(coshine.APIRemoteBalanceInquiry): {},
		string(coshine.APITokenStateNotification): nil, string(coshine.APIClearing): nil,
		string(coshine.APIAuthorizationNotification): nil,
	}
	types := make([]string, 0, len(needed))
	for typ := range needed {
		types = append(types, typ)
	}
	slices.Sort(types)
	return oddProvider{
		name: "coshine", types: types,
		refused: func(typ, member string) bool {
			question := needed[typ] != nil
			return member == "tranId" || member == "participantId" || question && (member == "tranDate" || member == "tranTime") ||
				slices.Contains(needed[typ], member)
		},
		source: func(t *testing.T) *webhook.Source {
			return source(t)(coshine.NewCallbacks(coshine.CallbackConfig{
				Tokens: []issuing.Secret{issuing.NewSecret("in")}, Now: at(epoch), Deadline: 1 << 40,
			}))
		},
		document: func(_, data string) string {
			if strings.Contains(data, `"tranId"`) {
				return data
			}
			return joined(`"participantId":"1","tranDate":"20260504","tranTime":"100000","tranId":"1"`, data)
		},
		sign: func(_ *testing.T, typ, document string) (push, string) {
			return push{http.Header{"Authorization": {"Bearer in"}, "Timestamp": {"1776666652"}}, []byte(document)}, typ
		},
	}
}
