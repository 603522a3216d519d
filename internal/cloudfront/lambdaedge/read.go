package lambdaedge

import (
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// Association is a Lambda@Edge function on one event of a behavior.
type Association struct {
	// Event is viewer-request, origin-request, origin-response or viewer-response.
	Event string
	// Place is where LambdaFunctionARN is in the template.
	Place string
	// ARN is what the association names, as far as it is known.
	ARN string
	// Function is the function of the template that it leads to; nil for none.
	Function *Function

	includeBody bool
	// kind is the type of the resource that is named; "" for none of the template.
	kind string
}

// Function is an AWS::Lambda::Function that an association leads to.
type Function struct {
	// ID is the logical id.
	ID string
	// Place is where its properties are in the template.
	Place string

	runtime, handler string
	code             string // "" for code that is elsewhere
	properties       cfn.Properties
	role             string // logical id
	template         *cfn.Template
}

// Read reads one entry of LambdaFunctionAssociations.
func Read(t *cfn.Template, p cfn.Properties) Association {
	p = p.Aside()
	a := Association{Event: p.Text("EventType"), Place: p.Place + ".LambdaFunctionARN", ARN: p.Text("LambdaFunctionARN"), includeBody: p.Flag("IncludeBody", false)}
	r := t.Resource(p.Reference("LambdaFunctionARN"))
	if r == nil {
		return a
	}
	a.kind, a.ARN = r.Type, ""
	if r.Type == "AWS::Lambda::Version" || r.Type == "AWS::Lambda::Alias" {
		r = t.Resource(t.Properties(r).Reference("FunctionName"))
	}
	if r != nil && r.Type == "AWS::Lambda::Function" {
		a.Function = readFunction(t, r)
	}
	return a
}

func readFunction(t *cfn.Template, r *cfn.Resource) *Function {
	p := t.Properties(r).Aside()
	return &Function{ID: r.ID, Place: p.Place, runtime: p.Text("Runtime"), handler: p.Text("Handler"), code: p.Child("Code").Text("ZipFile"),
		properties: p, role: p.Reference("Role"), template: t}
}

var (
	functionARN = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:[A-Za-z0-9_-]+(?::(.+))?$`)
	number      = regexp.MustCompile(`^[1-9][0-9]*$`)
)

// region and qualifier of an ARN; ok is false for text that is no ARN of a function.
func parse(arn string) (region, qualifier string, ok bool) {
	m := functionARN.FindStringSubmatch(arn)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// Name is what the function is called in messages.
func (a Association) Name() string {
	switch {
	case a.Function != nil:
		return a.Function.ID
	case a.ARN != "":
		return a.ARN[strings.LastIndex(a.ARN, "function:")+1:]
	}
	return "on " + a.Event
}
