package main

import (
	"bytes"
	"crypto/aes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"testing"
	"time"
)

// legacySign is the Go sample of the signing page.
func legacySign(params map[string]string, appSecret string) string {
	var keys []string
	for k, v := range params {
		if v != "" {
			keys = append(keys, k)
		}
	}
	keys = append(keys, "appSecret")
	sort.Strings(keys)
	var list []string
	for _, k := range keys {
		value := params[k]
		if k == "appSecret" {
			value = appSecret
		}
		list = append(list, k+"="+value)
	}
	sum := md5.Sum([]byte(strings.Join(list, "&")))
	return hex.EncodeToString(sum[:])
}

// legacyPost calls a path with nothing but net/http and returns the data.
func legacyPost(t *testing.T, ready map[string]string, path string, params map[string]string) map[string]any {
	t.Helper()
	params["appKey"], params["nonce"] = ready["app_key"], "1038343423"
	params["timestamp"] = fmt.Sprint(time.Now().UnixMilli())
	delete(params, "sign")
	params["sign"] = legacySign(params, ready["app_secret"])
	body, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ready["base_url"]+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Status  int
		Success bool
		Data    map[string]any
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Status != 200 || !answer.Success {
		t.Fatalf("%s: %+v", path, answer)
	}
	return answer.Data
}

// legacyDecrypt is AES/ECB/PKCS5Padding under the app secret.
func legacyDecrypt(t *testing.T, text, secret string) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+16 <= len(data); i += 16 {
		block.Decrypt(data[i:i+16], data[i:i+16])
	}
	return string(data[:len(data)-int(data[len(data)-1])])
}

// TestLegacyWithoutTheSDK takes a card from application to top-up with a client
// written from the pages, callbacks included.
func TestLegacyWithoutTheSDK(t *testing.T) {
	t.Parallel()
	callbacks := make(chan map[string]string, 16)
	merchant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Errorf("callback: %v", err)
		}
		callbacks <- body
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(merchant.Close)
	ready := serve(t, "-provider", "legacy", "-webhook", merchant.URL+"/portal")
	if len(ready) != 5 || ready["provider"] != "legacy" || len(ready["app_secret"]) != 32 || ready["app_key"] == "" {
		t.Fatalf("the line has %d fields", len(ready))
	}
	next := func(field string) map[string]string {
		t.Helper()
		timeout := time.After(20 * time.Second)
		for {
			select {
			case body := <-callbacks:
				got := body["sign"]
				delete(body, "sign")
				if body["appKey"] != ready["app_key"] || legacySign(body, ready["app_secret"]) != got {
					t.Errorf("a callback does not verify: %v", body)
				}
				if body[field] != "" {
					return body
				}
			case <-timeout:
				t.Fatalf("no callback with %s", field)
			}
		}
	}

	legacyPost(t, ready, "/api/card/kyc/apply/virtual/L", map[string]string{
		"merOrderNo": "k-1", "cardType": "VISA", "businessScene": "电商消费", "cardArea": "中国香港", "firstRecharge": "20",
		"notifyUrl": merchant.URL + "/kyc",
	})
	card := next("cardNumber")["cardNumber"]
	if got := legacyPost(t, ready, "/api/card/kyc/query", map[string]string{"merOrderNo": "k-1"}); got["cardNumber"] != card || got["status"] != 2.0 {
		t.Errorf("application %v", got)
	}
	info := legacyPost(t, ready, "/op/card/L/info", map[string]string{"cardNumber": card})
	if cvv := legacyDecrypt(t, fmt.Sprint(info["cvv"]), ready["app_secret"]); len(cvv) != 3 {
		t.Errorf("CVV of %d characters", len(cvv))
	}
	if bill := next("recordNo"); bill["transType"] != "TOP UP" || bill["localCurrencyAmt"] != "20.00" {
		t.Errorf("bill %v", bill)
	}
	legacyPost(t, ready, "/api/card/top/up", map[string]string{
		"merOrderNo": "d-1", "cardNumber": card, "amount": "30", "notifyUrl": merchant.URL + "/top-up",
	})
	if notice := next("settleAmount"); notice["status"] != "2" || notice["merOrderNo"] != "d-1" || notice["settleAmount"] != "30.00" {
		t.Errorf("top-up %v", notice)
	}
	if info := legacyPost(t, ready, "/op/card/L/info", map[string]string{"cardNumber": card}); info["balance"] != "50.00" {
		t.Errorf("balance %v", info["balance"])
	}
}
