package issuing

// Version is this module's, without the v of its tag: "0.1.0", with "-dev" after it until
// the tag is set. Every request to a platform has it in its User-Agent, as
// "issuing-go/0.1.0-dev", which a platform's support can look for; a header of that name
// that a call sets, or a round tripper of [WithHTTPClient], takes its place.
const Version = "0.1.0-dev"
