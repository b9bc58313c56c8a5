package main

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// virtualCard takes a virtual card from the application to change.
func (t *tour) virtualCard(ctx context.Context) error {
	application, err := t.client.Virtual.Apply(ctx, kazepay.ApplyRequest{
		Email: issuing.Personal(t.holder.email), MobileNumber: issuing.Personal(t.holder.number), MobilePrefix: t.holder.prefix, CardBIN: t.cardBIN,
	})
	if err != nil {
		return lookedUp(err)
	}
	t.step("Application: card %s is %s", application.ID, application.Status)
	if err := t.until(ctx, application.ID, kazepay.CardStatusActive); err != nil {
		return err
	}
	return t.useAndClose(ctx, application.ID)
}

// useAndClose tops a card up, spends, looks at it and closes it.
func (t *tour) useAndClose(ctx context.Context, cardID string) error {
	if err := t.topUp(ctx, cardID); err != nil {
		return err
	}
	if t.buy != nil {
		if err := t.buy(cardID); err != nil {
			return err
		}
		if spent, ok := wait[*kazepay.TransactionCreated](ctx, t.inbox); ok {
			tx := spent.Transaction
			t.event("transaction, %s %s at %s, %s", tx.TransactionAmount, tx.TransactionCurrency, tx.MerchantName, tx.Status)
		}
	}
	for tx, err := range t.client.Cards.AllTransactions(ctx, kazepay.TransactionsRequest{CardID: cardID}) {
		if err != nil {
			return err
		}
		t.step("Transaction: %s, %s %s, fee %s, %s", tx.Type, tx.CardAmount, tx.CardCurrency, tx.Fee, tx.Status)
	}
	for _, move := range []struct {
		name string
		call func(context.Context, string, ...issuing.CallOption) (*kazepay.CardChange, error)
	}{{"Freeze", t.client.Cards.Freeze}, {"Unfreeze", t.client.Cards.Unfreeze}} {
		change, err := move.call(ctx, cardID)
		if err != nil {
			return lookedUp(err)
		}
		t.step("%s: %s", move.name, change.Status)
	}
	change, err := t.client.Cards.Close(ctx, cardID)
	if err != nil {
		return lookedUp(err)
	}
	t.step("Close: %s, %s %s go back", change.Status, change.RefundAmount, change.Currency)
	if closed, ok := wait[*kazepay.CardClosed](ctx, t.inbox); ok {
		t.event("card %s closed, %s %s returned", closed.CardID, closed.RefundAmount, closed.Currency)
	}
	return t.until(ctx, cardID, kazepay.CardStatusClosed)
}

func (t *tour) topUp(ctx context.Context, cardID string) error {
	deposit, err := t.client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: cardID, Amount: issuing.NewAmount(20_00, 2)})
	if err != nil {
		return lookedUp(err)
	}
	t.step("Top-up: %s %s, %s", deposit.SendAmount, deposit.Currency, deposit.Status)
	if done, ok := wait[*kazepay.CardDeposited](ctx, t.inbox); ok {
		t.event("top-up of card %s: %s, %s %s received", done.CardID, done.Status, done.ReceiveAmount, done.Currency)
	}
	balance, err := t.client.Cards.Balance(ctx, cardID, issuing.CurrencyUSD)
	if err != nil {
		return err
	}
	t.step("Balance: %s %s, %s held", balance.Available, balance.Currency, balance.Frozen)
	return nil
}
