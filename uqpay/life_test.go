package uqpay_test

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// TestPhysicalCard assigns, activates and runs the PIN in both contracts.
func TestPhysicalCard(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]bool{"newer contract": false, "v1.6": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPlatform(t, uqpaytest.Config{OldPINContract: old})
			in := listen(t, s)
			c := newClient(t, s)
			ctx := t.Context()
			pan := s.Inventory()[0]
			o, err := c.Cards.Assign(ctx, uqpay.AssignRequest{CardholderID: newHolder(t, c), CardNumber: pan, Currency: issuing.CurrencySGD, Mode: uqpay.ModeSingle})
			if err != nil || o.CardStatus != uqpay.CardStatusPending {
				t.Fatalf("%+v, %v", o, err)
			}
			s.Clock().Advance(time.Second)
			s.Clock().Advance(0)
			var code issuing.Secret
			in.mu.Lock()
			for _, ev := range in.events {
				if e, ok := ev.Data.(*uqpay.ActivationCodeSent); ok {
					code = e.Code
				}
			}
			in.mu.Unlock()
			if code.Len() != 8 {
				t.Fatalf("no activation code in %s", in.types())
			}
			pin := issuing.NewSecret("048213")
			activate := uqpay.ActivateRequest{CardID: o.CardID, ActivationCode: issuing.NewSecret("00000000"), PIN: pin}
			if _, err := c.Cards.Activate(ctx, activate); !errors.Is(err, issuing.ErrDeclined) {
				t.Errorf("a wrong code: %v", err)
			}
			activate.ActivationCode = code
			if ack, err := c.Cards.Activate(ctx, activate); err != nil || ack.Status != uqpay.RequestStatusSuccess {
				t.Fatalf("%+v, %v", ack, err)
			}
			card, err := c.Cards.Card(ctx, o.CardID)
			if err != nil || card.Status != uqpay.CardStatusActive || card.RiskControls.Allow3DS != uqpay.FlagYes {
				t.Fatalf("%+v, %v", card, err)
			}
			if free, currency, ok := card.NoPINPaymentAmount.Split(); !ok || free.String() != "200" || currency != "SGD" {
				t.Errorf("%q", card.NoPINPaymentAmount)
			}
			changePIN(t, s, c, o.CardID, pin, old)
		})
	}
}

func changePIN(t *testing.T, s *uqpaytest.Server, c *uqpay.Client, card string, pin issuing.Secret, old bool) {
	t.Helper()
	ctx := t.Context()
	next := issuing.NewSecret("739105")
	result, err := c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: card, PIN: next, Action: uqpay.PINActionUpdate, OldPIN: pin})
	if err != nil || result.Pending() == old {
		t.Fatalf("%+v, %v", result, err)
	}
	if !old {
		if _, err := c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: card, PIN: pin}); !errors.Is(err, issuing.ErrDeclined) {
			t.Errorf("two operations at a time: %v", err)
		}
		s.Clock().Advance(time.Second)
		order, err := c.Orders.Order(ctx, result.OrderID)
		if err != nil || order.Type != uqpay.OrderTypePINManagement || order.Status != uqpay.OrderStatusSuccess || !order.Amount.IsZero() {
			t.Errorf("%+v, %v", order, err)
		}
	}
	if !s.CheckPIN(card, next) {
		t.Error("the PIN did not change")
	}
	weak, err := c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: card, PIN: issuing.NewSecret("777777"), Action: uqpay.PINActionReset})
	if old {
		if !errors.Is(err, issuing.ErrDeclined) {
			t.Errorf("a weak PIN: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	if order, err := c.Orders.Order(ctx, weak.OrderID); err != nil || order.Status != uqpay.OrderStatusFailed || order.FailureCode != "INVALID_PIN" {
		t.Errorf("%+v, %v", order, err)
	}
}

// TestKYC: levels from simplified to enhanced, by redirect and by proof, and
// one-step issuance.
func TestKYC(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	in := listen(t, s)
	c := newClient(t, s)
	ctx := t.Context()
	image := issuing.NewSecret(base64.StdEncoding.EncodeToString([]byte("image")))
	person := uqpay.Person{
		DateOfBirth: issuing.NewDate(1990, 2, 3), Gender: uqpay.GenderMale, Nationality: "SG",
		ResidentialAddress: &uqpay.Address{Country: "SG", City: "Singapore", Line1: "1 Road"},
		Identity:           &uqpay.Identity{Type: uqpay.IdentityTypePassport, Number: issuing.NewSecret("E1234567"), FrontFile: image},
	}
	standard := alex()
	standard.Person = person
	h, err := c.Cardholders.Create(ctx, standard)
	if err != nil || h.Status != uqpay.CardholderStatusPending {
		t.Fatalf("standard: %+v, %v", h, err)
	}
	s.Clock().Advance(time.Second)
	s.Clock().Advance(0)
	if e, ok := in.last().(*uqpay.CardholderKYCChanged); !ok || e.Status != uqpay.CardholderStatusSuccess || e.CardholderID != h.ID {
		t.Errorf("%T %+v", in.last(), in.last())
	}
	enhanced := alex()
	enhanced.Email, enhanced.PhoneNumber = "bert@example.com", "81234567"
	enhanced.Person = person
	enhanced.KYCVerification = &uqpay.KYCVerification{Method: uqpay.KYCMethodSumsubRedirect}
	if h, err = c.Cardholders.Create(ctx, enhanced); err != nil || h.Status.Terminal() || h.VerificationURL.IsZero() || h.ExpiresAt.IsZero() {
		t.Fatalf("redirect: %+v, %v", h, err)
	}
	create := uqpay.ApplyRequest{Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductEnhanced, CardholderID: h.ID}
	if _, err := c.Cards.Apply(ctx, create); !errors.Is(err, issuing.ErrDeclined) {
		t.Errorf("a card for an unverified cardholder: %v", err)
	}
	if err := s.ApproveKYC(h.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Cards.Apply(ctx, create); err != nil {
		t.Errorf("after the verification: %v", err)
	}
	proof := person
	proof.KYCVerification = &uqpay.KYCVerification{Method: uqpay.KYCMethodThirdParty, Proof: &uqpay.KYCProof{Provider: uqpay.KYCProviderJumio, ReferenceID: "reference-1"}}
	create.CardholderID = ""
	create.CardholderFields = &uqpay.CardholderFields{Email: "carl@example.com", FirstName: "Carl", LastName: "Doe", CountryCode: "SG", PhoneNumber: "91112222", Person: proof}
	o, err := c.Cards.Apply(ctx, create)
	if err != nil || !o.CardholderCreated || o.CardholderID == "" || o.Status != uqpay.OrderStatusProcessing {
		t.Fatalf("one step: %+v, %v", o, err)
	}
	s.Clock().Advance(time.Second)
	if card, err := c.Cards.Card(ctx, o.CardID); err != nil || card.Status != uqpay.CardStatusActive || card.Cardholder.FirstName != "Carl" {
		t.Errorf("%+v, %v", card, err)
	}
}

// TestAccountsAndTransfers moves money to a connected account and spends it
// there.
func TestAccountsAndTransfers(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	in := listen(t, s)
	c := newClient(t, s)
	ctx := t.Context()
	accounts, err := c.Accounts.List(ctx, uqpay.Paging{})
	if err != nil || accounts.Total != 2 || accounts.List[0].ID != uqpaytest.SubAccount {
		t.Fatalf("%+v, %v", accounts, err)
	}
	if a, err := c.Accounts.Account(ctx, uqpaytest.SubAccount, uqpay.BusinessCodeIssuing); err != nil || a.VerificationStatus != uqpay.VerificationStatusApproved {
		t.Errorf("%+v, %v", a, err)
	}
	tr, err := c.Transfers.Create(ctx, uqpay.TransferRequest{
		SourceAccountID: uqpaytest.MasterAccount, DestinationAccountID: uqpaytest.SubAccount, Currency: issuing.CurrencyUSD, Amount: amount(t, "250.00"),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	s.Clock().Advance(0)
	if tr, err = c.Transfers.Transfer(ctx, tr.ID); err != nil || tr.Status.Normal() != uqpay.TransferStatusCompleted || tr.Amount.String() != "250.00" {
		t.Errorf("%+v, %v", tr, err)
	}
	if e, ok := in.last().(*uqpay.TransferChanged); !ok || e.Status.Normal() != uqpay.TransferStatusCompleted {
		t.Errorf("%T %+v", in.last(), in.last())
	}
	b, err := c.Balances.Balance(ctx, issuing.CurrencyUSD, uqpay.OnBehalfOf(uqpaytest.SubAccount))
	if err != nil || b.Available.Cmp(amount(t, "250")) != 0 {
		t.Errorf("%+v, %v", b, err)
	}
	n := 0
	for e, err := range c.Balances.AllLedger(ctx, uqpay.LedgerRequest{Type: uqpay.LedgerTypeTransferOut}) {
		if err != nil || e.Amount.String() != "-250.00" || e.EndingBalance.String() != "99750.00" {
			t.Errorf("%+v, %v", e, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d ledger entries", n)
	}
	if _, err := c.Cardholders.Create(ctx, alex(), uqpay.OnBehalfOf(uqpaytest.BankingAccount)); !errors.Is(err, uqpay.CodeSubAccountNotFound) {
		t.Errorf("an account of another line: %v", err)
	}
	failNext(t, s, "Transfers.Create")
	if tr, err = c.Transfers.Create(ctx, uqpay.TransferRequest{
		SourceAccountID: uqpaytest.SubAccount, DestinationAccountID: uqpaytest.MasterAccount, Currency: issuing.CurrencyUSD, Amount: amount(t, "50"),
	}); err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	if tr, err = c.Transfers.Transfer(ctx, tr.ID); err != nil || tr.Status != uqpay.TransferStatusFailed || s.AccountBalance(uqpaytest.SubAccount, "USD").Cmp(amount(t, "250")) != 0 {
		t.Errorf("%+v, %v", tr, err)
	}
	d, err := c.Simulator.FundBalance(ctx, uqpay.FundBalanceRequest{AccountID: uqpaytest.MasterAccount, Amount: amount(t, "10"), Currency: "USD", SenderSWIFT: "WELGBE22"})
	if err != nil || d.Status != uqpay.DepositStatusPending || d.Amount.String() != "10.00" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestLimitsAndProtection: spending limits, elevation, network protection,
// settlement, refund, failed orders.
func TestLimitsAndProtection(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Amounts: uqpaytest.AmountFormNumber}, Milliseconds: true})
	in := listen(t, s)
	c := newClient(t, s)
	ctx := t.Context()
	id := newCard(t, s, c, "1000")
	buy := func(text string) *uqpay.Transaction {
		t.Helper()
		tx, err := c.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{CardID: id, Amount: amount(t, text), Currency: issuing.CurrencyUSD, MerchantName: "Shop"})
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	_, err := c.Cards.Update(ctx, id, uqpay.UpdateCardRequest{
		SpendingControls: []uqpay.SpendingControl{{Amount: amount(t, "100"), Interval: uqpay.IntervalPerTransaction}},
		Metadata:         map[string]string{"team": "red"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	if tx := buy("150"); tx.Status != uqpay.TransactionStatusDeclined || tx.Reason() == "" || tx.BillingAmount.Sign() != 0 {
		t.Errorf("above the limit: %+v", tx)
	}
	if _, err := c.Cards.ElevateLimit(ctx, id, uqpay.ElevateLimitRequest{Limit: amount(t, "200")}); err != nil {
		t.Fatal(err)
	}
	tx := buy("150")
	if tx.Status != uqpay.TransactionStatusApproved {
		t.Errorf("after the elevation: %+v", tx)
	}
	if err := s.Settle(tx.ID, amount(t, "140")); err != nil {
		t.Fatal(err)
	}
	if err := s.Refund(tx.ID, amount(t, "40")); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Transactions.Transaction(ctx, tx.ID); err != nil || got.SettlementStatus != uqpay.SettlementStatusSettled {
		t.Errorf("%+v, %v", got, err)
	}
	if p, err := c.Cards.Protect(ctx, id, uqpay.ProtectionActionLost); err != nil || p.Status != uqpay.ProtectionStatusEnrollPending || p.Enabled || p.Definition != "Lost card, pickup" {
		t.Errorf("%+v, %v", p, err)
	}
	s.Clock().Advance(time.Second)
	if tx := buy("1"); tx.Status != uqpay.TransactionStatusDeclined {
		t.Errorf("a protected card: %+v", tx)
	}
	if p, err := c.Cards.Unprotect(ctx, id); err != nil || p.Status != uqpay.ProtectionStatusRemovalPending {
		t.Errorf("%+v, %v", p, err)
	}
	s.Clock().Advance(time.Second)
	failNext(t, s, "Cards.Deposit")
	o, err := c.Cards.Deposit(ctx, id, uqpay.AmountRequest{Amount: amount(t, "5")})
	if err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	s.Clock().Advance(0)
	if o, err = c.Orders.Order(ctx, o.ID); err != nil || o.Status != uqpay.OrderStatusFailed {
		t.Errorf("%+v, %v", o, err)
	}
	if e, ok := in.last().(*uqpay.CardDeposited); !ok || !e.Failed() || e.SourceID != o.ID {
		t.Errorf("%T %+v", in.last(), in.last())
	}
	card, err := c.Cards.Card(ctx, id)
	if err != nil || card.AvailableBalance.Cmp(amount(t, "900")) != 0 || card.Metadata["team"] != "red" {
		t.Errorf("%+v, %v", card, err)
	}
	n := 0
	for _, err := range c.Transactions.All(ctx, uqpay.TransactionsRequest{CardID: id}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 5 {
		t.Errorf("%d transactions", n)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
