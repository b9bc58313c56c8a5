package unionpay_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// TestSuspendResumeDelete: each is an update of the state, checked as such: an answer
// that is lost after the commit is settled by the token's state, not by a repeat.
func TestSuspendResumeDelete(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
	if err != nil {
		t.Fatal(err)
	}
	ref := unionpay.TokenRef{DeviceID: token.DeviceID, Token: token.Token}
	type change func(context.Context, unionpay.TokenRef, ...issuing.CallOption) (*unionpay.TokenChange, error)
	for i, step := range []struct {
		change change
		want   unionpay.TokenState
	}{
		{client.Tokens.Suspend, unionpay.TokenStateSuspended},
		{client.Tokens.Resume, unionpay.TokenStateActive},
		{client.Tokens.Delete, unionpay.TokenStateDeleted},
	} {
		inject(t, server, "Tokens.UpdateState", issuingtest.DropAfter())
		var info issuing.CallInfo
		changed, err := step.change(t.Context(), ref, issuing.WithCallInfo(&info))
		if err != nil {
			t.Fatal(err)
		}
		if changed.State != step.want || !changed.Token.Equal(token.Token) || info.Op != "Tokens.UpdateState" || !info.Settled {
			t.Errorf("%+v, want %s; %+v", changed, step.want, info)
		}
		if n := server.Requests("Tokens.UpdateState"); n != i+1 {
			t.Errorf("%d updates, want %d", n, i+1)
		}
	}
	if _, err := client.Tokens.Resume(t.Context(), ref); !errors.Is(err, unionpay.CodeState) {
		t.Errorf("a deleted token: %v", err)
	}
	_, err = client.Tokens.Suspend(t.Context(), unionpay.TokenRef{EnrolID: strings.Repeat("e", 65)})
	if e := asError(t, err); !errors.Is(err, issuing.ErrInvalid) || len(e.Fields) != 3 {
		t.Errorf("an empty reference: %v", err)
	}
	check(t, server)
}
