package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// physicalCard takes a printed card from the holder's pictures to closure.
func (t *tour) physicalCard(ctx context.Context) error {
	if err := t.verifyHolder(ctx); err != nil {
		return err
	}
	card, err := t.client.Physical.Assign(ctx, kazepay.AssignRequest{Email: issuing.Personal(t.holder.email), CardNumber: t.plastic})
	if err != nil {
		return lookedUp(err)
	}
	t.step("Assign: the card %v ending in %s is card %s", t.plastic, t.plastic.Last4(), card.CardID)
	if err := t.activate(ctx, card.CardID); err != nil {
		return err
	}
	if err := t.client.Physical.SetPIN(ctx, card.CardID, issuing.NewSecret("375426")); err != nil {
		return lookedUp(err)
	}
	t.step("PIN set")
	return t.useAndClose(ctx, card.CardID)
}

// verifyHolder uploads two pictures and submits them.
func (t *tour) verifyHolder(ctx context.Context) error {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 40)), nil); err != nil {
		return err
	}
	var ids []string
	for _, name := range []string{"passport.jpg", "holder.jpg"} {
		uploaded, err := t.client.KYC.Upload(ctx, kazepay.UploadRequest{
			Email: issuing.Personal(t.holder.email), MobileNumber: issuing.Personal(t.holder.number), MobilePrefix: t.holder.prefix,
			File: bytes.NewReader(picture.Bytes()), FileName: name,
		})
		if err != nil {
			return lookedUp(err)
		}
		t.step("Upload: %s of %d bytes is file %s", name, picture.Len(), uploaded.ID)
		ids = append(ids, uploaded.ID)
	}
	review, err := t.client.KYC.Submit(ctx, kazepay.SubmitRequest{
		Identity: kazepay.Identity{
			Email: issuing.Personal(t.holder.email), MobileNumber: issuing.Personal(t.holder.number), MobilePrefix: t.holder.prefix, MobilePrefixCountry: "MY",
			FirstName: "Ada", LastName: "Lovelace", DateOfBirth: issuing.NewDate(1985, time.December, 10),
			AddressLine: "1 Analytical Way", City: "Paris", CountryCode: "FR", PostCode: "75001", State: "Paris",
			IdentificationType: kazepay.IdentificationTypePassport, IdentificationNumber: issuing.NewSecret("A563F186"),
			IdentificationExpiryDate: issuing.NewDate(2099, time.December, 31),
		},
		FrontFileID: ids[0], HandheldFileID: ids[1],
	})
	if err != nil {
		return lookedUp(err)
	}
	t.step("KYC submitted: %s", review.Status)
	return t.verdict(ctx)
}

func (t *tour) verdict(ctx context.Context) error {
	if t.review != nil {
		if err := t.review(t.holder.email); err != nil {
			return err
		}
		if verdict, ok := wait[*kazepay.KYCReviewed](ctx, t.inbox); ok {
			t.event("KYC, %s", verdict.Status)
		}
	}
	review, err := t.client.KYC.Await(ctx, t.holder.email)
	if err != nil {
		return err
	}
	t.step("KYC status: %s", review.Status)
	if review.Status != kazepay.KYCStatusPassed {
		return errors.New("the holder was not accepted")
	}
	return nil
}

// activate waits for the activation code, which comes once and by callback, and
// uses it.
func (t *tour) activate(ctx context.Context, cardID string) error {
	message, ok := wait[*kazepay.ActivationCodeSent](ctx, t.inbox)
	if !ok {
		return errors.New("no activation code came")
	}
	t.event("activation code %v for card %s", message.ActivationCode, message.CardID)
	change, err := t.client.Physical.Activate(ctx, cardID, message.ActivationCode)
	if err != nil {
		return lookedUp(err)
	}
	t.step("Activate: %s", change.Status)
	return t.until(ctx, cardID, kazepay.CardStatusActive)
}

// until waits for the callback that a card has reached a status, and asks.
func (t *tour) until(ctx context.Context, cardID string, status kazepay.CardStatus) error {
	for {
		card, err := t.client.Cards.Card(ctx, cardID)
		if err != nil {
			return err
		}
		if card.Status.Normal() == status {
			t.step("Card %v ending in %s: %s", card.CardNumber, card.CardNumber.Last4(), card.Status)
			return nil
		}
		if card.Status.Terminal() {
			return errors.New("the card is " + string(card.Status))
		}
		if changed, ok := wait[*kazepay.CardStateChanged](ctx, t.inbox); ok {
			t.event("card %s is %s", changed.CardID, changed.Status)
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
