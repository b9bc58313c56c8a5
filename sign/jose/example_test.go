package jose_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// A field that only UnionPay can open, and an answer's field that only we can.
func Example() {
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	own, err := sign.NewPrivateKey(raw)
	if err != nil {
		log.Fatal(err)
	}

	algorithms := jose.UPIJWE{} // RSA1_5 and A128CBC-HS256, UnionPay's default
	text, err := algorithms.Encrypt(own.Public(), "20190411000000", []byte("6250945000000004"))
	if err != nil {
		log.Fatal(err)
	}
	plaintext, err := algorithms.Decrypt(map[string]sign.PrivateKey{"20190411000000": own}, text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(plaintext), "digits")

	_, err = jose.UPIJWE{Alg: jose.UPIKeyAlgorithmRSAOAEP256}.Decrypt(map[string]sign.PrivateKey{"20190411000000": own}, text)
	fmt.Println(err)
	// Output:
	// 16 digits
	// cannot decrypt: wrong key or altered data
}
