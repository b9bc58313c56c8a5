package unionpaytest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// CallbackConfig is what [NewCallback] signs with: the other side of
// [unionpay.CallbackConfig].
type CallbackConfig struct {
	// Profile is the security profile of the endpoint.
	Profile unionpay.Profile
	// Key is UnionPay's own: its Public is one of the token requestor's UPISignKeys.
	// Required.
	Key sign.PrivateKey
	// KeyID is its kid there. Required.
	KeyID string
	// AppID is one of the token requestor's AppIDs; empty is DefaultAppID.
	AppID string
	// Path is what profile G signs as the path, and the request's own; empty is
	// /callbacks/unionpay.
	Path string
	// UUID names the delivery, 32 hexadecimal digits; empty is a fresh one, as in every
	// attempt of UnionPay's. The same one twice is a delivery that was copied.
	UUID string
	// MsgID names the message, 17 to 49 letters and digits; empty is a fresh one. The
	// same one again is another attempt.
	MsgID string
	// EncryptFields are the members of trxInfo that are encrypted, such as "token", for
	// EncryptKey: the public half of one of the token requestor's DecryptKeys.
	EncryptFields []string
	EncryptKey    sign.PublicKey
	EncryptKeyID  string // its kid there, in profile G
	// PayloadMode, JWE and UMPSDigestInfo are as the token requestor has them.
	PayloadMode    sign.UPIMode
	JWE            jose.UPIJWE
	UMPSDigestInfo bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (c CallbackConfig) validate(p *check.Problems) {
	if c.Profile != unionpay.ProfileG && c.Profile != unionpay.ProfileU {
		p.Add("Profile", "is unknown")
	}
	p.Required("Key", !c.Key.IsZero())
	p.ID("KeyID", c.KeyID, 0)
	p.OptionalID("AppID", c.AppID, 0)
	if c.Path != "" && !strings.HasPrefix(c.Path, "/") {
		p.Add("Path", "does not begin with /")
	}
	p.OptionalID("UUID", c.UUID, 0)
	p.OptionalID("MsgID", c.MsgID, 0)
	p.Required("EncryptKey", len(c.EncryptFields) == 0 || !c.EncryptKey.IsZero())
}

// NewCallback makes the message that tells a token requestor of an event, signed as
// UnionPay does, without a gateway: for tests of one's own handler. The event is a
// pointer to one of the structs that the Event constants of package unionpay name; what
// it leaves unset is left out, and the members of its Extra are sent as they stand.
//
// Give the request to a handler or a mux, with [net/http/httptest.ResponseRecorder]; or
// set its URL, whose path has to remain in profile G, and send it; or hand its Header
// and body to Source.Receive with its URL. Its body is read once: make a new request
// for a repeat.
func NewCallback(cfg CallbackConfig, event any) (*http.Request, error) {
	var p check.Problems
	cfg.validate(&p)
	message := messageType(event)
	p.Cause("event", platform.CheckEvent(event, message != ""))
	if err := p.Err("unionpaytest", "NewCallback"); err != nil {
		return nil, err
	}
	cfg.AppID, cfg.Path = cmp.Or(cfg.AppID, DefaultAppID), cmp.Or(cfg.Path, samplePath)
	header, body, err := cfg.signed(message, event)
	if err != nil {
		return nil, fmt.Errorf("unionpaytest: NewCallback: %w", err)
	}
	return platform.CallbackRequest(cfg.Path, "", header, body)
}

// signed returns a message with its headers.
func (c CallbackConfig) signed(message unionpay.MessageType, event any) (http.Header, []byte, error) {
	trxInfo, err := c.business(event)
	if err != nil {
		return nil, nil, err
	}
	now := platform.Now(c.Now)
	msgID := cmp.Or(c.MsgID, newMsgID(c.AppID, stamp(now), rand.Uint64N(1_000_000)))
	top := object{"msgInfo": msgInfo(message, msgID, stamp(now), c.AppID), "trxInfo": trxInfo}
	header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	if c.Profile == unionpay.ProfileU {
		top["certificateSignature"] = object{"umpsSignCertID": c.KeyID, "signature": sign.UMPSPlaceholder}
		body, err := sign.UMPS{DigestInfo: c.UMPSDigestInfo}.Sign(c.Key, platform.JSON(top))
		return header, body, err
	}
	body := platform.JSON(top)
	jws, err := sign.SignUPI(c.Key, sign.UPIHeader{
		KeyID: c.KeyID, UUID: cmp.Or(c.UUID, hexUUID()), Time: now, AppID: c.AppID, Path: c.Path, Mode: c.PayloadMode,
	}, body)
	header.Set("UPI-JWS", jws)
	return header, body, err
}

// business returns the business fields of an event, some of them encrypted.
func (c CallbackConfig) business(event any) (platform.Fields, error) {
	trxInfo, err := platform.EventFields(samples.Marshal, event)
	if err != nil {
		return nil, err
	}
	extra, _ := reflect.ValueOf(event).Elem().FieldByName("Extra").Interface().(unionpay.Extra)
	for name := range extra {
		if _, set := trxInfo[name]; set {
			continue
		}
		if _, err := platform.ReadFields([]byte(`{"member":` + string(extra.Member(name)) + "}")); err != nil {
			return nil, errors.New("a member of Extra is not JSON")
		}
		trxInfo[name] = extra.Member(name)
	}
	for name, value := range trxInfo {
		if !slices.Contains(c.EncryptFields, name) {
			continue
		}
		if trxInfo[name], err = c.encrypted(trxInfo, name, value); err != nil {
			return nil, err
		}
	}
	return trxInfo, nil
}

// encrypted returns a member's value encrypted: the text of a string, or JSON.
func (c CallbackConfig) encrypted(trxInfo platform.Fields, name string, value []byte) ([]byte, error) {
	if value[0] == '"' {
		value = []byte(trxInfo.Text(name))
	}
	var sealed string
	var err error
	if c.Profile == unionpay.ProfileU {
		sealed, err = sign.EncryptUMPS(c.EncryptKey, value)
	} else {
		sealed, err = c.JWE.Encrypt(c.EncryptKey, c.EncryptKeyID, value)
	}
	return platform.JSON(sealed), err
}

// messageType returns the type of an event's message, "" for anything else.
func messageType(event any) unionpay.MessageType {
	switch event.(type) {
	case *unionpay.TokenStateChanged:
		return unionpay.EventTokenStateChanged
	case *unionpay.TransactionReported:
		return unionpay.EventTransactionReported
	case *unionpay.UserIDRequested:
		return unionpay.EventUserIDRequested
	}
	return ""
}
