module github.com/issuing-sdk/issuing-go/internal/cases/decimals

go 1.26.0

require (
	github.com/govalues/decimal v0.1.36
	github.com/issuing-sdk/issuing-go v0.0.0
	github.com/shopspring/decimal v1.6.0
)

replace github.com/issuing-sdk/issuing-go => ../../..
