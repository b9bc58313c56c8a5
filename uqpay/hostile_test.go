package uqpay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// samples are valid answers and callbacks, by what they answer.
var samples = []struct{ name, body string }{
	{"Cards.Deposit", `{"card_id":"c-1","card_order_id":"o-1","order_type":"CARD_RECHARGE","create_time":"2026-09-17T00:00:00Z","update_time":"2026-09-17T01:00:00Z","complete_time":"","order_status":"PENDING","amount":"20.00","card_currency":"USD","failure_code":""}`},
	{"Cards.Apply", `{"card_id":"c-1","card_order_id":"o-1","create_time":"2026-09-17T00:00:00+08:00","card_status":"PENDING","order_status":"PROCESSING","risk_controls":{},"cardholder_id":"h-1","cardholder_created":true,"message":"waits"}`},
	{"Transfers.Create", `{"transfer_id":"t-1","short_transaction_id":"T250624-K0XMYZRF"}`},
	{"Cards.SetPIN", `{"request_status":"SUCCESS","card_id":"c-1","card_order_id":"o-1","order_status":"PROCESSING","create_time":"2026-09-17T00:00:00Z"}`},
	{"Cards.Freeze", `{"card_id":"c-1","card_order_id":"o-1","order_status":"PENDING","update_reason":"why"}`},
	{"Cards.Card", `{"card_id":"c-1","card_bin":"40963608","card_scheme":"VISA","card_number":"************5668","form_factor":"VIRTUAL","mode_type":"SINGLE","card_limit":100,"available_balance":"12.50","cardholder":{"cardholder_id":"h-1","date_of_birth":"1990-02-03","number_of_cards":1},"card_status":"ACTIVE","spending_controls":[{"amount":"50","interval":"PER_TRANSACTION"}],"risk_controls":{"allowed_mcc":["5734"]},"no_pin_payment_amount":"200USD","metadata":{"a":"b"},"expiry_at":"2027-01-01T00:00:00Z"}`},
	{"Cards.All", `{"total_pages":2,"total_items":2,"data":[{"card_id":"c-1","card_limit":"100","metadata":"{\"a\":\"b\"}"},{"card_id":"c-2","metadata":""}]}`},
	{"Transactions.All", `{"total_pages":1,"total_items":1,"data":[{"transaction_id":"t-1","card_id":"c-1","billing_amount":"-11.5","authorization_code":123456,"merchant_data":{"category_code":5734},"transaction_status":"APPROVED","transaction_time":"2026-04-12T15:27:39.563+08:00"}]}`},
	{"callback", `{"version":"V1.6.0","event_name":"ISSUING","event_type":"issuing.transaction.authorization","event_id":"e-1","source_id":"t-1","data":{"transaction_id":"t-1","card_id":"c-1","billing_amount":"11.5","merchant_data":[{"category_code":"5734"}],"transaction_status":"APPROVED"}}`},
	{"callback", `{"version":"V1.6.0","event_name":"ISSUING","event_type":"card.create.succeeded","event_id":"e-2","source_id":"o-1","data":{"card_id":"c-1","card_available_balance":"5","cardholder":{"cardholder_id":"h-1","reason":"r"},"metadata":{"a":"b"},"spending_limits":[{"amount":"1","interval":"PER_TRANSACTION"}],"risk_control":{"blocked_mcc":["1234"]}}}`},
	{"callback", `{"version":"V1.5.2","event_name":"cardholder.kyc.status_changed","event_type":"ISSUING","event_id":"e-3","data":{"cardholder_id":"h-1","cardholder_status":"FAILED","reason":"x","date_of_birth":"0001-01-01"}}`},
}

// hostileValues are JSON values that no page has in most places.
var hostileValues = []string{
	`null`, `true`, `false`, `0`, `-1`, `1e400`, `-12345678901234567890.12345678`, `0.1e-30`, `""`, `" "`, `"\u0000"`,
	`"\ud800"`, `"NaN"`, `"1,234.50"`, `"../../x"`, `"a b"`, `"{\"a\":"`, `[]`, `{}`, `[[]]`, `[null]`, `{"":""}`, `[{"a":{}}]`,
	`"` + strings.Repeat("x", 1<<16) + `"`, strings.Repeat("[", 200) + strings.Repeat("]", 200),
	strings.Repeat(`{"a":`, 12_000) + `1` + strings.Repeat("}", 12_000),
	`[` + strings.Repeat(`{},`, 20_000) + `{}]`,
}

// mutate changes a JSON document in one to four places: types, members, nesting, sizes.
func mutate(body string, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, seed>>7))
	text := []byte(body)
	for range 1 + r.IntN(4) {
		text = change(text, r)
	}
	return text
}

func change(text []byte, r *rand.Rand) []byte {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	switch {
	case r.IntN(30) == 0:
		return text[:r.IntN(len(text)+1)] // cut off
	case json.Unmarshal(text, &object) == nil && len(object) > 0:
		return changeObject(object, r)
	case json.Unmarshal(text, &list) == nil && len(list) > 0:
		i := r.IntN(len(list))
		if r.IntN(4) == 0 {
			for range 1 + r.IntN(300) {
				list = append(list, list[i])
			}
		} else {
			list[i] = change(list[i], r)
		}
		return raw(list)
	}
	return []byte(hostileValues[r.IntN(len(hostileValues))])
}

func changeObject(object map[string]json.RawMessage, r *rand.Rand) []byte {
	names := sortedNames(object)
	name := names[r.IntN(len(names))]
	switch value := object[name]; r.IntN(8) {
	case 0:
		delete(object, name)
	case 1:
		object[strings.ToUpper(name)] = value
		delete(object, name)
	case 2: // twice
		text := raw(object)
		return append(append(bytes.TrimSuffix(text, []byte("}")), fmt.Sprintf(",%q:%s", name, hostileValues[r.IntN(len(hostileValues))])...), '}')
	case 3:
		object[name] = json.RawMessage(`[` + string(value) + `]`)
	case 4:
		quoted, _ := json.Marshal(string(value))
		object[name] = quoted
	case 5:
		object[name] = json.RawMessage(hostileValues[r.IntN(len(hostileValues))])
	default:
		object[name] = change(value, r)
	}
	return raw(object)
}

// raw writes what may hold fragments that are no JSON.
func raw(v any) []byte {
	switch v := v.(type) {
	case []json.RawMessage:
		return []byte("[" + string(bytes.Join(asBytes(v), []byte(","))) + "]")
	case map[string]json.RawMessage:
		var members []string
		for _, name := range sortedNames(v) {
			members = append(members, fmt.Sprintf("%q:%s", name, v[name]))
		}
		return []byte("{" + strings.Join(members, ",") + "}")
	}
	return nil
}

func asBytes(list []json.RawMessage) [][]byte {
	var out [][]byte
	for _, item := range list {
		out = append(out, item)
	}
	return out
}
