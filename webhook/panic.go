package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"runtime"
	"strings"
)

// panicError is a panic of the function. What it panicked with stays out of it:
// it may hold card data, and errors reach logs.
type panicError struct {
	at    string
	abort bool // http.ErrAbortHandler, by which a function asks to drop the connection
}

func (e *panicError) Error() string {
	if e.at == "" {
		return ErrPanic.Error()
	}
	return ErrPanic.Error() + " at " + e.at
}

// Unwrap makes it an ErrPanic.
func (e *panicError) Unwrap() error { return ErrPanic }

// panicked makes an error of a recovered panic. It is called by the deferred
// function that recovered.
func panicked(value any) error {
	err, _ := value.(error)
	return &panicError{at: whence(), abort: errors.Is(err, http.ErrAbortHandler)}
}

// aborted reports whether a function asked for its connection to be dropped.
func aborted(err error) bool {
	if err == nil {
		return false
	}
	var p *panicError
	return errors.As(err, &p) && p.abort
}

// maxDepth bounds how far a panic is looked for; those of the runtime itself lie
// a few calls deep.
const maxDepth = 32

// whence returns the place of the panic that is being recovered.
func whence() string {
	var pcs [maxDepth]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	panicking := false
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(frame.Function, "runtime."):
			return fmt.Sprintf("%s:%d", path.Base(frame.File), frame.Line)
		}
		if !more {
			return ""
		}
	}
}
