package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Decode reads a template as JSON.
func Decode(r io.Reader) (map[string]any, error) {
	var document map[string]any
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("template is not a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("template has text after its JSON object")
	}
	return document, nil
}

// Parse takes a decoded template, which it does not change.
func Parse(document map[string]any, environment Environment, names Names) (*Template, error) {
	t := &Template{
		Environment: environment,
		parameters:  Object(document["Parameters"]),
		mappings:    Object(document["Mappings"]),
		conditions:  Object(document["Conditions"]),
		resources:   map[string]*Resource{},
		names:       names,
	}
	resources, ok := document["Resources"].(map[string]any)
	if !ok {
		return nil, errors.New("template has no Resources; is it a CloudFormation template in JSON?")
	}
	for id, entry := range resources {
		body := Object(entry)
		kind, _ := body["Type"].(string)
		if condition, ok := body["Condition"].(string); ok {
			holds, err := t.condition(condition)
			if err != nil {
				t.unresolved = append(t.unresolved, Unresolved{"Resources." + id + ".Condition", err.Error()})
			} else if !holds {
				continue
			}
		}
		t.resources[id] = &Resource{ID: id, Type: kind, properties: Object(body["Properties"])}
	}
	return t, nil
}
