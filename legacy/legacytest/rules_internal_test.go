package legacytest

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// takenBy are the rules behind the pages of testdata/fields.json, "" for a page whose
// requests have no parameters of their own.
var takenBy = map[string]string{
	"query": "Cards.DepositByKey", "topup": "Cards.Deposit", "kyc-query": "Applications.ApplicationByKey",
	"kyc-master-e": "Applications.ApplyMasterE", "kyc-visa-h": "Applications.ApplyVisaH",
	"kyc-virtual-virtual-l": "Applications.ApplyVirtualL", "kyc-virtual-virtual-p": "Applications.ApplyVirtualP",
	"master-e-atm": "MasterE.SetPIN", "master-e-info": "MasterE.Card", "master-e-limit": "MasterE.SetDailyLimits",
	"master-e-lock-unlock": "MasterE.Freeze", "master-e-transaction": "MasterE.LatestTransactions",
	"master-e-transaction-page": "MasterE.Transactions", "visa-h-info": "VisaH.Card", "visa-h-lock-unlock": "VisaH.Unfreeze",
	"visa-h-pin": "VisaH.SetPIN", "visa-h-transaction": "VisaH.Transactions", "visa-h-oob-process": "VisaH.ReplyOOB",
	"visa-h-oob-simulate": "VisaH.SimulateOOB", "virtual-l-head": "VirtualL.BINs", "virtual-l-info": "VirtualL.Card",
	"virtual-l-lock-unlock": "VirtualL.Freeze", "virtual-l-close": "VirtualL.Close",
	"virtual-l-transaction": "VirtualL.Transactions", "virtual-l-simulation-otp": "VirtualL.SimulateOTP",
	"virtual-l-simulation-transaction": "VirtualL.SimulateTransaction", "virtual-p-head": "VirtualP.BINs",
	"virtual-p-info": "VirtualP.Card", "virtual-p-lock-unlock": "VirtualP.Freeze", "virtual-p-close": "VirtualP.Close",
	"virtual-p-document": "VirtualP.UploadDocument", "virtual-p-transaction": "VirtualP.Transactions",
	"transfer-quotes": "Transfers.Quote", "transfer-order": "Transfers.Create", "transfer-order-query": "Transfers.TransferByKey",
	"transfer-bank": "Reference.Banks", "transfer-branch": "Reference.Branches", "transfer-business": "Reference.BusinessModes",
	"transfer-city-code": "Reference.Cities", "transfer-countries": "Reference.TargetCountries",
	"transfer-currency-partner": "Reference.Currencies", "transfer-occupation-code": "Reference.Occupations",
	"transfer-relationship-code": "Reference.Relationships", "transfer-remittancepurpose-code": "Reference.RemittancePurposes",
	"transfer-sourcecountry": "Reference.SourceCountries", "transfer-sourceoffunds-code": "Reference.SourcesOfFunds",
	"transfer-states": "Reference.States", "transfer-target-types": "Reference.Channels",
	"transfer-type-countries": "Reference.ChannelCountries",
}

// Every documented parameter has a rule, and no rule is about anything else.
func TestRulesAreThePages(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../testdata/fields.json")
	if err != nil {
		t.Fatal(err)
	}
	var pages map[string]struct{ Request []string }
	if err := json.Unmarshal(raw, &pages); err != nil {
		t.Fatal(err)
	}
	ruled := map[string]rules{}
	for _, o := range routes {
		ruled[o.op] = o.takes
	}
	for page, documented := range pages {
		op, ok := takenBy[page]
		if strings.HasSuffix(page, "webhook") || page == "visa-h-oob" {
			continue // sent to the merchant
		}
		takes, known := ruled[op]
		if !ok || !known {
			t.Errorf("%s: no operation %q", page, op)
			continue
		}
		names := map[string]bool{}
		for _, row := range takes {
			for _, name := range strings.Fields(row.names) {
				if names[name] {
					t.Errorf("%s: %s has two rules", page, name)
				}
				names[name] = true
			}
		}
		slices.Sort(documented.Request)
		if got := slices.Sorted(maps.Keys(names)); !slices.Equal(got, documented.Request) {
			t.Errorf("%s: rules for %v, documented are %v", page, got, documented.Request)
		}
	}
}
