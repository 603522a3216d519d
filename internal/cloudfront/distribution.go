package cloudfront

import (
	"strings"
	"sync"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// Distribution is an AWS::CloudFront::Distribution.
type Distribution struct {
	ID          string
	place       string
	enabled     bool
	aliases     []string
	behaviors   []*Behavior // in order; the default one last
	origins     []*Origin
	groups      []*originGroup
	errors      []errorResponse
	httpVersion string
	webACL      string
	certificate certificate
	problem     error

	index sync.Once
	byID  map[string]*Origin
}

type errorResponse struct {
	status int
	answer int
	page   string
}

type certificate struct{ arn, iam, minimum string }

func readDistribution(id string, c cfn.Properties) *Distribution {
	d := &Distribution{
		ID:          id,
		place:       c.Place,
		enabled:     c.Flag("Enabled", true),
		aliases:     c.Texts("Aliases"),
		httpVersion: c.Text("HttpVersion"),
		webACL:      c.Text("WebACLId"),
	}
	vc := c.Child("ViewerCertificate")
	d.certificate = certificate{arn: vc.Text("AcmCertificateArn"), iam: vc.Text("IamCertificateId"), minimum: vc.Text("MinimumProtocolVersion")}
	for _, e := range c.Children("CustomErrorResponses") {
		d.errors = append(d.errors, errorResponse{status: int(e.Number("ErrorCode", 0)),
			answer: int(e.Number("ResponseCode", 0)), page: e.Text("ResponsePagePath")})
	}
	// Errors of origins and behaviors are kept with them: they matter only to
	// handshakes that pass them.
	for _, o := range c.Children("Origins") {
		d.origins = append(d.origins, readOrigin(o))
	}
	for _, g := range c.Child("OriginGroups").Children("Items") {
		group := &originGroup{id: g.Text("Id")}
		for _, m := range g.Child("Members").Children("Items") {
			group.members = append(group.members, m.Text("OriginId"))
		}
		for _, status := range g.Child("FailoverCriteria").Child("StatusCodes").Texts("Items") {
			if n, ok := cfn.Number(status); ok {
				group.statuses = append(group.statuses, int(n))
			}
		}
		d.groups = append(d.groups, group)
	}
	for _, b := range c.Children("CacheBehaviors") {
		d.behaviors = append(d.behaviors, readBehavior(b, b.Text("PathPattern")))
	}
	if c.Has("DefaultCacheBehavior") || !c.Child("DefaultCacheBehavior").Empty() {
		d.behaviors = append(d.behaviors, readBehavior(c.Child("DefaultCacheBehavior"), ""))
	}
	d.problem = c.Err()
	return d
}

// route finds the behavior for a path: the first whose pattern matches, else the
// default one. nil means that the template has no default behavior.
func (d *Distribution) route(path string) *Behavior {
	normal := normalizePath(path)
	for _, b := range d.behaviors {
		if b.pattern == "" || rules.PatternMatches(b.pattern, normal) {
			return b
		}
	}
	return nil
}

// origin finds an origin by its id, the first where two have one; nil for none. It is
// asked for each behavior at each origin.
func (d *Distribution) origin(id string) *Origin {
	d.index.Do(func() {
		d.byID = make(map[string]*Origin, len(d.origins))
		for _, o := range d.origins {
			if _, taken := d.byID[o.id]; !taken {
				d.byID[o.id] = o
			}
		}
	})
	return d.byID[id]
}

func (d *Distribution) originIDs() []string {
	ids := make([]string, len(d.origins))
	for i, o := range d.origins {
		ids[i] = o.id
	}
	return ids
}

// targets are the origins that a behavior's target stands for, in the order in which
// they are tried, with the statuses that make CloudFront try the next.
func (d *Distribution) targets(id string) ([]*Origin, []int) {
	if o := d.origin(id); o != nil {
		return []*Origin{o}, nil
	}
	for _, g := range d.groups {
		if g.id != id {
			continue
		}
		var found []*Origin
		for _, member := range g.members {
			if o := d.origin(member); o != nil {
				found = append(found, o)
			}
		}
		return found, g.statuses
	}
	return nil, nil
}

// domainName is the distribution's own name, a stand-in.
func (d *Distribution) domainName() string { return cfn.DNSLabel(d.ID) + ".cloudfront.net" }

// Host is the name by which viewers reach the distribution.
func (d *Distribution) Host() string {
	if len(d.aliases) > 0 && !strings.HasPrefix(d.aliases[0], "*") {
		return d.aliases[0]
	}
	return d.domainName()
}

// answersTo says whether the distribution serves the host name.
func (d *Distribution) answersTo(host string) bool {
	host = strings.ToLower(host)
	if host == d.domainName() {
		return true
	}
	for _, alias := range d.aliases {
		alias = strings.ToLower(alias)
		if alias == host {
			return true
		}
		if rest, ok := strings.CutPrefix(alias, "*"); ok {
			label, found := strings.CutSuffix(host, rest)
			if found && label != "" && !strings.Contains(label, ".") {
				return true
			}
		}
	}
	return false
}
