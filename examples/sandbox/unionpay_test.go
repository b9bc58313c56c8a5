package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// upiClient is a client written from UnionPay's pages with the standard library
// alone.
type upiClient struct {
	t     *testing.T
	ready map[string]string
	own   *rsa.PrivateKey
	upi   *rsa.PublicKey
}

func newUPIClient(t *testing.T, ready map[string]string) *upiClient {
	t.Helper()
	block, _ := pem.Decode([]byte(ready["sign_key"]))
	own, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	block, _ = pem.Decode([]byte(ready["upi_sign_key"]))
	upi, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return &upiClient{t, ready, own.(*rsa.PrivateKey), upi.(*rsa.PublicKey)}
}

// jws signs as the security page says: header, two dots, signature.
func (c *upiClient) jws(body, kid, path, uuid string) string {
	c.t.Helper()
	crit, reqPath := `"UPI-UUID","UPI-TIMESTAMP","UPI-APPID"`, ""
	if path != "" {
		crit += `,"UPI-REQPATH"`
		reqPath = `,"UPI-REQPATH":"` + path + `"`
	}
	header := `{"alg":"RS256","kid":"` + kid + `","crit":[` + crit + `],"UPI-UUID":"` + uuid +
		`","UPI-TIMESTAMP":"` + strconv.FormatInt(time.Now().Unix(), 10) + `","UPI-APPID":"` + c.ready["app_id"] + `"` + reqPath + `}`
	protected := base64.RawURLEncoding.EncodeToString([]byte(header))
	digest := sha256.Sum256([]byte(protected + "." + base64.RawURLEncoding.EncodeToString([]byte(body))))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.own, crypto.SHA256, digest[:])
	if err != nil {
		c.t.Fatal(err)
	}
	return protected + ".." + base64.RawURLEncoding.EncodeToString(signature)
}

func uuidHex(t *testing.T) string {
	t.Helper()
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b[:])
}

// verify checks a signature of the gateway.
func (c *upiClient) verify(jws string, body []byte) error {
	protected, signature, _ := strings.Cut(jws, "..")
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(protected + "." + base64.RawURLEncoding.EncodeToString(body)))
	return rsa.VerifyPKCS1v15(c.upi, crypto.SHA256, digest[:], raw)
}

// post sends a signed body and returns the verified answer.
func (c *upiClient) post(message, body string) map[string]json.RawMessage {
	c.t.Helper()
	path := c.ready["path_"+message]
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.ready["base_url"]+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	req.Header["UPI-JWS"] = []string{c.jws(body, c.ready["sign_key_id"], path, uuidHex(c.t))}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %d %s %v", message, resp.StatusCode, data, err)
	}
	if err := c.verify(resp.Header.Get("UPI-JWS"), data); err != nil {
		c.t.Errorf("%s: the answer does not verify: %v", message, err)
	}
	var out map[string]json.RawMessage
	if err := json.Unmarshal(data, &out); err != nil {
		c.t.Fatal(err)
	}
	return out
}

// issuer posts to the issuer's app.
func (c *upiClient) issuer(path string) map[string]string {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.ready["issuer_url"]+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	out := map[string]string{}
	if resp.StatusCode == http.StatusOK {
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
			c.t.Fatal(err)
		}
	} else if resp.StatusCode != http.StatusNoContent {
		c.t.Errorf("%s: %d", path, resp.StatusCode)
	}
	return out
}

// TestUnionPayRawClient takes a token from the issuer's push to a suspension and
// its notification.
func TestUnionPayRawClient(t *testing.T) {
	t.Parallel()
	var c *upiClient
	notified := make(chan string, 1)
	callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || c.verify(r.Header.Get("UPI-JWS"), body) != nil {
			t.Error("the notification does not verify")
		}
		var message struct {
			MsgInfo json.RawMessage `json:"msgInfo"`
			TrxInfo struct {
				TokenState string `json:"tokenState"`
			} `json:"trxInfo"`
		}
		if err := json.Unmarshal(body, &message); err != nil {
			t.Error(err)
		}
		answer := `{"msgInfo":` + string(message.MsgInfo) + `,"trxInfo":{},"msgResponse":{"responseCode":"00","responseMsg":"Approved"}}`
		w.Header()["UPI-JWS"] = []string{c.jws(answer, c.ready["sign_key_id"], "", uuidHex(t))}
		_, _ = w.Write([]byte(answer))
		notified <- message.TrxInfo.TokenState
	}))
	defer callback.Close()
	ready := serve(t, "-provider", "unionpay", "-webhook", callback.URL+"/upi")
	c = newUPIClient(t, ready)

	feedback := `{"atmId":"ATM-000123","countryCode":"702","cityName":"Singapore","bankName":"Example Bank","address":"1 Example Road","reportReason":"2"}`
	if got := string(c.post("atm_feedback_inform", feedback)["msgResponse"]); got != `{"responseCode":"00","responseMsg":"Approved"}` {
		t.Errorf("ATM_FEEDBACK_INFORM: %s", got)
	}
	links := c.issuer("/push")
	if !strings.Contains(links["app_uri"], "://cams/link?") || !strings.HasPrefix(links["web_uri"], "https://") {
		t.Errorf("links %v", links)
	}
	request := fmt.Sprintf(`{"msgInfo":{"versionNo":"1.0.0","msgID":"A00520446%020d","timeStamp":"20260401100000","msgType":"TOKEN_REQUEST_WITH_AUTHORIZATION","walletID":"%s"},`+
		`"trxInfo":{"deviceID":"d","issuerID":"%s","authorizationData":"%s"}}`, time.Now().UnixNano(), ready["app_id"], ready["issuer_id"], links["auth_data"])
	var token struct{ Token, TokenRefID, TokenState string }
	answer := c.post("token_request_with_authorization", request)
	if err := json.Unmarshal(answer["trxInfo"], &token); err != nil || len(token.Token) != 19 || token.TokenState != "ACTIVE" {
		t.Fatalf("token %+v, %v", answer, err)
	}
	c.issuer("/tokens/" + token.TokenRefID + "/suspend")
	select {
	case state := <-notified:
		if state != "SUSPENDED" {
			t.Errorf("state %s", state)
		}
	case <-time.After(30 * time.Second):
		t.Error("no notification came")
	}
}
