package legacytest

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// callbackPath is where samples go; the type of the event follows it.
const callbackPath = "/callbacks/legacy"

// samples writes events as callbacks have them, secrets in clear.
var samples = wire.Codec{Zone: zone, TimeLayout: orderTime}

// SignCallback is a callback as the platform sends it: a sample for a test of one's
// own handler. The event is a pointer to one of the structs that the Event constants
// of package legacy name; the request's path ends in its address's type, one of
// [legacy.EventTypes], and what the event leaves unset is left out. Anything else that
// encodes to a JSON object is the content of a callback as it stands, and the path
// names no type. appKey and sign are added to both.
func (s *Server) SignCallback(event any) *http.Request {
	path, content := callbackPath, event
	var err error
	if typ := eventType(event); typ != "" {
		path, content, err = s.sample(typ, event)
	}
	var body []byte
	if err == nil {
		body, err = s.signed(content)
	}
	return platform.SampleRequest(path, http.Header{"Content-Type": {"application/json"}}, body, err)
}

// sample returns the path and the content of the callback that tells of an event.
func (s *Server) sample(typ string, event any) (path string, content map[string]any, err error) {
	if content, err = set(event); err != nil {
		return callbackPath, nil, err
	}
	switch typ {
	case legacy.EventVirtualPBilled, legacy.EventVirtualPClosed, legacy.EventVirtualPChallenged,
		legacy.EventVirtualPForwarded:
		content = map[string]any{"type": typ, "data": string(platform.JSON(content))}
		return callbackPath + "/" + legacy.EventVirtualP, content, nil
	case legacy.EventOOBRequested:
		content = map[string]any{"data": json.RawMessage(platform.JSON(content))}
	}
	s.plain(content)
	return callbackPath + "/" + typ, content, nil
}

// eventType returns the type of an event, "" for anything else.
func eventType(event any) string {
	switch event.(type) {
	case *legacy.CardDeposited:
		return legacy.EventCardDeposited
	case *legacy.ApplicationCompleted:
		return legacy.EventApplicationCompleted
	case *legacy.TransferCompleted:
		return legacy.EventTransferCompleted
	case *legacy.VirtualLBilled:
		return legacy.EventVirtualLBilled
	case *legacy.VirtualLClosed:
		return legacy.EventVirtualLClosed
	case *legacy.VirtualLChallenged:
		return legacy.EventVirtualLChallenged
	case *legacy.OOBRequested:
		return legacy.EventOOBRequested
	case *legacy.VirtualPBilled:
		return legacy.EventVirtualPBilled
	case *legacy.VirtualPClosed:
		return legacy.EventVirtualPClosed
	case *legacy.VirtualPChallenged:
		return legacy.EventVirtualPChallenged
	case *legacy.VirtualPForwarded:
		return legacy.EventVirtualPForwarded
	}
	return ""
}

// set returns the members of an event that are set.
func set(event any) (map[string]any, error) {
	text, err := samples.Marshal(event)
	if err != nil {
		return nil, err
	}
	members, err := platform.ReadFields(text)
	if err != nil {
		return nil, err
	}
	content, never := map[string]any{}, time.Time{}.In(zone).Format(orderTime)
	for name, value := range members {
		if members.Has(name) && members.Text(name) != never {
			content[name] = value
		}
	}
	return content, nil
}
