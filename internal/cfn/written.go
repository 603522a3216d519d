package cfn

import (
	"maps"
	"slices"
	"strings"
)

// All returns the resources whose condition holds, sorted by logical id.
func (t *Template) All() []*Resource {
	var all []*Resource
	for _, id := range slices.Sorted(maps.Keys(t.resources)) {
		all = append(all, t.resources[id])
	}
	return all
}

// Written returns a resource's properties with what the template itself decides filled
// in: parameters, mappings, conditions. What refers to a resource, or is known only
// after the deploy, stays as it is written: the stand-ins that [Properties] reads are
// not values that AWS would see. A property that is AWS::NoValue is left out.
func (t *Template) Written(r *Resource) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.written == nil {
		r.written = Object(t.written(map[string]any(r.properties), 0))
	}
	return r.written
}

func (t *Template) written(v any, depth int) any {
	if depth > maxDepth {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			if x := t.written(item, depth+1); x != any(noValue{}) {
				out = append(out, x)
			}
		}
		return out
	case map[string]any:
		if isIntrinsic(v) {
			return t.known(v, depth)
		}
		out := make(map[string]any, len(v))
		for name, item := range v {
			if x := t.written(item, depth+1); x != any(noValue{}) {
				out[name] = x
			}
		}
		return out
	}
	return v
}

// known is the value of an intrinsic function if the template decides it, else the
// function itself.
func (t *Template) known(call map[string]any, depth int) any {
	if args, ok := call["Fn::If"].([]any); ok && len(args) == 3 {
		holds, err := t.resolution().condition(Text(args[0]), 0)
		switch {
		case err != nil:
			return call
		case holds:
			return t.written(args[1], depth+1)
		}
		return t.written(args[2], depth+1)
	}
	if t.mentionsResource(call, 0) {
		return call
	}
	if value, err := t.resolution().value(call, 0); err == nil {
		return value
	}
	return call
}

// mentionsResource says whether a value refers to a resource of the template.
func (t *Template) mentionsResource(v any, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return t.mentionsResource(item, depth+1) })
	case map[string]any:
		for name, argument := range v {
			switch {
			case name == "Fn::GetAtt":
				return true
			case name == "Ref" && t.resources[Text(argument)] != nil:
				return true
			case name == "Fn::Sub" && t.subMentions(argument):
				return true
			case t.mentionsResource(argument, depth+1):
				return true
			}
		}
	}
	return false
}

// subMentions says whether the text of a Fn::Sub refers to a resource.
func (t *Template) subMentions(argument any) bool {
	text, ok := argument.(string)
	if args := List(argument); !ok && len(args) > 0 {
		text = Text(args[0])
	}
	for _, part := range strings.Split(text, "${")[1:] {
		name, _, _ := strings.Cut(part, "}")
		if id, _, attribute := strings.Cut(name, "."); attribute || t.resources[id] != nil {
			return true
		}
	}
	return false
}
