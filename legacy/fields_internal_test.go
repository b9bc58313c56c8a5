package legacy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// page is the structs of one page of the documents.
type page struct {
	request  any   // exactly the documented fields; nil where there are none
	response []any // together at least the documented fields
}

// eitherQuery has both numbers of an order, of which a request names one.
type eitherQuery struct {
	orderQuery
	merOrderQuery
}

// pageStructs maps the pages with tables of fields to their structs. The fields of
// a callback stand in the table that says which are required.
var pageStructs = map[string]page{
	"query":                            {eitherQuery{}, []any{Deposit{}}},
	"topup":                            {DepositRequest{}, []any{Deposit{}}},
	"webhook":                          {CardDeposited{}, nil},
	"kyc-master-e":                     {MasterEApplication{}, []any{Application{}}},
	"kyc-visa-h":                       {VisaHApplication{}, []any{Application{}}},
	"kyc-virtual-virtual-l":            {VirtualLApplication{}, []any{Application{}}},
	"kyc-virtual-virtual-p":            {VirtualPApplication{}, []any{Application{}}},
	"kyc-query":                        {eitherQuery{}, []any{Application{}}},
	"kyc-webhook":                      {ApplicationCompleted{}, nil},
	"master-e-atm":                     {pinRequest{}, nil},
	"master-e-info":                    {cardNumberRequest{}, []any{MasterECard{}}},
	"master-e-limit":                   {DailyLimitsRequest{}, []any{MasterECard{}}},
	"master-e-lock-unlock":             {cardNumberRequest{}, []any{MasterECard{}}},
	"master-e-transaction":             {nil, []any{MasterETransaction{}}},
	"master-e-transaction-page":        {masterEPage{}, []any{Page[MasterETransaction]{}}},
	"visa-h-info":                      {cardNumberRequest{}, []any{VisaHCard{}}},
	"visa-h-lock-unlock":               {cardNumberRequest{}, nil},
	"visa-h-pin":                       {pinRequest{}, nil},
	"visa-h-transaction":               {visaHPage{}, []any{VisaHTransaction{}}},
	"visa-h-oob":                       {nil, []any{OOBRequested{}}},
	"visa-h-oob-process":               {oobReply{}, []any{OOBConfirmation{}}},
	"visa-h-oob-simulate":              {cardNumberRequest{}, nil},
	"virtual-l-head":                   {nil, nil},
	"virtual-l-info":                   {cardNumberRequest{}, []any{VirtualLCard{}}},
	"virtual-l-lock-unlock":            {cardNumberRequest{}, nil},
	"virtual-l-close":                  {cardNumberRequest{}, nil},
	"virtual-l-transaction":            {virtualPage{}, []any{VirtualLTransaction{}}},
	"virtual-l-simulation-otp":         {cardNumberRequest{}, nil},
	"virtual-l-simulation-transaction": {cardNumberRequest{}, nil},
	"virtual-l-bill-webhook":           {VirtualLBilled{}, nil},
	"virtual-l-close-webhook":          {nil, []any{VirtualLClosed{}}},
	"virtual-l-opt-webhook":            {VirtualLChallenged{}, nil},
	"virtual-p-head":                   {nil, []any{VirtualPBIN{}}},
	"virtual-p-info":                   {cardNumberRequest{}, []any{VirtualPCard{}}},
	"virtual-p-lock-unlock":            {cardNumberRequest{}, nil},
	"virtual-p-close":                  {cardNumberRequest{}, nil},
	"virtual-p-document":               {DocumentRequest{}, nil},
	"virtual-p-transaction":            {virtualPage{}, []any{VirtualPTransaction{}}},
	"virtual-p-webhook":                {nil, []any{VirtualPBilled{}, VirtualPClosed{}, VirtualPChallenged{}, VirtualPForwarded{}}},
	"transfer-quotes":                  {QuoteRequest{}, []any{Quote{}}},
	"transfer-order":                   {TransferRequest{}, []any{Transfer{}}},
	"transfer-order-query":             {eitherQuery{}, []any{Transfer{}}},
	"transfer-webhook":                 {nil, []any{TransferCompleted{}}},
	"transfer-bank":                    {countryRequest{}, []any{CodeName{}}},
	"transfer-branch":                  {branchRequest{}, []any{CodeName{}}},
	"transfer-business":                {countryChannelRequest{}, []any{BusinessMode{}}},
	"transfer-city-code":               {cityRequest{}, []any{CodeName{}}},
	"transfer-countries":               {nil, []any{Country{}}},
	"transfer-currency-partner":        {countryChannelRequest{}, []any{PayoutOption{}}},
	"transfer-occupation-code":         {nil, []any{CodeName{}}},
	"transfer-relationship-code":       {nil, []any{CodeName{}}},
	"transfer-remittancepurpose-code":  {RemittancePurposesRequest{}, []any{CodeName{}}},
	"transfer-sourcecountry":           {nil, []any{Country{}}},
	"transfer-sourceoffunds-code":      {fundsRequest{}, []any{CodeName{}}},
	"transfer-states":                  {countryRequest{}, []any{CodeName{}}},
	"transfer-target-types":            {countryRequest{}, []any{PayoutOption{}}},
	"transfer-type-countries":          {channelRequest{}, []any{Country{}}},
}

// notInData are names of the response tables that are not fields of the data: the
// envelope's status, and the table's own words.
var notInData = []string{"status"}

// names collects the JSON names of a struct and everything in it.
func names(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		names(t.Elem(), into)
		return
	case reflect.Struct:
	default:
		return
	}
	for _, opaque := range []any{issuing.Amount(""), issuing.Date(""), issuing.Secret{}, time.Time{}} {
		if t == reflect.TypeOf(opaque) {
			return
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Tag.Get("wire") == "-" {
			continue // in no message
		}
		if name != "" && name != "-" {
			into[name] = true
		}
		names(f.Type, into)
	}
}

func namesOf(values ...any) map[string]bool {
	out := map[string]bool{}
	for _, v := range values {
		if v != nil {
			names(reflect.TypeOf(v), out)
		}
	}
	return out
}

func TestEveryDocumentedField(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "fields.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pages map[string]struct{ Request, Response []string }
	if err := json.Unmarshal(text, &pages); err != nil {
		t.Fatal(err)
	}
	if len(pages) != len(pageStructs) {
		t.Errorf("%d pages, %d in the table", len(pages), len(pageStructs))
	}
	for name, documented := range pages {
		structs, ok := pageStructs[name]
		if !ok {
			t.Errorf("no structs for %s", name)
			continue
		}
		request := namesOf(structs.request)
		callback := strings.HasSuffix(name, "webhook")
		for _, field := range documented.Request {
			if structs.request != nil && !request[field] {
				t.Errorf("%s: the request lacks %s", name, field)
			}
			if structs.request == nil && callback && field != "data" && !namesOf(structs.response...)[field] {
				t.Errorf("%s: the event lacks %s", name, field)
			}
		}
		if structs.request != nil && !callback {
			for field := range request {
				if !slices.Contains(documented.Request, field) {
					t.Errorf("%s: the request has %s, which no table documents", name, field)
				}
			}
		}
		response := namesOf(structs.response...)
		for _, field := range documented.Response {
			if !response[field] && !slices.Contains(notInData, field) {
				t.Errorf("%s: the result lacks %s", name, field)
			}
		}
	}
}
