package coshine

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Reply is the public header of an answer. Every result embeds it.
type Reply struct {
	ParticipantID string  `json:"participantId"`                     // echo of the request
	TranBranch    string  `json:"tranBranch"`                        // echo of the request
	Channel       Channel `json:"tranChnl"`                          // echo of the request
	TranCode      string  `json:"tranCode,omitzero"`                 // echo of the request; may be absent
	TranDate      string  `json:"tranDate"`                          // echo, YYYYMMDD in Config.Zone; see At
	TranTime      string  `json:"tranTime"`                          // echo, HHMISS in Config.Zone; see At
	TranID        string  `json:"tranId"`                            // echo, checked by the client
	TellerNo      string  `json:"tellerNo,omitzero"`                 // echo; may be absent
	TerminalNo    string  `json:"terminalNo,omitzero"`               // echo; may be absent
	ResponseCode  Code    `json:"responseCode"`                      // "00" in every result
	ResponseDesc  string  `json:"responseDesc,omitzero" wire:"json"` // text, at most 120 characters

	// SentAt is when Coshine produced the answer, by the header timestamp: whole seconds.
	// It is zero where that is missing or no Unix time. Nothing is signed, so it proves
	// nothing; a clock that runs away shows in it.
	SentAt time.Time `json:"sentAt,omitzero" wire:"-"`
	// Raw is the whole answer as JSON, decrypted. It may hold card data. Read
	// unpublished fields with Decode. As every secret it is not stored: empty it in
	// a copy that is.
	Raw issuing.Secret `json:"raw,omitzero" wire:"-"`
}

func (r *Reply) reply() *Reply { return r }

// At returns the echoed date and time; ok is false when they cannot be read.
func (r *Reply) At(zone *time.Location) (at time.Time, ok bool) {
	if zone == nil {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation("20060102150405", r.TranDate+r.TranTime, zone)
	return at, err == nil
}

// Decode reads the whole answer into v, a pointer to a struct or a map, with the
// tolerance of this package: numbers and strings are interchangeable, amounts
// are [issuing.Amount], secrets [issuing.Secret]. Use it for fields that Coshine
// has told you and this package does not know.
func (r *Reply) Decode(v any) error { return decodeRaw(r.Raw, v) }

func decodeRaw(raw issuing.Secret, v any) error {
	if err := codec.Unmarshal([]byte(raw.Reveal()), v); err != nil {
		return &issuing.Error{Provider: providerName, Op: "Decode", Kind: issuing.ErrBadResponse, Err: err}
	}
	return nil
}

// Record is one object of a list whose fields are not published.
type Record struct {
	Raw issuing.Secret // the object as JSON; may hold card data
}

// MarshalJSON writes the secret that Raw is: "[redacted]", and "" when it is empty.
func (r Record) MarshalJSON() ([]byte, error) { return r.Raw.MarshalJSON() }

// UnmarshalJSON keeps the object as it came, and reads what MarshalJSON writes of an
// empty one; "[redacted]" is refused.
func (r *Record) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return r.Raw.UnmarshalJSON(data)
	}
	r.Raw = issuing.NewSecret(string(data))
	return nil
}

// Decode reads the object into v as [Reply.Decode] does.
func (r *Record) Decode(v any) error { return decodeRaw(r.Raw, v) }

// parsed is what an answer says.
type parsed struct {
	plain []byte // decrypted, when it has a response code
	reply Reply  // the zero Reply when it has none
	fault error  // what is wrong with one that is neither success nor refusal
}

var errNoCode = errors.New("the answer has no response code of two characters")

// errTwice is the fault of an answer whose member two readers could take differently.
var errTwice = errors.New("the answer gives a member twice")

// parse decrypts and reads an answer, which has to echo a tranId unless that is
// "". A 200 without a response code, or for another tranId, is no success, and no
// refusal either: a code of another form, such as the number 0, may stand for
// "00".
func (c *Client) parse(status int, body []byte, echo string) *parsed {
	got := &parsed{plain: body}
	ok := status == http.StatusOK
	if !ok && status >= 200 && status < 300 {
		got.fault = errors.New("the status is a success other than 200, which is not documented")
		return got
	}
	plain, err := c.cfg.OAuth.open(status, body)
	if err == nil {
		err = codec.Unmarshal(plain, &got.reply)
	}
	if err == nil && wire.Twice(plain) {
		err = errTwice
	}
	if err != nil || !got.reply.ResponseCode.wellFormed() {
		got.reply = Reply{}
		if ok {
			got.fault = cmp.Or(err, errNoCode)
		}
		return got
	}
	got.plain = plain
	switch {
	case !ok && got.reply.ResponseCode == CodeSuccess:
		got.fault = fmt.Errorf("the answer says success with HTTP status %d", status)
	case ok && echo != "" && got.reply.TranID != echo:
		got.fault = errors.New("the answer echoes another tranId than the request's")
	}
	return got
}

// maxSeconds is the length of Unix seconds until the year 2286; what is longer is in
// another unit.
const maxSeconds = 10

// sentAt reads the timestamp of an answer.
func sentAt(text string) time.Time {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds <= 0 || len(text) > maxSeconds {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// replier is a result with the public header.
type replier interface{ reply() *Reply }

// further is a result that reads further shapes of its answer.
type further interface{ further(plain []byte) error }

// counted is a list with the number of its records.
type counted interface {
	counted() (number *int, records int)
}

// readResult decodes an answer, and reports whether it is a counted list. One that
// does not say how many records it has gets their number.
func readResult(plain []byte, out any) (list bool, _ error) {
	if err := codec.Unmarshal(plain, out); err != nil {
		return false, err
	}
	if r, ok := out.(replier); ok {
		r.reply().Raw = issuing.NewSecret(string(plain))
	}
	if f, ok := out.(further); ok {
		if err := f.further(plain); err != nil {
			return false, err
		}
	}
	l, list := out.(counted)
	if list {
		if number, records := l.counted(); *number == 0 {
			*number = records
		}
	}
	return list, nil
}
