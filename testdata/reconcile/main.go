// Command reconcile compares two lists of as many entries as its argument says, between
// which 100 differences of all kinds are planted, and prints what it found, the longest
// that memory was resident, in kB, and what went wrong. It is a process of its own
// because a test's memory holds much else.
package main

import (
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

const planted = 100

var kinds = []issuing.DifferenceKind{
	issuing.DifferenceKindMissing, issuing.DifferenceKindSurplus, issuing.DifferenceKindUnequal,
	issuing.DifferenceKindDuplicate, issuing.DifferenceKindPending,
}

var day = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func entry(i int) issuing.Entry {
	return issuing.Entry{
		Key: fmt.Sprintf("order-%09d", i), ID: strconv.Itoa(7 * i), Amount: issuing.NewAmount(int64(100+i), 2),
		Currency: issuing.CurrencyUSD, State: "done", Time: day.Add(time.Duration(i) * time.Millisecond),
	}
}

// plan says which difference is planted at i of n; "" is none.
func plan(i, n int) issuing.DifferenceKind {
	if step := n / planted; i%step == step/2 {
		return kinds[i/step%len(kinds)]
	}
	return ""
}

// mine is sorted, as a database gives it.
func mine(n int) iter.Seq2[issuing.Entry, error] {
	return func(yield func(issuing.Entry, error) bool) {
		for i := range n {
			e := entry(i)
			switch plan(i, n) {
			case issuing.DifferenceKindSurplus:
				continue
			case issuing.DifferenceKindPending:
				e.Open, e.State = true, "sent"
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// theirs comes in no order, and every thousandth line comes twice.
func theirs(n int) iter.Seq2[issuing.Entry, error] {
	return func(yield func(issuing.Entry, error) bool) {
		for j := range n {
			i := int(uint64(j) * 15_485_863 % uint64(n)) // a prime that does not divide n
			e := entry(i)
			lines := []issuing.Entry{e}
			switch plan(i, n) {
			case issuing.DifferenceKindMissing:
				continue
			case issuing.DifferenceKindUnequal:
				lines[0].Amount = "0.01"
			case issuing.DifferenceKindDuplicate:
				e.ID = "again"
				lines = append(lines, e)
			default:
				if i%1000 == 0 {
					lines = append(lines, e)
				}
			}
			for _, e := range lines {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func run(n int, dir string) error {
	found := map[issuing.DifferenceKind]int{}
	for d, err := range issuing.Reconcile(mine(n), issuing.SortEntries(theirs(n), dir, 0)) {
		if err != nil {
			return err
		}
		i, err := strconv.Atoi(strings.TrimPrefix(d.Key, "order-"))
		if err != nil || plan(i, n) != d.Kind {
			return fmt.Errorf("%s is %s: %w", d.Key, d.Kind, err)
		}
		found[d.Kind]++
	}
	for _, kind := range kinds {
		fmt.Println(kind, found[kind])
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	peak, _, _ = strings.Cut(strings.TrimSpace(peak), " ")
	fmt.Println("resident", peak)
	return nil
}

func main() {
	n, err := strconv.Atoi(os.Args[1])
	if err == nil {
		err = run(n, os.Args[2])
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
