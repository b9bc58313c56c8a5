package bench

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// sealedMessage is a message of KazePay's.
type sealedMessage struct {
	Head struct {
		APICode   string `json:"apiCode,omitempty"`
		SysID     string `json:"sysId"`
		RequestNo string `json:"requestNo"`
		Version   string `json:"version"`
		Code      string `json:"code,omitempty"`
		Sign      string `json:"sign"`
		KeyEnc    string `json:"keyEnc"`
	} `json:"head"`
	Body struct {
		Encrypt string `json:"encrypt"`
	} `json:"body"`
}

// seal puts a payload into the message, by the steps of the page: SHA1withRSA over the
// payload, AES/ECB/PKCS7 under a fresh key, and the key's Base64 under RSA.
func (m *sealedMessage) seal(own *rsa.PrivateKey, to *rsa.PublicKey, payload []byte) ([]byte, error) {
	digest := sha1.Sum(payload)
	signature, err := rsa.SignPKCS1v15(nil, own, crypto.SHA1, digest[:])
	if err != nil {
		return nil, err
	}
	key := make([]byte, 16)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	n := 16 - len(payload)%16
	text := append(bytes.Clone(payload), bytes.Repeat([]byte{byte(n)}, n)...)
	for rest := text; len(rest) > 0; rest = rest[16:] {
		block.Encrypt(rest, rest)
	}
	//lint:ignore SA1019 the page's wrap
	wrapped, err := rsa.EncryptPKCS1v15(rand.Reader, to, []byte(base64.StdEncoding.EncodeToString(key)))
	if err != nil {
		return nil, err
	}
	m.Head.Sign, m.Head.KeyEnc = hex.EncodeToString(signature), hex.EncodeToString(wrapped)
	m.Body.Encrypt = base64.StdEncoding.EncodeToString(text)
	return json.Marshal(m)
}

// open returns what a message holds, by the same steps the other way round.
func (m *sealedMessage) open(own *rsa.PrivateKey, from *rsa.PublicKey, message []byte) ([]byte, error) {
	if err := json.Unmarshal(message, m); err != nil {
		return nil, err
	}
	wrapped, err := hex.DecodeString(m.Head.KeyEnc)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 the page's wrap
	encoded, err := rsa.DecryptPKCS1v15(nil, own, wrapped)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(string(encoded))
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	text, err := base64.StdEncoding.DecodeString(m.Body.Encrypt)
	if err != nil || len(text) == 0 || len(text)%16 != 0 {
		return nil, errMismatch
	}
	for rest := text; len(rest) > 0; rest = rest[16:] {
		block.Decrypt(rest, rest)
	}
	n := int(text[len(text)-1])
	if n < 1 || n > 16 || !bytes.Equal(text[len(text)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errMismatch
	}
	text = text[:len(text)-n]
	signature, err := hex.DecodeString(m.Head.Sign)
	if err != nil {
		return nil, err
	}
	digest := sha1.Sum(text)
	if err := rsa.VerifyPKCS1v15(from, crypto.SHA1, digest[:], signature); err != nil {
		return nil, err
	}
	return text, nil
}

// envelopeSides are the RSA operations that nobody can do without: the one that seals,
// and the one that opens.
func envelopeSides(b *testing.B) (seal, open func() error) {
	b.Helper()
	raw, _ := rsaPair(b)
	digest, signature := signatureOf(b, raw, crypto.SHA1)
	key := make([]byte, 24)
	//lint:ignore SA1019 the page's wrap
	wrapped := must[[]byte](b)(rsa.EncryptPKCS1v15(rand.Reader, &raw.PublicKey, key))
	return func() error {
			if _, err := rsa.SignPKCS1v15(nil, raw, crypto.SHA1, digest); err != nil {
				return err
			}
			//lint:ignore SA1019 the page's wrap
			_, err := rsa.EncryptPKCS1v15(rand.Reader, &raw.PublicKey, key)
			return err
		}, func() error {
			//lint:ignore SA1019 the page's wrap
			if _, err := rsa.DecryptPKCS1v15(nil, raw, wrapped); err != nil {
				return err
			}
			return rsa.VerifyPKCS1v15(&raw.PublicKey, crypto.SHA1, digest, signature)
		}
}

// BenchmarkKazePay seals a request and opens an answer.
func BenchmarkKazePay(b *testing.B) {
	raw, key := rsaPair(b)
	bareSeal, bareOpen := envelopeSides(b)
	text := must[[]byte](b)(new(sealedMessage).seal(raw, &raw.PublicKey, payload))
	e := must[*sign.Envelope](b)((sign.Profile{}).Seal(key, key.Public(), []byte(`{"sysId":"1"}`), payload))
	if got, err := new(sealedMessage).open(raw, &raw.PublicKey, e.JSON()); err != nil || !bytes.Equal(got, payload) {
		b.Fatalf("the page's steps do not open ours: %v", err)
	}
	b.Run("seal", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			e, err := (sign.Profile{}).Seal(key, key.Public(), []byte(`{"sysId":"1"}`), payload)
			if err == nil {
				_ = e.JSON()
			}
			return err
		}}, side{"bare", bareSeal}, side{"document", func() error {
			_, err := new(sealedMessage).seal(raw, &raw.PublicKey, payload)
			return err
		}})
	})
	b.Run("open", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			e, err := sign.ParseEnvelope(text)
			if err != nil {
				return err
			}
			_, err = (sign.Profile{}).Open(key, key.Public(), e)
			return err
		}}, side{"bare", bareOpen}, side{"document", func() error {
			_, err := new(sealedMessage).open(raw, &raw.PublicKey, text)
			return err
		}})
	})
}

// BenchmarkKazePayCall is a top-up from its struct to its result.
func BenchmarkKazePayCall(b *testing.B) {
	raw, key := rsaPair(b)
	platform, theirs := platformPair(b)
	bareSeal, bareOpen := envelopeSides(b)
	answer := new(sealedMessage)
	answer.Head.SysID, answer.Head.RequestNo, answer.Head.Version, answer.Head.Code = "1", "2", "1.0", "SUCCESS"
	hc := &http.Client{Transport: instant(must[[]byte](b)(answer.seal(platform, &raw.PublicKey, []byte(
		`{"transactionId":"9","cardID":"19181","currency":"USD","transactionStatus":"PENDING","sendAmount":20.5}`))))}
	client := must[*kazepay.Client](b)(kazepay.New(kazepay.Config{
		BaseURL: "https://api.example.com/gateway", SysID: "1", PrivateKey: key, PlatformKey: theirs.Public(),
	}, issuing.WithHTTPClient(hc)))
	deposit := kazepay.DepositRequest{CardID: "19181", Amount: issuing.NewAmount(20_50, 2)}
	measure(b, side{"ours", func() error {
		_, err := client.Cards.Deposit(context.Background(), deposit)
		return err
	}}, side{"bare", func() error {
		if err := bareSeal(); err != nil {
			return err
		}
		return bareOpen()
	}}, side{"document", func() error {
		message := new(sealedMessage)
		number, err := rand.Int(rand.Reader, big.NewInt(10_000_000_000))
		if err != nil {
			return err
		}
		message.Head.APICode, message.Head.SysID, message.Head.Version = "cardRecharge", "1", "1.0"
		message.Head.RequestNo = fmt.Sprintf("%s%010d", time.Now().UTC().Format("20060102150405"), number)
		plaintext, err := json.Marshal(map[string]string{"cardID": "19181", "currency": "USD", "amount": "20.50"})
		if err != nil {
			return err
		}
		body, err := message.seal(raw, &platform.PublicKey, plaintext)
		if err != nil {
			return err
		}
		header := http.Header{"Content-Type": {"application/json; charset=UTF-8"}}
		_, text, err := send(hc, "https://api.example.com/gateway", header, body)
		if err != nil {
			return err
		}
		var out struct {
			ID string `json:"transactionId"`
		}
		got := new(sealedMessage)
		if plaintext, err = got.open(raw, &platform.PublicKey, text); err != nil || got.Head.Code != "SUCCESS" {
			return errMismatch
		}
		if err := json.Unmarshal(plaintext, &out); err != nil || out.ID == "" {
			return errMismatch
		}
		return nil
	}})
}

// BenchmarkKazePayCallback opens and decodes the callback of a top-up.
func BenchmarkKazePayCallback(b *testing.B) {
	raw, key := rsaPair(b)
	platform, theirs := platformPair(b)
	_, bareOpen := envelopeSides(b)
	cfg := kazepaytest.CallbackConfig{Key: theirs, MerchantKey: key.Public()}
	r, err := kazepaytest.NewCallback(cfg, &kazepay.CardDeposited{
		CardID: "140", CardNumber: issuing.NewSecret("4242424242413691"), Amount: "100.00", ReceiveAmount: "99.50",
		Currency: issuing.CurrencyUSD, Status: kazepay.TransactionStatusSuccess, CreatedAt: time.Now(),
	})
	header, body := received(b, r, err)
	source := must[*webhook.Source](b)(kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{theirs.Public()}, PrivateKey: key,
	}))
	measure(b, side{"ours", func() error {
		event, err := source.Parse(header, body)
		if err != nil {
			return err
		}
		if _, ok := event.Data.(*kazepay.CardDeposited); !ok {
			return errMismatch
		}
		return nil
	}}, side{"bare", bareOpen}, side{"document", func() error {
		plaintext, err := new(sealedMessage).open(raw, &platform.PublicKey, body)
		if err != nil {
			return err
		}
		var out struct {
			CardID, CardNo, TransactionID, Status, Currency string
			Amount, ReceiveAmount                           issuing.Amount
			CreateAt                                        json.RawMessage
		}
		if err := json.Unmarshal(plaintext, &out); err != nil || out.CardID == "" || out.Amount.IsZero() {
			return errMismatch
		}
		return nil
	}})
}
