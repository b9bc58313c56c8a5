package legacytest

import (
	"encoding/json"
	"net/http"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// callbackPath is where samples go; the type of the event follows it.
const callbackPath = "/callbacks/legacy"

// samples writes events as callbacks have them, secrets in clear.
var samples = wire.Codec{Zone: zone, TimeLayout: orderTime, Sparse: true}

// SignCallback is a callback as the platform sends it: a sample for a test of one's
// own handler. The event is a pointer to one of the structs that the Event constants
// of package legacy name; the request's path ends in its address's type, one of
// [legacy.EventTypes], and what the event leaves unset is left out. Anything else that
// encodes to a JSON object is the content of a callback as it stands, and the path
// names no type. appKey and sign are added to both.
func (s *Server) SignCallback(event any) *http.Request {
	address, content := "", event
	var err error
	if typ := eventType(event); typ != "" {
		var sample map[string]any
		if address, sample, err = callbackContent(typ, event); err == nil {
			s.plain(sample)
		}
		address, content = "/"+address, sample
	}
	var body []byte
	if err == nil {
		body, err = s.signed(content)
	}
	return platform.SampleRequest(callbackPath+address, callbackHeader(), body, err)
}

func callbackHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// callbackContent returns the type of the address and the content of the callback that
// tells of an event.
func callbackContent(typ string, event any) (address string, content map[string]any, err error) {
	fields, err := platform.EventFields(samples.Marshal, event)
	if err != nil {
		return "", nil, err
	}
	switch typ {
	case legacy.EventVirtualPBilled, legacy.EventVirtualPClosed, legacy.EventVirtualPChallenged,
		legacy.EventVirtualPForwarded:
		return legacy.EventVirtualP, map[string]any{"type": typ, "data": string(platform.JSON(fields))}, nil
	case legacy.EventOOBRequested:
		return typ, map[string]any{"data": json.RawMessage(platform.JSON(fields))}, nil
	}
	content = map[string]any{}
	for name, value := range fields {
		content[name] = value
	}
	return typ, content, nil
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
