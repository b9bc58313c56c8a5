package issuing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Defaults of [Settings]. A card platform answers within a few seconds; thirty
// leave room for issuing, and three attempts keep a call below two minutes.
const (
	DefaultTimeout      = 30 * time.Second       // one attempt, from dialling to the last byte
	DefaultMaxAttempts  = 3                      // the first attempt included
	DefaultMinRetryWait = 250 * time.Millisecond // before the second attempt
	DefaultMaxRetryWait = 5 * time.Second        // also caps a Retry-After header
)

// Settings is what options set. Provider packages read it; merchants use the
// With functions.
type Settings struct {
	HTTPClient   *http.Client                // base client; its Transport, Jar and Timeout are used
	Timeout      time.Duration               // per attempt
	MaxAttempts  int                         // at least 1
	MinRetryWait time.Duration               // doubled after each attempt, with jitter
	MaxRetryWait time.Duration               // upper bound of one wait
	Observers    []Observer                  // told of every call and attempt
	Record       Record                      // keeps a write before it is sent; nil is nobody
	Limiter      func(context.Context) error // called before every attempt
	Now          func() time.Time            // the clock for timestamps and validity
}

// Option configures a client. An option with a bad value makes New fail.
type Option interface{ applyTo(*Settings) error }

// option is an Option that is a function.
type option func(*Settings) error

func (f option) applyTo(s *Settings) error { return f(s) }

// NewSettings applies options to the defaults.
func NewSettings(opts ...Option) (Settings, error) {
	s := Settings{
		Timeout:      DefaultTimeout,
		MaxAttempts:  DefaultMaxAttempts,
		MinRetryWait: DefaultMinRetryWait,
		MaxRetryWait: DefaultMaxRetryWait,
		Now:          time.Now,
	}
	return s.With(opts...)
}

// With returns a copy of s with more options applied.
func (s Settings) With(opts ...Option) (Settings, error) {
	s.Observers = append([]Observer(nil), s.Observers...)
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyTo(&s); err != nil {
			return Settings{}, &Error{Provider: "issuing", Op: "options", Kind: ErrInvalid, Err: err}
		}
	}
	return s, nil
}

// WithHTTPClient sets the HTTP client that requests go through: its transport
// (proxy, TLS, connection pool), cookie jar and timeout. The client is copied;
// redirects are refused whatever its CheckRedirect says.
func WithHTTPClient(client *http.Client) Option {
	return option(func(s *Settings) error {
		if client == nil {
			return errors.New("WithHTTPClient: the client is nil")
		}
		s.HTTPClient = client
		return nil
	})
}

// WithTimeout bounds one attempt, from dialling to the last byte of the answer.
// The context of a call bounds all attempts and waits together.
func WithTimeout(d time.Duration) Option {
	return option(func(s *Settings) error {
		if d <= 0 {
			return fmt.Errorf("WithTimeout: %v is not positive", d)
		}
		s.Timeout = d
		return nil
	})
}

// WithMaxAttempts sets how often a request may be tried, the first attempt
// included; 1 turns retries off. What may be repeated at all depends on the
// operation.
func WithMaxAttempts(n int) Option {
	return option(func(s *Settings) error {
		if n < 1 || n > 20 {
			return fmt.Errorf("WithMaxAttempts: %d is not within 1 to 20", n)
		}
		s.MaxAttempts = n
		return nil
	})
}

// WithRetryWait sets the first wait between attempts, which doubles each time,
// and the longest. The longest also caps what a Retry-After header asks for.
func WithRetryWait(shortest, longest time.Duration) Option {
	return option(func(s *Settings) error {
		if shortest <= 0 || longest < shortest {
			return fmt.Errorf("WithRetryWait: need 0 < %v <= %v", shortest, longest)
		}
		s.MinRetryWait, s.MaxRetryWait = shortest, longest
		return nil
	})
}

// WithObserver adds an observer of calls and their attempts. Observers begin in the order
// in which they were added and end in the reverse one.
func WithObserver(observer Observer) Option {
	return option(func(s *Settings) error {
		if observer.Start == nil && observer.End == nil && observer.StartAttempt == nil && observer.EndAttempt == nil {
			return errors.New("WithObserver: the observer has no function")
		}
		s.Observers = append(s.Observers, observer)
		return nil
	})
}

// WithHook adds an observer of attempts alone. How a call ended is for [WithObserver]:
// platforms that answer a refusal with the status 200 look well in their attempts.
func WithHook(hook Hook) Option {
	if hook == nil {
		return option(func(*Settings) error { return errors.New("WithHook: the hook is nil") })
	}
	return WithObserver(Observer{EndAttempt: hook})
}

// WithLimiter sets a function that is called before every attempt and may wait,
// such as the Wait method of a rate.Limiter. An error ends the call unsent.
func WithLimiter(wait func(context.Context) error) Option {
	return option(func(s *Settings) error {
		if wait == nil {
			return errors.New("WithLimiter: the function is nil")
		}
		s.Limiter = wait
		return nil
	})
}

// WithClock sets the clock for request timestamps and validity checks. Waits
// and timeouts always run on real time.
func WithClock(now func() time.Time) Option {
	return option(func(s *Settings) error {
		if now == nil {
			return errors.New("WithClock: the clock is nil")
		}
		s.Now = now
		return nil
	})
}
