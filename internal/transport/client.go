package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	retryablehttp "github.com/hashicorp/go-retryablehttp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Client sends calls for one provider. It is immutable and safe for concurrent
// use.
type Client struct {
	provider string
	settings issuing.Settings
	retry    *retryablehttp.Client
}

// New returns a client that names provider in its errors and events.
func New(provider string, settings issuing.Settings) *Client {
	c := &Client{provider: provider, settings: settings}
	hc := http.Client{}
	if settings.HTTPClient != nil {
		hc = *settings.HTTPClient
	}
	hc.Transport = &sealer{client: c, base: hc.Transport}
	// A redirect is an answer like any other: credentials and signed bodies
	// must not follow it to another place.
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.retry = &retryablehttp.Client{
		HTTPClient:   &hc,
		Logger:       nil,
		RetryWaitMin: settings.MinRetryWait,
		RetryWaitMax: settings.MaxRetryWait,
		RetryMax:     settings.MaxAttempts - 1,
		CheckRetry:   checkRetry,
		Backoff:      backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c
}

// Settings returns the client's settings.
func (c *Client) Settings() issuing.Settings { return c.settings }

// Provider returns the provider's name.
func (c *Client) Provider() string { return c.provider }

// state is what the attempts of one call share.
type state struct {
	client   *Client
	call     *Call
	attempts int
	before   int       // attempts of the call that this one continues
	last     *Response // last answer, nil when the last attempt had none
	lastErr  error     // why the last attempt had none
	maybe    bool      // some attempt may have been carried out
	again    bool      // the last attempt may be followed by another
	sinking  bool      // a byte went into the sink

	requestID string // of the last attempt
	way       *way   // of the last attempt
	event     issuing.CallEvent
	ctx       context.Context // of that attempt, as the observers made it
}

type stateKey struct{}

// Do runs the attempts of call. It returns the last answer, whatever its
// status, or an *issuing.Error when there is none.
func (c *Client) Do(ctx context.Context, call *Call) (*Response, error) {
	p := call.Progress
	st := &state{client: c, call: call, attempts: p.Attempts, before: p.Attempts, maybe: p.Maybe}
	defer func() {
		p.Attempts, p.Maybe, p.held, p.heldCtx = st.attempts, st.maybe, st.event, st.ctx
		if st.requestID != "" {
			p.RequestID = st.requestID
		}
	}()
	if err := c.run(context.WithValue(ctx, stateKey{}, st), call); err != nil && st.lastErr == nil && st.last == nil {
		st.lastErr = err
	}
	if ctx.Err() != nil && (st.last == nil || st.last.Judgement != Final) {
		// The context ended a wait between attempts; the last answer is not one
		// that ends the call.
		st.last, st.lastErr = nil, ctx.Err()
	}
	if st.last != nil {
		return st.last, nil
	}
	return nil, c.noAnswer(st)
}

func (c *Client) run(ctx context.Context, call *Call) error {
	method := call.Method
	if method == "" {
		method = http.MethodPost
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, method, call.URL, nil)
	if err != nil {
		return errors.New("the request URL is not valid")
	}
	resp, err := c.retry.Do(req)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return err
}

// noAnswer makes the error of a call that ended without an answer.
func (c *Client) noAnswer(st *state) error {
	e := &issuing.Error{
		Provider: c.provider, Op: st.call.Op, Key: st.call.Key,
		Attempts: st.attempts, Kind: issuing.ErrUnavailable, Err: plain(st.lastErr),
		RequestID: st.requestID,
	}
	var typed *issuing.Error
	switch {
	case errors.As(st.lastErr, &typed) && typed.Kind != nil:
		e.Kind, e.Fields, e.Err = typed.Kind, typed.Fields, typed.Err
	case errors.Is(st.lastErr, issuing.ErrTooLarge):
		e.Kind = issuing.ErrBadResponse
	}
	return e
}

// Conclude reports the attempt whose event the last Do left: again says that
// another attempt of the same logical call follows.
func (c *Client) Conclude(p *Progress, again bool) {
	p.held.Retry = again
	c.tell(p.heldCtx, p.held)
	p.held, p.heldCtx = issuing.CallEvent{}, nil
}

// plain strips the URL that net/http puts around transport errors.
func plain(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

func checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	st, ok := ctx.Value(stateKey{}).(*state)
	if !ok {
		return false, err
	}
	again := st.again && ctx.Err() == nil && st.attempts-st.before < st.client.settings.MaxAttempts
	if !again {
		return false, err // Conclude tells of this attempt
	}
	st.event.Retry = true
	st.client.tell(st.ctx, st.event)
	st.event = issuing.CallEvent{}
	return true, nil
}

// observed tells the observers that an attempt begins, and returns its context.
func (c *Client) observed(ctx context.Context, st *state, req *http.Request) context.Context {
	for i := range c.settings.Observers {
		start := c.settings.Observers[i].StartAttempt
		if start == nil {
			continue
		}
		begun := start(ctx, issuing.AttemptStart{
			Provider: c.provider, Op: st.call.Op, Method: req.Method, Host: req.URL.Host,
			Template: st.call.Template, Attempt: st.attempts,
		})
		if begun != nil {
			ctx = begun
		}
	}
	return ctx
}

// tell tells the observers that an attempt has ended; the zero event is none.
func (c *Client) tell(ctx context.Context, event issuing.CallEvent) {
	if event.Attempt == 0 {
		return
	}
	for i := len(c.settings.Observers) - 1; i >= 0; i-- {
		if end := c.settings.Observers[i].EndAttempt; end != nil {
			end(ctx, event)
		}
	}
}

// backoff doubles the wait with each attempt and honours Retry-After, both
// within the longest wait. Jitter keeps clients from moving in step; it never
// shortens what the server asked for below the cap.
func backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := min(retryablehttp.DefaultBackoff(shortest, longest, attempt, resp), longest)
	if wait < 0 {
		wait = longest // a Retry-After beyond the range of a Duration
	}
	if resp != nil && resp.Header.Get("Retry-After") != "" {
		return min(wait+rand.N(shortest), longest)
	}
	return wait/2 + rand.N(wait/2+1)
}
