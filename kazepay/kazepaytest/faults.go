package kazepaytest

import (
	"bytes"
	"net/http"
)

// ForgeSignature is a Forge function for [issuingtest.CallbackFault]: the content
// stays, the signature is another one's.
func ForgeSignature(header http.Header, body []byte) (http.Header, []byte) {
	_, signature, _ := bytes.Cut(body, []byte(`"sign":"`))
	for i := range max(bytes.IndexByte(signature, '"'), 0) {
		signature[i] = '0'
	}
	return header, body
}
