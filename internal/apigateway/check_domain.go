package apigateway

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// leading are the domains with a mapping to a WebSocket API, in lower case.
func leading(c *checker) map[string]bool {
	domains := map[string]bool{}
	for _, m := range c.parts("AWS::ApiGatewayV2::ApiMapping") {
		domains[strings.ToLower(m.Text("DomainName"))] = true
	}
	return domains
}

// place is the service and the region of an ARN.
func place(arn string) (service, region string) {
	if parts := strings.Split(arn, ":"); len(parts) >= 6 {
		return parts[2], parts[3]
	}
	return "", ""
}

// checkDomains finds custom domains that a WebSocket API does not take.
func checkDomains(c *checker) {
	leads := leading(c)
	for _, r := range c.of("AWS::ApiGatewayV2::DomainName") {
		name := strings.ToLower(r.Text("DomainName"))
		for _, q := range r.Children("DomainNameConfigurations") {
			configuration := resource{q, r.Resource, r.id, nil}
			if kind := q.Text("EndpointType"); kind != "" && kind != "REGIONAL" {
				c.add(DomainSetting, configuration, "EndpointType", "set EndpointType to REGIONAL", "domain %s has EndpointType %s; HTTP and WebSocket APIs take REGIONAL only", r.id, kind)
			}
			if policy := q.Text("SecurityPolicy"); policy != "" && policy != "TLS_1_2" && (policy == "TLS_1_0" || name != "" && leads[name]) {
				c.add(DomainSetting, configuration, "SecurityPolicy", "set SecurityPolicy to TLS_1_2", "domain %s has the security policy %s; WebSocket APIs take TLS_1_2 only", r.id, policy)
			}
			service, region := place(q.Text("CertificateArn"))
			switch {
			case configuration.absent("CertificateArn"):
				c.add(DomainSetting, configuration, "CertificateArn", "give the ARN of a certificate in the API's region", "domain %s has no certificate", r.id)
			case service == "acm" && c.t.Where(r.Resource).Region != "" && region != c.t.Where(r.Resource).Region:
				c.add(DomainSetting, configuration, "CertificateArn", "use a certificate in "+c.t.Where(r.Resource).Region, "domain %s is in %s and its certificate in %s; a regional domain needs one of its own region", r.id, c.t.Where(r.Resource).Region, region)
			}
		}
		if name == "" || !leads[name] {
			continue
		}
		if r.Has("MutualTlsAuthentication") {
			c.add(Domain, r, "MutualTlsAuthentication", "remove MutualTlsAuthentication", "domain %s asks for a client certificate; WebSocket APIs have no mutual TLS, and CloudFront has no certificate to show", r.id)
		}
		if r.Text("RoutingMode") == "ROUTING_RULE_ONLY" {
			c.add(Domain, r, "RoutingMode", "set RoutingMode to API_MAPPING_ONLY", "domain %s has RoutingMode ROUTING_RULE_ONLY, so its API mappings do nothing; routing rules lead to REST APIs only", r.id)
		}
	}
}

// checkMappings finds mappings that lead nowhere, or that come too early.
func checkMappings(c *checker) {
	taken := map[string]string{} // domain and key → logical id
	leads := leading(c)
	domains := map[string]resource{}
	for _, d := range c.of("AWS::ApiGatewayV2::DomainName") {
		domains[strings.ToLower(d.Text("DomainName"))] = d
	}
	for _, r := range c.of("AWS::ApiGatewayV2::ApiMapping") {
		domain := strings.ToLower(r.Text("DomainName"))
		if domain == "" || !r.Known("ApiMappingKey") {
			continue
		}
		key := domain + "/" + r.Text("ApiMappingKey")
		if other, twice := taken[key]; twice {
			c.add(Mappings, r, "ApiMappingKey", "give each mapping a key of its own", "the mappings %s and %s have the same domain and the same key", other, r.id)
		}
		taken[key] = r.id
		if d, ok := domains[domain]; ok && !c.order.Follows(r.Resource, d.Resource) {
			c.add(Order, r, "DomainName", "set DomainName to Ref "+d.id+", or add DependsOn: "+d.id, "mapping %s does not depend on %s, so it may be created before the domain", r.id, d.id)
		}
		if r.api == nil {
			if r.Known("ApiId") && leads[domain] {
				c.add(Mappings, r, "ApiId", "give the WebSocket API a domain of its own", "the domain %s leads to a WebSocket API and to another one by %s; WebSocket APIs share no domain with others", domain, r.id)
			}
			continue
		}
		checkStageOf(c, Mappings, r, r.api, "Stage", r.Text("Stage"))
	}
}

// checkStageOf compares a stage's name with the stages of an API, and the order in
// which they are created.
func checkStageOf(c *checker, rule rules.Rule, r resource, a *API, property, name string) {
	if name == "" || len(a.stages) == 0 {
		return
	}
	if a.stage("") != nil {
		return // it may be this one
	}
	s := a.stage(name)
	switch {
	case s == nil:
		c.add(rule, r, property, "name a stage of the API: "+a.stageNames(), "%s names the stage %s, and API %s has no such stage (its stages: %s)", r.id, name, a.id, a.stageNames())
	case !c.order.Follows(r.Resource, s.Resource):
		c.add(Order, r, property, "set the stage by Ref "+s.id+", or add DependsOn: "+s.id, "%s does not depend on the stage %s, so it may be created before it", r.id, s.id)
	}
}
