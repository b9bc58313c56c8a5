package kazepay

import (
	"errors"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Failure stands behind the error of a call that KazePay answered with a
// failure; errors.As finds it.
type Failure struct {
	APICode   string         // the operation, as sent
	RequestNo string         // the message number, as sent
	Flag      ResultFlag     // the payload's flag when that is the failure; "" when head.code is
	Payload   issuing.Secret // the verified payload that came with it; usually empty
}

// Error names the operation and the flag.
func (f *Failure) Error() string {
	if f.Flag == "" {
		return "apiCode " + f.APICode
	}
	return "apiCode " + f.APICode + ", the payload's flag says " + clip(string(f.Flag))
}

// Unsettled stands behind an error of kind issuing.ErrOutcomeUnknown; errors.As
// finds it. Its RequestNo is also the error's Key.
type Unsettled struct {
	APICode   string // the operation, as sent
	RequestNo string // the message number: what to ask KazePay's support with
	Settle    string // the call that settles it
	Err       error  // what happened
}

// Error names the call that settles the outcome, and the cause.
func (u *Unsettled) Error() string {
	text := "settle it by " + u.Settle
	if u.Err != nil {
		text += ": " + u.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (u *Unsettled) Unwrap() error { return u.Err }

// Unverified stands behind an error of kind issuing.ErrSignature of a read;
// errors.As finds it. While the profile is not settled, give its Answer to
// sign.DetectKazePayProfile.
type Unverified struct {
	Answer issuing.Secret // the answer as it came, encrypted
	Err    error          // sign.ErrEnvelope, or what is malformed
}

// Error returns the cause's text.
func (u *Unverified) Error() string {
	if u.Err == nil {
		return "the answer does not verify"
	}
	return u.Err.Error()
}

// Unwrap returns the cause.
func (u *Unverified) Unwrap() error { return u.Err }

// unsettled adds to an error of unknown outcome how to settle it.
func unsettled(o *operation, err error) error {
	var e *issuing.Error
	if errors.As(err, &e) && errors.Is(e.Kind, issuing.ErrOutcomeUnknown) {
		e.Err = &Unsettled{APICode: o.apiCode, RequestNo: e.Key, Settle: o.settle, Err: e.Err}
	}
	return err
}

// confidential is a request with secrets that are too short, or too free in their
// form, to be recognised in a text.
type confidential interface{ secrets() []issuing.Secret }

// minRedacted is the length below which a secret is not looked for: it would be
// found in every text.
const minRedacted = 4

// redact takes the request's secrets out of what KazePay says about it.
func redact(in any, err error) {
	request, ok := in.(confidential)
	var e *issuing.Error
	if !ok || !errors.As(err, &e) {
		return
	}
	for _, secret := range request.secrets() {
		if secret.Len() >= minRedacted {
			e.Message = strings.ReplaceAll(e.Message, secret.Reveal(), "[redacted]")
		}
	}
}

// clip bounds a platform's word in an error.
func clip(text string) string {
	if len(text) > maxCode {
		return text[:maxCode] + "…"
	}
	return text
}
