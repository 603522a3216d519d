package edge_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// site is a distribution that serves something else.
func site(stack awscdk.Stack, errorResponses ...*awscloudfront.ErrorResponse) awscloudfront.Distribution {
	behavior := byURL()
	return awscloudfront.NewDistribution(stack, jsii.String("Site"), &awscloudfront.DistributionProps{
		DefaultBehavior: edge.NewWebSocketBehavior(stack, "Default", &behavior).Options(),
		ErrorResponses:  &errorResponses,
	})
}

func TestABehaviorCarriesWebSocketsAndNothingElse(t *testing.T) {
	stack := cdktest.NewStack(t)
	got := distributionOf(t, stack, edge.WebSocketDistributionProps{DefaultBehavior: byURL()})["DefaultCacheBehavior"].(map[string]any)
	want := map[string]any{
		"TargetOriginId":        got["TargetOriginId"],
		"ViewerProtocolPolicy":  "https-only",
		"AllowedMethods":        []any{"GET", "HEAD"},
		"Compress":              false,
		"CachePolicyId":         "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
		"OriginRequestPolicyId": map[string]any{"Ref": "EdgeBehaviorOriginRequestPolicyF81196BD"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

func TestABehaviorIsAddedUnderItsPathAndEverythingBelow(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := site(stack)
	behavior := byURL()
	behavior.Forwarding.QueryStrings = edge.AllowList("token")
	edge.NewWebSocketBehavior(stack, "Socket", &behavior).AddTo(d, "/ws")
	tpl := cdktest.Synth(t, stack)
	behaviors := config(tpl)["CacheBehaviors"].([]any)
	if len(behaviors) != 2 {
		t.Fatalf("want two behaviours, got %v", behaviors)
	}
	for i, pattern := range []string{"/ws", "/ws/*"} {
		got := behaviors[i].(map[string]any)
		want := map[string]any{
			"PathPattern":           pattern,
			"TargetOriginId":        behaviors[0].(map[string]any)["TargetOriginId"],
			"ViewerProtocolPolicy":  "https-only",
			"AllowedMethods":        []any{"GET", "HEAD"},
			"Compress":              false,
			"CachePolicyId":         "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
			"OriginRequestPolicyId": map[string]any{"Ref": "SocketOriginRequestPolicy99277322"},
			"FunctionAssociations": []any{map[string]any{
				"EventType": "viewer-request", "FunctionARN": map[string]any{"Fn::GetAtt": []any{"SocketFunctionws0B14481A", "FunctionARN"}},
			}},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("want %v, got %v", want, got)
		}
	}
	tpl.Count(functionType, 1)
	if origins := config(tpl)["Origins"].([]any); len(origins) != 2 {
		t.Errorf("want one origin for both paths beside the site's, got %v", origins)
	}
}

func TestABehaviorMayBeAddedUnderSeveralPaths(t *testing.T) {
	stack := cdktest.NewStack(t)
	d, behavior := site(stack), byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	b.AddTo(d, "/ws")
	b.AddTo(d, "/v2/ws")
	tpl := cdktest.Synth(t, stack)
	tpl.Count(functionType, 2)
	tpl.Count(policyType, 2)
	if behaviors := config(tpl)["CacheBehaviors"].([]any); len(behaviors) != 4 {
		t.Errorf("want four behaviours, got %d", len(behaviors))
	}
}

func TestAddingToADistributionOfAnotherStack(t *testing.T) {
	app := cdktest.NewApp(t)
	stack := func(id string) awscdk.Stack {
		return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("us-east-1")}})
	}
	sites, sockets, behavior := stack("Sites"), stack("Sockets"), byURL()
	d := site(sites)
	edge.NewWebSocketBehavior(sockets, "Socket", &behavior).AddTo(d, "/ws")
	if got := fmt.Sprint(config(cdktest.Synth(t, sites))["CacheBehaviors"]); !strings.Contains(got, "Fn::GetStackOutput") {
		t.Errorf("want references to the other stack, got %s", got)
	}
}

func TestAttachingWhatCannotWorkIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	behavior := byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	imported := awscloudfront.Distribution_FromDistributionAttributes(stack, jsii.String("Imported"), &awscloudfront.DistributionAttributes{
		DistributionId: jsii.String("E1"), DomainName: jsii.String("d1.cloudfront.net"),
	})
	d := site(stack)
	cdktest.Panics(t, func() { b.AddTo(imported, "ws") },
		`WebSocketBehavior "Socket": path must start with a slash, got "ws"; write "/ws"`,
		"distribution must be an awscloudfront.Distribution that this app defines, got an imported one",
	)
	cdktest.Panics(t, func() { b.AddTo(nil, "/ws") }, "distribution is required, got nil")
	cdktest.Panics(t, func() { b.AddTo(d, "/") }, "make it the distribution's default behaviour")
	if got := cdktest.Synth(t, stack).Properties(distributionType)["DistributionConfig"].(map[string]any)["CacheBehaviors"]; got != nil {
		t.Errorf("want the distribution as it was, got %v", got)
	}
}

func TestAPageForRefusedHandshakesGetsAWarning(t *testing.T) {
	for _, tt := range []struct {
		status float64
		want   string
	}{
		{403, "websocket-distribution:errorResponse"},
		{404, "custom error response for 404"},
		{500, ""},
	} {
		stack := cdktest.NewStack(t)
		d := site(stack, &awscloudfront.ErrorResponse{
			HttpStatus: &tt.status, ResponseHttpStatus: jsii.Number(200), ResponsePagePath: jsii.String("/index.html"),
		})
		behavior := byURL()
		edge.NewWebSocketBehavior(stack, "Socket", &behavior).AddTo(d, "/ws")
		got := strings.Join(cdktest.Warnings(t, stack), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%v: want %q, got %q", tt.status, tt.want, got)
		}
	}
}

func TestOptionsAreACopy(t *testing.T) {
	stack := cdktest.NewStack(t)
	behavior := byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	b.Options().Compress = jsii.Bool(true)
	if *b.Options().Compress {
		t.Error("want the behaviour as it was")
	}
}
