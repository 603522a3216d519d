package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/spf13/cobra"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/spelling"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

const templateHelp = `wscheck template plays a WebSocket handshake against a template, the way CloudFront and
API Gateway would treat it, and says whether it gets through, and if not, why and what
to change.

Without flags that shape the handshake it plays one to every behavior that leads to a
WebSocket API, and runs the standing checks: ws:// is refused, the API refuses clients
that go around the distribution, and what can be found without a handshake. A check is
ok, fails, or is not proven.

Exit status:
  0  every handshake gets through, and there is no error
  1  a handshake does not get through or is not decided, the deploy fails, or there is
     another error; with --strict also a warning, or a check that is not ok
  2  wscheck was called wrongly`

// templateOptions are the flags of wscheck template.
type templateOptions struct {
	host, path, origin, subprotocol, distribution, authorizer, answer string
	country, viewerIP                                                 string
	query, header, cookie                                             []string
	parameter, imports, attribute, secret, stage, key, keyValue       []string
	region, account, stackName                                        string
	format                                                            string
	checks, verbose, strict                                           bool

	// shape is the client's part of the handshake, read from the flags.
	shape handshake.Request
	// asked counts the calls of what --authorizer and --connect-subprotocol stand for.
	asked struct{ authorizer, connect atomic.Int64 }
}

func (c *command) templateCommand() *cobra.Command {
	o := &templateOptions{}
	cmd := &cobra.Command{
		Use:     "template FILE",
		Short:   "Play a handshake against a template, before the deploy",
		Long:    templateHelp,
		Example: "  wscheck template cdk.out/WebSocket-dev.template.json\n  wscheck template cdk.out/WebSocket-dev.template.json --path /rooms/42 --query token=x --origin https://app.example.com",
		Args:    argument("the file of a template"),
		RunE:    func(_ *cobra.Command, args []string) error { return c.template(o, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.host, "host", "", "`name` that the viewer connects to (default: the distribution's first alias, else its own name)")
	flags.StringVar(&o.path, "path", "", "`path` to connect to, and show its way (default: one for each WebSocket behavior)")
	flags.StringArrayVar(&o.query, "query", nil, "query string `name=value`, encoded for you; may be repeated")
	flags.StringVar(&o.origin, "origin", "", "Origin `header` of a browser")
	flags.StringArrayVar(&o.header, "header", nil, "header `name=value` or \"name: value\"; may be repeated")
	flags.StringArrayVar(&o.cookie, "cookie", nil, "cookie `name=value`; may be repeated")
	flags.StringVar(&o.subprotocol, "subprotocol", "", "subprotocol `name` to ask for")
	flags.StringVar(&o.country, "country", "", "viewer's `country`, two letters (default: US)")
	flags.StringVar(&o.viewerIP, "viewer-ip", "", "viewer's `address` (default: 198.51.100.10)")
	flags.StringVar(&o.distribution, "distribution", "", "logical `id` of the distribution (default: all)")
	flags.StringVar(&o.authorizer, "authorizer", "", "`verdict` of $connect's authorizer: allow, deny, unauthorized or fail (default: allow, with a note)")
	flags.StringVar(&o.answer, "connect-subprotocol", "", "subprotocol `name` that the $connect integration returns")
	flags.StringVar(&o.region, "region", "", "`region` of the stack (default: us-east-1, and checks that need the real one are left out)")
	flags.StringVar(&o.account, "account", "", "`account` of the stack (default: 123456789012)")
	flags.StringVar(&o.stackName, "stack-name", "", "`name` of the stack (default: Stack)")
	flags.StringArrayVar(&o.parameter, "parameter", nil, "value of a template parameter, `name=value`; may be repeated")
	flags.StringArrayVar(&o.imports, "import", nil, "value of another stack's export, `name=value`; may be repeated")
	flags.StringArrayVar(&o.attribute, "attribute", nil, "value known after the deploy, `LogicalId.Attribute=value`, or LogicalId=value for Ref; may be repeated")
	flags.StringArrayVar(&o.secret, "secret", nil, "value of a dynamic reference, `{{resolve:…}}=value`; may be repeated")
	flags.StringArrayVar(&o.keyValue, "key-value", nil, "what edge functions find in their key value store, `key=value`; may be repeated")
	flags.StringArrayVar(&o.stage, "api-stage", nil, "stage of an API outside the template, `host=stage`; may be repeated")
	flags.StringArrayVar(&o.key, "api-key", nil, "API key that such an API's $connect asks for, `host=key`; may be repeated")
	flags.BoolVar(&o.checks, "checks", false, "run the standing checks although the handshake is shaped by flags")
	flags.BoolVar(&o.strict, "strict", false, "exit with 1 for a warning too, and for a check that is not ok")
	flags.BoolVar(&o.verbose, "verbose", false, "show the way of every handshake, not only of those that do not get through")
	addFormat(flags, &o.format)
	complete(cmd, "authorizer", verdictNames...)
	complete(cmd, "format", formats...)
	return cmd
}

func (c *command) template(o *templateOptions, file string) error {
	if err := oneOf("format", o.format, formats...); err != nil {
		return err
	}
	step, done := c.progress()
	r, err := o.result(c.stdin, file, step)
	done()
	if err != nil {
		return err
	}
	c.code = r.ExitCode
	return c.write(o.format, r, o.verbose || o.path != "")
}

// result reads the template and plays what the flags ask for.
func (o *templateOptions) result(stdin io.Reader, file string, step func(what string, done, of int)) (*result, error) {
	options, err := o.options()
	if err != nil {
		return nil, err
	}
	step("reading", 0, 0)
	model, err := open(stdin, file, options)
	if err != nil {
		return nil, err
	}
	r := &result{Source: file}
	if err := o.play(model, r, step); err != nil {
		return nil, err
	}
	if o.standing() {
		step("checking", 0, 0)
		r.checked = true
		for _, f := range model.Check() {
			r.Findings = append(r.Findings, finding{Finding: f, File: file})
		}
		slices.SortStableFunc(r.Findings, func(a, b finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) }) // errors first
	}
	r.judge()
	r.locate()
	r.conclude(o.strict)
	return r, nil
}

// open reads a template; "-" is standard input.
func open(stdin io.Reader, file string, options *handshake.Options) (*handshake.Model, error) {
	if file == "-" {
		return handshake.Read(stdin, options)
	}
	return handshake.Open(file, options)
}

// progress shows what is being done, on a terminal and once it takes long. done ends
// it.
func (c *command) progress() (step func(what string, done, of int), done func()) {
	if !c.terminal {
		return func(string, int, int) {}, func() {}
	}
	bar := newProgress(c.stderr, 2*time.Second, 200*time.Millisecond)
	return bar.step, bar.close
}

// standing says whether the standing checks are run.
func (o *templateOptions) standing() bool {
	return o.checks || o.path == "" && o.origin == "" && o.subprotocol == "" && len(o.query)+len(o.header)+len(o.cookie) == 0
}

// options reads the flags. Its errors repeat no value.
func (o *templateOptions) options() (*handshake.Options, error) {
	options := &handshake.Options{Region: o.region, Account: o.account, StackName: o.stackName, APIs: map[string]handshake.ExternalAPI{}}
	var problems []error
	table := func(flag, separator string, lines []string) map[string]string {
		all, err := pairs(flag, separator, lines)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		m, err := asMap(flag, all)
		if err != nil {
			problems = append(problems, err)
		}
		return m
	}
	options.Parameters = table("parameter", "=", o.parameter)
	options.Imports = table("import", "=", o.imports)
	options.Attributes = table("attribute", "=", o.attribute)
	options.KeyValues = table("key-value", "=", o.keyValue)
	options.Secrets = map[string]string{}
	for reference, value := range table("secret", "}}=", o.secret) {
		options.Secrets[reference+"}}"] = value
	}
	for host, stage := range table("api-stage", "=", o.stage) {
		options.APIs[host] = handshake.ExternalAPI{Stage: strings.Trim(stage, "/")}
	}
	keys, err := pairs("api-key", "=", o.key)
	problems = append(problems, err)
	for _, k := range keys {
		api := options.APIs[k.name]
		api.KeyRequired = true
		api.Keys = append(api.Keys, k.value)
		options.APIs[k.name] = api
	}
	problems = append(problems, o.client())
	if o.answer != "" {
		options.Handler = func(context.Context, events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
			o.asked.connect.Add(1)
			return events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Headers: map[string]string{"Sec-WebSocket-Protocol": o.answer}}, nil
		}
	}
	if o.authorizer != "" {
		if err := oneOf("authorizer", o.authorizer, verdictNames...); err != nil {
			problems = append(problems, err)
		}
		answer, failure := verdict(o.authorizer)
		options.Authorizer = func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			o.asked.authorizer.Add(1)
			return answer, failure
		}
	}
	return options, errors.Join(problems...)
}

// client reads the client's part of the handshake.
func (o *templateOptions) client() error {
	h, headerErr := headers(o.header, "Host", "Connection", "Upgrade")
	query, queryErr := pairs("query", "=", o.query)
	cookies, cookieErr := pairs("cookie", "=", o.cookie)
	if err := errors.Join(headerErr, queryErr, cookieErr); err != nil {
		return err
	}
	if o.path != "" && !strings.HasPrefix(o.path, "/") {
		return errors.New("--path must begin with a slash; the host goes to --host")
	}
	if strings.ContainsAny(o.host, "/:?#@ ") {
		return errors.New("--host must be a bare name, without scheme, port or path")
	}
	if o.origin != "" {
		h.Set("Origin", o.origin)
	}
	if o.subprotocol != "" {
		h.Set("Sec-WebSocket-Protocol", o.subprotocol)
	}
	for _, p := range cookies {
		separator := ""
		if h.Get("Cookie") != "" {
			separator = "; "
		}
		h.Set("Cookie", h.Get("Cookie")+separator+p.name+"="+p.value)
	}
	text := ""
	for i, p := range query {
		separator := "&"
		if i == 0 && !strings.Contains(o.path, "?") {
			separator = "?"
		}
		text += separator + url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	o.shape = handshake.Request{Host: o.host, Header: h, Path: text, Country: strings.ToUpper(o.country), ViewerIP: o.viewerIP}
	return nil
}

// request is a handshake with the flags' part in it.
func (o *templateOptions) request(distribution, path string) handshake.Request {
	r := o.shape
	r.Distribution, r.Path = distribution, path+o.shape.Path
	return r
}

// verdictNames are the values of --authorizer.
var verdictNames = []string{"allow", "deny", "unauthorized", "fail"}

// verdict is what an authorizer returns.
func verdict(name string) (events.APIGatewayCustomAuthorizerResponse, error) {
	policy := func(effect string) events.APIGatewayCustomAuthorizerResponse {
		return events.APIGatewayCustomAuthorizerResponse{PrincipalID: "wscheck", PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17", Statement: []events.IAMPolicyStatement{{Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{"*"}}}}}
	}
	switch name {
	case "deny":
		return policy("Deny"), nil
	case "unauthorized":
		return events.APIGatewayCustomAuthorizerResponse{}, errors.New("Unauthorized")
	case "fail":
		return events.APIGatewayCustomAuthorizerResponse{}, errors.New("as --authorizer fail asks")
	}
	return policy("Allow"), nil
}

// chosen are the distributions to play.
func (o *templateOptions) chosen(model *handshake.Model) ([]handshake.Distribution, error) {
	all := model.Distributions()
	if o.distribution == "" {
		return all, nil
	}
	var ids []string
	for _, d := range all {
		if d.ID == o.distribution {
			return []handshake.Distribution{d}, nil
		}
		ids = append(ids, d.ID)
	}
	return nil, fmt.Errorf("--distribution %q is not in the template%s", o.distribution, spelling.DidYouMean(o.distribution, ids))
}

// play plays a handshake to each WebSocket behavior of each distribution.
func (o *templateOptions) play(model *handshake.Model, r *result, step func(string, int, int)) error {
	distributions, err := o.chosen(model)
	if err != nil {
		return err
	}
	type target struct {
		handshake.Distribution
		path string
	}
	var targets []target
	for _, d := range distributions {
		paths := d.Paths
		if o.path != "" {
			paths = []string{o.path}
		}
		for _, path := range paths {
			targets = append(targets, target{d, path})
		}
	}
	judged := map[string]bool{} // distributions whose API has been judged
	for i, t := range targets {
		step("handshake", i, len(targets))
		request := o.request(t.ID, t.path)
		report, err := model.Play(request)
		if err != nil {
			return err
		}
		r.Sockets = append(r.Sockets, socket{Distribution: t.ID, Path: t.path, URL: shown(report), Report: report})
		if !o.standing() {
			continue
		}
		request.Plain = true
		plain, err := model.Play(request)
		if err != nil {
			return err
		}
		r.Checks = append(r.Checks, socketCheck{judgePlain(plain), t.ID, t.path})
		if t.API == nil || judged[t.ID] {
			continue
		}
		judged[t.ID] = true
		request = o.request(t.ID, "")
		request.Direct, request.Host = true, ""
		direct, err := model.Play(request)
		if err != nil {
			return err
		}
		r.Checks = append(r.Checks, socketCheck{judgeDirect(direct, report, t.API.Locked), t.ID, ""})
	}
	return o.useless(r)
}

// useless refuses flags for the backend that no handshake came to: what they ask was
// not played.
func (o *templateOptions) useless(r *result) error {
	for _, s := range r.Sockets {
		if s.Report.Outcome != handshake.Accepted {
			return nil // it ended before
		}
	}
	switch {
	case o.authorizer != "" && o.asked.authorizer.Load() == 0:
		return errors.New("--authorizer has no effect: no $connect route that was played has a REQUEST authorizer; remove the flag")
	case o.answer != "" && o.asked.connect.Load() == 0:
		return errors.New("--connect-subprotocol has no effect: no $connect integration that was played is code; remove the flag")
	}
	return nil
}

// shown is the address of a handshake without the values of its query string.
func shown(r *handshake.Report) string {
	address := strings.TrimPrefix(r.Request, http.MethodGet+" ")
	before, query, found := strings.Cut(address, "?")
	if found {
		before += "?" + hideValues(query)
	}
	return trace.Printable(before)
}

// judge gives each socket its verdict. What fails the deploy stands above what a
// handshake would come to.
func (r *result) judge() {
	for i := range r.Sockets {
		s := &r.Sockets[i]
		var deploy, others []finding
		for _, f := range r.Findings {
			switch {
			case f.Severity != handshake.SeverityError || !s.needs(stackOf(strings.TrimPrefix(f.Place, "Resources."))):
			case f.Deploy:
				deploy = append(deploy, f)
			default:
				others = append(others, f)
			}
		}
		s.Text = s.Report.Verdict()
		s.Verdict = map[handshake.Outcome]string{handshake.Accepted: opens, handshake.Refused: refused, handshake.Unknown: notDecided}[s.Report.Outcome]
		switch {
		case len(deploy) > 0 && s.Verdict == opens:
			s.Verdict, s.Text = deployFails, "would open, but the deploy fails: "+first(deploy)
		case len(deploy) > 0 && s.Verdict == refused && s.Report.Refusal.Rule.ID != deploy[0].Rule.ID:
			s.Text += "; and the deploy fails: " + first(deploy)
		case len(others) > 0 && s.Verdict == opens:
			s.Text = "opens, with an error: " + first(others)
		}
	}
}

// needs says whether a handshake needs a stack: that of its distribution, or one that
// its way led through.
func (s *socket) needs(stack string) bool {
	return stack == "" || stack == stackOf(s.Distribution) || slices.ContainsFunc(s.Report.Steps, func(step handshake.Step) bool {
		return strings.Contains(" "+step.Subject, " "+stack+"/")
	})
}

// stackOf is the stack of an id, which stands in front of it where several stacks are
// read: "Stack/LogicalId". "" is the only one.
func stackOf(id string) string {
	id, _, _ = strings.Cut(id, ".")
	return id[:max(strings.LastIndex(id, "/"), 0)]
}

// locate finds the lines of the places.
func (r *result) locate() {
	var l *lines // read once it is needed
	of := func(place string) int {
		if place == "" {
			return 0
		}
		if l == nil {
			l = linesOf(r.Source)
		}
		return l.of(place)
	}
	for i := range r.Sockets {
		if refusal := r.Sockets[i].Report.Refusal; refusal != nil {
			r.Sockets[i].File, r.Sockets[i].Line = r.Source, of(refusal.Place)
		}
	}
	for i := range r.Findings {
		r.Findings[i].Line = of(r.Findings[i].Place)
	}
}

// first is the first reason of several.
func first(findings []finding) string {
	text := trace.Printable(findings[0].Reason)
	if more := len(findings) - 1; more > 0 {
		text += fmt.Sprintf(" (and %s more)", plural(more, "error"))
	}
	return text
}
