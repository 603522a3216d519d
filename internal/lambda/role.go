package lambda

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// role is an AWS::IAM::Role, as far as API Gateway can call a function with it.
type role struct {
	place, name, arn string
	trust            []statement
	policies         []statement
	// open says that something of it is not in the template.
	open bool
}

// statement is one of a policy.
type statement struct {
	allow                        bool
	services, actions, resources []string
}

// harmless are managed policies that let nobody call a function.
var harmless = []string{"AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AmazonAPIGatewayPushToCloudWatchLogs", "AWSLambdaVPCAccessExecutionRole"}

func readRoles(t *cfn.Template) map[string]*role {
	roles := map[string]*role{}  // by ARN
	byName := map[string]*role{} // by name
	open := false                // a policy may be any role's
	for _, r := range t.Of("AWS::IAM::Role") {
		p := t.Properties(r).Aside()
		a := &role{place: p.Place}
		a.name, a.arn = t.Ref(r), t.Attribute(r, "Arn")
		a.trust = statements(p.Value("AssumeRolePolicyDocument"))
		for _, q := range p.Children("Policies") {
			a.policies = append(a.policies, statements(q.Value("PolicyDocument"))...)
		}
		for _, managed := range p.Texts("ManagedPolicyArns") {
			if !slices.ContainsFunc(harmless, func(name string) bool { return strings.HasSuffix(managed, "/"+name) }) {
				a.open = true
			}
		}
		a.open = a.open || p.Err() != nil
		roles[a.arn], byName[a.name] = a, a
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"} {
		for _, r := range t.Of(kind) {
			p := t.Properties(r).Aside()
			holders := append(p.Texts("Roles"), p.Text("RoleName"))
			document := statements(p.Value("PolicyDocument"))
			for _, holder := range holders {
				if a := byName[holder]; a != nil {
					a.policies = append(a.policies, document...)
				}
			}
			open = open || p.Err() != nil
		}
	}
	for _, a := range roles {
		a.open = a.open || open
	}
	return roles
}

func statements(document any) []statement {
	raw := cfn.Object(document)["Statement"]
	list := cfn.List(raw)
	if list == nil && raw != nil {
		list = []any{raw}
	}
	var out []statement
	for _, item := range list {
		s := cfn.Object(item)
		for _, not := range []string{"Action", "Resource"} {
			if _, there := s["Not"+not]; there {
				s = map[string]any{"Effect": s["Effect"], "Principal": s["Principal"], "Action": orAny(s["Action"]), "Resource": orAny(s["Resource"])}
			}
		}
		out = append(out, statement{allow: cfn.Text(s["Effect"]) == "Allow", actions: texts(s["Action"]), resources: texts(s["Resource"]),
			services: texts(cfn.Object(s["Principal"])["Service"])})
		if cfn.Text(s["Principal"]) == "*" {
			out[len(out)-1].services = []string{"*"}
		}
	}
	return out
}

// orAny takes NotAction and NotResource for everything.
func orAny(v any) any {
	if v == nil {
		return "*"
	}
	return v
}

func texts(v any) []string {
	if list := cfn.List(v); list != nil {
		var out []string
		for _, item := range list {
			out = append(out, cfn.Text(item))
		}
		return out
	}
	return []string{cfn.Text(v)}
}

func matches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return rules.WildcardMatches(strings.ToLower(pattern), strings.ToLower(text))
	})
}

// about says whether the resource of a policy is a function. Region and account are
// not compared: the template may write them out and leave the stack's own open.
func about(pattern, function string) bool {
	_, tail, found := strings.Cut(pattern, ":function:")
	if !found {
		return rules.WildcardMatches(pattern, function)
	}
	_, called, _ := strings.Cut(function, ":function:")
	return rules.WildcardMatches(tail, called) || rules.WildcardMatches(tail, called+":x")
}

// Role says whether API Gateway can call a function with a role, given by its ARN.
// The role of another template is taken to be right.
func (l *Functions) Role(arn, function string) *Fault {
	a := l.roles[arn]
	if a == nil {
		return nil
	}
	trusts := func(s statement) bool {
		return s.allow && matches(s.actions, "sts:AssumeRole") && (slices.Contains(s.services, apiGateway) || slices.Contains(s.services, "*"))
	}
	if len(a.trust) > 0 && !slices.ContainsFunc(a.trust, trusts) {
		return &Fault{Place: a.place + ".AssumeRolePolicyDocument", Reason: "API Gateway may not call the function: role " + a.name + " does not let API Gateway take it",
			Fix: "allow sts:AssumeRole to the service " + apiGateway}
	}
	calls := func(s statement) bool {
		return s.allow && matches(s.actions, "lambda:InvokeFunction") && slices.ContainsFunc(s.resources, func(pattern string) bool { return about(pattern, function) })
	}
	if !a.open && !slices.ContainsFunc(a.policies, calls) {
		return &Fault{Place: a.place, Reason: "API Gateway may not call the function: role " + a.name + " has no policy that allows lambda:InvokeFunction on " + function,
			Fix: "allow lambda:InvokeFunction on the function"}
	}
	return nil
}
