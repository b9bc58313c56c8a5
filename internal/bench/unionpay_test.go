package bench

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

const (
	upiApp, upiOurs, upiTheirs = "00520446", "20190411000000", "1555570302"
	upiCallback                = "/callbacks/unionpay"
	upiMsgID                   = "A0052044620260101120000000001"
)

// protected is the header of a detached signature.
type protected struct {
	Alg  string   `json:"alg"`
	Kid  string   `json:"kid"`
	Crit []string `json:"crit"`
	UUID string   `json:"UPI-UUID"`
	Time string   `json:"UPI-TIMESTAMP"`
	App  string   `json:"UPI-APPID"`
	Path string   `json:"UPI-REQPATH,omitempty"`
}

// sign makes the UPI-JWS of a body by the steps of the page; without a UUID it draws one.
func (p protected) sign(key *rsa.PrivateKey, body []byte) (string, error) {
	if p.UUID == "" {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			return "", err
		}
		p.UUID = hex.EncodeToString(random)
	}
	p.Alg, p.App, p.Time = "RS256", upiApp, strconv.FormatInt(time.Now().Unix(), 10)
	p.Crit = []string{"UPI-UUID", "UPI-TIMESTAMP", "UPI-APPID"}
	if p.Path != "" {
		p.Crit = append(p.Crit, "UPI-REQPATH")
	}
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	head := base64.RawURLEncoding.EncodeToString(text)
	digest := sha256.Sum256([]byte(head + "." + base64.RawURLEncoding.EncodeToString(body)))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	return head + ".." + base64.RawURLEncoding.EncodeToString(signature), err
}

// verified returns the header of a UPI-JWS that is the body's, the key's and of now.
func verified(key *rsa.PublicKey, jws string, body []byte) (p protected, err error) {
	head, signature, found := strings.Cut(jws, "..")
	if !found {
		return p, errMismatch
	}
	given, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return p, err
	}
	digest := sha256.Sum256([]byte(head + "." + base64.RawURLEncoding.EncodeToString(body)))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], given); err != nil {
		return p, err
	}
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, err
	}
	at, err := strconv.ParseInt(p.Time, 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > 300*time.Second || p.App != upiApp || p.Alg != "RS256" ||
		!slices.Contains(p.Crit, "UPI-UUID") {
		return p, errMismatch
	}
	return p, nil
}

// upiBare are the RSA operations that nobody can do without: a signature and a check.
func upiBare(b *testing.B) func() error {
	b.Helper()
	raw, _ := rsaPair(b)
	digest, signature := signatureOf(b, raw, crypto.SHA256)
	return func() error {
		if _, err := rsa.SignPKCS1v15(nil, raw, crypto.SHA256, digest); err != nil {
			return err
		}
		return rsa.VerifyPKCS1v15(&raw.PublicKey, crypto.SHA256, digest, signature)
	}
}

// upiMessage has the members of a message and of its answer.
type upiMessage struct {
	MsgInfo struct {
		VersionNo string `json:"versionNo"`
		MsgID     string `json:"msgID"`
		TimeStamp string `json:"timeStamp"`
		MsgType   string `json:"msgType"`
		WalletID  string `json:"walletID"`
	} `json:"msgInfo"`
	TrxInfo     map[string]any `json:"trxInfo"`
	MsgResponse *upiResponse   `json:"msgResponse,omitempty"`
}

type upiResponse struct {
	Code    string `json:"responseCode"`
	Message string `json:"responseMsg"`
}

// signedAnswer is what the platform answers a token request with.
type signedAnswer struct {
	instant
	jws string
}

// RoundTrip implements http.RoundTripper.
func (s signedAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.instant.RoundTrip(r)
	if err == nil {
		resp.Header["Upi-Jws"] = []string{s.jws}
	}
	return resp, err
}

// BenchmarkUnionPayCall is a token request from its struct to its result.
func BenchmarkUnionPayCall(b *testing.B) {
	raw, key := rsaPair(b)
	platform, theirs := platformPair(b)
	answer := []byte(`{"msgInfo":{"versionNo":"1.0.0","msgID":"` + upiMsgID + `","timeStamp":"20260101120000",` +
		`"msgType":"TOKEN_REQUEST_WITH_AUTHORIZATION","walletID":"` + upiApp + `"},` +
		`"trxInfo":{"token":"6299990000000000004","tokenRefID":"1","tokenExpiry":"1230","tokenState":"ACTIVE",` +
		`"maskedPAN":"625094******0004"},"msgResponse":{"responseCode":"00","responseMsg":"Approved"}}`)
	jws := must[string](b)(protected{Kid: upiTheirs}.sign(platform, answer))
	hc := &http.Client{Transport: signedAnswer{answer, jws}}
	paths := unionpay.InferredPaths()
	client := must[*unionpay.Client](b)(unionpay.New(unionpay.Config{
		BaseURL: "https://gateway.example", AppID: upiApp, SignKey: key, SignKeyID: upiOurs, Paths: paths,
		UPISignKeys: map[string]sign.PublicKey{upiTheirs: theirs.Public()},
		NewMsgID:    func(time.Time) string { return upiMsgID },
	}, issuing.WithHTTPClient(hc)))
	authorization := strings.Repeat("x", 700)
	req := unionpay.TokenRequest{
		DeviceID: "00112233445566778899aabbccddeeff", IssuerID: "00010156", UseCases: []unionpay.UseCase{unionpay.UseCaseQRC},
		AuthorizationData: issuing.NewSecret(authorization),
	}
	path := paths[unionpay.MessageTypeTokenRequest]
	measure(b, side{"ours", func() error {
		_, err := client.Tokens.Request(context.Background(), req)
		return err
	}}, side{"bare", upiBare(b)}, side{"document", func() error {
		var m upiMessage
		m.MsgInfo.VersionNo, m.MsgInfo.MsgID, m.MsgInfo.WalletID = "1.0.0", upiMsgID, upiApp
		m.MsgInfo.MsgType = string(unionpay.MessageTypeTokenRequest)
		m.MsgInfo.TimeStamp = time.Now().Format("20060102150405")
		m.TrxInfo = map[string]any{
			"deviceID": req.DeviceID, "issuerID": req.IssuerID, "authorizationData": authorization,
			"useCaseIndicator": req.UseCases,
		}
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		jws, err := protected{Kid: upiOurs, Path: path}.sign(raw, body)
		if err != nil {
			return err
		}
		header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}, "UPI-JWS": {jws}}
		got, text, err := send(hc, "https://gateway.example"+path, header, body)
		if err != nil {
			return err
		}
		if _, err := verified(&platform.PublicKey, got.Get("UPI-JWS"), text); err != nil {
			return err
		}
		var out upiMessage
		if err := json.Unmarshal(text, &out); err != nil || out.MsgResponse == nil || out.MsgResponse.Code != "00" ||
			out.MsgInfo.MsgID != upiMsgID || out.TrxInfo["token"] == nil {
			return errMismatch
		}
		return nil
	}})
}

// forgetful remembers nothing, so that one delivery can be measured many times.
type forgetful struct{}

// Do implements webhook.Deduper.
func (forgetful) Do(
	ctx context.Context, _ webhook.Claims, fn func(context.Context) ([]byte, error),
) (webhook.Claim, []byte, error) {
	answer, err := fn(ctx)
	return webhook.ClaimNew, answer, err
}

// BenchmarkUnionPayCallback is a notice from its bytes to the signed answer.
func BenchmarkUnionPayCallback(b *testing.B) {
	raw, key := rsaPair(b)
	platform, theirs := platformPair(b)
	r, err := unionpaytest.NewCallback(unionpaytest.CallbackConfig{Key: theirs, KeyID: upiTheirs, AppID: upiApp},
		&unionpay.TokenStateChanged{Token: issuing.NewSecret("6299990000000000004"), State: unionpay.TokenStateSuspended})
	header, body := received(b, r, err)
	source := must[*webhook.Source](b)(unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: key, SignKeyID: upiOurs, AppIDs: []string{upiApp}, Deduper: forgetful{},
		UPISignKeys: map[string]sign.PublicKey{upiTheirs: theirs.Public()},
	}))
	handler := webhook.NewHandler(source, func(_ context.Context, event *webhook.Event) error {
		if _, ok := event.Data.(*unionpay.TokenStateChanged); !ok {
			return errMismatch
		}
		return nil
	})
	measure(b, side{"ours", func() error {
		answer := handler.Handle(context.Background(), &webhook.Request{
			URL: &url.URL{Path: upiCallback}, Header: header, Body: body,
		})
		if answer.Code != "00" {
			return errMismatch
		}
		return nil
	}}, side{"bare", upiBare(b)}, side{"document", func() error {
		head, err := verified(&platform.PublicKey, header.Get("UPI-JWS"), body)
		if err != nil || head.Path != upiCallback {
			return errMismatch
		}
		var m upiMessage
		if err := json.Unmarshal(body, &m); err != nil || m.TrxInfo["token"] == nil {
			return errMismatch
		}
		m.MsgResponse = &upiResponse{Code: "00", Message: "Approved"}
		answer, err := json.Marshal(m)
		if err != nil {
			return err
		}
		_, err = protected{Kid: upiOurs, UUID: head.UUID}.sign(raw, answer)
		return err
	}})
}
