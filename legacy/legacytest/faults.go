package legacytest

import (
	"bytes"
	"net/http"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// Answer carries the request out and answers with a status all the same: the 500
// and 5000 after which an order has to be queried.
func Answer(code legacy.Code) issuingtest.Fault {
	return issuingtest.Replace(string(envelope(code, code.Meaning(), nil).Body))
}

// ForgeContent is a Forge function for [issuingtest.CallbackFault]: a success instead
// of a failure, under the signature of the failure.
func ForgeContent(header http.Header, body []byte) (http.Header, []byte) {
	return header, bytes.Replace(body, []byte(`"status":"3"`), []byte(`"status":"2"`), 1)
}
