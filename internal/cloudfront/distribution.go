package cloudfront

import (
	"strings"
	"sync"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/waf"
)

// Distribution is an AWS::CloudFront::Distribution.
type Distribution struct {
	ID      string
	place   string
	enabled bool
	aliases []string
	// moreAliases says that there are aliases which are known only after the deploy.
	moreAliases bool
	behaviors   []*Behavior // in order; the default one last
	origins     []*Origin
	groups      []*originGroup
	errors      []errorResponse
	httpVersion string
	ipv6        bool
	priceClass  string
	anycast     bool
	root        string // DefaultRootObject
	webACL      string
	acl         *waf.ACL // the web ACL if it is of the template
	geo         geoRestriction
	certificate certificate
	staging     bool
	deployment  string // ContinuousDeploymentPolicyId: a logical id, or text
	tenantOnly  bool
	tenants     []*tenant
	mtls        string // ViewerMtlsConfig.Mode
	properties  cfn.Properties
	problem     error

	index sync.Once
	byID  map[string]*Origin
}

type errorResponse struct {
	place   string
	status  int
	answer  int
	page    string
	caching float64 // ErrorCachingMinTTL, in seconds
}

type certificate struct {
	arn, iam, minimum string
	// resource is the logical id of a certificate of the template.
	resource  string
	isDefault bool
	// open says that there is one which is known only after the deploy.
	open bool
}

func readDistribution(t *cfn.Template, id string, c cfn.Properties) *Distribution {
	aside := c.Aside()
	d := &Distribution{
		ID:          id,
		place:       c.Place,
		enabled:     aside.Flag("Enabled", true),
		httpVersion: aside.Text("HttpVersion"),
		ipv6:        aside.Flag("IPV6Enabled", false),
		priceClass:  aside.Text("PriceClass"),
		anycast:     aside.Has("AnycastIpListId"),
		root:        aside.Text("DefaultRootObject"),
		webACL:      aside.Text("WebACLId"),
		acl:         waf.Find(t, c.Reference("WebACLId")),
		geo:         readGeo(aside.Child("Restrictions").Child("GeoRestriction")),
		certificate: readCertificate(aside.Child("ViewerCertificate")),
		staging:     aside.Flag("Staging", false),
		deployment:  c.Reference("ContinuousDeploymentPolicyId"),
		tenantOnly:  aside.Text("ConnectionMode") == "tenant-only",
		mtls:        aside.Child("ViewerMtlsConfig").Text("Mode"),
		properties:  aside,
	}
	d.aliases, d.moreAliases = aside.Items("Aliases")
	for _, e := range aside.Children("CustomErrorResponses") {
		d.errors = append(d.errors, errorResponse{place: e.Place, status: int(e.Number("ErrorCode", 0)),
			answer: int(e.Number("ResponseCode", 0)), page: e.Text("ResponsePagePath"), caching: e.Number("ErrorCachingMinTTL", 10)})
	}
	// Errors of origins and behaviors are kept with them: they matter only to
	// handshakes that pass them.
	for _, o := range c.Children("Origins") {
		d.origins = append(d.origins, readOrigin(o))
	}
	for _, g := range c.Child("OriginGroups").Children("Items") {
		d.groups = append(d.groups, readGroup(g))
	}
	for _, b := range c.Children("CacheBehaviors") {
		d.behaviors = append(d.behaviors, readBehavior(t, b, b.Text("PathPattern")))
	}
	if c.Has("DefaultCacheBehavior") || !c.Child("DefaultCacheBehavior").Empty() {
		d.behaviors = append(d.behaviors, readBehavior(t, c.Child("DefaultCacheBehavior"), ""))
	}
	d.problem = c.Err()
	return d
}

func readCertificate(vc cfn.Properties) certificate {
	cert := certificate{arn: vc.Text("AcmCertificateArn"), iam: vc.Text("IamCertificateId"), minimum: vc.Text("MinimumProtocolVersion"),
		resource: vc.Reference("AcmCertificateArn"), isDefault: vc.Flag("CloudFrontDefaultCertificate", false)}
	cert.open = vc.Err() != nil
	return cert
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

// domainName is the distribution's own name, a stand-in.
func (d *Distribution) domainName() string { return cfn.DNSLabel(d.ID) + ".cloudfront.net" }

// Host is the name by which viewers reach the distribution.
func (d *Distribution) Host() string {
	if d.tenantOnly {
		for _, tenant := range d.tenants {
			if len(tenant.domains) > 0 {
				return tenant.domains[0]
			}
		}
	}
	if len(d.aliases) > 0 && !strings.HasPrefix(d.aliases[0], "*") {
		return d.aliases[0]
	}
	return d.domainName()
}
