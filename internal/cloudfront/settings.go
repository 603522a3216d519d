package cloudfront

import (
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// settings checks what concerns a distribution as a whole.
func (c *checker) settings(d *Distribution) {
	c.geo(d.geo)
	for _, n := range d.tenants {
		c.geo(n.geo)
		if region := arnRegion(n.certificate); region != "" && region != "us-east-1" {
			c.found.AddFixed(Certificate, n.place+".Customizations.Certificate.Arn", "issue it in us-east-1", "the certificate is in %s, and CloudFront takes only those in us-east-1", region)
		}
	}
	for _, property := range []string{"CNAMEs", "CustomOrigin", "S3Origin"} {
		if d.properties.Has(property) || !d.properties.Child(property).Empty() {
			c.found.Add(LegacyProperty, d.place+"."+property, "%s is a property from before Aliases and Origins", property)
		}
	}
	if d.anycast && d.priceClass != "" && d.priceClass != "PriceClass_All" {
		c.found.Add(Anycast, d.place+".PriceClass", "a distribution with an Anycast IP list has the price class %s", d.priceClass)
	}
	if d.tenantOnly {
		c.tenantOnly(d)
	}
	c.mtls(d)
	c.logBucket(d)
}

func (c *checker) geo(g geoRestriction) {
	place := g.place + ".Locations"
	switch {
	case (g.kind == "whitelist" || g.kind == "blacklist") && len(g.countries) == 0 && !g.more:
		c.found.Add(GeoLocations, place, "the restriction is %s, and lists no country", g.kind)
	case g.kind == "none" && len(g.countries) > 0:
		c.found.AddFixed(GeoLocations, place, "remove Locations, or set RestrictionType to whitelist or blacklist", "the restriction is none, and lists %s", strings.Join(g.countries, ", "))
	}
	for _, country := range g.countries {
		if err := rules.Country(country); err != nil && !strings.Contains(country, "${") {
			c.found.Add(GeoLocations, place, "a country %v", err)
		}
	}
}

// tenantOnly checks what a multi-tenant distribution cannot have.
func (c *checker) tenantOnly(d *Distribution) {
	add := func(place, what string) {
		c.found.AddFixed(TenantOnly, place, "remove it, or set ConnectionMode to direct", "a distribution with ConnectionMode tenant-only cannot have %s", what)
	}
	if len(d.aliases) > 0 {
		add(d.place+".Aliases", "Aliases")
	}
	if d.staging {
		add(d.place+".Staging", "Staging")
	}
	for _, b := range d.behaviors {
		if b.legacy != nil {
			add(b.place+".ForwardedValues", "ForwardedValues")
		}
		if len(b.signers.accounts) > 0 {
			add(b.place+".TrustedSigners", "TrustedSigners")
		}
	}
}

// mtls checks viewer mTLS.
func (c *checker) mtls(d *Distribution) {
	p := d.properties
	place := d.place + ".ViewerMtlsConfig"
	if connection := d.place + ".ConnectionFunctionAssociation"; !p.Child("ConnectionFunctionAssociation").Empty() {
		if d.mtls == "" && p.Child("ViewerMtlsConfig").Empty() {
			c.found.AddFixed(MTLS, connection, "add ViewerMtlsConfig, or remove the association", "a connection function needs ViewerMtlsConfig")
		}
		r := c.edge.template.Resource(p.Child("ConnectionFunctionAssociation").Reference("Id"))
		if r != nil && r.Type == "AWS::CloudFront::ConnectionFunction" && !c.edge.template.Properties(r).Aside().Flag("AutoPublish", false) {
			c.found.AddFixed(MTLS, "Resources."+r.ID+".Properties.AutoPublish", "set AutoPublish to true", "connection function %s is not published, so it cannot be associated", r.ID)
		}
	}
	if d.mtls != "required" && d.mtls != "optional" {
		return
	}
	if p.Child("ViewerMtlsConfig").Child("TrustStoreConfig").Empty() {
		c.found.AddFixed(MTLS, place, "set TrustStoreConfig.TrustStoreId", "viewer mTLS is %s, and there is no trust store", d.mtls)
	}
	if strings.Contains(d.httpVersion, "http3") || strings.Contains(d.httpVersion, "and3") {
		c.found.AddFixed(MTLS, d.place+".HttpVersion", "set HttpVersion to http2", "viewer mTLS is not for HTTP/3, and HttpVersion is %s", d.httpVersion)
	}
	for _, b := range d.behaviors {
		if b.viewerProtocol == "allow-all" {
			c.found.AddFixed(MTLS, b.place+".ViewerProtocolPolicy", "set ViewerProtocolPolicy to https-only", "viewer mTLS needs HTTPS, and the %s allows all", b.Name())
		}
	}
	if d.mtls == "required" {
		c.found.Add(MTLSRequired, place+".Mode", "a client without a certificate of the trust store gets no connection, which browsers may not have")
	}
}

// logBucket checks the bucket that legacy access logs are written to.
func (c *checker) logBucket(d *Distribution) {
	t := c.edge.template
	r := t.Resource(d.properties.Child("Logging").Reference("Bucket"))
	if r == nil || r.Type != "AWS::S3::Bucket" {
		return
	}
	place := "Resources." + r.ID + ".Properties.OwnershipControls"
	written := t.Written(r)
	controls, given := written["OwnershipControls"]
	if !given {
		c.found.Add(LogBucket, place, "bucket %s, which distribution %s logs to, has no OwnershipControls, so that S3 turns its ACLs off", r.ID, d.ID)
		return
	}
	for _, rule := range cfn.List(cfn.Object(controls)["Rules"]) {
		if cfn.Object(rule)["ObjectOwnership"] == "BucketOwnerEnforced" {
			c.found.Add(LogBucket, place, "bucket %s, which distribution %s logs to, has ObjectOwnership BucketOwnerEnforced, which turns ACLs off", r.ID, d.ID)
		}
	}
}

// behaviorSettings checks the settings of one behavior that have no topic of their own.
func (c *checker) behaviorSettings(d *Distribution, b *Behavior, socket bool) {
	if b.grpc {
		place := b.place + ".GrpcConfig"
		switch {
		case !slices.Contains(b.methods, "POST"):
			c.found.Add(GRPC, place, "gRPC is on, and the %s does not allow POST", b.Name())
		case d.httpVersion != "" && !strings.Contains(d.httpVersion, "http2"):
			c.found.Add(GRPC, place, "gRPC is on, and HttpVersion is %s", d.httpVersion)
		case len(b.lambdas) > 0:
			c.found.Add(GRPC, place, "gRPC is on, and the %s has a Lambda@Edge function", b.Name())
		}
	}
	c.responsePolicy(b, socket)
}

// notRemovable are the headers that a response headers policy cannot remove.
var notRemovable = regexp.MustCompile(`(?i)^(connection|content-encoding|content-length|expect|host|keep-alive|proxy-.*|trailer|transfer-encoding|upgrade|via|warning|` +
	`x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$`)

// managedResponsePolicies are the managed response headers policies (CloudFront
// Developer Guide, "Use managed response headers policies").
var managedResponsePolicies = []string{"67f7725c-6f97-4210-82d7-5512b31e9d03", "60669652-455b-4ae9-85a4-c4c02393f86c", "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
	"eaab4381-ed33-4a86-88ca-d9558dc6cd63", "e61eb60c-9c35-4d20-a928-2b84e02af89c"}

var policyID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (c *checker) responsePolicy(b *Behavior, socket bool) {
	id := b.responsePolicy
	if id == "" || strings.Contains(id, "{{") {
		return
	}
	place := b.place + ".ResponseHeadersPolicyId"
	r := c.edge.template.Resource(id)
	switch {
	case r == nil && !policyID.MatchString(strings.ToLower(id)) && !slices.Contains(managedResponsePolicies, id):
		c.found.Add(ResponsePolicy, place, "%q is neither a policy of the template nor the id of one", id)
		return
	case r == nil:
		return
	case r.Type != "AWS::CloudFront::ResponseHeadersPolicy":
		c.found.Add(ResponsePolicy, place, "%s is a resource of type %s, not a response headers policy", id, r.Type)
		return
	}
	if !socket {
		return
	}
	for _, name := range c.removed(r) {
		if strings.HasPrefix(strings.ToLower(name), "sec-websocket-") {
			c.found.Add(ResponseRemoves, "Resources."+r.ID+".Properties.ResponseHeadersPolicyConfig.RemoveHeadersConfig", "response headers policy %s removes %s, which the client needs", r.ID, name)
		}
	}
}

func (c *checker) removed(r *cfn.Resource) []string {
	var names []string
	for _, item := range c.edge.template.Properties(r).Aside().Child("ResponseHeadersPolicyConfig").Child("RemoveHeadersConfig").Children("Items") {
		names = append(names, item.Text("Header"))
	}
	return names
}

// responsePolicies checks the response headers policies of the template.
func (c *checker) responsePolicies() {
	for _, r := range c.edge.template.Of("AWS::CloudFront::ResponseHeadersPolicy") {
		for _, name := range c.removed(r) {
			if notRemovable.MatchString(name) {
				c.found.Add(ResponsePolicy, "Resources."+r.ID+".Properties.ResponseHeadersPolicyConfig.RemoveHeadersConfig", "the header %s cannot be removed", name)
			}
		}
	}
}

// unused says that the template has a WebSocket API that no behavior leads to.
func (c *checker) unused() {
	for _, d := range c.edge.distributions {
		if len(c.edge.Sockets(d)) > 0 {
			return
		}
	}
	if apis := c.edge.template.Of("AWS::ApiGatewayV2::Api"); len(c.edge.distributions) > 0 {
		for _, r := range apis {
			if c.edge.template.Properties(r).Aside().Text("ProtocolType") == "WEBSOCKET" {
				c.found.Add(NoSocket, c.edge.distributions[0].place+".CacheBehaviors", "no behavior of distribution %s leads to the WebSocket API %s", c.edge.distributions[0].ID, r.ID)
			}
		}
	}
}
