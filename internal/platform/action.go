package platform

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/nearest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Row is a row of a platform's table of actions, with parameters that have types.
type Row struct {
	Name, Group, Lever, Doc string
	Params                  []parameter
	Run                     func(ctx context.Context, in Args) (Result, error)
}

// Params lists the parameters of a row.
func Params(params ...parameter) []parameter { return params }

// Args are the arguments of a row's run, read and checked.
type Args map[string]any

// Result is what a row answers, a JSON object.
type Result map[string]any

// Does makes the run of a row whose method answers an error alone.
func Does(do func(in Args) error) func(context.Context, Args) (Result, error) {
	return func(_ context.Context, in Args) (Result, error) { return Result{}, do(in) }
}

// Gives makes the run of a row whose method answers one thing, such as an id.
func Gives[T any](name string, do func(in Args) (T, error)) func(context.Context, Args) (Result, error) {
	return func(_ context.Context, in Args) (Result, error) {
		value, err := do(in)
		return Result{name: value}, err
	}
}

// Authorizes makes the run of a row whose method asks a card for money.
func Authorizes(
	do func(in Args) (issuingtest.Authorization, error),
) func(context.Context, Args) (Result, error) {
	return func(_ context.Context, in Args) (Result, error) {
		a, err := do(in)
		return Result{"transaction": a.ID, "approved": a.Approved, "reason": a.Reason}, err
	}
}

// action gives a row the form that all can use.
func (r Row) action() issuingtest.Action {
	specs := make([]issuingtest.Param, len(r.Params))
	for i, p := range r.Params {
		specs[i] = p.describe()
	}
	return issuingtest.Action{
		Name: r.Name, Group: r.Group, Lever: r.Lever, Doc: r.Doc, Params: specs,
		Run: func(ctx context.Context, args map[string]string) (any, error) {
			in, err := r.bind(args)
			if err != nil {
				return nil, err
			}
			result, err := r.Run(ctx, in)
			if err != nil {
				return nil, err
			}
			return result, nil
		},
	}
}

// bind reads all arguments, or says all that is wrong with them.
func (r Row) bind(args map[string]string) (Args, error) {
	in, wrong := Args{}, &issuingtest.ArgumentError{Action: r.Name}
	report := func(name, problem, meant string) {
		wrong.Problems = append(wrong.Problems, issuingtest.ArgumentProblem{Param: name, Problem: problem, Suggestion: meant})
	}
	var names []string
	for _, p := range r.Params {
		spec := p.describe()
		names = append(names, spec.Name)
		text := args[spec.Name]
		if text == "" {
			if !spec.Optional {
				report(spec.Name, `is missing; an example is "`+spec.Example+`"`, "")
			}
			continue
		}
		value, err := any(nil), checkText(text)
		if err == nil {
			value, err = p.parse(text)
		}
		if err != nil {
			meant := ""
			if unknown, ok := errors.AsType[*unknownWord](err); ok {
				meant = unknown.meant
			}
			report(spec.Name, err.Error(), meant)
		}
		in[spec.Name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(names, name) {
			report(Redact(name), "is no parameter"+nearest.Hint(name, names), nearest.Word(name, names))
		}
	}
	if len(wrong.Problems) > 0 {
		return nil, wrong
	}
	return in, nil
}
