package unionpay_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

func TestCallbackDuplicates(t *testing.T) {
	t.Parallel()
	bothProfiles(t, func(t *testing.T, profile unionpay.Profile) {
		s := newCallbackSide(t, profile, nil)
		notice := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
		question := s.message("GET_USER_ID", "", `{"userAuthCode":"c0de"}`)
		for range 3 {
			if code := s.code(s.send(notice)); code != "00" {
				t.Errorf("code %s", code)
			}
			if got := s.open(s.send(question)); string(got.TrxInfo) != `{"appUserId":"user-c0de"}` {
				t.Errorf("the repeat of a question answers %s", got.TrxInfo)
			}
		}
		if len(s.events) != 2 {
			t.Errorf("%d events for two messages", len(s.events))
		}
		s.fail = errors.New("database down")
		failing := s.message("TOKEN_STATE_NOTIFICATION", "", strings.Replace(suspended, "SUSPENDED", "ACTIVE", 1))
		if code := s.code(s.send(failing)); code != unionpay.CodeSystemFault {
			t.Errorf("a failing function: %s", code)
		}
		s.fail = nil
		if code := s.code(s.send(failing)); code != "00" || len(s.events) != 4 {
			t.Errorf("sent again: %s, %d events", code, len(s.events))
		}
	})
}

// TestCallbackRepeatMeanwhile: a question is asked once, even while its first
// delivery is being handled, and a failure is no answer to it.
func TestCallbackRepeatMeanwhile(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileU, nil)
	question := s.message("GET_USER_ID", "", `{"userAuthCode":"c0de"}`)
	asked := 0
	s.handler = s.serve(s.minimal(), func(_ context.Context, event *webhook.Event) error {
		if asked++; asked == 1 {
			if code := s.code(s.send(question)); code != unionpay.CodeSystemFault {
				t.Errorf("a repeat meanwhile: %s", code)
			}
			return errors.New("database down")
		}
		event.Data.(*unionpay.UserIDRequested).AppUserID = "user-1"
		return webhook.ErrDuplicate // in the function's own records
	})
	if code := s.code(s.send(question)); code != unionpay.CodeSystemFault {
		t.Errorf("a failing function: %s", code)
	}
	for range 2 {
		if got := s.open(s.send(question)); string(got.TrxInfo) != `{"appUserId":"user-1"}` {
			t.Errorf("answer %s", got.TrxInfo)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
	for i, want := range []webhook.Outcome{webhook.OutcomeBusy, webhook.OutcomeFailed, webhook.OutcomeDuplicate, webhook.OutcomeDuplicate} {
		if s.reports[i].Outcome != want {
			t.Errorf("report %d: %+v", i, s.reports[i])
		}
	}
}

// TestCallbackUnknownUser: a user that is not known is the answer to a question,
// and so to its repeats.
func TestCallbackUnknownUser(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", strings.Repeat("u", 65)} {
		s := newCallbackSide(t, unionpay.ProfileG, nil)
		question := s.message("GET_USER_ID", "", `{"userAuthCode":"c0de"}`)
		asked := 0
		s.handler = s.serve(s.minimal(), func(_ context.Context, event *webhook.Event) error {
			asked++
			event.Data.(*unionpay.UserIDRequested).AppUserID = id
			return nil
		})
		for range 2 {
			if got := s.open(s.send(question)); got.Response.ResponseCode != "25" || string(got.TrxInfo) != "{}" {
				t.Errorf("%d characters: %+v", len(id), got)
			}
		}
		if asked != 1 || s.reports[1].Code != "25" {
			t.Errorf("asked %d times, reported %+v", asked, s.reports)
		}
	}
}

// TestCallbackOtherProcess: another process has handled the message, and answered the
// question.
func TestCallbackOtherProcess(t *testing.T) {
	t.Parallel()
	shared := webhook.NewMemoryDeduper(0, 0)
	with := func(cfg *unionpay.CallbackConfig) { cfg.Deduper = shared }
	first, second := newCallbackSide(t, unionpay.ProfileU, with), newCallbackSide(t, unionpay.ProfileU, with)
	notice := first.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	question := first.message("GET_USER_ID", "", `{"userAuthCode":"c0de"}`)
	for _, s := range []*callbackSide{first, second} {
		if code := s.code(s.send(notice)); code != "00" {
			t.Errorf("code %s", code)
		}
		if got := s.open(s.send(question)); string(got.TrxInfo) != `{"appUserId":"user-c0de"}` {
			t.Errorf("answer %s", got.TrxInfo)
		}
	}
	if len(first.events) != 2 || len(second.events) != 0 {
		t.Errorf("%d and %d events", len(first.events), len(second.events))
	}
}

func TestCallbackOrder(t *testing.T) {
	t.Parallel()
	bothProfiles(t, func(t *testing.T, profile unionpay.Profile) {
		s := newCallbackSide(t, profile, nil)
		state := func(offset time.Duration, state string) {
			s.now = epoch.Add(offset)
			message := s.message("TOKEN_STATE_NOTIFICATION", "", strings.Replace(suspended, "SUSPENDED", state, 1))
			s.now = epoch
			if code := s.code(s.send(message)); code != "00" {
				t.Errorf("%s: %s", state, code)
			}
		}
		state(10*time.Second, "SUSPENDED")
		state(5*time.Second, "ACTIVE")  // older: acknowledged only
		state(10*time.Second, "ACTIVE") // the same second
		state(20*time.Second, "DELETED")
		state(30*time.Second, "ACTIVE")  // nothing follows a deletion
		state(15*time.Second, "DELETED") // and nothing overtakes one
		var got []unionpay.TokenState
		for _, e := range s.events {
			got = append(got, e.Data.(*unionpay.TokenStateChanged).State)
		}
		if diff := cmp.Diff([]unionpay.TokenState{"SUSPENDED", "ACTIVE", "DELETED", "DELETED"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestCallbackOrderOfTwoProcesses: what one process has heard of a token, the other
// knows.
func TestCallbackOrderOfTwoProcesses(t *testing.T) {
	t.Parallel()
	shared := webhook.NewMemoryDeduper(0, 0)
	with := func(cfg *unionpay.CallbackConfig) { cfg.Deduper = shared }
	first, second := newCallbackSide(t, unionpay.ProfileU, with), newCallbackSide(t, unionpay.ProfileU, with)
	second.seq = 100 // messages of their own
	state := func(s *callbackSide, offset time.Duration, state string) {
		s.now = epoch.Add(offset)
		message := s.message("TOKEN_STATE_NOTIFICATION", "", strings.Replace(suspended, "SUSPENDED", state, 1))
		s.now = epoch
		if code := s.code(s.send(message)); code != "00" {
			t.Errorf("%s: %s", state, code)
		}
	}
	state(first, 20*time.Second, "DELETED")
	state(second, 10*time.Second, "ACTIVE")
	if len(first.events) != 1 || len(second.events) != 0 {
		t.Errorf("%d and %d events, want 1 and 0", len(first.events), len(second.events))
	}
}
