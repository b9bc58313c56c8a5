package kazepay

import issuing "github.com/issuing-sdk/issuing-go"

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

// Unwrap returns the kind and the cause.
func (u *Unverified) Unwrap() []error { return []error{issuing.ErrSignature, u.Err} }

// clip bounds a platform's word in an error.
func clip(text string) string {
	if len(text) > maxCode {
		return text[:maxCode] + "…"
	}
	return text
}
