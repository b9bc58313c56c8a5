package coshinetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// IssuerReply is the issuer's answer to a request of the platform.
type IssuerReply struct {
	Status int          // HTTP status
	Code   coshine.Code // responseCode, or returnCode of the SMS-OTP webhook
	// Raw is the answer as JSON, decrypted.
	Raw issuing.Secret
}

// askTimeout bounds a request to the issuer. Notifications must be acknowledged
// within 2 seconds.
const askTimeout = 2 * time.Second

// maxIssuerReply bounds the issuer's answer.
const maxIssuerReply = 1 << 20

// requestHeader is the public header of a request to the issuer.
func (s *Server) requestHeader() object {
	at := s.now().In(s.zone)
	return object{}.with("participantId", s.participant).with("tranBranch", s.branch).with("tranChnl", "09").
		with("tranCode", "REMOTE").with("tranDate", at.Format("20060102")).with("tranTime", at.Format("150405")).
		with("tranId", coshine.NewTranID(s.now()))
}

// Ask sends a request to the issuer and waits for the answer, as EastPay does
// for authorizations and one-time passwords. The fields follow the public header.
func (s *Server) Ask(ctx context.Context, api coshine.API, fields map[string]any) (IssuerReply, error) {
	more, err := sortedObject(fields)
	if err != nil {
		return IssuerReply{}, err
	}
	return s.ask(ctx, api, append(s.requestHeader(), more...))
}

// AskOTPWebhook sends a one-time password in the form of the SMS-OTP webhook,
// which has no public header.
func (s *Server) AskOTPWebhook(ctx context.Context, fields map[string]any) (IssuerReply, error) {
	body, err := sortedObject(fields)
	if err != nil {
		return IssuerReply{}, err
	}
	return s.ask(ctx, coshine.APISendOTP, body)
}

func (s *Server) ask(ctx context.Context, api coshine.API, body object) (IssuerReply, error) {
	address := s.issuerURL(api)
	if address == "" {
		return IssuerReply{}, fmt.Errorf("coshinetest: Config.Issuer has no address for %s", api)
	}
	header, sealed, err := s.sealForIssuer(body)
	if err != nil {
		return IssuerReply{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(sealed))
	if err != nil {
		return IssuerReply{}, err
	}
	req.Header = header
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return IssuerReply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxIssuerReply))
	if err != nil {
		return IssuerReply{}, err
	}
	return s.readIssuer(resp.StatusCode, text)
}

func (s *Server) issuerURL(api coshine.API) string {
	if s.cfg.Issuer == nil {
		return ""
	}
	return s.cfg.Issuer(api)
}

// sealForIssuer encodes a request to the issuer, with the roles of OAuth
// reversed: the issuer's key encrypts.
func (s *Server) sealForIssuer(body object) (http.Header, []byte, error) {
	header := http.Header{}
	header.Set("Authorization", "Bearer "+s.cfg.IssuerToken.Reveal())
	header.Set("Timestamp", strconv.FormatInt(s.now().Unix(), 10))
	header.Set("Content-Type", "application/json; charset=UTF-8")
	plain := body.append(nil)
	if !s.cfg.OAuth {
		return header, plain, nil
	}
	sealed, err := jose.SealJWE(s.keys.clientRSA.Public(), "", s.cfg.Serialization, plain)
	header.Set("Content-Type", coshine.DefaultBodyContentType)
	return header, []byte(sealed), err
}

// readIssuer reads the issuer's answer. The text of the SMS-OTP webhook's code
// is read under its documented name and the correctly spelt one.
func (s *Server) readIssuer(status int, text []byte) (IssuerReply, error) {
	out := IssuerReply{Status: status}
	if status != http.StatusOK {
		return out, nil
	}
	if s.cfg.OAuth {
		plain, err := jose.OpenJWE(s.keys.platformRSA, s.cfg.Serialization, string(text))
		if err != nil {
			return out, fmt.Errorf("coshinetest: the issuer's answer: %w", err)
		}
		text = plain
	}
	if !json.Valid(text) {
		return out, errors.New("coshinetest: the issuer's answer is not JSON")
	}
	out.Raw = issuing.NewSecret(string(text))
	for name, value := range wire.Members(text) {
		if name == "responseCode" || name == "returnCode" {
			code, _ := wire.Unquote(value)
			out.Code = coshine.Code(code)
		}
	}
	return out, nil
}

// Notify sends a notification to the issuer on the platform's clock and repeats
// it until it is acknowledged with status 200 and code "00".
func (s *Server) Notify(api coshine.API, fields map[string]any) error {
	more, err := sortedObject(fields)
	if err != nil {
		return err
	}
	return s.notify(api, more)
}

func (s *Server) notify(api coshine.API, fields object) error {
	address := s.issuerURL(api)
	if address == "" {
		return nil
	}
	body := append(s.requestHeader(), fields...)
	if _, _, err := s.sealForIssuer(body); err != nil {
		return err
	}
	s.host.Push(platform.Callback{
		Type: string(api), URL: address, Retries: s.cfg.Retries,
		Make: func(int) (http.Header, []byte, error) { return s.sealForIssuer(body) },
		Accepted: func(status int, answer []byte) bool {
			if s.cfg.OAuth {
				// The log of deliveries keeps the start of an answer only, which
				// cannot be decrypted: the status has to do.
				return status == http.StatusOK
			}
			return status == http.StatusOK && bytes.Contains(answer, []byte(`"responseCode":"00"`))
		},
	})
	return nil
}

// notifyTransaction tells the issuer the status of a transaction. The names of
// its two fields are this package's own.
func (s *Server) notifyTransaction(t *transaction) {
	_ = s.notify(coshine.APIAuthorizationNotification, object{}.with("transactionId", t.tranID).with(FieldStatus, t.status()))
}
