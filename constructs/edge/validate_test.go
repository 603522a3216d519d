package edge_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// TestPlainValuesAreRefused needs no jsii kernel; see
// TestPlainValuesAreValidatedWithoutTheCDK.
func TestPlainValuesAreRefused(t *testing.T) {
	origin := func(o *edge.Origin) edge.WebSocketDistributionProps {
		return edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: o}}
	}
	forwarding := func(f edge.Forwarding) edge.WebSocketDistributionProps {
		props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
		props.DefaultBehavior.Forwarding = f
		return props
	}
	with := func(change func(*edge.WebSocketDistributionProps)) edge.WebSocketDistributionProps {
		props := edge.WebSocketDistributionProps{DefaultBehavior: byURL()}
		change(&props)
		return props
	}
	for _, tt := range []struct {
		props edge.WebSocketDistributionProps
		want  string
	}{
		{origin(nil), "DefaultBehavior.Origin: is required; name the API by FromStage, FromAPI, FromURL or FromDomainName"},
		{origin(edge.FromStage(nil, nil)), "DefaultBehavior.Origin: needs an API, got a nil stage or API, or an empty URL or domain name; pass one that exists"},
		{origin(edge.FromAPI(nil, "prod", nil)), "DefaultBehavior.Origin: needs an API, got a nil"},
		{origin(edge.FromURL("", nil)), "DefaultBehavior.Origin: needs an API, got a nil"},
		{origin(edge.FromDomainName("", "/prod", nil)), "DefaultBehavior.Origin: needs an API, got a nil"},
		{origin(edge.FromURL("ws://x", nil)), `DefaultBehavior.Origin.URL: must start with wss:// (or https://), got "ws://x"`},
		{origin(edge.FromDomainName("https://x/y", "", nil)), `DefaultBehavior.Origin.DomainName: must be a host name without scheme or path, got "https://x/y"; drop "https://" and write "x"`},
		{origin(edge.FromDomainName("abc.execute-api.eu-west-1.amazonaws.com", "", nil)), "DefaultBehavior.Origin.Path: is required with the API's default endpoint, got none"},
		{origin(edge.FromDomainName("d1.cloudfront.net", "", nil)), "which is a CloudFront distribution"},
		{origin(edge.FromDomainName("socket.example.com", "/a b", nil)), `DefaultBehavior.Origin.Path: must be a path that starts with one slash and does not end in one, got "/a b"`},
		{origin(edge.FromURL(apiURL, &edge.OriginProps{ReadTimeout: 999 * time.Second})), "DefaultBehavior.Origin.ReadTimeout: must be whole seconds from 1s to 180s, got 999s"},
		{origin(edge.FromURL(apiURL, &edge.OriginProps{KeepaliveTimeout: time.Millisecond})), "DefaultBehavior.Origin.KeepaliveTimeout: must be whole seconds from 1s to 180s, got 0.001s"},
		{origin(edge.FromURL(apiURL, &edge.OriginProps{ConnectionAttempts: 4})), "DefaultBehavior.Origin.ConnectionAttempts: must be from 1 to 3, got 4"},
		{origin(edge.FromURL(apiURL, &edge.OriginProps{ConnectionTimeout: 11 * time.Second})), "DefaultBehavior.Origin.ConnectionTimeout: must be whole seconds from 1s to 10s, got 11s"},
		{origin(edge.FromURL(apiURL, &edge.OriginProps{IPAddressType: "IPV5"})), `DefaultBehavior.Origin.IPAddressType: must be one of IPV4, IPV6, DUALSTACK, got "IPV5"`},
		{origin(edge.FromURL(apiURL, &edge.OriginProps{CustomHeaders: map[string]string{"Host": "x"}})), `DefaultBehavior.Origin.CustomHeaders["Host"]: must be a header that CloudFront adds to origin requests, got "Host"`},
		{forwarding(edge.Forwarding{Headers: []string{"Host"}}), `DefaultBehavior.Forwarding.Headers[0]: must not be forwarded: API Gateway answers 403 to a Host other than its own, got "Host"`},
		{forwarding(edge.Forwarding{Headers: []string{"Authorization"}}), `DefaultBehavior.Forwarding.Headers[0]: cannot be listed in an origin request policy, got "Authorization"; forward everything but Host (that managed policy carries Authorization), or send the token in a query string`},
		{forwarding(edge.Forwarding{Headers: []string{"X-A", "x-a"}}), `DefaultBehavior.Forwarding.Headers[1]: repeats "x-a"`},
		{forwarding(edge.Forwarding{QueryStrings: edge.AllowList("a", "a")}), `DefaultBehavior.Forwarding.QueryStrings[1]: repeats "a"`},
		{forwarding(edge.Forwarding{Cookies: edge.AllowList("a b")}), `DefaultBehavior.Forwarding.Cookies[0]: must be the name of a cookie, without wildcards, got "a b"`},
		{forwarding(edge.Forwarding{AllExceptHost: true, Cookies: edge.All()}), "DefaultBehavior.Forwarding.AllExceptHost: cannot be set with Forwarding.Cookies"},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DefaultBehavior.Origin = edge.FromURL(apiURL, &edge.OriginProps{CustomHeaders: map[string]string{"X-Key": "v"}})
			p.DefaultBehavior.Forwarding.Headers = []string{"x-key"}
		}), `DefaultBehavior.Forwarding.Headers[0]: must not be a header that CloudFront adds, got "x-key", which would replace what the viewer sends`},
		{with(func(p *edge.WebSocketDistributionProps) { p.DomainNames = []string{"ws.example.com"} }), "Certificate: is required with DomainNames, got none; name an ACM certificate in us-east-1 that covers them"},
		{with(func(p *edge.WebSocketDistributionProps) { p.DomainNames = []string{"https://x/y"} }), `DomainNames[0]: must be a host name without scheme or path, got "https://x/y"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DomainNames = []string{"ws.example.com", "WS.example.com"}
		}), `DomainNames[1]: repeats "WS.example.com"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.MinimumProtocolVersion = awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021
		}), `MinimumProtocolVersion: needs Certificate, got "TLS_V1_2_2021" without one`},
		{with(func(p *edge.WebSocketDistributionProps) { p.MinimumProtocolVersion = "TLS_V1" }), `MinimumProtocolVersion: must be one of TLS_V1_2_2018, TLS_V1_2_2019, TLS_V1_2_2021, TLS_V1_2_2025, TLS_V1_3_2025, got "TLS_V1"`},
		{with(func(p *edge.WebSocketDistributionProps) { p.HTTPVersion = "h2" }), `HTTPVersion: must be one of HTTP1_1, HTTP2, HTTP2_AND_3, HTTP3, got "h2"`},
		{with(func(p *edge.WebSocketDistributionProps) { p.PriceClass = "cheap" }), `PriceClass: must be one of PRICE_CLASS_100, PRICE_CLASS_200, PRICE_CLASS_ALL, got "cheap"`},
		{with(func(p *edge.WebSocketDistributionProps) { p.AllowedCountries = []string{"UK"} }), `AllowedCountries[0]: must be an ISO 3166-1 code, got "UK"; write "GB"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.AllowedCountries, p.DeniedCountries = []string{"DE"}, []string{"FR"}
		}), "DeniedCountries: cannot be set with AllowedCountries"},
		{with(func(p *edge.WebSocketDistributionProps) { p.WebACL = "bad" }), `must be the ARN of a web ACL, got "bad"`},
		{with(func(p *edge.WebSocketDistributionProps) { p.Comment = strings.Repeat("x", 129) }), "Comment: must be at most 128 characters, got 129"},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DefaultBehavior.FunctionAssociations = []*awscloudfront.FunctionAssociation{nil}
		}), "DefaultBehavior.FunctionAssociations[0]: is nil"},
		{with(func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.PathParameter = "p=h" }), `DefaultBehavior.PathParameter: must be a name of 1 to 64 letters, digits, hyphens and underscores, got "p=h"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DefaultBehavior.PathParameter = "path"
			p.DefaultBehavior.Forwarding.QueryStrings = edge.AllowList("token", "Path")
		}), `DefaultBehavior.PathParameter: must not be one of Forwarding.QueryStrings, got "path"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DefaultBehavior.PathParameter = "path"
			p.DefaultBehavior.Forwarding.QueryStrings = edge.AllowList("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
		}), "DefaultBehavior.Forwarding.QueryStrings: must list at most 9 names, got 10"},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DefaultBehavior.AllowedWebOrigins = []string{"app.example.com"}
		}), `DefaultBehavior.AllowedWebOrigins[0]: must be an origin such as https://app.example.com, got "app.example.com"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.DefaultBehavior.AllowedWebOrigins = []string{"https://a.example", "HTTPS://A.example"}
		}), `DefaultBehavior.AllowedWebOrigins[1]: repeats "HTTPS://A.example"`},
		{with(func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.AllowedWebOrigins = manyOrigins(300) }), "DefaultBehavior.AllowedWebOrigins: must take at most 4608 characters in the edge function, got 8290 for 300 origins"},
		{with(func(p *edge.WebSocketDistributionProps) { p.DefaultBehavior.RequireWebOrigin = true }), "DefaultBehavior.RequireWebOrigin: needs AllowedWebOrigins, got none"},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.AdditionalBehaviors = map[string]edge.WebSocketBehaviorProps{"chat/": {}}
		}), `AdditionalBehaviors["chat/"]: must start with a slash, got "chat/"`},
		{with(func(p *edge.WebSocketDistributionProps) {
			p.AdditionalBehaviors = map[string]edge.WebSocketBehaviorProps{"/chat": {}}
		}), `AdditionalBehaviors["/chat"].Origin: is required; name the API by FromStage, FromAPI, FromURL or FromDomainName`},
		{with(func(p *edge.WebSocketDistributionProps) { p.AdditionalBehaviors = manyBehaviors(38) }), "AdditionalBehaviors: must have at most 37 paths, got 38"},
	} {
		if err := tt.props.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want an error with %q, got %v", tt.want, err)
		}
	}
}

func manyOrigins(n int) (origins []string) {
	for i := range n {
		origins = append(origins, fmt.Sprintf("https://app-%d.example.com", i))
	}
	return origins
}

func manyBehaviors(n int) map[string]edge.WebSocketBehaviorProps {
	behaviors := map[string]edge.WebSocketBehaviorProps{}
	for i := range n {
		behaviors[fmt.Sprintf("/%d", i)] = byURL()
	}
	return behaviors
}

func TestPlainValuesAreAccepted(t *testing.T) {
	for _, props := range []*edge.WebSocketDistributionProps{
		{DefaultBehavior: byURL(), AdditionalBehaviors: manyBehaviors(37)},
		{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromURL(apiURL, nil), AllowedWebOrigins: manyOrigins(150)}},
		severalAPIs(),
	} {
		if err := props.Validate(); err != nil {
			t.Error(err)
		}
	}
	for _, o := range []*edge.Origin{
		edge.FromURL(apiURL, nil),
		edge.FromURL("https://abc.execute-api.cn-north-1.amazonaws.com.cn/prod/", nil),
		edge.FromURL("wss://socket.example.com", nil),
		edge.FromDomainName("socket.example.com", "", nil),
		edge.FromDomainName("abc.execute-api.eu-west-1.amazonaws.com", "/prod", nil),
		edge.FromURL(apiURL, &edge.OriginProps{ReadTimeout: 180 * time.Second, KeepaliveTimeout: time.Second, ConnectionAttempts: 1, ConnectionTimeout: 10 * time.Second}),
		edge.FromURL(apiURL, &edge.OriginProps{IPAddressType: awscloudfront.OriginIpAddressType_DUALSTACK, CustomHeaders: map[string]string{"x-api-key": "v"}}),
	} {
		props := &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: o}}
		if err := props.Validate(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// A second run of this test binary, with no Node to be found, must still pass.
func TestPlainValuesAreValidatedWithoutTheCDK(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(self, "-test.run=^TestPlainValuesAre(Refused|Accepted)$", "-test.v")
	run.Env = append(os.Environ(), "JSII_NODE=/nonexistent/node")
	out, err := run.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestNoPropsAtAllNeedAnOrigin(t *testing.T) {
	var distribution *edge.WebSocketDistributionProps
	var behavior *edge.WebSocketBehaviorProps
	for _, err := range []error{distribution.Validate(), behavior.Validate()} {
		if err == nil || !strings.Contains(err.Error(), "Origin: is required") {
			t.Errorf("got %v", err)
		}
	}
}

func TestAllProblemsAreReportedAtOnceBeforeAnythingIsDefined(t *testing.T) {
	stack := cdktest.NewStack(t)
	props := &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:     edge.FromURL("wss://x/y", &edge.OriginProps{ReadTimeout: 999 * time.Second}),
			Forwarding: edge.Forwarding{Headers: []string{"Host"}},
		},
		DomainNames: []string{"ws.example.com"},
	}
	want := props.Validate().Error()
	if n := strings.Count(want, "\n") + 1; n != 4 {
		t.Errorf("want 4 problems, got %d:\n%s", n, want)
	}
	text := cdktest.Panics(t, func() { edge.NewWebSocketDistribution(stack, "Edge", props) })
	if text != `WebSocketDistribution "Edge": `+want {
		t.Errorf("want the text of Validate behind the construct's name, got\n%s", text)
	}
	if children := *stack.Node().Children(); len(children) != 0 {
		t.Errorf("want nothing defined, got %d constructs", len(children))
	}
	cdktest.Panics(t, func() { edge.NewWebSocketBehavior(stack, "Chat", nil) }, "Origin: is required; name the API by FromStage, FromAPI, FromURL or FromDomainName")
}

func TestACertificateOutsideUSEast1IsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	arn := strings.Replace(certificateARN, "us-east-1", "eu-west-1", 1)
	props := edge.WebSocketDistributionProps{
		DefaultBehavior: byURL(),
		DomainNames:     []string{"ws.example.com"},
		Certificate:     awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), &arn),
	}
	want := `Certificate: must be a certificate in us-east-1, the only region CloudFront takes them from, got one in eu-west-1 ("arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555")`
	if err := props.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("want %q, got %v", want, err)
	}
}

func TestACertificateOrZoneWithoutDomainNamesIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	props := edge.WebSocketDistributionProps{DefaultBehavior: byURL(), Certificate: certificate(stack), HostedZone: zone(stack)}
	err := props.Validate()
	for _, want := range []string{"DomainNames: is required with Certificate, got none", "HostedZone: needs DomainNames, got none"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestAnOriginRequestPolicyOfABadIdIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	props := byURL()
	props.Forwarding.OriginRequestPolicy = awscloudfront.OriginRequestPolicy_FromOriginRequestPolicyId(stack, jsii.String("Policy"), jsii.String("bad"))
	if err := props.Validate(); err == nil || !strings.HasPrefix(err.Error(), "Forwarding.OriginRequestPolicy: must be the id of an origin request policy") {
		t.Errorf("got %v", err)
	}
	props.Forwarding.OriginRequestPolicy = awscloudfront.OriginRequestPolicy_ALL_VIEWER()
	if err := props.Validate(); err == nil || !strings.Contains(err.Error(), "must not be the managed policy AllViewer") {
		t.Errorf("got %v", err)
	}
}

func TestTokensPassUnchecked(t *testing.T) {
	stack := cdktest.NewStack(t)
	parameter := func(id string) string {
		return *awscdk.NewCfnParameter(stack, &id, nil).ValueAsString()
	}
	props := &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:     edge.FromDomainName(parameter("Domain"), parameter("Path"), &edge.OriginProps{CustomHeaders: map[string]string{"x-api-key": parameter("Key")}}),
			Forwarding: edge.Forwarding{Headers: []string{parameter("Header")}, QueryStrings: edge.AllowList(parameter("Query"))},
		},
		DomainNames: []string{parameter("Name")},
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(parameter("Certificate-Arn"))),
		HostedZone:  zone(stack),
		WebACL:      parameter("Acl"),
		Comment:     parameter("Comment"),
	}
	if err := props.Validate(); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(distributionOf(t, stack, *props))
	for _, ref := range []string{"Domain", "Path", "Key", "Name", "CertificateArn", "Acl", "Comment"} {
		if !strings.Contains(got, "map[Ref:"+ref+"]") {
			t.Errorf("want a Ref to %s, got %s", ref, got)
		}
	}
}
