package acme

// Code is Acme's word in a refusal where the status does not say enough. It is an
// error: errors.Is(err, acme.CodeOrderExists) works. The status gives the kind.
type Code string

// The documented codes.
const (
	CodeSignature   Code = "signature"    // 401: signature, path or time
	CodeReplayed    Code = "replayed"     // 401: the nonce was used before
	CodeFrozen      Code = "frozen"       // 409: the card takes no deposits
	CodeOrderExists Code = "order_exists" // 409: the order number was used before
)

// Error returns the code.
func (c Code) Error() string { return "code " + string(c) }
