package edge_test

import (
	"testing"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	apiURL         = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"
	certificateARN = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"
	webACLARN      = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/11111111-2222-3333-4444-555555555555"

	distributionType = "AWS::CloudFront::Distribution"
	policyType       = "AWS::CloudFront::OriginRequestPolicy"
	functionType     = "AWS::CloudFront::Function"
	recordType       = "AWS::Route53::RecordSet"
)

// byURL is the smallest valid behaviour.
func byURL() edge.WebSocketBehaviorProps {
	return edge.WebSocketBehaviorProps{Origin: edge.FromURL(apiURL, nil)}
}

// distributionOf defines a distribution with these props and returns its
// template's DistributionConfig.
func distributionOf(t *testing.T, scope constructs.Construct, props edge.WebSocketDistributionProps) map[string]any {
	t.Helper()
	edge.NewWebSocketDistribution(scope, "Edge", &props)
	return config(cdktest.Synth(t, scope))
}

func config(tpl cdktest.Template) map[string]any {
	return tpl.Properties(distributionType)["DistributionConfig"].(map[string]any)
}

// originOf is the only origin of a distribution with this origin.
func originOf(t *testing.T, scope constructs.Construct, origin *edge.Origin) map[string]any {
	t.Helper()
	props := edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: origin}}
	origins := distributionOf(t, scope, props)["Origins"].([]any)
	if len(origins) != 1 {
		t.Fatalf("want one origin, got %d", len(origins))
	}
	return origins[0].(map[string]any)
}

// policyOf is the configuration of the policy that a forwarding makes.
func policyOf(t *testing.T, forwarding edge.Forwarding) map[string]any {
	t.Helper()
	stack := cdktest.NewStack(t)
	behavior := byURL()
	behavior.Forwarding = forwarding
	edge.NewWebSocketBehavior(stack, "Behavior", &behavior)
	return cdktest.Synth(t, stack).Properties(policyType)["OriginRequestPolicyConfig"].(map[string]any)
}
