package main

import (
	"context"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// apply applies for a VIRTUAL-L card and reads it.
func (t *tour) apply(ctx context.Context) (issuing.Secret, error) {
	t.title("A card")
	bins, err := t.client.VirtualL.BINs(ctx, legacy.LanguageEnglish)
	if err != nil {
		return issuing.Secret{}, err
	}
	if len(bins) == 0 {
		return issuing.Secret{}, errors.New("the platform offers no BINs")
	}
	bin := bins[0]
	t.step("BIN list: %d groups, taking %s cards for %s from %s", len(bins), bin.Network, bin.Scene, bin.Area)

	no := "kyc-" + t.suffix
	application, err := t.client.Applications.ApplyVirtualL(ctx, legacy.VirtualLApplication{
		Language: legacy.LanguageEnglish, MerOrderNo: no, NotifyURL: t.notify(legacy.EventApplicationCompleted),
		CardType: bin.Network, BusinessScene: bin.Scene, CardArea: bin.Area,
		FirstRecharge: issuing.NewAmount(10, 0), FirstName: "Ada", LastName: "Lovelace",
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		// The request may have arrived: ask for it by the same number.
		application, err = t.client.Applications.ApplicationByKey(ctx, no)
	}
	if err != nil {
		return issuing.Secret{}, err
	}
	t.step("Application %s is %v", application.OrderNo, application.Status)
	if _, err := wait[*legacy.ApplicationCompleted](ctx, t.inbox); err != nil {
		return issuing.Secret{}, err
	}
	// Callbacks can be sent again by anybody who has seen one: the query decides.
	application, err = t.client.Applications.ApplicationByKey(ctx, no)
	if err != nil {
		return issuing.Secret{}, err
	}
	t.event("kyc; the query says %v, card %v ending in %s", application.Status, application.CardNumber, application.CardNumber.Last4())
	if application.Status != legacy.OrderStatusSuccess {
		return issuing.Secret{}, errors.New("the card was not issued: " + application.FailReason)
	}
	card, err := t.client.VirtualL.Card(ctx, application.CardNumber)
	if err != nil {
		return issuing.Secret{}, err
	}
	t.step("Card details: PAN %v (last four %s), CVV %v, balance %s %s", card.CardNumber, card.CardNumber.Last4(), card.CVV, card.Balance, card.LocalCurrency)
	return application.CardNumber, nil
}

// topUp tops the card up and reads its balance.
func (t *tour) topUp(ctx context.Context, card issuing.Secret) error {
	t.title("A top-up")
	no := "topup-" + t.suffix
	deposit, err := t.client.Cards.Deposit(ctx, legacy.DepositRequest{
		MerOrderNo: no, CardNumber: card, Amount: issuing.NewAmount(20_00, 2), NotifyURL: t.notify(legacy.EventCardDeposited),
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		deposit, err = t.client.Cards.DepositByKey(ctx, no)
	}
	if err != nil {
		return err
	}
	t.step("Top-up %s of %s is %v", deposit.OrderNo, deposit.SettleAmount, deposit.Status)
	if _, err := wait[*legacy.CardDeposited](ctx, t.inbox); err != nil {
		return err
	}
	if deposit, err = t.client.Cards.DepositByKey(ctx, no); err != nil {
		return err
	}
	t.event("deposit; the query says %v, settled %s", deposit.Status, deposit.SettleAmount)
	details, err := t.client.VirtualL.Card(ctx, card)
	if err != nil {
		return err
	}
	t.step("Balance: %s %s", details.Balance, details.LocalCurrency)
	return nil
}

// identify applies for a physical card with the holder's documents. The holder is
// made up, so it is left out on the real platform.
func (t *tour) identify(ctx context.Context) error {
	t.title("A physical card, with identity documents")
	if !t.memory {
		t.step("Application: skipped, there is no holder whose documents could be sent")
		return nil
	}
	no := "visa-" + t.suffix
	_, err := t.client.Applications.ApplyVisaH(ctx, legacy.VisaHApplication{
		MerOrderNo: no, NotifyURL: t.notify(legacy.EventApplicationCompleted), FirstName: "Ada", LastName: "Lovelace",
		CountryCode: "852", Phone: "91234567", Email: "ada@example.com",
		Line1: "Flat 1", Line2: "1 Queen's Road", Line3: "Central", PostalCode: "999077", City: "Hong Kong", AddressCountry: "344",
		DeliveryLine1: "Flat 1", DeliveryLine2: "1 Queen's Road", DeliveryLine3: "Central", DeliveryPostalCode: "999077",
		DeliveryCity: "Hong Kong", DeliveryCountry: "344",
		IDType: legacy.VisaHIDTypePassport, Country: "826", IDNumber: issuing.NewSecret("925665416"),
		IDIssuanceDate: issuing.NewDate(2022, 12, 10), IDExpiryDate: issuing.NewDate(2032, 12, 10),
		PassImage: issuing.NewSecret("\xff\xd8\xff\xe0 the page with the photograph"),
	})
	if err != nil && !errors.Is(err, issuing.ErrOutcomeUnknown) {
		return err
	}
	if _, err := wait[*legacy.ApplicationCompleted](ctx, t.inbox); err != nil {
		return err
	}
	application, err := t.client.Applications.ApplicationByKey(ctx, no)
	if err != nil {
		return err
	}
	t.step("Application %s: %v, card ending in %s", application.OrderNo, application.Status, application.CardNumber.Last4())
	return nil
}

// remit sends a remittance for cash pickup, from quote to notification.
func (t *tour) remit(ctx context.Context) error {
	t.title("A remittance")
	purposes, err := t.client.Reference.RemittancePurposes(ctx, legacy.RemittancePurposesRequest{
		Country: "PHL", Business: legacy.BusinessC2C, Type: legacy.ChannelCashPickup, Currency: issuing.CurrencyUSD,
	})
	if err != nil {
		return err
	}
	funds, err := t.client.Reference.SourcesOfFunds(ctx, "PHL", legacy.BusinessC2C)
	if err != nil {
		return err
	}
	relations, err := t.client.Reference.Relationships(ctx)
	if err != nil {
		return err
	}
	if len(purposes) == 0 || len(funds) == 0 || len(relations) == 0 {
		return errors.New("the platform offers no purpose, source of funds or relationship")
	}
	quote, err := t.client.Transfers.Quote(ctx, legacy.QuoteRequest{
		SourceCurrency: issuing.CurrencyUSD, Country: "PHL", Business: legacy.BusinessC2C, Type: legacy.ChannelCashPickup, TargetCurrency: issuing.CurrencyUSD,
	})
	if err != nil {
		return err
	}
	send := issuing.NewAmount(100, 0)
	charge, err := quote.Charge(send)
	if err != nil {
		return err
	}
	t.step("Quote: rate %s, fee %s, so sending %s %s costs %s", quote.Rate, charge.Fee, send, quote.Input, charge.Total)

	no := "transfer-" + t.suffix
	order, err := t.client.Transfers.Create(ctx, legacy.TransferRequest{
		MerOrderNo: no, NotifyURL: t.notify(legacy.EventTransferCompleted), SourceCurrency: issuing.CurrencyUSD, SendAmount: send,
		Country: "PHL", Business: legacy.BusinessC2C, Type: legacy.ChannelCashPickup, Currency: issuing.CurrencyUSD,
		Recipient: legacy.Recipient{
			TargetAddressLine: "1 Rizal Avenue", TargetAddressCity: "Manila", TargetNameFirst: "Maria",
			TargetNameLast: "Santos", TargetNationality: "PHL", TargetMobileNumber: "+639171234567",
		},
		Sender: legacy.Sender{
			SourceCountry: "HKG", SourceReferenceNumber: "user-7", SourceAddressLine: "1 Queen's Road",
			SourceAddressCity: "Hong Kong", SourceAddressCountry: "HKG", SourceNameFirst: "Ada", SourceNameLast: "Lovelace",
			SourceNationality: "GBR", SourceDateOfBirth: issuing.NewDate(1990, 12, 10), SourceMobileNumber: "+85291234567",
		},
		RemittancePurpose: purposes[0].Code, SourceOfFunds: funds[0].Code, Relationship: relations[0].Code,
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		order, err = t.client.Transfers.TransferByKey(ctx, no)
	}
	if err != nil {
		return err
	}
	t.step("Remittance %s is %v", order.OrderNo, order.Status)
	if _, err := wait[*legacy.TransferCompleted](ctx, t.inbox); err != nil {
		return err
	}
	if order, err = t.client.Transfers.TransferByKey(ctx, no); err != nil {
		return err
	}
	t.event("transfer; the query says %v, charged %s %s, pickup code %v", order.Status, order.SourceAmount, order.SourceCurrency, order.Extra().PickupCode)
	if order.Status == legacy.OrderStatusSuccess && order.SourceAmount.Cmp(charge.Total) != 0 {
		return errors.New("the platform charged another amount than the quote gave")
	}
	return nil
}
