package kazepay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// version is head.version of every message.
const version = "1.0"

// requestHead is the clear part of a request.
type requestHead struct {
	APICode   string `json:"apiCode"`
	SysID     string `json:"sysId"`
	RequestNo string `json:"requestNo"`
	Version   string `json:"version"`
}

// answerHead is the clear part of an answer. The echoes in it do not bind: the
// published samples name other operations and message numbers than asked for.
type answerHead struct {
	SysID  string `json:"sysId"`
	Code   Code   `json:"code"`
	Detail string `json:"detail"`
}

// message is what judge made of an answer.
type message struct {
	envelope *sign.Envelope
	head     answerHead
}

// validator is a request that can be checked before it is sent.
type validator interface {
	validate(op string, now time.Time) error
}

// call checks and sends a request and returns its decoded result.
func call[T any](ctx context.Context, c *Client, o operation, in validator, opts []issuing.CallOption) (*T, error) {
	if err := in.validate(o.name, c.now()); err != nil {
		return nil, err
	}
	out := new(T)
	if err := c.exchange(ctx, &o, in, out, nil, issuing.NewCallSettings(opts...)); err != nil {
		return nil, err
	}
	return out, nil
}

// exchange sends in and decodes the answer's payload into out. With a stream the
// message is a form with a picture.
func (c *Client) exchange(ctx context.Context, o *operation, in, out any, file *picture, cs issuing.CallSettings) error {
	payload, err := c.codec.Marshal(in)
	if err != nil {
		return &issuing.Error{Provider: provider, Op: o.name, Kind: issuing.ErrInvalid, Err: err}
	}
	requestNo, err := c.writeNo(o, cs)
	if err != nil {
		return err
	}
	tc := &transport.Call{
		Op: o.name, URL: c.cfg.BaseURL, Template: pathOf(c.cfg.BaseURL), Safety: o.safety, Key: requestNo,
		Seal: c.seal(o, requestNo, payload), Judge: c.judge,
	}
	if file != nil {
		tc.URL, tc.Template = c.cfg.UploadURL, pathOf(c.cfg.UploadURL)
		tc.Seal = c.sealForm(o, requestNo, payload, file)
	}
	resp, err := c.transport.Do(ctx, tc)
	if err != nil {
		err = unsettled(o, err)
		c.transport.Report(cs.Info, tc, nil, nil, err)
		return err
	}
	raw, err := c.answer(o, tc, resp, out)
	if err == nil {
		c.compare(ctx, o, resp.RequestID, in, out)
	}
	redact(in, err)
	err = unsettled(o, err)
	c.transport.Report(cs.Info, tc, resp, raw, err)
	return err
}

// pathOf returns the path of an address that New has checked, for hooks.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// maxRequestNo is the longest message number in the published samples.
const maxRequestNo = 24

// writeNo returns the message number of a write, which is the merchant's key of
// it: the caller's or a new one. A read has none; each attempt gets its own.
func (c *Client) writeNo(o *operation, cs issuing.CallSettings) (string, error) {
	if o.safety == transport.Read {
		return "", nil
	}
	no := cs.IdempotencyKey
	if no == "" {
		return c.requestNo()
	}
	var p check.Problems
	p.Digits("requestNo", issuing.NewSecret(no), 1, maxRequestNo)
	return no, p.Err(provider, o.name)
}

// numbers bounds the random part of a message number: ten digits.
var numbers = big.NewInt(10_000_000_000)

// requestNo makes a message number: the time to the second and ten random
// digits, the form of most published samples.
func (c *Client) requestNo() (string, error) {
	n, err := rand.Int(rand.Reader, numbers)
	if err != nil {
		return "", &issuing.Error{Provider: provider, Kind: issuing.ErrUnavailable, Err: errors.New("no randomness")}
	}
	return fmt.Sprintf("%s%010d", c.now().In(c.cfg.Location).Format("20060102150405"), n), nil
}

func (c *Client) now() time.Time { return c.transport.Settings().Now() }

// envelope seals payload for one attempt: a fresh session key and, for a read, a
// fresh message number.
func (c *Client) envelope(o *operation, requestNo string, payload []byte) (*sign.Envelope, requestHead, error) {
	head := requestHead{APICode: o.apiCode, SysID: c.cfg.SysID, RequestNo: requestNo, Version: version}
	var err error
	if requestNo == "" {
		if head.RequestNo, err = c.requestNo(); err != nil {
			return nil, head, err
		}
	}
	headJSON, err := c.codec.Marshal(head)
	if err != nil {
		return nil, head, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
	}
	e, err := c.cfg.Profile.Seal(c.cfg.PrivateKey, c.cfg.PlatformKey, headJSON, payload)
	if err != nil {
		return nil, head, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	return e, head, nil
}

// seal makes one attempt of a JSON message.
func (c *Client) seal(o *operation, requestNo string, payload []byte) func(context.Context, int) (transport.Sealed, error) {
	return func(context.Context, int) (transport.Sealed, error) {
		e, head, err := c.envelope(o, requestNo, payload)
		if err != nil {
			return transport.Sealed{}, err
		}
		header := http.Header{"Content-Type": {"application/json; charset=UTF-8"}, "Accept": {"application/json"}}
		return transport.Sealed{Header: header, Body: e.JSON(), RequestID: head.RequestNo}, nil
	}
}

// judge reads the clear part and says what the answer means for the operation.
// An answer without a code, whatever its status, is not one of KazePay's.
func (c *Client) judge(r *transport.Response) transport.Judgement {
	success := r.Status >= 200 && r.Status < 300
	m := &message{}
	var err error
	if m.envelope, err = sign.ParseEnvelope(r.Body); err == nil {
		err = c.codec.Unmarshal(m.envelope.Head, &m.head)
	}
	if err != nil || m.head.Code == "" {
		if success {
			return transport.Unclear
		}
		return transport.JudgeStatus(r)
	}
	r.Parsed = m
	switch code := m.head.Code; {
	case code == CodeSuccess && success:
		return transport.Final
	case code == CodeSuccess, code == CodeUpstreamSuccess, code == CodeResultUnknown,
		r.Status >= 300 && r.Status < 400:
		return transport.Unclear
	default:
		// A failure code does not make a 5xx definite: it may be the word of a
		// hop that gave up waiting.
		return transport.JudgeStatus(r)
	}
}

// incomplete is a result that can tell that the answer lacked its main field.
type incomplete interface{ incomplete() bool }

// loose is a result that reads more shapes than the codec knows.
type loose interface {
	decode(codec wire.Codec, payload []byte) error
}

// answer splits resp into result or error. The verified payload is returned for
// CallInfo.
func (c *Client) answer(o *operation, tc *transport.Call, resp *transport.Response, out any) ([]byte, error) {
	m, ok := resp.Parsed.(*message)
	if !ok {
		resp.Maybe = resp.Maybe || c.cfg.SignedFailures
		return nil, c.transport.Fail(tc, resp, transport.StatusError(resp))
	}
	if m.head.Code != CodeSuccess || resp.Status < 200 || resp.Status >= 300 {
		return c.refused(o, tc, resp, m)
	}
	payload, err := c.open(m)
	if err != nil {
		// Whoever answered did not prove to be KazePay, or the profile is not the
		// right one; the operation may have been carried out all the same.
		resp.Maybe = true
		return nil, c.transport.Fail(tc, resp, &issuing.Error{
			Kind: issuing.ErrSignature, Err: &Unverified{Answer: issuing.NewSecret(string(resp.Body)), Err: err},
		})
	}
	if flag, failed := failedFlag(o, payload); failed {
		return payload, c.transport.Fail(tc, resp, &issuing.Error{
			Kind: issuing.ErrDeclined, Message: m.head.Detail,
			Err: &Failure{APICode: o.apiCode, RequestNo: resp.RequestID, Flag: flag, Payload: issuing.NewSecret(string(payload))},
		})
	}
	if err := c.decode(payload, out); err != nil {
		resp.Maybe = true
		return payload, c.transport.Fail(tc, resp, &issuing.Error{Kind: issuing.ErrBadResponse, Err: err})
	}
	return payload, nil
}

// refused makes the error of a failure answer. A payload that came with it is
// attached when it opens, and never stands in the way when it does not.
func (c *Client) refused(o *operation, tc *transport.Call, resp *transport.Response, m *message) ([]byte, error) {
	code := m.head.Code
	e := &issuing.Error{Kind: code.Kind(), Code: code, Message: m.head.Detail}
	switch {
	case code == CodeSuccess:
		e.Kind, e.Code = transport.KindOfStatus(resp.Status), nil
	case e.Kind == nil && resp.Status >= 200 && resp.Status < 300:
		e.Kind = issuing.ErrDeclined
	case e.Kind == nil:
		e.Kind = transport.KindOfStatus(resp.Status)
	}
	failure := &Failure{APICode: o.apiCode, RequestNo: resp.RequestID}
	payload, err := c.open(m)
	if err != nil {
		payload = nil
		resp.Maybe = resp.Maybe || c.cfg.SignedFailures
	}
	failure.Payload = issuing.NewSecret(string(payload))
	e.Err = failure
	return payload, c.transport.Fail(tc, resp, e)
}

// open verifies and decrypts an answer's payload.
func (c *Client) open(m *message) ([]byte, error) {
	if c.cfg.RequireSysID && m.head.SysID != c.cfg.SysID {
		return nil, errors.New("head.sysId is not the merchant's")
	}
	return c.cfg.Profile.Open(c.cfg.PrivateKey, c.cfg.PlatformKey, m.envelope)
}

// failedFlag reads the result flag of a payload. An absent one leaves the word
// to head.code.
func failedFlag(o *operation, payload []byte) (flag ResultFlag, failed bool) {
	if !o.flag {
		return "", false
	}
	for name, value := range wire.Members(payload) {
		if name != "encrypt" || string(value) == "null" {
			continue
		}
		text, ok := wire.Unquote(value)
		if !ok {
			text = string(value)
		}
		flag = ResultFlag(text)
		failed = flag != ResultSuccess
	}
	return flag, failed
}

// decode reads a payload into out, which may be nil.
func (c *Client) decode(payload []byte, out any) error {
	if out == nil {
		return nil
	}
	if l, ok := out.(loose); ok {
		return l.decode(c.codec, payload)
	}
	if err := c.codec.Unmarshal(payload, out); err != nil {
		return err
	}
	if i, ok := out.(incomplete); ok && i.incomplete() {
		return errors.New("the answer lacks the fields that identify its result")
	}
	return nil
}

// carded is a request or result that names a card.
type carded interface{ card() string }

// compare warns when an answer names another card than the request.
func (c *Client) compare(ctx context.Context, o *operation, requestNo string, in, out any) {
	asked, ok := in.(carded)
	if !ok || c.cfg.Warn == nil {
		return
	}
	got, ok := out.(carded)
	if ok && got.card() != "" && !strings.EqualFold(got.card(), asked.card()) {
		c.cfg.Warn(ctx, Warning{Op: o.name, RequestNo: requestNo, Field: "cardID"})
	}
}
