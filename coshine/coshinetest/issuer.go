package coshinetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
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
func requestHeader(participantID string, at time.Time) object {
	local := at.In(zone)
	return object{}.with("participantId", participantID).with("tranBranch", branch).with("tranChnl", "09").
		with("tranCode", "REMOTE").with("tranDate", local.Format(dateLayout)).with("tranTime", local.Format("150405")).
		with("tranId", coshine.NewTranID(at))
}

func (s *Server) requestHeader() object { return requestHeader(participant, s.now()) }

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
func (s *Server) sealForIssuer(message object) (http.Header, []byte, error) {
	body, contentType, err := s.seal(message)
	header := s.header(contentType)
	header.Set("Authorization", "Bearer "+s.cfg.IssuerToken.Reveal())
	return header, body, err
}

// readIssuer reads the issuer's answer. The SMS-OTP webhook has its own name for
// the code.
func (s *Server) readIssuer(status int, text []byte) (IssuerReply, error) {
	out := IssuerReply{Status: status}
	if status != http.StatusOK {
		return out, nil
	}
	plain, in, err := s.open(text)
	if err != nil {
		return out, fmt.Errorf("coshinetest: the issuer's answer: %w", err)
	}
	out.Raw = issuing.NewSecret(string(plain))
	out.Code = coshine.Code(cmp.Or(in.Text("responseCode"), in.Text("returnCode")))
	return out, nil
}

// Notify sends a notification to the issuer on the platform's clock and repeats
// it until it is acknowledged with status 200 and code "00".
func (s *Server) Notify(api coshine.API, fields map[string]any) error {
	more, err := sortedObject(fields)
	if err != nil {
		return err
	}
	s.notify(api, more)
	return nil
}

// notify is called without the server's lock: Config.Issuer is the test's.
func (s *Server) notify(api coshine.API, fields object) {
	body := append(s.requestHeader(), fields...)
	s.host.Push(platform.Callback{
		Type: string(api), Card: s.about(json.RawMessage(body.append(nil))), URL: s.issuerURL(api), Retries: s.cfg.Retries,
		Make: func(int) (http.Header, []byte, error) { return s.sealForIssuer(body) },
		Verify: func(_, status int, _ http.Header, answer []byte) bool {
			reply, err := s.readIssuer(status, answer)
			return err == nil && reply.Code == coshine.CodeSuccess
		},
	})
}

// Callback is a sample request for [Server.SignCallback].
type Callback struct {
	API    coshine.API    // one of the catalogue's inbound rows, such as coshine.APIAuthorization
	Fields map[string]any // that follow the public header
}

// SignCallback makes the request of a [Callback] as the platform does, with the public
// header, encrypted in OAuth mode and authorized: a sample for a test of one's own
// handler, at the path /API. [NewCallback] takes the typed event.
func (s *Server) SignCallback(event any) *http.Request {
	c, ok := event.(Callback)
	if !ok {
		return platform.SampleRequest("/", nil, nil, errors.New("coshinetest: the event is no Callback"))
	}
	more, err := sortedObject(c.Fields)
	if err != nil {
		return platform.SampleRequest("/", nil, nil, err)
	}
	header, body, err := s.sealForIssuer(append(s.requestHeader(), more...))
	return platform.SampleRequest("/"+string(c.API), header, body, err)
}
