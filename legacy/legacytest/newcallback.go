package legacytest

import (
	"fmt"
	"net/http"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
)

// CallbackConfig is what [NewCallback] signs with: the other side of
// [legacy.CallbackConfig].
type CallbackConfig struct {
	// AppKey is the merchant's. It replaces the event's own. Required.
	AppKey string
	// AppSecret is one of the merchant's AppSecrets. Required.
	AppSecret sign.AppSecret
}

// NewCallback makes the callback that tells of an event, signed as the platform does,
// without a platform: for tests of a merchant's own handler. The event is a pointer to
// one of the structs that the Event constants of package legacy name; what it leaves
// unset is left out. These callbacks have no time and no number of their own: the same
// event makes the same request.
//
// The request's path is /callbacks/legacy/ and the type of the event's address, one of
// [legacy.EventTypes]; VIRTUAL-P's four types share theirs and stand in the body. Give
// it to a handler or a mux, with [net/http/httptest.ResponseRecorder]; or set its URL
// and send it; or hand its body to Source.Receive with that type. Its body is read
// once: make a new request for a repeat.
func NewCallback(cfg CallbackConfig, event any) (*http.Request, error) {
	var p check.Problems
	p.ID("AppKey", cfg.AppKey, 0)
	p.Required("AppSecret", !cfg.AppSecret.IsZero())
	typ := eventType(event)
	p.Cause("event", platform.CheckEvent(event, typ != ""))
	if err := p.Err("legacytest", "NewCallback"); err != nil {
		return nil, err
	}
	address, content, err := callbackContent(typ, event)
	var body []byte
	if err == nil {
		plainContent(content)
		body, err = cfg.signed(content)
	}
	if err != nil {
		return nil, fmt.Errorf("legacytest: NewCallback: %w", err)
	}
	return platform.CallbackRequest(callbackPath, address, callbackHeader(), body)
}

// signed returns the body of a callback, with appKey and signature.
func (c CallbackConfig) signed(content map[string]any) ([]byte, error) {
	content["appKey"] = c.AppKey
	fields, err := platform.ReadFields(platform.JSON(content))
	if err != nil {
		return nil, err
	}
	params := make([]sign.Param, 0, len(fields))
	for name := range fields {
		params = append(params, sign.Param{Name: name, Value: signedText(fields, name)})
	}
	signature, err := c.AppSecret.SignParams(params)
	if err != nil {
		return nil, err
	}
	content["sign"] = signature
	return platform.JSON(content), nil
}
