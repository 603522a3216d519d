package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

const templateHelp = `wscheck template plays a WebSocket handshake against a synthesized template, the way
CloudFront and API Gateway would treat it, and prints its way. Without options that
shape the handshake it plays one to every WebSocket behavior and runs the standing
checks: ws:// refused, direct access refused where there is a lock, and what can be
found without a handshake.

Usage:
  wscheck template FILE [options]

Example:
  wscheck template cdk.out/WebSocket-dev.template.json --path /rooms/42 --query token=x --origin https://app.example.com
`

// templateOptions are the flags of wscheck template.
type templateOptions struct {
	path, origin, subprotocol, distribution, authorizer, answer string
	query, header, cookie                                       pairs
	parameter, imports, attribute, secret, stage, key           pairs
	region, account                                             string
	json, checks                                                bool
}

// templateResult is the outcome of wscheck template.
type templateResult struct {
	Template   string              `json:"template"`
	OK         bool                `json:"ok"`
	Handshakes []*handshake.Report `json:"handshakes"`
	Checks     []check             `json:"checks,omitempty"`
	Findings   []handshake.Finding `json:"findings,omitempty"`
}

func (c *command) template(args []string) int {
	o := templateOptions{}
	flags := flag.NewFlagSet("template", flag.ContinueOnError)
	flags.StringVar(&o.path, "path", "", "`path` to connect to (default: one that leads to each WebSocket behavior)")
	flags.Var(&o.query, "query", "query string `name=value`, encoded for you; may be repeated")
	flags.StringVar(&o.origin, "origin", "", "Origin `header` of a browser")
	flags.StringVar(&o.subprotocol, "subprotocol", "", "subprotocol `name` to ask for")
	flags.Var(&o.header, "header", "header `name=value`; may be repeated")
	flags.Var(&o.cookie, "cookie", "cookie `name=value`; may be repeated")
	flags.StringVar(&o.distribution, "distribution", "", "logical `id` of the distribution (default: all)")
	flags.StringVar(&o.authorizer, "authorizer", "", "`verdict` of the authorizer: allow, deny, unauthorized or fail (default: allow, with a note)")
	flags.StringVar(&o.answer, "connect-subprotocol", "", "subprotocol `name` that the $connect integration returns")
	flags.StringVar(&o.region, "region", "", "`region` of the stack (default: us-east-1, and region checks are left out)")
	flags.StringVar(&o.account, "account", "", "`account` of the stack")
	flags.Var(&o.parameter, "parameter", "value of a template parameter, `name=value`; may be repeated")
	flags.Var(&o.imports, "import", "value of another stack's export, `name=value`; may be repeated")
	flags.Var(&o.attribute, "attribute", "value known after the deploy, `LogicalId.Attribute=value`; may be repeated")
	flags.Var(&o.secret, "secret", "value of a dynamic reference, `{{resolve:…}}=value`; may be repeated")
	flags.Var(&o.stage, "api-stage", "stage of an API outside the template, `host=stage`; may be repeated")
	flags.Var(&o.key, "api-key", "API key that such an API's $connect asks for, `host=key`; may be repeated")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	flags.BoolVar(&o.checks, "checks", false, "run the standing checks although the handshake is shaped by options")
	file, err := c.parse(flags, templateHelp, args)
	if err != nil {
		return c.usageOf("template", err)
	}
	options, err := o.options()
	if err != nil {
		return c.usageOf("template", err)
	}
	model, err := handshake.Open(file, options)
	if err != nil {
		return c.wrong("template: %v", err)
	}
	distributions := model.Distributions()
	if o.distribution != "" {
		d, err := model.Distribution(o.distribution)
		if err != nil {
			return c.wrong("template: %v", err)
		}
		distributions = []handshake.Distribution{d}
	}
	result := &templateResult{Template: file, OK: true}
	for _, d := range distributions {
		if err := o.play(model, d, len(distributions) > 1, result); err != nil {
			return c.wrong("template: %v", err)
		}
	}
	if len(result.Handshakes) == 0 {
		return c.wrong("template: no behavior of %s is seen to lead to a WebSocket API; give --path", file)
	}
	if o.standing() {
		result.Findings = model.Check()
		for _, f := range result.Findings {
			if f.Severity == handshake.SeverityError {
				result.OK = false
			}
		}
	}
	if o.json {
		c.json(result)
	} else {
		c.printTemplate(result, o.standing())
	}
	if !result.OK {
		return exitNo
	}
	return exitOK
}

// standing says whether the standing checks are run.
func (o *templateOptions) standing() bool {
	shaped := o.path != "" || o.origin != "" || o.subprotocol != "" || len(o.query.names)+len(o.header.names)+len(o.cookie.names) > 0
	return o.checks || !shaped
}

func (o *templateOptions) options() (*handshake.Options, error) {
	options := &handshake.Options{Region: o.region, Account: o.account, Parameters: o.parameter.asMap(), Imports: o.imports.asMap(),
		Attributes: o.attribute.asMap(), Secrets: o.secret.asMap(), APIs: map[string]handshake.ExternalAPI{}}
	for host, stage := range o.stage.asMap() {
		options.APIs[host] = handshake.ExternalAPI{Stage: strings.Trim(stage, "/")}
	}
	for i, host := range o.key.names {
		api := options.APIs[host]
		api.KeyRequired = true
		api.Keys = append(api.Keys, o.key.values[i])
		options.APIs[host] = api
	}
	if o.answer != "" {
		options.Handler = func(context.Context, events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
			return events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Headers: map[string]string{"Sec-WebSocket-Protocol": o.answer}}, nil
		}
	}
	if o.authorizer == "" {
		return options, nil
	}
	answer, err := verdict(o.authorizer)
	if answer == nil {
		return nil, fmt.Errorf("--authorizer must be allow, deny, unauthorized or fail, got %q", o.authorizer)
	}
	options.Authorizer = func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		return *answer, err
	}
	return options, nil
}

// verdict is what an authorizer returns; nil for a name that is none.
func verdict(name string) (*events.APIGatewayCustomAuthorizerResponse, error) {
	policy := func(effect string) *events.APIGatewayCustomAuthorizerResponse {
		return &events.APIGatewayCustomAuthorizerResponse{PrincipalID: "wscheck", PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17", Statement: []events.IAMPolicyStatement{{Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{"*"}}}}}
	}
	switch name {
	case "allow":
		return policy("Allow"), nil
	case "deny":
		return policy("Deny"), nil
	case "unauthorized":
		return &events.APIGatewayCustomAuthorizerResponse{}, errors.New("Unauthorized")
	case "fail":
		return &events.APIGatewayCustomAuthorizerResponse{}, errors.New("as --authorizer fail asks")
	}
	return nil, nil
}

// play plays a handshake to each WebSocket behavior of a distribution.
func (o *templateOptions) play(model *handshake.Model, d handshake.Distribution, several bool, result *templateResult) error {
	paths := d.Paths
	if o.path != "" {
		paths = []string{o.path}
	} else if len(paths) == 0 && !several {
		paths = []string{"/"}
	}
	for _, path := range paths {
		request := handshake.Request{Distribution: d.ID, Path: o.withQuery(path), Header: o.headers()}
		report, err := model.Play(request)
		if err != nil {
			return err
		}
		result.Handshakes = append(result.Handshakes, report)
		if report.Outcome != handshake.Accepted {
			result.OK = false
		}
		if !o.standing() {
			continue
		}
		request.Plain = true
		plain, err := model.Play(request)
		if err != nil {
			return err
		}
		k := check{Name: "ws:// refused", Result: ok, Text: refusalText(plain)}
		if plain.Outcome == handshake.Accepted {
			k.Result, k.Text = fails, "ws:// gets through in the clear at "+request.Path
			result.OK = false
		}
		result.Checks = append(result.Checks, k)
	}
	if o.standing() && len(paths) > 0 && d.API != nil {
		direct, err := model.Play(handshake.Request{Distribution: d.ID, Direct: true, Header: o.headers()})
		if err != nil {
			return err
		}
		result.Checks = append(result.Checks, bypass(direct, d.API.Locked))
	}
	return nil
}

// bypass judges a handshake with the API without the edge.
func bypass(direct *handshake.Report, locked bool) check {
	k := check{Name: "direct access refused", Result: ok, Text: refusalText(direct)}
	switch {
	case direct.Outcome == handshake.Accepted && locked:
		k.Result, k.Text = info, "the authorizer lets it in as it does through the edge"
	case direct.Outcome == handshake.Accepted:
		k.Result, k.Text = info, "$connect asks for no key: clients can reach the API without the edge"
	case direct.Outcome == handshake.Unknown || !locked:
		k.Result = info
	}
	if k.Result == info {
		k.Name = "direct access"
	}
	return k
}

func refusalText(r *handshake.Report) string {
	if r.Refusal == nil {
		return ""
	}
	if r.Status == 0 {
		return "unknown: " + trace.Printable(r.Refusal.Reason)
	}
	return fmt.Sprintf("%d: %s", r.Status, trace.Printable(r.Refusal.Reason))
}

func (o *templateOptions) headers() http.Header {
	h := http.Header{}
	for i, name := range o.header.names {
		h.Add(name, o.header.values[i])
	}
	if o.origin != "" {
		h.Set("Origin", o.origin)
	}
	if o.subprotocol != "" {
		h.Set("Sec-WebSocket-Protocol", o.subprotocol)
	}
	var cookies []string
	for i, name := range o.cookie.names {
		cookies = append(cookies, name+"="+o.cookie.values[i])
	}
	if len(cookies) > 0 {
		h.Set("Cookie", strings.Join(cookies, "; "))
	}
	return h
}

// withQuery adds --query to the path.
func (o *templateOptions) withQuery(path string) string {
	for i, name := range o.query.names {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		path += separator + url.QueryEscape(name) + "=" + url.QueryEscape(o.query.values[i])
	}
	return path
}

func (c *command) printTemplate(result *templateResult, standing bool) {
	for _, r := range result.Handshakes {
		fmt.Fprint(c.stdout, r.Text())
	}
	printChecks(c, result.Checks)
	if !standing {
		return
	}
	if len(result.Findings) == 0 {
		fmt.Fprintln(c.stdout, "no findings")
	}
	for _, f := range result.Findings {
		fmt.Fprintf(c.stdout, "%s  %s\n  fix: %s\n  at: %s\n", f.Severity, trace.Printable(f.Reason), trace.Printable(f.Fix), trace.Printable(f.Place))
	}
}

func printChecks(c *command, checks []check) { writeChecks(c.stdout, checks) }
