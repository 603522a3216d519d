package cloudfront

import (
	"fmt"
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
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
	lambdas        []association
	signed         bool
	problem        error
}

// association is an edge function on one event.
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

func readBehavior(p cfn.Properties, pattern string) *Behavior {
	p = p.Apart()
	b := &Behavior{
		place:          p.Place,
		pattern:        pattern,
		target:         p.Text("TargetOriginId"),
		viewerProtocol: p.Text("ViewerProtocolPolicy"),
		methods:        p.Texts("AllowedMethods"),
		cachePolicyID:  p.Text("CachePolicyId"),
		policyID:       p.Text("OriginRequestPolicyId"),
		signed:         len(p.Texts("TrustedKeyGroups")) > 0 || len(p.Texts("TrustedSigners")) > 0,
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
		b.lambdas = append(b.lambdas, association{a.Text("EventType"), a.Text("LambdaFunctionARN")})
	}
	b.problem = p.Err()
	return b
}
