package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checkHost applies the rules on the name by which an API is reached.
func checkHost(a *API, m *Mapping, q *Request) *trace.Refusal {
	want := a.HostOf(m)
	place, name := "", "the client's URL"
	if q.Via != nil {
		place, name = q.Via.OriginPlace+".DomainName", "DomainName"
	}
	switch {
	case a.foreign != nil:
		return checkForeign(a.foreign, place, name)
	case m == nil && a.disabled:
		refusal := trace.Refuse(EndpointDisabled, place, "the execute-api endpoint of %s is disabled", a.Name())
		switch {
		case len(a.mappings) > 0:
			refusal.Fixed("set %s to %s, the API's custom domain", name, a.mappings[0].domain)
		case !a.external:
			refusal.Fixed("set DisableExecuteApiEndpoint to false: the template has no custom domain for the API")
		}
		return refusal
	case a.external && m == nil && strings.HasPrefix(want, "d-"):
		return trace.Refuse(Host, place, "%s is the regional target of a custom domain, which answers only to the custom domain's Host", want).
			Fixed("set %s to the custom domain itself", name)
	case a.owner != nil && a.owner.regional(want):
		return trace.Refuse(Region, place, "the host %s names another region than that of %s, which is %s", want, a.owner.Name(), a.owner.region).
			Fixed("set %s to the API's own host (Ref of the API, AWS::Region, AWS::URLSuffix), or deploy the stack in the region that the host names", name)
	case a.owner != nil:
		return trace.Refuse(Region, place, "the host %s is not that of %s, which is %s", want, a.owner.Name(), a.owner.host).
			Fixed("set %s to the API's own host (Ref of the API, AWS::Region, AWS::URLSuffix)", name)
	case m != nil && m.broken != "":
		return trace.Refuse(Domain, m.place, "the custom domain %s %s", m.domain, m.broken)
	case m != nil && strings.EqualFold(q.Host, m.domain), m == nil && (strings.EqualFold(q.Host, want) || a.answersTo(q.Host)):
		return nil
	case m != nil && m.target != "" && strings.EqualFold(q.Host, m.target):
		return trace.Refuse(Host, place, "%s is the regional target of the custom domain %s, which answers only to the custom domain's Host", m.target, m.domain).
			Fixed("set %s to %s", name, m.domain)
	}
	refusal := trace.Refuse(Host, place, "the Host that reaches API Gateway is %s, not %s", trace.Short(q.Host), want)
	switch {
	case q.Via != nil && q.Via.HostForwarded:
		refusal.Place = q.Via.BehaviorPlace + ".OriginRequestPolicyId"
		refusal.Reason += ": " + q.Via.Policy + " forwards the viewer's Host"
		return refusal
	case q.Via != nil && q.Via.SetByOrigin["host"]:
		return refusal.Fixed("remove Host from OriginCustomHeaders")
	}
	return refusal.Fixed("send Host %s", want)
}

// checkForeign refuses a host at which no WebSocket API answers.
func checkForeign(f *foreign, place, name string) *trace.Refusal {
	if strings.Contains(f.what, "custom domain") {
		return trace.Refuse(Domain, f.place, "%s is %s: it leads to no API", f.id, f.what).
			Fixed("add an AWS::ApiGatewayV2::ApiMapping of %s to the API and its stage", f.id)
	}
	refusal := trace.Refuse(Protocol, place, "the host is that of %s, which is %s: it opens no WebSocket", f.id, f.what)
	refusal.Status = f.status
	if f.socket {
		refusal.Place = f.place
		return refusal.Fixed("set ProtocolType of %s to WEBSOCKET", f.id)
	}
	return refusal.Fixed("set %s to the host of a WebSocket API", name)
}
