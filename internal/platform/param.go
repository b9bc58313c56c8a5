package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/nearest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// maxArgument bounds the text of an argument.
const maxArgument = 16 << 10

// Param is a parameter of a [Row] whose argument is a T. The functions of this file
// make them; a row gives the argument to its method by [Param.Get], so that the
// compiler holds the one against the other.
type Param[T any] struct {
	spec issuingtest.Param
	read func(text string) (T, error)
}

// parameter is a Param of any type.
type parameter interface {
	describe() issuingtest.Param
	parse(text string) (any, error)
}

func (p Param[T]) describe() issuingtest.Param            { return p.spec }
func (p Param[T]) parse(text string) (value any, _ error) { return p.read(text) }

// Get returns the argument, the zero T when it was not given.
func (p Param[T]) Get(in Args) T {
	value, _ := in[p.spec.Name].(T)
	return value
}

// Optional returns the parameter as one that need not be given.
func (p Param[T]) Optional() Param[T] {
	p.spec.Optional = true
	return p
}

// Among returns the parameter with a list of what it can name now, latest first.
func (p Param[T]) Among(live func() []string) Param[T] {
	p.spec.Live = live
	return p
}

// Of returns the parameter as one that must be among what it can name now.
func (p Param[T]) Of(live func() []string) Param[T] {
	p = p.Among(live)
	read := p.read
	p.read = func(text string) (T, error) {
		if words := live(); !slices.Contains(words, text) {
			var none T
			return none, notOneOf(text, words)
		}
		return read(text)
	}
	return p
}

func param[T any](typ issuingtest.ParamType, name, example, doc string, read func(string) (T, error)) Param[T] {
	return Param[T]{issuingtest.Param{Name: name, Type: typ, Doc: doc, Example: example}, read}
}

// Text is a parameter that is taken as it stands.
func Text(name, example, doc string) Param[string] {
	return param(issuingtest.ParamTypeText, name, example, doc, func(text string) (string, error) { return text, nil })
}

// Hidden is a text that nothing repeats.
func Hidden(name, example, doc string) Param[issuing.Secret] {
	return param(issuingtest.ParamTypeSecret, name, example, doc, func(text string) (issuing.Secret, error) {
		return issuing.NewSecret(text), nil
	})
}

// Money is an amount.
func Money(name, example, doc string) Param[issuing.Amount] {
	return param(issuingtest.ParamTypeAmount, name, example, doc, func(text string) (issuing.Amount, error) {
		a, err := issuing.ParseAmount(text)
		if err != nil {
			return a, errors.New(`is no amount, such as "12.50"`)
		}
		return a, nil
	})
}

var threeCapitals = regexp.MustCompile(`^[A-Z]{3}$`)

// Currency is a code of ISO 4217.
func Currency(name, example, doc string) Param[issuing.Currency] {
	return param(issuingtest.ParamTypeCurrency, name, example, doc, func(text string) (issuing.Currency, error) {
		if !threeCapitals.MatchString(text) {
			return "", errors.New(`is no currency, such as "USD"`)
		}
		return issuing.Currency(text), nil
	})
}

// Wait is a duration.
func Wait(name, example, doc string) Param[time.Duration] {
	return param(issuingtest.ParamTypeDuration, name, example, doc, func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return 0, errors.New(`is no duration, such as "1h30m" or "24h"`)
		}
		return d, nil
	})
}

// Whole is an integer from least to most.
func Whole(name, example, doc string, least, most int) Param[int] {
	return param(issuingtest.ParamTypeInteger, name, example, doc, func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("is no integer from %d to %d", least, most)
		}
		return n, nil
	})
}

// Flag is true or false.
func Flag(name, example, doc string) Param[bool] {
	return param(issuingtest.ParamTypeBoolean, name, example, doc, func(text string) (bool, error) {
		if text != "true" && text != "false" {
			return false, errors.New("is neither true nor false")
		}
		return text == "true", nil
	})
}

// OneOf is one of some words, of which the first is the example.
func OneOf[T ~string](name, doc string, choices ...T) Param[T] {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = string(c)
	}
	p := param(issuingtest.ParamTypeEnum, name, words[0], doc, func(text string) (T, error) {
		if !slices.Contains(words, text) {
			return "", notOneOf(text, words)
		}
		return T(text), nil
	})
	p.spec.Choices = words
	return p
}

// unknownWord is an argument that is none of some words.
type unknownWord struct{ text, meant string }

func (e *unknownWord) Error() string { return e.text }

// maxListed is how many words the problem of an unknown one lists.
const maxListed = 12

func notOneOf(text string, words []string) error {
	list := strconv.Itoa(len(words)) + " that there are"
	if len(words) <= maxListed {
		list = strings.Join(words, ", ")
	}
	return &unknownWord{"is none of " + list + nearest.Hint(text, words), nearest.Word(text, words)}
}

// Object is a JSON object.
func Object(name, example, doc string) Param[map[string]any] {
	return param(issuingtest.ParamTypeObject, name, example, doc, func(text string) (map[string]any, error) {
		if _, err := ReadFields([]byte(text)); err != nil {
			return nil, errors.New("is no JSON object whose names differ")
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			return nil, errors.New("is no JSON object")
		}
		return object, nil
	})
}

// checkText refuses what no argument may be.
func checkText(text string) error {
	switch {
	case len(text) > maxArgument:
		return fmt.Errorf("is longer than %d bytes", maxArgument)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return errors.New("is no text in UTF-8")
	}
	return nil
}
