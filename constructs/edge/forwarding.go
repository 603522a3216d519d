package edge

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// Forwarding says what reaches the API of what the viewer sends. Whatever it
// does not name, CloudFront drops (CloudFront Developer Guide, "Control origin
// requests with a policy").
//
// The headers of the handshake itself (Sec-WebSocket-Key, -Version, -Protocol,
// -Accept, -Extensions) are always forwarded, and Host never is: API Gateway
// answers 403 to a Host other than its own.
type Forwarding struct {
	// Headers are forwarded beside those of the handshake, five at most (the quota
	// is ten in all). Origin, which browsers send, is a usual one. Host,
	// Connection, Upgrade, Authorization and Accept-Encoding are refused.
	//
	// Default: none.
	Headers []string

	// QueryStrings are the query string parameters that are forwarded: [All], or
	// an [AllowList] of ten at most. Browsers cannot set headers on a WebSocket,
	// so a token usually comes as one.
	//
	// Default: none.
	QueryStrings Selection

	// Cookies are the cookies that are forwarded: [All], or an [AllowList] of ten
	// at most.
	//
	// Default: none.
	Cookies Selection

	// AllExceptHost forwards every header but Host, all query strings and all
	// cookies by the managed policy AllViewerExceptHostHeader. It is the only way
	// to forward Authorization, needs no policy of its own, and is valid on every
	// CloudFront pricing plan. Excludes the settings above.
	AllExceptHost bool

	// OriginRequestPolicy is a policy of yours to use instead, for instance one
	// that several distributions share: an account has 20. It must forward
	// Sec-WebSocket-Key and Sec-WebSocket-Version, and must not forward Host.
	// Excludes the settings above.
	//
	// Default: a policy made from the settings above.
	OriginRequestPolicy interfacesawscloudfront.IOriginRequestPolicyRef

	// OmitExtensions leaves Sec-WebSocket-Extensions out, so that viewer and API
	// negotiate no compression.
	OmitExtensions bool
}

// Selection is all, some or none of the viewer's query strings or cookies. The
// zero value is none.
type Selection struct {
	all   bool
	names []string
}

// All selects everything the viewer sends.
func All() Selection { return Selection{all: true} }

// AllowList selects by name. Names are compared as they are written.
func AllowList(names ...string) Selection { return Selection{names: slices.Clone(names)} }

func (f *Forwarding) problems(at string, behavior *WebSocketBehaviorProps) []error {
	plain := rules.Forwarding{
		Headers:         f.Headers,
		AllQueryStrings: f.QueryStrings.all,
		QueryStrings:    f.QueryStrings.names,
		AllCookies:      f.Cookies.all,
		Cookies:         f.Cookies.names,
		AllExceptHost:   f.AllExceptHost,
		OmitExtensions:  f.OmitExtensions,
		OriginHeaders:   slices.Sorted(maps.Keys(behavior.Origin.CustomHeaders)),
		PathParameter:   behavior.PathParameter,
	}
	if f.OriginRequestPolicy != nil {
		plain.OriginRequestPolicyID = *f.OriginRequestPolicy.OriginRequestPolicyRef().OriginRequestPolicyId
	}
	spelled := func(name string) string {
		if name == "OriginRequestPolicyID" {
			return "OriginRequestPolicy"
		}
		return name
	}
	return plain.Problems(at, spelled, isToken)
}

// forwardingKey is the same for behaviours whose policies would be the same.
func (p *WebSocketBehaviorProps) forwardingKey() string {
	return fmt.Sprintf("%q %+v", p.PathParameter, p.Forwarding)
}

// policy returns the origin request policy of f, made in scope where neither the
// caller nor AWS has one that serves. It lets pathParameter through as well,
// because what a function adds is dropped like anything else.
func (f *Forwarding) policy(scope constructs.Construct, pathParameter string) interfacesawscloudfront.IOriginRequestPolicyRef {
	switch {
	case f.OriginRequestPolicy != nil:
		return f.OriginRequestPolicy
	case f.AllExceptHost:
		return awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER()
	}
	headers := append(rules.WebSocketHeaders(f.OmitExtensions), f.Headers...)
	props := &awscloudfront.OriginRequestPolicyProps{
		OriginRequestPolicyName: physicalName(scope, "OriginRequestPolicy"),
		Comment:                 jsii.String("WebSocket handshake to API Gateway"),
		HeaderBehavior:          awscloudfront.OriginRequestHeaderBehavior_AllowList(*jsii.Strings(headers...)...),
	}
	queryStrings := f.QueryStrings.names
	if pathParameter != "" {
		queryStrings = append([]string{pathParameter}, queryStrings...)
	}
	// None is the default of both behaviours, so it is not asked for.
	switch {
	case f.QueryStrings.all:
		props.QueryStringBehavior = awscloudfront.OriginRequestQueryStringBehavior_All()
	case len(queryStrings) > 0:
		props.QueryStringBehavior = awscloudfront.OriginRequestQueryStringBehavior_AllowList(*jsii.Strings(queryStrings...)...)
	}
	switch s := f.Cookies; {
	case s.all:
		props.CookieBehavior = awscloudfront.OriginRequestCookieBehavior_All()
	case len(s.names) > 0:
		props.CookieBehavior = awscloudfront.OriginRequestCookieBehavior_AllowList(*jsii.Strings(s.names...)...)
	}
	return awscloudfront.NewOriginRequestPolicy(scope, jsii.String("OriginRequestPolicy"), props)
}
