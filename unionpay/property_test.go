package unionpay_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// Size of the property test.
const (
	propertyRequests = 2_000
	propertyWorkers  = 16
)

// randomFault draws a fault on either side of the commit for about a third of
// the requests.
func randomFault(string) issuingtest.Fault {
	switch rand.IntN(27) {
	case 0:
		return issuingtest.DropBefore()
	case 1, 2:
		return issuingtest.DropAfter()
	case 3:
		return issuingtest.BadGatewayBefore()
	case 4:
		return issuingtest.BadGatewayAfter()
	case 5:
		return issuingtest.RateLimited(0)
	case 6:
		return issuingtest.Truncate()
	case 7:
		return issuingtest.Replace("<html>maintenance</html>")
	case 8:
		return issuingtest.Replace(`{"msgResponse":{"responseCode":"71","responseMsg":"Refused"}}`)
	default:
		return issuingtest.Fault{}
	}
}

// result is what a token request reported to its caller.
type result struct {
	pushID string
	key    string
	token  *unionpay.Token
	err    error
}

func TestPropertyOneTokenPerAuthorization(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 token requests")
	}
	server := startServer(t, unionpaytest.Config{AuthorizationLife: time.Hour})
	pool := &http.Transport{MaxIdleConnsPerHost: propertyWorkers}
	defer pool.CloseIdleConnections()
	client := newClient(t, server, nil, issuing.WithHTTPClient(&http.Client{Transport: pool}))

	pushes := make([]*unionpaytest.Push, propertyRequests)
	for i := range pushes {
		var err error
		if pushes[i], err = server.Push(unionpaytest.PushRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	server.Choose(randomFault)
	results := make([]result, propertyRequests)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range propertyWorkers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < propertyRequests; i = int(next.Add(1)) - 1 {
				var info issuing.CallInfo
				token, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{
					DeviceID: device, AuthorizationData: pushes[i].AuthData,
				}, issuing.WithCallInfo(&info))
				results[i] = result{pushes[i].PushID, info.Key, token, err}
			}
		})
	}
	wg.Wait()
	server.Choose(nil)

	if n := server.Requests("Tokens.Request"); n != propertyRequests {
		t.Errorf("%d requests arrived for %d calls: some were repeated blindly", n, propertyRequests)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	issued := map[string]unionpaytest.TokenRecord{}
	for _, record := range server.Tokens() {
		issued[record.PushID] = record
	}
	counts := map[string]int{}
	for _, r := range results {
		counts[settle(t, client, r, issued)]++
	}
	t.Logf("%v; %d tokens", counts, len(issued))
	if counts["success"]+counts["settled as issued"] != len(issued) {
		t.Errorf("%v do not add up to %d tokens", counts, len(issued))
	}
	if counts["success"] == 0 || counts["settled as issued"] == 0 || counts["settled as not issued"] == 0 || counts["failed"] == 0 {
		t.Errorf("the faults did not reach every outcome: %v", counts)
	}
}

// settle compares what a call reported with the registry, and settles what is
// open by the inquiry.
func settle(t *testing.T, client *unionpay.Client, r result, issued map[string]unionpaytest.TokenRecord) string {
	t.Helper()
	record, exists := issued[r.pushID]
	fail := func(format string, args ...any) string {
		t.Errorf("%s %s: %s (%v)", r.pushID, r.key, fmt.Sprintf(format, args...), r.err)
		return "wrong"
	}
	switch {
	case r.err == nil:
		if !exists || !record.Token.Equal(r.token.Token) || record.MsgID != r.key {
			return fail("success, and the registry has another token or none")
		}
		return "success"
	case !errors.Is(r.err, issuing.ErrOutcomeUnknown):
		if exists {
			return fail("reported failed, and there is a token")
		}
		return "failed"
	}
	token, err := client.Tokens.TokenByRequest(t.Context(), r.key)
	switch {
	case err == nil && exists && record.Token.Equal(token.Token):
		return "settled as issued"
	case errors.Is(err, issuing.ErrNotFound) && !exists:
		return "settled as not issued"
	}
	return fail("open, and the inquiry says %v", err)
}
