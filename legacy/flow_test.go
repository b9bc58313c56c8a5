package legacy_test

import (
	"errors"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

func TestDepositFlow(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	card := server.IssueCard(legacytest.ProductVirtualL)
	var info issuing.CallInfo
	d, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", card), issuing.WithCallInfo(&info))
	if err != nil {
		t.Fatal(err)
	}
	if d.Status != legacy.OrderStatusProcessing || d.Status.Terminal() || d.MerOrderNo != "d-1" || !d.CardNumber.Equal(card) ||
		d.SettleAmount.String() != "20.50" || !d.Amount.IsZero() || !d.CreateTime.Equal(start) || !d.CompleteTime.IsZero() {
		t.Errorf("deposit %+v", d)
	}
	if info.Key != "d-1" || info.Op != "Cards.Deposit" || info.Attempts != 1 || info.Settled || info.Raw.IsZero() {
		t.Errorf("info %+v", info)
	}
	server.Clock().Advance(time.Second)
	byKey, err := client.Cards.DepositByKey(t.Context(), "d-1")
	if err != nil {
		t.Fatal(err)
	}
	byNo, err := client.Cards.DepositByOrderNo(t.Context(), d.OrderNo)
	if err != nil {
		t.Fatal(err)
	}
	if byKey.Status != legacy.OrderStatusSuccess || byKey.Amount.String() != "20.50" || byNo.OrderNo != byKey.OrderNo {
		t.Errorf("query %+v, %+v", byKey, byNo)
	}
	if got := server.Balance(card); got.String() != "20.50" {
		t.Errorf("the card holds %s", got)
	}
	_, err = client.Cards.Deposit(t.Context(), depositRequest("d-1", card))
	e := want(t, err, issuing.ErrDuplicate)
	if !errors.Is(err, legacy.CodeDuplicateOrder) || e.Key != "d-1" {
		t.Errorf("repeat: %v", err)
	}
	big := depositRequest("d-2", card)
	big.Amount = amount("1000001")
	_, err = client.Cards.Deposit(t.Context(), big)
	want(t, err, issuing.ErrInsufficientFunds)
	_, err = client.Cards.DepositByKey(t.Context(), "d-2")
	want(t, err, issuing.ErrNotFound)
	if !errors.Is(err, legacy.CodeOrderNotFound) {
		t.Errorf("query of nothing: %v", err)
	}
}

func TestKYCFlow(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	apply := map[string]func(string) (*legacy.Application, error){
		"E": func(no string) (*legacy.Application, error) {
			return client.Applications.ApplyMasterE(t.Context(), masterEApplication(no))
		},
		"H": func(no string) (*legacy.Application, error) {
			return client.Applications.ApplyVisaH(t.Context(), visaHApplication(no))
		},
		"L": func(no string) (*legacy.Application, error) {
			return client.Applications.ApplyVirtualL(t.Context(), virtualLApplication(no))
		},
		"L zh": func(no string) (*legacy.Application, error) {
			req := virtualLApplication(no)
			req.Language, req.CardType, req.BusinessScene, req.CardArea = legacy.LanguageChinese, "万事达", "电商消费", "美国"
			return client.Applications.ApplyVirtualL(t.Context(), req)
		},
		"P": func(no string) (*legacy.Application, error) {
			return client.Applications.ApplyVirtualP(t.Context(), virtualPApplication(no))
		},
	}
	for name, f := range apply {
		a, err := f("kyc-" + name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a.Status != legacy.OrderStatusProcessing || a.OrderNo == "" {
			t.Errorf("%s: %+v", name, a)
		}
		if _, err := f("kyc-" + name); !errors.Is(err, issuing.ErrDuplicate) {
			t.Errorf("%s repeated: %v", name, err)
		}
	}
	server.Clock().Advance(time.Second)
	for name := range apply {
		a, err := client.Applications.ApplicationByKey(t.Context(), "kyc-"+name)
		if err != nil {
			t.Fatal(err)
		}
		if a.Status != legacy.OrderStatusSuccess || a.CardNumber.IsZero() {
			t.Errorf("%s: %+v", name, a)
		}
	}
	l, err := client.Applications.ApplicationByKey(t.Context(), "kyc-L")
	if err != nil {
		t.Fatal(err)
	}
	if got := server.Balance(l.CardNumber); got.String() != "11.00" {
		t.Errorf("first recharge %s", got)
	}
	same, err := client.Applications.ApplicationByOrderNo(t.Context(), l.OrderNo)
	if err != nil || same.MerOrderNo != "kyc-L" {
		t.Errorf("by order number: %+v, %v", same, err)
	}

	failNext(t, server, "Applications.ApplyVirtualP", "the name is not readable")
	if _, err := client.Applications.ApplyVirtualP(t.Context(), virtualPApplication("kyc-fails")); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	failed, err := client.Applications.ApplicationByKey(t.Context(), "kyc-fails")
	if err != nil || failed.Status != legacy.OrderStatusFailed || failed.FailReason != "the name is not readable" || !failed.CardNumber.IsZero() {
		t.Errorf("failed application %+v, %v", failed, err)
	}
}

func TestTransferFlow(t *testing.T) {
	t.Parallel()
	for _, newEnvelope := range []bool{false, true} {
		server, client := platform(t, legacytest.Config{NewEnvelope: newEnvelope})
		q, err := client.Transfers.Quote(t.Context(), legacy.QuoteRequest{
			SourceCurrency: issuing.CurrencyUSD, Country: "PHL", Business: legacy.BusinessC2C, Type: legacy.ChannelCashPickup, TargetCurrency: issuing.CurrencyUSD,
		})
		if err != nil {
			t.Fatal(err)
		}
		charge, err := q.Charge(amount("1000"))
		if err != nil {
			t.Fatal(err)
		}
		before := server.Reserve(issuing.CurrencyUSD)
		order, err := client.Transfers.Create(t.Context(), transferRequest("t-1"))
		if err != nil {
			t.Fatal(err)
		}
		if order.Status != legacy.OrderStatusProcessing || !order.SourceAmount.IsZero() || order.SourceCurrency != issuing.CurrencyUSD {
			t.Errorf("order %+v", order)
		}
		if frozen := before.Sub(server.Reserve(issuing.CurrencyUSD)); frozen.Cmp(charge.Total) != 0 {
			t.Errorf("frozen %s, computed %s", frozen, charge.Total)
		}
		server.Clock().Advance(time.Second)
		done, err := client.Transfers.TransferByKey(t.Context(), "t-1")
		if err != nil {
			t.Fatal(err)
		}
		if done.Status != legacy.OrderStatusSuccess || done.SourceAmount.Cmp(charge.Total) != 0 || done.SendAmount.Cmp(amount("1000")) != 0 ||
			done.Extra().PickupCode.IsZero() || done.PreRatedFee.Cmp(amount("0.021")) != 0 {
			t.Errorf("done %+v", done)
		}
		same, err := client.Transfers.TransferByOrderNo(t.Context(), order.OrderNo)
		if err != nil || same.MerOrderNo != "t-1" {
			t.Errorf("by order number: %+v, %v", same, err)
		}
		if _, err := client.Transfers.Create(t.Context(), transferRequest("t-1")); !errors.Is(err, issuing.ErrDuplicate) {
			t.Errorf("repeat: %v", err)
		}
		failNext(t, server, "Transfers.Create", "account closed")
		if _, err := client.Transfers.Create(t.Context(), transferRequest("t-2")); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
		failed, err := client.Transfers.TransferByKey(t.Context(), "t-2")
		if err != nil || failed.Status != legacy.OrderStatusFailed || failed.FailReason != "account closed" {
			t.Errorf("failed %+v, %v", failed, err)
		}
		if got := before.Sub(server.Reserve(issuing.CurrencyUSD)); got.Cmp(charge.Total) != 0 {
			t.Errorf("after a failed remittance the reserve lacks %s", got)
		}
	}
}
