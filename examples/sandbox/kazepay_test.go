package main

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// rawKazePay is a client written from the document: net/http and the standard
// library's cryptography, nothing of this module.
type rawKazePay struct {
	url, sysID string
	own        *rsa.PrivateKey
	platform   *rsa.PublicKey
	number     int
}

func newRawKazePay(t *testing.T, ready map[string]string) *rawKazePay {
	t.Helper()
	c := &rawKazePay{url: ready["base_url"], sysID: ready["sys_id"]}
	private, _ := pem.Decode([]byte(ready["merchant_private_key"]))
	public, _ := pem.Decode([]byte(ready["platform_public_key"]))
	if private == nil || public == nil {
		t.Fatal("the keys are not PEM")
	}
	own, err := x509.ParsePKCS8PrivateKey(private.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	platform, err := x509.ParsePKIXPublicKey(public.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	c.own, c.platform = own.(*rsa.PrivateKey), platform.(*rsa.PublicKey)
	return c
}

// message is {"head":…,"body":{"encrypt":…}}.
type rawMessage struct {
	Head map[string]string `json:"head"`
	Body map[string]string `json:"body"`
}

func (c *rawKazePay) seal(t *testing.T, apiCode, payload string) rawMessage {
	t.Helper()
	key := make([]byte, 16)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	n := 16 - len(payload)%16
	text := append([]byte(payload), bytes.Repeat([]byte{byte(n)}, n)...)
	for b := text; len(b) > 0; b = b[16:] {
		block.Encrypt(b[:16], b[:16])
	}
	digest := sha1.Sum([]byte(payload))
	signature, err := rsa.SignPKCS1v15(nil, c.own, crypto.SHA1, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	//lint:ignore SA1019 KazePay wraps session keys with PKCS #1 v1.5
	wrapped, err := rsa.EncryptPKCS1v15(rand.Reader, c.platform, []byte(base64.StdEncoding.EncodeToString(key)))
	if err != nil {
		t.Fatal(err)
	}
	c.number++
	return rawMessage{
		Head: map[string]string{
			"apiCode": apiCode, "sysId": c.sysID, "requestNo": fmt.Sprintf("202404220205221238%06d", c.number), "version": "1.0",
			"sign": hex.EncodeToString(signature), "keyEnc": hex.EncodeToString(wrapped),
		},
		Body: map[string]string{"encrypt": base64.StdEncoding.EncodeToString(text)},
	}
}

func (c *rawKazePay) open(m rawMessage) (map[string]any, error) {
	wrapped, err := hex.DecodeString(m.Head["keyEnc"])
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 KazePay wraps session keys with PKCS #1 v1.5
	keyText, err := rsa.DecryptPKCS1v15(nil, c.own, wrapped)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(string(keyText))
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	text, err := base64.StdEncoding.DecodeString(m.Body["encrypt"])
	if err != nil || len(text) == 0 || len(text)%16 != 0 {
		return nil, fmt.Errorf("ciphertext of %d bytes, %w", len(text), err)
	}
	for b := text; len(b) > 0; b = b[16:] {
		block.Decrypt(b[:16], b[:16])
	}
	text = text[:len(text)-int(text[len(text)-1])]
	digest := sha1.Sum(text)
	signature, err := hex.DecodeString(m.Head["sign"])
	if err != nil {
		return nil, err
	}
	if err := rsa.VerifyPKCS1v15(c.platform, crypto.SHA1, digest[:], signature); err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(text, &out)
}

// post sends a body and opens the answer, whose code must be the wanted one.
func (c *rawKazePay) post(t *testing.T, contentType string, body []byte, code string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var m rawMessage
	if err := json.Unmarshal(answer, &m); err != nil || m.Head["code"] != code {
		t.Fatalf("%v: %s", err, answer)
	}
	if code != "SUCCESS" {
		return nil
	}
	out, err := c.open(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (c *rawKazePay) call(t *testing.T, apiCode, payload string) map[string]any {
	t.Helper()
	body, err := json.Marshal(c.seal(t, apiCode, payload))
	if err != nil {
		t.Fatal(err)
	}
	return c.post(t, "application/json; charset=UTF-8", body, "SUCCESS")
}

// upload sends a picture in the default layout.
func (c *rawKazePay) upload(t *testing.T, payload string) string {
	t.Helper()
	m := c.seal(t, "fileUpload", payload)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]map[string]string{"head": m.Head, "body": m.Body} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		_ = form.WriteField(name, string(text))
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="p.jpg"`}, "Content-Type": {"image/jpeg"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("\xff\xd8\xff\xe0 a picture"))
	_ = form.Close()
	id, _ := c.post(t, form.FormDataContentType(), body.Bytes(), "SUCCESS")["fileId"].(string)
	if id == "" {
		t.Fatal("no fileId")
	}
	return id
}

// received collects the callbacks of a test.
type received chan rawMessage

func (r received) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var m rawMessage
	if json.NewDecoder(req.Body).Decode(&m) == nil {
		r <- m
	}
	_, _ = io.WriteString(w, "SUCCESS")
}

// next opens callbacks until one has the member.
func (r received) next(t *testing.T, c *rawKazePay, member string) map[string]any {
	t.Helper()
	for {
		select {
		case m := <-r:
			content, err := c.open(m)
			if err != nil {
				t.Fatal(err)
			}
			if content[member] != nil {
				return content
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no callback with %s", member)
		}
	}
}

func TestKazePayLineAndARawClient(t *testing.T) {
	t.Parallel()
	callbacks := make(received, 100)
	hook := httptest.NewServer(callbacks)
	t.Cleanup(hook.Close)
	ready := serve(t, "-provider", "kazepay", "-webhook", hook.URL)
	if len(ready) != 6 || ready["provider"] != "kazepay" || !strings.HasPrefix(ready["base_url"], "http://127.0.0.1:") || ready["sys_id"] == "" {
		t.Fatalf("the line: %v", ready)
	}
	c := newRawKazePay(t, ready)

	const user = `"email":"kyc@kazepay.io","mobileNumber":"15659874544","mobilePrefix":"60"`
	card := c.call(t, "createCard", `{`+user+`,"cardBin":"222929"}`)
	id, _ := card["cardID"].(string)
	if card["status"] != "AUDITING" || id == "" {
		t.Fatalf("%v", card)
	}
	if changed := callbacks.next(t, c, "userBankcardId"); changed["status"] != "ACTIVE" {
		t.Errorf("%v", changed)
	}
	top := c.call(t, "cardRecharge", `{"cardID":"`+id+`","currency":"USD","amount":5000.00}`)
	if top["transactionStatus"] != "PENDING" || top["sendAmount"] != "5000.00" {
		t.Errorf("%v", top)
	}
	if done := callbacks.next(t, c, "receiveAmount"); done["status"] != "SUCCESS" || done["transactionId"] != top["transactionId"] {
		t.Errorf("%v", done)
	}
	if balance := c.call(t, "cardBalance", `{"cardID":"`+id+`","currency":"USD"}`); balance["avaBalance"] != 5000.0 {
		t.Errorf("%v", balance)
	}

	front, handheld := c.upload(t, `{`+user+`}`), c.upload(t, `{`+user+`}`)
	kyc := c.call(t, "setUcardKyc", `{`+user+`,"mobilePrefixCountry":"MY","firstName":"Trump","lastName":"Donald",`+
		`"dateOfBirth":"1958-04-25","addressLine":"Nashville TN 37011","city":"Paris","countryCode":"FR","postCode":"223456",`+
		`"state":"dizhi","identificationType":"PASSPORT","identificationNumber":"A563F186","identificationExpiryDate":"2099-12-31",`+
		`"frontImgFileId":"`+front+`","handheldImgFileId":"`+handheld+`"}`)
	if kyc["encrypt"] != "SUCCESS" || kyc["status"] != "WAITING_KYC" {
		t.Errorf("%v", kyc)
	}
	if verdict := callbacks.next(t, c, "email"); verdict["status"] != "PASSED" {
		t.Errorf("%v", verdict)
	}
	plastic := c.call(t, "ucardAssign", `{"email":"kyc@kazepay.io","cardNumber":"4937240800070604","autoActive":false}`)
	code, _ := callbacks.next(t, c, "activationCode")["activationCode"].(string)
	active := c.call(t, "ucardActive", `{"cardID":"`+plastic["cardID"].(string)+`","activationCode":"`+code+`"}`)
	if active["status"] != "ACTIVE_PROCESSING" {
		t.Errorf("%v", active)
	}

	forged := c.seal(t, "closeCard", `{"cardID":"`+id+`"}`)
	forged.Head["sign"] = strings.Repeat("0", 512)
	body, err := json.Marshal(forged)
	if err != nil {
		t.Fatal(err)
	}
	c.post(t, "application/json", body, "FAKE_SIGN_ERROR")
}
