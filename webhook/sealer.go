package webhook

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Sealer takes events through a queue, a database or a log: [Sealer.Seal] makes a
// text of one that shows its provider and type alone, and [Sealer.Open] makes the
// same event of it again, in any process that has a source of that provider. It is
// safe for concurrent use.
//
// Plain JSON is no way for an event: its secrets are redacted there, and reading it
// back is an error.
type Sealer struct{ keys []sign.AESKey }

// NewSealer returns a Sealer. The first key seals, all of them open, for a change of
// key. They are the merchant's own, 256 bits of a secret store, and no platform's; one
// key seals up to 2^32 events.
func NewSealer(keys ...sign.AESKey) (*Sealer, error) {
	if len(keys) == 0 || slices.ContainsFunc(keys, sign.AESKey.IsZero) {
		return nil, fmt.Errorf("webhook: NewSealer: %w: a key is missing", sign.ErrKey)
	}
	return &Sealer{slices.Clone(keys)}, nil
}

// Decoder is implemented by schemes whose events can be sealed. Decode reads
// Event.Data from Type and Raw, which Open has set, and notes the same problems. It is
// called for known types alone.
type Decoder interface {
	Decode(event *Event) error
}

// Why an event does not travel.
var (
	// ErrSealed: a text is no sealed event, was altered, or was sealed with another
	// key.
	ErrSealed = errors.New("webhook: not a sealed event of this key")
	// ErrNoSource: none of the sources given is of the event's provider, or can read
	// its events.
	ErrNoSource = errors.New("webhook: no source that reads the sealed event")
	// errJSON is what reading an event's JSON says.
	errJSON = errors.New("webhook: the JSON of an event is redacted and is no event; use a Sealer")
)

// Versions that begin a sealed event: AES-256-GCM, bound to all that is readable. The
// second one names the credential as well.
const (
	sealedVersion   = "ev1"
	sealedWithOwner = "ev2"
)

// Seal returns event as a text of letters, digits, ".", "-" and "_":
// "ev1.<provider>.<type in Base64>.<the rest, sealed>", with "ev2" for an event of a
// credential that was looked up. Its length is about a third
// more than Event.Raw's. What the function wrote into Data does not travel, and a
// question has to be answered where it arrived.
func (s *Sealer) Seal(event *Event) (string, error) {
	switch {
	case s == nil || len(s.keys) == 0:
		return "", fmt.Errorf("webhook: Seal: %w: a key is missing", sign.ErrKey)
	case event == nil || event.Provider == "":
		return "", errors.New("webhook: Seal: the event is of no source")
	case event.Question:
		return "", errors.New("webhook: Seal: a question is answered where it arrived")
	}
	at, err := event.Time.MarshalBinary()
	if err != nil {
		return "", fmt.Errorf("webhook: Seal: the event's time: %w", err)
	}
	_, unknown := event.Data.(*Unknown)
	plain := make([]byte, 0, event.Raw.Len()+len(event.ID)+len(event.Credential)+len(at)+4*binary.MaxVarintLen32)
	plain = appendPart(plain, map[bool]string{true: "?"}[unknown])
	plain = appendPart(plain, event.ID)
	plain = appendPart(plain, string(at))
	version := sealedVersion
	if event.Credential != "" {
		version, plain = sealedWithOwner, appendPart(plain, event.Credential)
	}
	plain = append(plain, event.Raw.Reveal()...)
	head := version + "." + event.Provider + "." + base64.RawURLEncoding.EncodeToString([]byte(event.Type))
	box, err := s.keys[0].SealBound(plain, []byte(head))
	if err != nil {
		return "", fmt.Errorf("webhook: Seal: %w", err)
	}
	return head + "." + base64.RawURLEncoding.EncodeToString(box), nil
}

// Open returns the event of a sealed text, as its provider's source read it: typed,
// with its secrets, under the same id. Of several sources it takes the first of that
// provider that can. The causes are [ErrSealed], [ErrNoSource] and [ErrPayload].
//
// A source that looks credentials up asks for Event.Credential where the content holds
// what only its keys open: keep such a key in the credential until the queue is empty.
// issuing.ErrUnavailable says that the look-up failed.
func (s *Sealer) Open(sealed string, sources ...*Source) (*Event, error) {
	event, unknown, err := s.open(sealed)
	if err != nil {
		return nil, err
	}
	if unknown {
		event.Data = &Unknown{Type: event.Type, Raw: event.Raw}
		return event, nil
	}
	err = fmt.Errorf("%w: of %s", ErrNoSource, event.Provider)
	for _, source := range sources {
		if source == nil || source.provider != event.Provider {
			continue
		}
		decoder, ok := source.scheme.(Decoder)
		if !ok {
			continue
		}
		opened := *event
		decodeErr := decoder.Decode(&opened)
		switch {
		case decodeErr == nil && opened.Data != nil:
			return &opened, nil
		case errors.Is(decodeErr, issuing.ErrUnavailable): // of a credential that cannot be had now
			err = fmt.Errorf("webhook: sealed %q: %w", event.Type, decodeErr)
			continue
		}
		err = fmt.Errorf("%w: sealed %q", errors.Join(ErrPayload, decodeErr), event.Type)
	}
	return nil, err
}

// open returns what was sealed, without its data.
func (s *Sealer) open(sealed string) (event *Event, unknown bool, err error) {
	last := strings.LastIndexByte(sealed, '.')
	if last < 0 || s == nil {
		return nil, false, ErrSealed
	}
	head, rest := sealed[:last], sealed[last+1:]
	version, name, _ := strings.Cut(head, ".")
	dot := strings.LastIndexByte(name, '.')
	if version != sealedVersion && version != sealedWithOwner || dot < 0 {
		return nil, false, ErrSealed
	}
	typ, err := base64.RawURLEncoding.Strict().DecodeString(name[dot+1:])
	box, boxErr := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || boxErr != nil {
		return nil, false, ErrSealed
	}
	for _, key := range s.keys {
		plain, err := key.OpenBound(box, []byte(head))
		if err != nil {
			continue
		}
		return readEvent(&Event{Provider: name[:dot], Type: string(typ)}, plain, version)
	}
	return nil, false, ErrSealed
}

// readEvent reads what Seal wrote.
func readEvent(event *Event, plain []byte, version string) (_ *Event, unknown bool, err error) {
	var parts [4]string
	for i := range parts {
		if i == 3 && version == sealedVersion {
			break
		}
		size, n := binary.Uvarint(plain)
		if n <= 0 || size > uint64(len(plain)-n) {
			return nil, false, ErrSealed
		}
		end := n + int(size)
		parts[i], plain = string(plain[n:end]), plain[end:]
	}
	event.ID, event.Credential = parts[1], parts[3]
	if err := event.Time.UnmarshalBinary([]byte(parts[2])); err != nil {
		return nil, false, ErrSealed
	}
	event.Raw = issuing.NewSecret(string(plain))
	return event, parts[0] != "", nil
}

func appendPart(b []byte, part string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(part))), part...)
}

// UnmarshalJSON refuses: what [encoding/json] writes of an event is redacted.
func (*Event) UnmarshalJSON([]byte) error { return errJSON }
