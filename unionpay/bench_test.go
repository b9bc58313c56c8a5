package unionpay_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func BenchmarkParseLink(b *testing.B) {
	server := startServer(b, unionpaytest.Config{Clock: issuingtest.NewClock(epoch)})
	push, err := server.Push(unionpaytest.PushRequest{})
	if err != nil {
		b.Fatal(err)
	}
	links := newLinks(b, server.Clock().Now, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := links.Parse(push.Routes[0].URI.Reveal()); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzDecodeNotification(f *testing.F) {
	f.Add("TOKEN_STATE_NOTIFICATION", []byte(`{"token":"6299990000000000004","tokenState":"ACTIVE","encryptedConsumerIdentity":{"identityValue":"x"}}`))
	f.Add("TRX_STATUS_NOTIFICATION", []byte(`{"trxAmt":"0001","discountDetails":[{"discountAmt":1e9}],"emvCpqrcPayload":"x"}`))
	f.Add("GET_USER_ID", []byte(`{"userAuthCode":"eyJ.a.b.c.d"}`))
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		n, err := unionpay.DecodeNotification(unionpay.MessageType(typ), data, unionpay.Opener{}, nil)
		if err == nil && n != nil && n.Answer() == nil {
			t.Error("an event without an answer")
		}
		_, _ = unionpay.ParseMsgInfo(data, nil)
	})
}
