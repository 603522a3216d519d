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
	if m == nil && a.disabled {
		return trace.Refuse(EndpointDisabled, place, "the execute-api endpoint of %s is disabled", a.Name())
	}
	if a.external && m == nil && strings.HasPrefix(want, "d-") {
		return trace.Refuse(Host, place, "%s is the regional target of a custom domain, which answers only to the custom domain's Host", want).
			Fixed("set %s to the custom domain itself", name)
	}
	if a.owner != nil {
		return trace.Refuse(Region, place, "the host %s is not that of %s, which is %s", want, a.owner.Name(), a.owner.host).
			Fixed("set %s to %s (Ref of the API, AWS::Region, AWS::URLSuffix)", name, a.owner.host)
	}
	if strings.EqualFold(q.Host, want) {
		return nil
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
