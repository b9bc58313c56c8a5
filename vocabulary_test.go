package issuing_test

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// vocabulary is how the concepts that the rows offer are called in all six clients.
var vocabulary = map[issuing.Concept]struct {
	words  string // the methods that offer it, of whatever service; "*" stands for a product
	every  string // those that offer it in every service that has them
	never  string // other words for it, which no service has as a method
	result string // "change": returns the package's type of changes first
}{
	issuing.ConceptApply:    {words: "Apply*", every: "Apply*", never: "Issue CardApplication Open"},
	issuing.ConceptCard:     {words: "Card", every: "Card", never: "CardInfo CardInfoInquiry Get GetCard Info Retrieve"},
	issuing.ConceptDeposit:  {words: "Deposit", every: "Deposit", never: "Recharge LoadFund TopUp Load"},
	issuing.ConceptWithdraw: {words: "Withdraw", every: "Withdraw", never: "Unload Withdrawal CashOut"},
	issuing.ConceptBalance:  {words: "Balance Card", every: "Balance", never: "BalanceInquiry GetBalance"},
	issuing.ConceptFreeze:   {words: "Freeze Suspend", every: "Freeze Suspend", never: "Lock", result: "change"},
	issuing.ConceptUnfreeze: {words: "Unfreeze Resume", every: "Unfreeze Resume", never: "Unlock", result: "change"},
	issuing.ConceptClose: {
		words: "Close Delete", every: "Close Delete", never: "Cancellation CardCancellation Terminate Destroy",
		result: "change",
	},
	issuing.ConceptAssign:   {words: "Assign", every: "Assign", never: "Bind"},
	issuing.ConceptActivate: {words: "Activate", every: "Activate", never: "CardActivation"},
	issuing.ConceptPIN: {
		words: "SetPIN ManagePIN Reset Change Verify Key", every: "SetPIN ManagePIN", never: "ChangePIN ResetPIN PINReset PINChange",
	},
	issuing.ConceptByKey: {
		words: "DepositByKey ApplicationByKey TransferByKey Order TokenByRequest",
		every: "DepositByKey ApplicationByKey TransferByKey Order TokenByRequest", never: "OrderByKey",
	},
	issuing.ConceptTransactions: {words: "Transactions List", every: "Transactions", never: "TransactionPage TransactionHistory History"},
	issuing.ConceptKYC:          {words: "Init Status Cancel Upload Submit SubmitInline Link Create Update UploadDocument"},
	issuing.ConceptSecrets:      {words: "Secrets Secure Number Card", every: "Secrets Secure Number"},
	issuing.ConceptTokens:       {words: "List Request Token TokenByRequest UpdateState UpdateMetadata ReplenishLUK"},
}

// changes is what freezing, unfreezing and closing return in a package.
var changes = map[string]string{
	"worldcard": "*CardChange", "legacy": "*CardChange", "kazepay": "*CardChange",
	"uqpay": "*CardOrder", "coshine": "*Ack", "unionpay": "*TokenChange",
}

// elsewhere are methods with a word of the vocabulary that are about something else.
var elsewhere = []string{"uqpay Balances.Balance"} // the account's

// besides are further names of what several clients have, or several methods of one.
var besides = map[string]string{
	"worldcard": "Cards.AllTransactions", "kazepay": "Cards.AllTransactions",
	"legacy": "MasterE.AllTransactions VisaH.AllTransactions VirtualL.AllTransactions VirtualP.AllTransactions",
	"uqpay":  "Transactions.All Simulator.FundBalance", "unionpay": "ATMs.List ATMs.All ATMs.Nearby ATMs.AllNearby",
}

// TestOneVocabulary: the same concept has the same name in all six clients, every method
// with its name offers it in the operation table, and no service has another word for it.
func TestOneVocabulary(t *testing.T) {
	t.Parallel()
	packages := publishedPackages(t)
	for _, concept := range issuing.Concepts() {
		rule, ok := vocabulary[concept]
		if !ok {
			t.Errorf("%s: no words", concept)
		}
		for provider, all := range operations() {
			offered := offeredMethods(all, concept)
			for _, method := range offered {
				_, word, _ := strings.Cut(method, ".")
				found := lookUp(packages[provider], "Client."+method)
				switch {
				case found == nil:
					t.Errorf("%s: %s has no Client.%s", concept, provider, method)
				case !isWord(rule.words, word):
					t.Errorf("%s: %s has %s for it, want one of %s", concept, provider, method, rule.words)
				case rule.result != "" && !slices.Contains(results(found)[:1], changes[provider]):
					t.Errorf("%s: %s's Client.%s returns %v, want %s", concept, provider, method, results(found), changes[provider])
				}
			}
			for _, method := range methodsOfClient(packages[provider]) {
				_, word, _ := strings.Cut(method, ".")
				if slices.Contains(strings.Fields(rule.never), word) {
					t.Errorf("%s: %s's %s has another word for it", concept, provider, method)
				}
				if isWord(rule.every, word) && !slices.Contains(offered, method) && !slices.Contains(elsewhere, provider+" "+method) {
					t.Errorf("%s: no row of %s offers %s", concept, provider, method)
				}
			}
		}
	}
	for provider, names := range besides {
		for _, name := range strings.Fields(names) {
			if lookUp(packages[provider], "Client."+name) == nil {
				t.Errorf("%s has no Client.%s", provider, name)
			}
		}
	}
}

// offeredMethods are the methods of a provider's rows that offer a concept.
func offeredMethods(all []issuing.Operation, concept issuing.Concept) []string {
	var out []string
	for _, o := range all {
		if method := o.Method(concept); method != "" {
			out = append(out, method)
		}
	}
	return out
}

// isWord reports whether a method's name is one of the words.
func isWord(words, name string) bool {
	return slices.ContainsFunc(strings.Fields(words), func(word string) bool {
		before, begins := strings.CutSuffix(word, "*")
		return name == word || begins && strings.HasPrefix(name, before)
	})
}

// methodsOfClient lists the methods of a client's services, such as "Cards.Deposit".
func methodsOfClient(p *types.Package) []string {
	client, ok := p.Scope().Lookup("Client").Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var out []string
	for field := range client.Fields() {
		if !field.Exported() {
			continue
		}
		methods := types.NewMethodSet(field.Type())
		for i := range methods.Len() {
			if method := methods.At(i).Obj(); method.Exported() {
				out = append(out, field.Name()+"."+method.Name())
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
