// Package sign holds the cryptography that card platforms wrap around HTTP:
// envelope encryption and signatures, as pure functions and small types. It
// knows no HTTP and no provider's fields; the provider packages build on it.
//
// # Keys
//
// A merchant's own key is a [PrivateKey], a platform's key a [PublicKey], a
// shared AES key an [AESKey]. They are different types, so swapping them does
// not compile. All three print as "[redacted]" or a fingerprint. A PrivateKey
// wraps any [crypto.Signer], so the key can stay in an HSM or a KMS.
//
// [ParsePrivateKey] and its siblings read a key's text as environments, secret
// stores, editors and openssl hand it over, and say which block of several counts.
// Constructors take values as they are, and refuse blanks and quotes around a secret.
//
// Where the standard library would panic in FIPS 140-only mode, as for MD5, this
// package returns an error.
//
// # WorldCard
//
// [AESKey.SealBody] and [AESKey.OpenBody] make and open the request body
// {"data":"Base64(nonce|ciphertext|tag)"}; [SignPSS] and [VerifyPSS] sign and
// check body, timestamp and nonce.
//
// # WorldCard legacy
//
// [AppSecret] signs sorted parameters with MD5 and encrypts single fields with
// AES in ECB mode. Both are weak and kept for compatibility.
//
// # KazePay
//
// [Profile] is the set of choices of an envelope whose session key is wrapped
// with RSA; [Profile.Seal] and [Profile.Open] make and open an [Envelope], and
// [DetectKazePayProfile] tells the profile from one real answer. Steps that it has no
// choice for are [ProfileHooks]; [Profile.SignPlain] and [Profile.VerifyPlain] are for
// messages that are signed and not encrypted.
//
// # UQPAY
//
// An [HMACKey] is a webhook secret; [SignHMAC512] and [VerifyHMAC512] sign and
// check body and timestamp.
//
// # Coshine
//
// [SealPIN] encrypts an ISO 9564 format 1 block ([PINBlock]) by a [PINProfile].
// An [ES256Key] signs OAuth client assertions; they and the encrypted bodies are
// in package jose below.
//
// # UnionPay
//
// [SignUPI] and [UPIVerifier] make and check the detached JWS of the header
// UPI-JWS in its three payload modes, and [UMPS] signs messages whose signature
// stands in the body. Encrypted fields are in package jose below.
//
// # Errors
//
// Errors name the type that was wanted and the type that was found, never
// content, and say what to do about a key that cannot be used. [ErrDecrypt],
// [ErrVerify], [ErrEnvelope] and [ErrPIN] are the only words about a message or PIN
// block that does not open or verify, whatever the reason.
package sign
