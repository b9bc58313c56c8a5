package coshine

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Lengths of the public header. The documented maximum of tranBranch is 6, the
// published sample has 9 and a file page says 32: what Coshine assigned is sent,
// up to the longest of them.
const (
	maxParticipant = 15
	maxBranch      = 32
	maxTranCode    = 6
	maxTranID      = 32
	maxTeller      = 32
	maxTerminal    = 15
)

// Header is the public header of a request. The client fills it from its
// [Config], the clock and a fresh tranId; [WithHeader] overrides single fields.
type Header struct {
	ParticipantID string    // assigned by Coshine, at most 15 characters
	TranBranch    string    // assigned by Coshine, documented with at most 6 characters
	Channel       Channel   // tranChnl, exactly 2 characters
	TranCode      string    // internal operation code, at most 6 characters; not sent when empty
	Time          time.Time // tranDate and tranTime, written in Config.Zone
	TranID        string    // globally unique serial number, at most 32 letters and digits
	TellerNo      string    // operator, at most 32 characters; not sent when empty
	TerminalNo    string    // terminal, at most 15 characters; not sent when empty
}

// headerNames are the JSON names of the public header, of requests and
// responses. No Extra field may use one.
var headerNames = map[string]bool{
	"participantId": true, "tranBranch": true, "tranChnl": true, "tranCode": true, "tranDate": true,
	"tranTime": true, "tranId": true, "tellerNo": true, "terminalNo": true,
	"responseCode": true, "responseDesc": true,
}

// WithHeader overrides fields of the public header for one call; fields that are
// zero keep the client's values. A TranID makes the transaction findable before
// it is sent: store it first. A caller's TranID is kept for every attempt.
// issuing.WithIdempotencyKey sets it as well, but it makes nothing idempotent:
// Coshine does not publish that it recognises a repeated one.
func WithHeader(h Header) issuing.CallOption {
	return func(s *issuing.CallSettings) {
		if s.Header == nil {
			s.Header = map[string]string{}
		}
		for name, value := range map[string]string{
			"participantId": h.ParticipantID, "tranBranch": h.TranBranch, "tranChnl": string(h.Channel),
			"tranCode": h.TranCode, "tranId": h.TranID, "tellerNo": h.TellerNo, "terminalNo": h.TerminalNo,
		} {
			if value != "" {
				s.Header[name] = value
			}
		}
		if !h.Time.IsZero() {
			s.Header["tranTime"] = h.Time.Format(time.RFC3339Nano)
		}
	}
}

// header makes the public header of a call. The TranID stays empty unless the
// caller gave one; every attempt then draws its own.
func (c *Client) header(cs issuing.CallSettings) Header {
	get := func(name, otherwise string) string {
		if v := cs.Header[name]; v != "" {
			return v
		}
		return otherwise
	}
	h := Header{
		ParticipantID: get("participantId", c.cfg.ParticipantID),
		TranBranch:    get("tranBranch", c.cfg.TranBranch),
		Channel:       Channel(get("tranChnl", string(c.cfg.Channel))),
		TranCode:      cs.Header["tranCode"],
		TranID:        get("tranId", cs.IdempotencyKey),
		TellerNo:      cs.Header["tellerNo"],
		TerminalNo:    cs.Header["terminalNo"],
	}
	if at, err := time.Parse(time.RFC3339Nano, cs.Header["tranTime"]); err == nil {
		h.Time = at
	}
	return h
}

func (h Header) check(p *check.Problems) {
	p.Text("participantId", h.ParticipantID, maxParticipant)
	p.Text("tranBranch", h.TranBranch, maxBranch)
	if len(h.Channel) != 2 {
		p.Add("tranChnl", "needs exactly 2 characters")
	}
	p.OptionalText("tranCode", h.TranCode, maxTranCode)
	p.OptionalText("tellerNo", h.TellerNo, maxTeller)
	p.OptionalText("terminalNo", h.TerminalNo, maxTerminal)
	p.OptionalText("tranId", h.TranID, maxTranID)
	if strings.ContainsFunc(h.TranID, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		p.Add("tranId", "needs letters and digits only")
	}
}

// append writes the header's members without braces.
func (h Header) append(b []byte, zone *time.Location) []byte {
	at := h.Time.In(zone)
	for _, m := range []struct {
		name, value string
		optional    bool
	}{
		{"participantId", h.ParticipantID, false}, {"tranBranch", h.TranBranch, false},
		{"tranChnl", string(h.Channel), false}, {"tranCode", h.TranCode, true},
		{"tranDate", at.Format("20060102"), false}, {"tranTime", at.Format("150405"), false},
		{"tranId", h.TranID, false}, {"tellerNo", h.TellerNo, true}, {"terminalNo", h.TerminalNo, true},
	} {
		if m.optional && m.value == "" {
			continue
		}
		if len(b) > 0 && b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(wire.AppendString(b, m.name), ':')
		b = wire.AppendString(b, m.value)
	}
	return b
}

// NewTranID returns a fresh transaction serial number of 32 letters and digits:
// the time in UTC and 72 random bits. Use it to store the number before a call
// that moves money, and pass it with [WithHeader].
func NewTranID(now time.Time) string {
	var random [9]byte
	_, _ = rand.Read(random[:])
	return now.UTC().Format("20060102150405") + strings.ToUpper(hex.EncodeToString(random[:]))
}

// Reply is the public header of an answer. Every result embeds it.
type Reply struct {
	ParticipantID string  `json:"participantId"`         // echo of the request
	TranBranch    string  `json:"tranBranch"`            // echo of the request
	Channel       Channel `json:"tranChnl"`              // echo of the request
	TranCode      string  `json:"tranCode,omitzero"`     // echo of the request; may be absent
	TranDate      string  `json:"tranDate"`              // echo, YYYYMMDD in Config.Zone; see At
	TranTime      string  `json:"tranTime"`              // echo, HHMISS in Config.Zone; see At
	TranID        string  `json:"tranId"`                // echo, checked by the client
	TellerNo      string  `json:"tellerNo,omitzero"`     // echo; may be absent
	TerminalNo    string  `json:"terminalNo,omitzero"`   // echo; may be absent
	ResponseCode  Code    `json:"responseCode"`          // "00" in every result
	ResponseDesc  string  `json:"responseDesc,omitzero"` // text, at most 120 characters

	// Raw is the whole answer as JSON, decrypted. It may hold card data. Read
	// unpublished fields with Decode.
	Raw issuing.Secret `json:"-"`
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
		return &issuing.Error{Provider: provider, Op: "Decode", Kind: issuing.ErrBadResponse, Err: err}
	}
	return nil
}

// Record is one object of a list whose fields are not published.
type Record struct {
	Raw issuing.Secret `json:"-"` // the object as JSON; may hold card data
}

// UnmarshalJSON keeps the object as it came.
func (r *Record) UnmarshalJSON(data []byte) error {
	r.Raw = issuing.NewSecret(string(data))
	return nil
}

// Decode reads the object into v as [Reply.Decode] does.
func (r *Record) Decode(v any) error { return decodeRaw(r.Raw, v) }
