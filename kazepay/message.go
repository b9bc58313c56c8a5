package kazepay

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
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
	SysID     string `json:"sysId"`
	RequestNo string `json:"requestNo"`
	Code      Code   `json:"code"`
	Detail    string `json:"detail" wire:"json"`
}

// message is an answer of which the clear part was read.
type message struct {
	envelope *sign.Envelope
	head     answerHead
}

// maxRequestNo is the longest message number in the published samples.
const maxRequestNo = 24

// maxOwnNo is the longest number of Config.RequestNo.
const maxOwnNo = 64

// numbers bounds the random part of a message number: ten digits.
var numbers = big.NewInt(10_000_000_000)

// requestNo makes a message number: the time to the second and ten random
// digits, the form of most published samples.
func (c *Client) requestNo() (string, error) {
	if c.cfg.RequestNo != nil {
		no := c.cfg.RequestNo(c.core.Now().In(c.cfg.Zone))
		return no, checkNo(no)
	}
	n, err := rand.Int(rand.Reader, numbers)
	if err != nil {
		return "", &issuing.Error{Kind: issuing.ErrUnavailable, Err: errors.New("no randomness")}
	}
	return fmt.Sprintf("%s%010d", c.core.Now().In(c.cfg.Zone).Format("20060102150405"), n), nil
}

// writeNo returns the message number of a write, which is the merchant's key of
// it: the caller's or a new one.
func (c *Client) writeNo(no string) (string, error) {
	if no == "" {
		return c.requestNo()
	}
	if c.cfg.RequestNo != nil {
		return no, checkNo(no)
	}
	var p check.Problems
	if p.Digits("requestNo", issuing.NewSecret(no), 1, maxRequestNo); p.Any() {
		return "", p.Refusal()
	}
	return no, nil
}

// checkNo checks a number of the merchant's own making.
func checkNo(no string) error {
	var p check.Problems
	if p.ID("requestNo", no, maxOwnNo); p.Any() {
		return p.Refusal()
	}
	return nil
}

// envelope seals a payload under a fresh session key.
func (c *Client) envelope(head requestHead, payload []byte) (*sign.Envelope, error) {
	headJSON, err := c.codec.Marshal(head)
	if err != nil {
		return nil, &issuing.Error{Kind: issuing.ErrInvalid, Err: err}
	}
	e, err := c.cfg.Profile.Seal(c.cfg.PrivateKey, c.cfg.PlatformKey, headJSON, payload)
	if err != nil {
		return nil, &issuing.Error{Kind: issuing.ErrUnavailable, Err: unsealed{err}}
	}
	return e, nil
}

// unsealed marks the error of a message that was not made, and so not sent.
type unsealed struct{ error }

// Unwrap returns the cause.
func (u unsealed) Unwrap() error { return u.error }

// message reads the clear part of an answer. One without a code, whatever its
// status, is not one of KazePay's, nor is one that gives a member twice, of which two readers
// could take different ones.
func (c *Client) message(body []byte) (m *message, ok bool) {
	m = &message{}
	var err error
	if m.envelope, err = sign.ParseEnvelope(wire.TrimBOM(body)); err == nil {
		err = c.codec.Unmarshal(m.envelope.Head, &m.head)
	}
	return m, err == nil && m.head.Code != "" && !wire.Twice(body)
}

// open verifies and decrypts an answer's payload.
func (c *Client) open(m *message) ([]byte, error) {
	if c.cfg.RequireSysID && m.head.SysID != c.cfg.SysID {
		return nil, errors.New("head.sysId is not the merchant's")
	}
	payload, err := c.cfg.Profile.Open(c.cfg.PrivateKey, c.cfg.PlatformKey, m.envelope)
	return wire.TrimBOM(payload), err
}

// sound reports whether ids in an answer are of a form that can be an id: printable
// ASCII without blanks, 128 characters at most. Those that are absent pass.
func sound(ids ...string) bool {
	for _, id := range ids {
		if len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return false
		}
	}
	return true
}

// failedFlag reads the result flag of a payload. An absent one leaves the word
// to head.code, and two that differ are neither of the documented words.
func failedFlag(payload []byte) (flag ResultFlag, failed bool) {
	for name, value := range wire.Members(payload) {
		if name != "encrypt" || string(value) == "null" {
			continue
		}
		text, ok := wire.Unquote(value)
		if !ok {
			text = string(value)
		}
		if flag != "" && flag != ResultFlag(text) {
			text = string(flag) + " and " + text
		}
		flag = ResultFlag(text)
		failed = flag != ResultFlagSuccess
	}
	return flag, failed
}
