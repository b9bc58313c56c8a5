package legacy

import (
	"fmt"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// twentyFields is a request of 20 fields, common parameters included.
func twentyFields(tb testing.TB) (Config, []byte) {
	tb.Helper()
	secret, err := sign.NewAppSecret("0123456789abcdef")
	if err != nil {
		tb.Fatal(err)
	}
	payload := []byte(`{"merOrderNo":"order-1"`)
	for i := range 16 {
		payload = fmt.Appendf(payload, `,"field%02d":"value of field %d"`, i, i)
	}
	return Config{AppKey: "key1", AppSecret: secret}, append(payload, '}')
}

func TestSealBodyAllocations(t *testing.T) {
	cfg, payload := twentyFields(t)
	n := testing.AllocsPerRun(100, func() {
		_, _ = sealBody(cfg, payload, documentImages, "1775016000000", "0123456789abcdef0123456789abcdef")
	})
	if n > 12 {
		t.Errorf("signing a request of 20 fields allocates %v times, want 12 or fewer", n)
	}
}

func BenchmarkSealBody(b *testing.B) {
	cfg, payload := twentyFields(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sealBody(cfg, payload, documentImages, "1775016000000", "0123456789abcdef0123456789abcdef"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeTransfer(b *testing.B) {
	data := []byte(`{"account":"543435","completeTime":"2024-08-31 15:17:56","createTime":"2024-08-31 15:03:25","ext":"",` +
		`"failReason":"","merOrderNo":"240831150324112064","orderNo":"240831150325224032","sourceAmount":1586.150,"sendAmount":0,` +
		`"sourceCurrency":"USD","status":1,"targetAmount":10000,"targetCurrency":"CNY","fixedFee":5,"preRatedFee":0.012}`)
	b.ReportAllocs()
	for b.Loop() {
		var order Transfer
		if err := codec.Unmarshal(data, &order); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	for _, typ := range append(EventTypes(), EventVirtualPBilled, EventVirtualPClosed, EventVirtualPChallenged, EventVirtualPForwarded) {
		f.Add(typ, []byte(`{"orderNo":"1","status":"3","ext":{"uetr":"x"},"createTime":"20220331121212"}`))
		f.Add(typ, []byte(`{"cardNo":"493193**1091","otp":"123456","transactionInformation":[{"purchaseAmount":"1"}]}`))
	}
	f.Fuzz(func(t *testing.T, typ string, content []byte) {
		n, err := decodeEvent(codec, typ, content)
		if err != nil || n == nil {
			return
		}
		again, err := decodeEvent(codec, typ, content)
		if err != nil || again.identity() != n.identity() {
			t.Errorf("the key is not stable: %v", err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"data":[{"a":[{"b":[{"c":["1"]}]}]}],"msg":"","status":200,"success":true}`))
	f.Add([]byte(`{"code":0,"message":"","data":true}`))
	f.Add([]byte(`{"status":"200","data":"succeed"}`))
	secret, err := sign.NewAppSecret("0123456789abcdef")
	if err != nil {
		f.Fatal(err)
	}
	x := &exchange{c: &Client{cfg: Config{AppSecret: secret}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var env envelope
		if codec.Unmarshal(body, &env) != nil {
			return
		}
		for _, out := range []any{new(virtualLBINs), new(done), new(VirtualPCard), new(Transfer), new(Page[MasterETransaction]), new([]VisaHTransaction)} {
			_ = x.decode(t.Context(), env.Data, out)
		}
	})
}
