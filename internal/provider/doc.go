// Package provider is the one way out: it carries a call of any provider from
// request to result, over [transport].
//
// Per call a provider gives a value of four methods, an [Exchange], beside a row
// of its operation table, an [Op]. The order is the same for all:
//
//   - the request and the place of the result are checked, all problems in one
//     error, before any key is touched;
//   - the request is encoded once, and the key of a write drawn;
//   - where the platform answers success to a write that changes nothing, what it would
//     change is read first, and such a write is refused unsent;
//   - attempts go out, each freshly sealed, below the retry loop, and each answer
//     is judged;
//   - the answer is opened, decoded, and refused when it lacks its main field;
//   - a success whose answer does not say what was asked for is looked at;
//   - what stays open is looked up, where the operation has a look-up;
//   - the request's secrets are taken out of the platform's words;
//   - every end of the call, a refused request included, goes through one report.
//
// Numbering of attempts, durations over waits and look-ups, hooks, unknown
// outcomes and [issuing.CallInfo] are decided here and nowhere else. Package
// provider knows no provider.
package provider
