package issuing

import (
	"context"
	"errors"
	"log/slog"
)

// LogCalls is an [Observer] that logs each call as one line when it has ended: a success
// at Debug, a refusal at Warn, and at Error what stays open or panicked. A nil logger is
// slog.Default() of that moment. The line has provider, operation, key, kind, code,
// status, attempts, duration and request id; it never holds the platform's text, which is
// for people, or what the request holds.
func LogCalls(logger *slog.Logger) Observer {
	return Observer{End: func(ctx context.Context, call CallEnd) {
		to := logger
		if to == nil {
			to = slog.Default()
		}
		level, message := slog.LevelDebug, "issuing: call"
		switch {
		case errors.Is(call.Kind, ErrOutcomeUnknown):
			level, message = slog.LevelError, "issuing: outcome unknown"
		case errors.Is(call.Kind, ErrPanic):
			level, message = slog.LevelError, "issuing: call panicked"
		case call.Err != nil:
			level, message = slog.LevelWarn, "issuing: call failed"
		}
		if !to.Enabled(ctx, level) {
			return
		}
		attrs := make([]slog.Attr, 0, 10)
		attrs = append(attrs, slog.String("provider", call.Provider), slog.String("op", call.Op))
		text := func(name, value string) {
			if value != "" {
				attrs = append(attrs, slog.String(name, value))
			}
		}
		text("key", clip(call.Key, maxMessage))
		text("kind", KindName(call.Kind))
		if call.Code != nil {
			text("code", oneLine(call.Code.Error(), maxMessage))
		}
		if call.Status != 0 {
			attrs = append(attrs, slog.Int("status", call.Status))
		}
		attrs = append(attrs, slog.Int("attempts", call.Attempts), slog.Duration("duration", call.Duration))
		if call.Settled {
			attrs = append(attrs, slog.Bool("settled", true))
		}
		text("request_id", clip(call.RequestID, maxMessage))
		to.LogAttrs(ctx, level, message, attrs...)
	}}
}
