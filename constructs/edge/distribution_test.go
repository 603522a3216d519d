package edge_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// The golden pins the whole template, logical ids included: a changed id
// replaces a live distribution.
func TestADistributionWithOnlyAnOrigin(t *testing.T) {
	stack := cdktest.NewStack(t)
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
	cdktest.Synth(t, stack).Golden("defaults")
}

// The golden holds what everything on adds, logical ids included.
func TestADistributionWithEveryProp(t *testing.T) {
	stack := cdktest.NewStack(t)
	edge.NewWebSocketDistribution(stack, "Edge", everyProp(stack))
	cdktest.Synth(t, stack).Golden("every-prop")
}

func everyProp(stack awscdk.Stack) *edge.WebSocketDistributionProps {
	return &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromURL(apiURL, &edge.OriginProps{CustomHeaders: map[string]string{"x-origin": "edge"}}),
			Forwarding: edge.Forwarding{
				Headers:      []string{"Origin"},
				QueryStrings: edge.AllowList("token"),
				Cookies:      edge.All(),
			},
		},
		DomainNames:            []string{"ws.example.com", "*.example.com"},
		Certificate:            certificate(stack),
		HostedZone:             zone(stack),
		MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_3_2025,
		HTTPVersion:            awscloudfront.HttpVersion_HTTP1_1,
		PriceClass:             awscloudfront.PriceClass_PRICE_CLASS_100,
		AllowedCountries:       []string{"DE"},
		WebACL:                 webACLARN,
		Comment:                "everything",
	}
}

func certificate(stack awscdk.Stack) awscertificatemanager.ICertificate {
	return awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(certificateARN))
}

func zone(stack awscdk.Stack) awsroute53.IHostedZone {
	return zoneOf(stack, jsii.String("Z0123456789EXAMPLE"))
}

func zoneOf(stack awscdk.Stack, id *string) awsroute53.IHostedZone {
	return awsroute53.HostedZone_FromHostedZoneId(stack, jsii.String("Zone"), id)
}

// The article the project started from: four headers, cookies and query strings
// none, caching disabled, HttpOrigin(<domain>, {originPath: <path>}).
func TestTheOriginalRecipe(t *testing.T) {
	stack := cdktest.NewStack(t)
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:     edge.FromDomainName("abc.execute-api.eu-west-1.amazonaws.com", "prod", nil),
			Forwarding: edge.Forwarding{OmitExtensions: true},
		},
	})
	tpl := cdktest.Synth(t, stack)
	tpl.Has(policyType, map[string]any{
		"OriginRequestPolicyConfig": map[string]any{
			"HeadersConfig": map[string]any{
				"HeaderBehavior": "whitelist",
				"Headers":        []string{"Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Accept"},
			},
			"CookiesConfig":      map[string]any{"CookieBehavior": "none"},
			"QueryStringsConfig": map[string]any{"QueryStringBehavior": "none"},
		},
	})
	tpl.Has(distributionType, map[string]any{
		"DistributionConfig": map[string]any{
			"DefaultCacheBehavior": map[string]any{"CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"},
			"Origins": []map[string]any{{
				"DomainName":         "abc.execute-api.eu-west-1.amazonaws.com",
				"OriginPath":         "/prod",
				"CustomOriginConfig": map[string]any{"OriginProtocolPolicy": "https-only"},
			}},
		},
	})
}

func TestEachPropReachesTheTemplate(t *testing.T) {
	for _, tt := range []struct {
		name  string
		props func(awscdk.Stack) edge.WebSocketDistributionProps
		want  map[string]any
	}{
		{"IPv6 is on", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{}
		}, map[string]any{"IPV6Enabled": true}},
		{"IPv6 off", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{DisableIPv6: true}
		}, map[string]any{"IPV6Enabled": false}},
		{"price class", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{PriceClass: awscloudfront.PriceClass_PRICE_CLASS_200}
		}, map[string]any{"PriceClass": "PriceClass_200"}},
		{"HTTP version", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{HTTPVersion: awscloudfront.HttpVersion_HTTP2_AND_3}
		}, map[string]any{"HttpVersion": "http2and3"}},
		{"allowed countries", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{AllowedCountries: []string{"DE", "FR"}}
		}, map[string]any{"Restrictions": map[string]any{"GeoRestriction": map[string]any{"RestrictionType": "whitelist", "Locations": []any{"DE", "FR"}}}}},
		{"denied countries", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{DeniedCountries: []string{"DE"}}
		}, map[string]any{"Restrictions": map[string]any{"GeoRestriction": map[string]any{"RestrictionType": "blacklist", "Locations": []any{"DE"}}}}},
		{"web ACL", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{WebACL: webACLARN}
		}, map[string]any{"WebACLId": webACLARN}},
		{"comment", func(awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{Comment: "chat"}
		}, map[string]any{"Comment": "chat"}},
		{"domain names, with TLS 1.2 of 2021 at least", func(stack awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{DomainNames: []string{"ws.example.com"}, Certificate: certificate(stack)}
		}, map[string]any{
			"Aliases": []any{"ws.example.com"},
			"ViewerCertificate": map[string]any{
				"AcmCertificateArn": certificateARN, "MinimumProtocolVersion": "TLSv1.2_2021", "SslSupportMethod": "sni-only",
			},
		}},
		{"minimum TLS version", func(stack awscdk.Stack) edge.WebSocketDistributionProps {
			return edge.WebSocketDistributionProps{
				DomainNames: []string{"ws.example.com"}, Certificate: certificate(stack),
				MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2025,
			}
		}, map[string]any{"ViewerCertificate": map[string]any{
			"AcmCertificateArn": certificateARN, "MinimumProtocolVersion": "TLSv1.2_2025", "SslSupportMethod": "sni-only",
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			props := tt.props(stack)
			props.DefaultBehavior = byURL()
			got := distributionOf(t, stack, props)
			for key, want := range tt.want {
				if !reflect.DeepEqual(got[key], want) {
					t.Errorf("%s: want %v, got %v", key, want, got[key])
				}
			}
		})
	}
}

func TestAliasRecords(t *testing.T) {
	for _, tt := range []struct {
		name        string
		disableIPv6 bool
		want        []string
	}{
		{"A and AAAA for each domain name", false, []string{"A ws.example.com", "AAAA ws.example.com", "A *.example.com", "AAAA *.example.com"}},
		{"A alone without IPv6", true, []string{"A ws.example.com", "A *.example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
				DefaultBehavior: byURL(),
				DomainNames:     []string{"ws.example.com", "*.example.com"},
				Certificate:     certificate(stack),
				HostedZone:      zone(stack),
				DisableIPv6:     tt.disableIPv6,
			})
			tpl := cdktest.Synth(t, stack)
			tpl.Count(recordType, len(tt.want))
			for _, want := range tt.want {
				kind, name, _ := strings.Cut(want, " ")
				tpl.Has(recordType, map[string]any{
					"Type": kind, "Name": name, "HostedZoneId": "Z0123456789EXAMPLE",
					"AliasTarget": map[string]any{"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": cloudFrontName},
				})
			}
		})
	}
	t.Run("in China the target's zone is China's", func(t *testing.T) {
		stack := awscdk.NewStack(cdktest.NewApp(t), jsii.String("Test"), &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("cn-north-1")}})
		edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
			DefaultBehavior: byURL(), DomainNames: []string{"ws.example.com"}, Certificate: certificate(stack), HostedZone: zone(stack),
		})
		cdktest.Synth(t, stack).Has(recordType, map[string]any{"AliasTarget": map[string]any{"HostedZoneId": "Z3RFFRIM2A3IF5"}})
	})
	t.Run("the order of names changes no id", func(t *testing.T) {
		records := func(names ...string) any {
			stack := cdktest.NewStack(t)
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
				DefaultBehavior: byURL(), DomainNames: names, Certificate: certificate(stack), HostedZone: zone(stack),
			})
			return *cdktest.Synth(t, stack).FindResources(jsii.String(recordType), nil)
		}
		if a, b := records("a.example.com", "b.example.com"), records("b.example.com", "a.example.com"); !reflect.DeepEqual(a, b) {
			t.Errorf("want the same records, got\n%v\n%v", a, b)
		}
	})
}

func TestTheURLIsTheFirstDomainNameThatIsNoWildcard(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  any
	}{
		{[]string{"*.example.com", "ws.example.com"}, "wss://ws.example.com"},
		{[]string{"*.example.com"}, map[string]any{"Fn::Join": []any{"", []any{"wss://", cloudFrontName}}}},
		{nil, map[string]any{"Fn::Join": []any{"", []any{"wss://", cloudFrontName}}}},
	} {
		stack := cdktest.NewStack(t)
		props := &edge.WebSocketDistributionProps{DefaultBehavior: byURL(), DomainNames: tt.names}
		if len(tt.names) > 0 {
			props.Certificate = certificate(stack)
		}
		d := edge.NewWebSocketDistribution(stack, "Edge", props)
		if got := stack.Resolve(d.URL()); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: want %v, got %v", tt.names, tt.want, got)
		}
		if got := stack.Resolve(d.DomainName()); !reflect.DeepEqual(got, cloudFrontName) {
			t.Errorf("%q: want %v, got %v", tt.names, cloudFrontName, got)
		}
	}
}

// cloudFrontName is the name that CloudFront gives the distribution Edge.
var cloudFrontName any = map[string]any{"Fn::GetAtt": []any{"EdgeDistribution0060737B", "DomainName"}}

func TestTheDistributionIsTheCDKsOwn(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
	l1 := d.Distribution().Node().DefaultChild().(awscloudfront.CfnDistribution)
	l1.AddPropertyOverride(jsii.String("DistributionConfig.Staging"), true)
	if got := config(cdktest.Synth(t, stack))["Staging"]; got != true {
		t.Errorf("want the override in the template, got %v", got)
	}
}

func TestPolicyNamesDifferBetweenStacksRegionsAndDistributions(t *testing.T) {
	app := cdktest.NewApp(t)
	seen := map[string]string{}
	add := func(where string, stack awscdk.Stack) {
		t.Helper()
		for _, resource := range *cdktest.Synth(t, stack).FindResources(jsii.String(policyType), nil) {
			name := fmt.Sprint((*resource)["Properties"].(map[string]any)["OriginRequestPolicyConfig"].(map[string]any)["Name"])
			if first, taken := seen[name]; taken {
				t.Errorf("%s and %s share the policy name %s", first, where, name)
			}
			seen[name] = where
		}
	}
	stack := func(scope awscdk.App, id, name, region string) awscdk.Stack {
		return awscdk.NewStack(scope, &id, &awscdk.StackProps{StackName: &name, Env: &awscdk.Environment{Region: &region}})
	}
	long := strings.Repeat("long-", 20)
	stacks := []awscdk.Stack{
		stack(app, "A", "A", "us-east-1"),
		stack(app, "B", "A", "eu-west-1"),
		stack(app, "C", "C", "us-east-1"),
		stack(app, "D", long+"1", "us-east-1"),
		stack(app, "E", long+"2", "us-east-1"),
		stack(cdktest.NewApp(t), "A", "another-app", "us-east-1"),
	}
	for _, s := range stacks {
		edge.NewWebSocketDistribution(s, "One", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
		edge.NewWebSocketDistribution(s, "Two", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
	}
	for _, s := range stacks {
		add(*s.Node().Path()+"/"+*s.StackName(), s)
	}
	if len(seen) != 12 {
		t.Errorf("want 12 names, got %d", len(seen))
	}
	for name := range seen {
		if len(name) > 64 {
			t.Errorf("%s has %d characters, more than CloudFront takes for a function", name, len(name))
		}
	}
}

func TestANestedStackIsNamedAfterTheOutermostOne(t *testing.T) {
	stack := cdktest.NewStack(t)
	nested := awscdk.NewNestedStack(stack, jsii.String("Nested"), nil)
	edge.NewWebSocketDistribution(nested, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
	name := cdktest.Synth(t, nested).Properties(policyType)["OriginRequestPolicyConfig"].(map[string]any)["Name"]
	if text := fmt.Sprint(name); !strings.HasPrefix(text, "Test-") || !strings.HasSuffix(text, "-us-east-1") {
		t.Errorf("want Test-<hash>-us-east-1, got %v", name)
	}
}

func TestWithoutARegionThePolicyNameWaitsForIt(t *testing.T) {
	stack := awscdk.NewStack(cdktest.NewApp(t), jsii.String("Test"), nil)
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL()})
	name := cdktest.Synth(t, stack).Properties(policyType)["OriginRequestPolicyConfig"].(map[string]any)["Name"]
	if text := fmt.Sprint(name); !strings.Contains(text, "AWS::Region") {
		t.Errorf("want the region in the name, got %v", name)
	}
}
