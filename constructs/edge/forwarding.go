package edge

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
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
	// CloudFront-Viewer-Address has the viewer's address, which the API does not see
	// otherwise: address:port, an IPv6 address without brackets. CloudFront sets it
	// (CloudFront Developer Guide, "Add CloudFront request headers"); that it does so
	// over a header of that name which the viewer sends is inferred. X-Forwarded-For
	// begins with whatever the viewer sends, and is no address to rely on.
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

func (f *Forwarding) problems(behavior *WebSocketBehaviorProps) rules.Problems {
	plain := rules.Forwarding{
		Headers:         f.Headers,
		AllQueryStrings: f.QueryStrings.all,
		QueryStrings:    f.QueryStrings.names,
		AllCookies:      f.Cookies.all,
		Cookies:         f.Cookies.names,
		AllExceptHost:   f.AllExceptHost,
		OmitExtensions:  f.OmitExtensions,
		OriginHeaders:   behavior.Origin.headerNames(),
		PathParameter:   behavior.PathParameter,
	}
	if f.OriginRequestPolicy != nil {
		plain.OriginRequestPolicy = *f.OriginRequestPolicy.OriginRequestPolicyRef().OriginRequestPolicyId
	}
	return plain.Problems(token.Is)
}

// policyContent is what an origin request policy made here forwards. Two contents
// that mean the same are equal: names are sorted, and those of headers compared
// without regard to case.
type policyContent struct {
	Headers, QueryStrings, Cookies []string
	OmitExtensions                 bool
	AllQueryStrings, AllCookies    bool
}

// policyContent is that of the policy that the behavior needs, as long as neither
// the caller nor AWS has one that serves. It lets PathParameter through as well,
// because what a function adds is dropped like anything else.
func (p *WebSocketBehaviorProps) policyContent() policyContent {
	f := p.Forwarding
	content := policyContent{
		Headers:         slices.Clone(f.Headers),
		Cookies:         slices.Sorted(slices.Values(f.Cookies.names)),
		OmitExtensions:  f.OmitExtensions,
		AllQueryStrings: f.QueryStrings.all,
		AllCookies:      f.Cookies.all,
	}
	slices.SortFunc(content.Headers, func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
	})
	if !f.QueryStrings.all {
		content.QueryStrings = slices.Clone(f.QueryStrings.names)
		if p.PathParameter != "" {
			content.QueryStrings = append(content.QueryStrings, p.PathParameter)
		}
		slices.Sort(content.QueryStrings)
	}
	return content
}

// id is the id of a policy that behaviors share, which says nothing but what the
// policy forwards: it is the same whichever behaviors share it.
func (c policyContent) id(scope constructs.Construct) string {
	c.Headers = names(scope, c.Headers, strings.ToLower)
	c.QueryStrings = names(scope, c.QueryStrings, nil)
	c.Cookies = names(scope, c.Cookies, nil)
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and booleans always encode
	}
	return fmt.Sprintf("OriginRequestPolicy.%x", sha256.Sum256(text))[:len("OriginRequestPolicy.")+12]
}

// names are sorted, with something stable in the place of tokens.
func names(scope constructs.Construct, of []string, fold func(string) string) []string {
	var all []string
	for _, name := range of {
		if token.Is(name) {
			name = "token " + token.Name(scope, name)
		} else if fold != nil {
			name = fold(name)
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// policy returns the origin request policy of p that needs no resource: the
// caller's, or AWS's own; nil where one has to be made.
func (f *Forwarding) policy() interfacesawscloudfront.IOriginRequestPolicyRef {
	switch {
	case f.OriginRequestPolicy != nil:
		return f.OriginRequestPolicy
	case f.AllExceptHost:
		return awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER()
	}
	return nil
}

// newPolicy defines a policy of this content.
func (c policyContent) newPolicy(scope constructs.Construct, id string) interfacesawscloudfront.IOriginRequestPolicyRef {
	headers := append(rules.WebSocketHeaders(c.OmitExtensions), c.Headers...)
	props := &awscloudfront.OriginRequestPolicyProps{
		OriginRequestPolicyName: physicalName(scope, id),
		Comment:                 jsii.String("WebSocket handshake to API Gateway"),
		HeaderBehavior:          awscloudfront.OriginRequestHeaderBehavior_AllowList(*jsii.Strings(headers...)...),
	}
	// None is the default of query strings and cookies.
	switch {
	case c.AllQueryStrings:
		props.QueryStringBehavior = awscloudfront.OriginRequestQueryStringBehavior_All()
	case len(c.QueryStrings) > 0:
		props.QueryStringBehavior = awscloudfront.OriginRequestQueryStringBehavior_AllowList(*jsii.Strings(c.QueryStrings...)...)
	}
	switch {
	case c.AllCookies:
		props.CookieBehavior = awscloudfront.OriginRequestCookieBehavior_All()
	case len(c.Cookies) > 0:
		props.CookieBehavior = awscloudfront.OriginRequestCookieBehavior_AllowList(*jsii.Strings(c.Cookies...)...)
	}
	return awscloudfront.NewOriginRequestPolicy(scope, &id, props)
}
