package cfn

import (
	"maps"
	"slices"
	"strings"
)

// maxOrder bounds the references that one [Order] follows: a template of the size that
// CloudFormation takes needs far fewer.
const maxOrder = 5_000_000

// Order is the order in which CloudFormation creates resources.
type Order struct {
	before map[*Resource][]string
	byID   map[string]*Resource
	steps  int
}

// Order reads what the resources depend on.
func (t *Template) Order() *Order {
	o := &Order{before: map[*Resource][]string{}, byID: t.resources}
	for _, r := range t.resources {
		found := map[string]bool{}
		collect(r.properties, found, 0)
		o.before[r] = slices.Concat(r.dependsOn, slices.Collect(maps.Keys(found)))
	}
	return o
}

// Follows says whether CloudFormation creates a resource after another one: it depends
// on it, refers to it, or does either with something that does. When that takes too
// long to find out, it is taken to be so.
func (o *Order) Follows(r, other *Resource) bool {
	before, done := o.Before(r)
	return before[other.ID] || !done
}

// Before are the ids of what is created before a resource. done says that there was
// time to find all.
func (o *Order) Before(r *Resource) (ids map[string]bool, done bool) {
	ids = map[string]bool{}
	left := []*Resource{r}
	for len(left) > 0 {
		next := left[len(left)-1]
		left = left[:len(left)-1]
		for _, id := range o.before[next] {
			if o.steps++; o.steps > maxOrder {
				return ids, false
			}
			if !ids[id] {
				ids[id] = true
				if found := o.byID[id]; found != nil {
					left = append(left, found)
				}
			}
		}
	}
	return ids, true
}

// Refers says whether a resource depends on another one itself, by a reference or by
// DependsOn.
func (o *Order) Refers(r, other *Resource) bool { return slices.Contains(o.before[r], other.ID) }

// dependsOn reads the attribute DependsOn: one logical id or a list of them.
func dependsOn(v any) []string {
	if id, ok := v.(string); ok {
		return []string{id}
	}
	var ids []string
	for _, item := range List(v) {
		if id, ok := item.(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// collect finds the logical ids that a value names.
func collect(v any, found map[string]bool, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			collect(item, found, depth+1)
		}
	case map[string]any:
		if id, ok := v["Ref"].(string); ok && len(v) == 1 {
			found[id] = true
			return
		}
		if target, ok := v["Fn::GetAtt"]; ok && len(v) == 1 {
			id, _ := target.(string)
			if parts := List(target); len(parts) > 0 {
				id, _ = parts[0].(string)
			}
			id, _, _ = strings.Cut(id, ".")
			found[id] = true
			return
		}
		if text, ok := v["Fn::Sub"]; ok && len(v) == 1 {
			template, _ := text.(string)
			if parts := List(text); len(parts) > 0 {
				template, _ = parts[0].(string)
				collect(parts[1:], found, depth+1)
			}
			for _, piece := range strings.Split(template, "${")[1:] {
				name, _, _ := strings.Cut(piece, "}")
				id, _, _ := strings.Cut(strings.TrimSpace(name), ".")
				found[id] = true
			}
			return
		}
		for _, item := range v {
			collect(item, found, depth+1)
		}
	}
}
