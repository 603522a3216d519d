package cfn

import (
	"maps"
	"regexp"
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

// Reference is the logical id of the resource that a property refers to by Ref,
// Fn::GetAtt or a Fn::Sub of nothing else; "" when it is anything else.
func (p Properties) Reference(name string) string {
	p.template.mu.Lock()
	defer p.template.mu.Unlock()
	return p.template.referred(p.values[name], 0)
}

// References are those of a property that is a list.
func (p Properties) References(name string) []string {
	p.template.mu.Lock()
	defer p.template.mu.Unlock()
	var ids []string
	for _, item := range List(p.values[name]) {
		if id := p.template.referred(item, 0); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// Referred is the logical id of the resource that a value, as [Template.Written] leaves
// it, refers to; "" when it is anything else.
func (t *Template) Referred(v any) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.referred(v, 0)
}

// Later says of a value, as [Template.Written] leaves it, that it is known only after
// the deploy.
func Later(v any) bool {
	m, ok := v.(map[string]any)
	return ok && isIntrinsic(m)
}

// Items are the texts of a list one by one. open says that there are more, which are
// known only after the deploy. A reference to a resource is its logical id.
func (p Properties) Items(name string) (texts []string, open bool) {
	p.template.mu.Lock()
	defer p.template.mu.Unlock()
	v := p.template.written(p.values[name], 0)
	if Later(v) {
		return nil, true
	}
	for _, item := range List(v) {
		switch id := p.template.referred(item, 0); {
		case id != "":
			texts = append(texts, id)
		case Later(item):
			open = true
		default:
			texts = append(texts, Text(item))
		}
	}
	return texts, open
}

var lonely = regexp.MustCompile(`^\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}$`)

func (t *Template) referred(v any, depth int) string {
	call, ok := v.(map[string]any)
	if !ok || !isIntrinsic(call) || depth > maxDepth {
		return ""
	}
	id := ""
	for name, argument := range call {
		switch name {
		case "Ref":
			id = Text(argument)
		case "Fn::GetAtt":
			id, _, _ = strings.Cut(Text(argument), ".")
			if args := List(argument); len(args) > 0 {
				id = Text(args[0])
			}
		case "Fn::Sub":
			if m := lonely.FindStringSubmatch(Text(argument)); m != nil {
				id = m[1]
			}
		case "Fn::If":
			return t.referred(t.known(call, depth), depth+1)
		}
	}
	if t.resources[id] == nil {
		return ""
	}
	return id
}

// Resource finds a resource by its logical id; nil for one that is not there, or whose
// condition does not hold.
func (t *Template) Resource(id string) *Resource { return t.resources[id] }
