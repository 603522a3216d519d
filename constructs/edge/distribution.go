package edge

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// WebSocketDistributionProps are the properties of a [WebSocketDistribution].
type WebSocketDistributionProps struct {
	// DefaultBehavior is the WebSocket API and how it is reached. Its Origin is
	// the one thing that is required.
	DefaultBehavior WebSocketBehaviorProps

	// AdditionalBehaviors are further WebSocket APIs, each under a path of its own:
	// with the key "/chat", what is at /chat and below it goes there, /chatter does
	// not. Deeper paths come before those that hold them. Each has its own origin,
	// forwarding and edge function; those that forward the same share a policy, of
	// which an account has 20. Each takes two of the 75 behaviours that a
	// distribution may have, so there can be 37.
	//
	// Default: none.
	AdditionalBehaviors map[string]WebSocketBehaviorProps

	// DomainNames are your own names for the distribution, such as ws.example.com
	// or *.example.com. Needs Certificate. A name can be on one distribution only.
	//
	// Default: the name that CloudFront gives, dxxxx.cloudfront.net, alone.
	DomainNames []string

	// Certificate is an ACM certificate in us-east-1 that covers DomainNames
	// (CloudFront Developer Guide, "Requirements for using SSL/TLS certificates
	// with CloudFront").
	//
	// Default: CloudFront's own certificate.
	Certificate interfacesawscertificatemanager.ICertificateRef

	// HostedZone is the Route 53 zone of DomainNames, in which an alias record is
	// made for each: A, and AAAA unless DisableIPv6 is set.
	//
	// Default: no records; you point the names at the distribution.
	HostedZone interfacesawsroute53.IHostedZoneRef

	// MinimumProtocolVersion is the oldest TLS version, with its ciphers, that
	// viewers may use; TLS 1.2 of 2018 is the oldest that is accepted here. Needs
	// Certificate: with CloudFront's own, it is fixed at TLSv1 (CloudFront
	// Developer Guide, "Supported protocols and ciphers between viewers and
	// CloudFront").
	//
	// Default: TLS_V1_2_2021.
	MinimumProtocolVersion awscloudfront.SecurityPolicyProtocol

	// HTTPVersion is the newest HTTP version offered to viewers. WebSockets are
	// HTTP/1.1 whatever it says: browsers open a connection of their own for them.
	// HTTP1_1 helps clients that offer h2 and then cannot upgrade.
	//
	// Default: HTTP2.
	HTTPVersion awscloudfront.HttpVersion

	// PriceClass says which of CloudFront's points of presence are used.
	//
	// Default: PRICE_CLASS_ALL, CloudFront's own.
	PriceClass awscloudfront.PriceClass

	// AllowedCountries are the only countries that viewers may connect from, by
	// ISO 3166-1 code; others get 403. Excludes DeniedCountries.
	//
	// Default: all.
	AllowedCountries []string

	// DeniedCountries are countries that viewers may not connect from, by ISO
	// 3166-1 code; they get 403. Excludes AllowedCountries.
	//
	// Default: none.
	DeniedCountries []string

	// DisableIPv6 takes IPv6, which API Gateway's own endpoint may lack, away from
	// viewers again.
	DisableIPv6 bool

	// WebACL is the ARN of an AWS WAF web ACL of CloudFront scope, in us-east-1.
	//
	// Default: none.
	WebACL string

	// Comment is what the CloudFront console shows beside the distribution, at
	// most 128 characters.
	//
	// Default: none.
	Comment string
}

// Validate reports everything that is wrong with the props, one problem a line,
// or nil. Plain values are checked without starting the CDK; tokens are not
// checked.
func (p *WebSocketDistributionProps) Validate() error {
	if p == nil {
		p = &WebSocketDistributionProps{}
	}
	errs := []error{p.DefaultBehavior.problems().Err("DefaultBehavior.")}
	for _, path := range p.paths() {
		behavior := p.AdditionalBehaviors[path]
		errs = append(errs, behavior.problemsUnder(path).Err(fmt.Sprintf("AdditionalBehaviors[%q].", path)))
	}
	return errors.Join(append(errs, p.problems().Err(""))...)
}

// problems lists what is wrong with the distribution itself.
func (p *WebSocketDistributionProps) problems() rules.Problems {
	plain := rules.Distribution{
		Paths:                  p.paths(),
		DomainNames:            p.DomainNames,
		MinimumProtocolVersion: string(p.MinimumProtocolVersion),
		HTTPVersion:            string(p.HTTPVersion),
		PriceClass:             string(p.PriceClass),
		AllowedCountries:       p.AllowedCountries,
		DeniedCountries:        p.DeniedCountries,
		WebACL:                 p.WebACL,
		Comment:                p.Comment,
	}
	if p.Certificate != nil {
		plain.Certificate = *p.Certificate.CertificateRef().CertificateArn
	}
	if p.HostedZone != nil {
		plain.HostedZone = &rules.HostedZone{ID: *p.HostedZone.HostedZoneRef().HostedZoneId}
	}
	return plain.Problems(token.Is)
}

// WebSocketDistribution is a CloudFront distribution in front of a WebSocket
// API.
//
// Child ids: Behavior, followed by the path for each additional one, such as
// Behavior.chat.admin for /chat/admin; OriginRequestPolicy, followed by a hash of
// what the policy forwards, for each that behaviors share; Distribution; and for
// each alias record its type, domain name and hosted zone, such as
// A_ws.example.com_Z0123456789EXAMPLE.
type WebSocketDistribution struct {
	constructs.Construct
	behavior     *WebSocketBehavior
	additional   map[string]*WebSocketBehavior
	policies     map[string]interfacesawscloudfront.IOriginRequestPolicyRef
	distribution awscloudfront.Distribution
	domainName   *string
}

// NewWebSocketDistribution defines a distribution in scope: the default
// behaviour, the distribution, the further behaviours, then the alias records. It
// panics with the text of props.Validate before it defines anything.
func NewWebSocketDistribution(scope constructs.Construct, id string, props *WebSocketDistributionProps) *WebSocketDistribution {
	if err := props.Validate(); err != nil {
		panic(fmt.Errorf("WebSocketDistribution %q: %w", id, err))
	}
	d := &WebSocketDistribution{
		additional: map[string]*WebSocketBehavior{},
		policies:   map[string]interfacesawscloudfront.IOriginRequestPolicyRef{},
	}
	constructs.NewConstruct_Override(d, scope, &id)
	d.behavior = d.newBehavior("Behavior", &props.DefaultBehavior)
	d.distribution = awscloudfront.NewDistribution(d, jsii.String("Distribution"), props.distribution(d.behavior.Bind()))
	d.domainName = d.distribution.DistributionDomainName()
	url := "wss://" + viewerHost(props.DomainNames, d.domainName)
	d.behavior.url = url
	for _, path := range props.paths() {
		behavior := props.AdditionalBehaviors[path]
		b := d.newBehavior(childID("Behavior", path), &behavior)
		b.attach(d.distribution, path)
		b.url = url + path
		d.additional[path] = b
	}
	props.aliasRecords(d, d.domainName)
	return d
}

// newBehavior defines a behavior that shares its policy with those of the
// distribution that forward the same.
//
// A policy belongs to the distribution, under an id that says what it forwards. If
// the first behavior to need a policy owned it, another behavior in front of that
// one would take the policy over, under another id. The price: behaviors whose
// forwarding changes get a new policy before the old one goes, so the account needs
// room for one more than it has.
func (d *WebSocketDistribution) newBehavior(id string, props *WebSocketBehaviorProps) *WebSocketBehavior {
	policy := props.Forwarding.policy()
	if policy == nil {
		content := props.policyContent()
		id := content.id(d)
		if policy = d.policies[id]; policy == nil {
			policy = content.newPolicy(d, id)
			d.policies[id] = policy
		}
	}
	return newBehavior(d, id, props, policy)
}

// Distribution returns the CDK's own distribution, for everything that the props
// do not offer: grants, metrics, further behaviours, the L1 below it.
func (d *WebSocketDistribution) Distribution() awscloudfront.Distribution { return d.distribution }

// Behavior returns the default behaviour.
func (d *WebSocketDistribution) Behavior() *WebSocketBehavior { return d.behavior }

// AdditionalBehavior returns the behaviour under path, nil where there is none.
func (d *WebSocketDistribution) AdditionalBehavior(path string) *WebSocketBehavior {
	return d.additional[path]
}

// Behaviors returns all behaviors: the default one, then the others in the order of
// their paths.
func (d *WebSocketDistribution) Behaviors() []*WebSocketBehavior {
	behaviors := []*WebSocketBehavior{d.behavior}
	for _, path := range slices.Sorted(maps.Keys(d.additional)) {
		behaviors = append(behaviors, d.additional[path])
	}
	return behaviors
}

// URL returns what clients connect to: wss:// and the first domain name that is
// not a wildcard, or else the name that CloudFront gave. An additional behavior has
// a URL of its own.
func (d *WebSocketDistribution) URL() *string { return d.behavior.URL() }

// DomainName returns the name that CloudFront gave the distribution, the target
// for DNS records of your own.
func (d *WebSocketDistribution) DomainName() *string {
	return d.domainName
}

// paths are those of the further behaviours in the order in which CloudFront must
// try them: a path before those that hold it.
func (p *WebSocketDistributionProps) paths() []string {
	return slices.SortedFunc(maps.Keys(p.AdditionalBehaviors), func(a, b string) int {
		return cmp.Or(strings.Count(b, "/")-strings.Count(a, "/"), strings.Compare(a, b))
	})
}

// viewerHost is the name by which viewers reach a distribution: the first of names
// that is not a wildcard, or else the one that CloudFront gave.
func viewerHost(names []string, domainName *string) string {
	own := slices.IndexFunc(names, func(name string) bool { return !strings.HasPrefix(name, "*.") })
	if own >= 0 {
		return names[own]
	}
	return *domainName
}

// distribution is where the distribution's Go values become those of the CDK.
func (p *WebSocketDistributionProps) distribution(behavior *awscloudfront.BehaviorOptions) *awscloudfront.DistributionProps {
	props := &awscloudfront.DistributionProps{
		DefaultBehavior: behavior,
		EnableIpv6:      jsii.Bool(!p.DisableIPv6),
		HttpVersion:     awscloudfront.HttpVersion_HTTP2,
		PriceClass:      p.PriceClass,
	}
	if p.HTTPVersion != "" {
		props.HttpVersion = p.HTTPVersion
	}
	if p.Certificate != nil {
		props.Certificate = p.Certificate
		props.DomainNames = jsii.Strings(p.DomainNames...)
		props.MinimumProtocolVersion = awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021
		if p.MinimumProtocolVersion != "" {
			props.MinimumProtocolVersion = p.MinimumProtocolVersion
		}
	}
	switch {
	case len(p.AllowedCountries) > 0:
		props.GeoRestriction = awscloudfront.GeoRestriction_Allowlist(*jsii.Strings(p.AllowedCountries...)...)
	case len(p.DeniedCountries) > 0:
		props.GeoRestriction = awscloudfront.GeoRestriction_Denylist(*jsii.Strings(p.DeniedCountries...)...)
	}
	if p.WebACL != "" {
		props.WebAclId = &p.WebACL
	}
	if p.Comment != "" {
		props.Comment = &p.Comment
	}
	return props
}
