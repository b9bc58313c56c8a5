package sqltoken_test

import (
	"context"
	"database/sql"
	"log"
	"os"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/sqltoken"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// A client whose token is shared with all processes of the merchant's. The program
// imports the driver, such as github.com/jackc/pgx/v5/stdlib.
func Example() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Print(err)
		return
	}
	key, err := sign.ParseAESKey(os.Getenv("TOKEN_KEY"))
	if err != nil {
		log.Print(err)
		return
	}
	store, err := sqltoken.New(db, sqltoken.Config{
		Dialect: sqldedupe.DialectPostgreSQL, Credential: os.Getenv("UQPAY_CLIENT_ID"), Keys: []sign.AESKey{key},
	})
	if err != nil {
		log.Print(err)
		return
	}
	if err := store.Migrate(context.Background()); err != nil {
		log.Print(err)
		return
	}
	client, err := uqpay.New(uqpay.Config{
		BaseURL: uqpay.SandboxURL, ClientID: os.Getenv("UQPAY_CLIENT_ID"),
		APIKey: issuing.NewSecret(os.Getenv("UQPAY_API_KEY")), Tokens: store,
	})
	if err != nil {
		log.Print(err)
		return
	}
	_, err = client.Products.List(context.Background(), uqpay.Paging{})
	log.Print(err)
}
