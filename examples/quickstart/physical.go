package main

import (
	"context"
	"errors"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// physicalCard takes a physical card from application to activation, with a KYC
// review that rejects once.
func (t *tour) physicalCard(ctx context.Context) error {
	t.title("A physical card")
	bins, err := t.client.Physical.BINs(ctx, worldcard.PhysicalBINsRequest{})
	if err != nil {
		return err
	}
	if len(bins.List) == 0 {
		return errors.New("the platform offers no physical BIN")
	}
	bin := bins.List[0]
	t.step("BIN list: %d physical, taking %s (%s)", bins.Total, bin.BIN, bin.CardBrand)
	key := "pc-" + t.suffix
	card, err := t.client.Physical.Apply(ctx, worldcard.PhysicalApplyRequest{
		MerchantCardID: key, CardBINID: bin.ID, FirstName: "SAN", LastName: "ZHANG",
		TelephoneCountryCode: "86", Phone: "13800138000", Email: "sanzhang@example.com",
		BirthDate:        issuing.NewDate(1990, time.January, 15),
		ResidenceCountry: "CN", ResidenceState: "Guangdong", ResidenceCity: "Shenzhen",
		ResidenceLine1: "Nanshan District", ResidencePostalCode: "518000",
		DeliveryCountry: "CN", DeliveryState: "Guangdong", DeliveryCity: "Shenzhen",
		DeliveryLine1: "Nanshan District, Keyuan Road 1", DeliveryPostalCode: "518000",
	})
	if err != nil {
		return err
	}
	t.step("Application: card %s is %v", card.ID, card.Status)
	ref := worldcard.ByCardID(card.ID)
	if t.scheme == nil {
		// Without a card holder the tour ends here, and gives the quota back.
		status, err := t.client.KYC.Cancel(ctx, key)
		if err != nil {
			return err
		}
		t.step("KYC: cancelled, nobody holds a document to a camera now; the card is %v", status)
		return nil
	}
	for _, approve := range []bool{false, true} {
		if err := t.verify(ctx, key, approve); err != nil {
			return err
		}
	}
	return t.activate(ctx, ref)
}

// verify runs one round of KYC.
func (t *tour) verify(ctx context.Context, key string, approve bool) error {
	session, err := t.client.KYC.Init(ctx, key)
	if err != nil {
		return err
	}
	t.step("KYC: token %v for the Sumsub WebSDK, verification is %v", session.AccessToken, session.Status)
	if err := t.scheme.ReviewKYC(key, approve); err != nil {
		return err
	}
	review, err := wait[*worldcard.KYCReviewed](ctx, t.inbox)
	if err != nil {
		return err
	}
	if review.Status == worldcard.KYCEventStatusApproved {
		t.event("card_kyc, approved")
		return nil
	}
	t.event("card_kyc, rejected (%s), retry allowed: %t", review.Reason, review.RetryAllowed)
	return nil
}

func (t *tour) activate(ctx context.Context, ref worldcard.CardRef) error {
	number := issuing.NewSecret("4000123412341234") // printed on the plastic
	card, err := t.client.Physical.Assign(ctx, worldcard.AssignRequest{CardRef: ref, CardNumber: number})
	if err != nil {
		return err
	}
	t.step("Assign card number %v ending in %s: %v", number, number.Last4(), card.Status)
	pin := issuing.NewSecret("135790") // chosen by the holder
	card, err = t.client.Physical.Activate(ctx, worldcard.ActivateRequest{CardRef: ref, PIN: pin})
	if err != nil {
		return err
	}
	t.step("Activate with PIN %v: %v", pin, card.Status)
	opened, err := wait[*worldcard.CardOpened](ctx, t.inbox)
	if err != nil {
		return err
	}
	t.event("card_open, status %d", opened.Status)
	details, err := t.client.Physical.Card(ctx, ref)
	if err != nil {
		return err
	}
	t.step("Card details: PAN %v (last four %s), %v", details.CardNumber, details.CardNumber.Last4(), details.Status)
	return nil
}
