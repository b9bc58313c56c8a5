package issuing_test

import (
	"fmt"
	"iter"
	"os"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// booked is an order as a merchant's table has it.
type booked struct {
	key    string
	amount issuing.Amount
	state  string
	at     time.Time
}

// A day of a merchant's orders is compared with a platform's list of it.
func ExampleReconcile() {
	zone := time.FixedZone("the platform's", 8*3600)
	from := time.Date(2026, 4, 1, 0, 0, 0, 0, zone)
	to := from.AddDate(0, 0, 1)

	// SELECT … WHERE at >= from - 5 minutes AND at < to + 5 minutes ORDER BY key COLLATE "C"
	orders := []booked{
		{"order-1", "50.00", "done", from.Add(time.Hour)},
		{"order-2", "20.00", "done", from.Add(2 * time.Hour)},
		{"order-3", "75.00", "sent", from.Add(3 * time.Hour)},
		{"order-4", "10.00", "done", to.Add(-time.Second)},
	}
	mine := func(yield func(issuing.Entry, error) bool) {
		for _, o := range orders {
			if !yield(issuing.Entry{
				Key: o.key, Amount: o.amount, Currency: issuing.CurrencyUSD, State: o.state, Time: o.at,
				Open: o.state == "sent" || o.at.Before(from) || !o.at.Before(to),
			}, nil) {
				return
			}
		}
	}
	// A client's iterator over the platform's list, in the merchant's words. It has
	// order-4 on the other side of midnight.
	var theirs iter.Seq2[issuing.Entry, error] = func(yield func(issuing.Entry, error) bool) {
		for _, o := range []booked{
			{"order-4", "10", "done", to.Add(time.Second)},
			{"order-1", "50", "done", from.Add(time.Hour)},
			{"order-9", "5", "done", from.Add(4 * time.Hour)},
			{"order-2", "25", "done", from.Add(2 * time.Hour)},
		} {
			if !yield(issuing.Entry{
				Key: o.key, Amount: o.amount, Currency: issuing.CurrencyUSD, State: o.state, Time: o.at,
				Open: o.at.Before(from) || !o.at.Before(to),
			}, nil) {
				return
			}
		}
	}

	for d, err := range issuing.Reconcile(mine, issuing.SortEntries(theirs, os.TempDir(), 0)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.Key, d.Kind, d.Fields)
	}
	// Output:
	// order-2 unequal [amount]
	// order-3 pending []
	// order-9 surplus []
}
