package waf

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of web ACLs.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageActions      = `AWS WAF Developer Guide, "Using rule actions in AWS WAF"`
	pageDefault      = `AWS WAF Developer Guide, "Setting the protection pack (web ACL) default action in AWS WAF"`
	pageChallenge    = `AWS WAF Developer Guide, "CAPTCHA and Challenge in AWS WAF"`
	pageManaged      = `AWS WAF Developer Guide, "Baseline rule groups"`
	pageCloudFront   = `AWS WAF Developer Guide, "Using AWS WAF with Amazon CloudFront"`
	pageResources    = `AWS WAF Developer Guide, "Resources that you can protect with AWS WAF"`
	pageAssociations = `CloudFormation Template Reference, "AWS::WAFv2::WebACLAssociation"`
	pageRate         = `AWS WAF Developer Guide, "Using rate-based rule statements in AWS WAF"`
)

var (
	Block = declared.Add(rules.Rule{ID: "web-acl.block", Statement: "a web ACL answers 403, or its custom response, to what a rule blocks, or to what no rule decides when its default action is Block",
		Source: pageActions + " and " + pageDefault, Documented: true, Layer: rules.LayerViewer, Status: 403,
		Fix: "let a rule before it allow the handshake, or narrow the rule"})

	Challenge = declared.Add(rules.Rule{ID: "web-acl.challenge", Statement: "a Challenge answers 202, a CAPTCHA 405, to a request without a token, and a WebSocket client can solve neither",
		Source: pageChallenge, Documented: true, Layer: rules.LayerViewer, Status: 202,
		Fix: "exclude the socket's path from the rule, by a scope-down statement or a rule before it"})

	Managed = declared.Add(rules.Rule{ID: "web-acl.managed", Statement: "AWSManagedRulesCommonRuleSet refuses long URIs and query strings, addresses in query arguments, some file endings, and requests without User-Agent",
		Source: pageManaged, Documented: true, Layer: rules.LayerViewer, Status: 403,
		Fix: "override the rule's action with Count in RuleActionOverrides, or exclude the socket's path by a ScopeDownStatement"})

	NoUserAgent = declared.Add(rules.Rule{ID: "web-acl.no-user-agent", Statement: "NoUserAgent_HEADER of AWSManagedRulesCommonRuleSet refuses handshakes without User-Agent, which clients other than browsers often send",
		Source: pageManaged, Documented: true, Layer: rules.LayerViewer, Status: 403, Severity: rules.SeverityWarning,
		Fix: "override NoUserAgent_HEADER with Count in RuleActionOverrides, or let every client send User-Agent"})

	NotPlayed = declared.Add(rules.Rule{ID: "web-acl.not-played", Statement: "a rule of a web ACL whose outcome cannot be known here may decide otherwise",
		Source: "no AWS rule: a limit of this package", Layer: rules.LayerViewer})

	Rate = declared.Add(rules.Rule{ID: "web-acl.rate", Statement: "a rate-based rule counts handshakes, not messages, and acts beyond its limit; one handshake is below it",
		Source: pageRate, Documented: true, Layer: rules.LayerViewer})

	Region = declared.Add(rules.Rule{ID: "web-acl.region", Statement: "a web ACL of scope CLOUDFRONT, and what it refers to, is created in us-east-1",
		Source: pageCloudFront, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "deploy it with a stack in us-east-1"})

	Scope = declared.Add(rules.Rule{ID: "web-acl.scope", Statement: "what a web ACL refers to has the scope of the web ACL",
		Source: pageCloudFront, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "give both the same Scope"})

	Association = declared.Add(rules.Rule{ID: "web-acl.association", Statement: "an association is for regional resources such as REST API stages: a distribution names its web ACL in WebACLId, and HTTP and WebSocket APIs take none",
		Source: pageAssociations + " and " + pageResources, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError,
		Fix: "remove the association, and set WebACLId of the distribution to a web ACL of scope CLOUDFRONT"})

	Priority = declared.Add(rules.Rule{ID: "web-acl.priority", Statement: "each rule of a web ACL has a priority and a name of its own, and either Action or, for a rule group, OverrideAction",
		Source: `AWS WAF API Reference, "Rule"`, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "give each rule another priority and name"})
)
