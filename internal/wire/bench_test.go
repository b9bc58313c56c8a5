package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

type benchStatus string

// benchAddress, benchRow and benchApplication have the kinds of fields of the
// clients' requests and records.
type benchAddress struct {
	Country string `json:"country"`
	City    string `json:"city"`
	Line    string `json:"line,omitempty"`
}

type benchRow struct {
	ID       string           `json:"id"`
	CardID   string           `json:"card_id"`
	Number   issuing.Secret   `json:"card_number"`
	Status   benchStatus      `json:"status"`
	Amount   issuing.Amount   `json:"amount"`
	Fee      issuing.Amount   `json:"fee,omitzero"`
	Currency issuing.Currency `json:"currency"`
	Merchant string           `json:"merchant_name"`
	Attempt  int              `json:"attempt"`
	Reversed bool             `json:"reversed"`
	Created  time.Time        `json:"created_at"`
	Note     string           `json:"note,omitempty"`
}

type benchPage struct {
	Total int        `json:"total"`
	List  []benchRow `json:"list"`
}

type benchApplication struct {
	OrderNo  string            `json:"order_no,omitzero"`
	First    string            `json:"first_name"`
	Last     string            `json:"last_name"`
	Email    string            `json:"email,omitzero"`
	Birthday issuing.Date      `json:"birthday,omitzero"`
	Document issuing.Secret    `json:"document,omitzero"`
	Amount   issuing.Amount    `json:"amount"`
	Limit    issuing.Amount    `json:"limit,omitzero"`
	Currency issuing.Currency  `json:"currency"`
	Kind     benchStatus       `json:"kind"`
	Address  *benchAddress     `json:"address,omitempty"`
	Tags     []string          `json:"tags,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Consent  *bool             `json:"consent,omitempty"`
}

func aPage() *benchPage {
	p := &benchPage{Total: 100}
	for i := range 100 {
		p.List = append(p.List, benchRow{
			ID: "1900000000000000001", CardID: "1000000000000001", Number: issuing.NewSecret("4929420573595709"),
			Status: "AUTHORIZED", Amount: issuing.NewAmount(int64(10050+i), 2), Currency: issuing.CurrencyUSD,
			Merchant: "Café Example & Sons", Attempt: i, Reversed: i%2 == 0, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		})
	}
	return p
}

func anApplication() benchApplication {
	yes := true
	return benchApplication{
		OrderNo: "3a1f0c9e-8f4e-4f0e-9b61-2f4b8a0c7d11", First: "Ann", Last: "Lee", Email: "ann.lee@example.com",
		Birthday: issuing.NewDate(1990, 1, 15), Document: issuing.NewSecret("E1234567"), Amount: issuing.NewAmount(10000, 2),
		Currency: issuing.CurrencyUSD, Kind: "VIRTUAL", Address: &benchAddress{"SG", "Singapore", "1 Example Street"},
		Tags: []string{"new", "web"}, Metadata: map[string]string{"order": "77", "shop": "12"}, Consent: &yes,
	}
}

// plainRow has nothing but what encoding/json knows best.
type plainRow struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	City    string `json:"city,omitempty"`
	Count   int    `json:"count"`
	Enabled bool   `json:"enabled"`
}

func plainRows() []plainRow {
	var rows []plainRow
	for i := range 100 {
		rows = append(rows, plainRow{"1900000000000000001", "Example Shop", "Singapore", i, i%2 == 0})
	}
	return rows
}

// The platforms in memory write maps rather than structs.
func aPageOfMaps() any {
	var list []any
	for _, r := range aPage().List {
		list = append(list, map[string]any{
			"id": r.ID, "card_id": r.CardID, "status": r.Status, "amount": r.Amount, "currency": r.Currency,
			"merchant_name": r.Merchant, "attempt": r.Attempt, "reversed": r.Reversed, "created_at": r.Created,
		})
	}
	return map[string]any{"total": len(list), "list": list}
}

// BenchmarkEncode has encoding/json beside ours. Secrets go into the bytes here and
// not there, which makes ours the longer work.
func BenchmarkEncode(b *testing.B) {
	for _, bb := range []struct {
		name  string
		value any
	}{{"page", aPage()}, {"application", anApplication()}, {"plain", plainRows()}, {"maps", aPageOfMaps()}} {
		b.Run(bb.name+"/wire", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (wire.Codec{}).Marshal(bb.value); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bb.name+"/encoding-json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(bb.value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// keepDigits reads numbers in maps as ours does; encoding/json's own choice is floats.
func keepDigits(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

func BenchmarkDecode(b *testing.B) {
	for _, bb := range []struct {
		name      string
		value     any
		into      func() any
		unmarshal func([]byte, any) error
	}{
		{"page", aPage(), func() any { return new(benchPage) }, json.Unmarshal},
		{"application", anApplication(), func() any { return new(benchApplication) }, json.Unmarshal},
		{"plain", plainRows(), func() any { return new([]plainRow) }, json.Unmarshal},
		{"maps", aPageOfMaps(), func() any { return new(map[string]any) }, keepDigits},
	} {
		text, err := wire.Codec{}.Marshal(bb.value)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bb.name+"/wire", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := (wire.Codec{}).Unmarshal(text, bb.into()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bb.name+"/encoding-json", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := bb.unmarshal(text, bb.into()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
