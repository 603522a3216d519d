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
	headers     []wire.Field
	problem     error
}

// originGroup is a pair of origins with failover.
type originGroup struct {
	id       string
	members  []string
	statuses []int
}

// Endpoint is how the origin names an API.
func (o *Origin) Endpoint() apigateway.Endpoint {
	return apigateway.Endpoint{Host: o.domain, Path: o.path, Place: o.place}
}

// sound says whether the origin's domain is known and is a name.
func (o *Origin) sound() bool { return o.problem == nil && checkDomain(o.domain) == nil }

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
	return &changed
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
