package legacy

// SignedParams is what the signature of a request covers, for checking it.
var SignedParams = signedParams
