package lambda

import (
	"fmt"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// permission is an AWS::Lambda::Permission.
type permission struct {
	place                                      string
	action, function, principal, source, owner string
	// open says that a property is known only after the deploy, so that it may fit.
	open bool
}

func readPermission(t *cfn.Template, r *cfn.Resource) permission {
	p := t.Properties(r).Aside()
	q := permission{place: p.Place, action: p.Text("Action"), function: p.Text("FunctionName"), principal: p.Text("Principal"),
		source: p.Text("SourceArn"), owner: p.Text("SourceAccount")}
	q.open = p.Err() != nil
	return q
}

// maxPermissions is how many permissions of one function are read: the policy of a
// function has at most 20 KB, which is fewer.
const maxPermissions = 200

// apiGateway is the service that calls the functions of an API.
const apiGateway = "apigateway.amazonaws.com"

// Source is what calls a function: the resource of an execute-api ARN, under each of
// the ids that the API has.
type Source struct {
	APIs []string
	// Where is where the API is deployed.
	Where *cfn.Environment
	// Path is what follows the API's id: "prod/$connect" or "authorizers/id".
	Path string
}

// Permits says whether a permission of the template lets API Gateway call a function.
// The fault names the permission that comes closest.
func (l *Functions) Permits(f *Function, qualifier string, source Source) *Fault {
	var almost *Fault
	mine := l.permissions[f.name]
	if len(l.permissions[""]) > 0 || len(mine) > maxPermissions {
		return nil // one may be about this function: nothing is certain
	}
	for _, p := range mine {
		if p.open {
			return nil
		}
		_, qualified := Split(p.function)
		fault := objection(p, f, qualifier, qualified, source)
		if fault == nil {
			return nil
		}
		almost = fault
	}
	if almost != nil {
		return almost
	}
	return &Fault{Place: f.Place, Reason: "no AWS::Lambda::Permission lets API Gateway call function " + f.ID,
		Fix: "add an AWS::Lambda::Permission for " + f.ID + ": Action lambda:InvokeFunction, Principal " + apiGateway + ", SourceArn " + source.arn()}
}

// objection is why a permission does not let API Gateway call; nil for one that does.
func objection(p permission, f *Function, qualifier, qualified string, source Source) *Fault {
	what := "API Gateway may not call function " + f.ID + ": its permission"
	switch {
	case p.principal != apiGateway && p.principal != "*":
		return &Fault{p.place + ".Principal", fmt.Sprintf("%s is for %s, not for API Gateway", what, p.principal), "set Principal to " + apiGateway, false}
	case !rules.WildcardMatches(strings.ToLower(p.action), "lambda:invokefunction"):
		return &Fault{p.place + ".Action", fmt.Sprintf("%s allows %s, not lambda:InvokeFunction", what, p.action), "set Action to lambda:InvokeFunction", false}
	case qualifier != qualified:
		return &Fault{p.place + ".FunctionName", fmt.Sprintf("%s is for %s, and the call is for %s", what, version(qualified), version(qualifier)),
			"name in FunctionName what the URI names: the function, its version or its alias", false}
	case p.owner != "" && source.Where.Account != "" && p.owner != source.Where.Account:
		return &Fault{p.place + ".SourceAccount", fmt.Sprintf("%s is for calls of account %s", what, p.owner), "set SourceAccount to the API's account", false}
	case p.source != "" && !source.matches(p.source):
		return &Fault{p.place + ".SourceArn", fmt.Sprintf("%s is for calls of %s, and the call comes from %s", what, p.source, source.arn()),
			"set SourceArn to " + source.arn() + ", or to the API's ARN with /*", false}
	}
	return nil
}

func version(qualifier string) string {
	if qualifier == "" {
		return "the function without version or alias"
	}
	return "the version or alias " + qualifier
}

// arn is the caller's ARN.
func (source Source) arn() string {
	return source.Where.ARN("execute-api", source.Where.InRegion(), source.Where.InAccount(), source.APIs[0]+"/"+source.Path)
}

// covers compares a pattern with the caller, as the condition ArnLike does: part by
// part. What is not known of the stack is not compared.
func (source Source) matches(pattern string) bool {
	parts := strings.SplitN(pattern, ":", 6)
	if len(parts) != 6 {
		return pattern == "*"
	}
	match := func(i int, text string) bool { return rules.WildcardMatches(parts[i], text) }
	switch {
	case !match(2, "execute-api"):
		return false
	case source.Where.Region != "" && !match(3, source.Where.Region):
		return false
	case source.Where.Account != "" && !match(4, source.Where.Account):
		return false
	}
	return slices.ContainsFunc(source.APIs, func(id string) bool { return match(5, id+"/"+source.Path) })
}
