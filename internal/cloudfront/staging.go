package cloudfront

import (
	"strings"
)

// deployments checks continuous deployment policies, and who uses them.
func (c *checker) deployments() {
	t := c.edge.template
	for _, r := range t.Of("AWS::CloudFront::ContinuousDeploymentPolicy") {
		p := t.Properties(r).Aside().Child("ContinuousDeploymentPolicyConfig")
		traffic := p.Child("TrafficConfig")
		weights := []struct {
			place string
			value float64
		}{
			{traffic.Place + ".SingleWeightConfig.Weight", traffic.Child("SingleWeightConfig").Number("Weight", 0)},
			{p.Place + ".SingleWeightPolicyConfig.Weight", p.Child("SingleWeightPolicyConfig").Number("Weight", 0)},
		}
		for _, w := range weights {
			if w.value < 0 || w.value > 0.15 {
				c.found.Add(Deployment, w.place, "the weight is %v, and at most 0.15 of the requests can go to the staging distribution", w.value)
			}
		}
		headers := []struct{ place, name string }{
			{traffic.Place + ".SingleHeaderConfig.Header", traffic.Child("SingleHeaderConfig").Text("Header")},
			{p.Place + ".SingleHeaderPolicyConfig.Header", p.Child("SingleHeaderPolicyConfig").Text("Header")},
		}
		for _, h := range headers {
			if h.name != "" && !strings.HasPrefix(strings.ToLower(h.name), "aws-cf-cd-") && !strings.Contains(h.name, "${") {
				c.found.Add(Deployment, h.place, "the header %q does not begin with aws-cf-cd-", h.name)
			}
		}
	}
	for _, d := range c.edge.distributions {
		if d.deployment == "" {
			continue
		}
		if strings.Contains(d.httpVersion, "http3") || strings.Contains(d.httpVersion, "and3") {
			c.found.Add(Deployment, d.place+".HttpVersion", "continuous deployment is not for HTTP/3, and HttpVersion is %s", d.httpVersion)
		}
		if d.staging {
			c.found.AddFixed(Deployment, d.place+".ContinuousDeploymentPolicyId", "set it on the primary distribution", "a staging distribution has no continuous deployment policy")
		}
		if r := t.Resource(d.deployment); r != nil && len(c.edge.Sockets(d)) > 0 && t.Properties(r).Aside().Child("ContinuousDeploymentPolicyConfig").Flag("Enabled", true) {
			c.found.Add(DeploymentOpen, d.place+".ContinuousDeploymentPolicyId", "the policy %s sends a share of the handshakes to a staging distribution", r.ID)
		}
	}
}
