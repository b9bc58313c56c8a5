package kazepay_test

import (
	"context"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// counter is a platform with what writes are about.
type counter struct {
	t      testing.TB
	server *kazepaytest.Server
	client *kazepay.Client

	holder holder
	card   string         // a virtual card that can be topped up
	number issuing.Secret // of a printed card
	bound  string         // a printed card that is assigned and waits for its code
	files  []string       // pictures
}

// openCounter prepares a platform for every write.
func openCounter(t testing.TB, cfg kazepaytest.Config, opts ...issuing.Option) *counter {
	t.Helper()
	c := &counter{t: t, holder: user(1)}
	c.server, c.client = start(t, cfg, opts...)
	c.card = activeCard(t, c.server, c.client, 1)
	c.number = c.server.PrintCard()
	for range 2 {
		f, err := c.client.KYC.Upload(t.Context(), c.holder.upload(picture(100)))
		c.must(err)
		c.files = append(c.files, f.ID)
	}
	other := user(2)
	passKYC(t, c.server, c.client, other)
	card, err := c.client.Physical.Assign(t.Context(), kazepay.AssignRequest{
		Email: issuing.Personal(other.email), CardNumber: c.server.PrintCard(),
	})
	c.must(err)
	c.bound = card.CardID
	return c
}

func (c *counter) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *counter) status(card string) kazepay.CardStatus {
	state, _ := c.server.Card(card)
	return state.Status
}

// settleCase is a write that is left open.
type settleCase struct {
	op      string
	before  func(c *counter) // what has to happen first
	send    func(ctx context.Context, c *counter, opts ...issuing.CallOption) error
	opts    func(c *counter) []issuing.SettleOption
	booked  func(c *counter) bool // whether the platform has carried it out, by its books
	secrets func(c *counter) []string
	// What Settle says of one that arrived, and of one that was lost.
	arrived, lost issuing.Verdict
}

const (
	testPIN     = "493815"
	testAddress = "https://notify.receive/api?token=Tok3n"
)

func settleCases() []settleCase {
	return append(cardSettleCases(), otherSettleCases()...)
}

// change is a write that moves the counter's card.
func change(op string, goal kazepay.CardStatus,
	method func(*kazepay.CardService, context.Context, string, ...issuing.CallOption) (*kazepay.CardChange, error),
) settleCase {
	return settleCase{
		op: op, arrived: issuing.VerdictDone, lost: issuing.VerdictAbsent,
		send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
			_, err := method(c.client.Cards, ctx, c.card, opts...)
			return err
		},
		booked: func(c *counter) bool { return c.status(c.card) == goal },
	}
}

func cardSettleCases() []settleCase {
	unfreeze := change("Cards.Unfreeze", kazepay.CardStatusActive, (*kazepay.CardService).Unfreeze)
	unfreeze.before = func(c *counter) {
		_, err := c.client.Cards.Freeze(c.t.Context(), c.card)
		c.must(err)
	}
	deposit := settleCase{
		op: "Cards.Deposit", arrived: issuing.VerdictOpen, lost: issuing.VerdictOpen,
		send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
			_, err := c.client.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: c.card, Amount: amount("12.50")}, opts...)
			return err
		},
		booked: func(c *counter) bool { return len(c.server.Deposits()) > 0 },
	}
	known := deposit
	known.arrived = issuing.VerdictDone
	known.opts = func(*counter) []issuing.SettleOption { return []issuing.SettleOption{issuing.WithOthers()} }
	return []settleCase{
		change("Cards.Freeze", kazepay.CardStatusInactive, (*kazepay.CardService).Freeze),
		unfreeze,
		change("Cards.Close", kazepay.CardStatusCloseProcessing, (*kazepay.CardService).Close),
		deposit, known,
		{
			op: "Physical.Assign", arrived: issuing.VerdictDone, lost: issuing.VerdictOpen,
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.Physical.Assign(ctx, kazepay.AssignRequest{
					Email: issuing.Personal(c.holder.email), CardNumber: c.number,
				}, opts...)
				return err
			},
			opts: func(c *counter) []issuing.SettleOption {
				return []issuing.SettleOption{issuing.WithReference(c.number)}
			},
			booked:  func(c *counter) bool { return len(c.server.Cards()) == 3 },
			secrets: func(c *counter) []string { return []string{c.number.Reveal(), c.holder.email} },
		},
		{
			op: "Physical.Activate", arrived: issuing.VerdictDone, lost: issuing.VerdictAbsent,
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.Physical.Activate(ctx, c.bound, c.server.ActivationCode(c.bound), opts...)
				return err
			},
			booked:  func(c *counter) bool { return c.status(c.bound) == kazepay.CardStatusActiveProcessing },
			secrets: func(c *counter) []string { return []string{c.server.ActivationCode(c.bound).Reveal()} },
		},
		{
			op: "Physical.SetPIN",
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				return c.client.Physical.SetPIN(ctx, c.card, issuing.NewSecret(testPIN), opts...)
			},
			booked: func(c *counter) bool {
				state, _ := c.server.Card(c.card)
				return state.PIN.Reveal() == testPIN
			},
			secrets: func(*counter) []string { return []string{testPIN} },
		},
	}
}

// reviewed ends the review of the counter's holder, which is there when a submission has
// arrived.
func reviewed(c *counter) bool { return c.server.ApproveKYC(c.holder.email) == nil }

func otherSettleCases() []settleCase {
	identity := func(c *counter) kazepay.Identity { return c.holder.identity(kazepay.IdentificationTypePassport) }
	byEmail := func(c *counter) []issuing.SettleOption {
		return []issuing.SettleOption{issuing.WithReference(issuing.NewSecret(c.holder.email))}
	}
	personal := func(c *counter) []string { return []string{c.holder.email, "A563F186", c.holder.number} }
	return []settleCase{
		{
			op: "Virtual.Apply",
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.Virtual.Apply(ctx, c.holder.apply(), opts...)
				return err
			},
			booked: func(c *counter) bool { return len(c.server.Cards()) == 3 }, secrets: personal,
		},
		{
			op: "KYC.Upload",
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.KYC.Upload(ctx, c.holder.upload(picture(100)), opts...)
				return err
			},
			secrets: personal,
		},
		{
			op: "KYC.Submit", arrived: issuing.VerdictDone, lost: issuing.VerdictOpen,
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.KYC.Submit(ctx, kazepay.SubmitRequest{
					Identity: identity(c), FrontFileID: c.files[0], HandheldFileID: c.files[1],
				}, opts...)
				return err
			},
			opts: byEmail, booked: reviewed, secrets: personal,
		},
		{
			op: "KYC.SubmitInline", arrived: issuing.VerdictDone, lost: issuing.VerdictOpen,
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				image, err := kazepay.InlineImage(picture(100))
				c.must(err)
				_, err = c.client.KYC.SubmitInline(ctx, kazepay.SubmitInlineRequest{
					Identity: identity(c), FrontImage: image, HandheldImage: image,
				}, opts...)
				return err
			},
			opts: byEmail, booked: reviewed, secrets: personal,
		},
		{
			op: "KYC.Link",
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.KYC.Link(ctx, identity(c), opts...)
				return err
			},
			booked: reviewed, secrets: personal,
		},
		{
			op: "Webhooks.SetURL", arrived: issuing.VerdictDone, lost: issuing.VerdictAbsent,
			send: func(ctx context.Context, c *counter, opts ...issuing.CallOption) error {
				_, err := c.client.Webhooks.SetURL(ctx, testAddress, opts...)
				return err
			},
			booked: func(c *counter) bool {
				u, err := c.client.Webhooks.URL(c.t.Context())
				c.must(err)
				return u.URL == testAddress
			},
			secrets: func(*counter) []string { return []string{testAddress, "Tok3n"} },
		},
	}
}

// open has a write's answer, or the write itself, lost, and returns the record that was
// made before it was sent. Its own look-ups fail, so that the call ends open.
func (sc settleCase) open(c *counter, fault issuingtest.Fault, opts ...issuing.CallOption) (issuing.Pending, error) {
	c.t.Helper()
	if sc.before != nil {
		sc.before(c)
	}
	c.server.Choose(func(op string) issuingtest.Fault {
		if op == sc.op {
			return fault
		}
		return issuingtest.DropBefore()
	})
	defer c.server.Choose(nil)
	var records []issuing.Pending
	err := sc.send(c.t.Context(), c, append(opts, issuing.WithRecord(func(_ context.Context, p issuing.Pending) error {
		records = append(records, p)
		return nil
	}))...)
	if len(records) != 1 {
		c.t.Fatalf("%s: %d records, %v", sc.op, len(records), err)
	}
	return records[0], err
}

// options are those of Settle.
func (sc settleCase) options(c *counter) []issuing.SettleOption {
	if sc.opts == nil {
		return nil
	}
	return sc.opts(c)
}
