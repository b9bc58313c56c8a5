package main

import "strings"

// measure is a benchmark: a folder and the name as go test prints it, without the number
// of processors.
type measure struct{ dir, name string }

// beside is what ours is compared with: the bare primitive, which nobody can do without,
// or a peer that does the same work.
type beside struct {
	what string
	measure
}

// row is one line of work.
type row struct {
	group, what string
	ours        measure
	beside      []beside
}

// Folders with modules of their own.
const (
	peers    = "internal/bench"
	decimals = "internal/cases/decimals"
)

// rows is the table. Both sides of a line are in one process, within the same second or so.
var rows = slicesOf(
	[]row{
		scheme("WorldCard", "SignPSS", "RSA-PSS"), scheme("WorldCard", "VerifyPSS", "RSA-PSS"),
		scheme("WorldCard", "SealBody", "AES-GCM, Base64"), scheme("WorldCard", "OpenBody", "AES-GCM, Base64"),
		byDocument("Legacy", "AppSecret.SignParams, 20 parameters", "Legacy", "MD5"),
		byDocument("KazePay", "sign.Profile.Seal", "KazePay/seal", "RSA twice"),
		byDocument("KazePay", "sign.Profile.Open", "KazePay/open", "RSA twice"),
		peer("Coshine", "jose.SealJWE", "JWE/seal", "RSA-OAEP", "go-jose", "go-jose"),
		peer("Coshine", "jose.OpenJWE", "JWE/open", "RSA-OAEP", "go-jose", "go-jose"),
		peer("Coshine", "jose.SignAssertion", "JWT/sign", "ECDSA", "golang-jwt", "golang-jwt"),
		peer("Coshine", "jose.VerifyAssertion", "JWT/verify", "ECDSA", "golang-jwt", "golang-jwt"),
		scheme("Coshine", "SealPIN", "RSA-OAEP"),
		peer("UnionPay", "sign.SignUPI", "JWS/sign", "RSA", "go-jose", "go-jose"),
		peer("UnionPay", "sign.UPIVerifier.Verify", "JWS/verify", "RSA", "go-jose", "go-jose"),
		scheme("UnionPay", "UMPS.Sign", "RSA"), scheme("UnionPay", "UMPS.Verify", "RSA"),
	},
	[]row{
		byDocument("Calls", "worldcard Cards.Deposit", "WorldCard", "RSA-PSS"),
		byDocument("Calls", "legacy Cards.Deposit", "LegacyCall", "MD5"),
		byDocument("Calls", "kazepay Cards.Deposit", "KazePayCall", "RSA four times"),
		{"Calls", "uqpay Cards.Deposit", measure{"uqpay", "BenchmarkCall"}, []beside{
			{"net/http by hand", measure{"uqpay", "BenchmarkCallByHand"}},
		}},
		pair("Calls", "coshine Cards.Card", "coshine", "Call", "ours", "bare", "net/http by hand"),
		peer("Calls", "coshine Cards.Card, encrypted", "CoshineCall", "RSA-OAEP twice", "go-jose", "go-jose, net/http"),
		byDocument("Calls", "unionpay Tokens.Request", "UnionPayCall", "RSA twice"),
	},
	[]row{
		byDocument("Callbacks", "worldcard", "WorldCardCallback", "RSA-PSS, AES-GCM"),
		byDocument("Callbacks", "legacy", "LegacyCallback", "MD5, encoding/json"),
		byDocument("Callbacks", "kazepay", "KazePayCallback", "RSA twice"),
		pair("Callbacks", "uqpay", "uqpay", "Callback", "ours", "bare_HMAC_and_json.Unmarshal", "HMAC, encoding/json"),
		peer("Callbacks", "uqpay, a short one", "Webhook", "HMAC, encoding/json", "standard-webhooks",
			"standard-webhooks"),
		pair("Callbacks", "uqpay/authdecision, decided", "uqpay/authdecision", "Answer", "ours", "bare_RSA",
			"RSA twice"),
		pair("Callbacks", "coshine, answered", "coshine", "Inbound", "ours", "bare", "token, decode, encode"),
		peer("Callbacks", "coshine, encrypted and answered", "CoshineCallback", "RSA-OAEP twice", "go-jose",
			"go-jose, encoding/json"),
		byDocument("Callbacks", "unionpay, answered", "UnionPayCallback", "RSA twice"),
	},
	decimalRows("Cmp"), decimalRows("Add"), decimalRows("Parse"),
	jsonRows("Encode"), jsonRows("Decode"),
)

func slicesOf(groups ...[]row) (out []row) {
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

// scheme is a function of package sign and its bare primitive.
func scheme(group, name, bare string) row {
	return pair(group, "sign."+name, "sign", "Schemes/"+name, "ours", "bare", bare)
}

// pair is a benchmark of two sides.
func pair(group, what, dir, name, ours, bare, bareWhat string) row {
	name = "Benchmark" + name + "/"
	return row{group, what, measure{dir, name + ours}, []beside{{bareWhat, measure{dir, name + bare}}}}
}

// peer is a benchmark of the module that has the peers.
func peer(group, what, name, bare, side, sideWhat string) row {
	r := pair(group, what, peers, name, "ours", "bare", bare)
	r.beside = append(r.beside, beside{sideWhat, measure{peers, "Benchmark" + name + "/" + side}})
	return r
}

// byDocument is a benchmark of that module whose peer is the provider's document, written
// down as a merchant would.
func byDocument(group, what, name, bare string) row {
	return peer(group, what, name, bare, "document", "the document's steps")
}

func decimalRows(name string) (out []row) {
	for _, digits := range []string{"usual", "18_digits"} {
		at := func(side string) measure { return measure{decimals, "Benchmark" + name + "/" + digits + "/" + side} }
		out = append(out, row{"Amounts", name + ", " + strings.ReplaceAll(digits, "_", " "), at("ours"), []beside{
			{"govalues/decimal", at("govalues")}, {"shopspring/decimal", at("shopspring")},
		}})
	}
	return out
}

func jsonRows(name string) (out []row) {
	for _, what := range []string{"application", "page"} {
		at := func(side string) measure {
			return measure{"internal/wire", "Benchmark" + name + "/" + what + "/" + side}
		}
		out = append(out, row{"JSON", name + ", " + what, at("wire"), []beside{{"encoding/json", at("encoding-json")}}})
	}
	return out
}
