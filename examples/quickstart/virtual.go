package main

import (
	"context"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// virtualCard takes a virtual card from the BIN list to closure.
func (t *tour) virtualCard(ctx context.Context) error {
	t.title("A virtual card")
	bins, err := t.client.Virtual.BINs(ctx, worldcard.BINsRequest{CardType: worldcard.CardTypeVirtualV})
	if err != nil {
		return err
	}
	if len(bins.List) == 0 {
		return errors.New("the platform offers no BIN of this type")
	}
	bin := bins.List[0]
	t.step("BIN list: %d of type %s, taking %s (%s, %s)", bins.Total, bin.CardType, bin.BIN, bin.CardBrand, bin.BusinessScene)

	card, err := t.client.Virtual.Apply(ctx, worldcard.ApplyRequest{
		MerchantCardID: "mc-" + t.suffix, CardType: bin.CardType, CardBINID: bin.ID,
		FirstRechargeAmount: issuing.NewAmount(20_00, 2),
		FirstName:           "Ada", LastName: "Lovelace",
		State: "WA", CountryCode: "US", City: "Seattle", Address: "1 Analytical Way", PostalCode: "98101",
	})
	if err != nil {
		return err
	}
	t.step("Application: card %s is %v", card.ID, card.Status)
	opened, err := wait[*worldcard.CardOpened](ctx, t.inbox)
	if err != nil {
		return err
	}
	t.event("card_open, verified and decrypted, PAN %v ending in %s, status %d", opened.CardNumber, opened.CardNumber.Last4(), opened.Status)
	if opened.Status != worldcard.OpenEventStatusSuccess {
		return errors.New("the card was not issued: " + opened.FailureReason)
	}
	ref := worldcard.ByCardID(card.ID)
	if err := t.details(ctx, ref); err != nil {
		return err
	}
	if err := t.topUp(ctx, ref); err != nil {
		return err
	}
	if err := t.purchase(ctx, ref); err != nil {
		return err
	}
	return t.endOfLife(ctx, ref)
}

func (t *tour) details(ctx context.Context, ref worldcard.CardRef) error {
	card, err := t.client.Virtual.Card(ctx, ref)
	if err != nil {
		return err
	}
	t.step("Card details: PAN %v (last four %s), CVV %v, expiry %v/%v, balance %s %s, %v",
		card.CardNumber, card.CardNumber.Last4(), card.CVV, card.ExpiryMonth, card.ExpiryYear,
		card.AvailableBalance, card.Currency, card.Status)
	return nil
}

func (t *tour) topUp(ctx context.Context, ref worldcard.CardRef) error {
	key := "tx-" + t.suffix
	deposit, err := t.client.Cards.Deposit(ctx, worldcard.DepositRequest{
		CardRef: ref, MerchantTransactionID: key, Amount: issuing.NewAmount(50_00, 2),
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		// The request may have arrived: ask for it by the same key.
		deposit, err = t.client.Cards.DepositByKey(ctx, ref, key)
	}
	if err != nil {
		return err
	}
	t.step("Top-up: %s %s, %v", deposit.Amount, deposit.Currency, deposit.Status)
	if _, err := wait[*worldcard.CardDeposited](ctx, t.inbox); err != nil {
		return err
	}
	// The callback numbers its statuses differently: the list decides.
	deposit, err = t.client.Cards.DepositByKey(ctx, ref, key)
	if err != nil {
		return err
	}
	t.event("card_deposit for %s; the list says %v", deposit.MerchantTransactionID, deposit.Status)
	return nil
}

func (t *tour) purchase(ctx context.Context, ref worldcard.CardRef) error {
	if t.scheme == nil {
		t.step("Purchase: skipped, nobody uses the card now")
		return nil
	}
	authorization, err := t.scheme.Purchase(ref.CardID, issuing.NewAmount(12_34, 2))
	if err != nil {
		return err
	}
	t.step("Purchase: a shop authorizes and settles")
	if err := t.billed(ctx); err != nil {
		return err
	}
	if err := t.scheme.Settle(ref.CardID, authorization); err != nil {
		return err
	}
	if err := t.billed(ctx); err != nil {
		return err
	}
	for tx, err := range t.client.Cards.AllTransactions(ctx, ref) {
		if err != nil {
			return err
		}
		t.step("Transaction list: %s %s %s at %s", tx.Type, tx.BillingAmount, tx.BillingCurrency, tx.MerchantName)
	}
	return nil
}

func (t *tour) billed(ctx context.Context) error {
	billed, err := wait[*worldcard.CardBilled](ctx, t.inbox)
	if err != nil {
		return err
	}
	t.event("card_billing, %s of %s %s at %s (MCC %s), %s", billed.TransactionType, billed.BillingAmount,
		billed.BillingCurrency, billed.MerchantName, billed.MCC, billed.TransactionStatus)
	return nil
}

func (t *tour) endOfLife(ctx context.Context, ref worldcard.CardRef) error {
	for _, change := range []struct {
		name string
		call func(context.Context, worldcard.CardRef, ...issuing.CallOption) (*worldcard.CardChange, error)
	}{{"Freeze", t.client.Cards.Freeze}, {"Unfreeze", t.client.Cards.Unfreeze}} {
		card, err := change.call(ctx, ref)
		if err != nil {
			return err
		}
		t.step("%s: %v", change.name, card.Status)
		changed, err := wait[*worldcard.CardStateChanged](ctx, t.inbox)
		if err != nil {
			return err
		}
		t.event("card_status_change, %s", changed.CardState.Normal())
	}
	card, err := t.client.Cards.Close(ctx, ref)
	if err != nil {
		return err
	}
	t.step("Close: %v", card.Status)
	closed, err := wait[*worldcard.CardClosed](ctx, t.inbox)
	if err != nil {
		return err
	}
	t.event("card_close, %s %s to be refunded to the customer", closed.Amount, closed.Currency)
	return nil
}
