// Package webacl makes an AWS WAF web ACL for a distribution in front of a
// WebSocket API. AWS WAF sees the handshake; what travels over the socket
// afterwards it does not. See the example of [New].
package webacl

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// DefaultRateLimit is how many requests an address may make in five minutes: one
// a second in the long run. A client that reconnects with backoff makes a handful;
// an office behind one address, all of which reconnects at once, stays below it up
// to 300 people.
const DefaultRateLimit = 300

// Props are the properties of a [WebACL].
type Props struct {
	// RateLimit is how many requests an address may make in five minutes, 10 or
	// more; more get 403 until the rate falls. On a distribution for a WebSocket
	// API every request is a handshake, or pretends to be. Raise it where many
	// viewers share an address, as behind a mobile carrier's.
	//
	// Default: 300.
	RateLimit int

	// AllowedAddresses are the only address ranges that may connect, IPv4 or IPv6
	// in CIDR notation; others get 403. List both versions: a client that has both
	// connects by IPv6, gets 403, and does not try IPv4. A list of one version brings
	// the warning websocket-distribution:allowedAddresses.
	//
	// Default: all.
	AllowedAddresses []string

	// DeniedAddresses are address ranges that may not connect; they get 403, also
	// where AllowedAddresses has them.
	//
	// Default: none.
	DeniedAddresses []string

	// TrustedAddresses are let through without the rate limit and the managed rules,
	// such as those of a load test or a partner.
	//
	// Default: none.
	TrustedAddresses []string

	// DisableIPv6 says that the distribution has IPv6 off, as its own prop of that
	// name does; AllowedAddresses then need no IPv6 ranges. The web ACL cannot see the
	// distribution.
	//
	// Default: IPv6 on, as a distribution has it by default.
	DisableIPv6 bool

	// CountOnly lets everything through and counts what would have been blocked, for
	// a trial.
	CountOnly bool
}

// Validate reports everything that is wrong with the props, one problem a line, or
// nil. Tokens are not checked, and cannot be in the lists of addresses.
func (p *Props) Validate() error {
	return p.plain().Problems(rules.AllKnown).Err("")
}

// plain is the web ACL as internal/rules knows it.
func (p *Props) plain() rules.WebACL {
	if p == nil {
		return rules.WebACL{}
	}
	return rules.WebACL{
		RateLimit:        p.RateLimit,
		AllowedAddresses: p.AllowedAddresses,
		DeniedAddresses:  p.DeniedAddresses,
		TrustedAddresses: p.TrustedAddresses,
	}
}

type list struct {
	name   string
	ranges []string
}

func (p *Props) lists() []list {
	return []list{{"DeniedAddresses", p.DeniedAddresses}, {"AllowedAddresses", p.AllowedAddresses}, {"TrustedAddresses", p.TrustedAddresses}}
}

// WebACL is a web ACL of CloudFront scope, with metrics and sampled requests on.
//
// Its rules, in order: denied, allowed and trusted addresses where there are any,
// the rate limit, AWSManagedRulesCommonRuleSet and
// AWSManagedRulesKnownBadInputsRuleSet. Three of the common rules only count, because
// they would refuse sound handshakes: NoUserAgent_HEADER (clients other than browsers
// often send none), SizeRestrictions_QUERYSTRING (2,048 bytes) and
// SizeRestrictions_URIPATH (1,024 bytes): a token in the query string, or a path, may be
// longer, and API Gateway takes 4,096 characters of both.
//
// Others of the common rules block, and can hit a sound handshake by what is in its
// path or query string: EC2MetaDataSSRF_QUERYARGUMENTS (?next=http://localhost),
// GenericRFI_QUERYARGUMENTS (a URL with an IPv4 address), GenericLFI_URIPATH and
// GenericLFI_QUERYARGUMENTS (../), RestrictedExtensions_URIPATH and
// RestrictedExtensions_QUERYARGUMENTS (a room called x.log), CrossSiteScripting_* and
// SizeRestrictions_Cookie_HEADER (10,240 bytes of cookies). See the rules' names in the
// sampled requests of a trial with CountOnly (AWS WAF Developer Guide, "Baseline rule
// groups").
//
// What the web ACL keeps of a request, for three hours in its sampled requests and for
// longer in logs that you set up, is without what authenticates people: the values of the
// headers Authorization, Cookie, Sec-WebSocket-Protocol (in which browsers send tokens)
// and X-Api-Key, and the query string, read REDACTED. AWS WAF judges the request as it
// came. It cannot hide paths; other headers are for CfnWebACL to add (AWS WAF Developer
// Guide, "Data protection").
//
// AWS charges for it at rest: a web ACL, and each rule of it, by the month, and
// each request.
//
// Child ids: WebACL; and the name of each list with IPv4 or IPv6 behind it.
type WebACL struct {
	constructs.Construct
	acl        awswafv2.CfnWebACL
	metricName string
}

// New defines the web ACL in scope, whose stack must be in us-east-1. props may be
// nil. It panics with the text of props.Validate before it defines anything.
func New(scope constructs.Construct, id string, props *Props) *WebACL {
	plain := props.plain()
	if region := *awscdk.Stack_Of(scope).Region(); !token.Is(region) {
		plain.Region = region
	}
	if err := plain.Problems(rules.AllKnown).Err(""); err != nil {
		panic(fmt.Errorf("WebACL %q: %w", id, err))
	}
	if props == nil {
		props = &Props{}
	}
	w := &WebACL{}
	constructs.NewConstruct_Override(w, scope, &id)
	w.metricName = *awscdk.Names_UniqueResourceName(w, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(100), Separator: jsii.String("-")})
	w.acl = awswafv2.NewCfnWebACL(w, jsii.String("WebACL"), &awswafv2.CfnWebACLProps{
		// Named as its metrics are, so that the two are not to be mixed up.
		Name:             &w.metricName,
		Scope:            jsii.String("CLOUDFRONT"),
		Description:      jsii.String("Handshakes of a WebSocket API"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: empty()},
		VisibilityConfig: visibility(w.metricName),
		Rules:            props.rules(w),
		DataProtectionConfig: &awswafv2.CfnWebACL_DataProtectionConfigProperty{DataProtections: []any{
			substituted("SINGLE_HEADER", sensitiveHeaders...), substituted("SINGLE_COOKIE"), substituted("QUERY_STRING"),
		}},
	})
	if err := rules.AllowList(props.AllowedAddresses, !props.DisableIPv6, "DisableIPv6 here and on the distribution"); err != nil {
		awscdk.Annotations_Of(w).AddWarningV2(jsii.String("websocket-distribution:allowedAddresses"),
			jsii.String("AllowedAddresses "+err.Error()))
	}
	return w
}

// ARN returns the ARN, for edge.WebSocketDistributionProps.WebACL.
func (w *WebACL) ARN() string { return *w.acl.AttrArn() }

// MetricName returns the value of the dimension WebACL of the metrics in
// AWS/WAFV2.
func (w *WebACL) MetricName() string { return w.metricName }

// CfnWebACL returns the CDK's own web ACL, for all that the props do not offer.
func (w *WebACL) CfnWebACL() awswafv2.CfnWebACL { return w.acl }

// rules is where the Go values become those of the CDK.
func (p *Props) rules(w *WebACL) []any {
	var all []any
	add := func(name string, rule awswafv2.CfnWebACL_RuleProperty) {
		rule.Name = &name
		rule.Priority = jsii.Number(len(all))
		rule.VisibilityConfig = visibility(name)
		all = append(all, &rule)
	}
	block := &awswafv2.CfnWebACL_RuleActionProperty{Block: empty()}
	none := &awswafv2.CfnWebACL_OverrideActionProperty{None: empty()}
	if p.CountOnly {
		block = &awswafv2.CfnWebACL_RuleActionProperty{Count: empty()}
		none = &awswafv2.CfnWebACL_OverrideActionProperty{Count: empty()}
	}
	for _, list := range p.lists() {
		if len(list.ranges) == 0 {
			continue
		}
		within := list.statement(w)
		switch list.name {
		case "DeniedAddresses":
			add(list.name, awswafv2.CfnWebACL_RuleProperty{Statement: within, Action: block})
		case "AllowedAddresses":
			add(list.name, awswafv2.CfnWebACL_RuleProperty{Action: block, Statement: &awswafv2.CfnWebACL_StatementProperty{
				NotStatement: &awswafv2.CfnWebACL_NotStatementProperty{Statement: within},
			}})
		case "TrustedAddresses":
			add(list.name, awswafv2.CfnWebACL_RuleProperty{Statement: within, Action: &awswafv2.CfnWebACL_RuleActionProperty{Allow: empty()}})
		}
	}
	limit := p.RateLimit
	if limit == 0 {
		limit = DefaultRateLimit
	}
	add("RateLimit", awswafv2.CfnWebACL_RuleProperty{Action: block, Statement: &awswafv2.CfnWebACL_StatementProperty{
		RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
			AggregateKeyType:    jsii.String("IP"),
			Limit:               jsii.Number(limit),
			EvaluationWindowSec: jsii.Number(300),
		},
	}})
	add("AWSManagedRulesCommonRuleSet", managed("AWSManagedRulesCommonRuleSet", none,
		"NoUserAgent_HEADER", "SizeRestrictions_QUERYSTRING", "SizeRestrictions_URIPATH"))
	add("AWSManagedRulesKnownBadInputsRuleSet", managed("AWSManagedRulesKnownBadInputsRuleSet", none))
	return all
}

// managed is a rule group of AWS, in which counted only count.
func managed(name string, override *awswafv2.CfnWebACL_OverrideActionProperty, counted ...string) awswafv2.CfnWebACL_RuleProperty {
	group := &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{VendorName: jsii.String("AWS"), Name: &name}
	var overrides []any
	for _, rule := range counted {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
			Name:        &rule,
			ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: empty()},
		})
	}
	if len(overrides) > 0 {
		group.RuleActionOverrides = overrides
	}
	return awswafv2.CfnWebACL_RuleProperty{
		OverrideAction: override,
		Statement:      &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: group},
	}
}

// statement is true for an address of the list, of which AWS WAF keeps a set for
// each IP version.
func (l list) statement(w *WebACL) *awswafv2.CfnWebACL_StatementProperty {
	var statements []any
	for _, version := range []string{"IPv4", "IPv6"} {
		var ranges []string
		for _, r := range l.ranges {
			if rules.IsIPv6(r) == (version == "IPv6") {
				ranges = append(ranges, r)
			}
		}
		if len(ranges) == 0 {
			continue
		}
		set := awswafv2.NewCfnIPSet(w, jsii.String(l.name+version), &awswafv2.CfnIPSetProps{
			Scope:            jsii.String("CLOUDFRONT"),
			IpAddressVersion: jsii.String(strings.ToUpper(version)),
			Addresses:        jsii.Strings(ranges...),
		})
		statements = append(statements, &awswafv2.CfnWebACL_StatementProperty{
			IpSetReferenceStatement: &awswafv2.CfnWebACL_IPSetReferenceStatementProperty{Arn: set.AttrArn()},
		})
	}
	if len(statements) == 1 {
		return statements[0].(*awswafv2.CfnWebACL_StatementProperty)
	}
	return &awswafv2.CfnWebACL_StatementProperty{OrStatement: &awswafv2.CfnWebACL_OrStatementProperty{Statements: statements}}
}

// sensitiveHeaders are the headers that clients of a WebSocket API authenticate with.
var sensitiveHeaders = []string{"authorization", "cookie", "sec-websocket-protocol", "x-api-key"}

// substituted has AWS WAF keep REDACTED in place of a part of the request; without
// keys, in place of every one of its kind. Nothing is excluded, so the details of a
// match do not show it either.
func substituted(kind string, keys ...string) *awswafv2.CfnWebACL_DataProtectProperty {
	field := &awswafv2.CfnWebACL_FieldToProtectProperty{FieldType: &kind}
	if len(keys) > 0 {
		field.FieldKeys = jsii.Strings(keys...)
	}
	return &awswafv2.CfnWebACL_DataProtectProperty{Action: jsii.String("SUBSTITUTION"), Field: field}
}

func visibility(name string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		MetricName:               &name,
		CloudWatchMetricsEnabled: jsii.Bool(true),
		SampledRequestsEnabled:   jsii.Bool(true),
	}
}

// empty is the object that AWS WAF takes for an action without settings.
func empty() map[string]any { return map[string]any{} }
