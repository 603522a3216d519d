package cloudfront

import (
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/waf"
)

// tenant is an AWS::CloudFront::DistributionTenant.
type tenant struct {
	id, place    string
	distribution string // a logical id, or text
	enabled      bool
	domains      []string
	moreDomains  bool
	geo          geoRestriction
	parameters   map[string]string
	certificate  string // ARN
	// webACL is the tenant's own web ACL, acl the same if it is of the template; ownACL says
	// that it, or none at all, is in the place of the distribution's.
	webACL string
	acl    *waf.ACL
	ownACL bool
	group  string // the logical id of a connection group that is disabled, "" for none
}

func readTenants(t *cfn.Template) []*tenant {
	var tenants []*tenant
	for _, r := range t.Of("AWS::CloudFront::DistributionTenant") {
		p := t.Properties(r).Aside()
		n := &tenant{id: r.ID, place: p.Place, distribution: p.Reference("DistributionId"), enabled: p.Flag("Enabled", true), parameters: map[string]string{}}
		n.domains, n.moreDomains = p.Items("Domains")
		customizations := p.Child("Customizations")
		n.geo = readGeo(customizations.Child("GeoRestrictions"))
		n.certificate = customizations.Child("Certificate").Text("Arn")
		for _, parameter := range p.Children("Parameters") {
			n.parameters[parameter.Text("Name")] = parameter.Text("Value")
		}
		firewall := customizations.Child("WebAcl")
		n.ownACL, n.webACL, n.acl = firewall.Has("Action"), firewall.Text("Arn"), waf.Find(t, firewall.Reference("Arn"))
		if group := t.Resource(p.Reference("ConnectionGroupId")); group != nil && !t.Properties(group).Aside().Flag("Enabled", true) {
			n.group = group.ID
		}
		tenants = append(tenants, n)
	}
	return tenants
}
