// Package jose holds the parts of package sign that stand on go-jose: JSON Web
// Encryption for UnionPay's fields and Coshine's bodies, and the client
// assertions of OAuth 2.0 (RFC 7523). It is a package of its own so that the
// providers without them do not compile go-jose.
//
// # Overview
//
// [UPIJWE] encrypts and decrypts the sensitive fields of UnionPay's messages;
// [SealJWE] and [OpenJWE] a whole body for Coshine; [SignAssertion] says who
// asks for an access token. Algorithms come from the caller, never from the
// message, and every failure of a message is [sign.ErrDecrypt] or
// [sign.ErrVerify]. Keys are those of package sign and can stay in an HSM.
package jose
