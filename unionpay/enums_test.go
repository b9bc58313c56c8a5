package unionpay

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestCodesAndEnums(t *testing.T) {
	t.Parallel()
	listed := slices.Sorted(maps.Keys(codes))
	open := []Code{}
	for _, code := range listed {
		if !code.Known() || code.Meaning() == "" || !strings.Contains(code.Error(), code.Meaning()) || (code.Kind() == nil) != (code == "00") {
			t.Errorf("%s: %v %q", code, code.Kind(), code.Meaning())
		}
		if code.open() {
			open = append(open, code)
		}
	}
	if diff := cmp.Diff([]Code{"04", "91", "92", "96", "98", "99"}, open); diff != "" {
		t.Errorf("open codes (-want +got):\n%s", diff)
	}
	if len(listed) != 48 {
		t.Errorf("%d codes", len(listed))
	}
	if c := Code("Q7"); c.Known() || !errors.Is(c.Kind(), issuing.ErrDeclined) || c.Error() != `code "Q7"` {
		t.Errorf("an unknown code: %v %v", c.Kind(), c)
	}
	known := []interface{ Known() bool }{
		MessageTypeKeyResetResult, ReportReasonOther,
		TokenStateDeleted, TokenActionDelete, UseCaseCOF, CaptureMethodNFC, CardTypePrepaid,
	}
	for _, v := range known {
		if !v.Known() {
			t.Errorf("%T %v is not known", v, v)
		}
	}
	unknown := []interface{ Known() bool }{
		MessageType("X"), ReportReason("7"),
		TokenState("X"), TokenAction("X"), UseCase("X"), CaptureMethod("X"), CardType("X"),
	}
	for _, v := range unknown {
		if v.Known() {
			t.Errorf("%T %v is known", v, v)
		}
	}
	if !TokenStateDeleted.Terminal() || TokenStateSuspended.Terminal() {
		t.Error("only DELETED is final")
	}
}

// TestEventTypes: each event's constant is a message type, and the list has all.
func TestEventTypes(t *testing.T) {
	t.Parallel()
	want := []string{"TOKEN_STATE_NOTIFICATION", "TRX_STATUS_NOTIFICATION", "GET_USER_ID"}
	if diff := cmp.Diff(want, EventTypes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, typ := range EventTypes() {
		if !MessageType(typ).Known() {
			t.Errorf("%s is not known", typ)
		}
	}
}
