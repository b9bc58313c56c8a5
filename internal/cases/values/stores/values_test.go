package stores

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
	bson1 "go.mongodb.org/mongo-driver/bson"
	bson2 "go.mongodb.org/mongo-driver/v2/bson"
	"gopkg.in/yaml.v3"

	issuing "github.com/issuing-sdk/issuing-go"
)

// codec is how a store writes and reads a document.
type codec struct {
	name  string
	write func(any) ([]byte, error)
	read  func([]byte, any) error
}

const (
	driver1 = "BSON of MongoDB's driver 1"
	driver2 = "BSON of MongoDB's driver 2"
)

var codecs = []codec{
	{"encoding/json", json.Marshal, json.Unmarshal},
	{"encoding/xml", xml.Marshal, xml.Unmarshal},
	{"gob", func(v any) ([]byte, error) {
		var b bytes.Buffer
		err := gob.NewEncoder(&b).Encode(v)
		return b.Bytes(), err
	}, func(b []byte, v any) error { return gob.NewDecoder(bytes.NewReader(b)).Decode(v) }},
	{"YAML", yaml.Marshal, yaml.Unmarshal},
	{"MessagePack", msgpack.Marshal, msgpack.Unmarshal},
	{driver1, bson1.Marshal, bson1.Unmarshal},
	{driver2, bson2.Marshal, bson2.Unmarshal},
}

// Documents with one value each, because one that is refused would hide that
// another is lost.
type (
	amounts    struct{ V, W issuing.Amount }
	currencies struct{ V, W issuing.Currency }
	dates      struct{ V, W issuing.Date }
)

func amount(text string) issuing.Amount {
	a, err := issuing.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return a
}

// A value is the same when it comes back, or is refused with an error; never
// silently less. The second member of each document is unset and stays so.
func TestValuesInStores(t *testing.T) {
	t.Parallel()
	for _, c := range codecs {
		for _, text := range []string{"100.50", "0.00", "-0.01", "12345678901234567890.123456789"} {
			hold(t, c.name+", amount "+text, "", func() error { return back(c, amounts{V: amount(text)}) })
		}
		for _, date := range []issuing.Date{issuing.NewDate(1990, 6, 1), issuing.NewDate(2024, 2, 29)} {
			hold(t, c.name+", date "+date.String(), "", func() error { return back(c, dates{V: date}) })
		}
		hold(t, c.name+", currency", "", func() error { return back(c, currencies{V: "USD"}) })
	}
}

// back writes a document and reads it.
func back[T comparable](c codec, in T) error {
	raw, err := c.write(in)
	if err != nil {
		return nil
	}
	var out T
	if err := c.read(raw, &out); err != nil {
		return nil
	}
	if out != in {
		return fmt.Errorf("%v came back as %v", in, out)
	}
	return nil
}

// A secret is not stored: JSON writes its redaction and does not read that as a
// secret, every other codec refuses it.
func TestSecretsInStores(t *testing.T) {
	t.Parallel()
	const text = "4111111111111111"
	type secrets struct{ V issuing.Secret }
	for _, c := range codecs {
		hold(t, c.name, "", func() error {
			raw, err := c.write(secrets{issuing.NewSecret(text)})
			switch {
			case bytes.Contains(raw, []byte(text)):
				return errors.New("the store holds the secret")
			case err != nil:
				return nil
			case c.name != "encoding/json":
				return fmt.Errorf("%q is stored", raw)
			}
			if err := c.read(raw, new(secrets)); err == nil {
				return errors.New("the redaction is read as a secret")
			}
			return nil
		})
		hold(t, c.name+", unset", "", func() error {
			var out secrets
			raw, err := c.write(secrets{})
			if err == nil {
				err = c.read(raw, &out)
			}
			if err != nil || !out.V.IsZero() {
				return fmt.Errorf("came back as %v, %v", out.V, err)
			}
			return nil
		})
	}
}

// hold runs one row. One that does not hold yet names what it waits for and is
// skipped; as soon as it holds, the mark must go.
func hold(t *testing.T, name, waits string, check func() error) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		switch err := check(); {
		case waits != "" && err == nil:
			t.Error("holds now: take the mark away")
		case waits != "":
			t.Skip("waits for: " + waits)
		case err != nil:
			t.Error(err)
		}
	})
}
