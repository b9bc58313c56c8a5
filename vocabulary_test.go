package issuing_test

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// concept is something that several providers have and that has one name.
type concept struct {
	what   string
	names  map[string]string // by provider: what the client offers, apart by blanks
	result string            // the type that every one of them returns first; "" is free
	never  string            // other words for it, which no service has as a method
}

// vocabulary is what the same thing is called in all six clients.
var vocabulary = []concept{
	{
		what: "apply for a card",
		names: map[string]string{
			"worldcard": "Virtual.Apply Physical.Apply",
			"legacy":    "Applications.ApplyMasterE Applications.ApplyVisaH Applications.ApplyVirtualL Applications.ApplyVirtualP",
			"kazepay":   "Virtual.Apply", "uqpay": "Cards.Apply", "coshine": "Cards.Apply Cards.ApplyCorporate",
		},
		never: "Issue CardApplication Open",
	},
	{
		what: "read a card",
		names: map[string]string{
			"worldcard": "Virtual.Card Physical.Card", "legacy": "MasterE.Card VisaH.Card VirtualL.Card VirtualP.Card",
			"kazepay": "Cards.Card", "uqpay": "Cards.Card", "coshine": "Cards.Card",
		},
		never: "CardInfo CardInfoInquiry Get GetCard Info Retrieve",
	},
	{
		what: "money in",
		names: map[string]string{
			"worldcard": "Cards.Deposit", "legacy": "Cards.Deposit", "kazepay": "Cards.Deposit",
			"uqpay": "Cards.Deposit", "coshine": "Cards.Deposit",
		},
		never: "Recharge LoadFund TopUp Load",
	},
	{
		what:  "money out",
		names: map[string]string{"uqpay": "Cards.Withdraw", "coshine": "Cards.Withdraw"},
		never: "Unload Withdrawal CashOut",
	},
	{
		what:  "balance of a card",
		names: map[string]string{"kazepay": "Cards.Balance", "coshine": "Cards.Balance"},
		never: "BalanceInquiry GetBalance",
	},
	{
		what: "freeze and unfreeze",
		names: map[string]string{
			"worldcard": "Cards.Freeze Cards.Unfreeze", "kazepay": "Cards.Freeze Cards.Unfreeze",
			"legacy": "MasterE.Freeze MasterE.Unfreeze VisaH.Freeze VisaH.Unfreeze VirtualL.Freeze VirtualL.Unfreeze VirtualP.Freeze VirtualP.Unfreeze",
		},
		result: "*CardChange", never: "Lock Unlock",
	},
	{
		what:   "freeze and unfreeze, as an order",
		names:  map[string]string{"uqpay": "Cards.Freeze Cards.Unfreeze Cards.Close"},
		result: "*CardOrder",
	},
	{
		what:   "freeze and unfreeze, acknowledged",
		names:  map[string]string{"coshine": "Cards.Freeze Cards.Unfreeze Cards.Close"},
		result: "*Ack",
	},
	{
		what:   "freeze, unfreeze and close a token",
		names:  map[string]string{"unionpay": "Tokens.Suspend Tokens.Resume Tokens.Delete Tokens.UpdateState"},
		result: "*TokenChange",
	},
	{
		what:   "close a card",
		names:  map[string]string{"worldcard": "Cards.Close", "legacy": "VirtualL.Close VirtualP.Close", "kazepay": "Cards.Close"},
		result: "*CardChange", never: "Cancellation CardCancellation Terminate Destroy",
	},
	{
		what: "assign and activate",
		names: map[string]string{
			"worldcard": "Physical.Assign Physical.Activate", "kazepay": "Physical.Assign Physical.Activate",
			"uqpay": "Cards.Assign Cards.Activate", "coshine": "Cards.Activate",
		},
		never: "CardActivation Bind",
	},
	{
		what: "set a PIN",
		names: map[string]string{
			"worldcard": "Physical.SetPIN", "legacy": "MasterE.SetPIN VisaH.SetPIN", "kazepay": "Physical.SetPIN",
			"uqpay": "Cards.SetPIN Cards.ManagePIN", "coshine": "PINs.Reset PINs.Change PINs.Verify PINs.Key",
		},
		never: "ChangePIN ResetPIN PINReset PINChange",
	},
	{
		what: "by the merchant's key",
		names: map[string]string{
			"worldcard": "Cards.DepositByKey",
			"legacy":    "Cards.DepositByKey Applications.ApplicationByKey Transfers.TransferByKey",
			"uqpay":     "Orders.Order", "unionpay": "Tokens.TokenByRequest",
		},
		never: "OrderByKey",
	},
	{
		what: "transactions, one page and all",
		names: map[string]string{
			"worldcard": "Cards.Transactions Cards.AllTransactions",
			"legacy": "MasterE.Transactions MasterE.AllTransactions VisaH.Transactions VisaH.AllTransactions " +
				"VirtualL.Transactions VirtualL.AllTransactions VirtualP.Transactions VirtualP.AllTransactions",
			"kazepay": "Cards.Transactions Cards.AllTransactions", "uqpay": "Transactions.List Transactions.All",
			"coshine": "Cards.Transactions", "unionpay": "ATMs.List ATMs.All ATMs.Nearby ATMs.AllNearby",
		},
		never: "TransactionPage TransactionHistory History",
	},
	{
		what: "the account that a test pays into", names: map[string]string{"uqpay": "Simulator.FundBalance"},
	},
}

// TestOneVocabulary: the same concept has the same name in all six clients, and
// no service has another word for it.
func TestOneVocabulary(t *testing.T) {
	t.Parallel()
	packages := publishedPackages(t)
	for _, c := range vocabulary {
		for provider, names := range c.names {
			for _, name := range strings.Fields(names) {
				found := lookUp(packages[provider], "Client."+name)
				if found == nil {
					t.Errorf("%s: %s has no Client.%s", c.what, provider, name)
				} else if got := results(found); c.result != "" && (len(got) == 0 || got[0] != c.result) {
					t.Errorf("%s: %s's Client.%s returns %v, want %s", c.what, provider, name, got, c.result)
				}
			}
		}
		for _, provider := range theSix {
			for _, method := range methodsOfServices(packages[provider]) {
				if _, word, _ := strings.Cut(method, "."); slices.Contains(strings.Fields(c.never), word) {
					t.Errorf("%s: %s.%s has another word for it", c.what, provider, method)
				}
			}
		}
	}
}

// methodsOfServices lists Service.Method of a provider.
func methodsOfServices(p *types.Package) []string {
	var out []string
	for _, name := range p.Scope().Names() {
		service, ok := p.Scope().Lookup(name).(*types.TypeName)
		if !ok || !service.Exported() || !strings.HasSuffix(name, "Service") {
			continue
		}
		methods := types.NewMethodSet(types.NewPointer(service.Type()))
		for i := range methods.Len() {
			if method := methods.At(i).Obj(); method.Exported() {
				out = append(out, name+"."+method.Name())
			}
		}
	}
	return out
}

// levers are what the platforms in memory are driven with, and what each returns.
// A platform without the concept has no lever; it has none under another name.
var levers = map[string]struct{ results, never string }{
	"Purchase":     {"Authorization error", "Spend Pay"},
	"ApproveKYC":   {"error", "DecideKYC FinishKYC PassKYC"},
	"RejectKYC":    {"error", "RefuseKYC"},
	"SendOTP":      {"error", "Send3DS SendVerificationCode"},
	"Forward3DS":   {"error", ""},
	"FailNext":     {"error", "FailNextDeposit FailNextTopUp FailNextIssue FailNextActivation FailNextApplication FailNextTransfer FailOrders FailFlag"},
	"Reserve":      {"Amount", ""},
	"Fund":         {"error", "Funds"},
	"SignCallback": {"*Request", "SealCallback"},
}

// builder is the type of NewCallback, which needs no platform: all six packages have it.
func builder(path string) string {
	return "func(cfg " + path + ".CallbackConfig, event any) (*net/http.Request, error)"
}

// TestLeversOfPlatforms: the same lever has the same name and the same results on
// all six platforms.
func TestLeversOfPlatforms(t *testing.T) {
	t.Parallel()
	packages := publishedPackages(t)
	for _, provider := range theSix {
		p := packages[provider+"/"+provider+"test"]
		for name, lever := range levers {
			if found := lookUp(p, "Server."+name); found != nil {
				if got := strings.Join(results(found), " "); got != lever.results {
					t.Errorf("%s: Server.%s returns %s, want %s", provider, name, got, lever.results)
				}
			}
			for _, other := range strings.Fields(lever.never) {
				if lookUp(p, "Server."+other) != nil {
					t.Errorf("%s: Server.%s is called %s", provider, other, name)
				}
			}
		}
		if found := lookUp(p, "NewCallback"); found == nil || found.Type().String() != builder(p.Path()) {
			t.Errorf("%s: NewCallback is %v, want %s", provider, found, builder(p.Path()))
		}
		for _, name := range []string{"Check", "Clock", "Inject", "Choose", "Requests", "Deliveries", "SetCallbackFault", "ReleaseCallbacks", "ClientConfig"} {
			if lookUp(p, "Server."+name) == nil {
				t.Errorf("%s: Server has no %s", provider, name)
			}
		}
	}
}

// TestConfigurationFromTexts: every provider reads its Config from texts with the
// names of Config's fields.
func TestConfigurationFromTexts(t *testing.T) {
	t.Parallel()
	for provider, p := range publishedPackages(t) {
		if !slices.Contains(theSix, provider) {
			continue
		}
		texts, config := lookUp(p, "ConfigTexts"), lookUp(p, "Config")
		if texts == nil || config == nil {
			t.Errorf("%s: no ConfigTexts", provider)
			continue
		}
		if parse := lookUp(p, "ParseConfig"); parse == nil || strings.Join(results(parse), " ") != "Config error" {
			t.Errorf("%s: no ParseConfig that returns a Config", provider)
		}
		of, ok := texts.Type().Underlying().(*types.Struct)
		if !ok {
			t.Errorf("%s: ConfigTexts is no struct", provider)
			continue
		}
		for field := range of.Fields() {
			if token.IsExported(field.Name()) && lookUp(p, "Config."+field.Name()) == nil {
				t.Errorf("%s: ConfigTexts.%s is no field of Config", provider, field.Name())
			}
		}
		if lookUp(p, "Config.Location") != nil {
			t.Errorf("%s: a time zone is Config.Zone", provider)
		}
	}
}
