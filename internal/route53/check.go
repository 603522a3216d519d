package route53

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// zones are the hosted zones of CloudFront's own names.
var zones = []string{"Z2FDTNDATAQYW2", "Z3RFFRIM2A3IF5"}

// record is a record set, of its own or in a group.
type record struct {
	p     cfn.Properties
	place string
	name  string
	kind  string
	// target is the distribution that it leads to.
	target *cloudfront.Distribution
	alias  bool
}

// Check finds records that lead to a distribution of the template and are not right for it.
func Check(t *cfn.Template, edge *cloudfront.Edge, found *trace.Findings) {
	var all []cfn.Properties
	for _, r := range t.Of("AWS::Route53::RecordSet") {
		all = append(all, t.Properties(r).Aside())
	}
	for _, r := range t.Of("AWS::Route53::RecordSetGroup") {
		all = append(all, t.Properties(r).Aside().Children("RecordSets")...)
	}
	for _, p := range all {
		if r := read(p, edge); r.target != nil {
			r.check(found)
		} else {
			r.checkOther(t, found)
		}
	}
}

func read(p cfn.Properties, edge *cloudfront.Edge) record {
	r := record{p: p, place: p.Place, name: strings.TrimSuffix(p.Text("Name"), "."), kind: p.Text("Type")}
	target := p.Child("AliasTarget")
	r.alias = !target.Empty()
	ids, names := []string{target.Reference("DNSName")}, []string{target.Text("DNSName")}
	if r.kind == "CNAME" {
		ids, names = append(ids, p.References("ResourceRecords")...), append(names, p.Texts("ResourceRecords")...)
	}
	for _, d := range edge.Distributions() {
		if slices.Contains(ids, d.ID) || slices.ContainsFunc(names, d.IsNamed) {
			r.target = d
		}
	}
	return r
}

func (r record) check(found *trace.Findings) {
	d := r.target
	if r.name != "" && !strings.Contains(r.name, "${") && !d.AnswersTo(strings.Replace(r.name, `\052`, "*", 1)) && !d.MayAnswerToMore() && !d.AnswersToAllOf(r.name) {
		found.Add(Alias, r.place+".Name", "the record %s leads to distribution %s, which does not have the name among its aliases (%s)", r.name, d.ID, trace.List(d.Aliases()))
	}
	if !r.alias {
		return
	}
	target := r.p.Child("AliasTarget")
	if zone := target.Text("HostedZoneId"); zone != "" && !slices.Contains(zones, zone) && target.Reference("HostedZoneId") == "" {
		found.Add(Zone, target.Place+".HostedZoneId", "the hosted zone is %q, which is not that of CloudFront", zone)
	} else if target.Reference("HostedZoneId") != "" {
		found.Add(Zone, target.Place+".HostedZoneId", "the hosted zone is that of %s, which is not that of CloudFront", target.Reference("HostedZoneId"))
	}
	if target.Reference("DNSName") == d.ID && target.Text("DNSName") == d.ID {
		found.Add(Target, target.Place+".DNSName", "Ref of distribution %s is its id, not its domain", d.ID)
	}
	switch r.kind {
	case "AAAA":
		if !d.IPv6() {
			found.Add(IPv6, r.place, "an AAAA record leads to distribution %s, which has no IPV6Enabled", d.ID)
		}
	case "A", "HTTPS", "":
	default:
		found.Add(Type, r.place+".Type", "a record of type %s is no alias to a distribution", r.kind)
	}
}

// checkOther looks at an alias that has CloudFront's zone and something else as target.
func (r record) checkOther(t *cfn.Template, found *trace.Findings) {
	target := r.p.Child("AliasTarget")
	id := target.Reference("DNSName")
	if res := t.Resource(id); res != nil && slices.Contains(zones, target.Text("HostedZoneId")) && res.Type != "AWS::CloudFront::DistributionTenant" &&
		res.Type != "AWS::CloudFront::ConnectionGroup" && strings.HasPrefix(res.Type, "AWS::ApiGateway") {
		found.AddFixed(Zone, target.Place+".HostedZoneId", "set it to the RegionalHostedZoneId of the target", "the hosted zone is that of CloudFront, and the target is %s of type %s", id, res.Type)
	}
}
