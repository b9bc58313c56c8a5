package sign_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"
	"strings"

	"github.com/issuing-sdk/issuing-go/sign"
)

// WorldCard's envelope and signature, both ways.
func Example() {
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	own, err := sign.NewPrivateKey(raw) // or a handle to an HSM key
	if err != nil {
		log.Fatal(err)
	}
	aes, err := sign.ParseAESKey(strings.Repeat("0123456789abcdef", 4))
	if err != nil {
		log.Fatal(err)
	}

	body, err := aes.SealBody([]byte(`{"card_id":"1"}`))
	if err != nil {
		log.Fatal(err)
	}
	signature, err := sign.SignPSS(own, body, "1711929600", "550e8400-e29b-41d4-a716-446655440000")
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(sign.VerifyPSS(own.Public(), signature, body, "1711929600", "550e8400-e29b-41d4-a716-446655440000"))
	plaintext, err := aes.OpenBody(body)
	fmt.Println(string(plaintext), err)
	fmt.Println(sign.VerifyPSS(own.Public(), signature, body, "1711929601", "550e8400-e29b-41d4-a716-446655440000"))
	fmt.Println(own, aes)
	// Output:
	// <nil>
	// {"card_id":"1"} <nil>
	// signature does not verify
	// [redacted] [redacted]
}
