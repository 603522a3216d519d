package cloudfront

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Origin is one origin of a distribution.
type Origin struct {
	place         string
	id            string
	domain        string
	path          string
	protocol      string
	sslVersions   []string
	httpsPort     float64
	readTimeout   float64
	keepAlive     float64
	attempts      float64
	timeout       float64
	completion    bool
	s3            bool
	vpc           bool
	httpPort      float64
	ipType        string
	accessControl bool
	mtls          bool
	shield        cfn.Properties
	headers       []wire.Field
	problem       error
	// changedBy is the function that has changed the origin's connection.
	byFunction bool
}

// originGroup is a pair of origins with failover.
type originGroup struct {
	place    string
	id       string
	members  []string
	statuses []int
	// quantities are what Quantity says, and how many Items there are, by where it is.
	quantities map[string][2]float64
}

// Endpoint is how the origin names an API.
func (o *Origin) Endpoint() apigateway.Endpoint {
	return apigateway.Endpoint{Host: o.domain, Path: o.path, Place: o.place}
}

// sound says whether the origin's domain is known and is a name.
func (o *Origin) sound() bool { return o.problem == nil && checkDomain(o.domain) == nil }

// templated says whether the origin's domain or path has a parameter that each tenant
// fills in.
func (o *Origin) templated() bool {
	return strings.Contains(o.domain, "{{") && !strings.Contains(o.domain, "{{resolve:") || strings.Contains(o.path, "{{") && !strings.Contains(o.path, "{{resolve:")
}

// filled is the origin with a tenant's parameters in it.
func (o *Origin) filled(parameters map[string]string) *Origin {
	if !o.templated() {
		return o
	}
	filled := *o
	for name, value := range parameters {
		for _, text := range []*string{&filled.domain, &filled.path} {
			*text = strings.ReplaceAll(*text, "{{"+name+"}}", value)
		}
	}
	return &filled
}

// sends says whether the origin adds a header.
func (o *Origin) sends(name string) bool {
	for _, h := range o.headers {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// changed is the origin as a function has changed it.
func (o *Origin) changed(c *function.OriginChange) *Origin {
	changed := *o
	if c.Domain.Set {
		changed.domain = c.Domain.Value
	}
	if c.Path.Set {
		changed.path = c.Path.Value
	}
	if c.ReplaceHeaders {
		changed.headers = c.Headers
	}
	if c.ReadTimeout > 0 {
		changed.readTimeout = c.ReadTimeout
	}
	if c.Custom {
		changed.s3, changed.vpc = false, false
		protocol := c.Protocol.Value
		if !c.Protocol.Set && o.protocol == "http-only" {
			protocol = "http"
		}
		changed.reach(protocol, c.Port, c.TLS)
	}
	return &changed
}

// reach sets how the origin is connected to.
func (o *Origin) reach(protocol string, port float64, tls []string) {
	o.byFunction = true
	o.protocol = "https-only"
	if protocol == "http" {
		o.protocol = "http-only"
	}
	if port > 0 {
		o.httpsPort = port
	}
	if len(tls) > 0 {
		o.sslVersions = tls
	}
}

func readGroup(g cfn.Properties) *originGroup {
	group := &originGroup{place: g.Place, id: g.Text("Id"), quantities: map[string][2]float64{}}
	members := g.Child("Members")
	for _, m := range members.Children("Items") {
		group.members = append(group.members, m.Text("OriginId"))
	}
	statuses := g.Child("FailoverCriteria").Child("StatusCodes")
	for _, status := range statuses.Texts("Items") {
		if n, ok := cfn.Number(status); ok {
			group.statuses = append(group.statuses, int(n))
		}
	}
	for place, list := range map[string]struct {
		p cfn.Properties
		n int
	}{"Members": {members, len(group.members)}, "FailoverCriteria.StatusCodes": {statuses, len(group.statuses)}} {
		if aside := list.p.Aside(); aside.Has("Quantity") {
			group.quantities[place] = [2]float64{aside.Number("Quantity", 0), float64(list.n)}
		}
	}
	return group
}

func readOrigin(p cfn.Properties) *Origin {
	p = p.Apart()
	o := &Origin{
		place:      p.Place,
		id:         p.Text("Id"),
		domain:     p.Text("DomainName"),
		path:       p.Text("OriginPath"),
		attempts:   p.Number("ConnectionAttempts", 3),
		timeout:    p.Number("ConnectionTimeout", 10),
		completion: p.Has("ResponseCompletionTimeout"),
		s3:         p.Has("S3OriginConfig"),
		vpc:        p.Has("VpcOriginConfig"),
	}
	c := p.Child("CustomOriginConfig")
	o.accessControl = len(p.Reference("OriginAccessControlId")+p.Aside().Text("OriginAccessControlId")) > 0
	o.shield = p.Aside().Child("OriginShield")
	o.httpPort = c.Aside().Number("HTTPPort", 80)
	o.ipType = c.Aside().Text("IpAddressType")
	o.mtls = !c.Aside().Child("OriginMtlsConfig").Empty()
	o.protocol = c.Text("OriginProtocolPolicy")
	o.sslVersions = c.Texts("OriginSSLProtocols")
	o.httpsPort = c.Number("HTTPSPort", 443)
	o.readTimeout = c.Number("OriginReadTimeout", 30)
	o.keepAlive = c.Number("OriginKeepaliveTimeout", 5)
	for _, h := range p.Children("OriginCustomHeaders") {
		o.headers = append(o.headers, wire.Field{Name: h.Text("HeaderName"), Value: h.Text("HeaderValue")})
	}
	for name, value := range map[string]string{"DomainName": o.domain, "OriginPath": o.path} {
		// A header's value may stand for itself; a name has to be known.
		if _, rest, found := strings.Cut(value, "{{resolve:"); found {
			reference, _, _ := strings.Cut(rest, "}}")
			p.Leave(name, "the reference {{resolve:"+reference+"}} is read at the deploy; give the value of that reference")
		}
	}
	o.problem = p.Err()
	return o
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
		return fmt.Errorf("has %d characters; a domain name has at most 253", len(domain))
	}
	for label := range strings.SplitSeq(domain, ".") {
		if !domainLabel.MatchString(label) {
			return errors.New("is not a domain name")
		}
	}
	if !strings.Contains(domain, ".") {
		return errors.New("has no dot")
	}
	return nil
}
