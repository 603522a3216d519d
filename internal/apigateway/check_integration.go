package apigateway

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/lambda"
)

// serviceURI is the URI of an AWS integration: a service with an action or a path.
var serviceURI = regexp.MustCompile(`^arn:[a-z-]+:apigateway:[^:]+:[^:]+:(path|action)/.+`)

// An integration of a WebSocket API may take this long, in milliseconds.
const minTimeout, maxTimeout = 50, 29000

// checkIntegrations finds integrations that API Gateway does not take.
func checkIntegrations(c *checker) {
	for _, r := range c.parts("AWS::ApiGatewayV2::Integration") {
		kind := r.Text("IntegrationType")
		if kind != "" && kind != "MOCK" {
			checkURI(c, r, kind)
			checkConnection(c, r)
		}
		if n := r.Number("TimeoutInMillis", maxTimeout); n < minTimeout || n > maxTimeout {
			c.add(IntegrationTimeout, r, "TimeoutInMillis", "set it to 50 to 29000", "integration %s has a timeout of %v ms; a WebSocket API takes %d to %d", r.id, n, minTimeout, maxTimeout)
		}
		for _, name := range []string{"IntegrationSubtype", "ResponseParameters", "TlsConfig"} {
			if r.Has(name) {
				c.add(HTTPOnlyIgnored, r, name, "remove "+name, "%s is for HTTP APIs, and integration %s is of a WebSocket API", name, r.id)
			}
		}
		if version := r.Text("PayloadFormatVersion"); version != "" && version != "1.0" && version != "1" {
			c.add(HTTPOnlyIgnored, r, "PayloadFormatVersion", "remove it, or set 1.0", "integration %s has the payload format %s; a WebSocket API sends its own, which counts as 1.0", r.id, version)
		}
		if f := lambdaOf(r.api, readCall(r.Properties, "IntegrationUri", "CredentialsArn")); f != nil {
			checkFunction(c, f)
		}
	}
}

// checkFunction finds a function that CloudFormation does not create.
func checkFunction(c *checker, f *lambda.Function) {
	if fault := f.Fault(); fault != nil && fault.Deploy {
		c.found.AddFixed(FunctionRefused, fault.Place, fault.Fix, "%s", fault.Reason)
	}
}

func checkURI(c *checker, r resource, kind string) {
	uri, method := r.Text("IntegrationUri"), r.Text("IntegrationMethod")
	web := kind == "HTTP" || kind == "HTTP_PROXY"
	switch {
	case r.absent("IntegrationUri"):
		c.add(Integration, r, "IntegrationUri", "set IntegrationUri", "integration %s of type %s has no IntegrationUri; only MOCK needs none", r.id, kind)
	case uri == "" || strings.Contains(uri, "stageVariables"):
	case web && r.Text("ConnectionType") != "VPC_LINK":
		if u, err := url.Parse(uri); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			c.add(Integration, r, "IntegrationUri", "give a URL that begins with https:// or http://", "integration %s of type %s has the URI %q, which is no URL", r.id, kind, uri)
		}
	case !web && lambda.OfURI(uri) == "" && !serviceURI.MatchString(uri):
		c.add(Integration, r, "IntegrationUri", "write it as arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations",
			"integration %s has the URI %q, which names neither a function nor a service with path/ or action/", r.id, uri)
	case !web && strings.Contains(uri, ":lambda:path/") && !strings.HasSuffix(uri, "/invocations"):
		c.add(Integration, r, "IntegrationUri", "end it in /invocations", "integration %s has a Lambda URI that does not end in /invocations: %q", r.id, uri)
	case kind == "AWS_PROXY" && lambda.OfURI(uri) == "":
		c.add(Integration, r, "IntegrationType", "set IntegrationType to AWS", "integration %s is of type AWS_PROXY and calls %q; AWS_PROXY calls Lambda only", r.id, uri)
	case kind == "AWS" && lambda.OfURI(uri) == "" && r.absent("CredentialsArn"):
		c.add(Integration, r, "CredentialsArn", "give a role that API Gateway may take and that may do the action", "integration %s calls a service without CredentialsArn; only Lambda has permissions of its own", r.id)
	}
	if web && method == "" && r.absent("IntegrationMethod") {
		c.add(Integration, r, "IntegrationMethod", "set IntegrationMethod, such as POST", "integration %s of type %s has no IntegrationMethod", r.id, kind)
	}
}

// checkConnection finds VPC links without their id, or of the wrong kind.
func checkConnection(c *checker, r resource) {
	if r.Text("ConnectionType") != "VPC_LINK" {
		if r.Has("ConnectionId") && r.Known("ConnectionType") {
			c.add(VPCLink, r, "ConnectionType", "set ConnectionType to VPC_LINK, or remove ConnectionId", "integration %s has a ConnectionId and not the ConnectionType VPC_LINK", r.id)
		}
		return
	}
	if r.absent("ConnectionId") {
		c.add(VPCLink, r, "ConnectionId", "give the id of an AWS::ApiGateway::VpcLink", "integration %s has ConnectionType VPC_LINK and no ConnectionId", r.id)
	}
	if link, ok := c.named("AWS::ApiGatewayV2::VpcLink", "VpcLinkId")[r.Text("ConnectionId")]; ok {
		c.add(VPCLink, r, "ConnectionId", "use an AWS::ApiGateway::VpcLink to a Network Load Balancer", "integration %s uses %s, which is a VPC link for HTTP APIs", r.id, link.id)
	}
}
