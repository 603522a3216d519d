package edge_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

var handshakeHeaders = []any{"Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions"}

func TestForwarding(t *testing.T) {
	for name, tt := range map[string]struct {
		forwarding edge.Forwarding
		key        string
		want       map[string]any
	}{
		"the handshake's headers alone": {edge.Forwarding{}, "HeadersConfig",
			map[string]any{"HeaderBehavior": "whitelist", "Headers": handshakeHeaders}},
		"further headers behind them": {edge.Forwarding{Headers: []string{"Origin", "X-Id"}}, "HeadersConfig",
			map[string]any{"HeaderBehavior": "whitelist", "Headers": append(handshakeHeaders[:5:5], "Origin", "X-Id")}},
		"no extensions": {edge.Forwarding{OmitExtensions: true}, "HeadersConfig",
			map[string]any{"HeaderBehavior": "whitelist", "Headers": handshakeHeaders[:4]}},
		"no query strings": {edge.Forwarding{}, "QueryStringsConfig",
			map[string]any{"QueryStringBehavior": "none"}},
		"all query strings": {edge.Forwarding{QueryStrings: edge.All()}, "QueryStringsConfig",
			map[string]any{"QueryStringBehavior": "all"}},
		"some query strings": {edge.Forwarding{QueryStrings: edge.AllowList("token", "v")}, "QueryStringsConfig",
			map[string]any{"QueryStringBehavior": "whitelist", "QueryStrings": []any{"token", "v"}}},
		"an empty list of query strings is none": {edge.Forwarding{QueryStrings: edge.AllowList()}, "QueryStringsConfig",
			map[string]any{"QueryStringBehavior": "none"}},
		"no cookies": {edge.Forwarding{}, "CookiesConfig",
			map[string]any{"CookieBehavior": "none"}},
		"all cookies": {edge.Forwarding{Cookies: edge.All()}, "CookiesConfig",
			map[string]any{"CookieBehavior": "all"}},
		"some cookies": {edge.Forwarding{Cookies: edge.AllowList("session")}, "CookiesConfig",
			map[string]any{"CookieBehavior": "whitelist", "Cookies": []any{"session"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := policyOf(t, tt.forwarding)[tt.key]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("want %v, got %v", tt.want, got)
			}
		})
	}
}

func TestNoPolicyIsMadeWhereOneServes(t *testing.T) {
	for name, tt := range map[string]struct {
		forwarding func(id string) edge.Forwarding
		want       string
	}{
		"everything but Host":   {func(string) edge.Forwarding { return edge.Forwarding{AllExceptHost: true} }, "b689b0a8-53d0-40ab-baf2-68738e2966ac"},
		"a policy of one's own": {nil, "11111111-2222-3333-4444-555555555555"},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			behavior := byURL()
			if tt.forwarding != nil {
				behavior.Forwarding = tt.forwarding(tt.want)
			} else {
				behavior.Forwarding.OriginRequestPolicy = awscloudfront.OriginRequestPolicy_FromOriginRequestPolicyId(stack, jsii.String("Policy"), &tt.want)
			}
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: behavior})
			tpl := cdktest.Synth(t, stack)
			tpl.Count(policyType, 0)
			if got := config(tpl)["DefaultCacheBehavior"].(map[string]any)["OriginRequestPolicyId"]; got != tt.want {
				t.Errorf("want %s, got %v", tt.want, got)
			}
		})
	}
}

func TestAListIsNotTheCallersAnyMore(t *testing.T) {
	names := []string{"token"}
	forwarding := edge.Forwarding{QueryStrings: edge.AllowList(names...)}
	names[0] = "changed"
	if got := fmt.Sprint(policyOf(t, forwarding)["QueryStringsConfig"]); got != "map[QueryStringBehavior:whitelist QueryStrings:[token]]" {
		t.Error(got)
	}
}
