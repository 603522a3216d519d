package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// readTemplate reads the only template of a cloud assembly.
func readTemplate(assembly string) (map[string]any, error) {
	files, err := filepath.Glob(filepath.Join(assembly, "*.template.json"))
	if err != nil || len(files) != 1 {
		return nil, fmt.Errorf("want one template in %s, got %d (%v)", assembly, len(files), err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		return nil, err
	}
	var template map[string]any
	return template, json.Unmarshal(raw, &template)
}

// sameTemplate reports where two templates differ in more than names: in which
// resources they define, with which properties, and in their outputs.
func sameTemplate(a, b map[string]any) error {
	one, other := canonical(a), canonical(b)
	if slices.Equal(one, other) {
		return nil
	}
	var only []string
	for _, resource := range one {
		if !slices.Contains(other, resource) {
			only = append(only, "only in the first: "+resource)
		}
	}
	for _, resource := range other {
		if !slices.Contains(one, resource) {
			only = append(only, "only in the second: "+resource)
		}
	}
	return fmt.Errorf("the templates differ:\n%s", strings.Join(only, "\n"))
}

// canonical lists the resources and outputs of a template, each as text in which
// a reference to a resource is the text of that resource, so that logical ids do
// not matter.
func canonical(template map[string]any) []string {
	resources, _ := template["Resources"].(map[string]any)
	mappings, _ := template["Mappings"].(map[string]any)
	text := map[string]string{}
	var describe func(id string) string
	look := func(kind string, value any) string { return encode(plain(kind, value, mappings, describe)) }
	describe = func(id string) string {
		resource, ok := resources[id].(map[string]any)
		if !ok {
			return id // a pseudo parameter
		}
		if text[id] == "" {
			kind := resource["Type"].(string)
			text[id] = kind // what refers back to it stops here
			text[id] = kind + " " + look(kind, resource["Properties"])
		}
		return text[id]
	}
	var all []string
	for _, id := range slices.Sorted(maps.Keys(resources)) {
		all = append(all, describe(id))
	}
	outputs, _ := template["Outputs"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		all = append(all, "Output "+name+" "+look("", outputs[name]))
	}
	slices.Sort(all)
	return all
}

// plain is value of a resource of the type without what the CDK derives from
// construct ids: logical ids, the ids of origins, the name that is only there to be
// unique. A record's name ends in a dot or not, which is the same to Route 53. What
// is looked up by partition is what it is in the one that us-east-1 is in.
func plain(kind string, value any, mappings map[string]any, describe func(string) string) any {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(kind, item, mappings, describe)
		}
		return list
	case map[string]any:
		if id, ok := v["Ref"].(string); ok && len(v) == 1 {
			return "Ref " + describe(id)
		}
		if path, ok := v["Fn::GetAtt"].([]any); ok && len(v) == 1 {
			return fmt.Sprintf("GetAtt %v of %s", path[1:], describe(path[0].(string)))
		}
		if path, ok := v["Fn::FindInMap"].([]any); ok && encode(path[1]) == `{"Ref":"AWS::Partition"}` {
			byPartition, _ := mappings[path[0].(string)].(map[string]any)
			aws, _ := byPartition["aws"].(map[string]any)
			return aws[path[2].(string)]
		}
		fields := map[string]any{}
		for key, item := range v {
			switch {
			case kind == "AWS::CloudFront::Distribution" && (key == "Id" || key == "TargetOriginId"):
				item = "the origin"
			case kind == "AWS::CloudFront::OriginRequestPolicy" && key == "Name":
				item = "a unique name"
			case kind == "AWS::Route53::RecordSet" && key == "Name":
				item = strings.TrimSuffix(item.(string), ".")
			}
			fields[key] = plain(kind, item, mappings, describe)
		}
		return fields
	}
	return value
}

func encode(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // it was JSON before
	}
	return strings.TrimSpace(text.String())
}
