package handshake

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// distribution is an AWS::CloudFront::Distribution.
type distribution struct {
	id          string
	place       string
	enabled     bool
	aliases     []string
	behaviors   []*behavior // in order; the default one last
	origins     []*origin
	groups      []*originGroup
	errors      []errorResponse
	httpVersion string
	webACL      string
	certificate certificate
	problem     error
}

// behavior is one cache behaviour.
type behavior struct {
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

// name is what the behaviour is called in messages.
func (b *behavior) name() string {
	if b.pattern == "" {
		return "default behavior"
	}
	return fmt.Sprintf("behavior %q", b.pattern)
}

// association is an edge function on one event.
type association struct{ event, arn string }

// legacy is the forwarding of a behaviour that has ForwardedValues instead of policies.
type legacy struct {
	queries selection
	cookies selection
	headers []string
}

// origin is one origin of a distribution.
type origin struct {
	place       string
	id          string
	domain      string
	path        string
	protocol    string
	sslVersions []string
	httpsPort   float64
	readTimeout float64
	keepAlive   float64
	attempts    float64
	timeout     float64
	completion  bool
	s3          bool
	vpc         bool
	headers     []customHeader
	problem     error
}

type customHeader struct{ name, value string }

// originGroup is a pair of origins with failover.
type originGroup struct {
	id       string
	members  []string
	statuses []int
}

type errorResponse struct {
	status int
	answer int
	page   string
}

type certificate struct {
	arn, iam, minimum string
	isDefault         bool
}

func (t *Template) readDistribution(r *resource) *distribution {
	var errs []error
	place := "Resources." + r.id + ".Properties.DistributionConfig"
	c := t.reader("Resources."+r.id+".Properties", r.properties, &errs).child("DistributionConfig")
	d := &distribution{
		id:          r.id,
		place:       place,
		enabled:     c.flag("Enabled", true),
		aliases:     c.texts("Aliases"),
		httpVersion: c.text("HttpVersion"),
		webACL:      c.text("WebACLId"),
	}
	vc := c.child("ViewerCertificate")
	d.certificate = certificate{arn: vc.text("AcmCertificateArn"), iam: vc.text("IamCertificateId"),
		minimum: vc.text("MinimumProtocolVersion"), isDefault: vc.flag("CloudFrontDefaultCertificate", false)}
	for _, e := range c.children("CustomErrorResponses") {
		d.errors = append(d.errors, errorResponse{status: int(e.number("ErrorCode", 0)),
			answer: int(e.number("ResponseCode", 0)), page: e.text("ResponsePagePath")})
	}
	// Errors of origins and behaviours are kept with them: they matter only to
	// handshakes that come along.
	for _, o := range c.children("Origins") {
		d.origins = append(d.origins, readOrigin(o))
	}
	for _, g := range c.child("OriginGroups").children("Items") {
		group := &originGroup{id: g.text("Id")}
		for _, m := range g.child("Members").children("Items") {
			group.members = append(group.members, m.text("OriginId"))
		}
		for _, status := range g.child("FailoverCriteria").child("StatusCodes").texts("Items") {
			if n, ok := numeric(status); ok {
				group.statuses = append(group.statuses, int(n))
			}
		}
		d.groups = append(d.groups, group)
	}
	for _, b := range c.children("CacheBehaviors") {
		d.behaviors = append(d.behaviors, readBehavior(b, b.text("PathPattern")))
	}
	if c.has("DefaultCacheBehavior") || len(c.child("DefaultCacheBehavior").values) > 0 {
		d.behaviors = append(d.behaviors, readBehavior(c.child("DefaultCacheBehavior"), ""))
	}
	d.problem = joined(errs)
	return d
}

func readOrigin(p properties) *origin {
	var errs []error
	p.errs = &errs
	o := &origin{
		place:      p.place,
		id:         p.text("Id"),
		domain:     p.text("DomainName"),
		path:       p.text("OriginPath"),
		attempts:   p.number("ConnectionAttempts", 3),
		timeout:    p.number("ConnectionTimeout", 10),
		completion: p.has("ResponseCompletionTimeout"),
		s3:         p.has("S3OriginConfig"),
		vpc:        p.has("VpcOriginConfig"),
	}
	c := p.child("CustomOriginConfig")
	o.protocol = c.text("OriginProtocolPolicy")
	o.sslVersions = c.texts("OriginSSLProtocols")
	o.httpsPort = c.number("HTTPSPort", 443)
	o.readTimeout = c.number("OriginReadTimeout", 30)
	o.keepAlive = c.number("OriginKeepaliveTimeout", 5)
	for _, h := range p.children("OriginCustomHeaders") {
		o.headers = append(o.headers, customHeader{name: h.text("HeaderName"), value: h.text("HeaderValue")})
	}
	for name, value := range map[string]string{"DomainName": o.domain, "OriginPath": o.path} {
		// A header's value may stand for itself; a name has to be known.
		if _, rest, found := strings.Cut(value, "{{resolve:"); found {
			reference, _, _ := strings.Cut(rest, "}}")
			err := fmt.Errorf("%s.%s: the reference {{resolve:%s}} is read at the deploy; give Facts.Secrets", p.place, name, reference)
			errs = append(errs, err)
			p.t.unresolved = append(p.t.unresolved, err)
		}
	}
	o.problem = joined(errs)
	return o
}

func readBehavior(p properties, pattern string) *behavior {
	var errs []error
	p.errs = &errs
	b := &behavior{
		place:          p.place,
		pattern:        pattern,
		target:         p.text("TargetOriginId"),
		viewerProtocol: p.text("ViewerProtocolPolicy"),
		methods:        p.texts("AllowedMethods"),
		cachePolicyID:  p.text("CachePolicyId"),
		policyID:       p.text("OriginRequestPolicyId"),
		signed:         len(p.texts("TrustedKeyGroups")) > 0 || len(p.texts("TrustedSigners")) > 0,
	}
	if len(b.methods) == 0 {
		b.methods = []string{"GET", "HEAD"}
	}
	if p.has("ForwardedValues") {
		f := p.child("ForwardedValues")
		b.legacy = &legacy{headers: f.texts("Headers")}
		if f.flag("QueryString", false) {
			b.legacy.queries = selection{mode: "all"}
			if keys := f.texts("QueryStringCacheKeys"); len(keys) > 0 {
				b.legacy.queries = selection{mode: "whitelist", names: keys}
			}
		}
		cookies := f.child("Cookies")
		b.legacy.cookies = selection{mode: cookies.text("Forward"), names: cookies.texts("WhitelistedNames")}
	}
	for _, a := range p.children("FunctionAssociations") {
		b.functions = append(b.functions, association{a.text("EventType"), a.text("FunctionARN")})
	}
	for _, a := range p.children("LambdaFunctionAssociations") {
		b.lambdas = append(b.lambdas, association{a.text("EventType"), a.text("LambdaFunctionARN")})
	}
	b.problem = joined(errs)
	return b
}

// route finds the behaviour for a path: the first whose pattern applies, else
// the default one. nil means that the template has no default behaviour.
func (d *distribution) route(path string) *behavior {
	normal := normalizePath(path)
	for _, b := range d.behaviors {
		if b.pattern == "" || rules.PatternMatches(b.pattern, normal) {
			return b
		}
	}
	return nil
}

func (d *distribution) origin(id string) *origin {
	for _, o := range d.origins {
		if o.id == id {
			return o
		}
	}
	return nil
}

// targets are the origins that a behaviour's target stands for, in the order
// in which they are tried, with the statuses that make CloudFront try the next.
func (d *distribution) targets(id string) ([]*origin, []int) {
	if o := d.origin(id); o != nil {
		return []*origin{o}, nil
	}
	for _, g := range d.groups {
		if g.id != id {
			continue
		}
		var found []*origin
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
func (d *distribution) domainName() string { return dnsLabel(d.id) + ".cloudfront.net" }

// host is the name by which viewers reach the distribution.
func (d *distribution) host() string {
	if len(d.aliases) > 0 && !strings.HasPrefix(d.aliases[0], "*") {
		return d.aliases[0]
	}
	return d.domainName()
}

// answersTo says whether the distribution serves the host name.
func (d *distribution) answersTo(host string) bool {
	host = strings.ToLower(host)
	if host == d.domainName() {
		return true
	}
	return slices.ContainsFunc(d.aliases, func(alias string) bool {
		alias = strings.ToLower(alias)
		if rest, ok := strings.CutPrefix(alias, "*"); ok {
			label := strings.TrimSuffix(host, rest)
			return label != host && label != "" && !strings.Contains(label, ".")
		}
		return alias == host
	})
}

var domainLabel = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$`)

// checkDomain says what is wrong with an origin's DomainName.
func checkDomain(domain string) error {
	switch {
	case domain == "":
		return errors.New("is empty")
	case strings.Contains(domain, "://"):
		return errors.New("has a scheme")
	case strings.Contains(domain, "/"):
		return errors.New("has a path")
	case strings.Contains(domain, ":"):
		return errors.New("has a port")
	case len(domain) > 253:
		return fmt.Errorf("has %d characters, at most 253 are a domain name", len(domain))
	}
	for _, label := range strings.Split(domain, ".") {
		if !domainLabel.MatchString(label) {
			return errors.New("is not a domain name")
		}
	}
	if !strings.Contains(domain, ".") {
		return errors.New("has no dot")
	}
	return nil
}

// joined is errors.Join for a slice.
func joined(errs []error) error { return errors.Join(errs...) }
