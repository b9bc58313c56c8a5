//go:build long && unix

package kazepay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"slices"
	"syscall"
	"testing"
	"time"
)

// maxKeyRatio is what a callback may cost, in private operations.
const maxKeyRatio = 1.25

// TestCallbackCostsOnePrivateOperation measures what a callback costs with three platform
// keys, forged ones too, beside the one private operation that it cannot do without: time
// of the processor, in turns, and the median of five.
func TestCallbackCostsOnePrivateOperation(t *testing.T) { //nolint:paralleltest // it measures time
	const rounds, turns, each = 5, 20, 20
	s := newKeySide(t, 3, `{"cardID":"1","code":"123456"}`)
	work := []struct {
		name string
		do   func()
	}{
		{"bare private operation", func() {
			//lint:ignore SA1019 the padding that KazePay documents
			if _, err := s.own.PrivateKey.Decrypt(rand.Reader, s.wrapped, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: 24}); err != nil { //nolint:staticcheck // as above
				t.Error(err)
			}
		}},
		{"good", func() {
			if _, err := s.src.Parse(nil, s.good); err != nil {
				t.Error(err)
			}
		}},
		{"forged", func() {
			if _, err := s.src.Parse(nil, s.forged); err == nil {
				t.Error("a forged callback is read")
			}
		}},
	}
	for _, w := range work { // the first makes the key of ids
		w.do()
	}
	ratios := make([][]float64, len(work))
	for range rounds {
		took := make([]time.Duration, len(work))
		for range turns {
			for i, w := range work {
				begun := busy(t)
				for range each {
					w.do()
				}
				took[i] += busy(t) - begun
			}
		}
		for i := range work {
			ratios[i] = append(ratios[i], took[i].Seconds()/took[0].Seconds())
		}
	}
	for i, w := range work[1:] {
		r := ratios[i+1]
		slices.Sort(r)
		t.Logf("three platform keys, %s: %.2f private operations", w.name, r[rounds/2])
		if r[rounds/2] > maxKeyRatio {
			t.Errorf("%s: %.2f private operations, at most %.2f are meant", w.name, r[rounds/2], maxKeyRatio)
		}
	}
}

// busy is how long the process has had a processor.
func busy(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
