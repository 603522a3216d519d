package cfn

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxDepth bounds nesting: CloudFormation itself takes far less.
const maxDepth = 100

// resolution is the resolving of one property.
type resolution struct {
	t *Template
	// made is what the property expands to.
	made budget
	// conditions that are being evaluated, to see a cycle.
	conditions map[string]bool
}

func (t *Template) resolution() *resolution {
	return &resolution{t: t, conditions: map[string]bool{}}
}

// resolve replaces intrinsic functions in v by their values.
func (t *Template) resolve(v any) (any, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.resolution().value(v, 0)
}

// condition evaluates one of the template's conditions.
func (t *Template) condition(name string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.resolution().condition(name, 0)
}

// spend counts what is made of the property and of the template.
func (r *resolution) spend(values, text int) error {
	if err := r.made.spend(values, text, perProperty); err != nil {
		return err
	}
	return r.t.made.spend(values, text, perTemplate)
}

// text is a text that a function has made.
func (r *resolution) text(text string) (any, error) {
	text = r.t.reveal(text)
	return text, r.spend(0, len(text))
}

func (r *resolution) value(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	if err := r.spend(1, 0); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "{{resolve:") {
			return v, nil
		}
		return r.text(v)
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			x, err := r.value(item, depth+1)
			if err != nil {
				return nil, err
			}
			if _, absent := x.(noValue); !absent {
				out = append(out, x)
			}
		}
		return out, nil
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				if name == "Ref" || name == "Condition" || strings.HasPrefix(name, "Fn::") {
					return r.call(name, argument, depth+1)
				}
			}
		}
		out := make(map[string]any, len(v))
		for name, item := range v {
			x, err := r.value(item, depth+1)
			if err != nil {
				return nil, err
			}
			if _, absent := x.(noValue); !absent {
				out[name] = x
			}
		}
		return out, nil
	}
	return v, nil
}

// call evaluates one intrinsic function.
func (r *resolution) call(name string, argument any, depth int) (any, error) {
	switch name {
	case "Ref":
		id, ok := argument.(string)
		if !ok {
			return nil, errors.New("the function Ref takes a name")
		}
		return r.ref(id, depth)
	case "Condition":
		// {"Condition": "Name"} is an intrinsic only inside conditions; elsewhere,
		// as in an IAM statement, it is plain data.
		return map[string]any{name: argument}, nil
	case "Fn::GetAtt":
		return r.getAtt(argument, depth)
	case "Fn::Join":
		return r.join(argument, depth)
	case "Fn::Sub":
		return r.sub(argument, depth)
	case "Fn::Select":
		return r.selectItem(argument, depth)
	case "Fn::Split":
		args, err := r.arguments(argument, 2, depth)
		if err != nil {
			return nil, fmt.Errorf("Fn::Split: %w", err)
		}
		separator, text := Text(args[0]), Text(args[1])
		if separator == "" {
			return nil, errors.New("Fn::Split: the delimiter is empty")
		}
		if err := r.spend(strings.Count(text, separator), 0); err != nil {
			return nil, err
		}
		var parts []any
		for part := range strings.SplitSeq(text, separator) {
			parts = append(parts, part)
		}
		return parts, nil
	case "Fn::If":
		args := List(argument)
		if len(args) != 3 {
			return nil, errors.New("Fn::If takes a condition and two values")
		}
		condition, ok := args[0].(string)
		if !ok {
			return nil, errors.New("Fn::If takes the name of a condition")
		}
		holds, err := r.condition(condition, depth)
		if err != nil {
			return nil, err
		}
		if holds {
			return r.value(args[1], depth)
		}
		return r.value(args[2], depth)
	case "Fn::ImportValue":
		x, err := r.value(argument, depth)
		if err != nil {
			return nil, err
		}
		export := Text(x)
		if value, ok := r.t.Imports[export]; ok {
			return value, nil
		}
		return nil, fmt.Errorf("Fn::ImportValue %q is another stack's export; give the value of that export", export)
	case "Fn::FindInMap":
		return r.findInMap(argument, depth)
	case "Fn::Base64", "Fn::Cidr", "Fn::GetAZs", "Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Fn::ForEach":
		return nil, fmt.Errorf("%s is not resolved here", name)
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		return r.logic(name, argument, depth)
	}
	return nil, fmt.Errorf("%s is not an intrinsic function known here", name)
}

// arguments resolves a list of exactly n arguments.
func (r *resolution) arguments(argument any, n, depth int) ([]any, error) {
	args, ok := argument.([]any)
	if !ok || len(args) != n {
		return nil, fmt.Errorf("takes a list of %d", n)
	}
	out := make([]any, n)
	for i, arg := range args {
		x, err := r.value(arg, depth+1)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

func (r *resolution) ref(id string, depth int) (any, error) {
	t := r.t
	switch id {
	case "AWS::Region":
		return t.InRegion(), nil
	case "AWS::AccountId":
		return t.InAccount(), nil
	case "AWS::Partition":
		return t.Partition(), nil
	case "AWS::URLSuffix":
		return t.URLSuffix(), nil
	case "AWS::StackName":
		return t.Stack(), nil
	case "AWS::StackId":
		return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/00000000-0000-0000-0000-000000000000",
			t.Partition(), t.InRegion(), t.InAccount(), t.Stack()), nil
	case "AWS::NoValue":
		return noValue{}, nil
	case "AWS::NotificationARNs":
		return []any{}, nil
	}
	if value, ok := t.Attributes[id]; ok {
		return value, nil
	}
	if parameter, ok := t.parameters[id]; ok {
		return r.parameter(id, Object(parameter))
	}
	if res, ok := t.resources[id]; ok {
		if value, known, err := r.name(res.Type, res, depth); known {
			return value, err
		}
		return res.ID, nil
	}
	return nil, fmt.Errorf("the Ref %q names neither a parameter nor a resource of the template", id)
}

func (r *resolution) parameter(name string, parameter map[string]any) (any, error) {
	kind, _ := parameter["Type"].(string)
	value, given := r.t.Parameters[name]
	if !given {
		// The default of an SSM parameter type is the parameter's name in SSM.
		if strings.HasPrefix(kind, "AWS::SSM::Parameter::Value") {
			return nil, fmt.Errorf("parameter %q is read from SSM at the deploy; give the value of that parameter", name)
		}
		fallback, ok := parameter["Default"]
		if !ok {
			return nil, fmt.Errorf("parameter %q has no default; give the value of that parameter", name)
		}
		value = Text(fallback)
	}
	if kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<") {
		if err := r.spend(strings.Count(value, ","), 0); err != nil {
			return nil, err
		}
		var items []any
		for item := range strings.SplitSeq(value, ",") {
			items = append(items, strings.TrimSpace(item))
		}
		return items, nil
	}
	return r.text(value)
}

// name asks what the service calls a resource or one of its attributes.
func (r *resolution) name(key string, res *Resource, depth int) (value any, known bool, err error) {
	if depth > maxDepth {
		return nil, true, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	name, known := r.t.names[key]
	if !known {
		return nil, false, nil
	}
	value, err = name(Named{ID: res.ID, Environment: &r.t.Environment, Property: func(property string) (any, error) {
		return r.value(res.properties[property], depth+1)
	}})
	return value, true, err
}

func (r *resolution) getAtt(argument any, depth int) (any, error) {
	var id, attribute string
	switch a := argument.(type) {
	case string:
		id, attribute, _ = strings.Cut(a, ".")
	case []any:
		if len(a) == 2 {
			id, _ = a[0].(string)
			attribute, _ = a[1].(string)
		}
	}
	if id == "" || attribute == "" {
		return nil, errors.New("Fn::GetAtt takes a resource and an attribute")
	}
	return r.attribute(id, attribute, depth)
}

func (r *resolution) attribute(id, attribute string, depth int) (any, error) {
	t := r.t
	if value, ok := t.Attributes[id+"."+attribute]; ok {
		return value, nil
	}
	res, ok := t.resources[id]
	if !ok {
		return nil, fmt.Errorf("Fn::GetAtt %s.%s names no resource of the template", id, attribute)
	}
	if value, known, err := r.name(res.Type+"."+attribute, res, depth); known {
		return value, err
	}
	return nil, fmt.Errorf("Fn::GetAtt %s.%s of %s is known only after the deploy; give the value of that attribute",
		id, attribute, res.Type)
}

func (r *resolution) join(argument any, depth int) (any, error) {
	args := List(argument)
	if len(args) != 2 {
		return nil, errors.New("Fn::Join takes a delimiter and a list")
	}
	separator, ok := args[0].(string)
	if !ok {
		return nil, errors.New("Fn::Join takes a delimiter that is text")
	}
	items, err := r.value(args[1], depth+1)
	if err != nil {
		return nil, err
	}
	values, ok := items.([]any)
	if !ok {
		return nil, errors.New("Fn::Join takes a list of values")
	}
	var b strings.Builder
	for i, item := range values {
		if i > 0 {
			b.WriteString(separator)
		}
		text := Text(item)
		if err := r.spend(0, len(text)+len(separator)); err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return r.text(b.String())
}

func (r *resolution) sub(argument any, depth int) (any, error) {
	text, variables := "", map[string]any(nil)
	switch a := argument.(type) {
	case string:
		text = a
	case []any:
		if len(a) != 2 {
			return nil, errors.New("Fn::Sub takes a text and a map of variables")
		}
		text, _ = a[0].(string)
		variables = Object(a[1])
	default:
		return nil, errors.New("Fn::Sub takes a text")
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("${" + rest)
			break
		}
		text = after
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		name = strings.TrimSpace(name)
		x, err := r.variable(name, variables, depth)
		if err != nil {
			return nil, fmt.Errorf("Fn::Sub ${%s}: %w", name, err)
		}
		value := Text(x)
		if err := r.spend(0, len(value)); err != nil {
			return nil, err
		}
		b.WriteString(value)
	}
	return r.text(b.String())
}

func (r *resolution) variable(name string, variables map[string]any, depth int) (any, error) {
	if err := r.spend(1, 0); err != nil {
		return nil, err
	}
	if v, ok := variables[name]; ok {
		return r.value(v, depth+1)
	}
	if id, attribute, dotted := strings.Cut(name, "."); dotted {
		return r.attribute(id, attribute, depth)
	}
	return r.ref(name, depth)
}

func (r *resolution) selectItem(argument any, depth int) (any, error) {
	args, err := r.arguments(argument, 2, depth)
	if err != nil {
		return nil, fmt.Errorf("Fn::Select: %w", err)
	}
	index, err := strconv.Atoi(Text(args[0]))
	if err != nil {
		return nil, fmt.Errorf("Fn::Select takes an index, got %q", Text(args[0]))
	}
	items := List(args[1])
	if index < 0 || index >= len(items) {
		return nil, fmt.Errorf("Fn::Select index %d is outside a list of %d", index, len(items))
	}
	return items[index], nil
}

func (r *resolution) findInMap(argument any, depth int) (any, error) {
	items := List(argument)
	if len(items) != 3 {
		return nil, errors.New("Fn::FindInMap takes a map, a key and a second key")
	}
	args, err := r.arguments(items, 3, depth)
	if err != nil {
		return nil, fmt.Errorf("Fn::FindInMap: %w", err)
	}
	name, first, second := Text(args[0]), Text(args[1]), Text(args[2])
	value, ok := Object(Object(r.t.mappings[name])[first])[second]
	if !ok {
		return nil, fmt.Errorf("Fn::FindInMap finds no %s.%s.%s in Mappings", name, first, second)
	}
	return r.value(value, depth+1)
}

func (r *resolution) condition(name string, depth int) (bool, error) {
	body, ok := r.t.conditions[name]
	if !ok {
		return false, fmt.Errorf("condition %q is not in the template", name)
	}
	if r.conditions[name] {
		return false, fmt.Errorf("condition %q depends on itself", name)
	}
	if d, ok := r.t.decided[name]; ok {
		return d.holds, d.err
	}
	r.conditions[name] = true
	defer delete(r.conditions, name)
	holds, err := r.truth(body, depth+1)
	r.t.decided[name] = decision{holds, err}
	return holds, err
}

// truth evaluates a condition's body.
func (r *resolution) truth(v any, depth int) (bool, error) {
	if depth > maxDepth {
		return false, errors.New("condition is nested too deep")
	}
	if err := r.spend(1, 0); err != nil {
		return false, err
	}
	body, ok := v.(map[string]any)
	if ok && len(body) == 1 {
		for name, argument := range body {
			switch name {
			case "Condition":
				other, _ := argument.(string)
				return r.condition(other, depth)
			case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
				return r.logic(name, argument, depth)
			}
		}
	}
	x, err := r.value(v, depth)
	if err != nil {
		return false, err
	}
	switch Text(x) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("condition is neither true nor false but %q", Text(x))
}

func (r *resolution) logic(name string, argument any, depth int) (bool, error) {
	args := List(argument)
	switch name {
	case "Fn::Equals":
		values, err := r.arguments(argument, 2, depth)
		if err != nil {
			return false, fmt.Errorf("Fn::Equals: %w", err)
		}
		return Text(values[0]) == Text(values[1]), nil
	case "Fn::Not":
		if len(args) != 1 {
			return false, errors.New("Fn::Not takes one condition")
		}
		holds, err := r.truth(args[0], depth+1)
		return !holds, err
	}
	for _, arg := range args {
		holds, err := r.truth(arg, depth+1)
		if err != nil {
			return false, err
		}
		if holds == (name == "Fn::Or") {
			return holds, nil
		}
	}
	return name == "Fn::And", nil
}
