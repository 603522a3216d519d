package cloudfront

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/lambdaedge"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// OriginRequest is a handshake as the edge sends it to one origin.
type OriginRequest struct {
	Origin *Origin
	Host   string
	Path   string
	Query  string
	Header http.Header
	Via    *apigateway.Via
	// secure says that the viewer came over TLS.
	secure bool
	// hosts are the policies that forward the viewer's Host.
	hosts []hostForwarder
	// root is where DefaultRootObject is, if that has made the path.
	root string
}

// address is where API Gateway sees CloudFront come from: one for documentation.
const address = "203.0.113.7"

// AtAPI is the request as API Gateway gets it.
func (q *OriginRequest) AtAPI() *apigateway.Request {
	return &apigateway.Request{Host: q.Host, Path: q.Path, Query: q.Query, Header: q.Header, Peer: address, Via: q.Via}
}

// Blame says of a refusal of the API which setting of the edge has brought it about.
func (q *OriginRequest) Blame(refusal *trace.Refusal) *trace.Refusal {
	switch {
	case refusal.Rule.ID == apigateway.Host.ID && q.Via.HostForwarded && len(q.hosts) > 0:
		var titles, fixes []string
		for _, h := range q.hosts {
			titles, fixes = append(titles, h.title), append(fixes, h.fix)
		}
		blamed := *refusal
		blamed.Place = q.hosts[0].place
		blamed.Reason = fmt.Sprintf("the Host that reaches API Gateway is %s, not its own: %s forwards the viewer's Host", trace.Short(q.Host), strings.Join(titles, ", and "))
		blamed.Fix = strings.Join(fixes, "; and ")
		return &blamed
	case refusal.Rule.ID == apigateway.StagePath.ID && q.root != "":
		blamed := *refusal
		blamed.Place = q.root
		blamed.Reason += ": DefaultRootObject is asked for in the place of /"
		blamed.Fix = RootObject.Fix
		return &blamed
	}
	return refusal
}

// forLambda is the request as a Lambda@Edge function on origin-request gets it.
func (q *OriginRequest) forLambda(v *ViewerRequest) *lambdaedge.Request {
	o := q.Origin
	origin := &lambdaedge.Origin{Domain: o.domain, Path: o.path, Protocol: "https", Port: o.httpsPort, ReadTimeout: o.readTimeout, KeepAlive: o.keepAlive,
		TLS: o.sslVersions, Headers: o.headers, S3: o.s3}
	if o.protocol == "http-only" || o.protocol == "match-viewer" && !v.Secure {
		origin.Protocol, origin.Port = "http", o.httpPort
	}
	return &lambdaedge.Request{Method: v.Method, Path: q.Path, Query: q.Query, Host: q.Host, Header: q.Header, IP: v.IP, Origin: origin}
}

// fromLambda takes over what the function left.
func (q *OriginRequest) fromLambda(after, before *lambdaedge.Request) {
	upgrades := wire.Upgrades(q.Header)
	q.Path, q.Query, q.Header = after.Path, after.Query, after.Header
	if upgrades {
		q.Header.Set("Connection", "Upgrade")
		q.Header.Set("Upgrade", "websocket")
	}
	q.Via.Rewritten = after.Path
	if after.Host != before.Host {
		q.Host, q.Via.HostForwarded = after.Host, false
	}
	was, is := before.Origin, after.Origin
	changed := *q.Origin
	changed.domain, changed.path, changed.headers, changed.s3 = is.Domain, is.Path, is.Headers, is.S3
	if is.Protocol != was.Protocol || is.Port != was.Port {
		changed.reach(is.Protocol, is.Port, is.TLS)
	}
	if is.ReadTimeout != was.ReadTimeout && is.ReadTimeout >= 1 {
		changed.readTimeout = is.ReadTimeout
	}
	q.Origin = &changed
}
