package cloudfront

import (
	"slices"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Connects checks what keeps the edge from reaching an API at all.
func (q *OriginRequest) Connects() *trace.Refusal {
	o := q.Origin
	if o.problem != nil {
		return trace.Undecided(rules.LayerOrigin, o.problem)
	}
	if err := checkDomain(o.domain); err != nil {
		return trace.Refuse(OriginDomain, o.place+".DomainName", "the origin's domain %q %s, so the deploy fails", trace.Short(o.domain), err)
	}
	if problem := pathProblem(o.path); problem != "" {
		return trace.Refuse(OriginPath, o.place+".OriginPath", "the origin path %q %s, so the deploy fails", trace.Short(o.path), problem)
	}
	if !wire.ValidURL(q.Path) {
		return trace.Refuse(OriginPath, "", "the path %q has a space, a control character or #", trace.Short(q.Path)).Fixed("encode the path")
	}
	if q.Host != o.domain && !wire.ValidHost(q.Host) {
		return trace.Refuse(OriginHost, "", "the Host %q is not a host name", trace.Short(q.Host))
	}
	if all := o.unreachable(q.secure); len(all) > 0 {
		return all[0]
	}
	return nil
}

// pathProblem says what is wrong with an origin path, or nothing.
func pathProblem(path string) string {
	switch {
	case !wire.ValidURL(path):
		return "has a space, a control character or #"
	case path != "" && (!strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/")):
		return "must begin with a slash and not end with one"
	}
	return ""
}

// unreachable says why the origin's settings reach no WebSocket API. secure says that
// viewers come over TLS.
func (o *Origin) unreachable(secure bool) []*trace.Refusal {
	var all []*trace.Refusal
	custom := o.place + ".CustomOriginConfig"
	switch {
	case o.s3:
		all = append(all, trace.Refuse(S3Origin, o.place+".S3OriginConfig", "%s is an S3 origin, which is not a WebSocket API", o.domain))
	case o.vpc:
		all = append(all, trace.Refuse(VPCOrigin, o.place+".VpcOriginConfig", "%s is a VPC origin; a WebSocket API is public", o.domain))
	case o.protocol == "http-only", o.protocol == "match-viewer" && !secure:
		all = append(all, trace.Refuse(OriginProtocol, custom+".OriginProtocolPolicy",
			"the origin protocol policy %s goes to port 80, and API Gateway takes no plain HTTP", o.protocol))
	}
	if o.httpsPort != 443 {
		all = append(all, trace.Refuse(OriginProtocol, custom+".HTTPSPort", "the origin's HTTPS port is %v, and API Gateway answers only on 443", o.httpsPort).
			Fixed("remove HTTPSPort"))
	}
	if len(o.sslVersions) > 0 && !slices.Contains(o.sslVersions, "TLSv1.2") {
		all = append(all, trace.Refuse(apigateway.TLS, custom+".OriginSSLProtocols", "the origin's protocols are %s, and API Gateway takes TLS 1.2 and later only",
			strings.Join(o.sslVersions, ", ")))
	}
	return all
}

// Patience is how long the edge waits for the origin.
func (o *Origin) Patience() time.Duration {
	return time.Duration(min(max(o.readTimeout, 1), 180) * float64(time.Second))
}

// TooLate is the refusal of a handshake that the origin has not answered in time.
func (o *Origin) TooLate() *trace.Refusal {
	return trace.Refuse(ReadTimeout, o.place+".CustomOriginConfig.OriginReadTimeout", "$connect has not answered within the origin's read timeout of %v", o.Patience())
}
