package edge

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// WebSocketBehaviorProps are the properties of a [WebSocketBehavior].
type WebSocketBehaviorProps struct {
	// Origin is the WebSocket API. Required.
	Origin Origin

	// Forwarding says what reaches the API beside the handshake's own headers.
	//
	// Default: nothing.
	Forwarding Forwarding

	// FunctionAssociations are CloudFront Functions of yours, one per event.
	// CloudFront does not take them beside Lambda@Edge functions on viewer events
	// (CloudFront Developer Guide, "Restrictions on all edge functions"). Those on
	// a response get a warning: what they do to a 101 is not documented.
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
	return errors.Join(p.problems("")...)
}

func (p *WebSocketBehaviorProps) problems(at string) []error {
	if p == nil {
		p = &WebSocketBehaviorProps{}
	}
	problems := p.Origin.problems(at + "Origin.")
	problems = append(problems, p.Forwarding.problems(at+"Forwarding.", &p.Origin)...)
	return append(problems, p.edgeFunctions().problems(at)...)
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
// Child ids: OriginRequestPolicy; Function and the path for each path it is
// added under.
type WebSocketBehavior struct {
	constructs.Construct
	id        string
	endpoint  endpoint
	functions edgeFunctions
	options   awscloudfront.BehaviorOptions
}

// NewWebSocketBehavior defines a behaviour in scope. It takes effect once it is
// added to a distribution, by [WebSocketBehavior.AddTo] or as the
// DefaultBehavior of a distribution by [WebSocketBehavior.Options]. It panics
// with the text of props.Validate before it defines anything.
func NewWebSocketBehavior(scope constructs.Construct, id string, props *WebSocketBehaviorProps) *WebSocketBehavior {
	if err := props.Validate(); err != nil {
		panic(fmt.Errorf("WebSocketBehavior %q: %w", id, err))
	}
	b := &WebSocketBehavior{id: id, functions: props.edgeFunctions()}
	constructs.NewConstruct_Override(b, scope, &id)
	b.endpoint = props.Origin.endpoint(b)
	b.options = awscloudfront.BehaviorOptions{
		Origin:               props.Origin.origin(b.endpoint),
		OriginRequestPolicy:  props.Forwarding.policy(b),
		CachePolicy:          awscloudfront.CachePolicy_CACHING_DISABLED(),
		ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
		AllowedMethods:       awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
		Compress:             jsii.Bool(false),
	}
	if len(props.FunctionAssociations) > 0 {
		b.options.FunctionAssociations = &props.FunctionAssociations
	}
	if len(props.EdgeLambdas) > 0 {
		b.options.EdgeLambdas = &props.EdgeLambdas
	}
	b.functions.warn(b)
	return b
}

// Options returns the behaviour as the CDK's own props, for a distribution that
// serves nothing but this API as its DefaultBehavior. A copy: changes to it do
// not come back.
func (b *WebSocketBehavior) Options() *awscloudfront.BehaviorOptions {
	options := b.options
	return &options
}

// CallbackURL returns the address of the API's @connections endpoint, to which a
// backend posts the messages for its clients. It is the API's own address,
// because signed requests do not pass through CloudFront (API Gateway Developer
// Guide, "Use @connections commands in your backend service").
func (b *WebSocketBehavior) CallbackURL() *string {
	return jsii.String("https://" + b.endpoint.host + b.endpoint.path)
}

// AddTo adds the behaviour to a distribution of the same app, under path and
// everything below it: with "/ws", viewers connect to wss://domain/ws. API
// Gateway has no path but its stage, so a CloudFront Function on the
// viewer-request event takes the path off.
//
// It panics if path is not a plain path, if the distribution is an imported one
// (the CDK cannot change what it does not define), or if an edge function of
// yours already takes the viewer-request event. A distribution that answers 403
// or 404 with a page gets a warning, because that page would also answer a
// refused handshake.
func (b *WebSocketBehavior) AddTo(distribution awscloudfront.IDistribution, path string) {
	d, err := b.attachable(distribution, path)
	if err != nil {
		panic(fmt.Errorf("WebSocketBehavior %q: %w", b.id, err))
	}
	function := functionSettings{Prefix: path}.function(b, "Function"+strings.ReplaceAll(path, "/", "-"))
	associations := append([]*awscloudfront.FunctionAssociation{{
		EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST,
		Function:  function,
	}}, b.functions.associations...)
	options := &awscloudfront.AddBehaviorOptions{
		OriginRequestPolicy:  b.options.OriginRequestPolicy,
		CachePolicy:          b.options.CachePolicy,
		ViewerProtocolPolicy: b.options.ViewerProtocolPolicy,
		AllowedMethods:       b.options.AllowedMethods,
		Compress:             b.options.Compress,
		EdgeLambdas:          b.options.EdgeLambdas,
		FunctionAssociations: &associations,
	}
	// A pattern such as /ws* would take /wsx as well, so there are two.
	for _, pattern := range []string{path, path + "/*"} {
		d.AddBehavior(&pattern, b.options.Origin, options)
	}
	warnOfErrorPages(b, d)
}

func (b *WebSocketBehavior) attachable(distribution awscloudfront.IDistribution, path string) (awscloudfront.Distribution, error) {
	var problems []error
	if err := rules.RoutePath(path); err != nil {
		problems = append(problems, fmt.Errorf("path %w", err))
	}
	d, ok := distribution.(awscloudfront.Distribution)
	switch {
	case distribution == nil:
		problems = append(problems, errors.New("distribution is required, got nil"))
	case !ok:
		problems = append(problems, errors.New("distribution must be an awscloudfront.Distribution that this app defines, got an imported one; "+
			"the CDK cannot add behaviours to it, so add the behaviour in the app that defines it"))
	}
	if err := b.functions.beside(fmt.Sprintf("taking %q off the path", path)); err != nil {
		problems = append(problems, err)
	}
	return d, errors.Join(problems...)
}

// warnOfErrorPages points at custom error responses that would turn a refused
// handshake into a page: they hold for the whole distribution.
func warnOfErrorPages(scope constructs.Construct, d awscloudfront.Distribution) {
	resource, ok := d.Node().DefaultChild().(awscloudfront.CfnDistribution)
	if !ok {
		return
	}
	config, _ := awscdk.Stack_Of(d).Resolve(resource.DistributionConfig()).(map[string]any)
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
			"do the single-page fallback in a function of the site's behaviour instead", strings.Join(codes, " and ")),
	)
}
