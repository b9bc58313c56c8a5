package coshine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// maxDesc is the documented length of responseDesc.
const maxDesc = 120

// headerOrder is the order of the public header in an answer.
var headerOrder = []string{
	"participantId", "tranBranch", "tranChnl", "tranCode", "tranDate", "tranTime", "tranId", "tellerNo", "terminalNo",
}

// answer decodes a request, runs its function and encodes what it says.
func (r *Receiver) answer(ctx context.Context, api API, body []byte, report *InboundReport) ([]byte, int, error) {
	plain := []byte(strings.TrimSpace(string(body)))
	if len(plain) == 0 || plain[0] != '{' {
		return nil, http.StatusBadRequest, errors.New("the body is not a JSON object")
	}
	var header *Inbound
	run, err := r.serves[api](ctx, plain, func(i *Inbound) {
		header = i
		i.zone, i.Raw = r.cfg.Zone, issuing.NewSecret(string(plain))
	})
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	echo, err := echoOf(plain)
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	webhook := isOTPWebhook(api, header)
	if !webhook && (header.TranID == "" || header.TranDate == "" || header.TranTime == "" || header.tooLong()) {
		return nil, http.StatusBadRequest, errNoHeader
	}
	report.TranID = header.TranID
	out := Refuse(CodeInvalidParticipant, "invalid participant")
	if webhook || (header.ParticipantID != "" && (r.cfg.ParticipantID == "" || header.ParticipantID == r.cfg.ParticipantID)) {
		out, err = decide(ctx, run)
	}
	reply, encodeErr := encodeAnswer(out, echo, webhook)
	if encodeErr != nil {
		out, err = Refuse(CodeUnexpected, ""), encodeErr
		reply, _ = encodeAnswer(out, echo, webhook)
	}
	report.Code = out.Code
	if r.cfg.JWE != nil {
		sealed, sealErr := jose.SealJWE(r.cfg.JWE.PlatformKey, r.cfg.JWE.PlatformKeyID, r.cfg.JWE.Serialization, reply)
		if sealErr != nil {
			return nil, http.StatusInternalServerError, sealErr
		}
		reply = []byte(sealed)
	}
	return reply, http.StatusOK, err
}

// isOTPWebhook recognises the form without a public header, which Coshine
// publishes for one-time passwords.
func isOTPWebhook(api API, header *Inbound) bool {
	return api == APISendOTP && header.ParticipantID == "" && header.TranID == ""
}

// decide runs the function until the deadline and turns whatever goes wrong
// into a refusal. Only an answer with the code "00" and no error approves.
func decide(ctx context.Context, run func() (Answer, error)) (Answer, error) {
	type result struct {
		answer Answer
		err    error
	}
	if ctx.Err() != nil {
		// Nobody waits for the answer any more: what the function would hold or
		// book could not be told.
		return Refuse(CodeUnexpected, ""), fmt.Errorf("the function was not called: %w", ctx.Err())
	}
	done := make(chan result, 1)
	go func() {
		var out result
		defer func() {
			if recover() != nil {
				out = result{err: errors.New("the function panicked")}
			}
			done <- out
		}()
		out.answer, out.err = run()
	}()
	var out result
	select {
	case out = <-done:
		if ctx.Err() != nil && out.err == nil {
			// The answer came with the deadline: what was promised to the
			// function is that a late answer is discarded.
			out.err = ctx.Err()
		}
	case <-ctx.Done():
		out.err = fmt.Errorf("the function missed its deadline: %w", ctx.Err())
	}
	if out.err != nil {
		code := CodeUnexpected
		var own Code
		if errors.As(out.err, &own) && own != CodeSuccess && len(own) == 2 {
			code = own
		}
		return Refuse(code, ""), out.err
	}
	if out.answer.Code == "" {
		out.answer.Code = CodeUnexpected
	}
	return out.answer, nil
}

// echoOf returns the members of the public header as they came. It refuses a
// member that is given twice, because the function and the echo, or two readers
// of one amount, could each take another, and a field of the header that is an
// object or a list.
func echoOf(plain []byte) (map[string][]byte, error) {
	echo, seen := map[string][]byte{}, map[string]bool{}
	for name, value := range wire.Members(plain) {
		if seen[name] {
			return nil, errors.New("the body has a member twice")
		}
		seen[name] = true
		if !headerNames[name] {
			continue
		}
		if value[0] == '{' || value[0] == '[' {
			return nil, errors.New("a field of the public header is no text")
		}
		echo[name] = value
	}
	return echo, nil
}

// webhookAnswer is the answer of the SMS-OTP webhook. Its text is spelt as in
// the source.
type webhookAnswer struct {
	TraceID    string `json:"traceId,omitzero"`
	ReturnCode Code   `json:"returnCode"`
	ReturnMsg  string `json:"retrunMsg,omitzero"`
	Extra      Extra  `json:"-" wire:"inline"`
}

// headerAnswer is the part of every other answer that follows the echo.
type headerAnswer struct {
	Code  Code   `json:"responseCode"`
	Desc  string `json:"responseDesc,omitzero"`
	Extra Extra  `json:"-" wire:"inline"`
}

func encodeAnswer(a Answer, echo map[string][]byte, webhook bool) ([]byte, error) {
	if len(a.Code) != 2 {
		return nil, errors.New("the answer's code does not have two characters")
	}
	var p check.Problems
	if webhook {
		out := webhookAnswer{TraceID: clip(a.TraceID, 36), ReturnCode: a.Code, ReturnMsg: clip(a.Description, 100), Extra: a.Extra}
		checkExtra(&p, out)
		if err := p.Err(providerName, "Answer"); err != nil {
			return nil, err
		}
		return codec.Marshal(out)
	}
	out := headerAnswer{Code: a.Code, Desc: clip(a.Description, maxDesc), Extra: a.Extra}
	checkExtra(&p, out)
	if err := p.Err(providerName, "Answer"); err != nil {
		return nil, err
	}
	b := []byte{'{'}
	for _, name := range headerOrder {
		if value, ok := echo[name]; ok {
			b = append(append(append(wire.AppendString(b, name), ':'), value...), ',')
		}
	}
	rest, err := codec.Marshal(out)
	if err != nil {
		return nil, err
	}
	return append(b, rest[1:]...), nil
}

// clip bounds a text to n characters.
func clip(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}
