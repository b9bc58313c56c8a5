package webhook

import (
	"bytes"
	"container/list"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// unionPayReply is an answer before it is signed.
type unionPayReply struct {
	msgInfo []byte // as it came
	trxInfo []byte
	code    unionpay.Code
}

// unionPayMessage is an authenticated message.
type unionPayMessage struct {
	msgInfo, trxInfo []byte
	info             unionpay.MsgInfo
	raw              []byte
}

// reply handles an authenticated message.
func (h *UnionPayHandler) reply(ctx context.Context, body []byte) unionPayReply {
	m, err := h.parse(body)
	if err != nil {
		h.report(ctx, Report{Type: string(m.info.MsgType), Outcome: OutcomeRefused, Err: fmt.Errorf("%w: %w", ErrPayload, err)})
		return unionPayReply{msgInfo: m.msgInfo, code: unionpay.CodeFormat}
	}
	report := Report{Type: string(m.info.MsgType), ID: m.info.DedupeKey()}
	code, trxInfo, outcome, err := h.dispatch(ctx, m)
	report.Outcome, report.Err = outcome, err
	h.report(ctx, report)
	return unionPayReply{msgInfo: m.msgInfo, trxInfo: trxInfo, code: code}
}

// parse opens and splits a message.
func (h *UnionPayHandler) parse(body []byte) (unionPayMessage, error) {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) > 0 && trimmed[0] != '{' && bytes.Count(trimmed, []byte(".")) == 4 {
		plaintext, err := h.cfg.JWE.Decrypt(h.cfg.DecryptKeys, string(trimmed))
		if err != nil {
			return unionPayMessage{}, err
		}
		body = plaintext
	}
	m := unionPayMessage{raw: body}
	for name, value := range wire.Members(body) {
		switch name {
		case "msgInfo":
			m.msgInfo = value
		case "trxInfo":
			m.trxInfo = value
		}
	}
	if m.msgInfo == nil {
		return m, errors.New("no msgInfo")
	}
	var err error
	m.info, err = unionpay.ParseMsgInfo(m.msgInfo, h.cfg.Zone)
	return m, err
}

// dispatch claims a message and runs the function for it once.
func (h *UnionPayHandler) dispatch(ctx context.Context, m unionPayMessage) (unionpay.Code, []byte, Outcome, error) {
	event, code, err := h.event(m)
	if code != "" {
		return code, nil, OutcomeRefused, err
	}
	if stored, ok := h.stored.get(event.ID); ok {
		return stored.code, stored.trxInfo, OutcomeDuplicate, nil
	}
	c := claims{deduper: h.cfg.Deduper, prefix: "unionpay/"}
	defer c.release(context.WithoutCancel(ctx))
	outcome, err := c.claim(ctx, "message/"+event.ID)
	switch outcome {
	case OutcomeDuplicate:
		// Another process handled it, or its answer was forgotten. A question is
		// asked again, a notification acknowledged.
		if _, question := event.Data.(*unionpay.UserIDRequested); !question {
			return unionpay.CodeApproved, nil, OutcomeDuplicate, nil
		}
	case OutcomeBusy, OutcomeFailed:
		return unionpay.CodeSystemFault, nil, outcome, err
	}
	if changed, ok := event.Data.(*unionpay.TokenStateChanged); !ok || !h.stale(changed, m.info.TimeStamp) {
		if err := h.fn(ctx, event); err != nil {
			return unionpay.CodeSystemFault, nil, OutcomeFailed, err
		}
	}
	// The function has acted: from here on it must not run again for this
	// message, so the client's going away no longer matters.
	code, trxInfo := businessAnswer(event)
	h.stored.put(event.ID, unionPayReply{trxInfo: trxInfo, code: code})
	if changed, ok := event.Data.(*unionpay.TokenStateChanged); ok {
		h.noted(changed, m.info.TimeStamp)
	}
	if err := c.done(context.WithoutCancel(ctx)); err != nil {
		return unionpay.CodeSystemFault, nil, OutcomeFailed, err
	}
	return code, trxInfo, OutcomeHandled, nil
}

// event decodes a message; code is set when it must be refused.
func (h *UnionPayHandler) event(m unionPayMessage) (*Event, unionpay.Code, error) {
	open := unionpay.Opener{Profile: h.cfg.Profile, JWE: h.cfg.JWE, Keys: h.cfg.DecryptKeys}
	data, err := unionpay.DecodeNotification(m.info.MsgType, m.trxInfo, open, h.cfg.Zone)
	if err != nil {
		return nil, unionpay.CodeFormat, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	event := &Event{
		Provider: "unionpay", Type: string(m.info.MsgType), ID: m.info.DedupeKey(), Time: m.info.TimeStamp,
		Raw: issuing.NewSecret(string(m.raw)),
	}
	switch {
	case data != nil:
		event.Data = data
	case slices.Contains(h.cfg.Accept, m.info.MsgType):
		event.Data = &Unknown{Type: event.Type, Raw: event.Raw}
	default:
		return nil, unionpay.CodeInvalidTransaction, fmt.Errorf("%w: unknown message type", ErrPayload)
	}
	return event, "", nil
}

// maxUserID bounds the user id in an answer, ANS 1-64.
const maxUserID = 64

// businessAnswer encodes the function's answer.
func businessAnswer(event *Event) (unionpay.Code, []byte) {
	n, ok := event.Data.(unionpay.Notification)
	if !ok {
		return unionpay.CodeApproved, nil
	}
	if asked, ok := n.(*unionpay.UserIDRequested); ok && (asked.AppUserID == "" || len(asked.AppUserID) > maxUserID) {
		return unionpay.CodeRecordNotFound, nil
	}
	trxInfo, err := (wire.Codec{}).Marshal(n.Answer())
	if err != nil {
		return unionpay.CodeSystemFault, nil
	}
	return unionpay.CodeApproved, trxInfo
}

// sealed writes and signs an answer.
func (h *UnionPayHandler) sealed(r unionPayReply, appID, uuid string) UnionPayAnswer {
	cfg, answer := h.cfg, UnionPayAnswer{Status: http.StatusOK, Header: jsonHeader()}
	b := []byte("{")
	if json.Valid(r.msgInfo) {
		b = append(append(append(b, `"msgInfo":`...), r.msgInfo...), ',')
	}
	if r.trxInfo == nil {
		r.trxInfo = []byte("{}")
	}
	b = append(append(append(b, `"trxInfo":`...), r.trxInfo...), `,"msgResponse":{"responseCode":`...)
	message := "Approved"
	if r.code != unionpay.CodeApproved {
		message = strings.ToUpper(r.code.Meaning()[:1]) + r.code.Meaning()[1:]
	}
	b = append(wire.AppendString(b, string(r.code)), `,"responseMsg":`...)
	b = append(wire.AppendString(b, message), '}')
	var err error
	if cfg.Profile == unionpay.ProfileU {
		b = append(wire.AppendString(append(b, `,"certificateSignature":{"appSignCertID":`...), cfg.SignKeyID), `,"signature":"`+sign.UMPSPlaceholder+`"}}`...)
		answer.Body, err = sign.UMPS{DigestInfo: cfg.UMPSDigestInfo}.Sign(cfg.SignKey, b)
	} else {
		answer.Body = append(b, '}')
		var jws string
		jws, err = sign.SignUPI(cfg.SignKey, sign.UPIHeader{
			KeyID: cfg.SignKeyID, UUID: uuid, Time: cfg.Now(), AppID: appID, Mode: cfg.PayloadMode,
		}, answer.Body)
		answer.Header["UPI-JWS"] = []string{jws}
	}
	if err != nil {
		// An unsigned answer says nothing, so UPI will send again.
		return UnionPayAnswer{Status: http.StatusServiceUnavailable}
	}
	return answer
}

// tokenOrder is the latest notification of a token.
type tokenOrder struct {
	at      time.Time
	deleted bool
}

// stale reports a notification that a later one has overtaken. Times have whole
// seconds, so an equal one is not older.
func (h *UnionPayHandler) stale(n *unionpay.TokenStateChanged, at time.Time) bool {
	last, ok := h.order.get(h.tokenKey(n))
	if !ok {
		return false
	}
	return (last.deleted && !n.State.Terminal()) || (!at.IsZero() && at.Before(last.at))
}

// tokenKey names a token without keeping it: a plain hash of so few digits could
// be undone, so it is keyed with bytes of this process.
func (h *UnionPayHandler) tokenKey(n *unionpay.TokenStateChanged) [sha256.Size]byte {
	mac := hmac.New(sha256.New, h.secret[:])
	mac.Write([]byte(n.Token.Reveal()))
	return [sha256.Size]byte(mac.Sum(nil))
}

func (h *UnionPayHandler) noted(n *unionpay.TokenStateChanged, at time.Time) {
	key := h.tokenKey(n)
	last, _ := h.order.get(key)
	if at.After(last.at) {
		last.at = at
	}
	last.deleted = last.deleted || n.State.Terminal()
	h.order.put(key, last)
}

// recent is a map that forgets the entry that was written first when it is full.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	limit int
	byKey map[K]*list.Element
	order *list.List
}

type recentEntry[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, byKey: map[K]*list.Element{}, order: list.New()}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.byKey[key]; ok {
		return e.Value.(recentEntry[K, V]).value, true
	}
	var zero V
	return zero, false
}

func (r *recent[K, V]) put(key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.byKey[key]; ok {
		r.order.Remove(e)
	}
	r.byKey[key] = r.order.PushBack(recentEntry[K, V]{key, value})
	for r.order.Len() > r.limit {
		front := r.order.Front()
		delete(r.byKey, front.Value.(recentEntry[K, V]).key)
		r.order.Remove(front)
	}
}
