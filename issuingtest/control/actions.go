package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// turn turns the clocks of the platforms, one beside the other.
func (c *call) turn() *problem {
	platforms, failed := c.platforms()
	if failed != nil {
		return failed
	}
	members, failed := c.members()
	if failed != nil {
		return failed
	}
	for name := range members {
		if name != "advance" {
			return &problem{
				status: http.StatusBadRequest, code: "bad_arguments", suggestion: "advance",
				message: "no parameter " + strconv.Quote(clip(name)) + "; there is advance",
			}
		}
	}
	results, errs := make([]outcome, len(platforms)), make([]*problem, len(platforms))
	var wg sync.WaitGroup
	for i, p := range platforms {
		wg.Go(func() { results[i], errs[i] = c.do(p, "advance", map[string]string{"by": members["advance"]}) })
	}
	wg.Wait()
	status, all := http.StatusOK, map[string]any{}
	for i, p := range platforms {
		if errs[i] != nil {
			return errs[i]
		}
		status = max(status, results[i].status())
		all[p.Name] = results[i].value
	}
	writeJSON(c.w, status, map[string]any{"providers": all})
	return nil
}

// actions lists the table.
func (c *call) actions() *problem {
	return c.each(func(p Platform) any {
		rows := []any{}
		for _, a := range p.Actions() {
			rows = append(rows, map[string]any{"name": a.Name, "group": a.Group, "doc": a.Doc, "params": paramList(a.Params)})
		}
		return rows
	})
}

// maxLive bounds what a list says that a parameter can name now.
const maxLive = 100

func paramList(params []issuingtest.Param) []any {
	out := []any{}
	for _, p := range params {
		row := map[string]any{"name": p.Name, "type": p.Type, "doc": p.Doc, "example": p.Example, "optional": p.Optional}
		if p.Choices != nil {
			row["choices"] = p.Choices
		}
		if p.Live != nil {
			live := p.Live()
			row["now"] = append([]string{}, live[:min(len(live), maxLive)]...)
		}
		out = append(out, row)
	}
	return out
}

// act does an action.
func (c *call) act() *problem {
	p, failed := c.platform(c.path["provider"])
	if failed != nil {
		return failed
	}
	args, failed := c.members()
	if failed != nil {
		return failed
	}
	result, failed := c.do(p, c.path["action"], args)
	if failed != nil {
		return failed
	}
	writeJSON(c.w, result.status(), result.value)
	return nil
}

// outcome is what an action answered.
type outcome struct{ value any }

// status is 202 for a turn of the clock that goes on behind.
func (o outcome) status() int {
	var turn struct{ Turning bool }
	if text, err := json.Marshal(o.value); err == nil && json.Unmarshal(text, &turn) == nil && turn.Turning {
		return http.StatusAccepted
	}
	return http.StatusOK
}

// do runs an action of a platform.
func (c *call) do(p Platform, name string, args map[string]string) (outcome, *problem) {
	actions := p.Actions()
	i := slices.IndexFunc(actions, func(a issuingtest.Action) bool { return a.Name == name })
	if i < 0 {
		var names []string
		for _, a := range actions {
			names = append(names, a.Name)
		}
		return outcome{}, unknown("unknown_action", "action of "+p.Name, name, names)
	}
	result, err := actions[i].Run(c.r.Context(), args)
	if wrong, ok := errors.AsType[*issuingtest.ArgumentError](err); ok {
		return outcome{}, &problem{
			http.StatusBadRequest, "bad_arguments", plain(wrong), suggested(wrong.Problems), wrong.Problems,
		}
	}
	if err != nil {
		return outcome{}, fail(http.StatusConflict, "refused", plain(err))
	}
	if actions[i].Group != "clock" { // the platform tells when a turn has ended
		c.h.log.tell("action", p.Name, 0, name)
	}
	return outcome{result}, nil
}

// suggested is the first suggestion of some problems.
func suggested(problems []issuingtest.ArgumentProblem) string {
	for _, p := range problems {
		if p.Suggestion != "" {
			return p.Suggestion
		}
	}
	return ""
}

var ofPackage = regexp.MustCompile(`^(issuingtest|platform|[a-z]+test): `)

// plain is an error without the name of a Go package before it.
func plain(err error) string { return ofPackage.ReplaceAllString(err.Error(), "") }
