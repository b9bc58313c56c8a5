package worldcard_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// lateNetwork times out on the first requests to a path and delivers them when
// the test says so: a network that is slower than the client's patience.
type lateNetwork struct {
	path  string
	late  int // requests that are held back
	early bool
	held  []*http.Request
}

var errSlow = errors.New("i/o timeout")

func (n *lateNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, n.path) || len(n.held) >= n.late {
		if n.early {
			n.deliver() // what was held back arrives just before the retry
		}
		return http.DefaultTransport.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	held, err := http.NewRequest(r.Method, r.URL.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	held.Header = r.Header.Clone()
	n.held = append(n.held, held)
	return nil, errSlow
}

// deliver sends what was held back, once, and drops the answers.
func (n *lateNetwork) deliver() {
	for i, r := range n.held {
		if r == nil {
			continue
		}
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			_ = resp.Body.Close()
		}
		n.held[i] = nil
	}
}

func TestLateRequestsNeverPayTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late    int
		early   bool
		settled bool // the call itself ends with the top-up
	}{
		"the first arrives before the retry":    {1, true, true},
		"the first arrives after the retry":     {1, false, true},
		"two arrive after the third":            {2, false, true},
		"all arrive after the call has ended":   {3, false, false},
		"all arrive when the lookup asks first": {3, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := &lateNetwork{path: "/card/deposit", late: 0}
			server, client, ref := issued(t, issuing.WithHTTPClient(&http.Client{Transport: network}))
			network.late, network.early = c.late, c.early
			req := worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}
			d, err := client.Cards.Deposit(t.Context(), req)
			if c.settled != (err == nil) || (err != nil && !errors.Is(err, issuing.ErrOutcomeUnknown)) {
				t.Fatalf("%+v, %v", d, err)
			}
			if err != nil {
				_, err = client.Cards.DepositByKey(t.Context(), ref, "tx")
				wantError(t, err, issuing.ErrNotFound) // which is why it proves nothing
			}
			network.deliver()
			found, err := client.Cards.DepositByKey(t.Context(), ref, "tx")
			if err != nil || (d != nil && d.ID != found.ID) || len(server.Deposits()) != 1 {
				t.Errorf("reported %+v, found %+v, %v, %d booked", d, found, err, len(server.Deposits()))
			}
			if err := server.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCallInfoOfEveryEnd(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	var info issuing.CallInfo
	_, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{MerchantTransactionID: "tx"}, issuing.WithCallInfo(&info))
	wantError(t, err, issuing.ErrInvalid)
	if info.Op != "Cards.Deposit" || info.Key != "tx" || info.Attempts != 0 {
		t.Errorf("invalid: %+v", info)
	}
	// A checked operation counts the requests of all its rounds.
	inject(t, server, opFreeze, issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore())
	_, err = client.Cards.Freeze(t.Context(), ref, issuing.WithCallInfo(&info))
	if e := wantError(t, err, issuing.ErrOutcomeUnknown); e.Attempts != 3 || info.Attempts != 3 {
		t.Errorf("unknown: %d attempts in the error, %d in the info, 3 were sent", e.Attempts, info.Attempts)
	}
	inject(t, server, opFreeze, issuingtest.DropBefore())
	_, err = client.Cards.Freeze(t.Context(), ref, issuing.WithCallInfo(&info))
	if err != nil || info.Attempts != 2 || info.Settled {
		t.Errorf("success: %+v, %v", info, err)
	}
}
