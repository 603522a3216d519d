package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

const (
	// maxBody is the largest template that is read, in bytes: a multiple of the 1 MB
	// that CloudFormation takes.
	maxBody = 16 << 20
	// maxResources is how many resources are read: a multiple of the 500 that
	// CloudFormation takes.
	maxResources = 4000
)

// Decode reads a template as JSON.
func Decode(r io.Reader) (map[string]any, error) {
	var document map[string]any
	limited := &io.LimitedReader{R: r, N: maxBody + 1}
	decoder := json.NewDecoder(limited)
	if err := decoder.Decode(&document); err != nil {
		if limited.N == 0 {
			return nil, fmt.Errorf("template has more than %d MB; CloudFormation takes 1 MB", maxBody>>20)
		}
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
		byType:      map[string][]*Resource{},
		decided:     map[string]decision{},
	}
	resources, ok := document["Resources"].(map[string]any)
	if !ok {
		return nil, errors.New("template has no Resources; is it a CloudFormation template in JSON?")
	}
	if n := len(resources); n > maxResources {
		return nil, fmt.Errorf("template has %d resources; CloudFormation takes 500", n)
	}
	for _, id := range slices.Sorted(maps.Keys(resources)) {
		body := Object(resources[id])
		kind, _ := body["Type"].(string)
		if condition, ok := body["Condition"].(string); ok {
			holds, err := t.condition(condition)
			if err != nil {
				t.unresolved = append(t.unresolved, Unresolved{"Resources." + id + ".Condition", short(err.Error())})
			} else if !holds {
				continue
			}
		}
		r := &Resource{ID: id, Type: kind, properties: Object(body["Properties"]), dependsOn: dependsOn(body["DependsOn"])}
		t.resources[id] = r
		t.byType[kind] = append(t.byType[kind], r)
	}
	return t, nil
}
