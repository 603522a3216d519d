package route53

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var declared rules.Set

// Rules are the rules of DNS records.
func Rules() []rules.Rule { return slices.Clone(declared) }

const (
	pageAlias = `CloudFormation Template Reference, "AWS::Route53::RecordSet AliasTarget"`
	pageCNAME = `CloudFront Developer Guide, "Use custom URLs by adding alternate domain names (CNAMEs)"`
	pageRoute = `Route 53 Developer Guide, "Routing traffic to an Amazon CloudFront distribution by using your domain name"`
)

var (
	Alias = declared.Add(rules.Rule{ID: "dns.alias", Statement: "a name that leads to a distribution is among its aliases; CloudFront answers 403 to another",
		Source: pageCNAME + " and " + pageRoute, Documented: true, Layer: rules.LayerViewer, Status: 403, Severity: rules.SeverityError, Fix: "add the name to Aliases of the distribution"})

	Zone = declared.Add(rules.Rule{ID: "dns.zone", Statement: "the hosted zone of an alias to a distribution is CloudFront's own: Z2FDTNDATAQYW2, in China Z3RFFRIM2A3IF5",
		Source: pageAlias, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set AliasTarget.HostedZoneId to Z2FDTNDATAQYW2"})

	Target = declared.Add(rules.Rule{ID: "dns.target", Statement: "an alias to a distribution names its domain, by Fn::GetAtt DomainName",
		Source: pageAlias, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set AliasTarget.DNSName to Fn::GetAtt of the distribution, attribute DomainName"})

	IPv6 = declared.Add(rules.Rule{ID: "dns.ipv6", Statement: "an AAAA alias leads somewhere when the distribution has IPV6Enabled, which is false by default",
		Source: pageAlias, Documented: true, Layer: rules.LayerViewer, Severity: rules.SeverityWarning, Fix: "set IPV6Enabled of the distribution to true, or remove the AAAA record"})

	Type = declared.Add(rules.Rule{ID: "dns.type", Statement: "an alias to a distribution is a record of type A, AAAA or HTTPS",
		Source: pageRoute, Documented: true, Layer: rules.LayerDeploy, Severity: rules.SeverityError, Fix: "set Type to A or AAAA, or use a CNAME with ResourceRecords"})
)
