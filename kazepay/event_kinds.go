package kazepay

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// errKinds is the refusal of a callback whose head and content contradict each
// other: somebody may have moved a genuine content under another head.
var errKinds = errors.New("head and content name different kinds")

// errAddress is the refusal of a callback at the address of another kind.
var errAddress = errors.New("the callback's kind is not the address's type")

// notificationKind tells the kind of a callback: by head.apiCode, else by the
// content's type, notifyType or apiCode, else by the fields that are there.
// Names maps KazePay's own names, as far as the merchant has learnt them, to the
// kinds of this package; it may be nil. The kind is "" when nothing fits, and
// when head.apiCode, which the default profile does not sign, names a kind while
// the fields are those of another. signed reports that the content names it itself.
func notificationKind(
	apiCode string, m object, names map[string]string,
) (kind string, signed bool, err error) {
	kind = namedKind(apiCode, names)
	for _, field := range []string{"type", "notifyType", "apiCode"} {
		inner := namedKind(m.text(field), names)
		signed = signed || inner != ""
		switch {
		case kind == "":
			kind = inner
		case inner != "" && inner != kind:
			return "", false, errKinds
		}
	}
	if kind == "" {
		return kindOfFields(m), false, nil
	}
	if !signed && contradicted(kind, m) {
		return "", false, nil
	}
	return kind, signed, nil
}

// contradicted reports whether the fields are those of another kind than the
// named one. A status that is new fits every kind, and a closed card's result
// may have no more than its status.
func contradicted(kind string, m object) bool {
	told := kindOfFields(m)
	if told == "" || told == kind {
		return false
	}
	if kind == EventCardClosed && told == EventCardStateChanged {
		s := CardStatus(m.text("status")).Normal()
		return s != CardStatusClosed && s != CardStatusCloseProcessing
	}
	return !slices.ContainsFunc(shapes, func(s shape) bool { return s.kind == kind && s.matches(m) })
}

// namedKind returns the kind that a name stands for, or "".
func namedKind(name string, names map[string]string) string {
	if own, ok := names[name]; ok && name != "" {
		name = own
	}
	name = strings.ToUpper(strings.TrimSpace(name))
	if slices.Contains(EventTypes(), name) {
		return name
	}
	return ""
}

// object are the members of a payload under KazePay's names.
type object map[string][]byte

// aliases maps upstream's names to KazePay's.
var aliases = map[string]string{
	"userBankcardId": "cardID", "cardId": "cardID",
	"recordNo": "transactionId", "requestOrderId": "transactionId",
	"localCurrency": "cardCurrency", "localCurrencyAmt": "cardCurrencyAmt",
	"occurTime": "transactionTime", "createTime": "createAt",
}

// members reads a payload. A member under KazePay's own name wins over an alias;
// renamed are the merchant's own aliases, which win over upstream's.
func members(plaintext []byte, renamed map[string]string) object {
	m := object{}
	for name, value := range wire.Members(plaintext) {
		own, ok := renamed[name]
		if !ok {
			own, ok = aliases[name]
		}
		if ok {
			if _, there := m[own]; !there {
				m[own] = value
			}
			continue
		}
		m[name] = value
	}
	return m
}

// has reports whether all the named members are there with a value.
func (m object) has(names ...string) bool {
	for _, name := range names {
		switch string(m[name]) {
		case "", "null", `""`:
			return false
		}
	}
	return true
}

// text returns a member that is a string, "" otherwise.
func (m object) text(name string) string {
	text, _ := wire.Unquote(m[name])
	return text
}

// json writes the members as an object again.
func (m object) json() []byte {
	b := []byte{'{'}
	for name, value := range m {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(wire.AppendString(b, name), ':')
		b = append(b, value...)
	}
	return append(b, '}')
}

// shape are the members without which a payload is not of a kind, and the
// statuses that the kind can have.
type shape struct {
	kind   string
	need   []string
	status func(string) bool // nil takes any
}

// matches reports whether a payload without a name is of the kind. It asks for
// the status as well, because a closed card and a top-up share their fields.
func (s shape) matches(m object) bool {
	return m.has(s.need...) && (s.status == nil || s.status(m.text("status")))
}

// shapes are in the order in which payloads without a name are tried.
var shapes = []shape{
	{kind: EventActivationCodeSent, need: []string{"activationCode"}},
	{kind: EventTransactionCreated, need: []string{"transaction"}},
	{kind: EventTransactionCreated, need: []string{"transactionId", "transStatus"}},
	{kind: EventCoinDeposited, need: []string{"coinAmount", "status"}},
	{kind: EventCardClosed, need: []string{"cardID", "refundAmt"}},
	{kind: EventCardDeposited, need: []string{"cardID", "amount", "status"}, status: knownTransaction},
	{kind: EventHolderChallenged, need: []string{"cardID", "code"}},
	{kind: EventCardClosed, need: []string{"cardID", "amount", "status"}, status: closed},
	{kind: EventCardStateChanged, need: []string{"cardID", "status"}, status: knownCard},
	{kind: EventKYCReviewed, need: []string{"email", "status"}, status: knownKYC},
}

// The statuses that kinds can have.
func knownTransaction(s string) bool { return TransactionStatus(s).Known() }
func knownCard(s string) bool        { return CardStatus(s).Known() }
func knownKYC(s string) bool         { return KYCStatus(s).Known() }
func closed(s string) bool           { return CardStatus(s).Normal() == CardStatusClosed }

func kindOfFields(m object) string {
	for _, s := range shapes {
		if s.matches(m) {
			return s.kind
		}
	}
	return ""
}

// fits reports whether a payload has what its kind cannot do without. The fields
// of a closed card are not published, so its id is enough.
func fits(kind string, m object) bool {
	if kind == EventCardClosed {
		return m.has("cardID")
	}
	return slices.ContainsFunc(shapes, func(s shape) bool { return s.kind == kind && m.has(s.need...) })
}

// blank makes an empty event of each kind.
var blank = map[string]func() callbackEvent{
	EventHolderChallenged:   func() callbackEvent { return new(HolderChallenged) },
	EventCardStateChanged:   func() callbackEvent { return new(CardStateChanged) },
	EventTransactionCreated: func() callbackEvent { return new(TransactionCreated) },
	EventCardDeposited:      func() callbackEvent { return new(CardDeposited) },
	EventCardClosed:         func() callbackEvent { return new(CardClosed) },
	EventCoinDeposited:      func() callbackEvent { return new(CoinDeposited) },
	EventActivationCodeSent: func() callbackEvent { return new(ActivationCodeSent) },
	EventKYCReviewed:        func() callbackEvent { return new(KYCReviewed) },
}

// identifying are the members that an event's identity stands on. When one of them
// cannot be read, the whole content identifies the event instead.
var identifying = map[string][]string{
	EventCardStateChanged: {"cardID", "status", "createAt"},
	EventTransactionCreated: {
		"transaction.id", "transaction.transactionId", "transaction.transStatus", "transaction.transType",
	},
	EventCardDeposited: {"transactionId", "status", "cardID", "amount", "createAt"},
	EventCardClosed:    {"cardID", "status"},
	EventCoinDeposited: {"orderNo", "status"},
}

// decodeNotification decodes the verified JSON of a callback. A kind that is not known
// gives nil and no error.
func decodeNotification(
	kind string, m object, codec wire.Codec, renamed map[string]string,
) (callbackEvent, error) {
	empty, known := blank[kind]
	if !known {
		return nil, nil
	}
	switch kind {
	case EventTransactionCreated:
		m = transactionOf(m, renamed)
	case EventCardClosed:
		m.alias("amount", "refundAmt")
		m.alias("transactionId", "txnId")
	}
	event := empty()
	if err := codec.Unmarshal(m.json(), event); err != nil {
		return nil, err
	}
	return event, nil
}

// alias lets one member stand in for another that is missing.
func (m object) alias(name, own string) {
	if _, there := m[own]; !there && m[name] != nil {
		m[own] = m[name]
	}
}

// transactionOf gives the transaction KazePay's names. Upstream nests it; flat
// fields are taken as well.
func transactionOf(m object, renamed map[string]string) object {
	inner := m["transaction"]
	if text, ok := wire.Unquote(inner); ok {
		inner = []byte(text)
	}
	inner = bytes.TrimSpace(inner)
	if len(inner) == 0 || string(inner) == "null" {
		inner = m.json()
	}
	if inner[0] == '{' { // anything else is no transaction, and stays what it is
		m["transaction"] = members(inner, renamed).json()
	}
	return m
}
