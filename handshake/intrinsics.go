package handshake

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxDepth bounds nesting: CloudFormation itself takes far less.
	maxDepth = 100
	// maxNodes bounds the values one property may expand to.
	maxNodes = 100_000
	// maxText bounds a resolved string; a template body is at most 1 MB.
	maxText = 1 << 20
)

// noValue stands for {"Ref": "AWS::NoValue"}: the property is not there.
type noValue struct{}

// resolution is the resolving of one property.
type resolution struct {
	t     *Template
	nodes int
	// conditions that are being evaluated, to see a cycle.
	conditions map[string]bool
}

// resolve replaces intrinsic functions in v by their values.
func (t *Template) resolve(v any) (any, error) {
	r := &resolution{t: t, conditions: map[string]bool{}}
	return r.value(v, 0)
}

// condition evaluates one of the template's conditions.
func (t *Template) condition(name string) (bool, error) {
	r := &resolution{t: t, conditions: map[string]bool{}}
	return r.condition(name, 0)
}

func (r *resolution) value(v any, depth int) (any, error) {
	r.nodes++
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	if r.nodes > maxNodes {
		return nil, fmt.Errorf("expands to more than %d values", maxNodes)
	}
	switch v := v.(type) {
	case string:
		return r.t.secrets(v), nil
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
		separator, text := scalar(args[0]), scalar(args[1])
		if separator == "" {
			return nil, errors.New("Fn::Split: the delimiter is empty")
		}
		var parts []any
		for _, part := range strings.Split(text, separator) {
			parts = append(parts, part)
		}
		return parts, nil
	case "Fn::If":
		args := list(argument)
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
		export := scalar(x)
		if value, ok := r.t.facts.Imports[export]; ok {
			return value, nil
		}
		return nil, fmt.Errorf("Fn::ImportValue %q is another stack's export; give Facts.Imports[%q]", export, export)
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
		return t.region(), nil
	case "AWS::AccountId":
		return t.account(), nil
	case "AWS::Partition":
		return t.partition(), nil
	case "AWS::URLSuffix":
		return t.urlSuffix(), nil
	case "AWS::StackName":
		return t.stackName(), nil
	case "AWS::StackId":
		return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/00000000-0000-0000-0000-000000000000",
			t.partition(), t.region(), t.account(), t.stackName()), nil
	case "AWS::NoValue":
		return noValue{}, nil
	case "AWS::NotificationARNs":
		return []any{}, nil
	}
	if value, ok := t.facts.Attributes[id]; ok {
		return value, nil
	}
	if parameter, ok := t.parameters[id]; ok {
		return r.parameter(id, object(parameter))
	}
	if res, ok := t.resources[id]; ok {
		return r.physicalID(res, depth)
	}
	return nil, fmt.Errorf("the Ref %q names neither a parameter nor a resource of the template", id)
}

func (r *resolution) parameter(name string, parameter map[string]any) (any, error) {
	kind, _ := parameter["Type"].(string)
	value, given := r.t.facts.Parameters[name]
	if !given {
		// The default of an SSM parameter type is the parameter's name in SSM.
		if strings.HasPrefix(kind, "AWS::SSM::Parameter::Value") {
			return nil, fmt.Errorf("parameter %q is read from SSM at the deploy; give Facts.Parameters[%q]", name, name)
		}
		fallback, ok := parameter["Default"]
		if !ok {
			return nil, fmt.Errorf("parameter %q has no default; give Facts.Parameters[%q]", name, name)
		}
		value = scalar(fallback)
	}
	if kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<") {
		var items []any
		for _, item := range strings.Split(value, ",") {
			items = append(items, strings.TrimSpace(item))
		}
		return items, nil
	}
	return r.t.secrets(value), nil
}

// physicalID is what Ref gives for a resource: its own name where the template
// says it, else a stand-in made of the logical id.
func (r *resolution) physicalID(res *resource, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	t := r.t
	switch res.kind {
	case "AWS::ApiGatewayV2::Stage":
		return r.value(res.properties["StageName"], depth+1)
	case "AWS::ApiGatewayV2::DomainName":
		return r.value(res.properties["DomainName"], depth+1)
	case "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi":
		return dnsLabel(res.id), nil
	case "AWS::CertificateManager::Certificate":
		return fmt.Sprintf("arn:%s:acm:%s:%s:certificate/%s", t.partition(), t.region(), t.account(), res.id), nil
	case "AWS::SecretsManager::Secret":
		return fmt.Sprintf("arn:%s:secretsmanager:%s:%s:secret:%s", t.partition(), t.region(), t.account(), res.id), nil
	}
	return res.id, nil
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
	if value, ok := t.facts.Attributes[id+"."+attribute]; ok {
		return value, nil
	}
	res, ok := t.resources[id]
	if !ok {
		return nil, fmt.Errorf("Fn::GetAtt %s.%s names no resource of the template", id, attribute)
	}
	switch res.kind + " " + attribute {
	case "AWS::CloudFront::Distribution DomainName":
		return dnsLabel(id) + ".cloudfront.net", nil
	case "AWS::CloudFront::Distribution Id", "AWS::CloudFront::OriginRequestPolicy Id", "AWS::CloudFront::CachePolicy Id",
		"AWS::CloudFront::KeyValueStore Id", "AWS::ApiGateway::ApiKey APIKeyId":
		return id, nil
	case "AWS::CloudFront::Function FunctionARN", "AWS::CloudFront::Function FunctionMetadata.FunctionARN":
		return fmt.Sprintf("arn:%s:cloudfront::%s:function/%s", t.partition(), t.account(), id), nil
	case "AWS::CloudFront::KeyValueStore Arn":
		return fmt.Sprintf("arn:%s:cloudfront::%s:key-value-store/%s", t.partition(), t.account(), id), nil
	case "AWS::ApiGatewayV2::Api ApiId":
		return dnsLabel(id), nil
	case "AWS::ApiGatewayV2::Api ApiEndpoint":
		return fmt.Sprintf("wss://%s.execute-api.%s.%s", dnsLabel(id), t.region(), t.urlSuffix()), nil
	case "AWS::ApiGatewayV2::DomainName RegionalDomainName":
		return fmt.Sprintf("d-%s.execute-api.%s.%s", dnsLabel(id), t.region(), t.urlSuffix()), nil
	case "AWS::S3::Bucket RegionalDomainName":
		return fmt.Sprintf("%s.s3.%s.%s", dnsLabel(id), t.region(), t.urlSuffix()), nil
	case "AWS::S3::Bucket DomainName":
		return fmt.Sprintf("%s.s3.%s", dnsLabel(id), t.urlSuffix()), nil
	case "AWS::WAFv2::WebACL Arn":
		scope, err := r.value(res.properties["Scope"], depth+1)
		if err != nil {
			return nil, err
		}
		place := "regional"
		if scalar(scope) == "CLOUDFRONT" {
			place = "global"
		}
		return fmt.Sprintf("arn:%s:wafv2:%s:%s:%s/webacl/%s/%s", t.partition(), t.region(), t.account(), place, id, id), nil
	case "AWS::SecretsManager::Secret Id":
		return r.physicalID(res, depth)
	}
	return nil, fmt.Errorf("Fn::GetAtt %s.%s of %s is known only after the deploy; give Facts.Attributes[%q]",
		id, attribute, res.kind, id+"."+attribute)
}

func (r *resolution) join(argument any, depth int) (any, error) {
	args := list(argument)
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
		b.WriteString(scalar(item))
		if b.Len() > maxText {
			return nil, fmt.Errorf("Fn::Join makes more than %d bytes", maxText)
		}
	}
	return r.t.secrets(b.String()), nil
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
		variables = object(a[1])
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
		b.WriteString(scalar(x))
		if b.Len() > maxText {
			return nil, fmt.Errorf("Fn::Sub makes more than %d bytes", maxText)
		}
	}
	return r.t.secrets(b.String()), nil
}

func (r *resolution) variable(name string, variables map[string]any, depth int) (any, error) {
	r.nodes++
	if r.nodes > maxNodes {
		return nil, fmt.Errorf("expands to more than %d values", maxNodes)
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
	index, err := strconv.Atoi(scalar(args[0]))
	if err != nil {
		return nil, fmt.Errorf("Fn::Select takes an index, got %q", scalar(args[0]))
	}
	items := list(args[1])
	if index < 0 || index >= len(items) {
		return nil, fmt.Errorf("Fn::Select index %d is outside a list of %d", index, len(items))
	}
	return items[index], nil
}

func (r *resolution) findInMap(argument any, depth int) (any, error) {
	items := list(argument)
	if len(items) != 3 {
		return nil, errors.New("Fn::FindInMap takes a map, a key and a second key")
	}
	args, err := r.arguments(items, 3, depth)
	if err != nil {
		return nil, fmt.Errorf("Fn::FindInMap: %w", err)
	}
	name, first, second := scalar(args[0]), scalar(args[1]), scalar(args[2])
	value, ok := object(object(r.t.mappings[name])[first])[second]
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
	r.conditions[name] = true
	defer delete(r.conditions, name)
	return r.truth(body, depth+1)
}

// truth evaluates a condition's body.
func (r *resolution) truth(v any, depth int) (bool, error) {
	r.nodes++
	if depth > maxDepth || r.nodes > maxNodes {
		return false, errors.New("condition is nested too deep")
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
	switch scalar(x) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("condition is neither true nor false but %q", scalar(x))
}

func (r *resolution) logic(name string, argument any, depth int) (bool, error) {
	args := list(argument)
	switch name {
	case "Fn::Equals":
		values, err := r.arguments(argument, 2, depth)
		if err != nil {
			return false, fmt.Errorf("Fn::Equals: %w", err)
		}
		return scalar(values[0]) == scalar(values[1]), nil
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

// secrets replaces the dynamic references in text that the facts know.
func (t *Template) secrets(text string) string {
	if !strings.Contains(text, "{{resolve:") {
		return text
	}
	for _, reference := range slices.Sorted(maps.Keys(t.facts.Secrets)) {
		if strings.HasPrefix(reference, "{{resolve:") {
			text = strings.ReplaceAll(text, reference, t.facts.Secrets[reference])
		}
	}
	return text
}

// scalar is the text that CloudFormation makes of a value.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case nil, noValue:
		return ""
	}
	return fmt.Sprint(v)
}

// dnsLabel makes a stand-in for an id that AWS gives, of a logical id.
func dnsLabel(id string) string {
	label := strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		}
		return -1
	}, id)
	if len(label) > 63 {
		label = label[:63]
	}
	return label
}
