package unionpay_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// TestListsIterateAgain: one sequence from a later page on gives the same when it is
// ranged over a second time.
func TestListsIterateAgain(t *testing.T) {
	t.Parallel()
	_, client := turned(t, unionpaytest.Config{})
	atms := client.ATMs.All(t.Context(), unionpay.ListRequest{CountryCode: "702", PageNo: 3, PageSize: 1})
	near := client.ATMs.AllNearby(t.Context(), unionpay.NearbyRequest{
		Longitude: "+103.8519", Latitude: "+1.2902", PageNo: 2, PageSize: 1,
	})
	for range 2 {
		var ids []string
		for atm, err := range atms {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, atm.ID)
		}
		for atm, err := range near {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, atm.ID)
		}
		if diff := cmp.Diff([]string{"ATM-000125", "ATM-000124"}, ids); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
