// Package issuing is the shared vocabulary of a card-issuing SDK: the values,
// errors and options that mean the same for every provider.
//
// A merchant imports the package of a provider ([worldcard], say), makes one
// client with its New, and calls typed methods. What those methods take and
// return beyond provider structs is defined here:
//
//   - [Amount] is an exact decimal, [Currency] its ISO 4217 code, [Date] a
//     calendar date. No floating point touches money.
//   - [Secret] holds what must never be printed: PAN, CVV2, PIN, OTP, keys.
//   - [Error] is the one error type; its [Error.Kind] is one of the sentinels
//     of this package, so errors.Is(err, [ErrNotFound]) works everywhere.
//   - [Option] configures a client, [CallOption] one call, [CallInfo] reports
//     what a call did, [Observer] watches calls and their attempts.
//   - [Pending] is a write that is open, [Settlement] what became of it.
//   - [Reconcile] finds where the merchant's orders and a platform's list differ, of
//     any length; an [Entry] is a line of either.
//
// # Outcomes
//
// A call that moves money or changes a card can fail in a way that leaves its
// effect open: the request may have arrived, the answer did not. Such a call
// returns an error for which errors.Is(err, [ErrOutcomeUnknown]) holds, and
// nothing else. [PendingOf] takes from it what the client's Settle needs to find
// out what became of it, in any process, and [WithRecord] gives the same before
// the first byte leaves, for the process that dies in between. Never repeat such
// an operation with a new key.
//
// [worldcard]: https://pkg.go.dev/github.com/issuing-sdk/issuing-go/worldcard
package issuing
