package issuingtest

import (
	"context"
	"strings"
)

// Action is one thing that can be done to a platform: a row of the table that
// [Platform.Actions] returns. A Go test calls the method instead; the rows are for
// what has no compiler: the sandbox's HTTP control, its command line, its page.
type Action struct {
	Name   string // what it is called by, in lower case with hyphens: "purchase"
	Group  string // what it belongs to: "cards", "money", "holders", "callbacks", …
	Lever  string // the method of the Server that it stands for: "Purchase"
	Doc    string // one sentence or two
	Params []Param

	// Run does it. The arguments are texts by the parameters' names, one that is
	// empty or missing is not given. All that is wrong with them is one
	// [*ArgumentError], and nothing has happened then; any other error is the
	// platform's, which refuses. The result encodes to a JSON object.
	Run func(ctx context.Context, args map[string]string) (any, error)
}

// Param is one parameter of an [Action].
type Param struct {
	Name     string
	Type     ParamType
	Doc      string
	Example  string
	Optional bool
	Choices  []string        // of ParamTypeEnum: what it may be
	Live     func() []string // when set: what it can name now, such as the ids of all cards, latest first
}

// ParamType says how the text of an argument is read.
type ParamType string

// Types of parameters.
const (
	ParamTypeText     ParamType = "text"     // as it stands
	ParamTypeSecret   ParamType = "secret"   // text that no answer, list or log repeats
	ParamTypeAmount   ParamType = "amount"   // a decimal: "12.50"
	ParamTypeCurrency ParamType = "currency" // ISO 4217, three capitals
	ParamTypeDuration ParamType = "duration" // as Go writes it: "1h30m"
	ParamTypeEnum     ParamType = "enum"     // one of Choices
	ParamTypeBoolean  ParamType = "boolean"  // true or false
	ParamTypeInteger  ParamType = "integer"  // decimal digits, perhaps with a minus sign
	ParamTypeObject   ParamType = "object"   // a JSON object
)

// ArgumentError is what is wrong with the arguments of an action: one that is
// missing, one of the wrong form, one that it does not know. It repeats no
// argument's value.
type ArgumentError struct {
	Action   string
	Problems []ArgumentProblem
}

// ArgumentProblem is what is wrong with one argument.
type ArgumentProblem struct {
	Param      string `json:"param"`
	Problem    string `json:"problem"`
	Suggestion string `json:"suggestion,omitempty"` // the parameter, or the word, that may have been meant
}

// Error lists all problems.
func (e *ArgumentError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Param + " " + p.Problem
	}
	return "issuingtest: " + e.Action + ": " + strings.Join(texts, "; ")
}
