module github.com/issuing-sdk/issuing-go

go 1.26
