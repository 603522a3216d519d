// Package update says what CloudFormation cannot do in an update of a stack, by the
// templates before and after it.
//
// CloudFormation makes what is new before it deletes what is old, and a resource
// that has to be replaced is new. So no name may go from one resource to another,
// and no resource that keeps its name may be replaced: "CloudFormation cannot update
// a stack when a custom-named resource requires replacing". Both fail halfway
// through a deploy. Of some resources it also does not reset what the template stops
// naming, and that fails in silence. The synthesis sees nothing of all this.
package update

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn/schema"
)

// Stack is a stack as it is deployed.
type Stack struct {
	region    string
	resources map[string]resource
}

// Deployed is the stack of a template, as JSON decodes it, in an account and region.
// Templates that name these and templates that leave them to CloudFormation mean the
// same.
func Deployed(template map[string]any, account, region string) Stack {
	s := Stack{region, map[string]resource{}}
	values := map[string]any{
		"AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
	}
	resources, _ := template["Resources"].(map[string]any)
	for id, r := range resources {
		raw, _ := r.(map[string]any)
		s.resources[id] = newResource(raw, values)
	}
	return s
}

// Problems lists why a stack cannot be updated from one template to the other, one
// problem an entry, sorted; none if it can be. A resource of a type that nothing is
// known of is a problem, too.
func Problems(before, after Stack) []string {
	old, now := before.resources, after.resources
	var problems []string
	replaced := replacedIn(old, now)
	for id, r := range now {
		was, kept := old[id]
		switch {
		case !r.known():
			problems = append(problems, fmt.Sprintf("%s: nothing is known of %s; add it to uniqueness, and to the schemas", id, r.kind))
		case kept && was.kind != r.kind:
			problems = append(problems, fmt.Sprintf("%s: was %s and is %s; a resource cannot change its type", id, was.kind, r.kind))
		case kept && replaced[id] == "" && strings.HasPrefix(r.kind, remembered):
			for property := range was.properties {
				if _, named := r.properties[property]; !named && !unsayable[r.kind+" "+property] {
					problems = append(problems, fmt.Sprintf("%s: no longer says %s, so CloudFormation leaves it as it was; say what it is to be", id, property))
				}
			}
		case replaced[id] != "":
			for _, identity := range r.identities(replaced) {
				if slices.Contains(was.identities(nil), identity) {
					problems = append(problems, fmt.Sprintf("%s: %s has changed, which replaces it, and %s has not", id, replaced[id], identity))
				}
			}
		}
	}
	owners := map[string]string{}
	for id, r := range old {
		for _, identity := range r.identities(nil) {
			owners[identity] = id
		}
		if _, kept := now[id]; !kept && r.retained && r.named() {
			problems = append(problems, fmt.Sprintf("%s: stays when it is no longer in the template, under a name of its own, so it could not be made again", id))
		}
	}
	for id, r := range now {
		for _, identity := range r.identities(replaced) {
			if owner, taken := owners[identity]; taken && owner != id {
				problems = append(problems, fmt.Sprintf("%s: takes over %s from %s, which is there until it has been made", id, identity, owner))
			}
		}
	}
	slices.Sort(problems)
	return problems
}

// Collisions lists the names that two stacks of one account have in common, in one
// region or in two.
func Collisions(a, b Stack) []string {
	owners := map[string]string{}
	visible := func(s Stack, visit func(id, identity string)) {
		for id, r := range s.resources {
			if a.region == b.region || global[r.kind] {
				for _, identity := range r.identities(nil) {
					if !within(identity) {
						visit(id, identity)
					}
				}
			}
		}
	}
	visible(a, func(id, identity string) { owners[identity] = id })
	var problems []string
	visible(b, func(id, identity string) {
		if owner, taken := owners[identity]; taken {
			problems = append(problems, fmt.Sprintf("%s and %s have the same %s", owner, id, identity))
		}
	})
	slices.Sort(problems)
	return problems
}

// Names are the resources by logical id: the type of each and what there can be one
// of, such as its name. The aliases of a distribution are not among them, for it
// remains the same with others.
func (s Stack) Names() map[string]string {
	names := map[string]string{}
	for id, r := range s.resources {
		names[id] = r.kind
		if r.kind != "AWS::CloudFront::Distribution" {
			names[id] = strings.Join(append([]string{r.kind}, r.unique...), "\n")
		}
	}
	return names
}

// resource is one of a stack.
type resource struct {
	kind       string
	properties map[string]any // with what the stack knows filled in
	retained   bool

	// What is asked of each pair of templates, as long as nothing is replaced.
	fixed  map[string]string // what may not change, by its path
	unique []string
}

func newResource(raw, values map[string]any) resource {
	r := resource{fixed: map[string]string{}}
	r.kind, _ = raw["Type"].(string)
	r.properties, _ = fill(raw["Properties"], values).(map[string]any)
	policy, _ := raw["DeletionPolicy"].(string)
	r.retained = strings.HasPrefix(policy, "Retain")
	for _, path := range r.createOnly() {
		r.fixed[path] = text(r.at(path), nil)
	}
	r.unique = r.identitiesAfter(nil)
	return r
}

// fill puts the values of pseudo parameters in, and joins text that is all there.
func fill(value any, values map[string]any) any {
	switch v := value.(type) {
	case []any:
		filled := make([]any, len(v))
		for i, element := range v {
			filled[i] = fill(element, values)
		}
		return filled
	case map[string]any:
		if name, is := v["Ref"].(string); is && values[name] != nil {
			return values[name]
		}
		filled := make(map[string]any, len(v))
		for key, element := range v {
			filled[key] = fill(element, values)
		}
		if join, is := filled["Fn::Join"].([]any); is && len(filled) == 1 {
			return joined(join)
		}
		return filled
	}
	return value
}

// joined is a Fn::Join of nothing as its separator, with neighboring texts in one.
func joined(join []any) any {
	parts, _ := join[len(join)-1].([]any)
	if join[0] != "" {
		return map[string]any{"Fn::Join": join}
	}
	var merged []any
	for _, part := range parts {
		text, is := part.(string)
		if last := len(merged) - 1; is && last >= 0 {
			if before, is := merged[last].(string); is {
				merged[last] = before + text
				continue
			}
		}
		merged = append(merged, part)
	}
	if len(merged) == 1 {
		return merged[0]
	}
	return map[string]any{"Fn::Join": []any{"", merged}}
}

func (r resource) known() bool {
	_, described := schema.Of(r.kind)
	_, listed := uniqueness[r.kind]
	return described && listed
}

// createOnly are the properties that replace the resource when they change.
func (r resource) createOnly() []string {
	described, ok := schema.Of(r.kind)
	if !ok {
		return nil
	}
	return slices.Concat(described.CreateOnlyPaths, described.ConditionalCreateOnlyPaths, unchangeable[r.kind])
}

// at is the value at a path of properties, nil if there is none.
func (r resource) at(path string) any {
	var value any = r.properties
	for _, step := range strings.Split(path, ".") {
		object, _ := value.(map[string]any)
		value = object[step]
	}
	return value
}

// replacedIn are the resources that are there before and after and have to be
// replaced, with the property that says so: one that may not change has changed, or
// refers to a resource that is replaced.
func replacedIn(old, now map[string]resource) map[string]string {
	replaced := map[string]string{}
	for again := true; again; {
		again = false
		for id, r := range now {
			was, kept := old[id]
			if !kept || was.kind != r.kind || replaced[id] != "" {
				continue
			}
			for _, path := range slices.Sorted(maps.Keys(r.fixed)) {
				is := r.fixed[path]
				if len(replaced) > 0 {
					is = text(r.at(path), replaced)
				}
				if was.fixed[path] != is {
					replaced[id] = path
					again = true
					break
				}
			}
		}
	}
	return replaced
}

// text is a value for comparison. A reference to a resource that is replaced is not
// what it was.
func text(value any, replaced map[string]string) string {
	raw, err := json.Marshal(renewed(value, replaced))
	if err != nil {
		panic(fmt.Errorf("update: %w", err)) // it was decoded from JSON
	}
	return string(raw)
}

func renewed(value any, replaced map[string]string) any {
	switch v := value.(type) {
	case []any:
		all := make([]any, len(v))
		for i, element := range v {
			all[i] = renewed(element, replaced)
		}
		return all
	case map[string]any:
		if id, is := v["Ref"].(string); is && replaced[id] != "" {
			return map[string]any{"Ref": id, "new": true}
		}
		if get, is := v["Fn::GetAtt"].([]any); is && len(get) > 0 {
			if id, is := get[0].(string); is && replaced[id] != "" {
				return map[string]any{"Fn::GetAtt": get, "new": true}
			}
		}
		all := maps.Clone(v)
		for key, element := range all {
			all[key] = renewed(element, replaced)
		}
		return all
	}
	return value
}

// identities say what there can be one of, as far as the template decides it.
func (r resource) identities(replaced map[string]string) []string {
	if len(replaced) == 0 {
		return r.unique
	}
	return r.identitiesAfter(replaced)
}

func (r resource) identitiesAfter(replaced map[string]string) []string {
	var all []string
	for _, paths := range uniqueness[r.kind] {
		identity := r.kind
		complete := true
		for _, path := range paths {
			value := r.at(path)
			complete = complete && value != nil
			identity += fmt.Sprintf(" %s %s", path, r.folded(path, text(value, replaced)))
		}
		if list, is := r.at(paths[0]).([]any); is && len(paths) == 1 {
			for _, element := range list {
				all = append(all, fmt.Sprintf("%s %s %s", r.kind, paths[0], r.folded(paths[0], text(element, replaced))))
			}
		} else if complete {
			all = append(all, identity)
		}
	}
	return all
}

// folded is a text in the case that domain names are compared in.
func (r resource) folded(path, text string) string {
	if r.kind == "AWS::Route53::RecordSet" && path == "Name" || path == "DistributionConfig.Aliases" {
		return strings.ToLower(strings.Replace(text, `."`, `"`, 1))
	}
	return text
}

// named reports whether the template gives the resource a name that it can meet again.
func (r resource) named() bool {
	return slices.ContainsFunc(r.identities(nil), func(identity string) bool { return !within(identity) })
}

// within reports whether an identity refers to another resource, and so is one in
// this stack alone.
func within(identity string) bool {
	return strings.Contains(identity, `{"Ref":`) || strings.Contains(identity, `{"Fn::GetAtt":`)
}
