package control

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

type object = map[string]any

// describe makes the OpenAPI 3.1 document from the routes and the platforms' tables.
func (h *Handler) describe() ([]byte, error) {
	paths := object{}
	at := func(path string) object {
		if paths[path] == nil {
			paths[path] = object{}
		}
		return paths[path].(object)
	}
	for _, r := range h.routes {
		if !strings.Contains(r.path, "{action}") {
			at(r.path)[strings.ToLower(r.method)] = r.operation()
		}
	}
	for _, p := range h.cfg.Platforms {
		for _, a := range p.Actions() {
			at("/v1/" + p.Name + "/actions/" + a.Name)["post"] = actionOperation(p.Name, a)
		}
	}
	document := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Control of the platforms in memory", "version": "1",
			"description": "What the platforms hold, what can be done to them, which requests and callbacks there were.",
		},
		"paths": paths,
		"components": object{
			"schemas": object{"Error": errorSchema},
			"responses": object{"Error": object{
				"description": "An error.", "content": jsonOf(object{"$ref": "#/components/schemas/Error"}),
			}},
		},
	}
	if !h.cfg.Token.IsZero() {
		document["components"].(object)["securitySchemes"] = object{"token": object{"type": "http", "scheme": "bearer"}}
		document["security"] = []object{{"token": []string{}}}
	}
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("control: the description: %w", err)
	}
	return append(text, '\n'), nil
}

var errorSchema = object{
	"type": "object", "required": []string{"error"},
	"properties": object{"error": object{
		"type": "object", "required": []string{"code", "message"},
		"properties": object{
			"code": object{"type": "string"}, "message": object{"type": "string"}, "suggestion": object{"type": "string"},
			"arguments": object{"type": "array", "items": object{
				"type": "object", "properties": object{
					"param": object{"type": "string"}, "problem": object{"type": "string"}, "suggestion": object{"type": "string"},
				},
			}},
		},
	}},
}

func jsonOf(schema object) object { return object{"application/json": object{"schema": schema}} }

func answers(doc string) object {
	return object{
		"200":     object{"description": doc, "content": jsonOf(object{"type": "object"})},
		"default": object{"$ref": "#/components/responses/Error"},
	}
}

var braces = regexp.MustCompile(`\{([a-z]+)\}`)

// operation describes a route.
func (r route) operation() object {
	parameters := []object{}
	for _, found := range braces.FindAllStringSubmatch(r.path, -1) {
		parameters = append(parameters, object{
			"name": found[1], "in": "path", "required": true, "schema": object{"type": "string"},
		})
	}
	for _, q := range r.query {
		parameters = append(parameters, object{
			"name": q.name, "in": "query", "description": q.doc, "schema": object{"type": q.typ},
		})
	}
	path := braces.ReplaceAllString(strings.ReplaceAll(r.path, "/", "-"), "$1")
	out := object{
		"operationId": strings.ToLower(r.method) + path,
		"summary":     r.doc, "tags": []string{"control"}, "parameters": parameters, "responses": answers(r.doc),
	}
	if r.method == "POST" {
		properties, required := object{}, []string{}
		for _, b := range r.body {
			properties[b.name] = object{"type": b.typ, "description": b.doc}
			required = append(required, b.name)
		}
		out["requestBody"] = object{"required": len(required) > 0, "content": jsonOf(object{
			"type": "object", "properties": properties, "required": required, "additionalProperties": false,
		})}
	}
	return out
}

// actionOperation describes a row of a platform's table.
func actionOperation(provider string, a issuingtest.Action) object {
	properties, required, example := object{}, []string{}, object{}
	for _, p := range a.Params {
		properties[p.Name] = paramSchema(p)
		if !p.Optional {
			required = append(required, p.Name)
			example[p.Name] = p.Example
		}
	}
	return object{
		"operationId": provider + "-" + a.Name, "summary": a.Doc, "tags": []string{provider, a.Group},
		"requestBody": object{"required": len(required) > 0, "content": object{"application/json": object{
			"schema":  object{"type": "object", "properties": properties, "required": required, "additionalProperties": false},
			"example": example,
		}}},
		"responses": answers("What it did."),
	}
}

// scalar are the forms in which an argument may come beside its text.
var scalar = map[issuingtest.ParamType]string{
	issuingtest.ParamTypeAmount: "number", issuingtest.ParamTypeBoolean: "boolean",
	issuingtest.ParamTypeInteger: "integer", issuingtest.ParamTypeObject: "object",
}

func paramSchema(p issuingtest.Param) object {
	schema := object{"type": "string", "description": p.Doc, "examples": []string{p.Example}}
	if other := scalar[p.Type]; other != "" {
		schema["type"] = []string{other, "string"}
	}
	if p.Choices != nil {
		schema["enum"] = p.Choices
	}
	return schema
}
