package edge

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/readback"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// WebSocketBehaviorProps are the properties of a [WebSocketBehavior].
type WebSocketBehaviorProps struct {
	// Origin is the WebSocket API, by [FromStage], [FromAPI], [FromURL] or
	// [FromDomainName]. Behaviors with the same one share an origin of the
	// distribution. Required.
	Origin *Origin

	// Forwarding says what reaches the API beside the handshake's own headers.
	//
	// Default: nothing.
	Forwarding Forwarding

	// PathParameter passes the viewer's path to $connect, as the query string
	// parameter of this name; WebSocket APIs have no paths of their own. The path
	// is exactly what was sent. Under a path of AddTo it is what follows that path.
	// The policy lists the parameter; an OriginRequestPolicy of yours must list it
	// too.
	//
	// The viewer's own parameters of this name are removed, in whatever spelling:
	// escaped, in another case, padded with spaces, plus signs or characters beyond
	// ASCII. So are parameters whose names cannot be decoded; after the first such
	// name, all parameters with an escape in their name. A name that is too long to
	// be any of these is passed on unread. More than 24 parameters get 414, because
	// reading each takes the edge function time.
	//
	// Default: none; API Gateway answers 403 to every path but "/".
	PathParameter string

	// AllowedWebOrigins are the web origins whose pages may connect, such as
	// https://app.example.com, with a port unless it is the scheme's own; a leading
	// label may be a wildcard, https://*.example.com, which stands for exactly one.
	// Others get 403: a browser sends cookies along with a handshake from any page
	// (RFC 6455, section 10.2). Names beyond ASCII are written in punycode. The case
	// of letters does not matter. A handshake with several Origin headers gets 403.
	//
	// Default: not checked.
	AllowedWebOrigins []string

	// RequireWebOrigin refuses handshakes without Origin too, which only browsers
	// send. Needs AllowedWebOrigins.
	RequireWebOrigin bool

	// RequireHandshake adds the edge function where no other prop and no path asks
	// for it. Wherever it runs, it answers in words:
	//   - 426 to a request that is not a WebSocket handshake, to which API Gateway
	//     would answer a puzzling 403;
	//   - 414 to a path and query string that together are longer than API Gateway
	//     takes (4,096 characters);
	//   - 400 to a raw #, space or character beyond ASCII in path or query string,
	//     which clients percent-encode, and to which CloudFront would answer 502
	//     (CloudFront Developer Guide, "Restrictions on all edge functions").
	RequireHandshake bool

	// FunctionAssociations are CloudFront Functions of yours, one per event.
	// CloudFront does not take them beside Lambda@Edge functions on viewer events
	// (CloudFront Developer Guide, "Restrictions on all edge functions"). Those on
	// a response get a warning: what they do to a 101 is not documented. One on the
	// viewer request excludes PathParameter, AllowedWebOrigins, RequireHandshake and
	// AddTo, which need that event.
	//
	// Default: none.
	FunctionAssociations []*awscloudfront.FunctionAssociation

	// EdgeLambdas are Lambda@Edge functions of yours, one per event, published in
	// us-east-1.
	//
	// Default: none.
	EdgeLambdas []*awscloudfront.EdgeLambda
}

// Validate reports everything that is wrong with the props, one problem a line,
// or nil. Plain values are checked without starting the CDK; tokens are not
// checked.
func (p *WebSocketBehaviorProps) Validate() error {
	return p.problems().Err("")
}

func (p *WebSocketBehaviorProps) problems() rules.Problems {
	if p == nil {
		p = &WebSocketBehaviorProps{}
	}
	return slices.Concat(p.Origin.problems(), p.Forwarding.problems(p), p.edgeFunctions().problems(), p.functionProblems())
}

// problemsUnder lists what is wrong with the props of a behavior that is to be
// attached under path.
func (p *WebSocketBehaviorProps) problemsUnder(path string) rules.Problems {
	problems := p.problems()
	if len(p.functionFeatures()) == 0 {
		problems.Add("", p.edgeFunctions().beside(fmt.Sprintf("taking %q off the path", path)))
	}
	return problems
}

func (p *WebSocketBehaviorProps) edgeFunctions() edgeFunctions {
	return edgeFunctions{p.FunctionAssociations, p.EdgeLambdas}
}

// WebSocketBehavior is a cache behaviour that carries WebSockets to an API: its
// HTTPS-only origin, its origin request policy, no caching, no compression and
// GET and HEAD only, reached over TLS only.
//
// The viewer protocol policy is https-only and not a choice: a redirect is not
// followed by WebSocket clients, and ws:// would carry tokens in the clear.
//
// Where a prop or a path asks for it, it has one CloudFront Function, on the
// viewer-request event, which costs no Lambda call.
//
// Child ids: OriginRequestPolicy, unless the behavior shares the policy of a
// [WebSocketDistribution]; and Function, followed by the path for each path it is
// added under, such as Function.chat for /chat.
type WebSocketBehavior struct {
	constructs.Construct
	id        string
	props     WebSocketBehaviorProps
	options   awscloudfront.BehaviorOptions
	functions map[string]awscloudfront.Function // by path
	url       string
}

// NewWebSocketBehavior defines a behaviour in scope. It takes effect once it is
// added to a distribution, by [WebSocketBehavior.AddTo] or as the
// DefaultBehavior of a distribution by [WebSocketBehavior.Bind]. It panics
// with the text of props.Validate before it defines anything.
func NewWebSocketBehavior(scope constructs.Construct, id string, props *WebSocketBehaviorProps) *WebSocketBehavior {
	if err := props.Validate(); err != nil {
		panic(fmt.Errorf("WebSocketBehavior %q: %w", id, err))
	}
	return newBehavior(scope, id, props, nil)
}

// newBehavior defines a behavior of valid props. shared is the policy that it has in
// common with others, nil if it has to make its own.
func newBehavior(scope constructs.Construct, id string, props *WebSocketBehaviorProps, shared interfacesawscloudfront.IOriginRequestPolicyRef) *WebSocketBehavior {
	b := &WebSocketBehavior{id: id, props: props.clone(), functions: map[string]awscloudfront.Function{}}
	constructs.NewConstruct_Override(b, scope, &id)
	props.Origin.make()
	policy := shared
	if policy == nil {
		policy = props.Forwarding.policy()
	}
	if policy == nil {
		policy = props.policyContent().newPolicy(b, "OriginRequestPolicy")
	}
	b.options = awscloudfront.BehaviorOptions{
		Origin:               props.Origin.made,
		OriginRequestPolicy:  policy,
		CachePolicy:          awscloudfront.CachePolicy_CACHING_DISABLED(),
		ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
		AllowedMethods:       awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
		Compress:             jsii.Bool(false),
	}
	if len(props.EdgeLambdas) > 0 {
		b.options.EdgeLambdas = &b.props.EdgeLambdas
	}
	props.edgeFunctions().warn(b)
	return b
}

// clone keeps what is read when the behaviour is added to a distribution from
// changes by the caller until then.
func (p *WebSocketBehaviorProps) clone() WebSocketBehaviorProps {
	q := *p
	q.AllowedWebOrigins = slices.Clone(p.AllowedWebOrigins)
	q.FunctionAssociations = slices.Clone(p.FunctionAssociations)
	q.EdgeLambdas = slices.Clone(p.EdgeLambdas)
	return q
}

// Bind defines what the behavior needs as the default one of a distribution, its
// edge function, and returns the behavior as the CDK's own props: for a
// distribution of yours that serves nothing but this API. It defines nothing the
// second time. Changes to what it returns do not come back.
func (b *WebSocketBehavior) Bind() *awscloudfront.BehaviorOptions {
	options := b.options
	options.FunctionAssociations = b.associations("")
	return &options
}

// associations are the user's functions and, where something asks for it, the
// behaviour's own under prefix.
func (b *WebSocketBehavior) associations(prefix string) *[]*awscloudfront.FunctionAssociation {
	associations := slices.Clone(b.props.FunctionAssociations)
	if prefix != "" || len(b.props.functionFeatures()) > 0 {
		function, made := b.functions[prefix]
		if !made {
			function = b.props.functionSettings(prefix, b.props.Origin.at).function(b, childID("Function", prefix))
			b.functions[prefix] = function
		}
		associations = append(associations, &awscloudfront.FunctionAssociation{
			EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST,
			Function:  function,
		})
	}
	if len(associations) == 0 {
		return nil
	}
	return &associations
}

// URL returns what clients connect to: the distribution's first name that is not a
// wildcard, and the path that the behavior was added under, the last one if there
// are several. It is nil before the behavior is added to a distribution, and after
// Bind, whose distribution it does not know.
func (b *WebSocketBehavior) URL() *string {
	if b.url == "" {
		return nil
	}
	return &b.url
}

// Functions returns the edge functions of the behavior, in the order of the paths
// that it was added under. There are none where nothing asks for one.
func (b *WebSocketBehavior) Functions() []awscloudfront.Function {
	var functions []awscloudfront.Function
	for _, path := range slices.Sorted(maps.Keys(b.functions)) {
		functions = append(functions, b.functions[path])
	}
	return functions
}

// API returns the id, the stage and the region of the API, as its metrics name them,
// or nothing where the origin is a custom domain name, which does not tell.
func (b *WebSocketBehavior) API() (id, stage, region string) { return b.props.Origin.api() }

// CallbackURL returns the address of the API's @connections endpoint, to which a
// backend posts the messages for its clients. It is the API's own address,
// because signed requests do not pass through CloudFront (API Gateway Developer
// Guide, "Use @connections commands in your backend service").
func (b *WebSocketBehavior) CallbackURL() *string {
	return jsii.String("https://" + b.props.Origin.at.host + b.props.Origin.at.path)
}

// AddTo adds the behaviour to a distribution of the same app, under path and
// everything below it: with "/ws", viewers connect to wss://domain/ws. API
// Gateway has no path but its stage, so a CloudFront Function on the
// viewer-request event takes the path off. CloudFront chooses a behavior by the
// normalized path, and gives the function the path that was sent. One in another
// form (/%63hat, //chat, /a/../chat), or with /.. or an encoded dot behind it, gets
// 400: what it is below the path would be a guess.
//
// It panics if path is not a plain path, if the distribution is an imported one
// (the CDK cannot change what it does not define), if a behaviour that is there
// already takes the path, or if an edge function of yours has the viewer-request
// event. A distribution that answers 403 or 404 with a page gets a warning,
// because that page would also answer a refused handshake.
//
// It returns the behavior.
func (b *WebSocketBehavior) AddTo(distribution awscloudfront.IDistribution, path string) *WebSocketBehavior {
	d, config, err := b.attachable(distribution, path)
	if err != nil {
		panic(fmt.Errorf("WebSocketBehavior %q: %w", b.id, err))
	}
	b.attach(d, path)
	b.url = "wss://" + viewerHost(aliases(config), d.DistributionDomainName()) + path
	warnOfErrorPages(b, config)
	return b
}

// aliases are the plain ones among a distribution's names.
func aliases(config map[string]any) []string {
	var names []string
	list, _ := config["aliases"].([]any)
	for _, each := range list {
		if name, ok := each.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// attach adds the behaviour under a path that has been checked.
func (b *WebSocketBehavior) attach(d awscloudfront.Distribution, path string) {
	options := &awscloudfront.AddBehaviorOptions{
		OriginRequestPolicy:  b.options.OriginRequestPolicy,
		CachePolicy:          b.options.CachePolicy,
		ViewerProtocolPolicy: b.options.ViewerProtocolPolicy,
		AllowedMethods:       b.options.AllowedMethods,
		Compress:             b.options.Compress,
		EdgeLambdas:          b.options.EdgeLambdas,
		FunctionAssociations: b.associations(path),
	}
	for _, pattern := range patterns(path) {
		d.AddBehavior(&pattern, b.options.Origin, options)
	}
}

// patterns are those of a path and everything below it. One such as /ws* would
// take /wsx as well.
func patterns(path string) []string { return []string{path, path + "/*"} }

func (b *WebSocketBehavior) attachable(distribution awscloudfront.IDistribution, path string) (awscloudfront.Distribution, map[string]any, error) {
	var problems []error
	var config map[string]any
	badPath := rules.RoutePath(path)
	if badPath != nil {
		problems = append(problems, fmt.Errorf("path: %w", badPath))
	}
	d, ok := distribution.(awscloudfront.Distribution)
	switch {
	case distribution == nil:
		problems = append(problems, errors.New("distribution is required, got nil"))
	case !ok:
		problems = append(problems, errors.New("distribution must be an awscloudfront.Distribution that this app defines, got an imported one; "+
			"the CDK cannot add behaviours to it, so add the behaviour in the app that defines it"))
	case badPath == nil:
		config = configOf(b, d)
		problems = append(problems, shadows(config, path)...)
	}
	if err := b.props.edgeFunctions().beside(fmt.Sprintf("taking %q off the path", path)); err != nil {
		problems = append(problems, err)
	}
	return d, config, errors.Join(problems...)
}

// shadows lists the behaviors of the distribution that would take what is meant
// for path: CloudFront goes by the first pattern that matches (CloudFront Developer
// Guide, "Path pattern").
func shadows(config map[string]any, path string) []error {
	behaviors, _ := config["cacheBehaviors"].([]any)
	var problems []error
	for _, ours := range patterns(path) {
		for _, behavior := range behaviors {
			properties, _ := behavior.(map[string]any)
			first, _ := properties["pathPattern"].(string)
			if first != "" && !token.Is(first) && rules.PatternCovers(first, ours) {
				problems = append(problems, fmt.Errorf("path %q is never reached: the distribution has a behavior for %q, which comes first; add the socket before it, or choose another path", ours, first))
				break
			}
		}
	}
	return problems
}

// configOf is the configuration of d as it stands now. It is empty with a warning
// on scope where that cannot be read, because d was given another default child or
// the CDK is a version that does not show it: then a path that is already taken and
// an error page that hides refused handshakes go unnoticed.
func configOf(scope constructs.Construct, d awscloudfront.Distribution) map[string]any {
	var config map[string]any
	err := errors.New("its default child is not the AWS::CloudFront::Distribution")
	if resource, ok := d.Node().DefaultChild().(awscloudfront.CfnDistribution); ok {
		config, err = readback.DistributionConfig(resource)
	}
	if err != nil {
		awscdk.Annotations_Of(scope).AddWarningV2(
			jsii.String("websocket-distribution:unread"),
			jsii.Sprintf("cannot check the distribution for paths that are already taken and for error pages that answer refused handshakes; look at them yourself: %v", err),
		)
	}
	return config
}

// warnOfErrorPages points at custom error responses that would turn a refused
// handshake into a page: they hold for the whole distribution.
func warnOfErrorPages(scope constructs.Construct, config map[string]any) {
	responses, _ := config["customErrorResponses"].([]any)
	var codes []string
	for _, r := range responses {
		response, _ := r.(map[string]any)
		if code := fmt.Sprint(response["errorCode"]); code == "403" || code == "404" {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return
	}
	awscdk.Annotations_Of(scope).AddWarningV2(
		jsii.String("websocket-distribution:errorResponse"),
		jsii.Sprintf("the distribution has a custom error response for %s, which also answers refused handshakes and so hides why; "+
			"do the single-page fallback in a function of the site's behavior instead", strings.Join(codes, " and ")),
	)
}
