module github.com/issuing-sdk/issuing-go/internal/cases/stores

go 1.26.0

require (
	github.com/issuing-sdk/issuing-go v0.0.0
	github.com/vmihailenco/msgpack/v5 v5.4.1
	go.mongodb.org/mongo-driver v1.17.10
	go.mongodb.org/mongo-driver/v2 v2.10.0
	gopkg.in/yaml.v3 v3.0.1
)

require github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect

replace github.com/issuing-sdk/issuing-go => ../../..
