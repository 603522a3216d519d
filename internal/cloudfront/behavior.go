package cloudfront

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/lambdaedge"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Behavior is one cache behavior.
type Behavior struct {
	place          string
	pattern        string // "" for the default one
	target         string
	viewerProtocol string
	methods        []string
	cachePolicyID  string
	policyID       string
	legacy         *legacy
	functions      []association
	lambdas        []lambdaedge.Association
	signed         bool
	signers        signers
	cachedMethods  []string
	givenMethods   []string // AllowedMethods as the template has them
	ttls           map[string]float64
	grpc           bool
	responsePolicy string // a logical id, or text
	problem        error
}

// signers are the key groups and accounts that a behavior trusts.
type signers struct {
	groups   []string // logical ids, or text
	accounts []string
}

// association is a CloudFront Function on one event.
type association struct{ event, arn string }

// legacy is the forwarding of a behavior that has ForwardedValues instead of policies.
type legacy struct {
	queries rules.Selection
	cookies rules.Selection
	headers []string
}

// Name is what the behavior is called in messages.
func (b *Behavior) Name() string {
	if b.pattern == "" {
		return "default behavior"
	}
	return fmt.Sprintf("behavior %q", trace.Short(b.pattern))
}

// posts says whether the behavior takes POST, which no WebSocket needs.
func (b *Behavior) posts() bool { return slices.Contains(b.methods, "POST") }

func readBehavior(t *cfn.Template, p cfn.Properties, pattern string) *Behavior {
	p = p.Apart()
	aside := p.Aside()
	b := &Behavior{
		place:          p.Place,
		pattern:        pattern,
		target:         p.Text("TargetOriginId"),
		viewerProtocol: p.Text("ViewerProtocolPolicy"),
		methods:        p.Texts("AllowedMethods"),
		cachePolicyID:  p.Text("CachePolicyId"),
		policyID:       p.Text("OriginRequestPolicyId"),
		cachedMethods:  aside.Texts("CachedMethods"),
		grpc:           aside.Child("GrpcConfig").Flag("Enabled", false),
		responsePolicy: cmp.Or(p.Reference("ResponseHeadersPolicyId"), aside.Text("ResponseHeadersPolicyId")),
		ttls:           map[string]float64{},
	}
	b.givenMethods = b.methods
	b.signers.accounts, _ = aside.Items("TrustedSigners")
	var open bool
	b.signers.groups, open = aside.Items("TrustedKeyGroups")
	b.signed = len(b.signers.groups)+len(b.signers.accounts) > 0 || open
	for _, name := range []string{"MinTTL", "DefaultTTL", "MaxTTL"} {
		if aside.Has(name) {
			b.ttls[name] = aside.Number(name, 0)
		}
	}
	if len(b.methods) == 0 {
		b.methods = []string{"GET", "HEAD"}
	}
	if p.Has("ForwardedValues") {
		f := p.Child("ForwardedValues")
		b.legacy = &legacy{headers: f.Texts("Headers")}
		if f.Flag("QueryString", false) {
			b.legacy.queries = rules.Selection{Mode: "all"}
			if keys := f.Texts("QueryStringCacheKeys"); len(keys) > 0 {
				b.legacy.queries = rules.Selection{Mode: "whitelist", Names: keys}
			}
		}
		cookies := f.Child("Cookies")
		b.legacy.cookies = rules.Selection{Mode: cookies.Text("Forward"), Names: cookies.Texts("WhitelistedNames")}
	}
	for _, a := range p.Children("FunctionAssociations") {
		b.functions = append(b.functions, association{a.Text("EventType"), a.Text("FunctionARN")})
	}
	for _, a := range p.Children("LambdaFunctionAssociations") {
		b.lambdas = append(b.lambdas, lambdaedge.Read(t, a))
	}
	b.problem = p.Err()
	return b
}
