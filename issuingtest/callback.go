package issuingtest

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// CallbackFault changes how a platform delivers callbacks, for
// [Platform.SetCallbackFault]. The zero CallbackFault delivers each once, in
// order and unchanged.
type CallbackFault struct {
	// Duplicate sends every callback twice, as platforms do whose record of a
	// delivery was lost.
	Duplicate bool
	// Hold keeps callbacks back until [Platform.ReleaseCallbacks], which sends
	// them in reverse order.
	Hold bool
	// Forge, when set, changes every delivery on its way: it gets a copy of header
	// and body and returns what is sent instead. It runs on the platform's clock,
	// with no lock of the platform's held.
	Forge func(header http.Header, body []byte) (http.Header, []byte)
}

// Delivery is one attempt to deliver a callback, for [Platform.Deliveries]. It
// prints, logs and encodes to JSON without its header, body and answer, which can
// hold credentials and card data.
type Delivery struct {
	ID       uint64      // of the callback, from 1; its attempts have the same
	Type     string      // the provider's type of the callback
	Card     string      // id of the card that it is about, as in [State]; empty for none or several
	URL      string      // where to
	Attempt  int         // from 1
	At       time.Time   // on the platform's clock
	Header   http.Header // as sent
	Body     []byte      // as sent
	Status   int         // of the merchant's answer, 0 when there was none
	Answer   string      // the first 4 kB of it
	Accepted bool        // whether the answer acknowledged the callback
}

// String tells of the delivery: type, attempt, time, status, accepted.
func (d Delivery) String() string {
	return fmt.Sprintf("%s attempt %d at %s: status %d, accepted %t",
		d.Type, d.Attempt, d.At.UTC().Format(time.RFC3339), d.Status, d.Accepted)
}

// Format prints what String returns for every verb.
func (d Delivery) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue logs what String returns.
func (d Delivery) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText encodes what String returns.
func (d Delivery) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
