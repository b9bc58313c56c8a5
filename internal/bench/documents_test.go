package bench

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

const aesText = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// aesPair is the key as package sign and as crypto/cipher have it.
func aesPair(b *testing.B) (sign.AESKey, cipher.AEAD) {
	b.Helper()
	block := must[cipher.Block](b)(aes.NewCipher(must[[]byte](b)(hex.DecodeString(aesText))))
	return must[sign.AESKey](b)(sign.ParseAESKey(aesText)), must[cipher.AEAD](b)(cipher.NewGCM(block))
}

// documented makes a request of WorldCard's Card API by the five steps of its page.
func documented(gcm cipher.AEAD, key *rsa.PrivateKey, plaintext []byte) (*http.Request, error) {
	iv := make([]byte, 12)
	if _, err := rand.Read(iv); err != nil {
		return nil, err
	}
	sealed := append(iv, gcm.Seal(nil, iv, plaintext, nil)...)
	body := `{"data":"` + base64.StdEncoding.EncodeToString(sealed) + `"}`
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	timestamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), hex.EncodeToString(random)
	digest := sha256.Sum256([]byte(body + timestamp + nonce))
	signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], nil)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
		"https://api.example.com/api/v1/card/deposit", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-App-Id", "app")
	req.Header.Set("X-Signature", base64.StdEncoding.EncodeToString(signature))
	req.Header.Set("X-Timestamp", timestamp)
	req.Header.Set("X-Nonce", nonce)
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

// BenchmarkWorldCard is a top-up from its struct to its result: ours with validation,
// retries and settling behind it, and the page's steps with net/http and encoding/json.
func BenchmarkWorldCard(b *testing.B) {
	raw, key := rsaPair(b)
	aesKey, gcm := aesPair(b)
	answer := instant(`{"code":0,"message":"success","data":{"transaction_id":"9876543210","card_id":"1",` +
		`"merchant_transaction_id":"tx","amount":"100.00","currency":"USD","status":1}}`)
	hc := &http.Client{Transport: answer}
	client := must[*worldcard.Client](b)(worldcard.New(
		worldcard.Config{BaseURL: "https://api.example.com", AppID: "app", PrivateKey: key, AESKey: aesKey},
		issuing.WithHTTPClient(hc)))
	deposit := worldcard.DepositRequest{
		CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(100_00, 2),
	}
	digest := sha256.Sum256(payload)
	measure(b, side{"ours", func() error {
		_, err := client.Cards.Deposit(context.Background(), deposit)
		return err
	}}, side{"bare", func() error {
		_, err := rsa.SignPSS(rand.Reader, raw, crypto.SHA256, digest[:], nil)
		return err
	}}, side{"document", func() error {
		plaintext, err := json.Marshal(map[string]string{
			"card_id": "1", "merchant_transaction_id": "tx", "amount": "100.00",
		})
		if err != nil {
			return err
		}
		req, err := documented(gcm, raw, plaintext)
		if err != nil {
			return err
		}
		resp, err := hc.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		var out struct {
			Code int `json:"code"`
			Data struct {
				ID string `json:"transaction_id"`
			} `json:"data"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out.Data.ID == "" {
			return errMismatch
		}
		return nil
	}})
}

// opened returns what a callback holds, by the page's steps the other way round: the
// signature, the time, which callbacks give in milliseconds, and the body.
func opened(gcm cipher.AEAD, key *rsa.PublicKey, header http.Header, body []byte) ([]byte, error) {
	timestamp := header.Get("X-Timestamp")
	signature, err := base64.StdEncoding.DecodeString(header.Get("X-Signature"))
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(string(body) + timestamp + header.Get("X-Nonce")))
	if err := rsa.VerifyPSS(key, crypto.SHA256, digest[:], signature, nil); err != nil {
		return nil, err
	}
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.UnixMilli(at)).Abs() > 5*time.Minute {
		return nil, errMismatch
	}
	var message struct {
		Data []byte `json:"data"`
	}
	if err := json.Unmarshal(body, &message); err != nil || len(message.Data) < 12 {
		return nil, errMismatch
	}
	return gcm.Open(nil, message.Data[:12], message.Data[12:], nil)
}

// BenchmarkWorldCardCallback checks, opens and decodes the largest callback.
func BenchmarkWorldCardCallback(b *testing.B) {
	platform, theirs := platformPair(b)
	aesKey, gcm := aesPair(b)
	r, err := worldcardtest.NewCallback(worldcardtest.CallbackConfig{Key: theirs, AESKey: aesKey}, &worldcard.CardBilled{
		TransactionID: "t1", CardID: "1", CardTypeID: 7, TransactionTime: time.Now(),
		TransactionType: worldcard.TransactionTypeAuthorization, TransactionStatus: worldcard.TransactionStatusDeclined,
		ResultCode: "51", FailReason: "no money", TransactionAmount: "50.00", TransactionCurrency: "EUR",
		BillingAmount: "54.10", BillingCurrency: "USD", AuthCode: "123456", MerchantName: "AMAZON.COM",
		MerchantCountry: "US", MerchantCity: "SEATTLE", MCC: "5411", Description: "books",
	})
	header, body := received(b, r, err)
	source := must[*webhook.Source](b)(worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{theirs.Public()}, AESKey: aesKey,
	})).ForType(worldcard.EventCardBilled)
	signature := must[[]byte](b)(base64.StdEncoding.DecodeString(header.Get("X-Signature")))
	digest := sha256.Sum256([]byte(string(body) + header.Get("X-Timestamp") + header.Get("X-Nonce")))
	sealed := must[[]byte](b)(base64.StdEncoding.DecodeString(string(body[len(`{"data":"`) : len(body)-len(`"}`)])))
	measure(b, side{"ours", func() error {
		event, err := source.Parse(header, body)
		if err != nil {
			return err
		}
		if _, ok := event.Data.(*worldcard.CardBilled); !ok {
			return errMismatch
		}
		return nil
	}}, side{"bare", func() error {
		if err := rsa.VerifyPSS(&platform.PublicKey, crypto.SHA256, digest[:], signature, nil); err != nil {
			return err
		}
		_, err := gcm.Open(nil, sealed[:12], sealed[12:], nil)
		return err
	}}, side{"document", func() error {
		plaintext, err := opened(gcm, &platform.PublicKey, header, body)
		if err != nil {
			return err
		}
		var out map[string]any
		if err := json.Unmarshal(plaintext, &out); err != nil || out["transaction_id"] != "t1" {
			return errMismatch
		}
		return nil
	}})
}

// BenchmarkLegacy is the signature of 20 parameters: sorted, joined, MD5.
func BenchmarkLegacy(b *testing.B) {
	secret := must[sign.AppSecret](b)(sign.NewAppSecret(appSecret))
	var params []sign.Param
	values := map[string]string{}
	for i := range 20 {
		p := sign.Param{Name: fmt.Sprintf("field%02d", 19-i), Value: fmt.Sprintf("value of field %d", i)}
		params, values[p.Name] = append(params, p), p.Value
	}
	if must[string](b)(secret.SignParams(params)) != signed(values) {
		b.Fatal("the two signatures differ")
	}
	text := bytes.Repeat([]byte("x"), 500)
	measure(b, side{"ours", func() error {
		_, err := secret.SignParams(params)
		return err
	}}, side{"bare", func() error {
		_ = md5.Sum(text)
		return nil
	}}, side{"document", func() error {
		_ = signed(values)
		return nil
	}})
}

const appSecret = "0123456789abcdef"

// signed is the signature by the page of WorldCard's previous system.
func signed(values map[string]string) string {
	all := maps.Clone(values)
	all["appSecret"] = appSecret
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != "" {
			parts = append(parts, name+"="+all[name])
		}
	}
	sum := md5.Sum([]byte(strings.Join(parts, "&")))
	return hex.EncodeToString(sum[:])
}

// BenchmarkLegacyCall is a top-up of WorldCard's previous system from its struct to its
// result, and the same by the page with net/http and encoding/json.
func BenchmarkLegacyCall(b *testing.B) {
	hc := &http.Client{Transport: instant(`{"status":200,"success":true,"msg":"","data":{"merOrderNo":"d-1",` +
		`"orderNo":"240831150325224032","cardNumber":"4242424242424242","status":0,"createTime":"2024-08-31 15:03:25"}}`)}
	client := must[*legacy.Client](b)(legacy.New(legacy.Config{
		BaseURL: "https://api.example.com", AppKey: "key1",
		AppSecret: must[sign.AppSecret](b)(sign.NewAppSecret(appSecret)),
	}, issuing.WithHTTPClient(hc)))
	deposit := legacy.DepositRequest{
		MerOrderNo: "d-1", CardNumber: issuing.NewSecret("4242424242424242"), Amount: issuing.NewAmount(20_50, 2),
	}
	text := bytes.Repeat([]byte("x"), 200)
	measure(b, side{"ours", func() error {
		_, err := client.Cards.Deposit(context.Background(), deposit)
		return err
	}}, side{"bare", func() error {
		_ = md5.Sum(text)
		return nil
	}}, side{"document", func() error {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			return err
		}
		values := map[string]string{
			"merOrderNo": "d-1", "cardNumber": "4242424242424242", "amount": "20.50", "appKey": "key1",
			"timestamp": strconv.FormatInt(time.Now().UnixMilli(), 10), "nonce": hex.EncodeToString(random),
		}
		values["sign"] = signed(values)
		body, err := json.Marshal(values)
		if err != nil {
			return err
		}
		header := http.Header{"Content-Type": {"application/json"}}
		_, answer, err := send(hc, "https://api.example.com/open-api/top/up", header, body)
		if err != nil {
			return err
		}
		var out struct {
			Success bool `json:"success"`
			Data    struct {
				OrderNo string `json:"orderNo"`
			} `json:"data"`
		}
		if err := json.Unmarshal(answer, &out); err != nil || out.Data.OrderNo == "" {
			return errMismatch
		}
		return nil
	}})
}

// BenchmarkLegacyCallback checks and decodes the callback of a top-up.
func BenchmarkLegacyCallback(b *testing.B) {
	secret := must[sign.AppSecret](b)(sign.NewAppSecret(appSecret))
	r, err := legacytest.NewCallback(legacytest.CallbackConfig{AppKey: "key1", AppSecret: secret}, &legacy.CardDeposited{
		OrderNo: "1448538596381429760", MerOrderNo: "1448535323381429760", Status: legacy.OrderStatusFailed,
		FailReason: "Processing failed", SettleAmount: "20", CreateTime: time.Now(), CompleteTime: time.Now(),
	})
	header, body := received(b, r, err)
	source := must[*webhook.Source](b)(legacy.NewCallbacks(legacy.CallbackConfig{
		AppKey: "key1", AppSecrets: []sign.AppSecret{secret},
	})).ForType(legacy.EventCardDeposited)
	measure(b, side{"ours", func() error {
		_, err := source.Parse(header, body)
		return err
	}}, side{"bare", func() error {
		_ = md5.Sum(body)
		return json.Unmarshal(body, new(map[string]string))
	}}, side{"document", func() error {
		var values map[string]string
		if err := json.Unmarshal(body, &values); err != nil {
			return err
		}
		given := values["sign"]
		delete(values, "sign")
		if subtle.ConstantTimeCompare([]byte(signed(values)), []byte(given)) != 1 || values["orderNo"] == "" {
			return errMismatch
		}
		return nil
	}})
}
