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
	return issuing.CallOptionFunc(func(s *issuing.CallSettings) {
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
	})
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

// tranCode is the configured code of an interface, under any of its names.
func (c Config) tranCode(api API) string {
	for name, code := range c.TranCodes {
		if own, _ := canonical(name); own == api {
			return code
		}
	}
	return ""
}

// facts tells a record on whose behalf the call was sent. [onBehalf] is its other half.
func (h Header) facts(f *facts) {
	f.Detail("participantId", h.ParticipantID)
	f.Detail("tranBranch", h.TranBranch)
	f.Detail("tranChnl", string(h.Channel))
}

// onBehalf has a look-up ask on behalf of whom the write was sent.
func onBehalf(w sought) issuing.CallOption {
	return WithHeader(Header{
		ParticipantID: w.Details["participantId"], TranBranch: w.Details["tranBranch"],
		Channel: Channel(w.Details["tranChnl"]),
	})
}

func (h Header) validate(p *check.Problems) {
	p.Text("participantId", h.ParticipantID, maxParticipant)
	p.Text("tranBranch", h.TranBranch, maxBranch)
	if len(h.Channel) != 2 {
		p.Add("tranChnl", "needs exactly 2 characters")
	} else {
		checkListed(p, "tranChnl", h.Channel, 2)
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

// append writes the header's members without braces. Of a valid header those
// that are empty are optional.
func (h Header) append(b []byte, zone *time.Location) []byte {
	at := h.Time.In(zone)
	for _, m := range []struct{ name, value string }{
		{"participantId", h.ParticipantID}, {"tranBranch", h.TranBranch}, {"tranChnl", string(h.Channel)},
		{"tranCode", h.TranCode}, {"tranDate", at.Format("20060102")}, {"tranTime", at.Format("150405")},
		{"tranId", h.TranID}, {"tellerNo", h.TellerNo}, {"terminalNo", h.TerminalNo},
	} {
		if m.value == "" {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(wire.AppendString(b, m.name), ':')
		b = wire.AppendString(b, m.value)
	}
	return b
}

// with returns the JSON body of a request: public header and members at one
// level.
func (h Header) with(members []byte, zone *time.Location) []byte {
	b := make([]byte, 0, 320+len(members))
	b = h.append(append(b, '{'), zone)
	if len(members) > 0 {
		b = append(append(b, ','), members...)
	}
	return append(b, '}')
}

// NewTranID returns a fresh transaction serial number of 32 letters and digits:
// the time in UTC and 72 random bits. Use it to store the number before a call
// that moves money, and pass it with [WithHeader].
func NewTranID(now time.Time) string {
	var random [9]byte
	_, _ = rand.Read(random[:])
	return now.UTC().Format("20060102150405") + strings.ToUpper(hex.EncodeToString(random[:]))
}
