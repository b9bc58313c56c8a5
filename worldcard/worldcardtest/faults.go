package worldcardtest

import (
	"cmp"
	"net/http"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Refuse answers with a code of the platform's in an answer of status 200 and
// carries nothing out: a way to codes for which the documents name no cause that
// a test could bring about, such as [worldcard.CodeKYCUnavailable] or
// [worldcard.CodeOwnerMismatch]. An empty message is the code's documented one.
func Refuse(code worldcard.Code, message string) issuingtest.Fault {
	reply := answer(http.StatusOK, code, cmp.Or(message, code.Meaning()), nil)
	return issuingtest.Refuse(reply.Status, string(reply.Body))
}

// ForgeSignature is a Forge function for [issuingtest.CallbackFault]: the body stays, the
// signature is another one's.
func ForgeSignature(header http.Header, body []byte) (http.Header, []byte) {
	header.Set("X-Signature", "Zm9yZ2Vk")
	return header, body
}
