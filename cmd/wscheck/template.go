package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

const templateHelp = `wscheck template plays a WebSocket handshake against a synthesized template, on
127.0.0.1, the way CloudFront and API Gateway would treat it, and prints its way.
Without options that shape the handshake it plays one to every WebSocket behavior
and runs the standing checks: ws:// refused, direct access refused when a lock is
there, and what can be seen without a handshake.

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
	template, err := handshake.Load(file, o.facts())
	if err != nil {
		return c.wrong("template: %v", err)
	}
	result := &templateResult{Template: file, OK: true}
	distributions := template.Distributions()
	if o.distribution != "" {
		distributions = []string{o.distribution}
	}
	for _, id := range distributions {
		options.Distribution = id
		if err := o.play(template, options, len(distributions) > 1, result); err != nil {
			return c.wrong("template: %v", err)
		}
	}
	if len(result.Handshakes) == 0 {
		return c.wrong("template: no behavior of %s is seen to lead to a WebSocket API; give --path", file)
	}
	if o.standing() {
		result.Findings = template.Check()
		for _, f := range result.Findings {
			if f.Severity == handshake.Error {
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

func (o *templateOptions) facts() *handshake.Facts {
	f := &handshake.Facts{Region: o.region, Account: o.account, Parameters: o.parameter.asMap(), Imports: o.imports.asMap(),
		Attributes: o.attribute.asMap(), Secrets: o.secret.asMap(), APIs: map[string]handshake.ExternalAPI{}}
	for host, stage := range o.stage.asMap() {
		f.APIs[host] = handshake.ExternalAPI{Stage: strings.Trim(stage, "/")}
	}
	for i, host := range o.key.names {
		api := f.APIs[host]
		api.KeyRequired = true
		api.Keys = append(api.Keys, o.key.values[i])
		f.APIs[host] = api
	}
	return f
}

func (o *templateOptions) options() (*handshake.Options, error) {
	options := &handshake.Options{Subprotocol: o.answer}
	verdicts := map[string]handshake.Verdict{"allow": handshake.Allow, "deny": handshake.Deny,
		"unauthorized": handshake.Unauthorized, "fail": handshake.Failed}
	if o.authorizer != "" {
		verdict, ok := verdicts[o.authorizer]
		if !ok {
			return nil, fmt.Errorf("--authorizer must be allow, deny, unauthorized or fail, got %q", o.authorizer)
		}
		options.Authorize = func(*handshake.ConnectEvent) handshake.Verdict { return verdict }
	}
	return options, nil
}

// play dials the distribution over real sockets.
func (o *templateOptions) play(template *handshake.Template, options *handshake.Options, several bool, result *templateResult) error {
	server, err := handshake.Serve(template, options)
	if err != nil {
		return err
	}
	defer server.Close()
	paths := template.Paths(options.Distribution)
	if o.path != "" {
		paths = []string{o.path}
	} else if len(paths) == 0 && !several {
		paths = []string{"/"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, path := range paths {
		path = o.withQuery(path)
		if err := dial(ctx, server, path, o.dialOptions()); err != nil {
			return err
		}
		report := server.Last()
		result.Handshakes = append(result.Handshakes, report)
		if report.Outcome != handshake.Accepted {
			result.OK = false
		}
		if o.standing() {
			plain := handshake.Play(template, &handshake.Request{Path: path, Header: o.headers(), Plain: true}, options)
			k := check{Name: "ws:// refused", Result: "ok", Text: refusalText(plain)}
			if plain.Outcome == handshake.Accepted {
				k.Result, k.Text = "fails", "ws:// gets through in the clear at "+path
				result.OK = false
			}
			result.Checks = append(result.Checks, k)
		}
	}
	if o.standing() && len(paths) > 0 {
		result.Checks = append(result.Checks, o.bypass(ctx, template, options, server))
	}
	return nil
}

// bypass tries the API without the edge.
func (o *templateOptions) bypass(ctx context.Context, template *handshake.Template, options *handshake.Options, server *handshake.Server) check {
	k := check{Name: "direct access refused", Result: "ok"}
	conn, err := server.DialAPI(ctx, "", o.dialOptions())
	var refusal *handshake.Refusal
	switch {
	case err == nil:
		_ = conn.CloseNow()
		k.Result, k.Text = "info", "$connect asks for no key: clients can reach the API without the edge"
		if template.Locked(options.Distribution) {
			k.Text = "the authorizer lets it in as it does through the edge"
		}
	case errors.As(err, &refusal):
		k.Text = fmt.Sprintf("%d: %s", refusal.Status, refusal.Reason)
		if refusal.Status == 0 || !template.Locked(options.Distribution) {
			k.Result = "info"
		}
	default:
		k.Result, k.Text = "info", err.Error()
	}
	if k.Result == "info" {
		k.Name = "direct access"
	}
	return k
}

func refusalText(r *handshake.Report) string {
	if r.Refusal == nil {
		return ""
	}
	if r.Status == 0 {
		return "unknown: " + r.Refusal.Reason
	}
	return fmt.Sprintf("%d: %s", r.Status, r.Refusal.Reason)
}

// dial plays one handshake; the server keeps its report. The error is one of the
// machine, not of the handshake.
func dial(ctx context.Context, server *handshake.Server, path string, options *websocket.DialOptions) error {
	conn, err := server.Dial(ctx, path, options)
	var refusal *handshake.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return err
	}
	if conn != nil {
		_ = conn.CloseNow()
	}
	return nil
}

func (o *templateOptions) headers() http.Header {
	h := http.Header{}
	for i, name := range o.header.names {
		h.Add(name, o.header.values[i])
	}
	if o.origin != "" {
		h.Set("Origin", o.origin)
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

func (o *templateOptions) dialOptions() *websocket.DialOptions {
	options := &websocket.DialOptions{HTTPHeader: o.headers()}
	if o.subprotocol != "" {
		options.Subprotocols = []string{o.subprotocol}
	}
	return options
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
		fmt.Fprintf(c.stdout, "%s  %s\n  %s\n  fix: %s\n", f.Severity, f.Reason, f.Place, f.Fix)
	}
}

func printChecks(c *command, checks []check) { writeChecks(c.stdout, checks) }
