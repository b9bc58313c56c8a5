module github.com/issuing-sdk/issuing-go/unionpay/internal/josetest

go 1.26.0

require github.com/issuing-sdk/issuing-go v0.0.0

require github.com/go-jose/go-jose/v4 v4.1.9 // indirect

replace github.com/issuing-sdk/issuing-go => ../../..
