// Package authdecision answers UQPAY's real-time authorization requests: for
// every card transaction that passed UQPAY's own rules, UQPAY asks the merchant
// to approve or decline it within an agreed window of 1 to 5 seconds.
//
// # Overview
//
// The package webhook serves the requests; [NewCallbacks] tells it how, and
// [Decide] makes its function of one that returns a decision:
//
//	src, err := authdecision.NewCallbacks(authdecision.CallbackConfig{
//		Key: own, PlatformKey: uqpayKey, Window: 2 * time.Second,
//	})
//	…
//	h := webhook.NewHandler(src, authdecision.Decide(
//		func(ctx context.Context, req *authdecision.Request) (authdecision.Decision, error) {
//			if !req.BillingAmount.AtMost(limit) { // a request without an amount is declined too
//				return authdecision.Decline(authdecision.ResponseCodeInsufficientFunds), nil
//			}
//			return authdecision.Approve(), nil
//		}))
//
// Requests and answers are armored PGP messages: encrypted to the merchant's key
// and to UQPAY's, with AES-256 and a modification detection code (SEIPD v1).
//
// # Authentication
//
// Neither side signs, so the encryption does not tell who asks. Serve the
// endpoint over TLS at an address that cannot be guessed, and filter source
// addresses in front of it or with [CallbackConfig.Allow].
//
// # Errors
//
// When there is no decision (in time), the connection is dropped and UQPAY's
// configured default decides: a plain or empty answer with status 200 is never
// sent. The handler's observer is told what happened to each request, among them
// the decisions that came too late, as [webhook.OutcomeOvertime].
//
// # Retries
//
// A repeat of a request gets the decision that the first one got, and the
// function is not asked again: within one process, unless CallbackConfig.Deduper is
// shared. Another request under a known transaction id is
// dropped.
//
// # Several accounts, keys that change
//
// [CallbackConfig.Lookup] finds the keys of a request while it runs, by its address.
//
// # Testing
//
// A [Caller] is UQPAY's side: it encrypts a request, calls a handler and opens
// the answer. [GenerateKey] makes keys for tests.
package authdecision
