// Command generate writes ../schemas.json: AWS's provider schemas, trimmed to what
// package schema checks. See the package's documentation for where they come from.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// wanted are the types to take over; a star takes a whole service.
var wanted = []string{
	"AWS::ApiGateway::*",
	"AWS::ApiGatewayV2::*",
	"AWS::CertificateManager::Certificate",
	"AWS::CloudFormation::Stack", "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle",
	"AWS::CloudFront::*",
	"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard",
	"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role",
	"AWS::KMS::Alias", "AWS::KMS::Key",
	"AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function",
	"AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::Lambda::Url", "AWS::Lambda::Version",
	"AWS::Logs::Delivery", "AWS::Logs::DeliveryDestination", "AWS::Logs::DeliverySource", "AWS::Logs::LogGroup",
	"AWS::Logs::LogStream", "AWS::Logs::MetricFilter", "AWS::Logs::ResourcePolicy", "AWS::Logs::SubscriptionFilter",
	"AWS::PricingPlanManager::*",
	"AWS::Route53::HealthCheck", "AWS::Route53::HostedZone", "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup",
	"AWS::S3::Bucket", "AWS::S3::BucketPolicy",
	"AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicInlinePolicy", "AWS::SNS::TopicPolicy",
	"AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
	"AWS::SSM::Parameter",
	"AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::RotationSchedule", "AWS::SecretsManager::Secret",
	"AWS::WAFv2::*",
}

func main() {
	log.SetFlags(0)
	var from []string
	flag.Func("from", "[LABEL=]`DIR` with provider schemas; may be given again, and later ones win", func(s string) error {
		from = append(from, s)
		return nil
	})
	out := flag.String("out", "internal/cfn/schema/schemas.json", "the `file` to write")
	supplement := flag.String("supplement", "internal/cfn/schema/supplement.json", "the `file` of corrections")
	flag.Parse()
	if len(from) == 0 || flag.NArg() > 0 {
		log.Fatal("name at least one directory of provider schemas with -from")
	}
	if err := run(from, *supplement, *out); err != nil {
		log.Fatal(err)
	}
}

func run(from []string, supplement, out string) error {
	types := map[string]map[string]any{}
	for _, f := range from {
		label, dir, err := labeled(f)
		if err != nil {
			return err
		}
		found, err := read(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", label, err)
		}
		if len(found) == 0 {
			return fmt.Errorf("%s: no provider schema in %s", label, dir)
		}
		for name, schema := range found {
			t, err := trimmed(schema)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", label, name, err)
			}
			t["source"] = label
			types[name] = t
		}
	}
	if err := correct(types, supplement); err != nil {
		return err
	}
	used := map[string]bool{}
	for _, t := range types {
		used[t["source"].(string)] = true
	}
	sources := slices.Sorted(maps.Keys(used))
	return write(out, sources, types)
}

// labeled splits LABEL=DIR. Without a label, the directory's own module@version is it.
func labeled(from string) (label, dir string, err error) {
	if label, dir, ok := strings.Cut(from, "="); ok {
		return label, dir, nil
	}
	abs, err := filepath.Abs(from)
	if err != nil {
		return "", "", err
	}
	for d := abs; d != filepath.Dir(d); d = filepath.Dir(d) {
		if strings.Contains(filepath.Base(d), "@v") {
			return filepath.Base(d), from, nil
		}
	}
	return "", "", fmt.Errorf("%s has no module@version in its path; write -from LABEL=%s", from, from)
}

// read returns the wanted schemas below a directory by type name.
func read(dir string) (map[string]map[string]any, error) {
	use := func(string) bool { return true }
	// cfn-lint stores one file per distinct schema and says per region which is used.
	if index, err := os.ReadFile(filepath.Join(dir, "providers", "us_east_1.py")); err == nil {
		files := map[string]bool{}
		for _, m := range regexp.MustCompile(`"(AWS::[\w:]+)": "(\w+)"`).FindAllSubmatch(index, -1) {
			files[string(m[2])+".json"] = true
		}
		dir = filepath.Join(dir, "resources")
		use = func(name string) bool { return files[name] }
	}
	out := map[string]map[string]any{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" || !use(d.Name()) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var schema map[string]any
		if json.Unmarshal(raw, &schema) != nil || schema["primaryIdentifier"] == nil && schema["properties"] == nil {
			return nil // another JSON file
		}
		name, _ := schema["typeName"].(string)
		if slices.ContainsFunc(wanted, func(w string) bool {
			service, all := strings.CutSuffix(w, "*")
			return name == w || all && strings.HasPrefix(name, service)
		}) {
			out[name] = schema
		}
		return nil
	})
	return out, err
}

// trimmed keeps of a provider schema what package schema reads, under its names.
func trimmed(schema map[string]any) (map[string]any, error) {
	out, err := property(schema)
	if err != nil {
		return nil, err
	}
	delete(out, "kinds")
	for to, key := range map[string]string{
		"createOnly": "createOnlyProperties", "conditionalCreateOnly": "conditionalCreateOnlyProperties",
		"readOnly": "readOnlyProperties", "writeOnly": "writeOnlyProperties", "primaryIdentifier": "primaryIdentifier",
	} {
		var paths []string
		for _, pointer := range list(schema[key]) {
			paths = append(paths, dotted(pointer.(string)))
		}
		if paths != nil {
			if to != "primaryIdentifier" { // whose order counts
				slices.Sort(paths)
			}
			out[to] = slices.Compact(paths)
		}
	}
	definitions := map[string]any{}
	for name, d := range object(schema["definitions"]) {
		if definitions[name], err = property(object(d)); err != nil {
			return nil, fmt.Errorf("definition %s: %w", name, err)
		}
	}
	if keep := reachable(out, definitions); len(keep) > 0 {
		out["definitions"] = keep
	}
	return out, nil
}

// dotted turns /properties/A/properties/B, /properties/A/B and
// /properties/A/items/B alike into A.B.
func dotted(pointer string) string {
	var steps []string
	for i, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case step == "properties" || step == "items" && i > 0:
		case step == "*": // a list's index is not part of a path
		default:
			steps = append(steps, step)
		}
	}
	return strings.Join(steps, ".")
}

// property trims one place of a schema.
func property(in map[string]any) (map[string]any, error) {
	out := map[string]any{}
	if ref, ok := in["$ref"].(string); ok {
		name, ok := strings.CutPrefix(ref, "#/definitions/")
		if !ok {
			return nil, fmt.Errorf("reference %q leads out of the definitions", ref)
		}
		out["ref"] = name
		return out, nil
	}
	switch t := in["type"].(type) {
	case string:
		out["kinds"] = []string{t}
	case []any:
		out["kinds"] = t
	}
	for _, key := range []string{"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "dependentRequired", "dependentExcluded"} {
		if v, ok := in[key]; ok {
			switch v := v.(type) {
			case float64, map[string]any:
				out[key] = v
			case string: // some schemas quote their limits
				n, err := strconv.ParseFloat(v, 64)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", key, err)
				}
				out[key] = n
			}
		}
	}
	if dependencies, ok := in["dependencies"].(map[string]any); ok {
		out["dependentRequired"] = dependencies
	}
	if v := in["uniqueItems"]; v == true {
		out["unique"] = true
	}
	if v := list(in["requiredXor"]); v != nil { // cfn-lint's word
		out["exactlyOne"] = v
	}
	if v := list(in["required"]); v != nil {
		required := make([]string, len(v))
		for i := range v {
			required[i] = v[i].(string)
		}
		slices.Sort(required)
		out["required"] = slices.Compact(required)
	}
	enum := list(in["enum"])
	if c, ok := in["const"]; ok {
		enum = []any{c}
	}
	var values []string
	for _, v := range enum {
		values = append(values, fmt.Sprint(v))
	}
	if pattern, ok := in["pattern"].(string); ok {
		if alternatives := alternatives(pattern); alternatives != nil && values == nil {
			values = alternatives
		} else if pattern != "" {
			out["pattern"] = pattern
		}
	}
	if values != nil {
		out["enum"] = values
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		var all []any
		for _, alternative := range list(in[key]) {
			a, err := property(object(alternative))
			if err != nil {
				return nil, err
			}
			all = append(all, a)
		}
		if slices.ContainsFunc(all, func(a any) bool { return len(a.(map[string]any)) > 0 }) {
			out[key] = all
		}
	}
	if items, ok := in["items"].(map[string]any); ok {
		p, err := property(items)
		if err != nil {
			return nil, err
		}
		if in["type"] == "object" { // how Route.RequestParameters says what its values are
			out["values"] = p
		} else {
			out["items"] = p
		}
	}
	children := map[string]any{}
	for name, child := range object(in["properties"]) {
		p, err := property(object(child))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		children[name] = p
	}
	if len(children) > 0 {
		out["properties"] = children
	}
	open := in["additionalProperties"]
	if patterns := object(in["patternProperties"]); len(patterns) > 0 {
		if len(patterns) > 1 {
			open = true
		}
		for _, child := range patterns {
			p, err := property(object(child))
			if err != nil {
				return nil, err
			}
			if len(patterns) == 1 {
				out["values"] = p
			}
		}
	}
	if v, ok := open.(map[string]any); ok {
		p, err := property(v)
		if err != nil {
			return nil, err
		}
		out["values"] = p
	} else if open != false && out["values"] == nil {
		out["open"] = true
	}
	if k, _ := out["kinds"].([]string); out["properties"] == nil && out["values"] == nil && !slices.Contains(k, "object") {
		delete(out, "open") // says nothing about a string
	}
	return out, nil
}

// alternatives returns the values of a pattern that is a list of them, ^(a|b)$.
func alternatives(pattern string) []string {
	inner, ok := strings.CutPrefix(pattern, "^(")
	if !ok {
		return nil
	}
	if inner, ok = strings.CutSuffix(inner, ")$"); !ok || regexp.QuoteMeta(strings.ReplaceAll(inner, "|", "")) != strings.ReplaceAll(inner, "|", "") {
		return nil
	}
	return strings.Split(inner, "|")
}

// reachable returns the definitions that a schema refers to, directly or not.
func reachable(root any, definitions map[string]any) map[string]any {
	keep := map[string]any{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["ref"].(string); ok && keep[ref] == nil && definitions[ref] != nil {
				keep[ref] = definitions[ref]
				walk(definitions[ref])
			}
			for _, child := range v {
				walk(child)
			}
		case []any:
			for _, child := range v {
				walk(child)
			}
		}
	}
	walk(root)
	return keep
}

// A correction is one entry of supplement.json.
type correction struct {
	Type   string         `json:"type"`
	Path   string         `json:"path"`             // of the property; empty for the resource itself
	Create bool           `json:"create,omitempty"` // the type, which the schemas lack, from Set
	Set    map[string]any `json:"set,omitempty"`    // keys to write
	Remove []string       `json:"remove,omitempty"` // keys to take away
	Add    map[string]any `json:"add,omitempty"`    // properties that the schema lacks
	Append map[string]any `json:"append,omitempty"` // lists to extend
	Source string         `json:"source"`
	Why    string         `json:"why"`
}

// correct applies supplement.json. An entry that changes nothing is an error, so
// that entries go away when the schemas have caught up with them.
func correct(types map[string]map[string]any, path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var all []correction
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, c := range all {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%s: %s %s: %s", path, c.Type, c.Path, fmt.Sprintf(format, args...))
		}
		t := types[c.Type]
		switch {
		case c.Create && t != nil:
			return fail("the schemas have this type; remove the entry")
		case c.Create:
			types[c.Type] = c.Set
			continue
		case t == nil:
			return fail("no such type")
		}
		at := place(t, c.Path)
		if at == nil {
			return fail("no such property")
		}
		if c.Add != nil { // to the elements of a list, not to the list
			at = place(t, c.Path+".[]")
		}
		before, _ := json.Marshal(at)
		for _, key := range c.Remove {
			if at[key] == nil {
				return fail("there is no %s to remove", key)
			}
			delete(at, key)
		}
		maps.Copy(at, c.Set)
		for key, more := range c.Append {
			have := []any{}
			b, _ := json.Marshal(at[key])
			json.Unmarshal(b, &have)
			for _, v := range list(more) {
				if slices.Contains(have, v) {
					return fail("%s has %v already", key, v)
				}
				have = append(have, v)
			}
			at[key] = have
		}
		for name, p := range c.Add {
			props := object(at["properties"])
			if props[name] != nil {
				return fail("there is %s already", name)
			}
			if at["properties"] == nil {
				props = map[string]any{}
				at["properties"] = props
			}
			props[name] = p
		}
		if after, _ := json.Marshal(at); string(before) == string(after) {
			return fail("changes nothing any more; remove the entry")
		}
	}
	return nil
}

// place leads to the property at a path, through references and lists.
func place(t map[string]any, path string) map[string]any {
	definitions := object(t["definitions"])
	at := t
	element := func(stopAtList bool) {
		for {
			if ref, ok := at["ref"].(string); ok {
				at = object(definitions[ref])
			} else if items, ok := at["items"].(map[string]any); ok && !stopAtList {
				at = items
			} else {
				return
			}
		}
	}
	steps := strings.Split(strings.TrimPrefix(path, "."), ".")
	if path == "" {
		return at
	}
	for i, step := range steps {
		element(false)
		if step == "[]" { // the elements themselves
			continue
		}
		if at = object(object(at["properties"])[step]); at == nil {
			return nil
		}
		element(i == len(steps)-1)
	}
	return at
}

// write puts one type on each line, so that a diff shows which changed.
func write(path string, sources []string, types map[string]map[string]any) error {
	var b strings.Builder
	s, err := json.Marshal(sources)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "{\"Sources\":%s,\"Types\":{", s)
	for i, name := range slices.Sorted(maps.Keys(types)) {
		if i > 0 {
			b.WriteByte(',')
		}
		line, err := json.Marshal(types[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&b, "\n%q:%s", name, line)
	}
	b.WriteString("\n}}\n")
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func list(v any) []any { l, _ := v.([]any); return l }
