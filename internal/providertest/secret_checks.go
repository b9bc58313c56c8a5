package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// logged is what a structured log shows of a value.
func logged(value any) string {
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("log", "value", value)
	return b.String()
}

// chain prints an error and every cause behind it.
func chain(err error) string {
	if err == nil {
		return ""
	}
	text := fmt.Sprintf("%v %+v %#v %s\n", err, err, err, logged(err))
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		text += chain(u.Unwrap())
	case interface{ Unwrap() []error }:
		for _, cause := range u.Unwrap() {
			text += chain(cause)
		}
	}
	return text
}

// stands reports whether a secret stands in a text. As a part of a longer number or
// word, such as a random id, it is none.
func stands(text, secret string) bool {
	return regexp.MustCompile(`(^|[^0-9A-Za-z])` + regexp.QuoteMeta(secret) + `($|[^0-9A-Za-z])`).MatchString(text)
}

// quotedSecrets: a platform that repeats a request's secrets does not bring them
// into an error, a log, an event or CallInfo.
func quotedSecrets(ctx context.Context, t testing.TB, p Provider) {
	var events []issuing.CallEvent
	b := p.Open(t, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { events = append(events, e) }))
	tried := 0
	for _, op := range b.Ops {
		if len(op.Secrets) == 0 {
			continue
		}
		tried++
		b.Refuse(op.Name, "your "+strings.Join(op.Secrets, " and ")+" are wrong")
		var info issuing.CallInfo
		err := op.Call(ctx, issuing.WithCallInfo(&info))
		var e *issuing.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want the refusal", op.Name, err)
			continue
		}
		if !strings.Contains(err.Error(), "are wrong") {
			t.Errorf("%s: the platform's words are lost: %v", op.Name, err)
		}
		asJSON, _ := json.Marshal([]any{e, info, events})
		shown := chain(err) + fmt.Sprintf("%+v %#v %+v %s %s %s", info, info, events, logged(events), logged(info), asJSON)
		for _, secret := range op.Secrets {
			if stands(shown, secret) {
				t.Errorf("%s: the request's secret is printed: %v", op.Name, err)
			}
		}
	}
	if tried == 0 {
		t.Error("no operation with a secret to try")
	}
}

func printsAddress(_ context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	for _, text := range []string{
		fmt.Sprint(b.Server), fmt.Sprintf("%+v", b.Server), fmt.Sprintf("%#v", b.Server), fmt.Sprintf("%s", b.Server),
		fmt.Sprintf("%x", b.Server), fmt.Sprintf("%d", b.Server), logged(b.Server),
	} {
		if !strings.Contains(text, b.Platform.URL()) || len(text) > len(b.Platform.URL())+200 {
			t.Errorf("prints %.300q", text)
		}
		for _, secret := range b.Secrets {
			if strings.Contains(text, secret) {
				t.Errorf("prints a secret: %.300q", text)
			}
		}
	}
	if len(b.Secrets) == 0 {
		t.Error("no secrets to look for")
	}
}
